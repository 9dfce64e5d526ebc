"""Competitors: whom they go after, and how often we win against each; trends and what they bear on."""

from datetime import date

import numpy as np
import pandas as pd

from icp_lab.methods.competition import compare_competitors, read_trends, shrink_rates
from icp_lab.methods.customers import fill_table
from icp_lab.rule import Rule

RULE = Rule.from_dicts([{"attribute": "industry", "in": ["SaaS"]}])
ACCOUNTS = pd.DataFrame({"industry": ["SaaS"] * 4 + ["Retail"], "employees": [10.0, 60.0, 80.0, None, 70.0]},
                        index=pd.Index(list("abcde"), name="account_id"))
CUSTOMERS = pd.DataFrame({"account_id": list("abcde"), "industry": ACCOUNTS["industry"].to_numpy()})
RIVALS = pd.DataFrame({"name": ["Zeta", "Acme"], "target_industry": [None, ("saas", "Retail")],
                       "target_employees_min": [np.nan, 50.0]})


def _deals(*rows):
    return fill_table(pd.DataFrame(rows, columns=["account_id", "stage", "competitor"]), "deals")


def test_overlap_counts_our_accounts_inside_both_and_leaves_out_the_unknown():
    found = compare_competitors(RIVALS, _deals(), CUSTOMERS, ACCOUNTS, RULE).frame
    assert list(found["name"]) == ["Acme", "Zeta"]
    assert found.loc[0, ["hits", "n"]].tolist() == [2, 3]
    assert list(found["targets"]) == [True, False]
    assert np.isnan(found.loc[1, "overlap"])


def test_rates_count_closed_deals_and_take_in_names_that_no_table_has():
    deals = _deals(("a", "won", "acme "), ("b", "lost", "Acme"), ("c", "open", "Acme"), ("d", "won", "Other"),
                   ("e", "lost", None))
    found = compare_competitors(RIVALS, deals, CUSTOMERS, ACCOUNTS, RULE)
    rows = found.frame.set_index("name")
    assert rows.loc["Acme", ["won", "deals"]].tolist() == [1, 2]
    assert rows.loc["Other", ["won", "deals", "targets"]].tolist() == [1, 1, False]
    assert (found.overall, found.named) == (0.5, {"named_won": 2, "won": 2, "named_lost": 1, "lost": 2})
    assert list(found.segments["name"]) == ["Acme", "Other"]


def test_competitors_that_are_noted_in_lost_deals_alone_have_no_rate():
    deals = _deals(("a", "won", None), ("b", "lost", "Acme"), ("c", "lost", "Acme"))
    found = compare_competitors(RIVALS, deals, CUSTOMERS, ACCOUNTS, RULE)
    assert found.frame["rate"].isna().all()
    assert found.segments.empty


def test_few_deals_are_drawn_to_the_others():
    rates = shrink_rates(np.array([0.0, 40.0, 41.0, 39.0, 40.0]), np.array([2.0, 80.0, 80.0, 80.0, 80.0]))
    assert 0.3 < rates[0, 0] < 0.5
    assert (rates[:, 1] < rates[:, 0]).all()
    assert (rates[:, 0] < rates[:, 2]).all()


def test_intervals_of_shrunken_rates_hold_the_truth():
    rng, held = np.random.default_rng(1), []
    for spread in (4, 30, 1000):
        for _study in range(40):
            truth = rng.beta(0.45 * spread, 0.55 * spread, 6)
            n = rng.integers(2, 60, 6)
            rates = shrink_rates(rng.binomial(n, truth).astype(float), n.astype(float))
            held.append(((rates[:, 1] <= truth) & (truth <= rates[:, 2])).mean())
    assert 0.92 <= np.mean(held) <= 0.985


def test_trends_name_the_criteria_that_they_bear_on_and_their_age():
    trends = pd.DataFrame({
        "date": pd.to_datetime(["2025-12-31", "2023-12-31"]),
        "statement": ["saas vendors buy more", "Firms of many employees wait"], "effect": [None, "Nothing for SaaSy"]})
    found = read_trends(trends, ACCOUNTS, RULE, as_of=date(2026, 6, 30))
    assert list(found["criteria"]) == ["industry", ""]
    assert list(found["others"]) == ["", "employees"]
    assert list(found["old"]) == [False, True]


def test_a_competitor_that_stands_twice_keeps_both_targets_and_has_its_rates_once():
    twice = pd.DataFrame({"name": ["Acme", "ACME"], "target_industry": [("SaaS",), ("Retail",)]})
    deals = _deals(("a", "won", "acme"), ("b", "lost", "Acme"), ("e", "won", None))
    found = compare_competitors(twice, deals, CUSTOMERS, ACCOUNTS, Rule())
    assert found.frame[["name", "hits"]].values.tolist() == [["ACME", 1.0], ["Acme", 4.0]]
    assert found.frame["deals"].fillna(0).tolist() == [2, 0]
    assert found.segments["name"].tolist() == ["ACME"]
