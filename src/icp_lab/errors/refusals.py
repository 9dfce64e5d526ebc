"""What several rooms refuse alike of files and of study.yml, and how these are spoken of."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from icp_lab.errors.base import LabError, Place, find_nearest, utter
from icp_lab.locale import _

YML, HYPOTHESES = "study.yml", "hypotheses.yml"


def nearest(word: str, known: Iterable[str]) -> str:
    """Ask whether the nearest known word was meant, the word set as it is to be written.

    Parameters
    ----------
    word : str
        What the reader wrote.
    known : Iterable of str
        The words that are known.

    Returns
    -------
    str
        A question in the language in force; empty when no word is near.

    Examples
    --------
    >>> nearest("tabels", ["tables", "language"]), nearest("x", ["tables", "language"])
    ('Did you mean `tables`?', '')
    """
    found = find_nearest(word, known)
    return _("Did you mean `{word}`?").format(word=found) if found else ""


def list_words(words: Iterable[str], limit: int = 30) -> str:
    """List words as they are written, and no more of them than anybody reads.

    Parameters
    ----------
    words : Iterable of str
        The words, in the order in which they are to stand.
    limit : int, default 30
        How many are listed; more are hinted at by an ellipsis.

    Returns
    -------
    str
        The words between backticks, joined by commas.

    Examples
    --------
    >>> list_words(["name", "domain", "city"], limit=2)
    '`name`, `domain`, …'
    """
    shown = list(words)
    return ", ".join(f"`{word}`" for word in shown[:limit]) + (", …" if len(shown) > limit else "")


def in_yml(line: int | None) -> str:
    """Say where in study.yml.

    Parameters
    ----------
    line : int or None
        Line of the file, counted from 1; None where it is not known.

    Returns
    -------
    str
        The place in the language in force.

    Examples
    --------
    >>> in_yml(12), in_yml(None)
    ('line 12 of study.yml', 'study.yml')
    """
    return _("line {line} of study.yml").format(line=line) if line is not None else YML


def unreadable_file(file: str, problem: str) -> LabError:
    """Refuse a file that its reader cannot make sense of.

    Parameters
    ----------
    file : str
        Name of the file.
    problem : str
        What its reader says of it, without a period.

    Returns
    -------
    LabError
        To be raised by whoever read it.

    Examples
    --------
    >>> str(unreadable_file("accounts.xlsx", "it is no workbook"))
    'accounts.xlsx: The file cannot be read: it is no workbook. Open it, save it again and try once more.'
    """
    return utter("study.unreadable_file", Place(file), problem=problem)


@contextmanager
def reading(file: str, *kinds: type[Exception]) -> Iterator[None]:
    """Refuse a file that the system will not hand over, or of which its reader says such a thing.

    Parameters
    ----------
    file : str
        Name of the file, for the message.
    *kinds : type of Exception
        What its reader raises besides OSError.

    Yields
    ------
    None
        Nothing: what is raised in the block becomes a refusal.

    Raises
    ------
    LabError
        When the block raises OSError or one of `kinds`, with the first line of what it said; all else goes through.

    Examples
    --------
    >>> with reading("codes.csv", ValueError):
    ...     int("many")
    Traceback (most recent call last):
        ...
    icp_lab.errors.base.LabError: codes.csv: The file cannot be read: invalid literal for int() ...
    """
    refused: tuple[type[Exception], ...] = (OSError, *kinds)
    try:
        yield
    except refused as error:
        raise unreadable_file(file, getattr(error, "strerror", None) or str(error).partition("\n")[0]) from error


def no_column(line: int | None, key: str, column: str, columns: Collection[str]) -> LabError:
    """Refuse a column named in study.yml that the table does not have.

    Parameters
    ----------
    line : int or None
        Line of study.yml, counted from 1; None where it is not known.
    key : str
        The key that names the column.
    column : str
        The column.
    columns : Collection of str
        The columns that are there.

    Returns
    -------
    LabError
        It lists the columns, and asks for the nearest one where one is near.

    Examples
    --------
    >>> print(no_column(7, "scale", "revenu", ["account_id", "revenue"]))
    line 7 of study.yml, column revenu: `scale` names the column `revenu`, which is not there.
    After mapping, the columns are `account_id`, `revenue`. Did you mean `revenue`?
    """
    place, told, near = Place(in_yml(line), column=column), list_words(columns), nearest(column, columns)
    return utter("study.no_column", place, key=key, column=column, names=told, remedy=near)
