"""Refusals of studies: study.yml, the files that it names and what stands in them."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from icp_lab.errors.base import LabError, Place
from icp_lab.locale import _

YML, HYPOTHESES = "study.yml", "hypotheses.yml"


def nearest(word: str, known: Iterable[str]) -> str:
    """Say the nearest known word as a question, or nothing."""
    words = list(known)
    found = get_close_matches(word, words, n=1, cutoff=0.6) or get_close_matches(
        word.casefold(), [w for w in words if w == w.casefold()], n=1, cutoff=0.6)
    return _("Did you mean `{word}`?").format(word=found[0]) if found else ""


def _list(words: Iterable[str], limit: int = 30) -> str:
    shown = list(words)
    return ", ".join(f"`{word}`" for word in shown[:limit]) + (", …" if len(shown) > limit else "")


def in_yml(line: int | None) -> str:
    """Say where in study.yml."""
    return _("line {line} of study.yml").format(line=line) if line is not None else YML


def no_study(path: Path) -> LabError:
    """Refuse a place where there is no study.yml."""
    return LabError(
        _("There is no study.yml at {path}.").format(path=path),
        rule=_("A study is a folder with a file study.yml."),
        remedy=_("Check the path, or make a new study with `icp-lab init DIR`."))


def not_yaml(line: int | None, problem: str) -> LabError:
    """Refuse a study.yml that is not YAML."""
    return LabError(
        _("This is not valid YAML: {problem}.").format(problem=problem),
        rule=_("study.yml is YAML: `key: value` lines, indented with spaces."),
        remedy=_("Look at this line and the one before: a missing quote, bracket, colon or space is the usual cause."),
        place=Place(in_yml(line)))


def unknown_key(line: int | None, key: str, known: Iterable[str], where: str = "") -> LabError:
    """Refuse a key that study.yml does not have, naming the nearest that it has."""
    words = list(known)
    what = _("`{key}` is not a key of `{where}`.") if where else _("`{key}` is not a key of study.yml.")
    return LabError(
        what.format(key=key, where=where),
        rule=_("Known are {words}.").format(words=_list(words)), remedy=nearest(key, words), place=Place(in_yml(line)))


def missing_key(line: int | None, key: str, where: str = "") -> LabError:
    """Refuse a study.yml without a key that it needs."""
    what = _("`{key}` is missing in `{where}`.") if where else _("`{key}` is missing.")
    return LabError(what.format(key=key, where=where), remedy=_("Add a line `{key}: ...`.").format(key=key),
                    place=Place(in_yml(line)))


def wrong_value(line: int | None, key: str, value: object, rule: str) -> LabError:
    """Refuse a value of study.yml, saying what is allowed."""
    return LabError(_("`{value}` is no value for `{key}`.").format(value=value, key=key), rule=rule,
                    place=Place(in_yml(line)))


def not_in_version(line: int | None, key: str) -> LabError:
    """Refuse a key of the contract that this version does not serve."""
    return LabError(
        _("`{key}` is not in this version.").format(key=key),
        rule=_("This version reads files, with the mapping written out under `columns`."),
        remedy=_("Export the table to a file, name it under `file` and take `{key}` out.").format(key=key),
        place=Place(in_yml(line)))


def outside(line: int | None, path: str) -> LabError:
    """Refuse a path that leaves the study's folder."""
    return LabError(
        _("`{path}` leads out of the study's folder.").format(path=path),
        rule=_("Paths are relative to study.yml and stay inside its folder."),
        remedy=_("Copy the file into the folder and name it there."), place=Place(in_yml(line)))


def no_file(line: int | None, table: str, path: str, there: Iterable[str]) -> LabError:
    """Refuse a path at which there is no file."""
    names = list(there)
    return LabError(
        _("There is no file `{path}` for the table {table}.").format(path=path, table=table),
        rule=_("The folder holds {names}.").format(names=_list(names)) if names else "",
        remedy=nearest(path, names) or _("Put the file there, correct the path, or take the table out."),
        place=Place(in_yml(line)))


