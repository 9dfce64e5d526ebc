"""Does looking at a pilot every week cost no false wins, and does a pilot of the planned size show its effect?"""

from functools import cache

import numpy as np
import pytest

from icp_lab.methods.experiment import compare_arms, size_pilot

WEEKS = 12


@cache
def call(hits, n, others, m):
    """Which side does a look declare the better one: 1, -1, or neither?"""
    if not 0 < hits + others < n + m:
        return 0
    found = compare_arms(hits, n, others, m)
    return int(found["low"] > 0) - int(found["high"] < 0)


def watch(base, times, sizes, rng, followed):
    """Give counts week by week, of units drawn at once and followed, or of units that come in week by week."""
    counts = []
    for n, share in zip(sizes, (base * times, base), strict=True):
        came = np.zeros(n, dtype=int) if followed else np.arange(n) * WEEKS // n
        told = rng.integers(0, WEEKS, n) if followed else came
        hits = np.bincount(told[rng.random(n) < share], minlength=WEEKS)
        counts += [hits.cumsum().tolist(), np.bincount(came, minlength=WEEKS).cumsum().tolist()]
    return zip(*counts, strict=True)


def count_calls(base, times, n, share, *, sims, followed, seed=0):
    """In which share of pilots does a look of twelve call the pilot better, and worse?"""
    rng, sizes = np.random.default_rng(seed), (round(n * share), n - round(n * share))
    pilots = (watch(base, times, sizes, rng, followed) for _sim in range(sims))
    calls = [next(filter(None, (call(*each) for each in looks)), 0) for looks in pilots]
    return calls.count(1) / sims, calls.count(-1) / sims


@pytest.mark.slow
@pytest.mark.parametrize("followed", [True, False])
@pytest.mark.parametrize(("base", "n", "share"), [(0.02, 300, 0.5), (0.1, 400, 0.1), (0.2, 400, 0.45), (0.5, 40, 0.5)])
def test_looking_every_week_costs_no_false_wins(base, n, share, followed):
    assert sum(count_calls(base, 1, n, share, sims=300, followed=followed)) <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("followed", [True, False])
@pytest.mark.parametrize(("base", "times", "share"), [(0.05, 2, 0.45), (0.2, 1.5, 0.5), (0.1, 3, 0.45)])
def test_a_pilot_of_the_planned_size_shows_its_effect(base, times, share, followed):
    _once, anytime = size_pilot(base, times, share=share)
    better, worse = count_calls(base, times, anytime, share, sims=300, followed=followed)
    assert better >= 0.76  # 80 % but for what 300 simulations leave open
    assert worse <= 0.01
