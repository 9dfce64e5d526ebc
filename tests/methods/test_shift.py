"""Shifts of new customers against those before: what changes, what stays, and the few of whom nothing can be said."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.customers import SIZE_BANDS
from icp_lab.methods.shift import find_shifts

EDGES = (1, 10, 50, 100, 250, 500, 1000, 5000)


def make_quarter(seed, before, new, *, moved=0.0):
    """Make customers of before and of now, of which a share is one size band larger than it would have been."""
    rng, n = np.random.default_rng(seed), before + new
    late = np.arange(n) >= before
    band = rng.choice(7, n, p=(0.15, 0.3, 0.2, 0.15, 0.1, 0.07, 0.03))
    band = np.where(late & (rng.random(n) < moved), np.minimum(band + 1, 6), band)
    people = np.array([rng.integers(EDGES[at], EDGES[at + 1]) for at in band]).astype(float)
    frame = pd.DataFrame(
        {"industry": rng.choice(list("ABCDEFGH"), n, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05]),
         "employees": people, "annual_revenue": people * np.exp(rng.normal(0, 0.7, n)) * 1e5,
         "country": rng.choice(["DE", "FR", "JP", "UK", "US"], n), "channel": rng.choice(["web", "event", "call"], n),
         "founded_year": np.clip(np.round(rng.normal(1998, 12, n)), 1900, 2015),
         "exports": pd.array(rng.random(n) < 0.4, dtype="boolean"), "growth": rng.normal(0.1, 0.2, n),
         "tech_stack": [tuple(t for t in ("BI", "CRM", "ERP") if rng.random() < 0.4) for _ in range(n)]},
        index=[f"{i:05}" for i in range(n)])
    for name in ("industry", "employees", "growth"):
        frame.loc[rng.random(n) < 0.12, name] = None
    size = pd.Series([SIZE_BANDS[at] for at in band], frame.index).where(frame["employees"].notna())
    customers = pd.DataFrame({"account_id": frame.index, "status": "customer", "size_band": size.to_numpy(),
                              "since": pd.to_datetime(np.where(late, "2026-05-01", "2025-01-01"))})
    return frame, customers


def _find(seed, before, new, moved=0.0, shuffles=299):
    attributes, customers = make_quarter(seed, before, new, moved=moved)
    return find_shifts(attributes, customers, as_of=date(2026, 6, 30), shuffles=shuffles, seed=seed)


@pytest.mark.slow
def test_where_nothing_has_changed_alarms_are_rare():
    """40 quarters, at most 4 alarms: a rate of 4 % gives more in 2 % of runs; the big run is in docs/method.md."""
    alarms = sum(_find(seed, 60 + seed, 20 + seed, shuffles=199).frame["shifted"].any() for seed in range(40))
    assert alarms <= 4


def test_a_shift_up_by_one_size_band_is_found_and_named():
    found = [_find(seed, 200, 100, moved=1.0).frame.set_index("attribute") for seed in range(5)]
    named = [frame.loc["size_band", ["kind", "shifted"]].tolist() == ["up", True] for frame in found]
    assert sum(named) >= 4
    assert (found[0].loc["size_band", ["gap", "low"]] > 0).all()


def test_a_new_level_is_named_and_rows_may_stand_in_any_order():
    attributes, customers = make_quarter(1, 200, 100)
    attributes.loc[attributes.index[200:225], "industry"] = "Space"
    found = find_shifts(attributes, customers, as_of=date(2026, 6, 30), shuffles=199)
    first = found.frame.iloc[0]
    assert (first["level"], first["kind"], first["shifted"], first["before"]) == ("Space", "new", True, 0.0)
    assert (found.n_before, found.n_now) == (200, 100)
    again = find_shifts(attributes[::-1], customers.sample(frac=1, random_state=0), as_of=date(2026, 6, 30),
                        shuffles=199)
    pd.testing.assert_frame_equal(found.frame, again.frame)


def test_of_a_few_new_customers_earlier_quarters_are_counted_and_of_fewer_nothing_is_said():
    attributes, customers = make_quarter(2, 100, 50)
    customers.loc[100:, "since"] = pd.Timestamp("2025-11-01")
    found = find_shifts(attributes, customers, as_of=date(2026, 6, 30), shuffles=49)
    assert (found.line, found.n_now) == (date(2025, 10, 1), 50)
    assert 0.1 < found.visible < 0.6
    late = find_shifts(attributes, customers, as_of=date(2026, 10, 10), since="2026-06-30", shuffles=49)
    assert (late.line, late.n_now) == (date(2025, 10, 11), 50)  # quarters before, and not beyond a year
    none = find_shifts(attributes, customers.head(110), as_of=date(2026, 6, 30), shuffles=49)
    assert (none.frame.empty, none.n_now) == (True, 10)
    undated = find_shifts(attributes, customers.assign(since=pd.NaT), as_of=date(2026, 6, 30))
    assert (undated.undated, undated.n_now) == (150, 0)


def test_the_last_version_draws_the_line_and_years_are_ages():
    attributes, customers = make_quarter(3, 150, 60)
    found = find_shifts(attributes, customers, as_of=date(2026, 6, 30), since="2026-04-15", shuffles=49)
    assert found.line == date(2026, 4, 15)
    assert "age_at_start" in set(found.frame["attribute"])
    assert "founded_year" not in set(found.frame["attribute"])
