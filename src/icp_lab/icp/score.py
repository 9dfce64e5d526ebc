"""Which rows of a file fit the profile? CSV or Parquet in and out, streamed through DuckDB in bounded memory."""

import glob
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import duckdb

from icp_lab.errors.base import Place, name_nearest, utter
from icp_lab.icp.profile import ICP
from icp_lab.intake.conversion import add_macros, by_kind
from icp_lab.intake.encoding import UTF8, find_delimiter, find_encoding
from icp_lab.intake.judging import TOO_MANY_UNREADABLE
from icp_lab.intake.sql import first, quoted, text
from icp_lab.locale import _
from icp_lab.rule import Criterion, Rule, name_attribute
from icp_lab.tables import Kind

ADDED = ("icp_fit", "icp_tier", "icp_reasons", "icp_version")
SUFFIXES = (".csv", ".parquet")
# What DuckDB may hold; Python and the files' own buffers come on top.
MEMORY = "1GB"

_TEXT_AS: dict[str, Kind] = {"interval": "number", "set": "text", "has": "list", "is": "flag"}
_TYPES = {
    "interval": ("DOUBLE", "FLOAT", "DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT",
                 "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
    "set": ("VARCHAR", "ENUM"), "has": ("VARCHAR[]",), "is": ("BOOLEAN",)}


@dataclass(frozen=True)
class Scored:
    """Tell what came of scoring a file.

    Parameters
    ----------
    counts : dict of str to int
        Rows that are `in`, `out` and `unknown`.
    unread : dict of str to int
        Filled cells that could not be read, and so are unknown, by attribute.

    Examples
    --------
    >>> Scored({"in": 2, "out": 5, "unknown": 1}, {"employees": 0}).words()
    ['8 rows: 2 in, 5 out, 1 unknown.']
    """

    counts: dict[str, int]
    unread: dict[str, int]

    def words(self) -> list[str]:
        """Say it as sentences.

        Returns
        -------
        list of str
            In the language in force: the rows, and each attribute that has cells which could not be read.

        Examples
        --------
        >>> Scored({"in": 2, "out": 5, "unknown": 1}, {"employees": 1}).words()[1]
        '1 cells of employees could not be read and count as unknown.'
        """
        total = sum(self.counts.values())
        said = [_("{n} rows: {inside} in, {outside} out, {unknown} unknown.").format(
            n=f"{total:,}", inside=f"{self.counts['in']:,}", outside=f"{self.counts['out']:,}",
            unknown=f"{self.counts['unknown']:,}")]
        cells = _("{n} cells of {attribute} could not be read and count as unknown.")
        return said + [cells.format(n=f"{n:,}", attribute=name_attribute(a)) for a, n in self.unread.items() if n]


def score_file(icp: ICP, source: Path, target: Path, *, progress: bool = False) -> Scored:
    r"""Score a file: tell which of its rows fit the profile.

    Parameters
    ----------
    icp : ICP
        The profile. Where it claims nothing, the refused rule is used, and `icp_reasons` calls it a hypothesis.
    source : Path
        A CSV or Parquet file with the columns that the criteria name; its other columns are handed through.
    target : Path
        The file to write, CSV or Parquet by its suffix; it is replaced only when the new one is whole.
    progress : bool, default False
        Show how far it is.

    Returns
    -------
    Scored
        Rows by fit, and cells that could not be read.

    Raises
    ------
    LabError
        When a file is neither CSV nor Parquet, `target` is `source`, a column is missing, of the wrong kind, or has
        the name of one that is added, or the profile has no criteria.
    OSError
        When `source` is absent or cannot be read.

    Notes
    -----
    Adds `icp_fit` (in, out, unknown), `icp_tier`, `icp_reasons` (each criterion of the profile, met, failed or unknown,
    and each other one that gives or takes points) and `icp_version`. With `score` in the profile, points are `base`
    plus `met` or `failed` of each criterion, nothing for an unknown one, and a column that no more than the points ask
    for may be absent; the tier is the one with the highest `min_fit` that they reach, none below all. Without, the tier
    is the fit. The rows keep their order.

    Examples
    --------
    >>> icp = ICP({"criteria": [{"attribute": "employees", "min": 100}]})
    >>> with TemporaryDirectory() as folder:
    ...     source, target = Path(folder, "leads.csv"), Path(folder, "scored.csv")
    ...     _ = source.write_text("id,employees\n007,250\n008,40\n009,\n")
    ...     score_file(icp, source, target).counts
    ...     [line.split(",")[:3] for line in target.read_text().splitlines()]
    {'in': 1, 'out': 1, 'unknown': 1}
    [['id', 'employees', 'icp_fit'], ['007', '250', 'in'], ['008', '40', 'out'], ['009', '', 'unknown']]
    """
    _check_files(source, target)
    points = _read_points(icp.data)
    if not icp.working_rule.criteria:
        raise utter("icp.nothing_to_score")
    criteria = list(dict.fromkeys((*icp.working_rule.criteria, *(c for c, _met, _failed in points.each))))
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".icp-lab-", dir=target.parent) as folder:
        part = Path(folder) / f"scored{target.suffix.lower()}"
        limits: dict[str, Any] = {"memory_limit": MEMORY, "temp_directory": folder}
        try:
            with duckdb.connect(config=limits) as con:
                con.execute(f"SET enable_progress_bar = {progress}")
                add_macros(con)
                table = _Table(con, source, Path(folder))
                cells = [table.write_cell(c, c in icp.working_rule.criteria) for c in criteria]
                unread = {c.attribute: table.count_unread(c, cell) for c, cell in zip(criteria, cells, strict=True)}
                added = _write_added(icp, criteria, points)
                con.execute(f"COPY (SELECT {table.hand_through(target)}, {added} FROM (SELECT *, "
                            f"{_write_tests(criteria, cells)} FROM {table.reader})) TO {text(str(part))}")
                counts = con.execute(f"SELECT icp_fit, count(*) FROM {_read(part)} GROUP BY 1").fetchall()
        except (duckdb.Error, UnicodeError) as fault:
            raise utter("icp.cannot_score", Place(str(source)), why=str(fault).splitlines()[0]) from fault
        part.replace(target)
    return Scored(dict.fromkeys(("in", "out", "unknown"), 0) | dict(counts), unread)


