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
    """Where a fault is: a file, and in it a row (1-based data row or line of text) and a column, as far as known."""

    file: str = ""
    row: int | None = None
    column: str = ""

    def words(self) -> str:
        """Say the place in the reader's language, or nothing when nothing is known."""
        row = _("row {row}").format(row=self.row) if self.row is not None else ""
        column = _("column {column}").format(column=self.column) if self.column else ""
        return ", ".join(filter(None, (self.file, row, column)))


class LabError(Exception):
    """A refusal in plain words: where, what is wrong, what the rule is and what to do about it.

    Parameters
    ----------
    what
        The fault, naming the offending value.
    rule
        What is allowed.
    remedy
        What the reader can do now.
    place
        File, row and column where they are known.
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
    """How does a refusal read in the language in force?

    Parameters
    ----------
    refusal
        Area and name: `study.no_rows` is declared as `[no_rows]` in `study.toml` beside this file.
    place
        Where the fault is.
    rule, remedy
        What to say in place of the declared ones; where empty, these are said.
    words
        What stands for the `{names}` in the sentences; a tuple is said as a list.

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
    """Which known word did a reader most likely mean? Empty when none is near."""
    plain = {each.casefold(): each for each in sorted(known)}
    close = get_close_matches(word.casefold(), plain, n=1)
    return plain[close[0]] if close else ""


def ask_nearest(word: str, known: Iterable[str]) -> str:
    """Ask whether the nearest known word was meant, or say nothing."""
    found = find_nearest(word, known)
    return _("Did you mean {word}?").format(word=found) if found else ""


def name_nearest(word: str, known: Iterable[str]) -> str:
    """Ask whether the nearest known word was meant, else list some of those that are known."""
    words = sorted(known)
    return ask_nearest(word, words) or (_("Known are: {words}.").format(words=", ".join(words[:20])) if words else "")
