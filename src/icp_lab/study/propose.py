"""A study out of a folder of files: `icp-lab init --from`. Asks nothing that the files themselves answer."""

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from icp_lab.errors import LabError, refusals, utter
from icp_lab.intake.conversion import add_macros
from icp_lab.intake.files import read_files, read_words
from icp_lab.intake.formats import FORMATS, GENERIC, Formats, Match, fold, read_format, recognise_file, take_accounts
from icp_lab.intake.layout import open_book
from icp_lab.intake.spec import Spec
from icp_lab.locale import _, in_language
from icp_lab.locale.declared import read_declared
from icp_lab.locale.prose import align
from icp_lab.study.begin import copy_files, fill_template, find_new, init_study
from icp_lab.study.sources import KINDS
from icp_lab.study.study import Study, open_study
from icp_lab.tables import BY_NAME, TABLES

_LEAST, _WORDS = 10, 60  # cases that an outcome needs; words of a column that are written out
_CURRENCIES = {"JPY": r"[¥￥円]|JPY", "EUR": "€|EUR", "GBP": "£|GBP", "USD": r"\$|USD"}
_JAPANESE = r"[\u3040-\u30ff\u4e00-\u9fff]"


@dataclass(frozen=True)
class Source:
    """Hold what was seen of a file, or of a sheet of one.

    Parameters
    ----------
    path : Path
        Where the file lies.
    shown : str
        Its place in the folder that was looked at.
    sheet : str
        The sheet; empty where the file has one at most.
    rows : int
        How many rows it has below its headers.
    examples : dict of str to str
        A cell of each header, the first of them in order; empty where all are.
    words : dict of str to (dict of str to int)
        How often each word stands below a header, where there are few.

    Examples
    --------
    >>> Source(Path("crm.csv"), "crm.csv", "", 2, {"Sector": "Retail"}, {"Sector": {"SaaS": 1, "Retail": 1}}).sheet
    ''
    """

    path: Path
    shown: str
    sheet: str
    rows: int
    examples: dict[str, str]
    words: dict[str, dict[str, int]]

    @property
    def named(self) -> str:
        """Name it as a person would.

        Returns
        -------
        str
            Its place, with the sheet where there are several.

        Examples
        --------
        >>> Source(Path("all.xlsx"), "all.xlsx", "deals", 2, {}, {}).named
        'all.xlsx (deals)'
        """
        return f"{self.shown} ({self.sheet})" if self.sheet else self.shown


@dataclass(frozen=True)
class Proposal(Match):
    """Take files for a table of the study.

    Parameters
    ----------
    table : str
        The table.
    section : Section
        What the format of the files says of it.
    columns : dict of str to tuple of 2 str
        For each column the header that feeds it, and how sure that is.
    sources : tuple of Source
        The files; of several the headers of all feed the same columns.
    words : dict of str to list of tuple
        For each column of known words: each word, what it means ("" if unknown) and how often it stands.
    one_row : str, default ''
        As in study.yml: the header by which one row an account is kept, or `latest`; empty where all are.
    missing : tuple of str, default ()
        Columns that do without their header, since its cells do not read.

    Examples
    --------
    >>> seen = Source(Path("crm.csv"), "crm.csv", "", 2, {"ID": "A1", "Color": "red"}, {})
    >>> formats = {GENERIC: read_format(GENERIC)}
    >>> Proposal("accounts", formats[GENERIC]["accounts"], {"account_id": ("ID", "common")}, (seen,), {}).table
    'accounts'
    """

    sources: tuple[Source, ...]
    words: dict[str, list[tuple[str, str, int]]]
    one_row: str = ""
    missing: tuple[str, ...] = ()

    @property
    def unmapped(self) -> list[str]:
        """Name the headers that feed no column.

        Returns
        -------
        list of str
            Those of the first file, in its order.

        Examples
        --------
        >>> seen = Source(Path("crm.csv"), "crm.csv", "", 2, {"ID": "A1", "Color": "red"}, {})
        >>> section = read_format(GENERIC)["accounts"]
        >>> Proposal("accounts", section, {"account_id": ("ID", "common")}, (seen,), {}).unmapped
        ['Color']
        """
        used = {header for header, _sure in self.columns.values()}
        return [header for header in self.sources[0].examples if header not in used]


