
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.customers import classify_accounts
from icp_lab.methods.kinds import compare_kinds, measure_concentration
from icp_lab.methods.outcomes import build_cases
from icp_lab.methods.success import MEASURES, Choice, Measures, choose_best
from icp_lab.methods.value import value_customers
from icp_lab.views import customers as view
from icp_lab.views.picture import About, Picture
from icp_lab.views.words import Prose

AS_OF = date(2025, 12, 31)
ABOUT = About(AS_OF, "EUR", "Test")
NONE = pd.DataFrame()


def analyse(accounts, *, deals=NONE, revenue=NONE, churn=NONE):
    base = classify_accounts(accounts, deals, revenue, churn, as_of=AS_OF)
    worth = value_customers(base.frame, revenue, deals, as_of=AS_OF)
    return base, worth, compare_kinds(worth, resamples=50), measure_concentration(worth.frame["revenue"], resamples=50)


@pytest.fixture(scope="module")
def ledger():
    rng = np.random.default_rng(0)
    accounts = pd.DataFrame({"account_id": [f"a{i:02}" for i in range(40)], "name": "<script>", "employees": 20.0,
                             "industry": ["SaaS", "Retail"] * 20, "churned": pd.array([True, False] * 20, "boolean")})
    revenue = pd.DataFrame({"account_id": np.repeat(accounts["account_id"], 5), "amount": rng.lognormal(8, 1, 200),
                            "cost": 1.0, "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(200), "D")})
    churn = pd.DataFrame({"account_id": ["a00", "a01"], "date": pd.to_datetime(["2025-06-01", "2025-07-01"])})
    return analyse(accounts, revenue=revenue, churn=churn)


@pytest.fixture(scope="module")
def bare():
    accounts = pd.DataFrame({"account_id": ["a", "b"]})
    return analyse(accounts, deals=pd.DataFrame({"account_id": ["a", "b"], "stage": ["won", "lost"]}))


def test_dates_that_are_missing_or_contradict_each_other_are_counted(ledger):
    base, worth = ledger[:2]
    assert view.tell_oddities(base, worth) == []
    said = view.tell_oddities(replace(base, frame=base.frame.assign(since=pd.Timestamp("2025-06-15"))),
                              replace(worth, undated=3, backwards=1))
    assert [one.split(":")[0] for one in said] == [
        "Amounts without a date", "Amounts whose period ends before it begins",
        "Customers that left, by their dates, before they became one"]
    assert "**3**" in said[0] and "**1**" in said[2]


def test_the_headline_says_how_many_what_worth_and_how_sure(ledger):
    text = view.tell_base(*ledger[:2], ledger[3], ledger[2], ABOUT)
    assert text.startswith("**40 customers**.")
    assert "margin" not in text  # what value is made of stands in the notes of the tables
    assert "EUR" in text
    assert " to " in text


def test_contradictions_are_named_with_their_number(ledger):
    base = ledger[0]
    assert "contradict each other" in view.tell_contradictions(base)
    assert "differ on 38 customers" in view.tell_contradictions(base)
    assert [len(table.frame) for table in view.tabulate_leaving(base)] == [3, 3]


def test_pictures_are_drawn_and_tables_written(ledger):
    base, worth, kinds, money = ledger
    picture = view.draw_kinds(kinds, "industry", worth, ABOUT)
    assert isinstance(picture, Picture)
    assert "SaaS (20)" in picture.alt
    assert isinstance(view.draw_concentration(money, ABOUT), Picture)
    assert "10-49" in str(view.tabulate_kinds(kinds, "size_band", worth, ABOUT))
    assert len(view.tabulate_ranking(worth, 5, ABOUT).frame) == 5
    assert "customers" in str(view.tabulate_status(base))


def test_what_cannot_be_shown_is_said(bare):
    base, worth, kinds, money = bare
    told = view.tell_base(base, worth, money, kinds, ABOUT)
    assert told.startswith("**One customer**.") and "worth cannot be told" in told
    shown = (view.draw_kinds(kinds, "industry", worth, ABOUT), view.draw_concentration(money, ABOUT),
             view.tabulate_ranking(worth, 5, ABOUT), view.tabulate_survival(worth), view.tabulate_lapses(base))
    assert all(isinstance(each, Prose) for each in shown)
    assert view.tabulate_leaving(base) == ()
    assert "Nothing in the tables" in view.tell_contradictions(base)
    assert "no lifetime" in view.tell_lifetime(worth)


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
