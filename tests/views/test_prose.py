from icp_lab.views.prose import Prose


def test_prose_is_text_and_shows_without_quotes():
    prose = Prose("**12** of 80")
    assert prose == "**12** of 80"
    assert repr(prose) == "**12** of 80"
