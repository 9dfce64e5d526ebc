"""The search: the best rule that there is where that can be counted out, whatever the order, missing values or not."""

from itertools import combinations

import numpy as np
import pandas as pd
import planted
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import xlogy

from icp_lab.methods.codes import encode_candidates
from icp_lab.methods.search import Units, make_engine, search_rules


def _engine(cases, positive, depth=3, least=10):
    ones, hits = np.ones(len(cases), dtype=np.int64), positive.astype(np.int64)
    return make_engine(Units(cases, encode_candidates(cases), ones, hits, least), depth), ones, hits


def _likelihood(n, k):
    return float(xlogy(k, k) + xlogy(n - k, n - k) - xlogy(n, n))


def _quality(engine, steps, hits):
    """Count a rule's quality from its cover alone, where nothing is missing."""
    inside = engine.units.covered(steps)
    n1, k1, n, k = int(inside.sum()), int(hits[inside].sum()), len(hits), int(hits.sum())
    gain = _likelihood(n1, k1) + _likelihood(n - n1, k - k1) - _likelihood(n, k)
    return gain - sum(engine.price(step) for step in steps)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_qualities_are_what_the_covers_say(seed):
    rng = np.random.default_rng(seed)
    cases = pd.DataFrame({
        "x": rng.normal(size=150).round(1), "y": rng.integers(0, 6, 150).astype(float), "f": rng.random(150) < 0.5,
        "t": pd.array(rng.choice(list("abcde"), 150), dtype="str"),
    })
    positive = rng.random(150) < np.where(cases["x"] > 0, 0.5, 0.2)
    engine, ones, hits = _engine(cases, positive)
    for found in engine.run(ones, hits, most=10):
        assert found.quality == pytest.approx(_quality(engine, found.steps, hits))
        inside = engine.units.covered(found.steps)
        assert (found.cases, found.positives) == (int(inside.sum()), int(hits[inside].sum()))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_of_pairs_of_flags_none_is_better(seed):
    rng = np.random.default_rng(seed)
    cases = pd.DataFrame({f"f{i}": rng.random(200) < 0.5 for i in range(6)})
    positive = rng.random(200) < np.where(cases["f0"] & cases["f3"], 0.7, 0.2)
    engine, ones, hits = _engine(cases, positive, depth=2)
    singles = [(f, code, code, 0) for f in range(6) for code in (0, 1)]
    rules = [(one,) for one in singles] + [pair for pair in combinations(singles, 2) if pair[0][0] != pair[1][0]]
    rules = [rule for rule in rules if engine.units.covered(rule).sum() >= 10]
    raised = [r for r in rules if hits[engine.units.covered(r)].mean() > hits.mean()]
    assert engine.best(ones, hits).quality == pytest.approx(max(_quality(engine, r, hits) for r in raised))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 60))
def test_of_spans_beside_a_flag_none_is_better(seed, least):
    """The spans that the search leaves out unjudged are never the best: counted out over all of them."""
    rng = np.random.default_rng(seed)
    cases = pd.DataFrame({f"x{i}": rng.normal(size=300).round(i) for i in range(4)} | {"f": rng.random(300) < 0.5})
    positive = rng.random(300) < np.where(cases["x1"].between(-0.5, 1) & cases["f"], 0.6, 0.2)
    engine, ones, hits = _engine(cases, positive, depth=2, least=least)
    found = engine.best(ones, hits)
    at = len(found.steps) - 1
    others = found.steps[:at]
    spans = [(f, low, high, 0) for f, feature in enumerate(engine.units.encoded.features) if feature.attribute != "f"
             for low in range(feature.size) for high in range(low, feature.size) if high - low < feature.size - 1]
    rules = [(*others, span) for span in spans if span[0] not in {step[0] for step in others}]
    covers = [engine.units.covered(rule) for rule in rules]
    whole = int(engine.units.covered(others).sum())
    best = max(_quality(engine, rule, hits) for rule, inside in zip(rules, covers, strict=True)
               if least <= inside.sum() < whole and hits[inside].mean() > hits[~inside].mean())
    listed = engine.list_rivals(found, at)
    held = sum(engine.price(step) for step in others)
    assert max(gain for gain, step in listed if step in spans) - held == pytest.approx(best)
    assert found.quality >= best - 1e-9


def test_missing_values_are_neither_in_nor_out():
    table = planted.make_planted(1500, "wide", 3, missing=0.3)
    rule = search_rules(table.cases, table.positive.to_numpy())[0]
    assert table.jaccard(rule) > 0.8
    assert rule.mask(table.cases).isna().any()


def test_the_order_of_rows_changes_nothing():
    table = planted.make_planted(500, "narrow", 1, generator="ledger", missing=0.1)
    order = np.random.default_rng(0).permutation(500)
    turned = search_rules(table.cases.iloc[order], table.positive.to_numpy()[order], most=5)
    assert turned == search_rules(table.cases, table.positive.to_numpy(), most=5)


def test_a_unit_counts_as_often_as_it_stands_for():
    rng = np.random.default_rng(4)
    cases = pd.DataFrame({"x": rng.normal(size=300), "f": rng.random(300) < 0.5})
    positive = (rng.random(300) < np.where(cases["f"], 0.5, 0.1)).astype(np.int64)
    engine, _ones, _hits = _engine(cases, positive)
    times = rng.integers(0, 4, 300)
    weighted = engine.best(times, positive * times)
    rows = np.repeat(np.arange(300), times)
    written, ones, hits = _engine(cases.iloc[rows].reset_index(drop=True), positive[rows])
    inside = engine.units.covered(weighted.steps)
    assert weighted.cases == int(times[inside].sum())
    assert weighted.positives == int((positive * times)[inside].sum())
    assert written.units.cases.sum() == times.sum()
    assert ones.sum() >= hits.sum()


def test_nothing_to_tell_apart_gives_no_rule():
    cases = pd.DataFrame({"x": np.arange(100.0)})
    engine, ones, hits = _engine(cases, np.zeros(100, dtype=bool))
    assert engine.run(ones, hits) == []
    assert search_rules(cases.head(0), np.zeros(0, dtype=bool)) == []


def test_rivals_of_a_criterion_keep_the_others():
    rng = np.random.default_rng(5)
    size = rng.lognormal(4, 1, 600)
    other = {"f": rng.random(600) < 0.5, "z": rng.normal(size=600)}
    cases = pd.DataFrame({"employees": size, "seats": size * 1.5, **other})
    positive = rng.random(600) < np.where((size > 60) & cases["f"], 0.6, 0.1)
    engine, ones, hits = _engine(cases, positive)
    first = engine.best(ones, hits)
    at = next(i for i, step in enumerate(first.steps) if engine.units.encoded.features[step[0]].attribute != "f")
    names = [engine.units.encoded.features[step[0]].attribute for _gain, step in engine.list_rivals(first, at)]
    assert set(names[:2]) == {"employees", "seats"}
