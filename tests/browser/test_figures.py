"""Every picture of a report says what it found, what it measures, on how many, as of when and from where."""

import re
from html import unescape

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIGURE = re.compile(r'<figure class="picture">(.*?)</figure>', re.DOTALL)
PARTS = {
    "title": r'class="finding">(.*?)</strong>', "measure": r'class="measure">(.*?)</div>',
    "foot": r'class="foot">(.*?)</p>', "alt": r'<svg[^>]* aria-label="([^"]*)"',
}  # fmt: skip
COUNTED = re.compile(r"\d|The notes count|図中の数字|数字は")
COLOURS = re.compile(r"(?:fill|stroke|color): ?#[0-9a-f]{3,6}")


def _read_figures(out):
    """The pictures of all pages: what stands around each, and the drawing; not those that the browser draws."""
    for path in sorted([*out.glob("*.html"), *out.glob("versions/*.html")]):
        for figure in FIGURE.findall(path.read_text(encoding="utf-8")):
            if 'class="chart"' in figure:
                continue
            found = {part: re.search(pattern, figure, re.DOTALL) for part, pattern in PARTS.items()}
            yield path.name, figure, {part: unescape(re.sub(r"<[^>]+>", "", one[1])) if one else ""
                                      for part, one in found.items()}


@pytest.fixture(scope="module", params=["en", "ja", "data/demo_ja"])
def figures(request, reports, japanese):
    """The pictures of a report, with the day and the study that their feet are to name."""
    out = japanese if request.param == "data/demo_ja" else reports[request.param]
    day, study = {"en": ("2026-06-30", "Demo"), "ja": ("2026年6月30日", "Demo"),
                  "data/demo_ja": ("2026年3月31日", "機械部品卸（見本）")}[request.param]
    return list(_read_figures(out)), day, study


def test_every_picture_says_what_it_is(figures):
    shown, day, study = figures
    assert len(shown) >= 14
    wrong = []
    for page, _figure, said in shown:
        counts = said["foot"].replace(day, "")
        fit = {
            "a finding": len(said["title"]) >= 12, "its measure": len(said["measure"]) >= 12,
            "the day": day in said["foot"], "the source": study in said["foot"],
            "n": bool(COUNTED.search(counts)) and len(counts) > len(study) + 8,
            "words for those who cannot see it": len(said["alt"]) >= 12,
        }  # fmt: skip
        wrong += [f"{page}: {said['title']}: {what}" for what, holds in fit.items() if not holds]
    assert wrong == []


def test_every_picture_follows_the_theme(figures):
    """No colour of a drawing is fixed: on a dark page each is the page's own."""
    fixed = {f"{page}: {colour}" for page, figure, _said in figures[0] for colour in COLOURS.findall(figure)}
    assert fixed == set()


def test_every_picture_is_there_for_narrow_pages(figures):
    assert {page for page, figure, _said in figures[0] if figure.count("<svg") != 2} == set()
