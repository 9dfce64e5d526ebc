import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import font_manager

from icp_lab.publish.fitting import fit_texts, measure_text, wrap_text

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80)


@settings(deadline=None, max_examples=60)
@given(TEXTS, st.integers(4, 40))
def test_wrapping_keeps_every_letter_and_no_line_is_too_wide(text, width):
    lines = wrap_text(text, width)
    assert "".join(lines).split() == text.split()
    assert all(measure_text(line.rstrip(" \n")) <= width or len(line.rstrip(" \n")) == 1 for line in lines)


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.integers(60, 400), st.integers(14, 120))
def test_what_is_left_of_paragraphs_fits(texts, width, height):
    size, kept = fit_texts(texts, (width, height), (20, 16, 12), 1.25)
    lines = [len(wrap_text(text, width / size)) for text in kept]
    assert (sum(lines) + 0.5 * (len(lines) - 1)) * size * 1.25 <= max(height, size * 1.25)


def test_japanese_does_not_begin_a_line_with_a_full_stop():
    assert wrap_text("顧客です。企業", 4) == ["顧客で", "す。企業"]


def test_what_fits_is_not_cut_and_the_largest_size_is_taken():
    assert fit_texts(["One line"], (400, 30), (20, 12), 1.25) == (20, ["One line"])
    size, kept = fit_texts(["word " * 200, "short"], (200, 60), (20, 12), 1.25)
    assert size == 12 and kept[0].endswith("…") and kept[1] == "short"
    assert wrap_text("word " * 20, 8, most=2)[-1].endswith("…")


@pytest.mark.parametrize("text", ["Ideal customers", "従業員数 100〜500 人", "Fintech or SaaS"])
def test_no_reader_has_a_narrower_box_than_measured(text):
    """The measure is at least that of DejaVu Sans, which is wider than Arial, Helvetica, Segoe UI and Hiragino."""
    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    font.set_size(100, 72)
    latin = "".join(mark for mark in text if mark < "\u2e80" and mark != "〜")
    font.set_text(latin, 0)
    assert measure_text(latin) * 100 >= font.get_width_height()[0] / 64 * 0.97


def test_room_is_kept_for_the_space_beside_latin_in_japanese():
    apart = sum(map(measure_text, ("成功（", "0", "～", "1", "）")))
    assert measure_text("成功（0～1）") == pytest.approx(apart + 4 * 0.25)
