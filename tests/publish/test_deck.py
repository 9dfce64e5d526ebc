import re
from functools import cache
from io import BytesIO
from itertools import combinations
from zipfile import ZipFile

import pandas as pd
import pytest
from matplotlib.font_manager import get_font
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from icp_lab.locale import in_language
from icp_lab.publish.deck import build_deck
from icp_lab.publish.fitting import FONTS

FACE = get_font(FONTS[0])


@cache
def measure(text):
    """Measure a text in em, in the font that everybody who runs this has."""
    FACE.set_size(100, 72)
    return sum(FACE.load_glyph(FACE.get_char_index(ord(mark))).linearHoriAdvance for mark in text) / 100 / 2**16


@pytest.fixture
def open_deck(publication):
    def build(language="en", **more):
        with in_language(language):
            return Presentation(BytesIO(build_deck(publication(**more))))
    return build


def read_text(frame):
    return "\n".join(paragraph.text for paragraph in frame.paragraphs)


def read_all(deck):
    shown, notes = [], []
    for slide in deck.slides:
        notes.append(slide.notes_slide.notes_text_frame.text)
        for shape in slide.shapes:
            if shape.has_text_frame:
                shown.append(read_text(shape.text_frame))
            elif shape.has_table:
                shown += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(shown), "\n".join(notes)


def count_lines(text, width, size):
    """Count lines by a rule of its own: break at spaces and between Japanese letters, and a word only if it must."""
    lines, used = 1, 0.0
    for piece in re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s?|\s", text):
        wide = measure(piece.rstrip()) * size
        if used and used + wide > width:
            lines, used = lines + 1, 0.0
        lines += int(wide // width) if wide > width else 0
        used = used + measure(piece) * size if wide <= width else wide % width
    return lines


def need(frame, width):
    total = 0.0
    for paragraph in frame.paragraphs:
        size = max((run.font.size.pt for run in paragraph.runs), default=0)
        leading = paragraph.line_spacing.pt if paragraph.line_spacing else 0
        before = paragraph.space_before.pt if paragraph.space_before else 0
        total += count_lines(paragraph.text, width, size) * leading + before if size else 0
    return total


def check_layout(deck):
    """Every text fits into its box, every box lies on the slide, no two overlap, and together they fill the slide."""
    for slide in deck.slides:
        boxes = []
        for shape in slide.shapes:
            left, top, wide, tall = (each.pt for each in (shape.left, shape.top, shape.width, shape.height))
            assert left >= 0 and top >= 0 and left + wide <= 960.1 and top + tall <= 540.1, shape.name
            if shape.has_text_frame:
                frame = shape.text_frame
                inner = wide - frame.margin_left.pt - frame.margin_right.pt
                used = need(frame, inner) + frame.margin_top.pt + frame.margin_bottom.pt
                assert used <= tall + 1, read_text(shape.text_frame)[:80]
            if shape.has_table:
                assert sum(row.height.pt for row in shape.table.rows) <= tall + 1
                for row in shape.table.rows:
                    for cell, column in zip(row.cells, shape.table.columns, strict=True):
                        inner = column.width.pt - cell.margin_left.pt - cell.margin_right.pt
                        assert need(cell.text_frame, inner) + 8 <= row.height.pt + 1, cell.text[:80]
            boxes.append((left, top, left + wide, top + tall))
        for one, other in combinations(boxes, 2):
            apart = one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
            assert apart, (slide.shapes.title.text, one, other)
        body = sum((right - left) * (bottom - top) for left, top, right, bottom in boxes) / (864 * 434)
        assert body >= 0.6, (slide.shapes.title.text, body)


@pytest.mark.parametrize(("language", "verdict"), [("en", "supported"), ("ja", "unsupported")])
def test_nothing_overlaps_and_nothing_is_cut_whatever_companies_are_called(open_deck, hostile, language, verdict):
    check_layout(open_deck(language, verdict=verdict))
    criteria = {"criteria": [{"attribute": "industry", "in": list(hostile)}]} if verdict == "supported" else {}
    deck = open_deck(language, verdict=verdict, called=hostile[::-1], rows=27, **criteria)
    check_layout(deck)
    shown, notes = read_all(deck)
    for text in ("<script>alert('x')</script>", "=HYPERLINK", "עברית", "ﾊﾝｶｸｶﾅ", "Ａ＆Ｂ & Co. <b>", "W…", "株…"):
        assert text in shown
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u0007]", shown + notes)


