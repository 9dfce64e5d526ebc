"""A table as a result: a frame, what its columns mean, and the only place where figures are rounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import isfinite
from typing import Literal, NamedTuple, get_args

import pandas as pd

from icp_lab.locale import N_, _, language
from icp_lab.locale.prose import align
from icp_lab.rule import write_number

Kind = Literal["text", "integer", "number", "share", "money", "months", "date", "ratio", "p", "flag"]
MISSING = "–"
# Kinds that are set flush left, since they are not compared by size.
LEFT = ("text", "date", "flag")


@dataclass(frozen=True)
class Column:
    """What does a column of a table hold, and how is it written?

    Parameters
    ----------
    name
        Column of the frame.
    head
        Its heading, in the reader's language.
    kind
        How it is written. Every kind but text, date and flag is set flush right.
    unit
        Unit, shown in the heading: the currency for money. Shares say % and months say months by themselves.
    low, high
        Columns with the ends of an interval: with them, a figure reads "2.9 (1.8 to 4.1)".
    """

    name: str
    head: str
    kind: Kind = "text"
    unit: str = ""
    low: str = ""
    high: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"kind of column {self.name!r} is {self.kind!r}; it is one of {', '.join(get_args(Kind))}")

    @property
    def sources(self) -> tuple[str, ...]:
        """Name the columns of the frame that this column is written from, the figure before its ends."""
        return (self.name, self.low, self.high) if self.low else (self.name,)


@dataclass(frozen=True, eq=False)
class Table:
    """Which figures stand behind the sentence?

    Parameters
    ----------
    frame
        The rows. It is not changed.
    columns
        The columns to show, in order.
    title
        The finding or the content, as a sentence.
    note
        What the reader has to know to read it right: n, source, definitions.
    sort
        Column by which the rows are ordered, `-name` for the largest first; empty keeps the order of the frame.
        Missing values come last. The page shows the sort and lets the reader change it.
    folded
        Shall the page show no more than the title until the reader asks?

    Examples
    --------
    >>> frame = pd.DataFrame({"name": ["A", "B"], "won": [0.25, 0.5]})
    >>> Table(frame, (Column("name", "Firm"), Column("won", "Win rate", "share")), sort="-won")
    Firm  Win rate (%)
    B               50
    A               25
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    title: str = ""
    note: str = ""
    sort: str = ""
    folded: bool = False

    def __post_init__(self) -> None:
        needed = [*(name for column in self.columns for name in column.sources), self.sort.lstrip("-")]
        absent = [name for name in needed if name and name not in self.frame.columns]
        if absent:
            raise ValueError(f"the frame of table {self.title!r} has no column {', '.join(absent)}")

    @property
    def rows(self) -> pd.DataFrame:
        """Hand out the rows in the order in which they are shown."""
        if not self.sort:
            return self.frame
        name = self.sort.lstrip("-")
        return self.frame.sort_values(name, ascending=not self.sort.startswith("-"), na_position="last", kind="stable")

    def heads(self) -> list[tuple[str, str]]:
        """Say each column's heading and unit."""
        return [(column.head, _fit_column(column, self.frame).unit) for column in self.columns]

    def cells(self) -> list[list[str]]:
        """Write every cell as the reader sees it, row by row."""
        rows = self.rows
        written = [_write_column(rows, column) for column in self.columns]
        return [list(row) for row in zip(*written, strict=True)]

    def __str__(self) -> str:
        heads = [f"{head} ({unit})" if unit else head for head, unit in self.heads()]
        grid = [heads, *self.cells()]
        text = align(grid, [i for i, column in enumerate(self.columns) if column.kind in LEFT])
        return "\n".join(filter(None, (self.title, text, self.note)))

    __repr__ = __str__


class _Scale(NamedTuple):
    """How the figures of one column are written, the same in all its cells."""

    divisor: float
    decimals: int
    unit: str


def _fit_column(column: Column, frame: pd.DataFrame) -> _Scale:
    if column.kind in (*LEFT, "p"):
        return _Scale(1, 0, column.unit)
    cells = chain.from_iterable(frame[name] for name in column.sources)
    return _fit_scale(column.kind, [float(str(cell)) for cell in cells if not _is_missing(cell)], column.unit)


