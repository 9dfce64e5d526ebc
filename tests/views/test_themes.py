"""What is said of what was heard: counts first, nothing of people who did not agree, words where nobody was heard."""

from datetime import date

import pandas as pd
import pytest

from icp_lab.locale import LANGUAGES, in_language
from icp_lab.methods.agreement import Agreement
from icp_lab.methods.themes import find_contradictions, find_themes, pick_quotes, read_notes
from icp_lab.views import themes as view
from icp_lab.views.picture import About, Picture

NONE = pd.DataFrame()
ABOUT = About(date(2026, 6, 30), "EUR", "Test")
BOOK = pd.DataFrame({"code": ["slow_support", "growth"], "name": ["Support is slow", "Growth"], "meaning": "",
                     "belongs": ["pains", "triggers"], "examples": [(), ()], "topic": ""})
CUSTOMERS = pd.DataFrame({"account_id": list("abcd"), "name": ["Alpha", "Beta", None, "Delta"],
                          "industry": ["Retail", "Retail", "Steel", "Steel"]})
SUCCESS = pd.DataFrame({"account_id": list("abcd"), "score": [0.9, 0.8, 0.7, 0.6], "best": True, "satisfaction": 0.9})
SEGMENTS = pd.DataFrame({"account_id": list("abcd"), "segment": ["S1", "S1", "S2", "S2"]})
SEGMENTATION = {"segments": [{"id": "S1", "name": "Retail"}, {"id": "S2", "name": "Steel"}]}


@pytest.fixture
def themes():
    heads = pd.DataFrame({"interview": list("1234"), "account_id": list("abcd"), "seniority": ["head", "staff"] * 2,
                          "department": "sales", "consent": ["quote", "anonymous", "none", "none"]})
    said = pd.DataFrame({"interview": list("1234"), "passage": 1, "text": ["One <b>", "Two", "Three", "Four"],
                         "codes": [("slow_support", "growth"), ("slow_support",), ("slow_support",), ()]})
    return find_themes(heads, said, BOOK, SEGMENTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_themes_are_drawn_and_laid_out_in_both_languages(themes, language):
    with in_language(language):
        assert isinstance(view.draw_themes(themes, BOOK, ABOUT), Picture)
        assert isinstance(view.draw_saturation(themes, ABOUT), Picture)
        crossed = [view.tabulate_cross(themes, by, BOOK, SEGMENTATION) for by in ("segment", "kind")]
        assert [len(table.rows) for table in crossed] == [2, 2]


def test_counts_of_companies_come_first(themes):
    assert "**Support is slow**: 3 of 4 companies (30 to 95 %)" in view.tell_heard(themes, BOOK)
    table = view.tabulate_contradictions(find_contradictions(themes, SUCCESS), BOOK)
    assert table.cells()[0][:3] == ["Support is slow", "in the top third by satisfaction", "3 of 3"]
    assert table.cells()[0][-1] == "1 of 1"


def test_only_what_somebody_agreed_to_is_quoted(themes):
    shown = view.tabulate_quotes(pick_quotes(themes, quotes=5), CUSTOMERS, BOOK)
    assert shown.cells() == [["Support is slow", "“One <b>”", "head of a department, sales, Alpha"],
                             ["Support is slow", "“Two”", "staff, Retail"]]
    said = str(shown)
    assert "Three" not in said
    assert "Beta" not in said


def test_agreement_of_coders_is_read_with_its_interval():
    def say(value, low):
        return view.tell_coders(Agreement(value, low, 0.95, 100, 2, 0.0))

    assert "enough to rest conclusions on" in say(0.9, 0.82)
    assert "tentative conclusions only" in say(0.75, 0.6)
    assert "too little" in say(0.5, 0.4)
    assert "One person alone" in say(float("nan"), float("nan"))


def test_where_nobody_was_heard_each_place_says_so():
    empty = find_themes(pd.DataFrame(columns=["interview", "account_id"]),
                        pd.DataFrame(columns=["interview", "passage", "codes"]), NONE, NONE)
    said = [view.tell_heard(empty, BOOK), view.draw_themes(empty, BOOK, ABOUT), view.tell_saturation(empty),
            view.draw_saturation(empty, ABOUT), view.tabulate_cross(empty, "segment", BOOK, {"segments": []}),
            view.tabulate_contradictions(find_contradictions(empty, NONE), BOOK),
            view.tabulate_quotes(pick_quotes(empty), CUSTOMERS, BOOK), view.tell_suggestions(NONE, empty.passages),
            view.tabulate_notes(read_notes(NONE, BOOK), BOOK)]
    assert all(isinstance(each, str) and each for each in said)
