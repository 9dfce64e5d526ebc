"""Files to text: CSV, TSV, Excel and Parquet in any supported encoding become a DuckDB table of text.

DuckDB reads clean UTF-8 files itself; anything else is first written again as a clean file in a temporary folder.
"""

import csv
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection as Con

from icp_lab.errors import LabError, Place, refusals
from icp_lab.intake.encoding import UTF8, find_delimiter, find_encoding, read_rows, unpack
from icp_lab.intake.facts import Decision, Note
from icp_lab.intake.layout import TOTALS, Layout, lay_out, name_headers, read_sheet
from icp_lab.intake.packed import check_size
from icp_lab.intake.spec import Spec
from icp_lab.intake.sql import cut, first, quoted, text

# What `cut` of values.sql takes off, in UTF-8: the last byte of each, and what tells it from other signs.
_BLANKS = {b" ": b"", b"\t": b"", b"\r": b"", b"\n": b"", b"\x80": rb"(?<=\xe3\x80\x80)", b"\xa0": rb"(?<=\xc2\xa0)"}
# Signs that are written where a letter could not be.
_MARKS = {b"?": b"", b"\xef": rb"(?=\xbf\xbd)"}


@dataclass(frozen=True)
class Raw:
    """A view of text in DuckDB: columns `file`, `row`, then `c0`, `c1`... in the order of `headers`.

    Parameters
    ----------
    place : str
        The DuckDB schema in which it and what is made of it stand, as SQL.
    headers : tuple of str
        The headers of all files together.
    overlong : tuple of (tuple of int, int and str)
        Rows with more cells than the header, which are not in the view: file, from 0, row, and what was too much.
    rows : int
        Rows of the view. `row` numbers those below the column names of each file from 1, empty lines not counted.
    padded : frozenset of str
        Headers of columns that may have blanks to cut off; no others have.
    left_out : int
        Totals and footers, which are not in the view.
    decisions : tuple of Decision
        What was decided while reading.

    Examples
    --------
    >>> Raw('"read_deals"', ("id", "stage"), (), 0, frozenset(), 0, ()).name
    '"read_deals".raw'
    """

    place: str
    headers: tuple[str, ...]
    overlong: tuple[tuple[int, int, str], ...]
    rows: int
    padded: frozenset[str]
    left_out: int
    decisions: tuple[Decision, ...]

    @property
    def name(self) -> str:
        """Name the view.

        Returns
        -------
        str
            SQL of its name.

        Examples
        --------
        >>> Raw('"read_leads"', ("id",), (), 0, frozenset(), 0, ()).name
        '"read_leads".raw'
        """
        return f"{self.place}.raw"


@dataclass(frozen=True)
class _Part:
    """One file in DuckDB; `said` is what was decided of it."""

    name: str
    headers: tuple[str, ...]
    overlong: tuple[tuple[int, str], ...] = ()
    left_out: int = 0
    padded: frozenset[str] = frozenset()
    said: tuple[Note, ...] = ()