def test_slides_say_why_what_how_sure_and_what_to_do_and_every_one_has_notes(open_deck):
    deck = open_deck()
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert len(titles) == 16 and titles[0] == "Our Ideal Customer Profile"
    assert titles[-1] == "We look at it again on 2026-09-30"
    parts = [read_text(slide.shapes[0].text_frame) for slide in deck.slides]
    assert [part.split(":")[1].split(",")[0].strip() for part in parts if part.startswith("Exercise")] == [
        "marketing", "sales", "product", "customer success", "management"]
    assert all(slide.notes_slide.notes_text_frame.text for slide in deck.slides)
    assert not [shape for slide in deck.slides for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]


def test_the_quiz_asks_of_this_company_and_its_notes_answer(open_deck):
    slide = next(slide for slide in open_deck().slides if "Quiz" in read_text(slide.shapes[0].text_frame))
    cards = [read_text(shape.text_frame) for shape in slide.shapes if shape.has_text_frame]
    asked = [card.replace("\n", "  ") for card in cards if re.match(r"\d\n", card)]
    answers = slide.notes_slide.notes_text_frame.text.split("\n")
    assert len(asked) == len(answers) == 5
    assert asked[0].startswith("1  Acme (employees ") and answers[0].startswith("1  Inside: Acme meets every criterion")
    assert asked[3].startswith("4  Dorn") and "First find out: employees" in answers[3]


def test_who_has_no_unknown_company_still_gets_five_questions(publication):
    given = publication()
    known = given.accounts["fit"].ne("unknown")
    given.standing.frame["fit"] = given.accounts["fit"] = given.accounts["fit"].where(known, "out")
    deck = Presentation(BytesIO(build_deck(given)))
    slide = next(slide for slide in deck.slides if "Quiz" in read_text(slide.shapes[0].text_frame))
    assert slide.notes_slide.notes_text_frame.text.count("\n") == 4 and "Dorn: every" not in read_all(deck)[0]


def test_the_chart_is_native_and_carries_intervals_and_its_figures(open_deck, publication):
    deck, standing = open_deck(), publication().standing
    chart = next(shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart)
    assert list(chart.plots[0].series[0].values) == pytest.approx([standing.outside.share, standing.inside.share])
    assert f"{100 * standing.inside.share:.0f} % (" in chart.plots[0].categories[1]
    ends = {side: [float(one.text) for one in chart._chartSpace.findall(f".//{{*}}errBars/{{*}}{side}//{{*}}v")]
            for side in ("plus", "minus")}
    assert ends["plus"] == pytest.approx([each.high - each.share for each in (standing.outside, standing.inside)])
    assert ends["minus"] == pytest.approx([each.share - each.low for each in (standing.outside, standing.inside)])
    sheet = pd.read_excel(BytesIO(chart.part.chart_workbook.xlsx_part.blob), engine="openpyxl")
    assert sheet["Share"].tolist() == pytest.approx([standing.outside.share, standing.inside.share])
    assert sheet.columns[2:].tolist() == ["Lower end", "Upper end"]


def test_a_hypothesis_is_not_taught_as_a_profile(open_deck):
    shown, _notes = read_all(open_deck(verdict="unsupported"))
    assert shown.startswith("Acme\nFor internal use\nOur working hypothesis of the ideal customer\n")
    assert "The data do not carry a profile" in shown and "Our profile" not in shown


def test_what_is_not_known_makes_another_exercise_and_no_empty_table(publication):
    given = publication(personas=[], avoid={})
    bare = given.__class__(**{**given.__dict__, "find": lambda _name: None})
    deck = Presentation(BytesIO(build_deck(bare)))
    check_layout(deck)
    shown, _notes = read_all(deck)
    assert "Who are the people in these companies?" in shown and "Why did they leave, or not buy?" in shown
    assert "Decider in sales" not in shown and "in tier A" not in shown


def test_a_deck_without_any_company_is_still_a_deck(publication):
    given = publication()
    standing = given.standing.__class__(**{**given.standing.__dict__, "frame": given.standing.frame.head(0)})
    bare = given.__class__(**{**given.__dict__, "standing": standing, "accounts": given.accounts.head(0)})
    check_layout(Presentation(BytesIO(build_deck(bare))))


def test_letters_have_typefaces_for_both_languages_and_the_same_content_gives_the_same_bytes(publication):
    with in_language("ja"):
        made = build_deck(publication())
        assert made == build_deck(publication())
    with ZipFile(BytesIO(made)) as file:
        theme, slide = file.read("ppt/theme/theme1.xml").decode(), file.read("ppt/slides/slide2.xml").decode()
    assert theme.count('<a:latin typeface="Arial"/><a:ea typeface="Yu Gothic"/>') == 2
    assert 'lang="ja-JP"' in slide and 'lang="en-US"' not in slide
