"""A picture as a result: drawn once for a wide page and once for a narrow one, as SVG with real text.

Title, subtitle and foot are words of the page, not of the drawing, so that they can be read, searched and wrapped.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files
from io import StringIO
from itertools import chain
from math import isfinite
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from icp_lab.locale import _, say_date
from icp_lab.locale.declared import read_declared

# The only colours of a drawing. The page swaps them for those of the reader's theme; `ink` and `grey` are for words,
# `faint` for reference lines, `accent` for what the title is about, `second` for a second group, `warn` for a
# warning.
COLOURS: dict[str, str] = read_declared("icp_lab.views", "colours.toml")

WIDE, NARROW = 720, 360
MOST_MARKS = 3_000  # of customers in a picture: more are a cloud of ink and a page of megabytes


@dataclass(frozen=True)
class About:
    """Say on what the figures of a page rest.

    Parameters
    ----------
    as_of : date
        The day up to which the study looks.
    currency : str
        Code of the currency, for money.
    source : str
        Name of the study or table.

    Examples
    --------
    >>> about = About(date(2026, 6, 30), "EUR", "Demo")
    >>> about.currency, about.foot("12 accounts")
    ('EUR', '12 accounts. As of 2026-06-30. Source: Demo.')
    """

    as_of: date
    currency: str
    source: str

    def foot(self, counts: str) -> str:
        """Say n, as-of date and source: the line under a picture or a table.

        Parameters
        ----------
        counts : str
            What was counted, without a full stop.

        Returns
        -------
        str
            Three short sentences.

        Examples
        --------
        >>> About(date(2026, 6, 30), "EUR", "Demo").foot("12 accounts")
        '12 accounts. As of 2026-06-30. Source: Demo.'
        """
        sentence = _("{counts}. As of {date}. Source: {source}.")
        return sentence.format(counts=counts, date=say_date(self.as_of), source=self.source)


@dataclass(frozen=True)
class Picture:
    """Show what a finding looks like.

    In Jupyter it prints as its words; the drawing is on the page.

    Parameters
    ----------
    title, subtitle, foot : str
        The finding as a sentence; the measure; n, as-of date and source.
    alt : str
        What the picture shows, for those who cannot see it.
    wide, narrow : str
        The drawing as SVG for wide and narrow pages.

    Examples
    --------
    >>> Picture("It rises", "Share won", "80 deals.", "A line from 3 to 4", "<svg>...</svg>", "<svg>...</svg>")
    It rises
    Share won
    [A line from 3 to 4]
    80 deals.
    """

    title: str
    subtitle: str
    foot: str
    alt: str
    wide: str
    narrow: str

    def __str__(self) -> str:
        return "\n".join(line for line in (self.title, self.subtitle, f"[{self.alt}]", self.foot) if line)

    __repr__ = __str__


def paint(  # noqa: PLR0913  (the words of a picture are all of them needed, and all of them named)
    draw: Callable[[Axes, bool], None] | Callable[[Figure, bool], None], *, title: str, subtitle: str = "",
    foot: str = "", alt: str, height: int = 320, narrow_height: int | None = None, figure: bool = False,
) -> Picture:
    """Make a picture of the page out of a drawing.

    Parameters
    ----------
    draw : callable
        Called twice, as `draw(axes, narrow)`: for a page 720 pixels wide and for one 360 wide. With `figure=True`
        it gets the empty figure instead of one axes.
    title, subtitle, foot, alt : str
        As in `Picture`.
    height, narrow_height : int
        Height in pixels; the narrow drawing is as high as the wide one unless told.
    figure : bool, default False
        Hand the whole figure to `draw`.

    Returns
    -------
    Picture
        The same drawing gives the same bytes.

    Examples
    --------
    >>> def draw(axes, narrow):
    ...     _ = axes.plot([1, 2], [3, 4], color=COLOURS["accent"])
    >>> picture = paint(draw, title="It rises", alt="A line from 3 to 4")
    >>> picture.wide.partition(">")[0]
    '<svg class="drawing" role="img" aria-label="A line from 3 to 4" viewBox="0 0 720 320"'
    """
    sizes = ((WIDE, height, False), (NARROW, narrow_height or height, True))
    wide, narrow = (_draw_svg(draw, size, alt, figure) for size in sizes)
    return Picture(title, subtitle, foot, alt, wide, narrow)


def plot_intervals(  # noqa: PLR0913  (what a row shows, and nothing else)
    axes: Axes, labels: Sequence[str], found: Iterable[Sequence[float]], *, colours: Sequence[str] | None = None,
    reference: float | None = None, unsure: Collection[int] = (), notes: Sequence[str] = (),
) -> None:
    """Draw estimates with their intervals side by side.

    A row a label, the first at the top: a line from end to end, a dot at the estimate.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    labels : sequence of str
        Name of each row.
    found : iterable of sequence of float
        Estimate, low end and high end of each row. A row without a finite estimate stays empty.
    colours : sequence of str or None, default None
        One of `COLOURS` values a row; accent where left out.
    reference : float or None, default None
        Where "no difference" lies.
    unsure : collection of int, default ()
        The rows whose estimate is drawn as an open diamond instead of a filled dot.
    notes : sequence of str, default ()
        What stands at the right end of each interval, or at nought where there is none: the counts.

    Examples
    --------
    >>> axes = Figure().subplots()
    >>> plot_intervals(axes, ["SaaS", "Retail"], [(0.6, 0.4, 0.8), (0.2, 0.1, 0.3)], notes=["12 of 20", "4 of 20"])
    >>> [label.get_text() for label in axes.get_yticklabels()], [note.get_text() for note in axes.texts]
    (['SaaS', 'Retail'], ['12 of 20', '4 of 20'])
    """
    dot: dict[str, Any] = {"marker": "o", "markersize": 7}
    diamond: dict[str, Any] = {"marker": "D", "markersize": 6, "markerfacecolor": "none"}
    rows = zip(found, colours or [COLOURS["accent"]] * len(labels), notes or [""] * len(labels), strict=True)
    for row, ((estimate, low, high), shade, text) in enumerate(rows):
        axes.plot([low, high], [row, row], color=shade, linewidth=2, solid_capstyle="butt", alpha=0.55)
        axes.plot([estimate], [row], color=shade, linestyle="none", **(diamond if row in unsure else dot))
        if text:
            add_note(axes, text, (high if isfinite(high) else 0, row))
    if reference is not None:
        axes.axvline(reference, color=COLOURS["grey"], linewidth=1, zorder=0)
    name_rows(axes, labels)


def name_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Name the rows of a drawing, the first at the top.

    Parameters
    ----------
    axes : Axes
        Where it is drawn; row 0 is the first label.
    labels : sequence of str
        A name a row.

    Examples
    --------
    >>> axes = Figure().subplots()
    >>> name_rows(axes, ["SaaS", "Retail"])
    >>> [label.get_text() for label in axes.get_yticklabels()], bool(axes.yaxis_inverted())
    (['SaaS', 'Retail'], True)
    """
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)