@dataclass
class Proposed:
    """Tell of a study that was begun out of files.

    Parameters
    ----------
    file : Path
        Its study.yml.
    tables : list of Proposal
        Its tables; accounts come first.
    unused : list of tuple of 2 str
        Files and columns that were not used, each with the reason.
    facts : dict of str to object
        What else study.yml says: language, as_of; currency and outcome, each with why.
    said : list of str
        What else there is to know, as sentences; what stops a report among it.

    Examples
    --------
    >>> Proposed(Path("mine/study.yml"), [], [("old.csv", "it has no rows")], {}).unused
    [('old.csv', 'it has no rows')]
    """

    file: Path
    tables: list[Proposal]
    unused: list[tuple[str, str]]
    facts: dict[str, object]
    said: list[str] = field(default_factory=list)

    def words(self) -> str:
        """Say what became of each file, in the language in force.

        Returns
        -------
        str
            Lines for a terminal: a row a file, what was not used, what else there is to know, and what comes next.

        Examples
        --------
        >>> print(Proposed(Path("mine/study.yml"), [], [("old.csv", "it has no rows")], {}).words())
        file  table  format  rows  columns
        Not used: old.csv: it has no rows
        Look through mine/study.yml, then run: icp-lab report mine
        """
        rows = [(_("file"), _("table"), _("format"), _("rows"), _("columns"))]
        rows += [(source.named, one.table, one.section.format, f"{source.rows:,}",
                  f"{len(one.columns)}/{len(source.examples)}") for one in self.tables for source in one.sources]
        unused = [_("Not used: {file}: {reason}").format(file=file, reason=why) for file, why in sorted(self.unused)]
        last = _("Look through {file}, then run: icp-lab report {folder}")
        said = [*self.said, last.format(file=self.file, folder=self.file.parent)]
        return "\n".join([align(rows, left=(0, 1, 2)), *unused, *said])

    def _write(self) -> None:
        """Write study.yml with the mapping of each table, and for each line what it rests on."""
        accounts = self.tables[0]
        late, never = ([header for header in accounts.unmapped if fold(header) in names and not accounts.one_row]
                       for names in (accounts.section.after_sale, accounts.section.exclude))
        self.file.write_text(fill_template(
            "proposed.yml", name=self.file.parent.resolve().name, tables=self.tables, after_sale=late, exclude=never,
            declared=BY_NAME, sureties=read_declared("icp_lab.study", "names.toml")["sureties"], **self.facts),
            encoding="utf-8")

    def _settle(self) -> Study:
        """Write study.yml and read every table by it; what does not read is taken back, what then stops is told."""
        self._write()
        study, self.said = open_study(self.file), []
        for i, one in enumerate(self.tables):
            try:
                study.facts(one.table)
            except LabError as error:
                if less := _take_back(one, error.place.column):
                    self.unused.append((error.place.words(), error.what))
                    self.tables[i] = less
                    return self._settle()
                self.said.append(str(error))
        return study


