"""What several rooms refuse alike of files and of study.yml, and how these are spoken of."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

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


@contextmanager
def reading(file: str, *kinds: type[Exception]) -> Iterator[None]:
    """Refuse a file that the system will not hand over, or of which its reader says such a thing."""
    refused: tuple[type[Exception], ...] = (OSError, *kinds)
    try:
        yield
    except refused as error:
        raise unreadable_file(file, getattr(error, "strerror", None) or str(error).partition("\n")[0]) from error


def no_column(line: int | None, key: str, column: str, columns: Collection[str]) -> LabError:
    """Refuse a column named in study.yml that the table does not have."""
    place, told, near = Place(in_yml(line), column=column), list_words(columns), nearest(column, columns)
    return utter("study.no_column", place, key=key, column=column, names=told, remedy=near)