def read_files(con: Con, spec: Spec, folder: Path) -> Raw:
    r"""Read all files of a table into one DuckDB view of text, rows numbered from 1 in each file.

    Parameters
    ----------
    con : DuckDBPyConnection
        A connection that knows the macros; what it held of the table before is dropped.
    spec : Spec
        The table's files, or its query, and how they are read.
    folder : Path
        A folder for files that are written on the way and not needed afterwards.

    Returns
    -------
    Raw
        The view, its columns those of all files; a file without one of them has NULL there.

    Raises
    ------
    LabError
        A file cannot be read, or has no such sheet; a query is refused. The place names the file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from icp_lab.intake.conversion import add_macros
    >>> con = duckdb.connect()
    >>> add_macros(con)
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "deals.csv")
    ...     n = path.write_text("id,stage,amount\n1,won,5\n2,lost,7,more\nTotal,,12\n")
    ...     raw = read_files(con, Spec("deals", (path,), (path.name,)), Path(folder))
    ...     con.table(raw.name).fetchall(), raw.overlong, raw.left_out
    ([(0, 1, '1', 'won', '5')], ((0, 2, 'more'),), 1)
    """
    place = quoted(f"read_{spec.table}")
    con.execute(f"DROP SCHEMA IF EXISTS {place} CASCADE; CREATE SCHEMA {place}")
    parts = [_try_file(con, spec, i, f"{place}.part_{i}", folder) for i in range(len(spec.shown))]
    headers = tuple(dict.fromkeys(chain.from_iterable(part.headers for part in parts)))
    con.execute(f"CREATE VIEW {place}.raw AS {' UNION ALL '.join(_select(i, p, headers) for i, p in enumerate(parts))}")
    return Raw(place, headers, tuple((i, row, cells) for i, part in enumerate(parts) for row, cells in part.overlong),
               first(con, f"SELECT count(*) FROM {place}.raw")[0],
               frozenset(chain.from_iterable(part.padded for part in parts)), sum(part.left_out for part in parts),
               tuple(Decision(code, spec.shown[i], column, words) for i, part in enumerate(parts)
                     for code, column, words in part.said))


def count_repeated(con: Con, raw: Raw) -> int:
    """Count the rows that are there before, as they stand in the files.

    Parameters
    ----------
    con : DuckDBPyConnection
        The connection that holds the view.
    raw : Raw
        The view.

    Returns
    -------
    int
        Rows, the first of each kind not counted; which file they are from does not matter.

    Examples
    --------
    >>> con = duckdb.connect()
    >>> _ = con.execute("CREATE SCHEMA s; CREATE VIEW s.raw AS SELECT 0 AS file, unnest([1, 2, 3]) AS row, 'x' AS c0")
    >>> count_repeated(con, Raw("s", ("stage",), (), 3, frozenset(), 0, ()))
    2
    """
    every = ", ".join(["NULL", *(f"c{j}" for j in range(len(raw.headers)))])
    return int(first(con, f"SELECT count(*) - count(DISTINCT hash({every})) FROM {raw.name}")[0])


def read_words(con: Con, raw: Raw, header: str) -> dict[str, int]:
    """Tell which words stand in a column, and how often.

    Parameters
    ----------
    con : DuckDBPyConnection
        The connection that holds the view.
    raw : Raw
        The view.
    header : str
        The header of the column, one of the view's.

    Returns
    -------
    dict of str to int
        Rows by word, the most frequent first; blanks around a word do not count, empty cells are left out.

    Examples
    --------
    >>> con = duckdb.connect()
    >>> _ = con.execute("CREATE SCHEMA s; CREATE VIEW s.raw AS SELECT unnest(['won', '', 'lost', ' lost']) AS c0")
    >>> read_words(con, Raw("s", ("stage",), (), 4, frozenset(), 0, ()), "stage")
    {'lost': 2, 'won': 1}
    """
    cell = f"trim(c{raw.headers.index(header)})"
    counted = f"SELECT {cell}, count(*) FROM {raw.name} WHERE {cell} <> '' GROUP BY ALL ORDER BY 2 DESC, 1"
    return dict(con.execute(counted).fetchall())


def _select(index: int, part: _Part, headers: tuple[str, ...]) -> str:
    cells = [f"c{part.headers.index(header)}" if header in part.headers else "NULL::VARCHAR" for header in headers]
    named = "".join(f", {cell} AS c{j}" for j, cell in enumerate(cells))
    return f"SELECT {index}::INTEGER AS file, row{named} FROM {part.name}"


def _try_file(con: Con, spec: Spec, index: int, name: str, folder: Path) -> _Part:
    try:
        with refusals.reading(spec.shown[index]):  # no permission, a broken disk, a file that another program holds
            if spec.query is not None:
                return _finish(con, _read_clean(con, name, spec.query.file, spec.query.headers))
            return _read_file(con, spec, index, name, folder)
    except LabError as error:
        error.place = error.place if error.place.file else Place(spec.shown[index])
        raise