def propose_study(source: str | Path, folder: str | Path, language: str = "", wanted: str = "",
                  today: date | None = None) -> Proposed:
    """Begin a study out of files: look at each, copy those that can be used, and write a study.yml that says why.

    Parameters
    ----------
    source : str or Path
        A folder of files; it and the folders right in it are looked at. It may be the study's own.
    folder : str or Path
        The study's folder, as for `init_study`.
    language : str, default ''
        Language of the study; where left out, Japanese if most headers are.
    wanted : str, default ''
        The one format that the files are in, found out where left out.
    today : date or None, default None
        No day of the study is later; the day of the call unless told.

    Returns
    -------
    Proposed
        What was made of each file.

    Raises
    ------
    LabError
        When there is no such folder or format, no file tells of accounts, or a file of the study would be written over.

    Examples
    --------
    >>> propose_study("nowhere", "mine")
    Traceback (most recent call last):
    icp_lab.errors.base.LabError: There is no folder nowhere. Name the folder that holds the exports with `--from`.
    """
    place, day, unused = Path(folder), today or date.today(), list[tuple[str, str]]()
    formats: Formats = {name: read_format(name, place) for name in ((wanted, GENERIC) if wanted else FORMATS)}
    sources = _look_at_all(Path(source), place, unused)
    headers = [header for one in sources for header in one.examples]
    japanese = sum(bool(re.search(_JAPANESE, header)) for header in headers) > len(headers) / 2
    language = language or ("ja" if japanese else "en")
    with in_language(language):
        if not (tables := _choose(sources, formats, unused)):
            names = refusals.list_words(one.named for one in sources)
            raise utter("study.nothing_recognised", path=source, names=names)
        file = init_study(place, language, day)
        copy_files(find_new([(one.path, place / one.shown) for table in tables for one in table.sources]))
        facts = {"language": language, "as_of": day, "currency": _find_currency(tables, language), "outcome": ("", "")}
        found = Proposed(file, tables, unused, facts)
        study = found._settle()
        if not found.said:
            found.facts |= {"as_of": _find_newest(study) or day, "outcome": _find_outcome(study)}
            found._write()
        if unknown := [word for one in tables for word, meaning, _n in one.words.get("stage", ()) if not meaning]:
            words = _("The stages {words} are not known and count as open: put them right under `values`.")
            found.said.append(words.format(words=refusals.list_words(unknown, 8)))
    return found


def _look_at_all(source: Path, folder: Path, unused: list[tuple[str, str]]) -> list[Source]:
    """Look at every file; what cannot be read is kept with the reason."""
    if not source.is_dir():
        raise utter("study.no_folder", path=source)
    con, found, source, folder = duckdb.connect(), list[Source](), source.resolve(), folder.resolve()
    add_macros(con)
    for path in sorted(path for depth in ("*", "*/*") for path in source.glob(depth) if path.is_file()):
        inside, own = path.relative_to(source), path.is_relative_to(folder) and folder != source
        if own or any(part.startswith(".") or part == "templates" for part in inside.parts):
            continue
        try:
            if not path.name.lower().endswith(KINDS):
                raise utter("study.unknown_kind", path=path.name)
            with open_book(path, path.name) if path.suffix.lower() == ".xlsx" else nullcontext() as book:
                sheets = book.sheet_names if book and len(book.sheet_names) > 1 else [""]
            found += [_look_at(con, path, inside.as_posix(), sheet) for sheet in sheets]
        except LabError as error:
            unused.append((inside.as_posix(), error.what))
    return found


def _look_at(con: duckdb.DuckDBPyConnection, path: Path, shown: str, sheet: str) -> Source:
    with TemporaryDirectory(prefix="icp_lab_") as kept:
        raw = read_files(con, Spec("looked_at", (path,), (shown,), sheet=sheet), Path(kept))
    asked = f"SELECT coalesce(min, ''), approx_unique FROM (SUMMARIZE (SELECT * EXCLUDE (file, row) FROM {raw.name}))"
    told = dict(zip(raw.headers, con.execute(asked).fetchall(), strict=True)) if raw.rows else {}
    words = {header: read_words(con, raw, header) for header, (_least, n) in told.items() if n <= _WORDS}
    con.execute(f"DROP SCHEMA {raw.place} CASCADE")
    return Source(path, shown, sheet, raw.rows, {header: least for header, (least, _n) in told.items()}, words)


