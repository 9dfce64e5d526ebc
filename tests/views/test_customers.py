
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.customers import classify_accounts
from icp_lab.methods.kinds import compare_kinds, measure_concentration
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
             view.tabulate_ranking(worth, 5, ABOUT))
    assert all(isinstance(each, Prose) for each in shown)
