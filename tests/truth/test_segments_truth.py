"""Over many worlds: planted kinds are published as they are, kinds that are not there are not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from icp_lab.methods.segments import find_segments
from icp_lab.worlds import make_company

LEFT_OUT = ["account_id", "name", "domain", "owner", "customer_since", "plan"]


def _find(seed, signal):
    world = make_company(600, signal, seed)
    table = world.tables["accounts"].set_index("account_id", drop=False)
    customers = table[table["customer_since"].notna()].drop(columns=LEFT_OUT)
    return find_segments(customers, seed=seed), world.truth["segments"]


def _cloud(seed):
    """One cloud: ten numbers that hang together, six categories that do not; no kinds."""
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(420, 3)) @ rng.normal(size=(3, 10)) + rng.normal(size=(420, 10))
    table = pd.DataFrame(numbers, columns=[f"number {i}" for i in range(10)], index=[f"A{i:03d}" for i in range(420)])
    for i in range(6):
        table[f"category {i}"] = pd.array(rng.choice(list("abcde"), 420, p=rng.dirichlet(np.ones(5))), dtype="str")
    return table


def _check_planted(seeds):
    good = 0
    for seed in seeds:
        found, truth = _find(seed, signal=True)
        kinds = pd.Series(truth).reindex(found.frame["account_id"])
        good += found.published and adjusted_rand_score(kinds, found.frame["segment"]) >= 0.8
    return good


def test_planted_kinds_are_published():
    assert _check_planted(range(2)) == 2


def test_null_worlds_are_refused():
    assert sum(_find(seed, signal=False)[0].published for seed in range(2)) == 0


@pytest.mark.slow
def test_planted_kinds_are_published_in_most_worlds():
    assert _check_planted(range(100, 120)) >= 18


@pytest.mark.slow
def test_null_worlds_are_refused_in_most_worlds():
    assert sum(_find(seed, signal=False)[0].published for seed in range(100, 120)) <= 2


@pytest.mark.slow
def test_a_single_cloud_is_refused_in_most_worlds():
    assert sum(find_segments(_cloud(seed), seed=seed).published for seed in range(100, 120)) <= 2
