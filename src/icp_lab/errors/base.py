"""The one exception that user data and user wishes can raise."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from icp_lab.locale import _
from icp_lab.locale.declared import read_declared


@dataclass(frozen=True)
class Place:
    """Say where a fault is, as far as that is known.

    Parameters
    ----------
    file : str, default ''
        Name of the file, or what the reader calls the place.
    row : int or None, default None
        Row of data or line of text, counted from 1.
    column : str, default ''
        The column.

    Examples
    --------
    >>> Place("accounts.csv", 3).words()
    'accounts.csv, row 3'
    """

    file: str = ""
    row: int | None = None
    column: str = ""

    def words(self) -> str:
        """Say the place in the reader's language.

        Returns
        -------
        str
            File, row (of a text: line) and column, as far as they are known; empty when nothing is.

        Examples
        --------
        >>> Place("accounts.csv", 3, "employees").words(), Place("icp.yml", 7).words(), Place().words()
        ('accounts.csv, row 3, column employees', 'icp.yml, line 7', '')
        """
        counted = _("line {row}") if self.file.endswith((".yml", ".md")) else _("row {row}")
        row = counted.format(row=self.row) if self.row is not None else ""
        column = _("column {column}").format(column=_shorten(self.column)) if self.column else ""
        return ", ".join(filter(None, (str(_shorten(self.file)), row, column)))


class LabError(Exception):
    """Refuse in plain words: where, what is wrong, what the rule is and what to do about it.

    Parameters
    ----------
    what : str
        The fault, naming the offending value.
    rule : str, default ''
        What is allowed.
    remedy : str, default ''
        What the reader can do now.
    place : Place or None, default None
        File, row and column where they are known.

    Examples
    --------
    >>> print(LabError("-4 is no count.", rule="It is 0 or more.", remedy="Correct it.", place=Place("a.csv", 3)))
    a.csv, row 3: -4 is no count. It is 0 or more. Correct it.
    """

    def __init__(self, what: str, *, rule: str = "", remedy: str = "", place: Place | None = None) -> None:
        self.what, self.rule, self.remedy, self.place = what, rule, remedy, place or Place()
        super().__init__(what)

    def __str__(self) -> str:
        where = self.place.words()
        sentences = [f"{where}: {self.what}" if where else self.what, self.rule, self.remedy]
        return " ".join(sentence for sentence in sentences if sentence)

    def _render_traceback_(self) -> list[str]:
        """Show a reader of a notebook the refusal, without the code that found the fault: IPython asks for this."""
        return [str(self)]


def utter(refusal: str, place: Place | None = None, *, rule: str = "", remedy: str = "", **words: object) -> LabError:
    """Word a refusal in the language in force.

    Parameters
    ----------
    refusal : str
        Area and name: `study.no_rows` is declared as `[no_rows]` in `study.toml` beside this file.
    place : Place or None, default None
        Where the fault is.
    rule : str, default ''
        What to say in place of the declared rule; where empty, that is said.
    remedy : str, default ''
        What to say in place of the declared remedy; where empty, that is said.
    **words : object
        What stands for the `{names}` in the sentences; a tuple is said as a list, of a very long text the beginning.

    Returns
    -------
    LabError
        To be raised by whoever found the fault.

    Raises
    ------
    KeyError
        When no such refusal is declared, or one of its names has no word.

    Examples
    --------
    >>> str(utter("run.nothing_published", out="reports/demo"))
    'There is no finished report in reports/demo. Run icp-lab report first, or name its folder with --out.'
    """
    area, _dot, name = refusal.partition(".")
    told = {key: _shorten(", ".join(word) or "-") if isinstance(word, tuple) else _shorten(word)
            for key, word in words.items()}
    said = {part: _(sentence).format(**told).strip() for part, sentence in _read_wording(area)[name].items()}
    return LabError(
        said["what"], rule=rule or said.get("rule", ""), remedy=remedy or said.get("remedy", ""), place=place)


def _shorten(word: object, most: int = 1_500) -> object:
    """Say of a text that nobody would read to its end only how it begins."""
    return f"{said[:most]}…" if len(said := str(word)) > most else word


@cache
def _read_wording(area: str) -> dict[str, Any]:
    return read_declared("icp_lab.errors", f"{area}.toml")


def find_nearest(word: str, known: Iterable[str]) -> str:
    """Find the known word that a reader most likely meant, whatever its case.

    Parameters
    ----------
    word : str
        What the reader wrote.
    known : Iterable of str
        The words that are known.

    Returns
    -------
    str
        One of them; empty when none is near.

    Examples
    --------
    >>> find_nearest("Emploees", ["industry", "employees"]), find_nearest("colour", ["industry", "employees"])
    ('employees', '')
    """
    plain = {each.casefold(): each for each in sorted(known)}
    close = get_close_matches(word.casefold(), plain, n=1)
    return plain[close[0]] if close else ""


def ask_nearest(word: str, known: Iterable[str]) -> str:
    """Ask whether the nearest known word was meant.

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
    >>> ask_nearest("emploees", ["industry", "employees"]), ask_nearest("colour", ["industry", "employees"])
    ('Did you mean employees?', '')
    """
    found = find_nearest(word, known)
    return _("Did you mean {word}?").format(word=found) if found else ""


def name_nearest(word: str, known: Iterable[str]) -> str:
    """Ask whether the nearest known word was meant, else list some of those that are known.

    Parameters
    ----------
    word : str
        What the reader wrote.
    known : Iterable of str
        The words that are known; at most 20 are listed.

    Returns
    -------
    str
        A sentence in the language in force; empty when no word is known.

    Examples
    --------
    >>> name_nearest("emploees", ["industry", "employees"]), name_nearest("colour", ["industry", "employees"])
    ('Did you mean employees?', 'Known are: employees, industry.')
    """
    words = sorted(known)
    return ask_nearest(word, words) or (_("Known are: {words}.").format(words=", ".join(words[:20])) if words else "")
