"""Planted hazards and noise: years to come are covered whatever the shape of leaving, and noise tells nobody's stay."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.staying import compare_stays, estimate_lifetime

HORIZON, WATCHED, SEEDS = 5.0, 6.0, 40


def draw_lives(hazard, n, rng):
    lives = {"constant": lambda: rng.exponential(4.0, n), "seldom": lambda: rng.exponential(16.0, n),
             "falling": lambda: 4 * rng.weibull(0.6, n), "yearly": lambda: rng.geometric(0.25, n).astype(float)}
    return lives[hazard]()


def make_stays(hazard, n, seed):
    """Customers that began evenly over six years; yearly contracts are left at the end of a year and not before."""
    rng = np.random.default_rng(seed)
    age, life = rng.uniform(0, WATCHED, n), draw_lives(hazard, n, rng)
    left = life < age
    bound = np.where(left, 0.0, np.ceil(age) - age) if hazard == "yearly" else np.zeros(n)
    return pd.DataFrame({"account_id": [f"a{i:04}" for i in range(n)], "years": np.minimum(age, life), "left": left,
                         "committed": bound})


def make_attributes(n, seed):
    rng = np.random.default_rng(seed + 10_000)
    columns = {f"number_{i}": rng.lognormal(3, 1, n) for i in range(10)}
    columns |= {f"kind_{i}": rng.choice(list("abcdef"), n, p=[0.35, 0.25, 0.2, 0.1, 0.06, 0.04]) for i in range(8)}
    columns |= {f"flag_{i}": pd.array(rng.random(n) < 0.1 * (i + 1), "boolean") for i in range(5)}
    tools = pd.Series([tuple(tool for tool in "pqrstuvwxyz" if rng.random() < 0.3) for _firm in range(n)])
    ids = pd.Index([f"a{i:04}" for i in range(n)])
    return pd.DataFrame(columns | {"tools": tools}).set_index(ids)


@pytest.mark.parametrize("hazard", ["constant", "seldom", "falling", "yearly"])
def test_the_years_to_come_are_covered(hazard):
    rng = np.random.default_rng(99)
    age, life = rng.uniform(0, WATCHED, 400_000), draw_lives(hazard, 400_000, rng)
    truth = np.minimum(life - age, HORIZON)[life >= age].mean()
    lives = [estimate_lifetime(make_stays(hazard, 150, seed), HORIZON, resamples=100, seed=seed)
             for seed in range(SEEDS)]
    assert np.mean([life.years_low <= truth <= life.years_high for life in lives]) >= 0.825  # of 0.9, in 40 tables
    assert np.mean([life.years for life in lives]) == pytest.approx(truth, rel=0.06)


@pytest.mark.slow
@pytest.mark.parametrize(("hazard", "n"), [("constant", 100), ("falling", 150), ("yearly", 400)])
def test_noise_tells_nobodys_stay(hazard, n):
    called = [compare_stays(make_stays(hazard, n, seed), make_attributes(n, seed)).frame["distinct"].any()
              for seed in range(SEEDS)]
    assert sum(called) <= 6  # of 5 %, in 40 tables: more has a chance of one in a hundred


def test_an_attribute_that_tells_who_stays_is_found():
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        attributes = make_attributes(300, seed)
        life = rng.exponential(np.where(attributes["kind_0"] == "a", 8.0, 2.5))
        age = rng.uniform(0, WATCHED, 300)
        stays = pd.DataFrame({"account_id": attributes.index, "years": np.minimum(age, life), "left": life < age})
        frame = compare_stays(stays, attributes).frame
        held = frame[frame["distinct"]]
        found.append((held["attribute"].iloc[0], held["value"].iloc[0]) == ("kind_0", "a") if len(held) else False)
    assert sum(found) >= 18
