"""One entry of `tables:` or `other_tables:` in study.yml to a checked `Spec`."""

import codecs
import re
from pathlib import Path

from icp_lab.errors import LabError, refusals, utter
from icp_lab.intake.conversion import ORDERS
from icp_lab.intake.databases import Query
from icp_lab.intake.formats import Section, read_format
from icp_lab.intake.spec import UNITS, Join, Spec
from icp_lab.locale import _
from icp_lab.study.reader import Reader

_KEYS = ("sql", "connection", "columns", "set", "where", "drop_duplicates", "values", "scale",
         "units", "dates", "join", "format", "one_row")
_OF_FILES = ("file", "encoding", "delimiter", "sheet")
_YES = {None: False, True: True, "yes": True, "true": True, False: False, "no": False, "false": False}
KINDS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".xlsx", ".parquet")


def read_spec(yml: Reader, at: tuple[str, ...], table: str, folder: Path) -> Spec:
    """Read where a table comes from, and how it is mapped.

    Parameters
    ----------
    yml : Reader
        What study.yml says.
    at : tuple of str
        The keys down to the table; what stands there is the name of a file, a list of names, or a mapping.
    table : str
        Name of the table.
    folder : Path
        The study's folder, resolved; the files have to lie in it.

    Returns
    -------
    Spec
        Its files, or its query, and how columns, values, units and dates are read; nothing of the files is read.

    Raises
    ------
    LabError
        When a key is unknown, a value may not be, a file is not there or lies elsewhere; the message names the line.

    Examples
    --------
    >>> yml = Reader({"tables": {"churn": {"file": "churn.csv", "units": {"amount": "thousand"}}}}, {})
    >>> read_spec(yml, ("tables", "churn"), "churn", Path("data/demo").resolve()).scale
    {'amount': 1000.0}
    """
    if not isinstance(yml.get(at), dict):
        yml.need(at[:-1], at[-1])
        files, shown = _find_files(yml, at, table, folder)
        return Spec(table, files, shown, lines=_lines(yml, at))
    query = _read_query(yml, at, table, folder)
    yml.check_keys(at, _KEYS if query else (*_OF_FILES, *_KEYS))
    if query:
        files, shown = (), (f"sql ({query.connection})",)
    else:
        yml.need(at, "file")
        files, shown = _find_files(yml, (*at, "file"), table, folder)
    encoding = yml.text((*at, "encoding"))
    if encoding:
        try:
            encoding = codecs.lookup(encoding).name
        except LookupError as error:
            rule = _("Known are utf-8, utf-16, cp932, euc-jp, cp1252 and the like.")
            raise yml.wrong((*at, "encoding"), encoding, rule) from error

    def word(at: tuple[str, ...]) -> str | None:
        return None if yml.get(at) is None else yml.text(at)

    return Spec(
        table, files, shown, query, encoding=encoding, delimiter=_read_delimiter(yml, (*at, "delimiter")),
        sheet=yml.text((*at, "sheet")),
        columns=yml.each((*at, "columns"), yml.text), set=yml.each((*at, "set"), word),
        where=yml.each((*at, "where"), lambda to: tuple(word for one in yml.texts(to) for word in _spellings(one))),
        drop_duplicates=_read_yes_no(yml, (*at, "drop_duplicates")), dialect=_read_format(yml, at, table, folder),
        one_row=yml.text((*at, "one_row")),
        values=yml.each((*at, "values"), lambda to: {
            spelled: said for source, said in yml.each(to, word).items() for spelled in _spellings(source)}),
        scale=_read_scale(yml, at), units=tuple(yml.mapping((*at, "units"))),
        dates=yml.each((*at, "dates"), lambda to: yml.choice(to, ORDERS)),
        join=_read_join(yml, at), lines=_lines(yml, at))


def _read_query(yml: Reader, at: tuple[str, ...], table: str, folder: Path) -> Query | None:
    if not {"sql", "connection"} & set(yml.mapping(at)):
        return None
    yml.need(at, "sql", "connection")
    connection, place = yml.text((*at, "connection")), yml.place((*at, "connection"))
    if not re.fullmatch(r"[A-Za-z_]\w*", connection, re.ASCII):  # never said again: it may be an address
        raise utter("study.not_a_variable", place)
    return Query(yml.text((*at, "sql")), connection, folder, table, yml.place((*at, "sql")))


