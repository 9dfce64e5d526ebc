"""Market of the synthetic company: sizes follow the stated law, competitors win where they are said to."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.worlds import make_company


@pytest.fixture(scope="module")
def world():
    return make_company()


def test_cells_are_told_apart_and_hold_more_companies_than_customers(world):
    market, accounts = world.tables["market"], world.tables["accounts"]
    assert not market.duplicated(["industry", "region", "employees_min"]).any()
    assert set(accounts["industry"].dropna()) == set(market["industry"])
    assert set(accounts["region"].dropna()) == set(market["region"])
    assert market["companies"].sum() == world.truth["market"]["companies"]
    ours = accounts[accounts["customer_since"].notna()]
    band = ours["employees"].map(lambda size: market["employees_min"].where(market["employees_min"] <= size).max())
    cells = ours.assign(employees_min=band).groupby(["industry", "region", "employees_min"]).size()
    there = market.set_index(["industry", "region", "employees_min"])["companies"]
    assert (cells / there).dropna().between(0, 1).all()
    assert len(cells.index.difference(there.index)) == 0


def test_sizes_follow_the_stated_law(world):
    """A Pareto law within the bands gives back how many fit."""
    market, told = world.tables["market"], world.truth["market"]
    own = market[market["industry"].isin(world.truth["profile"]["criteria"][0]["in"])]
    low, high = own["employees_min"].clip(lower=5), own["employees_max"].fillna(np.inf)
    above = {name: edge.astype(float) ** -told["exponent"] for name, edge in (("low", low), ("high", high))}
    inside = low.clip(100, 500) ** -told["exponent"] - high.clip(100, 500) ** -told["exponent"]
    assert (own["companies"] * inside / (above["low"] - above["high"])).sum() == pytest.approx(told["fitting"], rel=0.1)


def test_we_are_least_where_it_is_said(world):
    accounts, market = world.tables["accounts"], world.tables["market"]
    customers = accounts.loc[accounts["customer_since"].notna(), "region"].value_counts()
    assert (customers / market.groupby("region")["companies"].sum()).idxmin() == world.truth["market"]["white"]


def _count_wins(worlds):
    """Give won among all closed deals against each competitor, inside the profile and outside."""
    parts = []
    for world in worlds:
        deals = world.tables["deals"]
        inside = deals["account_id"].isin((world.truth["profile"] or {"accounts": []})["accounts"])
        parts.append(deals.assign(inside=inside, won=deals["stage"] == "won")[deals["stage"] != "open"])
    return pd.concat(parts).groupby(["competitor", "inside"], dropna=False)["won"].mean().unstack()


def test_wins_against_competitors_are_as_planted():
    worlds = [make_company(seed=seed) for seed in range(7)]
    rates = _count_wins(worlds)
    for name in worlds[0].truth["rivals"]:
        inside, outside = np.mean([world.truth["rivals"][name] for world in worlds], axis=0)
        assert rates.loc[name, True] == pytest.approx(inside, abs=0.12)
        assert rates.loc[name, False] == pytest.approx(outside, abs=0.06)
    assert rates.loc["Forecast Labs", True] < rates[True].drop("Forecast Labs").min() - 0.1


def test_without_signal_no_competitor_is_better():
    worlds = [make_company(signal=False, seed=seed) for seed in range(7)]
    rates = _count_wins(worlds)[False]
    assert rates.max() - rates.min() < 0.1
    assert worlds[0].truth["rivals"] == {}
    assert worlds[0].truth["market"]["fitting"] is None


def test_costs_are_monthly_and_trends_of_each_kind(world):
    costs = world.tables["costs"]
    assert costs.groupby("period").size().eq(4).all()
    assert costs["period"].nunique() == 24
    assert costs["period"].max() == world.truth["as_of"][:7]
    assert set(world.tables["trends"]["kind"]) == {"report", "technology", "regulation", "demand"}