def add_note(axes: Axes, text: str, spot: tuple[float, float], right: float = 7, up: float = 0, **look: Any) -> None:
    """Write words beside a spot of the data.

    Parameters
    ----------
    axes : Axes
        Where to write.
    text : str
        The words.
    spot : tuple of float and float
        The place, in the units of the data.
    right, up : float
        Points that the words stand to the right of the spot, and above it.
    **look : object
        What `Axes.annotate` takes, such as `color` and `ha`.

    Examples
    --------
    >>> axes = Figure().subplots()
    >>> add_note(axes, "12 of 20", (0.8, 0), up=4)
    >>> axes.texts[0].xy, axes.texts[0].xyann
    ((0.8, 0), (7, 4))
    """
    axes.annotate(text, spot, (right, up), **{"textcoords": "offset points", "va": "center", **look})


def write_percent(*axes: Axis) -> None:
    """Write the shares along these axes in percent.

    Parameters
    ----------
    *axes : Axis
        Such as `axes.xaxis`, after its limits are set: a short span gets decimals, where all would read nought without.

    Examples
    --------
    >>> axes = Figure().subplots()
    >>> _ = axes.set_xlim(0, 0.04)
    >>> write_percent(axes.xaxis)
    >>> axes.xaxis.get_major_formatter()(0.02)
    '2.0 %'
    """
    symbol = _("{figure} {unit}").format(figure="", unit="%")
    for axis in axes:
        span = abs(axis.get_view_interval()[1] - axis.get_view_interval()[0])
        axis.set_major_formatter(PercentFormatter(1.0, decimals=(span < 0.05) + (span < 0.005), symbol=symbol))


