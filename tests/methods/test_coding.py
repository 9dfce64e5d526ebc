"""Suggested codes: what is near, by which words; never what is there already; nothing where nothing is near."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_lab.methods.coding import suggest_codes

BOOK = pd.DataFrame({
    "code": ["price", "hand", "audit"], "name": ["Too expensive", "Work by hand", "Audit"],
    "topic": ["pains", "pains", ""],
    "meaning": ["It costs more than it gives.", "Typing and copying.", "Auditors asked for it."],
    "examples": [("料金が高い", "over budget"), ("手作業", "copy and paste"), ("監査で指摘された",)]})


def _said(*texts, **more):
    given = {"interview": "a", "passage": range(1, len(texts) + 1), "topic": "", "heading": "", "text": texts,
             "codes": [()] * len(texts)}
    return pd.DataFrame(given | more)


def test_codes_are_found_in_both_languages_with_the_words_that_speak_for_them():
    found = suggest_codes(_said("We copied and pasted all day", "料金が高すぎます", "The weather was fine"), BOOK)
    assert found[["passage", "code"]].values.tolist() == [[1, "hand"], [2, "price"]]
    assert found["words"].tolist() == [("copied",), ("料金", "高い")]
    assert found["score"].between(0.18, 1).all()


def test_forms_of_a_word_are_near():
    found = suggest_codes(_said("The auditors were here", "監査の指摘を受けました"), BOOK)
    assert found["code"].tolist() == ["audit", "audit"]


def test_what_a_passage_has_is_not_suggested_again():
    said = _said("料金が高い、手作業も多い", "料金が高い、手作業も多い", codes=[(), ("price",)])
    found = suggest_codes(said, BOOK)
    assert found.groupby("passage")["code"].apply(set).to_dict() == {1: {"price", "hand"}, 2: {"hand"}}
    assert len(suggest_codes(said, BOOK, most=1)) == 2
    assert suggest_codes(said, BOOK, cut=0.99).empty


def test_the_topic_of_the_guide_counts():
    said = _said("手作業です", "手作業です", topic=["pains", "outlook"], heading=["課題", "展望"])
    near, far = suggest_codes(said, BOOK, cut=0.01).query("code == 'hand'")["score"]
    assert near == pytest.approx(1.5 * far)


def test_a_heading_of_ones_own_counts_and_one_of_the_guide_does_not():
    said = _said("We met it in May", "We met it in May", topic=["", "pains"], heading="The audit")
    assert suggest_codes(said, BOOK)[["passage", "code"]].values.tolist() == [[1, "audit"]]


def test_words_that_say_nothing_suggest_nothing():
    assert suggest_codes(_said("It is too it by it"), BOOK).empty


@pytest.mark.parametrize("texts", [(), ("",), ("。",)])
def test_where_nothing_is_said_nothing_is_suggested(texts):
    found = suggest_codes(_said(*texts), BOOK.iloc[:0])
    assert found.empty
    assert list(suggest_codes(_said(*texts), BOOK)) == ["interview", "passage", "code", "score", "words"]


def test_the_order_of_rows_does_not_matter():
    said = _said("料金が高い", "by hand, over budget", "the audit")
    pd.testing.assert_frame_equal(suggest_codes(said.iloc[::-1], BOOK), suggest_codes(said, BOOK))


@given(st.lists(st.text(max_size=40), max_size=5))
@settings(max_examples=40, deadline=None)
def test_any_text_can_be_asked_about(texts):
    found = suggest_codes(_said(*texts), BOOK)
    assert found["words"].map(len).gt(0).all()
    assert found.groupby("passage").size().le(3).all()
