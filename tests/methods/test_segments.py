"""Segments are published when they are there, refused when they are not, and never depend on the order of rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_kinds import GENERATORS, NULLS, make_cloud, make_kinds

from icp_lab.errors import LabError
from icp_lab.methods import segments as module
from icp_lab.methods.segments import draw_null, find_segments, select_customers
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