def unknown_kind(line: int | None, path: str) -> LabError:
    """Refuse a file that is none of the kinds that can be read."""
    return LabError(
        _("`{path}` is no kind of file that can be read.").format(path=path),
        rule=_("Tables are read from .csv, .tsv, .txt, .xlsx and .parquet."), place=Place(in_yml(line)))


def undecodable(file: str, row: int | None, encoding: str) -> LabError:
    """Refuse bytes that are text in no supported encoding."""
    what = (_("Its bytes are not text in the encoding {encoding}.").format(encoding=encoding) if encoding
            else _("Its bytes are text in no known encoding."))
    return LabError(
        what, rule=_("Known are UTF-8, UTF-16 with a mark, CP932 (Shift JIS), EUC-JP and CP1252."),
        remedy=_("Save the file again as UTF-8, or name its encoding under `encoding`."), place=Place(file, row))


def unreadable_file(file: str, problem: str) -> LabError:
    """Refuse a file that its reader cannot make sense of."""
    return LabError(_("The file cannot be read: {problem}.").format(problem=problem),
                    remedy=_("Open it, save it again and try once more."), place=Place(file))


def no_sheet(file: str, sheet: str, sheets: Iterable[str]) -> LabError:
    """Refuse a sheet that the workbook does not have."""
    names = list(sheets)
    return LabError(_("There is no sheet `{sheet}`.").format(sheet=sheet),
                    rule=_("The sheets are {names}.").format(names=_list(names)), remedy=nearest(sheet, names),
                    place=Place(file))


def no_header(file: str, line: int | None, header: str, headers: Iterable[str]) -> LabError:
    """Refuse a mapping from a header that the file does not have."""
    names = list(headers)
    return LabError(
        _("There is no column `{header}`, which {line} names.").format(header=header, line=in_yml(line)),
        rule=_("The columns are {names}.").format(names=_list(names)), remedy=nearest(header, names),
        place=Place(file, column=header))


def no_column(line: int | None, key: str, column: str, columns: Iterable[str]) -> LabError:
    """Refuse a column named in study.yml that the table does not have."""
    names = list(columns)
    return LabError(
        _("`{key}` names the column `{column}`, which is not there.").format(key=key, column=column),
        rule=_("After mapping, the columns are {names}.").format(names=_list(names)), remedy=nearest(column, names),
        place=Place(in_yml(line), column=column))


def column_missing(file: str, table: str, column: str, headers: Iterable[str]) -> LabError:
    """Refuse a table without a column that it needs."""
    names = list(headers)
    return LabError(
        _("The table {table} needs a column `{column}` and has none.").format(table=table, column=column),
        rule=_("The columns are {names}.").format(names=_list(names)),
        remedy=_("Say which of them it is in study.yml: `columns: {{{column}: \"the header\"}}`. {nearest}").format(
            column=column, nearest=nearest(column, names)).strip(),
        place=Place(file, column=column))


def one_of_missing(file: str, table: str, columns: Iterable[str]) -> LabError:
    """Refuse a table that has none of the columns of which it needs one."""
    return LabError(_("The table {table} needs one of the columns {columns} and has none.").format(
        table=table, columns=_list(columns)), place=Place(file))


def no_rows(file: str, table: str, read: int) -> LabError:
    """Refuse a table in which nothing is left to work on."""
    what = (_("None of the {n} rows of the table {table} is left after `where`.") if read
            else _("The table {table} has no rows."))
    return LabError(
        what.format(n=read, table=table), rule=_("A table that study.yml names has at least one row."),
        remedy=_("Correct `where`.") if read else _("Fill the file, or take the table out of study.yml."),
        place=Place(file))


def no_accounts(file: str, set_aside: int) -> LabError:
    """Refuse accounts of which every row had to be set aside."""
    return LabError(
        _("Not one row of accounts can be used: all {n} were set aside.").format(n=set_aside),
        rule=_("Every account has an account_id, and no date after as_of."),
        remedy=_("`icp-lab check` lists the rows and the reasons."), place=Place(file))


