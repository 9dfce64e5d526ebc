from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.outcomes import build_cases
from icp_lab.methods.success import MEASURES, Choice, Measures, choose_best
from icp_lab.views import success as view
from icp_lab.views.picture import About, Picture
from icp_lab.views.words import Prose

AS_OF = date(2025, 12, 31)
ABOUT = About(AS_OF, "EUR", "Test")


@pytest.fixture(scope="module")
def customers():
    return pd.DataFrame({"account_id": [f"a{i:02}" for i in range(60)], "name": [f"Firm {i}" for i in range(60)],
                         "industry": "SaaS", "size_band": "Q4", "status": "customer", "tenure_months": 50.0,
                         "churned": pd.array([False] * 60, "boolean"), "lapsed": pd.array([None] * 60, "boolean"),
                         "since": pd.Timestamp("2021-01-01")})


@pytest.fixture(scope="module")
def measures(customers):
    rng = np.random.default_rng(0)
    frame = customers[["account_id", "size_band", "tenure_months"]].assign(
        left=pd.array([False] * 60, "boolean"), **{name: rng.random(60) for name in MEASURES})
    return Measures(frame, MEASURES, "seats")


@pytest.fixture(scope="module")
def success(measures):
    opinions = pd.DataFrame({"account_id": ["a00", "a01"], "team": "cs", "verdict": ["best", "avoid"]})
    return choose_best(measures, opinions, Choice(top_share=0.2, weight_draws=60))


@pytest.fixture(scope="module")
def nothing(measures):
    return choose_best(Measures(measures.frame, (), ""), pd.DataFrame(), Choice())


def test_the_headline_says_how_many_on_what_and_how_firmly(success):
    text = view.tell_success(success)
    assert "of 60 customers are best, measured on 5 of 5" in text
    assert "80 % of other weightings" in text


def test_the_ranking_is_that_of_the_scores(success, customers):
    table = view.tabulate_best(success, customers, 5)
    assert table.frame["score"].is_monotonic_decreasing
    assert "highest quarter of revenue" in str(table)


def test_both_pictures_are_drawn(success, customers):
    for picture in (view.draw_give_get(success, customers, ABOUT), view.draw_robustness(success, customers, ABOUT)):
        assert isinstance(picture, Picture)
        assert "60" in picture.foot


def test_opinions_are_told_with_what_they_changed(success, nothing):
    assert "nominated 1 customers and advised against 1" in view.tell_opinions(success)
    assert "rests on the figures" in view.tell_opinions(nothing)


def test_what_is_missing_is_said_with_what_to_collect(nothing, measures, customers):
    assert "No customer can be called best" in view.tell_success(nothing)
    assert "needs the usage table" in str(view.tabulate_measures(Measures(measures.frame, ("revenue",), "")))
    shown = (view.tabulate_best(nothing, customers, 5), view.draw_give_get(nothing, customers, ABOUT),
             view.draw_robustness(nothing, customers, ABOUT))
    assert all(isinstance(each, Prose) for each in shown)


def test_cases_are_told_and_too_few_is_said(success, customers):
    outcomes = build_cases(customers, success.marks, pd.DataFrame(), as_of=AS_OF)
    assert "drafted on **best customers**" in view.tell_cases(outcomes)
    few = build_cases(customers[:12], success.marks[:12], pd.DataFrame(), as_of=AS_OF, wanted="retained")
    assert "too few" in view.tell_cases(few)
    assert "in the top share by score" in str(view.tabulate_reasons(outcomes))
