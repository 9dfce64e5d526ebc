"""Segments are published when they are there, refused when they are not, and never depend on the order of rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_kinds import GENERATORS, NULLS, make_cloud, make_kinds
from sklearn.metrics import adjusted_rand_score

from icp_lab.errors import LabError
from icp_lab.methods import segments as module
from icp_lab.methods.segments import (
    Shape,
    cluster_points,
    draw_null,
    embed_points,
    find_segments,
    order_labels,
    resample_clusters,
    select_customers,
)
from icp_lab.worlds import make_company

OWN = ["digital_maturity", "decision_making", "exports", "it_budget_share", "growth"]
ATTRIBUTES = ["industry", "employees", "tech_stack", "founded_year", "sold_via", "region", *OWN]


def _customers(accounts, seed=0, signal=True):
    world = make_company(accounts, signal, seed)
    table = world.tables["accounts"].set_index("account_id")
    return table.loc[table["customer_since"].notna(), ATTRIBUTES], world.truth["segments"]


@pytest.fixture(scope="module")
def found():
    return find_segments(_customers(400)[0], nulls=8, resamples=8)


def test_planted_kinds_are_published(found):
    assert (found.published, found.reason) == (True, "published")
    assert found.stability > found.bar >= found.noise
    assert len(found.sizes) >= 4
    assert found.sizes.is_monotonic_decreasing


def test_row_order_does_not_matter(found):
    shuffled = _customers(400)[0].sample(frac=1, random_state=3)
    again = find_segments(shuffled, nulls=8, resamples=8)
    pd.testing.assert_frame_equal(found.frame, again.frame)
    assert (found.stability, found.noises) == (again.stability, again.noises)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000), n=st.integers(60, 140), kind=st.sampled_from([*GENERATORS, *NULLS]),
    twins=st.booleans(),
)  # fmt: skip
def test_no_order_of_rows_changes_a_label(seed, n, kind, twins):
    table = make_cloud(n, kind, seed) if kind in NULLS else make_kinds(n, "well", seed, kind).table
    if twins:  # rows that are the same deal out ties
        table = pd.concat([table.iloc[:-20], table.iloc[:20].set_axis(table.index[-20:])])
    first, other = (find_segments(t, nulls=2, resamples=3) for t in (table, table.sample(frac=1, random_state=seed)))
    pd.testing.assert_frame_equal(first.frame, other.frame)
    assert (first.stability, first.overlap, first.noises) == (other.stability, other.overlap, other.noises)


def test_noise_is_refused():
    table, _truth = _customers(400, signal=False)
    found = find_segments(table, nulls=8, resamples=8)
    assert not found.published
    assert set(found.frame["segment"]) == {"none"}
    assert len(found.frame) == len(table)


def test_few_customers_are_refused_kindly():
    found = find_segments(_customers(60)[0])
    assert (found.reason, found.published, found.noises) == ("too_few", False, ())


def test_customers_without_attributes():
    empty = pd.DataFrame(index=[f"A{i}" for i in range(80)])
    assert find_segments(empty).reason == "too_few"


def test_large_studies_are_clustered_by_sample(monkeypatch):
    monkeypatch.setattr(module, "MOST", 320)
    table, truth = _customers(600)
    found = find_segments(table, nulls=5, resamples=6)
    assert len(found.frame) == len(table)
    places = found.frame.set_index("account_id")["segment"]
    top = [pd.Series(truth).reindex(places.index[places == name]).value_counts(normalize=True).iloc[0]
           for name in found.sizes.index]  # fmt: skip
    assert min(top) > 0.7


def test_null_keeps_each_column_and_breaks_the_rest():
    table, _truth = _customers(400)
    null = draw_null(table, np.random.default_rng(0))
    for name in table:
        before, after = table[name].dropna().map(str), null[name].dropna().map(str)
        assert sorted(before) == sorted(after)
        assert table[name].dtype == null[name].dtype
    by_kind = null.groupby("industry")["employees"].median()
    assert by_kind.max() < 8 * by_kind.min()
    before, after = (t[["employees", "founded_year"]].corr("spearman").iloc[0, 1] for t in (table, null))
    assert after == pytest.approx(before, abs=0.15)


def test_select_customers():
    table = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 2, 3]}, index=["C", "A", "B"])
    customers = pd.DataFrame({"account_id": ["A", "B", "C"], "status": ["customer", "lost", "customer"]})
    chosen = select_customers(table, customers, ["b"])
    assert (list(chosen.index), list(chosen)) == (["A", "C"], ["a"])
    with pytest.raises(LabError, match="no attribute"):
        select_customers(table, customers, ["c"])


SHAPE = Shape(neighbours=15, smallest=15)


@pytest.fixture
def planted():
    rng = np.random.default_rng(0)
    kinds = np.repeat([0, 1, 2], [80, 60, 40])
    return rng.normal(size=(180, 5)) + 6 * np.eye(3, 5)[kinds], kinds


def test_planted_groups_are_found_and_numbered_by_size(planted):
    points, kinds = planted
    found = cluster_points(points, SHAPE)
    assert adjusted_rand_score(kinds, found) > 0.95
    assert np.bincount(found[found >= 0]).tolist() == sorted(np.bincount(found[found >= 0]), reverse=True)


def test_one_direction_less_than_groups(planted):
    assert embed_points(planted[0], 15).shape == (180, 2)


def test_row_order_changes_no_group(planted):
    points, _kinds = planted
    order = np.random.default_rng(1).permutation(len(points))
    assert adjusted_rand_score(cluster_points(points, SHAPE)[order], cluster_points(points[order], SHAPE)) == 1


def test_order_of_labels():
    assert order_labels(np.array([2, 2, 0, 0, 1, -1, 1, 1])).tolist() == [1, 1, 2, 2, 0, -1, 0, 0]


def test_planted_groups_are_found_again(planted):
    points, _kinds = planted
    labels = cluster_points(points, SHAPE)
    found = resample_clusters(points, labels, SHAPE, 6, np.random.default_rng(0))
    assert found.agreement > 0.9
    assert min(found.overlap) > 0.85


def test_a_cloud_is_not_found_again():
    points = np.random.default_rng(0).normal(size=(180, 5))
    assert resample_clusters(points, None, SHAPE, 6, np.random.default_rng(0)).agreement < 0.6
