"""Text in a box of a fixed size: where it breaks, which size of type fits, and where it is cut."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import get_font

from icp_lab.publish.cells import clean

# Japanese from the package matplotlib-fontja, and matplotlib's own, which runs wider than what readers have.
FONTS = (Path(str(files("matplotlib_fontja") / "fonts" / "ipaexg.ttf")),
         Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"))
GAP = 0.5  # between paragraphs, in lines
_EAST = "\u2e80-\ufeff\uff01-\uffef"  # scripts that break between any two characters
_BEFORE = r"「『（(\[“"  # not at the end of a line
_AFTER = r"、。，．・：；！？）」』】ー々ぁぃぅぇぉゃゅょっァィゥェォャュョッ…%)\]”"  # not at its beginning
# Where programs for slides put a quarter of an em of their own: between Japanese and Latin letters or figures.
_SPACED = re.compile(rf"(?<=[{_EAST}])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?=[{_EAST}])")
_PIECE = re.compile(rf"[{_BEFORE}]*(?:[{_EAST}]|[^ \n{_EAST}]+)[{_AFTER}]*[ \n]*|[ \n]+")


@cache
def _width(mark: str) -> float:
    """Measure a character in em; a pictogram comes from a font that nobody can know."""
    widths = [1.4 if mark > "\uffff" else 0.0]
    for face in map(get_font, FONTS):
        face.set_size(100, 72)
        widths.append(face.load_glyph(face.get_char_index(ord(mark))).linearHoriAdvance / 100 / 2**16)
    return max(widths)


def _widths(text: str) -> list[float]:
    widths = list(map(_width, text))
    for found in _SPACED.finditer(text):
        widths[found.start()] += 0.25
    return widths


def clean_line(text: str) -> str:
    r"""Give a text for one line: no control characters, no marks of direction, figures beside their percent sign.

    Parameters
    ----------
    text : str
        Any text; breaks of lines and tabs in it become spaces.

    Returns
    -------
    str
        The line.

    Examples
    --------
    >>> clean_line("\u202eA\tB"), clean_line("71 %") == "71\u00a0%"
    ('A B', True)
    """
    plain = re.sub("[\u202a-\u202e\u2066-\u2069]", "", re.sub(r"[\t\n]+", " ", clean(text)))
    return re.sub(r"(?<=\d) (?=%)", "\u00a0", plain)


def measure_text(text: str) -> float:
    """Measure how wide a text runs at most, in em.

    Parameters
    ----------
    text : str
        Text of one line; the `**` in it is markup and has no width.

    Returns
    -------
    float
        The width in the wider of the two fonts, with the space that programs put between Japanese and Latin letters.

    Examples
    --------
    >>> measure_text("顧客"), measure_text("**顧客**")
    (2.0, 2.0)
    """
    return sum(_widths(text.replace("**", "")))


def split_text(text: str) -> list[str]:
    """Split a text into what stays on one line: words, and Japanese character by character.

    Parameters
    ----------
    text : str
        Any text; spaces around it are left out.

    Returns
    -------
    list of str
        The pieces in order, each with the spaces behind it; marks stay with what they belong to.

    Examples
    --------
    >>> split_text("Best 顧客。")
    ['Best ', '顧', '客。']
    """
    return _PIECE.findall(text.strip())


def wrap_text(text: str, width: float, most: int = 0) -> list[str]:
    """Break a text in a box so many em wide, and cut it where it takes too many lines.

    Parameters
    ----------
    text : str
        Any text; a word that is wider than the box is broken.
    width : float
        Width of the box in em.
    most : int, default 0
        How many lines there may be; the last one then ends with an ellipsis. 0: any number.

    Returns
    -------
    list of str
        The lines, one at least.

    Examples
    --------
    >>> wrap_text("Firms of 100 to 500 people", 5)
    ['Firms of ', '100 to ', '500 ', 'people']
    >>> wrap_text("Firms of 100 to 500 people", 5, most=2)
    ['Firms of ', '100 to…']
    """
    lines = [""]
    for piece in split_text(text):
        rest = piece
        while measure_text(lines[-1] + rest.rstrip()) > width:
            if not lines[-1]:
                cut = max(1, bisect_right(list(accumulate(_widths(rest))), width))
                lines[-1], rest = rest[:cut], rest[cut:]
            lines.append("")
        lines[-1] += rest
    if most and len(lines) > most:
        kept = "".join(lines[most - 1:])
        ends = list(accumulate(_widths(kept)))
        lines[most - 1:] = [kept[:max(bisect_right(ends, width - _width("…")), 1)].rstrip() + "…"]
    return lines


def measure_height(
    texts: Sequence[str], width: float, size: float, leading: float, scales: Sequence[float] = ()) -> float:
    """Measure how high paragraphs stand in a box.

    Parameters
    ----------
    texts : Sequence of str
        Paragraphs; half a line stands between two of them.
    width : float
        Width of the box in points.
    size : float
        Size of type in points.
    leading : float
        From line to line, in times the size.
    scales : Sequence of float, default ()
        How many times that size each paragraph has; 1 for all where left out.

    Returns
    -------
    float
        The height in points.

    Examples
    --------
    >>> measure_height(["71 %", "of 68 firms"], 100, 10, 1.2, (2.0, 1.0))
    42.0
    """
    scales = scales or [1.0] * len(texts)
    lines = [len(wrap_text(text, width / size / scale)) * scale for text, scale in zip(texts, scales, strict=True)]
    return size * leading * (sum(lines) + GAP * max(len(texts) - 1, 0))


def fit_texts(texts: Sequence[str], box: tuple[float, float], sizes: Sequence[float], leading: float,
              scales: Sequence[float] = ()) -> tuple[float, list[str]]:
    """Find the largest size of type that lets paragraphs fit, and what is left of them at the smallest.

    Parameters
    ----------
    texts : Sequence of str
        Paragraphs; half a line stands between two of them.
    box : tuple of 2 float
        Width and height in points.
    sizes : Sequence of float
        Sizes to try, the largest first, in points; one at least.
    leading : float
        From line to line, in times the size.
    scales : Sequence of float, default ()
        How many times that size each paragraph has; 1 for all where left out.

    Returns
    -------
    tuple of float and list of str
        The size, and the paragraphs. Where they do not fit at the smallest size the longest are cut, with an ellipsis,
        and the last ones left out where a line of each is too much.

    Examples
    --------
    >>> fit_texts(["Firms of 100 to 500 people"], (100, 50), (20, 12), 1.2)
    (12, ['Firms of 100 to 500 people'])
    >>> fit_texts(["Firms of 100 to 500 people"], (60, 15), (20, 12), 1.2)
    (12, ['Firms o…'])
    """
    kept, scales = list(texts), scales or [1.0] * len(texts)
    for size in sizes:
        if measure_height(texts, box[0], size, leading, scales) <= box[1]:
            return size, kept
    widths = [box[0] / size / scale for scale in scales]
    counts = [len(wrap_text(text, width)) for text, width in zip(texts, widths, strict=True)]
    while kept and measure_height(kept, box[0], size, leading, scales[:len(kept)]) > box[1]:
        longest = counts.index(max(counts))
        if counts[longest] > 1:
            counts[longest] -= 1
            kept[longest] = "".join(wrap_text(texts[longest], widths[longest], counts[longest]))
        else:
            kept, counts = kept[:-1], counts[:-1]
    return size, kept
