from functools import cache
from itertools import combinations
from struct import unpack
from xml.etree import ElementTree

import pytest
from matplotlib.font_manager import get_font

from icp_lab.locale import in_language
from icp_lab.publish.fitting import FONTS
from icp_lab.publish.infographic import build_infographic, write_infographic

FACE = get_font(FONTS[0])


@cache
def measure(text):
    """Measure a text in em, in the font that everybody who runs this has."""
    FACE.set_size(100, 72)
    return sum(FACE.load_glyph(FACE.get_char_index(ord(mark))).linearHoriAdvance for mark in text) / 100 / 2**16
SVG = "{http://www.w3.org/2000/svg}"


def list_words(picture):
    """List each text with the box that it takes."""
    found = []
    for one in ElementTree.fromstring(picture).iter(SVG + "text"):
        size, x, y = (float(one.get(key)) for key in ("font-size", "x", "y"))
        wide = measure(one.text or "") * size
        x -= wide / 2 if one.get("text-anchor") == "middle" else 0
        found.append((one.text or "", (x, y - 0.8 * size, x + wide, y + 0.15 * size)))
    return found


@pytest.mark.parametrize(("language", "verdict"), [("en", "supported"), ("ja", "tentative"), ("ja", "unsupported")])
@pytest.mark.parametrize("odd", [False, True])
def test_words_stay_on_the_picture_and_apart(publication, hostile, language, verdict, odd):
    called = hostile if odd else ("Acme", "Borel")
    with in_language(language):
        criteria = [{"attribute": "industry", "in": list(called)}] * 5
        more = {"criteria": criteria} if verdict != "unsupported" else {}
        words = list_words(build_infographic(publication(verdict, called, rows=18, **more)))
    assert len(words) > 20
    for text, box in words:
        assert box[0] >= 40 and box[2] <= 1241 and box[1] >= 30 and box[3] <= 710, text[:60]
    for (one, a), (other, b) in combinations(words, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] + 1 or b[3] <= a[1] + 1, (one[:60], other[:60])


def test_it_says_who_how_sure_how_many_and_on_what(publication):
    said = " ".join(text for text, _box in list_words(build_infographic(publication())))
    for text in ("Supported by the data", "employees from 100 to under 500", "2.0 times", "Fit the profile (SAM)",
                 "20,000", "18,000 to 22,000 companies", "Decider in sales", "n = 18", "As of 2026-06-30",
                 "Source: Acme"):
        assert text in said


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_a_persona_says_stands_whole_with_its_quote_or_without(publication, language):
    mark = "“{}”" if language == "en" else "「{}」"
    said = [f"Cannot foresee results (3 of 3): {mark.format('word ' * 99)}", f"By hand (1 of 3): {mark.format('slow')}"]
    with in_language(language):
        given = publication()
        for pains, shown in ((said, said[1]), (said[:1], "Cannot foresee results (3 of 3)")):
            given.icp["personas"][0]["pains"] = pains
            words = [text for text, _box in list_words(build_infographic(given))]
            assert shown in words and not [text for text in words if text.endswith("…")]


def test_text_is_text_and_nothing_is_loaded(publication, hostile):
    picture = build_infographic(publication(called=hostile, rows=18))
    tags = {one.tag.removeprefix(SVG) for one in ElementTree.fromstring(picture).iter()}
    assert tags == {"svg", "title", "desc", "rect", "path", "g", "circle", "text"}
    assert "href" not in picture and "url(" not in picture and "alert(&#39;x&#39;)" in picture


def test_what_is_missing_is_said(publication):
    given = publication("unsupported", personas=[])
    bare = given.__class__(**{**given.__dict__, "find": lambda _name: None})
    said = " ".join(text for text, _box in list_words(build_infographic(bare)))
    assert "The working hypothesis" in said and "How big the market is cannot be told" in said
    assert "No persona can be drawn yet" in said


def test_picture_and_paper_carry_their_fonts_and_come_out_the_same(publication, hostile, tmp_path):
    made = []
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        with in_language("ja"):
            write_infographic(publication(called=hostile, rows=18), tmp_path / run)
        made.append({path.name: path.read_bytes() for path in (tmp_path / run).iterdir()})
    assert made[0] == made[1] and set(made[0]) == {f"infographic.{kind}" for kind in ("svg", "png", "pdf")}
    assert unpack(">II", made[0]["infographic.png"][16:24]) == (2560, 1440)
    assert made[0]["infographic.pdf"].startswith(b"%PDF-1.") and b"/FontFile2" in made[0]["infographic.pdf"]
