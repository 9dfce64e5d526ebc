"""The prose of notebooks goes through the catalogue, block by block."""

import io
import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_lab.locale import _, catalogue, in_language
from icp_lab.locale.prose import align, extract_notebook, parameter_meaning, translate_markdown, translate_notebook


def test_blocks_are_translated_one_by_one() -> None:
    """Headings, paragraphs, list items and quotes keep their marks; fenced code keeps its text."""
    text = "# Who\n\nOur\ncustomers.\n\n- one\n- two\n  more\n\n```\ncode  x\n```\n> quote"
    assert translate_markdown(text, str.upper) == (
        "# WHO\n\nOUR CUSTOMERS.\n\n- ONE\n- TWO MORE\n\n```\ncode  x\n```\n> QUOTE"
    )


@given(st.lists(st.sampled_from(["word", "# Head", "- item", "", "```", "  more", "1. one", "> quote"]), max_size=12))
def test_words_survive_translation_by_the_identity(lines: list[str]) -> None:
    """Nothing is lost or added when nothing is translated."""
    text = "\n".join(lines)
    assert translate_markdown(text, lambda sentence: sentence).split() == text.split()


@pytest.mark.parametrize(
    ("comment", "meaning"),
    [
        ("share of accounts called best, 0.05 to 0.5", "share of accounts called best"),
        ("success within bands, one of none, size_band", "success within bands"),
        ("seed", "seed"),
    ],
)
def test_a_parameter_has_a_meaning(comment: str, meaning: str) -> None:
    """Ranges and choices are not part of the sentence."""
    assert parameter_meaning(comment) == meaning


def test_every_sentence_of_a_notebook_is_extracted() -> None:
    """Prose and the meanings of parameters reach the catalogue; code does not."""
    cells = [
        nbformat.v4.new_markdown_cell("# Title\n\nA question?"),
        nbformat.v4.new_code_cell("top: float = 0.1  # share, 0 to 1", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("x = 1  # not a sentence"),
    ]
    stream = io.BytesIO(json.dumps(nbformat.v4.new_notebook(cells=cells)).encode())
    assert [found[2] for found in extract_notebook(stream, [], [], {})] == ["Title", "A question?", "share"]


def test_english_is_the_source() -> None:
    """A notebook in English is a copy of itself."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Text\nover lines")])
    translated = translate_notebook(notebook, "en")
    assert translated == notebook
    assert translated is not notebook


def test_the_language_is_in_force_for_a_block_only() -> None:
    """A sentence unknown to the catalogue is said in English rather than lost."""
    with in_language("ja"):
        assert _("A sentence that no catalogue has") == "A sentence that no catalogue has"
        assert catalogue("ja").ngettext("{n} thing of no catalogue", "{n} things", 2) == "{n} things"
    assert _("") == ""


def test_wide_letters_take_two_places():
    assert align([("a", "n"), ("会社", "10")], left=[0]) == "a      n\n会社  10"
