"""A table as a result: a frame, what its columns mean, and the only place where figures are rounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import isfinite
from typing import Literal, NamedTuple, get_args

import pandas as pd

from icp_lab.locale import N_, _, language
from icp_lab.locale.prose import align
from icp_lab.rule import name_attribute, write_number

Kind = Literal["text", "integer", "number", "share", "money", "months", "date", "ratio", "p", "flag"]
MISSING = "–"
# Kinds that are set flush left, since they are not compared by size.
LEFT = ("text", "date", "flag")


@dataclass(frozen=True)
class Column:
    """Say what a column of a table holds, and how it is written.

    Parameters
    ----------
    name : str
        Column of the frame.
    head : str
        Its heading, in the reader's language.
    kind : str, default 'text'
        How it is written, one of `Kind`; another one is a ValueError. Every kind but text, date and flag is set flush
        right.
    unit : str, default ''
        Unit, shown in the heading: the currency for money. Shares say % and months say months by themselves.
    low, high : str, default ''
        Columns with the ends of an interval: with them, a cell reads "42 (31 to 52)".

    Examples
    --------
    >>> frame = pd.DataFrame({"won": [0.424], "low": [0.31], "high": [0.52]})
    >>> Table(frame, (Column("won", "Win rate", "share", low="low", high="high"),)).cells()
    [['42 (31 to 52)']]
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
        """Name the columns of the frame that this column is written from.

        Returns
        -------
        tuple of str
            The figure before its ends.

        Examples
        --------
        >>> Column("lift", "Lift", "ratio", low="low", high="high").sources
        ('lift', 'low', 'high')
        """
        return (self.name, self.low, self.high) if self.low else (self.name,)


@dataclass(frozen=True, eq=False)
class Table:
    """Show the figures that stand behind a sentence.

    Parameters
    ----------
    frame : DataFrame
        The rows. It is not changed.
    columns : tuple of Column
        The columns to show, in order; one that the frame lacks is a ValueError.
    title : str, default ''
        The finding or the content, as a sentence.
    note : str, default ''
        What the reader has to know to read it right: n, source, definitions.
    sort : str, default ''
        Column by which the rows are ordered, `-name` for the largest first; empty keeps the order of the frame.
        Missing values come last. The page shows the sort and lets the reader change it.
    folded : bool, default False
        Whether the page shows no more than the title until the reader asks.

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
        """Hand out the rows in the order in which they are shown.

        Returns
        -------
        DataFrame
            All columns of the frame, its figures not rounded.

        Examples
        --------
        >>> frame = pd.DataFrame({"won": [0.25, float("nan"), 0.5]})
        >>> Table(frame, (Column("won", "Win rate", "share"),), sort="-won").rows["won"].tolist()
        [0.5, 0.25, nan]
        """
        if not self.sort:
            return self.frame
        name = self.sort.lstrip("-")
        return self.frame.sort_values(name, ascending=not self.sort.startswith("-"), na_position="last", kind="stable")

    def heads(self) -> list[tuple[str, str]]:
        """Say each column's heading and unit.

        Returns
        -------
        list of tuple of str and str
            The unit depends on the figures: it is the same in all cells of a column.

        Examples
        --------
        >>> Table(pd.DataFrame({"paid": [2e6, 31e6]}), (Column("paid", "Revenue", "money", "EUR"),)).heads()
        [('Revenue', 'EUR million')]
        """
        return [(column.head, _fit_column(column, self.frame).unit) for column in self.columns]

    def cells(self) -> list[list[str]]:
        """Write every cell as the reader sees it, row by row.

        Returns
        -------
        list of list of str
            Missing is an en dash; what stands in a column has the same unit and decimals.

        Examples
        --------
        >>> frame = pd.DataFrame({"name": ["A", None], "paid": [2.04e6, 31e6]})
        >>> Table(frame, (Column("name", "Firm"), Column("paid", "Revenue", "money", "EUR"))).cells()
        [['A', '2.0'], ['–', '31.0']]
        """
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
    """Write one figure as a sentence has it.

    Parameters
    ----------
    value : object
        The figure; missing gives an en dash.
    kind : str, default 'number'
        As in `Column`.
    unit : str, default ''
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
    """Write an interval as a sentence has it.

    Parameters
    ----------
    low, high : object
        The ends; without a high one the interval is open: "1.8 or more".
    kind, unit : str
        As in `say`.

    Returns
    -------
    str
        "1.8 to 4.1"; the ends share unit and decimals, except money, which says its unit twice.

    Examples
    --------
    >>> say_interval(1.84, 4.1, "ratio"), say_interval(0.31, 0.52, "share"), say_interval(50, None, "integer", "days")
    ('1.8 to 4.1', '31 to 52 %', '50 days or more')
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
    """Write a value out of the data as text.

    Parameters
    ----------
    value : object
        A text, a number, a flag, or a list of them.

    Returns
    -------
    str
        Empty where the value is missing.

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


def name_attributes(codes: object) -> str:
    """Name attributes whose codes stand one after the other.

    Parameters
    ----------
    codes : object
        A text with commas between the codes; may be missing.

    Returns
    -------
    str
        Their names; empty where there are none.

    Examples
    --------
    >>> name_attributes("tech_stack, employees"), name_attributes(None)
    ('tech stack, employees', '')
    """
    return _(", ").join(name_attribute(one.strip()) for one in say_value(codes).split(",") if one.strip())


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