def _check_files(source: Path, target: Path) -> None:
    for path in (source, target):
        if path.suffix.lower() not in SUFFIXES:
            raise utter("icp.not_scorable", file=path, suffixes=SUFFIXES)
    source.open("rb").close()  # absent, or not to be read: the system says so
    if target.exists() and source.samefile(target):
        raise utter("icp.same_file", file=source)


class _Points(NamedTuple):
    """What a profile gives points for: (criterion, met, failed), and the tiers that they lead to, highest first."""

    base: float
    each: list[tuple[Criterion, float, float]]
    tiers: list[tuple[float, str]]


def _read_points(data: Mapping[str, Any]) -> _Points:
    """Read the points and tiers of a profile; without both there are none."""
    score, tiers = data.get("score") or {}, data.get("tiers") or []
    each = [(Criterion.from_dict(one["criterion"]), float(one.get("met") or 0), float(one.get("failed") or 0))
            for one in score.get("points") or []]
    reached = sorted(((float(tier["min_fit"]), str(tier["name"])) for tier in tiers), reverse=True)
    return _Points(float(score.get("base") or 0), each if reached else [], reached if each else [])


def _read(path: Path, delimiter: str = ",") -> str:
    """Write what reads a file; CSV is text, so that codes such as 00123 pass through as they are."""
    name = text(glob.escape(str(path)))
    if path.suffix.lower() == ".parquet":
        return f"read_parquet({name})"
    return (f"read_csv({name}, header = true, all_varchar = true, delim = {text(delimiter)}, quote = '\"', "
            "escape = '\"', skip = 0, max_line_size = 16777216)")


