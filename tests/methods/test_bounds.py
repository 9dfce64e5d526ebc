"""Bounds go where the data put them, and from there to the roundest number that the data cannot tell from it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_lab.methods.bounds import find_roundest, settle_bounds
from icp_lab.rule import Criterion, Rule


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e5), st.floats(0, 1))
def test_the_roundest_number_lies_in_its_range(low, width, share):
    high = low + width
    found = find_roundest(low, high, low + share * width)
    assert low < found <= high


@pytest.mark.parametrize(("low", "high", "said"), [(97.3, 104.0, 100.0), (480, 505, 500), (0.31, 0.34, 0.32)])
def test_people_say_round_numbers(low, high, said):
    assert find_roundest(low, high, (low + high) / 2) == said


def test_many_cases_leave_no_room_for_rounding():
    rng = np.random.default_rng(0)
    firms = pd.DataFrame({"x": rng.uniform(0, 1000, 50_000)})
    hits = (rng.random(50_000) < np.where(firms["x"] >= 347, 0.7, 0.1)).astype(np.int64)
    rule = settle_bounds(Rule((Criterion.between("x", 330.0, None),)), firms, np.ones(50_000, dtype=np.int64), hits)
    assert rule.criteria[0].min == pytest.approx(347, abs=2)


def test_bounds_hold_each_other_and_the_other_criteria():
    rng = np.random.default_rng(1)
    firms = pd.DataFrame({"x": rng.uniform(0, 1000, 4000), "f": rng.random(4000) < 0.5})
    inside = firms["x"].between(200, 600, inclusive="left") & firms["f"]
    hits = (rng.random(4000) < np.where(inside, 0.8, 0.05)).astype(np.int64)
    rule = Rule((Criterion.flag("f"), Criterion.between("x", 230.0, 570.0)))
    settled = settle_bounds(rule, firms, np.ones(4000, dtype=np.int64), hits).criteria[1]
    assert (settled.min, settled.max) == (pytest.approx(200, abs=3), pytest.approx(600, abs=3))


def test_units_without_cases_have_no_say():
    firms = pd.DataFrame({"x": np.arange(200.0)})
    hits = np.where(np.arange(200) >= 100, 1, 0)
    cases = np.ones(200, dtype=np.int64)
    cases[100:150] = hits[100:150] = 0
    rule = settle_bounds(Rule((Criterion.between("x", 140.0, None),)), firms, cases, hits)
    assert 99 < rule.criteria[0].min <= 150
