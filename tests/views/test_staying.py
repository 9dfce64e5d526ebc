from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.methods.customers import classify_accounts
from icp_lab.methods.staying import compare_stays
from icp_lab.methods.value import value_customers
from icp_lab.views import staying as view
from icp_lab.views.picture import About, Picture
from icp_lab.views.staying import draw_staying, tabulate_staying
from icp_lab.views.words import Prose

ABOUT = About(date(2025, 12, 31), "EUR", "Test")


def compare_companies(attributes, telling=True):
    """200 customers; of those with 100 employees or more few leave, of the others most, if the size is telling."""
    rng = np.random.default_rng(1)
    age, life = rng.uniform(0, 6, 200), rng.exponential(np.where(np.arange(200) >= 100, 20 if telling else 3, 3))
    ids = [f"a{i:03}" for i in range(200)]
    stays = pd.DataFrame({"account_id": ids, "years": np.minimum(age, life), "left": life < age})
    return compare_stays(stays, attributes.set_index(pd.Index(ids)))


@pytest.fixture(scope="module")
def companies():
    tools = pd.Series([("AWS", "<b>") if i >= 100 else ("<b>",) if i % 2 else () for i in range(200)])
    return pd.DataFrame({"employees": np.arange(200.0), "tools": tools, "exports": pd.array([True, False] * 100)})


def test_the_title_says_who_stays_longest_with_its_interval_and_the_picture_draws_each_level(companies):
    picture = draw_staying(compare_companies(companies[["employees"]]), ABOUT)
    assert picture.title.startswith("Employees ") and "are still here after 24 months. Employees " in picture.title
    assert picture.title.count(" to ") >= 2
    assert "200 customers, of whom" in picture.foot
    assert picture.alt.count("employees") == 4
    assert picture.wide.count("(50)") == 4


def test_members_of_a_list_stand_beside_those_without(companies):
    staying = compare_companies(companies)
    text = str(tabulate_staying(staying))
    assert "tools includes AWS: no" in text and "exports: yes" in text
    assert text.index("AWS") < text.index("exports")
    assert "Shown: 3 of" in str(tabulate_staying(staying, most=3))
    with in_language("ja"):
        assert "か月後の継続率は" in draw_staying(staying, ABOUT).title


def test_where_nothing_tells_the_title_says_so(companies):
    picture = draw_staying(compare_companies(companies, telling=False), ABOUT)
    assert isinstance(picture, Picture)
    assert picture.title == "Who stays is left unexplained: none of 4 attributes differs by more than chance"


def test_with_nothing_to_compare_that_is_said(companies):
    staying = compare_companies(companies[[]])
    assert isinstance(draw_staying(staying, ABOUT), Prose) and isinstance(tabulate_staying(staying), Prose)


def test_contradictions_are_named_with_their_number():
    accounts = pd.DataFrame({"account_id": [f"a{i:02}" for i in range(40)],
                             "churned": pd.array([True, False] * 20, "boolean")})
    revenue = pd.DataFrame({"account_id": np.repeat(accounts["account_id"], 5), "amount": 1.0,
                            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(200), "D")})
    churn = pd.DataFrame({"account_id": ["a00", "a01"], "date": pd.to_datetime(["2025-06-01", "2025-07-01"])})
    base = classify_accounts(accounts, pd.DataFrame(), revenue, churn, as_of=date(2025, 12, 31))
    assert "contradict each other" in view.tell_contradictions(base)
    assert "differ on 38 customers" in view.tell_contradictions(base)
    assert [len(table.frame) for table in view.tabulate_leaving(base)] == [3, 3]


def test_where_nobody_is_known_to_have_left_that_is_said():
    deals = pd.DataFrame({"account_id": ["a", "b"], "stage": ["won", "lost"]})
    nothing, as_of = pd.DataFrame(), date(2025, 12, 31)
    base = classify_accounts(pd.DataFrame({"account_id": ["a", "b"]}), deals, nothing, nothing, as_of=as_of)
    worth = value_customers(base.frame, nothing, deals, as_of=as_of)
    assert isinstance(view.tabulate_survival(worth), Prose) and isinstance(view.tabulate_lapses(base), Prose)
    assert view.tabulate_leaving(base) == ()
    assert "Nothing in the tables" in view.tell_contradictions(base)
    assert "no lifetime" in view.tell_lifetime(worth)