class _Table:
    """A file as DuckDB reads it: how to read it, and what its columns hold."""

    def __init__(self, con: duckdb.DuckDBPyConnection, source: Path, folder: Path) -> None:
        self.con, self.source, self.reader = con, source, _read(source)
        self.is_csv = source.suffix.lower() == ".csv"
        if self.is_csv:
            encoding = find_encoding(source, str(source))
            delimiter = find_delimiter(source, encoding, str(source))
            clean = source if encoding in UTF8 else folder / "clean.csv"
            if encoding not in UTF8:
                with source.open(encoding=encoding, newline="") as old, clean.open("w", encoding="utf-8") as new:
                    shutil.copyfileobj(old, new)
            self.reader = _read(clean, delimiter)
        self.types = {name: str(kind) for name, kind, *_rest in con.execute(f"DESCRIBE FROM {self.reader}").fetchall()}
        for name in self.types:
            if name.lower() in ADDED:
                raise utter("icp.name_taken", Place(str(source)), column=name)

    def hand_through(self, target: Path) -> str:
        """Write the file's own columns; a list in a CSV is written as the lab reads it, with semicolons."""
        joined = "VARCHAR[]" if target.suffix.lower() == ".csv" else ""
        return ", ".join(f"array_to_string({quoted(name)}, ';') AS {quoted(name)}" if kind == joined else quoted(name)
                         for name, kind in self.types.items())

    def is_text(self, criterion: Criterion) -> bool:
        """Tell whether a cell must first be read from text: each in a CSV, in Parquet what should be no text."""
        return self.types[criterion.attribute] == "VARCHAR" and (self.is_csv or criterion.kind != "set")

    def write_cell(self, criterion: Criterion, claimed: bool) -> str:
        """Write the value that a criterion is asked of; whether the profile claims it."""
        name, kind = criterion.attribute, criterion.kind
        unknown = f"CAST(NULL AS {_TYPES[kind][0]})"
        if name not in self.types and claimed:
            near = name_nearest(name, self.types)
            raise utter("icp.unknown_attribute", Place(str(self.source)), attribute=name, remedy=near)
        if name not in self.types:  # it stands on the card alone
            return unknown
        if self.is_text(criterion):
            return by_kind(f"cut({quoted(name)})", _TEXT_AS[kind])
        if self.types[name].split("(")[0] in _TYPES[kind]:
            return quoted(name)
        filled = self.con.execute(f"SELECT {quoted(name)} FROM {self.reader} WHERE {quoted(name)} IS NOT NULL LIMIT 1")
        if sample := filled.fetchall():
            raise utter("icp.wrong_kind", attribute=name, kind=kind, value=str(sample[0][0]))
        return unknown  # nothing in the column, so that it could have any type

    def count_unread(self, criterion: Criterion, cell: str) -> int:
        """Count the filled cells that are no value of the criterion's kind; too many, and it is the wrong column."""
        if criterion.attribute not in self.types or not self.is_text(criterion) or criterion.kind == "set":
            return 0
        name = quoted(criterion.attribute)
        bad = f"FILTER (WHERE {cell} IS NULL)"
        filled, unread, sample = first(
            self.con, f"SELECT count(*), count(*) {bad}, min({name}) {bad} FROM {self.reader} "
            f"WHERE cut({name}) IS NOT NULL")
        if unread > TOO_MANY_UNREADABLE * filled:
            raise utter("icp.wrong_kind", attribute=criterion.attribute, kind=criterion.kind, value=sample)
        return int(unread)


def _write_tests(criteria: list[Criterion], cells: list[str]) -> str:
    """Write the value of each criterion as a column, and its answer as another."""
    named = [replace(c, attribute=f"icp value {i}") for i, c in enumerate(criteria)]
    values = [f"{cell} AS {quoted(c.attribute)}" for c, cell in zip(named, cells, strict=True)]
    return ", ".join(values + [f'({Rule((c,)).sql()}) AS "icp test {i}"' for i, c in enumerate(named)])


def _write_added(icp: ICP, criteria: list[Criterion], points: _Points) -> str:
    """Write the four columns that are added, over the answers of the criteria."""
    claimed = len(set(icp.working_rule.criteria))  # one that stands twice is asked once
    inside = " AND ".join(f'"icp test {i}"' for i in range(claimed))
    fit = f"CASE WHEN {inside} THEN 'in' WHEN NOT ({inside}) THEN 'out' ELSE 'unknown' END"
    reasons = [] if icp.rule.criteria else [text(_("a hypothesis, not supported by the data"))]
    worth = {one: (met, failed) for one, met, failed in points.each}
    for i, criterion in enumerate(criteria):
        marks = zip((_("met"), _("not met"), _("unknown")), (*worth.get(criterion, (0.0, 0.0)), 0.0), strict=True)
        said = _("{criterion} ({mark})")
        # Of what stands on the card alone only that is said which gives or takes points.
        reasons.append(_choose(i, *(text(said.format(criterion=criterion.words(), mark=_add_worth(mark, given)))
                                    if i < claimed or given else "NULL" for mark, given in marks)))
    total = " + ".join([repr(points.base), *(_choose(criteria.index(criterion), repr(met), repr(failed), "0")
                                             for criterion, met, failed in points.each)])
    steps = " ".join(f"WHEN {total} >= {least!r} THEN {text(name)}" for least, name in points.tiers)
    tier = f"CASE {steps} END" if steps else fit
    values = fit, tier, f"concat_ws('; ', {', '.join(reasons)})", f"nullif({text(icp.version)}, '')"
    return ", ".join(f"{value} AS {name}" for name, value in zip(ADDED, values, strict=True))


def _add_worth(mark: str, points: float) -> str:
    return _("{mark}, {points} points").format(mark=mark, points=f"{points:+g}") if points else mark


def _choose(place: int, met: str, failed: str, unknown: str) -> str:
    return f'CASE WHEN "icp test {place}" THEN {met} WHEN NOT "icp test {place}" THEN {failed} ELSE {unknown} END'
