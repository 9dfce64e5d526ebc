"""Pictures that the browser draws: valid Vega-Lite in the house's colours, with a finding for a title."""

import json
import re
from datetime import date

import altair as alt
import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.methods.looser import compare_looser
from icp_lab.rule import Rule
from icp_lab.views.live import draw_engagement, draw_looser, draw_trend, tabulate_looser, tabulate_trend
from icp_lab.views.picture import COLOURS, About
from icp_lab.views.words import Prose

ABOUT = About(date(2026, 6, 30), "JPY", "Demo")
COMPANIES = pd.DataFrame({"kind": ["lead", "prospect", "customer"], "points": [40, 60, 80], "tier": ["A", "A", "A"],
                          "engagement": [0, 30, 9], "warm": ["none", "warm", "warm"]})


@pytest.fixture
def looser():
    ids = list("abcdef")
    attributes = pd.DataFrame({"employees": [200.0, 200, 200, 1, 1, 1], "industry": ["SaaS", "SaaS", *["Retail"] * 4]},
                              index=ids)
    cases = pd.DataFrame({"case_id": ids, "account_id": ids, "positive": ["no", "yes", "yes", "no", "no", "no"]})
    criteria = [{"attribute": "employees", "min": 100}, {"attribute": "industry", "in": ["SaaS"]}]
    return compare_looser(attributes, cases, Rule.from_dicts(criteria))


def _trend(kpi, value):
    row = {"kpi": kpi, "side": "in", "value": value, "low": 0.9 * value, "high": None, "n": 7, "end": "2026-03-31"}
    return pd.DataFrame([row | {"period": "whole"}, row | {"period": "part"}]).astype({"high": "float64"})


def _check(picture):
    """Hold a picture against the schema of Vega-Lite, and its colours against the house's."""
    told = json.loads(json.dumps(picture.spec, allow_nan=False))
    assert told["description"] == picture.alt
    assert told["width"] == "container"
    alt.Chart.from_dict(told | {"width": 600})
    used = set(re.findall(r"var\(--(\w+)\)", json.dumps(told)))
    assert used <= set(COLOURS)
    assert not re.search(r"#[0-9a-f]{3,6}\b|\$\w", json.dumps(told))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_picture_is_valid_in_both_languages(looser, language):
    with in_language(language):
        for picture in (draw_engagement(COMPANIES, ABOUT), draw_looser(looser, "best", ABOUT),
                        draw_trend(_trend("win_closed", 0.4), ABOUT), draw_trend(_trend("cac", 250_000.0), ABOUT),
                        draw_trend(_trend("adoption", 0.1), ABOUT)):
            _check(picture)


def test_the_first_picture_counts_those_to_call():
    called = "**1** of the 2 companies of tier A that have not bought yet are listening now"
    assert draw_engagement(COMPANIES, ABOUT).title == called
    assert draw_engagement(COMPANIES.assign(tier="B"), ABOUT).title.startswith("How well 3 companies fit")
    assert isinstance(draw_engagement(COMPANIES.assign(engagement=0), ABOUT), Prose)


def test_the_title_names_the_line_that_costs_least(looser):
    picture = draw_looser(looser, "best", ABOUT)
    assert picture.title.startswith("Without industry, the profile takes in 1.5 times as many, and 67 % of them became")
    assert [mark["label"] for mark in picture.spec["data"]["values"]] == [
        "the profile", "without industry", "", "all cases"]
    assert [row[0] for row in tabulate_looser(looser).cells()] == ["employees + industry", "employees", "industry",
                                                                  "all cases"]


def test_nothing_to_loosen_is_said(looser):
    cases = pd.DataFrame(columns=["case_id", "account_id", "positive"], dtype="str")
    none = compare_looser(pd.DataFrame(), cases, Rule())
    assert isinstance(draw_looser(none, "best", ABOUT), Prose)
    assert tabulate_looser(none) == ""


def test_an_open_interval_ends_with_the_picture_and_money_is_counted_as_japanese_does():
    with in_language("ja"):
        spec = draw_trend(_trend("cac", 250_000.0), ABOUT).spec
    point = spec["layer"][0]["encoding"]["y"]
    assert (spec["data"]["values"][0]["high"], point["scale"]["domain"]) == (500_000, [0, 500_000])
    assert "万" in point["axis"]["labelExpr"]


def test_a_side_without_figures_is_said_to_have_none():
    title = draw_trend(_trend("win_closed", 0.4), ABOUT).title
    assert title.startswith("Win rate, by day of closing: 40 % (")
    assert title.endswith(" inside the profile, – outside")


def test_figures_stand_in_a_table_too():
    rows = pd.concat([_trend("win_closed", 0.4), _trend("adoption", 0.1)])
    called = [row[0] for row in tabulate_trend(rows, ABOUT).cells()]
    assert called == ["Share of new deals inside", "Win rate, by day of closing"]
    assert isinstance(tabulate_trend(rows.head(0), ABOUT), Prose)