def _choose(sources: Sequence[Source], formats: Formats, unused: list[tuple[str, str]]) -> list[Proposal]:
    """Take each file for a table; files that read alike make one table together, of others the better known.

    Where no file lists accounts, the one that tells of revenue does, else of deals: a row an account.
    """
    found: dict[str, list[tuple[Match, Source]]] = {}
    for source in sources:
        if match := recognise_file(list(source.examples), formats):
            found.setdefault(match.table, []).append((match, source))
        else:
            reason = _("no table has these columns: {names}").format(names=refusals.list_words(source.examples, 8))
            unused.append((source.named, reason if source.rows else _("it has no rows")))
    chosen = []
    for table in (name for name in BY_NAME if name in found):
        best, leading = max(found[table], key=lambda pair: (pair[0].score, pair[1].rows))
        alike = [one for match, one in found[table] if match.columns == best.columns and one.sheet == leading.sheet]
        chosen.append(_propose(best, alike, formats))
        already = _("{file} is {table} already").format(file=leading.named, table=table)
        unused += [(one.named, already) for _match, one in found[table] if one not in alike]
    if "accounts" in found:
        return chosen
    by_table = {one.table: one for one in chosen}
    if one := by_table.get("revenue") or by_table.get("deals"):
        match = take_accounts(one, list(one.sources[0].examples), formats)
        day = next((one.columns[name][0] for name in ("date", "created") if name in one.columns), "latest")
        return [replace(_propose(match, one.sources, formats), one_row=day), *chosen]
    return []


def _propose(match: Match, sources: Sequence[Source], formats: Formats) -> Proposal:
    """Find what the words of each column of known words mean, as its format has it and else the generic one."""
    generic, own, words = formats[GENERIC][match.table].values, match.section.values, {}
    choices = {c.name: {fold(word): word for word in c.choices} for c in BY_NAME[match.table].columns if c.choices}
    # The flags of each deal say it better than the words for its stage.
    for column in (name for name in {**choices, **own} if name in match.columns and "_won" not in match.columns):
        means = {**choices.get(column, {}), **generic.get(column, {}), **own.get(column, {})}
        counts = sum((Counter(source.words.get(match.columns[column][0])) for source in sources), Counter[str]())
        words[column] = [(word, means.get(fold(word), ""), n) for word, n in counts.most_common()]
    return Proposal(match.table, match.section, match.columns, tuple(sources), words)


def _take_back(one: Proposal, column: str) -> Proposal | None:
    """Do without a header whose cells do not read, or without a second list of the same; None where it is needed."""
    table = BY_NAME[one.table]
    if column == table.key and one.sources[1:]:
        return replace(one, sources=(max(one.sources, key=lambda source: source.rows),))
    if column not in one.columns or column in table.required or table.by_name[column].kind == "text":
        return None
    left = {name: hit for name, hit in one.columns.items() if name != column}
    return replace(one, columns=left, missing=(*one.missing, column))


def _find_newest(study: Study) -> date | None:
    """Find the newest day that the tables tell of; what may lie in the future does not count."""
    found = []
    for name in study.tables:
        rows = study.relation(name)
        days = [c.name for c in BY_NAME[name].columns if c.kind == "date" and not c.future and c.name in rows.columns]
        found += [rows.aggregate(f'max("{day}")').fetchall()[0][0] for day in days]
    return max(filter(None, found), default=None)


def _find_outcome(study: Study) -> tuple[str, str]:
    """Choose what the profile predicts, and say why: won deals against lost where money tells nothing of customers."""
    if study.has("revenue") or not study.has("deals"):
        return "best", _("customers are told apart by what they bring")
    stages = dict(study.relation("deals").aggregate("stage, count(*)", "stage").fetchall())
    won, lost = stages.get("won", 0), stages.get("lost", 0)
    return ("won" if min(won, lost) >= _LEAST else "best"), _("{won} deals won, {lost} lost").format(won=won, lost=lost)


def _find_currency(tables: Sequence[Proposal], language: str) -> tuple[str, str]:
    """Find the currency that stands in the headers and cells of money, and say where it was found."""
    money = {c.name for table in TABLES for c in table.columns if c.kind == "money"}
    held = {header for one in tables for column, (header, _sure) in one.columns.items() if column in money}
    told = " ".join(f"{header} {cell}" for one in tables for header, cell in one.sources[0].examples.items()
                    if header in held or fold(header) in ("currency", "currencyisocode", "通貨"))
    for code, sign in _CURRENCIES.items():
        if re.search(sign, told):
            return code, _("as the files write it")
    return ("JPY" if language == "ja" else "USD"), _("no file says it: put it right here")
