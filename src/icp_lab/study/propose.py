"""A study out of a folder of files: `icp-lab init --from`. Asks nothing that the files themselves answer."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from icp_lab.errors import LabError, utter
from icp_lab.errors import study as errors
from icp_lab.intake.formats import FORMATS, GENERIC, SURETIES, fold, read_format, read_words
from icp_lab.intake.recognise import Formats, Match, recognise_file, take_accounts
from icp_lab.intake.spec import Spec
from icp_lab.locale import _, in_language
from icp_lab.study.begin import fill_template, init_study
from icp_lab.study.check import align
from icp_lab.study.sources import KINDS
from icp_lab.study.study import open_study
from icp_lab.tables import BY_NAME, TABLES

if TYPE_CHECKING:
    import duckdb

    from icp_lab.study.study import Study

_LEAST, _SHOWN, _WORDS = 10, 40, 60  # cases that an outcome needs; letters of an example; words of a column written out
_CURRENCIES = {"JPY": r"[¥￥円]|JPY", "EUR": r"€|EUR", "GBP": r"£|GBP", "USD": r"\$|USD"}
_JAPANESE = r"[\u3040-\u30ff\u4e00-\u9fff]"


@dataclass(frozen=True)
class Source:
    """A file, or a sheet of one: its headers, a cell of each, and how often each word of a column stands in it."""

    path: Path
    shown: str
    sheet: str
    rows: int
    examples: dict[str, str]
    words: dict[str, dict[str, int]]

    @property
    def named(self) -> str:
        """Name it as a person would."""
        return f"{self.shown} ({self.sheet})" if self.sheet else self.shown


@dataclass(frozen=True)
class Proposal:
    """A table of the study: its files, and what each column is fed from; `one_row` as in study.yml."""

    match: Match
    sources: tuple[Source, ...]
    meanings: dict[str, dict[str, str]]
    one_row: str = ""

    @property
    def unmapped(self) -> list[str]:
        """Name the headers that feed no column."""
        used = {header for header, _sure in self.match.columns.values()}
        return [header for header in self.sources[0].examples if header not in used]

    def words(self, column: str) -> list[tuple[str, str, int]]:
        """Give the words of a column, what each means (nothing where that is not known) and how often it stands."""
        if column not in self.meanings or column not in self.match.columns:
            return []
        counts: Counter[str] = Counter()
        for source in self.sources:
            counts.update(source.words.get(self.match.columns[column][0], {}))
        return [(word, self.meanings[column].get(fold(word), ""), n) for word, n in counts.most_common()]


@dataclass(frozen=True)
class Proposed:
    """A study that was begun out of files: its study.yml, its tables, and the files that no table was made of."""

    file: Path
    tables: tuple[Proposal, ...]
    unused: tuple[tuple[str, str], ...]
    said: tuple[str, ...]

    def words(self) -> str:
        """Say what became of each file, as plain text for a terminal, in the language in force."""
        rows = [(_("file"), _("table"), _("format"), _("rows"), _("columns"))]
        rows += [(source.named, one.match.table, one.match.section.format, f"{source.rows:,}",
                  f"{len(one.match.columns)}/{len(source.examples)}") for one in self.tables for source in one.sources]
        unused = [_("Not used: {file}: {reason}").format(file=file, reason=reason) for file, reason in self.unused]
        next_step = _("Look through {file}, then run: icp-lab report {folder}")
        return "\n".join([align(rows, left=3), *unused, *self.said,
                          next_step.format(file=self.file, folder=self.file.parent)])


def propose_study(source: str | Path, folder: str | Path, language: str = "", wanted: str = "",
                  today: date | None = None) -> Proposed:
    """Which study do these files make? Looks at each, copies those it can use, and writes a study.yml that says why.

    Parameters
    ----------
    source
        A folder of files; it and the folders right in it are looked at. It may be the study's own.
    folder
        The study's folder, as for `init_study`.
    language
        Language of the study; where left out, Japanese if most headers are.
    wanted
        The one format that the files are in, found out where left out.
    today
        No day of the study is later.

    Returns
    -------
    Proposed
        What was made of each file.

    Raises
    ------
    LabError
        There is no such folder or format, no file tells of accounts, or a file of the study would be written over.
    """
    place = Path(folder)
    with TemporaryDirectory(prefix="icp_lab_") as kept:
        sources, unused = _read_all(Path(source), place, Path(kept))
    names = (wanted, GENERIC) if wanted else FORMATS
    formats: Formats = {name: read_format(name, place) for name in names}
    language = language or _find_language(sources)
    with in_language(language):
        tables, day = _choose(sources, formats, unused), today or date.today()
        if not tables:
            seen = errors.list_words(one.named for one in sources)
            raise utter("study.nothing_recognised", path=source, names=seen)
        file = init_study(place, language, day)
        for one in (one for table in tables for one in table.sources):
            _copy(one.path, place / one.shown)
        return _settle(file, tables, unused, language, day)


def _read_all(source: Path, folder: Path, kept: Path) -> tuple[list[Source], list[tuple[str, str]]]:
    """Look at every file; what cannot be read is kept with the reason."""
    import duckdb  # noqa: PLC0415  (only where files are looked at)

    if not source.is_dir():
        raise utter("study.no_folder", path=source)
    own = folder.resolve() if folder.resolve() != source.resolve() else None
    found: list[Source] = []
    unused: list[tuple[str, str]] = []
    con = duckdb.connect()
    for path in sorted(path for depth in ("*", "*/*") for path in source.glob(depth) if path.is_file()):
        inside = path.relative_to(source)
        if any(part.startswith(".") or part == "templates" for part in inside.parts) or (
                own and path.resolve().is_relative_to(own)):
            continue
        if not path.name.lower().endswith(KINDS):
            unused.append((inside.as_posix(), _("no kind of file that can be read")))
            continue
        try:
            for sheet in _list_sheets(path):
                found.append(_look_at(con, path, inside.as_posix(), sheet, kept))
        except LabError as error:
            unused.append((inside.as_posix(), str(error)))
    return found, unused


def _list_sheets(path: Path) -> Sequence[str]:
    if path.suffix.lower() != ".xlsx":
        return ("",)
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  (only folders with workbooks)

    try:
        names = CalamineWorkbook.from_path(path).sheet_names
    except (CalamineError, OSError) as error:
        raise errors.unreadable_file(path.name, str(error)) from error
    return names if len(names) > 1 else ("",)


def _look_at(con: "duckdb.DuckDBPyConnection", path: Path, shown: str, sheet: str, kept: Path) -> Source:
    from icp_lab.intake.files import first, read_files  # noqa: PLC0415  (with DuckDB)

    raw = read_files(con, Spec("looked_at", (path,), (shown,), sheet=sheet), kept)
    cells = ", ".join(f"arg_min(nullif(trim(c{j}), ''), row)" for j in range(len(raw.headers)))
    counts = ", ".join(f"approx_count_distinct(c{j})" for j in range(len(raw.headers)))
    there = bool(raw.rows and raw.headers)
    examples = first(con, f"SELECT {cells} FROM {raw.name}") if there else ()
    distinct = first(con, f"SELECT {counts} FROM {raw.name}") if there else ()
    few = [header for header, n in zip(raw.headers, distinct, strict=True) if n <= _WORDS] if there else []
    words = {header: read_words(con, raw, header) for header in few}
    con.execute(f"DROP TABLE {raw.name}")
    shown_examples = {header: str(cell or "") for header, cell in zip(raw.headers, examples, strict=there)}
    return Source(path, shown, sheet, raw.rows, shown_examples, words)


def _choose(sources: Sequence[Source], formats: Formats, unused: list[tuple[str, str]]) -> list[Proposal]:
    """Take each file for a table; files that read alike make one table together, of others the better known."""
    found: dict[str, list[tuple[Match, Source]]] = {}
    for source in sources:
        match = recognise_file(list(source.examples), formats) if source.rows else None
        if match is None:
            reason = _("no table has these columns: {names}").format(names=errors.list_words(source.examples, 8))
            unused.append((source.named, reason if source.rows else _("it has no rows")))
        else:
            found.setdefault(match.table, []).append((match, source))
    chosen = []
    for table in (name for name in BY_NAME if name in found):
        best, leading = max(found[table], key=lambda pair: (pair[0].score, pair[1].rows))
        alike = [one for match, one in found[table] if match.columns == best.columns and one.sheet == leading.sheet]
        chosen.append(Proposal(best, tuple(alike), _list_meanings(best, formats)))
        already = _("{file} is {table} already").format(file=leading.named, table=table)
        unused += [(one.named, already) for _match, one in found[table] if one not in alike]
    if chosen and chosen[0].match.table != "accounts":
        chosen = [*_accounts_of(chosen, formats), *chosen]
    return chosen if chosen and chosen[0].match.table == "accounts" else []


def _accounts_of(chosen: Sequence[Proposal], formats: Formats) -> Iterator[Proposal]:
    """Where no file lists accounts, the one that tells of revenue does, else of deals: a row an account."""
    by_table = {one.match.table: one for one in chosen}
    one = by_table.get("revenue") or by_table.get("deals")
    if one:
        match = take_accounts(one.match, list(one.sources[0].examples), formats)
        day, _sure = one.match.columns.get("date") or one.match.columns.get("created") or ("", "")
        free = day and day not in {header for header, _sure in match.columns.values()}
        yield Proposal(match, one.sources, _list_meanings(match, formats), day if free else "latest")


def _list_meanings(match: Match, formats: Formats) -> dict[str, dict[str, str]]:
    """Say of each column of known words what its words mean, as its format has it and then the generic one."""
    generic = formats[GENERIC][match.table].values
    choices = {c.name: {fold(word): word for word in c.choices} for c in BY_NAME[match.table].columns if c.choices}
    known = {**choices, **match.section.values}
    return {column: {**choices.get(column, {}), **generic.get(column, {}), **match.section.values.get(column, {})}
            for column in known if column in match.columns and "_won" not in match.columns}


def _find_language(sources: Sequence[Source]) -> str:
    headers = [header for one in sources for header in one.examples]
    return "ja" if sum(bool(re.search(_JAPANESE, header)) for header in headers) > len(headers) / 2 else "en"


def _copy(path: Path, target: Path) -> None:
    if target.exists():
        if target.read_bytes() != path.read_bytes():
            raise utter("study.folder_taken", path=target)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)


def _settle(file: Path, tables: list[Proposal], unused: list[tuple[str, str]], language: str, day: date) -> Proposed:
    """Write study.yml, read the tables by it, and write it again with what only the values can tell."""
    facts = {"language": language, "currency": _find_currency(tables, language), "as_of": day, "outcome": ("", "")}
    _write(file, tables, facts)
    for i in range(len(tables)):
        tables[i] = _drop_unreadable(file, tables, i, facts, unused)
    study, said, broken = open_study(file), [], False
    for one in tables:
        if unknown := [word for word, meaning, _n in one.words("stage") if not meaning]:
            words = _("The stages {words} of {table} are not known and count as open: put them right under `values`.")
            said.append(words.format(words=errors.list_words(unknown, 8), table=one.match.table))
        try:
            study.facts(one.match.table)
        except LabError as error:
            said.append(str(error))
            broken = True
    if not broken:
        facts |= {"as_of": _find_newest(study, tables) or day, "outcome": _find_outcome(study)}
    _write(file, tables, facts)
    return Proposed(file, tuple(tables), tuple(unused), tuple(said))


def _drop_unreadable(file: Path, tables: list[Proposal], i: int, facts: dict[str, object],
                     unused: list[tuple[str, str]]) -> Proposal:
    """Take back what does not read: a header fits a column, but its cells do not."""
    while True:
        one = tables[i]
        table = BY_NAME[one.match.table]
        try:
            open_study(file).facts(table.name)
        except LabError as error:
            column = error.place.column
            if column not in one.match.columns or column in table.required or table.by_name[column].kind == "text":
                return one
            unused.append((f"{one.sources[0].named}: {one.match.columns[column][0]}", str(error)))
            left = {name: hit for name, hit in one.match.columns.items() if name != column}
            tables[i] = replace(one, match=replace(one.match, columns=left))
            _write(file, tables, facts)
        else:
            return one


def _find_newest(study: "Study", tables: Sequence[Proposal]) -> date | None:
    """Find the newest day that the tables tell of; what may lie in the future does not count."""
    found = []
    for one in tables:
        rows = study.relation(one.match.table)
        days = [c.name for c in BY_NAME[one.match.table].columns if c.kind == "date" and not c.future]
        found += [rows.aggregate(f'max("{day}")').fetchall()[0][0] for day in days if day in rows.columns]
    return max((day for day in found if day), default=None)


def _find_outcome(study: "Study") -> tuple[str, str]:
    """Choose what the profile predicts, and say why: won deals against lost where money tells nothing of customers."""
    if study.has("revenue") or not study.has("deals"):
        return "best", _("customers are told apart by what they bring")
    stages = dict(study.relation("deals").aggregate("stage, count(*)", "stage").fetchall())
    why = _("{won} deals won, {lost} lost").format(won=stages.get("won", 0), lost=stages.get("lost", 0))
    return ("won" if min(stages.get("won", 0), stages.get("lost", 0)) >= _LEAST else "best"), why


def _find_currency(tables: Sequence[Proposal], language: str) -> tuple[str, str]:
    """Find the currency that stands most often in headers and cells of money, and say where it was found."""
    seen: Counter[str] = Counter()
    for one in tables:
        money = {c.name for c in BY_NAME[one.match.table].columns if c.kind == "money"}
        for source in one.sources:
            texts = [f"{one.match.columns[c][0]} {source.examples.get(one.match.columns[c][0], '')}"
                     for c in money & set(one.match.columns)]
            texts += [cell for header, cell in source.examples.items()
                      if fold(header) in ("currency", "currencyisocode", "通貨")]
            seen.update(code for text in texts for code, sign in _CURRENCIES.items() if re.search(sign, text))
    if seen:
        return seen.most_common(1)[0][0], _("as the files write it")
    return ("JPY" if language == "ja" else "USD"), _("no file says it: put it right here")


def _write(file: Path, tables: Sequence[Proposal], facts: dict[str, object]) -> None:
    """Write study.yml with the mapping of each table, and for each line what it rests on."""
    absent = [table for table in TABLES if table.name not in {one.match.table for one in tables}]
    accounts = tables[0]
    kept = [] if accounts.one_row else accounts.unmapped
    late, never = ([header for header in kept if fold(header) in set(map(fold, names))]
                   for names in (accounts.match.section.after_sale, accounts.match.section.exclude))
    file.write_text(fill_template(
        "proposed.yml", name=file.parent.resolve().name, tables=[_describe(one) for one in tables], absent=absent,
        after_sale=_list(late), exclude=_list(never), quote=_quote, **facts), encoding="utf-8")


def _describe(one: Proposal) -> dict[str, object]:
    """Give a table as the template of study.yml wants it."""
    examples, match = one.sources[0].examples, one.match
    people = {c.name for c in BY_NAME[match.table].columns if c.role == "person"}
    rows = [(column, header, _(SURETIES[sure]), "" if column in people or column.endswith("_name")
             else examples.get(header, "")[:_SHOWN]) for column, (header, sure) in match.columns.items()]
    files, table = [source.shown for source in one.sources], BY_NAME[match.table]
    return {"name": match.table, "row": table.row, "rows": sum(source.rows for source in one.sources),
            "file": _list(files) if files[1:] else _quote(files[0]), "sheet": one.sources[0].sheet,
            "one_row": one.one_row, "format": match.section.format, "columns": rows,
            "extra": table.extra and not one.one_row, "unmapped": _list(one.unmapped),
            "words": {column: words for column in one.meanings if (words := one.words(column))}}


def _list(words: Sequence[str]) -> str:
    """Write texts as YAML takes a list of them, on one line."""
    return f"[{', '.join(map(_quote, words))}]"


def _quote(word: str) -> str:
    """Write a text as YAML takes it, on one line."""
    return json.dumps(word, ensure_ascii=False)
