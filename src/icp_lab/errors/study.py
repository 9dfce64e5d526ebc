"""Refusals of studies that tables utter, and how study.yml is spoken of."""

from collections.abc import Iterable

from icp_lab.errors.base import LabError, Place, find_nearest, utter
from icp_lab.locale import _

YML, HYPOTHESES = "study.yml", "hypotheses.yml"


def nearest(word: str, known: Iterable[str]) -> str:
    """Say the nearest known word as a question, or nothing."""
    found = find_nearest(word, known)
    return _("Did you mean `{word}`?").format(word=found) if found else ""


def list_words(words: Iterable[str], limit: int = 30) -> str:
    """Say words as they are written, and no more of them than anybody reads."""
    shown = list(words)
    return ", ".join(f"`{word}`" for word in shown[:limit]) + (", …" if len(shown) > limit else "")


def in_yml(line: int | None) -> str:
    """Say where in study.yml."""
    return _("line {line} of study.yml").format(line=line) if line is not None else YML


def unreadable_file(file: str, problem: str) -> LabError:
    """Refuse a file that its reader cannot make sense of."""
    return utter("study.unreadable_file", Place(file), problem=problem)


def no_header(file: str, line: int | None, header: str, headers: Iterable[str]) -> LabError:
    """Refuse a mapping from a header that the file does not have."""
    names = list(headers)
    place, told = Place(file, column=header), list_words(names)
    return utter("study.no_header", place, header=header, line=in_yml(line), names=told, remedy=nearest(header, names))


def no_column(line: int | None, key: str, column: str, columns: Iterable[str]) -> LabError:
    """Refuse a column named in study.yml that the table does not have."""
    names = list(columns)
    place, told = Place(in_yml(line), column=column), list_words(names)
    return utter("study.no_column", place, key=key, column=column, names=told, remedy=nearest(column, names))


def column_missing(file: str, table: str, column: str, headers: Iterable[str]) -> LabError:
    """Refuse a table without a column that it needs."""
    names = list(headers)
    told, near = list_words(names), nearest(column, names)
    place = Place(file, column=column)
    return utter("study.column_missing", place, table=table, column=column, names=told, nearest=near)


def one_of_missing(file: str, table: str, columns: Iterable[str]) -> LabError:
    """Refuse a table that has none of the columns of which it needs one."""
    return utter("study.one_of_missing", Place(file), table=table, columns=list_words(columns))


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
    return utter("study.join_in_a_circle", Place(in_yml(line)), tables=list_words(tables))


def row_of_several_files(line: int | None, table: str) -> LabError:
    """Refuse row numbers as keys where several files are read."""
    return utter("study.row_of_several_files", Place(in_yml(line)), table=table)
