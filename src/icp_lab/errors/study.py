"""Refusals of studies: study.yml, the files that it names and what stands in them."""

from collections.abc import Iterable
from pathlib import Path

from icp_lab.errors.base import LabError, Place, find_nearest, utter
from icp_lab.locale import _

YML, HYPOTHESES = "study.yml", "hypotheses.yml"


def nearest(word: str, known: Iterable[str]) -> str:
    """Say the nearest known word as a question, or nothing."""
    found = find_nearest(word, known)
    return _("Did you mean `{word}`?").format(word=found) if found else ""


def _list(words: Iterable[str], limit: int = 30) -> str:
    shown = list(words)
    return ", ".join(f"`{word}`" for word in shown[:limit]) + (", …" if len(shown) > limit else "")


def in_yml(line: int | None) -> str:
    """Say where in study.yml."""
    return _("line {line} of study.yml").format(line=line) if line is not None else YML


def no_study(path: Path) -> LabError:
    """Refuse a place where there is no study.yml."""
    return utter("study.no_study", path=path)


def not_yaml(line: int | None, problem: str) -> LabError:
    """Refuse a study.yml that is not YAML."""
    return utter("study.not_yaml", Place(in_yml(line)), problem=problem)


def unknown_key(line: int | None, key: str, known: Iterable[str], where: str = "") -> LabError:
    """Refuse a key that study.yml does not have, naming the nearest that it has."""
    words = list(known)
    refusal, told = ("study.unknown_key_in" if where else "study.unknown_key"), _list(words)
    return utter(refusal, Place(in_yml(line)), key=key, where=where, words=told, remedy=nearest(key, words))


def missing_key(line: int | None, key: str, where: str = "") -> LabError:
    """Refuse a study.yml without a key that it needs."""
    refusal = "study.missing_key_in" if where else "study.missing_key"
    return utter(refusal, Place(in_yml(line)), key=key, where=where)


def wrong_value(line: int | None, key: str, value: object, rule: str) -> LabError:
    """Refuse a value of study.yml, saying what is allowed."""
    return utter("study.wrong_value", Place(in_yml(line)), value=value, key=key, rule=rule)


def not_in_version(line: int | None, key: str) -> LabError:
    """Refuse a key of the contract that this version does not serve."""
    return utter("study.not_in_version", Place(in_yml(line)), key=key)


def outside(line: int | None, path: str) -> LabError:
    """Refuse a path that leaves the study's folder."""
    return utter("study.outside", Place(in_yml(line)), path=path)


def no_file(line: int | None, table: str, path: str, there: Iterable[str]) -> LabError:
    """Refuse a path at which there is no file."""
    names = list(there)
    refusal = "study.no_file" if names else "study.no_file_at_all"
    return utter(refusal, Place(in_yml(line)), path=path, table=table, names=_list(names), remedy=nearest(path, names))


def unknown_kind(line: int | None, path: str) -> LabError:
    """Refuse a file that is none of the kinds that can be read."""
    return utter("study.unknown_kind", Place(in_yml(line)), path=path)


def undecodable(file: str, row: int | None, encoding: str) -> LabError:
    """Refuse bytes that are text in no supported encoding."""
    return utter("study.undecodable_as" if encoding else "study.undecodable", Place(file, row), encoding=encoding)


def unreadable_file(file: str, problem: str) -> LabError:
    """Refuse a file that its reader cannot make sense of."""
    return utter("study.unreadable_file", Place(file), problem=problem)


def no_sheet(file: str, sheet: str, sheets: Iterable[str]) -> LabError:
    """Refuse a sheet that the workbook does not have."""
    names = list(sheets)
    return utter("study.no_sheet", Place(file), sheet=sheet, names=_list(names), remedy=nearest(sheet, names))


def no_header(file: str, line: int | None, header: str, headers: Iterable[str]) -> LabError:
    """Refuse a mapping from a header that the file does not have."""
    names = list(headers)
    place, told = Place(file, column=header), _list(names)
    return utter("study.no_header", place, header=header, line=in_yml(line), names=told, remedy=nearest(header, names))


def no_column(line: int | None, key: str, column: str, columns: Iterable[str]) -> LabError:
    """Refuse a column named in study.yml that the table does not have."""
    names = list(columns)
    place, told = Place(in_yml(line), column=column), _list(names)
    return utter("study.no_column", place, key=key, column=column, names=told, remedy=nearest(column, names))


def column_missing(file: str, table: str, column: str, headers: Iterable[str]) -> LabError:
    """Refuse a table without a column that it needs."""
    names = list(headers)
    return utter("study.column_missing", Place(file, column=column), table=table, column=column, names=_list(names),
                 nearest=nearest(column, names))


def one_of_missing(file: str, table: str, columns: Iterable[str]) -> LabError:
    """Refuse a table that has none of the columns of which it needs one."""
    return utter("study.one_of_missing", Place(file), table=table, columns=_list(columns))


def no_rows(file: str, table: str, read: int) -> LabError:
    """Refuse a table in which nothing is left to work on."""
    return utter("study.no_rows_left" if read else "study.no_rows", Place(file), n=read, table=table)


def no_accounts(file: str, set_aside: int) -> LabError:
    """Refuse accounts of which every row had to be set aside."""
    return utter("study.no_accounts", Place(file), n=set_aside)


def mostly_unreadable(place: Place, value: str, kind: str, bad: int, filled: int) -> LabError:
    """Refuse a column most of whose cells are not of its type; the place is that of the first."""
    return utter("study.mostly_unreadable", place, value=value, kind=kind, bad=bad, filled=filled)


def key_conflict(place: Place, value: str, first_row: int, differs: str, count: int) -> LabError:
    """Refuse one key that has two different rows."""
    return utter(
        "study.key_conflict", place, value=value, first=first_row, differs=differs, count=count, key=place.column)


def join_not_unique(line: int | None, table: str, on: str, value: str, count: int) -> LabError:
    """Refuse a join that would multiply rows."""
    return utter("study.join_not_unique", Place(in_yml(line)), value=value, count=count, on=on, table=table)


def join_in_a_circle(line: int | None, tables: Iterable[str]) -> LabError:
    """Refuse tables that join each other in a circle."""
    return utter("study.join_in_a_circle", Place(in_yml(line)), tables=_list(tables))


def row_of_several_files(line: int | None, table: str) -> LabError:
    """Refuse row numbers as keys where several files are read."""
    return utter("study.row_of_several_files", Place(in_yml(line)), table=table)


def unknown_table(name: str, known: Iterable[str]) -> LabError:
    """Refuse a table that the lab does not know."""
    words = list(known)
    return utter("study.unknown_table", name=name, words=_list(words), remedy=nearest(name, words))


def folder_taken(path: Path) -> LabError:
    """Refuse to make a study over files that are there."""
    return utter("study.folder_taken", path=path)


def nothing_to_collect(path: Path) -> LabError:
    """Refuse to collect from a place that is not there."""
    return utter("study.nothing_to_collect", path=path)


def already_collected(path: Path) -> LabError:
    """Refuse to copy a filled file over one that differs."""
    return utter("study.already_collected", path=path)


def bad_hypothesis(line: int | None, problem: str, remedy: str = "") -> LabError:
    """Refuse a hypotheses.yml, or an entry of it, that is not as it should be."""
    return utter("study.bad_hypothesis", Place(HYPOTHESES, line), problem=problem, remedy=remedy)
