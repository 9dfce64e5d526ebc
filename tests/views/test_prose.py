from icp_lab.views.prose import Prose


def test_prose_is_text_and_shows_without_quotes():
    prose = Prose("**12** of 80")
    assert prose == "**12** of 80"
    assert repr(prose) == "**12** of 80"


def test_japanese_sentences_are_joined_without_a_gap():
    assert Prose("顧客は 12 社。 うち 3 社が離れた。") == "顧客は 12 社。うち 3 社が離れた。"
    assert Prose("Twelve. Of them three left.") == "Twelve. Of them three left."
    assert Prose("**文です。** 次の文。 終わり") == "**文です。**次の文。終わり"