def mark_some(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Choose which customers a picture marks, and say so where they are not all.

    Parameters
    ----------
    rows : DataFrame
        A row a customer.

    Returns
    -------
    tuple of DataFrame and str
        All rows and no words, up to `MOST_MARKS`; else as many, the same at each call, and the counts for the foot.

    Examples
    --------
    >>> some, said = mark_some(pd.DataFrame({"value": range(3001)}))
    >>> len(some), said
    (3000, '3,000 of 3,001 customers, drawn at random')
    """
    if len(rows) <= MOST_MARKS:
        return rows, ""
    some = rows.sample(MOST_MARKS, random_state=0).sort_index()
    return some, _("{n} of {all} customers, drawn at random").format(n=f"{len(some):,}", all=f"{len(rows):,}")


def _draw_svg(draw: Callable[..., None], size: tuple[int, int, bool], alt: str, whole: bool) -> str:
    width, height, narrow = size
    with mpl.rc_context(_style()):
        sheet = Figure(figsize=(width / 72, height / 72), dpi=72, layout="constrained")
        FigureCanvasSVG(sheet)
        draw(sheet if whole else sheet.subplots(), narrow)
        stream = StringIO()
        sheet.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _fit_page(stream.getvalue(), width, height, alt)


@cache
def _style() -> dict[Any, Any]:
    """Read the style of the house, and let matplotlib measure Japanese text with the font of matplotlib-fontja.

    Importing that package would change the style of everything drawn afterwards. Readers see their own system's font.
    """
    font_manager.fontManager.addfont(str(files("matplotlib_fontja") / "fonts" / "ipaexg.ttf"))
    # The family has one weight: it stands in for the bold one too, where matplotlib would warn on every title.
    font_manager.fontManager.ttflist.append(replace(font_manager.fontManager.ttflist[-1], weight=700))
    return {**mpl.rc_params_from_file(str(files("icp_lab.views") / "house.mplstyle"), use_default_template=False)}


def _fit_page(svg: str, width: int, height: int, alt: str) -> str:
    """Make matplotlib's file a part of a page: no style that leaks, ids of its own, the page's colours and font."""
    body = svg[svg.index("<svg"):]
    body = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = _own_ids(body)
    for name, colour in COLOURS.items():
        body = body.replace(colour, f"var(--{name}, {colour})")
    body = re.sub(r"font-family: [^;\"]+; ?| transform=\"rotate\(-0 [^\"]*\"", "", body)
    label = escape(alt, {'"': "&quot;"})
    head = f'<svg class="drawing" role="img" aria-label="{label}" viewBox="0 0 {width} {height}">'
    return re.sub(r"<svg[^>]*>", lambda _match: head, body, count=1).strip()


def _own_ids(body: str) -> str:
    """Drop the ids that nothing refers to, and make the others this drawing's own: a page holds many drawings."""
    mark = sha256(body.encode()).hexdigest()[:8]
    used = set(chain.from_iterable(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', body))) - {""}

    def rename(match: re.Match[str]) -> str:
        return f' id="{mark}-{match[1]}"' if match[1] in used else ""

    body = re.sub(r' id="([^"]+)"', rename, body)
    body = re.sub(r'(?:xlink:)?href="#([^"]+)"', rf'href="#{mark}-\1"', body)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{mark}-\1)", body)