def _read_file(con: Con, spec: Spec, index: int, name: str, folder: Path) -> _Part:
    path, shown = unpack(spec.files[index], folder, spec.shown[index]), spec.shown[index]
    said: list[Note] = []
    if path.suffix.lower() == ".parquet":
        return _finish(con, _read_parquet(con, name, path, shown))
    if path.suffix.lower() == ".xlsx":
        return _finish(con, _write_and_read(con, name, read_sheet(path, spec.sheet, shown), folder, shown))
    encoding = spec.encoding or find_encoding(path, shown)
    delimiter = spec.delimiter or find_delimiter(path, encoding, shown)
    if encoding not in UTF8 and not spec.encoding:
        said.append(("encoding", "", {"encoding": encoding}))
    if not spec.delimiter and delimiter != ("\t" if path.suffix.lower() == ".tsv" else ","):
        said.append(("delimiter", "", {"delimiter": "tab" if delimiter == "\t" else delimiter}))
    layout = lay_out(read_rows(path, encoding, delimiter, shown))
    part = None
    if encoding in UTF8 and layout.plain and not set("*?[{") & set(str(path)):
        with suppress(duckdb.Error):  # ragged rows or loose quotes: the slower reader below takes them one by one
            part = _read_clean(con, name, path, layout.headers, delimiter)
    blanks = part is None or _find(path, _write_ends(delimiter))
    part = part or _write_and_read(con, name, layout, folder, shown)
    return _finish(con, replace(part, said=(*said, *part.said)), blanks=blanks, marked=_find(path, _MARKS))


def _read_clean(con: Con, name: str, path: Path, headers: tuple[str, ...], delimiter: str = "") -> _Part:
    """Read a file that DuckDB can take as it is; without a delimiter it is one of our own, with a column `row`."""
    cells = {f"c{j}": "VARCHAR" for j in range(len(headers))}
    columns = cells if delimiter else {"row": "BIGINT", **cells}
    return _store(con, name, headers, f"FROM read_csv({text(str(path))}, header = true, auto_detect = false, "
                   f"delim = {text(delimiter or ',')}, quote = '\"', escape = '\"', columns = {columns}, "
                   "max_line_size = 16777216)", "rowid + 1" if delimiter else "row")


def _store(con: Con, name: str, headers: tuple[str, ...], query: str, number: str) -> _Part:
    """Store the rows of a query; the place of each in DuckDB numbers it: to count rows as they come would be slow."""
    con.execute(f"CREATE TABLE {name}_data AS {query}")
    cells = "".join(f", c{j}" for j in range(len(headers)))
    con.execute(f"CREATE VIEW {name} AS SELECT {number} AS row{cells} FROM {name}_data")
    return _Part(name, headers)


def _write_and_read(con: Con, name: str, layout: Layout, folder: Path, shown: str) -> _Part:
    """Write rows again as a clean, numbered CSV and read that; rows that are too long are kept aside."""
    overlong: list[tuple[int, str]] = []
    width, clean = len(layout.headers), folder / "clean.csv"
    with refusals.reading(shown, csv.Error, duckdb.Error):
        with clean.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
            writer.writerow(["row", *layout.headers])
            for number, cells in enumerate(layout.data(), start=1):
                if any(cell.strip() for cell in cells[width:]):
                    overlong.append((number, ", ".join(cells[width:])))
                else:
                    writer.writerow([number, *cells[:width], *[""] * (width - len(cells))])
        part = _read_clean(con, name, clean, layout.headers)
    clean.unlink()
    notes: list[Note] = [("title_rows", "", {"n": layout.above})] if layout.above else []
    if layout.joined:
        notes.append(("joined_headers", "", {"example": max(layout.headers, key=len)}))
    if layout.footer:
        notes.append(("footer", "", {"n": len(layout.footer), "example": next(filter(None, layout.footer[0]))}))
    return replace(part, overlong=tuple(overlong), left_out=len(layout.footer), said=tuple(notes))


