"""Words of texts in English, Japanese and both, in forms that can be compared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_lab.methods.words import split_words


@pytest.mark.parametrize(("text", "words"), [
    ("The price went up", ["the", "price", "went", "up"]),
    ("It's ２０％ more", ["it", "20", "more"]),
    ("価格が高くなった", ["価格", "高い"]),
    ("手作業で入力しています。", ["手作業", "入力"]),
    ("SalesforceとCRMを連携したい", ["salesforce", "crm", "連携"]),
    ("ﾃﾞｰﾀがばらばら", ["データ", "ばらばら"]),
    ("効果がない", ["効果", "無い"]),
    ("", []), ("。!?", []), ("😀", []),
])
def test_what_a_text_says(text, words):
    assert split_words(text) == words


def test_spellings_and_inflections_are_one_word():
    assert split_words("引っ越し") == split_words("引越し")
    assert split_words("遅い") == split_words("遅かった")[:1]


def test_a_long_text_is_read_to_its_end():
    assert split_words("価格。" * 20_000 + "解約")[-1] == "解約"


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_has_words_or_none(text):
    words = split_words(text)
    assert words == split_words(text)
    assert all(word.strip() for word in words)