def _fit_scale(kind: Kind, figures: Sequence[float], unit: str) -> _Scale:
    found = sorted(abs(figure) for figure in figures if isfinite(figure))
    top = found[-1] if found else 0.0
    if kind == "money":
        paid = [figure for figure in found if figure] or [0.0]
        return _fit_money(paid[(len(paid) - 1) // 2], unit)
    if kind == "share":
        return _Scale(0.01, (0 < top < 0.1) + (0 < top < 0.005), unit or "%")
    if kind == "months":
        return _Scale(1, int(top < 10), unit or _("months"))
    return _Scale(1, 0 if top >= 100 or kind == "integer" else 1 if top >= 10 else 2, unit)


def _fit_money(middle: float, currency: str) -> _Scale:
    if middle >= 1e6:
        return _Scale(1e6, 1, _("{currency} million").format(currency=_(currency)).strip())
    if middle >= 1e4:
        return _Scale(1e3, 0, _("{currency} thousand").format(currency=_(currency)).strip())
    return _Scale(1, 0, _(currency))


def say(value: object, kind: Kind = "number", unit: str = "") -> str:
    """How is one figure written in a sentence?

    Parameters
    ----------
    value
        The figure; missing gives an en dash.
    kind
        As in `Column`.
    unit
        The currency for money, else what follows the figure.

    Returns
    -------
    str
        The figure with its unit.

    Examples
    --------
    >>> say(0.424, "share"), say(2.94, "ratio"), say(1_234_000, "money", "EUR"), say(0.0002, "p")
    ('42 %', '2.9', 'EUR 1.2 million', 'less than 0.001')
    """
    if _is_missing(value):
        return MISSING
    if kind == "p":
        return _("less than 0.001") if float(str(value)) < 0.001 else _write_p(float(str(value)))
    if kind in LEFT:
        return _write_plain(value, kind)
    figure = float(str(value))
    return _say_money(figure, unit) if kind == "money" else _say_figures([figure], kind, unit)


def say_interval(low: object, high: object, kind: Kind = "number", unit: str = "") -> str:
    """How is an interval written in a sentence?

    Returns
    -------
    str
        "1.8 to 4.1"; the ends share unit and decimals, except money, which says its unit twice.

    Examples
    --------
    >>> say_interval(1.84, 4.1, "ratio"), say_interval(0.31, 0.52, "share")
    ('1.8 to 4.1', '31 to 52 %')
    """
    if _is_missing(high) and not _is_missing(low):
        return _("{low} or more").format(low=say(low, kind, unit))
    if kind == "money" or _is_missing(low) or _is_missing(high):
        return _("{low} to {high}").format(low=say(low, kind, unit), high=say(high, kind, unit))
    return _say_figures([float(str(low)), float(str(high))], kind, unit)


def _say_figures(figures: Sequence[float], kind: Kind, unit: str) -> str:
    """Write a figure, or both ends of an interval, with their unit."""
    scale = _fit_scale(kind, figures, unit)
    # A ratio in a sentence needs no second decimal unless it is close to 1.
    decimals = 1 if kind == "ratio" and max(map(abs, figures)) >= 1.5 else scale.decimals
    low, *high = (_write_number(figure, scale.divisor, decimals) for figure in figures)
    said = _("{low} to {high}").format(low=low, high=high[0]) if high else low
    return _("{figure} {unit}").format(figure=said, unit=scale.unit).strip()


def say_value(value: object) -> str:
    """How is a value out of the data written as text? Empty where it is missing.

    Examples
    --------
    >>> say_value(("CRM", "ERP")), say_value(True), say_value(2500.0), say_value(None)
    ('CRM, ERP', 'yes', '2,500', '')
    """
    if _is_missing(value):
        return ""
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value))
    if pd.api.types.is_bool(value):
        return _("yes") if value else _("no")
    return write_number(value) if isinstance(value, float) and isfinite(value) else str(value)


# Japanese counts large sums by ten thousand and by a hundred million.
_MONEY = {
    "en": ((1e9, N_("{currency} {figure} billion")), (1e6, N_("{currency} {figure} million"))),
    "ja": ((1e8, N_("{currency} {figure} hundred million")), (1e4, N_("{currency} {figure} ten thousand")))}


def _say_money(figure: float, currency: str) -> str:
    for divisor, sentence in _MONEY[language()]:
        if abs(figure) >= divisor:
            written = _write_number(figure, divisor, 1 if abs(figure) < 100 * divisor else 0)
            return _(sentence).format(currency=_(currency), figure=written).strip()
    return _("{currency} {figure}").format(currency=_(currency), figure=_write_number(figure, 1, 0)).strip()


def _write_column(rows: pd.DataFrame, column: Column) -> list[str]:
    scale = _fit_column(column, rows)
    figures, *ends = ([_write(value, column.kind, scale) for value in rows[name]] for name in column.sources)
    if not ends:
        return figures
    both = _("{low} to {high}")
    return [figure if figure == MISSING or low == high == MISSING else f"{figure} ({both.format(low=low, high=high)})"
            for figure, low, high in zip(figures, *ends, strict=True)]


def _write(value: object, kind: Kind, scale: _Scale) -> str:
    if _is_missing(value):
        return MISSING
    if kind in LEFT:
        return _write_plain(value, kind)
    figure = float(str(value))
    return _write_p(figure) if kind == "p" else _write_number(figure, scale.divisor, scale.decimals)


def _write_plain(value: object, kind: Kind) -> str:
    if kind == "date":
        return str(value)[:10]
    return say_value(bool(value) if kind == "flag" else value) or MISSING


def _write_p(figure: float) -> str:
    return "<0.001" if figure < 0.001 else f"{figure:.3f}" if figure < 0.1 else f"{figure:.2f}"


def _write_number(figure: float, divisor: float, decimals: int) -> str:
    if not isfinite(figure):
        return "−∞" if figure < 0 else "∞"
    text = f"{figure / divisor:,.{decimals}f}"
    nothing = not text.strip("-0.,")
    return text.lstrip("-") if nothing else text.replace("-", "−")


def _is_missing(value: object) -> bool:
    return not isinstance(value, (tuple, list)) and bool(pd.isna(value))  # type: ignore[call-overload]
