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


@dataclass(frozen=True)
class About:
    """On what do the figures of a page rest?

    Parameters
    ----------
    as_of
        The day up to which the study looks.
    currency
        Code of the currency, for money.
    source
        Name of the study or table.
    """

    as_of: date
    currency: str
    source: str

    def foot(self, counts: str) -> str:
        """Say n, as-of date and source: the line under a picture or a table."""
        sentence = _("{counts}. As of {date}. Source: {source}.")
        return sentence.format(counts=counts, date=say_date(self.as_of), source=self.source)


@dataclass(frozen=True)
class Picture:
    """What does the finding look like?

    Parameters
    ----------
    title, subtitle, foot
        The finding as a sentence; the measure; n, as-of date and source.
    alt
        What the picture shows, for those who cannot see it.
    wide, narrow
        The drawing as SVG for wide and narrow pages.
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
    """How does a drawing become a picture of the page?

    Parameters
    ----------
    draw
        Called twice, as `draw(axes, narrow)`: for a page 720 pixels wide and for one 360 wide. With `figure=True`
        it gets the empty figure instead of one axes.
    title, subtitle, foot, alt
        As in `Picture`.
    height, narrow_height
        Height in pixels; the narrow drawing is as high as the wide one unless told.
    figure
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
    >>> "<svg" in picture.wide, "role" in picture.narrow
    (True, True)
    """
    sizes = ((WIDE, height, False), (NARROW, narrow_height or height, True))
    wide, narrow = (_draw_svg(draw, size, alt, figure) for size in sizes)
    return Picture(title, subtitle, foot, alt, wide, narrow)


def plot_intervals(  # noqa: PLR0913  (what a row shows, and nothing else)
    axes: Axes, labels: Sequence[str], found: Iterable[Sequence[float]], *, colours: Sequence[str] | None = None,
    reference: float | None = None, unsure: Collection[int] = (), notes: Sequence[str] = (),
) -> None:
    """How do estimates with their intervals stand side by side?

    Draws a row a label, the first at the top: a line from end to end, a dot at the estimate.

    Parameters
    ----------
    axes
        Where to draw.
    labels
        Name of each row.
    found
        Estimate, low end and high end of each row. A row without a finite estimate stays empty.
    colours
        One of `COLOURS` values a row; accent where left out.
    reference
        Where "no difference" lies.
    unsure
        The rows whose estimate is drawn as an open diamond instead of a filled dot.
    notes
        What stands at the right end of each interval, or at nought where there is none: the counts.
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
    """Name the rows of a drawing, the first at the top."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)


def add_note(axes: Axes, text: str, spot: tuple[float, float], right: float = 7, up: float = 0, **look: Any) -> None:
    """Write words beside a spot of the data, so many points to its right and above."""
    axes.annotate(text, spot, (right, up), **{"textcoords": "offset points", "va": "center", **look})


def write_percent(*axes: Axis) -> None:
    """Write the shares along these axes in percent, with decimals where they would all read nought without."""
    symbol = _("{figure} {unit}").format(figure="", unit="%")
    for axis in axes:
        span = abs(axis.get_view_interval()[1] - axis.get_view_interval()[0])
        axis.set_major_formatter(PercentFormatter(1.0, decimals=(span < 0.05) + (span < 0.005), symbol=symbol))


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