def _lines(yml: Reader, at: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    return {keys[len(at):]: line for keys, line in yml.lines.items() if keys[:len(at)] == at}


def _find_files(yml: Reader, at: tuple[str, ...], table: str, folder: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Find the files that a path, a list of paths or a pattern names; all of them inside the study's folder."""
    found: list[tuple[Path, str]] = []
    for name in yml.texts(at):
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise utter("study.outside", yml.place(at), path=name)
        files = _list_files(folder, name)
        if not files:
            there = sorted(str(path.relative_to(folder)) for path in folder.rglob("*")
                           if path.name.lower().endswith(KINDS) and "templates" not in path.relative_to(folder).parts)
            raise utter("study.no_file" if there else "study.no_file_at_all", yml.place(at), path=name, table=table,
                        names=refusals.list_words(there), remedy=refusals.nearest(name, there))
        for path in files:
            if not path.resolve().is_relative_to(folder):
                raise utter("study.outside", yml.place(at), path=name)
            if not path.name.lower().endswith(KINDS):
                raise utter("study.unknown_kind", yml.place(at), path=name)
            found.append((path, path.relative_to(folder).as_posix()))
    return tuple(path for path, _shown in found), tuple(shown for _path, shown in found)


def _list_files(folder: Path, name: str) -> list[Path]:
    exact = folder / name  # a name that holds a bracket is taken as it is, where there is such a file
    try:
        paths = [exact] if exact.exists() or not set("*?[") & set(name) else sorted(folder.glob(name))
        return [path for path in paths if path.is_file()]
    except (OSError, ValueError):  # longer than a name may be, or no pattern
        return []


def _read_format(yml: Reader, at: tuple[str, ...], table: str, folder: Path) -> Section | None:
    name = yml.text(at := (*at, "format"))
    if not name:
        return None
    try:
        tables = read_format(name, folder)
    except LabError as error:
        error.place = error.place if error.place.file else yml.place(at)
        raise
    if table not in tables:
        raise utter("study.not_in_format", yml.place(at), name=name, table=table, words=refusals.list_words(tables))
    return tables[table]


def _read_yes_no(yml: Reader, at: tuple[str, ...]) -> bool:
    """Read yes or no; nothing counts as no."""
    if isinstance(value := yml.get(at), dict | list) or value not in _YES:
        raise yml.wrong(at, value, _("It is yes or no."))
    return _YES[value]


def _read_delimiter(yml: Reader, at: tuple[str, ...]) -> str:
    delimiter = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}.get(yml.text(at), yml.text(at))
    if len(delimiter) > 1:
        raise yml.wrong(at, delimiter, _("It is one character, such as \",\" or tab."))
    return delimiter


def _spellings(source: str) -> tuple[str, ...]:
    """Give the texts of a file that a word of study.yml means: `true` is true, True or TRUE there."""
    return (source, source.title(), source.upper()) if source in ("true", "false") else (source,)


def _read_scale(yml: Reader, at: tuple[str, ...]) -> dict[str, float]:
    """Read `scale` and `units` into one factor a column."""
    factors = yml.each((*at, "scale"), lambda to: yml.number(to, 1, low=float("-inf")))
    for column in yml.mapping((*at, "units")):
        unit = yml.text((*at, "units", column))
        if unit not in UNITS:
            rule = _("Known are {words}; any other is written as a number under `scale`.")
            raise yml.wrong((*at, "units", column), unit, rule.format(words=", ".join(UNITS)), "units")
        factors[column] = factors.get(column, 1.0) * UNITS[unit]
    return factors


def _read_join(yml: Reader, at: tuple[str, ...]) -> Join | None:
    at = (*at, "join")
    if not yml.mapping(at):
        return None
    yml.check_keys(at, ("table", "on", "take"))
    yml.need(at, "table", "on", "take")
    return Join(yml.text((*at, "table")), yml.text((*at, "on")), yml.texts((*at, "take")))
