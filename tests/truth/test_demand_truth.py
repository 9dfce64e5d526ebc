"""Market, competitors and leads: what is planted in them is found, and nothing where nothing is.

Figures over more worlds stand in docs/method.md.
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.competition import compare_competitors
from icp_lab.methods.customers import classify_accounts
from icp_lab.methods.engagement import estimate_decay, list_touches
from icp_lab.methods.market import Own, size_market
from icp_lab.methods.value import value_customers
from icp_lab.rule import Rule
from icp_lab.worlds import make_company

PLANTED, NULL = range(5), range(100, 106)  # seed 0 is the demo
AS_OF = date(2026, 6, 30)


@pytest.fixture(scope="module")
def planted():
    return [make_company(seed=seed) for seed in PLANTED]


@pytest.fixture(scope="module")
def null():
    return [make_company(signal=False, seed=seed) for seed in NULL]


def _estimate(world):
    return estimate_decay(list_touches(world.tables["engagement"], world.tables["contacts"]), world.tables["leads"],
                          as_of=AS_OF)


def _value(world):
    tables = [world.tables[name] for name in ("accounts", "deals", "revenue", "churn")]
    base = classify_accounts(*tables, as_of=AS_OF)
    customers = value_customers(base.frame, world.tables["revenue"], world.tables["deals"], as_of=AS_OF).frame
    return world.tables["accounts"].set_index("account_id"), customers


def test_half_life_of_touches_is_found(planted):
    """In each world touches count, and the median of 5 estimates is within a factor of 1.5."""
    found = [_estimate(world) for world in planted]
    assert all(decay.estimated for decay in found)
    half_life = planted[0].truth["course"]["half_life"]
    assert half_life / 1.5 < np.median([decay.half_life for decay in found]) < half_life * 1.5


@pytest.mark.slow
def test_without_signal_touches_lose_nothing(null):
    """In 6 worlds at most 1 in which touches are held to count."""
    assert sum(_estimate(world).estimated for world in null) <= 1


def test_companies_that_fit_are_counted_from_cells_that_the_profile_cuts_through(planted):
    for world in planted[:3]:
        accounts, customers = _value(world)
        rule = Rule.from_dicts(world.truth["profile"]["criteria"][:2])
        told = size_market(world.tables["market"], Own(accounts, customers, world.tables["deals"]), rule)
        sam = told.sizes.set_index("size").loc["sam"]
        assert sam["low"] < world.truth["market"]["fitting"] < sam["high"]
        assert sam["companies"] == pytest.approx(world.truth["market"]["fitting"], rel=0.15)


def _compare(world):
    accounts, customers = _value(world)
    rule = Rule.from_dicts([{"attribute": "employees", "min": 100, "max": 500}])
    customers = customers.assign(inside=customers["account_id"].isin(
        (world.truth["profile"] or {"accounts": []})["accounts"]).map({True: "in", False: "out"}))
    tables = (world.tables["competitors"], world.tables["deals"])
    return compare_competitors(*tables, customers, accounts, rule, kind="inside")


def test_who_beats_us_where_is_found(planted):
    """Of 20 win rates outside the profile all but 3 are inside their interval; one competitor stands out inside."""
    missed, rates = 0, []
    for world in planted:
        segments = _compare(world).segments.set_index(["name", "kind"])
        for name, (_inside, outside) in world.truth["rivals"].items():
            row = segments.loc[(name, "out")]
            missed += not row["low"] <= outside <= row["high"]
        rates.append(segments["rate"].unstack()["in"])
    assert missed <= 3
    assert pd.DataFrame(rates).mean().idxmin() == "Forecast Labs"


@pytest.mark.slow
def test_without_signal_no_competitor_is_worse(null):
    """Of 24 rates at most 3 are away from what is usual."""
    away = 0
    for world in null:
        told = _compare(world)
        away += (~told.frame["low"].le(told.overall) | ~told.frame["high"].ge(told.overall)).sum()
    assert away <= 3
