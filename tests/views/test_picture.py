import re
from datetime import date
from xml.etree import ElementTree

import matplotlib as mpl
import pytest

from icp_lab.views.picture import COLOURS, About, paint, plot_intervals

LABELS = ["<script>alert(1)</script>", "製造業 & 卸", "$x$ and $y$"]


def draw(axes, narrow):
    missing = float("nan")
    plot_intervals(axes, LABELS, [(2.0, 1, 3), (1.0, 0.5, 2), [missing] * 3], reference=1)
    axes.set_title("Bold 見出し")


@pytest.fixture(scope="module")
def picture():
    return paint(draw, title="A finding", subtitle="measure", foot="n = 3", alt='a "b" <c>', height=200,
                 narrow_height=260)


def test_both_drawings_are_sound_svg_of_the_asked_size(picture):
    for svg, box in ((picture.wide, "0 0 720 200"), (picture.narrow, "0 0 360 260")):
        assert ElementTree.fromstring(svg).get("viewBox") == box


def test_words_stay_words_and_are_escaped(picture):
    words = [element.text for element in ElementTree.fromstring(picture.wide).iter() if element.tag.endswith("text")]
    assert set(LABELS) <= set(words)
    assert "<script>" not in picture.wide
    assert 'aria-label="a &quot;b&quot; &lt;c&gt;"' in picture.wide


def test_only_the_page_decides_on_colours_and_fonts(picture):
    assert "font-family" not in picture.wide
    assert "<style" not in picture.wide
    bare = re.sub(r"var\(--\w+, #[0-9a-f]{6}\)", "", picture.wide)
    assert re.findall(r"#[0-9a-f]{6}\b(?!-)", re.sub(r'(href="|url\()#[^")]+', "", bare)) == []


def test_drawings_share_no_ids(picture):
    ids = [re.findall(r' id="([^"]+)"', svg) for svg in (picture.wide, picture.narrow)]
    assert all(ids)
    assert not set(ids[0]) & set(ids[1])
    for svg in (picture.wide, picture.narrow):
        used = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg))
        assert {one or other for one, other in used} <= set(re.findall(r' id="([^"]+)"', svg))


def test_the_same_drawing_gives_the_same_bytes_and_leaves_the_style_alone(picture):
    before = dict(mpl.rcParams)
    again = paint(draw, title="A finding", subtitle="measure", foot="n = 3", alt='a "b" <c>', height=200,
                  narrow_height=260)
    assert again == picture
    assert dict(mpl.rcParams) == before


def test_a_whole_figure_can_be_drawn():
    def fill(figure, narrow):
        for axes in figure.subplots(1 if narrow else 2, squeeze=False).flat:
            axes.plot([1, 2], [1, 2])

    assert "<svg" in paint(fill, title="T", alt="two lines", figure=True).wide


def test_colours_carry_words_on_white():
    def luminance(colour):
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for name in ("ink", "grey", "accent", "warn"):
        assert 1.05 / (luminance(COLOURS[name]) + 0.05) >= 4.5


def test_the_foot_says_n_day_and_source():
    assert About(date(2026, 6, 30), "EUR", "Demo").foot("12 accounts") == "12 accounts. As of 2026-06-30. Source: Demo."
