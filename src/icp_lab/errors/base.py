"""The one exception that user data and user wishes can raise."""

from dataclasses import dataclass

from icp_lab.locale import _


@dataclass(frozen=True)
class Place:
    """Where a fault is: a file, and in it a row (1-based data row or line of text) and a column, as far as known."""

    file: str = ""
    row: int | None = None
    column: str = ""

    def words(self) -> str:
        """Say the place in the reader's language, or nothing when nothing is known."""
        parts = [self.file] if self.file else []
        if self.row is not None:
            parts.append(_("row {row}").format(row=self.row))
        if self.column:
            parts.append(_("column {column}").format(column=self.column))
        return ", ".join(parts)


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