def _find(path: Path, patterns: Mapping[bytes, bytes]) -> bool:
    """Tell whether a file holds a sign with what a pattern says of it; a sign that is nowhere costs next to nothing."""
    wanted, held = {sign: re.compile(re.escape(sign) + rest) for sign, rest in patterns.items()}, b""
    with path.open("rb") as stream:
        for block in chain(iter(lambda: stream.read(1 << 20), b""), [b"\n"]):
            held = held[-12:] + block  # longer than any pattern
            if any(sign in held and pattern.search(held) for sign, pattern in wanted.items()):
                return True
    return False


def _write_ends(delimiter: str) -> dict[bytes, bytes]:
    """Write how a file looks where a cell ends with a blank; a sign that parts cells is one only before a quote."""
    end, parts = rb"(?:%b|[\r\n]))" % re.escape(delimiter.encode()), b"\r\n" + delimiter.encode()
    return {blank: rest + (rb'(?="' if blank in parts else rb'(?="?') + end for blank, rest in _BLANKS.items()}


def _finish(con: Con, part: _Part, *, blanks: bool = True, marked: bool = True) -> _Part:
    """Take out rows that sum up others, and say which columns have lost letters; some cells may end with `blanks`."""
    said = list(part.said)
    cells = [f"c{j}" for j in range(len(part.headers))]
    blank = "begins_blank({0}) OR ends_blank({0})" if blanks else "begins_blank({0})"
    padded = frozenset(header for header, cell in zip(part.headers, cells, strict=True)
                       if first(con, f"SELECT EXISTS (FROM {part.name} WHERE {blank.format(cell)})")[0])
    # Each column by itself: DuckDB passes over rows whose first and last text leave no room for such a word.
    named = (f"{cut(cell, header in padded)} IN {TOTALS}"
             for cell, header in zip(cells[:3], part.headers, strict=False) if len(cells) > 2)
    some = " OR ".join(test for test in named if first(con, f"SELECT EXISTS (FROM {part.name} WHERE {test})")[0])
    test = f"({some or 'false'}) AND is_total([{', '.join(cells)}])"
    n, row = first(con, f"SELECT count(*), min(row) FROM {part.name} WHERE {test}")
    if n:
        con.execute(f"DELETE FROM {part.name}_data WHERE {test}")
        said.append(("total_rows", "", {"n": n, "row": row}))
    if marked and cells:
        asked = (f"{ask} FILTER (WHERE lost_letters({cell}))" for cell in cells for ask in ("count(*)", f"min({cell})"))
        lost = first(con, f"SELECT {', '.join(asked)} FROM {part.name}")
        said += [("lost_characters", header, {"n": count, "example": example})
                 for header, count, example in zip(part.headers, lost[::2], lost[1::2], strict=True) if count]
    return replace(part, left_out=part.left_out + n, padded=padded, said=tuple(said))


def _read_parquet(con: Con, name: str, path: Path, shown: str) -> _Part:
    try:
        rows = first(con, f"SELECT sum(num_rows) FROM parquet_file_metadata({text(str(path))})")[0]
        check_size(path, rows, path.stat().st_size, shown)
        source = con.from_parquet(str(path))
        cells = [f"{_write_as_text(quoted(column), str(kind))} AS c{j}"
                 for j, (column, kind) in enumerate(zip(source.columns, source.types, strict=True))]
        return _store(con, name, name_headers(source.columns),
                      f"SELECT {', '.join(cells)} FROM read_parquet({text(str(path))})", "rowid + 1")
    except (duckdb.Error, RuntimeError) as error:  # RuntimeError: a column's name that is no text
        raise refusals.unreadable_file(shown, str(error).splitlines()[0].replace(str(path), shown)) from error


def _write_as_text(cell: str, kind: str) -> str:
    words = f"CAST({cell} AS VARCHAR)"
    if kind in ("DOUBLE", "FLOAT"):  # 3.0 in a column of numbers is the key "3"
        return (f"CASE WHEN isnan({cell}) THEN NULL WHEN {cell} = trunc({cell}) AND abs({cell}) < 1e15 "
                f"THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) ELSE {words} END")
    return f"CAST(to_json({cell}) AS VARCHAR)" if kind.endswith("[]") else words
