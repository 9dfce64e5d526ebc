"""Over many tables: planted kinds are published as they are, kinds that are not there are not."""

import numpy as np
import pandas as pd
import pytest
from planted_kinds import GENERATORS, NULLS, make_cloud, make_kinds
from sklearn.metrics import adjusted_rand_score

from icp_lab.methods.segments import find_segments
from icp_lab.worlds import make_company

LEFT_OUT = ["account_id", "name", "domain", "owner", "customer_since", "plan"]


def _find(seed, signal):
    world = make_company(600, signal, seed)
    table = world.tables["accounts"].set_index("account_id", drop=False)
    customers = table[table["customer_since"].notna()].drop(columns=LEFT_OUT)
    return find_segments(customers, seed=seed), world.truth["segments"]


def _check_companies(seeds):
    good = 0
    for seed in seeds:
        found, truth = _find(seed, signal=True)
        kinds = pd.Series(truth).reindex(found.frame["account_id"])
        good += found.published and adjusted_rand_score(kinds, found.frame["segment"]) >= 0.8
    return good


def _agree(apart, seeds, n=1000):
    """Give the mean agreement with the planted kinds; a table without published segments counts as none."""
    scores = []
    for generator in GENERATORS:
        for seed in seeds:
            planted = make_kinds(n, apart, seed, generator)
            found = find_segments(planted.table, resamples=10, nulls=8, seed=seed)
            of_kinds = planted.kinds >= 0
            score = adjusted_rand_score(planted.kinds[of_kinds], found.frame.loc[of_kinds, "segment"])
            scores.append(score if found.published else 0.0)
    return np.mean(scores)


def _count_published(n, seeds):
    tables = [(seed, make_cloud(n, variant, seed)) for variant in NULLS for seed in seeds]
    return sum(find_segments(table, seed=seed).published for seed, table in tables)


def test_kinds_are_published_and_null_companies_refused():
    assert _check_companies(range(2)) == 2
    assert sum(_find(seed, signal=False)[0].published for seed in range(2)) == 0


def test_tables_without_kinds_are_refused():
    assert _count_published(200, range(1)) == 0


@pytest.mark.slow
def test_planted_kinds_are_published_in_most_companies():
    assert _check_companies(range(100, 120)) >= 18


@pytest.mark.slow
def test_null_companies_are_refused_in_most():
    assert sum(_find(seed, signal=False)[0].published for seed in range(100, 120)) <= 2


@pytest.mark.slow
@pytest.mark.parametrize(("apart", "bar"), [("well", 0.9), ("moderate", 0.7)])
def test_planted_kinds_are_found_as_they_are(apart, bar):
    assert _agree(apart, range(3)) >= bar


@pytest.mark.slow
@pytest.mark.parametrize(("n", "seeds"), [(200, 10), (400, 5)])
def test_tables_without_kinds_are_refused_in_most(n, seeds):
    assert _count_published(n, range(100, 100 + seeds)) <= 0.05 * seeds * len(NULLS)