def mostly_unreadable(place: Place, value: str, kind: str, bad: int, filled: int) -> LabError:
    """Refuse a column most of whose cells are not of its type; the place is that of the first."""
    return LabError(
        _("`{value}` is not {kind}; {bad} of the {filled} filled cells of this column are not.").format(
            value=value, kind=kind, bad=bad, filled=filled),
        rule=_("At most 20 % of the filled cells of a column may be unreadable."),
        remedy=_("Is it another column that is meant under `columns`? Single values are put right under `values`; "
                 "a column that is something else gets another name."),
        place=place)


def key_conflict(place: Place, value: str, first_row: int, differs: str, count: int) -> LabError:
    """Refuse one key that has two different rows."""
    return LabError(
        _("`{value}` stands in two rows that differ: row {first} has another `{differs}` ({count} such keys).").format(
            value=value, first=first_row, differs=differs, count=count),
        rule=_("In this table each {key} has one row.").format(key=place.column),
        remedy=_("Merge the two rows, or give one of them its own {key}.").format(key=place.column), place=place)


def join_not_unique(line: int | None, table: str, on: str, value: str, count: int) -> LabError:
    """Refuse a join that would multiply rows."""
    return LabError(
        _("`{value}` stands {count} times with different content in `{on}` of {table}.").format(
            value=value, count=count, on=on, table=table),
        rule=_("A join takes columns from the one row that matches; where several match it would multiply rows."),
        remedy=_("Join on a column that tells the rows of {table} apart.").format(table=table),
        place=Place(in_yml(line)))


def join_in_a_circle(line: int | None, tables: Iterable[str]) -> LabError:
    """Refuse tables that join each other in a circle."""
    return LabError(_("These tables join each other in a circle: {tables}.").format(tables=_list(tables)),
                    place=Place(in_yml(line)))


def row_of_several_files(line: int | None, table: str) -> LabError:
    """Refuse row numbers as keys where several files are read."""
    return LabError(
        _("`row` numbers the rows of one file, and {table} is read from several.").format(table=table),
        remedy=_("Join the files into one, or use a column that names the row."), place=Place(in_yml(line)))


def unknown_table(name: str, known: Iterable[str]) -> LabError:
    """Refuse a table that the lab does not know."""
    words = list(known)
    return LabError(_("There is no table `{name}`.").format(name=name),
                    rule=_("Tables are {words}.").format(words=_list(words)), remedy=nearest(name, words))


def folder_taken(path: Path) -> LabError:
    """Refuse to make a study over files that are there."""
    return LabError(_("{path} is there already.").format(path=path), rule=_("A new study never overwrites a file."),
                    remedy=_("Choose another folder, or take the file away."))


def nothing_to_collect(path: Path) -> LabError:
    """Refuse to collect from a place that is not there."""
    return LabError(_("There is nothing to collect at {path}.").format(path=path),
                    rule=_("What people fill in stands in `to_fill` of a report."),
                    remedy=_("Name the folder of the report with `--out`."))


def already_collected(path: Path) -> LabError:
    """Refuse to copy a filled file over one that differs."""
    return LabError(_("{path} is there already, with other content.").format(path=path),
                    rule=_("Collecting never overwrites a file of the study."),
                    remedy=_("Compare the two by hand, and take the older one away."))


def bad_hypothesis(line: int | None, problem: str, remedy: str = "") -> LabError:
    """Refuse a hypotheses.yml, or an entry of it, that is not as it should be."""
    return LabError(
        _("This cannot be read as a hypothesis: {problem}.").format(problem=problem),
        rule=_("hypotheses.yml is a list of entries with name, date, criteria and, if you like, by; criteria are as in "
               "icp.yml."),
        remedy=remedy or _("Compare it with the template that `icp-lab init` writes."), place=Place(HYPOTHESES, line))
