"""What every result of a method can do: show itself in a notebook and hand out a plain table."""

from html import escape
from typing import TYPE_CHECKING

from icp_lab.locale import _

if TYPE_CHECKING:
    import pandas as pd


class Shown:
    """How does a result show itself?

    A frozen dataclass inherits from this and has `frame`, as a field or as a property: the plain table behind it.

    Notes
    -----
    `frame` is declared for type checkers only: a real property here would be taken for the default of a
    dataclass field of that name. The short text form is set on each heir before `dataclass` looks for one.
    """

    if TYPE_CHECKING:

        @property
        def frame(self) -> pd.DataFrame:
            """The plain table behind the result."""

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        cls.__repr__ = Shown.__repr__  # type: ignore[method-assign]

    @property
    def caption(self) -> str:
        """Say in a few words what the table shows; heirs say more."""
        return _("{name}: {n} rows").format(name=type(self).__name__, n=len(self.frame))

    def __repr__(self) -> str:
        return f"<{self.caption}>"

    def _repr_html_(self) -> str:
        """Show the table with its caption; text out of the data is escaped, never interpreted."""
        table = self.frame.to_html(escape=True, border=0, na_rep="")
        return f"<figure><figcaption>{escape(self.caption)}</figcaption>{table}</figure>"
