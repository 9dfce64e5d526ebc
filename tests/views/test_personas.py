import importlib.util
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from icp_lab.icp import load_icp, write_icp
from icp_lab.locale import in_language
from icp_lab.methods.groups import fill_groups
from icp_lab.methods.personas import compose_personas, find_personas
from icp_lab.views import personas as view
from icp_lab.views.picture import About, Picture
from icp_lab.views.words import Prose


def _load(name):
    spec = importlib.util.spec_from_file_location(f"_{name}", Path(__file__).parents[1] / "methods" / f"test_{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MADE, GROUPS = _load("personas"), _load("groups").fill
BOOK = pd.DataFrame({"code": ["price_pain"], "name": ["Too expensive"]})
ABOUT = About(date(2026, 6, 30), "EUR", "Demo")


@pytest.fixture(scope="module")
def found():
    return find_personas(**MADE.make_company(n=600))


@pytest.fixture(scope="module")
def nobody():
    tables = MADE.make_company(n=30)
    return find_personas(**{name: frame if name == "customers" else frame.iloc[:0] for name, frame in tables.items()})


def test_the_answer_names_who_is_there_where_it_was_won_and_who_where_it_was_lost(found):
    said = view.tell_committee(found)
    assert "**Decider in sales**: takes part in" in said and "**Blocker in IT**: more often where it was lost" in said
    assert "people are named on average" in view.tell_doubts(found)


def test_where_nothing_differs_nothing_is_claimed():
    said = view.tell_committee(find_personas(**MADE.make_company(signal=False, seed=3)))
    assert said.startswith("No kind of person takes part in won deals clearly more or less often")


def test_few_deals_are_said_to_be_few():
    assert "too few won and lost deals" in view.tell_committee(find_personas(**MADE.make_company(n=12)))


def test_the_picture_draws_won_and_lost_side_by_side(found):
    picture = view.draw_committee(found, ABOUT)
    assert isinstance(picture, Picture)
    assert picture.title.startswith("Decider in sales: in 8") and picture.wide.count("Decider in sales") >= 1
    assert "won and " in picture.foot


def test_why_so_many_and_why_no_more(found):
    assert "Together they fill" in view.tell_choice(found) and "A further one, " in view.tell_choice(found)
    many = view.tell_choice(find_personas(**MADE.make_company(n=600), personas=6))
    assert "More than four were asked for" in many and "6 were asked for; there are 4 kinds" in many


def test_a_card_says_of_every_field_where_it_is_from_and_asks_for_the_rest(found):
    record = compose_personas(found)
    first = view.tabulate_personas(view.word_icp(record, BOOK))[0]
    assert first.title == "Decider in sales"
    quoted = "Too expensive (2 of 2 companies): “It saves a day.” (executive, Retail)"
    assert ["Problems", quoted, "interview"] in first.cells()
    assert ["Judged by", "Quota (1 of 2 companies)", "interview"] in first.cells()
    assert ["Authority to buy", "approves the purchase", "assumption"] in first.cells()
    asked = view.tabulate_open(record["personas"], GROUPS()).cells()
    assert ["Decider in sales", "Goals", "What is to be different in a year, and what in three?",
            "Outlook and expectations"] in asked
    assert ["The company", "Technical: systems, maturity", "Which systems does this have to work with, and how much of "
            "the work is done by hand?", "Criteria for choosing"] in asked


def test_statements_read_as_sentences_with_their_evidence():
    rows = view.tabulate_statements(view.word_icp({"groups": GROUPS()}, BOOK)).cells()
    assert rows[0] == ["Basic: industry, size, place", "Employees at least 100: a criterion of the profile", "data",
                       "The draft profile"]
    assert any(cell.startswith("Industry: R/D: 2.0 times as common among best accounts") for _g, cell, *_ in rows)
    told = "Budget: higher at best than at negative accounts in 70 % of pairs"
    assert any(cell.startswith(told) for _g, cell, *_ in rows)
    assert ["Problems and pains", "Too expensive: said at 2 of 8 companies (10 to 60 %)", "interview",
            "The interviews"] in rows


def test_with_nobody_on_record_every_view_says_what_to_collect(nobody):
    record = compose_personas(nobody)
    contrasts = pd.DataFrame(columns=["q_value", "attribute", "p_value", "level", "comparison"])
    groups = fill_groups({"criteria": [], "evidence": {}}, contrasts, negatives=pd.DataFrame({"reason_group": []}),
                         customers=MADE.make_company()["customers"], belongs={},
                         triggers=pd.DataFrame(columns=["account_id", "kind"]), themes=MADE.THEMES.iloc[:0])
    views = [view.tell_committee(nobody), view.draw_committee(nobody, ABOUT), view.tell_choice(nobody)]
    assert all(isinstance(one, Prose) and one for one in views)
    assert "deal_contacts" in view.tell_committee(nobody)
    assert view.tell_doubts(nobody) == "" == view.tabulate_committee(nobody)
    assert len(view.tabulate_open(record["personas"], groups).cells()) == 7  # a question for each group


@pytest.mark.parametrize("language", ["en", "ja"])
def test_icp_yml_holds_people_and_groups_in_words_and_is_read_back(found, tmp_path, language):
    icp = {"schema": 1, "name": "Demo", "verdict": "unsupported", "criteria": [], "groups": GROUPS(),
           "personas": compose_personas(found)["personas"]}
    with in_language(language):
        said = view.word_icp(icp, BOOK)
        write_icp(tmp_path / "icp.yml", said)
    read = load_icp(tmp_path / "icp.yml").data
    assert read["personas"] == said["personas"] and read["groups"] == said["groups"]
    first = read["personas"][0]
    assert first["name"] == {"en": "Decider in sales", "ja": "営業の決裁者"}[language]
    assert first["goals"] == [] and first["channels"] == [{"en": "event", "ja": "イベント"}[language]]
    assert set(first["confidence"]) <= set(first)
    assert set(first["confidence"].values()) == {"data", "interview", "assumption"}
    statements = [one for said in read["groups"].values() for one in said]
    assert {tuple(one) for one in statements} == {("statement", "evidence", "confidence")}
