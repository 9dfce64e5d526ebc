"""The search: the best rule that there is where that can be counted out, whatever the order, missing values or not."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import planted
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import xlogy

from icp_lab.methods.codes import encode_candidates
from icp_lab.methods.search import NO_CANDIDATE, Candidate, Units, make_engine, search_rules


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


def _mixed():
    """Eight cases, five times: an attribute of each kind, with a hole in each; features: f, n, t, u has x, u has y."""
    return pd.DataFrame({
        "n": [1.0, 2.0, 3.0, 4.0, np.nan, 1.0, 2.0, 3.0] * 5, "f": pd.array([True, False, None, True] * 10, "boolean"),
        "t": pd.array([t for i in range(5) for t in ("a", "a", "b", "b", None, "a", f"rare {i}", "b")], "str"),
        "u": pd.Series([("x",), ("y",), (), ("x", "y"), None, ("y",), ("x",), ("y",)] * 5, dtype=object),
    })


def _units(cases, positive, least=2):
    ones = np.ones(len(cases), dtype=np.int64)
    return Units(cases, encode_candidates(cases), ones, np.asarray(positive, dtype=np.int64), least)


@pytest.mark.parametrize(("step", "inside"), [
    ((1, 0, 1, 0), [1, 1, 0, 0, 0, 1, 1, 0]), ((1, 1, 3, 0), [0, 1, 1, 1, 0, 0, 1, 1]),
    ((1, 0, 3, 0), [1, 1, 1, 1, 0, 1, 1, 1]), ((1, 3, 64, 0), [0, 0, 0, 1, 0, 0, 0, 0]),
    ((0, 1, 1, 0), [1, 0, 0, 1, 1, 0, 0, 1]), ((0, 0, 0, 0), [0, 1, 0, 0, 0, 1, 0, 0]),
    ((2, 0, 0, 0b01), [1, 1, 0, 0, 0, 1, 0, 0]), ((2, 0, 0, 0b10), [0, 0, 1, 1, 0, 0, 0, 1]),
    ((2, 0, 0, 0b11), [1, 1, 1, 1, 0, 1, 0, 1]),
    ((3, 1, 1, 0), [1, 0, 0, 1, 0, 0, 1, 0]), ((4, 1, 1, 0), [0, 1, 0, 1, 0, 1, 0, 1])])
def test_a_step_covers_the_codes_that_it_names_and_nothing_missing(step, inside):
    units = _units(_mixed(), [0] * 40)
    assert units.covered((step,)).tolist() == [one == 1 for one in inside * 5]
    both = units.covered((step, (0, 1, 1, 0)))
    assert both.tolist() == [bool(a and b) for a, b in zip(inside * 5, [1, 0, 0, 1] * 10, strict=True)]
    assert units.covered(()).all()


def test_a_criterion_costs_its_attribute_its_bounds_and_its_levels():
    """In nats: 1 for each nat of the choice among attributes, 0.6 for each of the detail (docs/method.md)."""
    cases = pd.DataFrame({
        "f": np.arange(210) % 2 == 0, "n": np.arange(210.0), "two": np.arange(210.0) % 2,
        "t": pd.array([f"level {i % 7}" for i in range(210)], "str"),
        "v": pd.array([f"{i % 3}" for i in range(210)], "str"),
        "u": pd.Series([("x", "y")[: i % 3] for i in range(210)], dtype=object)})
    engine = make_engine(_units(cases, np.arange(210) < 50), 3)
    at = {(f.attribute, *f.levels[:1]): i for i, f in enumerate(engine.units.encoded.features)}
    bins, name = engine.units.encoded.features[at["n",]].size, np.log(6)
    assert bins == 14
    assert engine.price((at["n",], 0, 13, 0)) == pytest.approx(name)
    for one_bound in ((0, 4), (4, 13), (0, 12), (1, 13)):
        assert engine.price((at["n",], *one_bound, 0)) == pytest.approx(name + 0.6 * np.log(28))
    assert engine.price((at["n",], 1, 12, 0)) == pytest.approx(name + 0.6 * (0.7 + np.log(91)))
    assert engine.price((at["two",], 0, 0, 0)) == pytest.approx(name + 0.6 * np.log(4))
    assert engine.price((at["f",], 1, 1, 0)) == engine.price((at["f",], 0, 0, 0)) == pytest.approx(name + 0.6 * 0.7)
    level = at["t", "level 0"]
    assert engine.price((level, 0, 0, 0b1)) == pytest.approx(name + 0.6 * np.log(5) + 0.6 * np.log(7))
    assert engine.price((level, 0, 0, 0b1101)) == pytest.approx(name + 0.6 * np.log(5) + 0.6 * np.log(35))
    assert engine.price((at["v", "0"], 0, 0, 0b11)) == pytest.approx(name + 0.6 * np.log(3) + 0.6 * np.log(3))
    for member in "xy":
        assert engine.price((at["u", member], 1, 1, 0)) == pytest.approx(name + 0.6 * np.log(2))
    alone = make_engine(_units(cases[["two"]], np.arange(210) < 50), 1)
    assert alone.price((0, 0, 1, 0)) == 0
    assert alone.price((0, 1, 1, 0)) == pytest.approx(0.6 * np.log(4))


def test_the_search_is_as_wide_as_it_says():
    engine = make_engine(_units(_mixed(), [1, 0] * 20, least=7), 4)
    kinds, sizes, prices, choose, _entropy = engine._static
    assert engine._limits.tolist() == [7, 4, 10, 5, 3]  # fewest cases, depth, beam, levels of a set, polished
    assert (engine.depth, prices.shape, choose.shape) == (4, (len(kinds), 3), (66, 66))
    assert sizes.tolist() == [f.size for f in engine.units.encoded.features]
    assert choose[64, 3] == pytest.approx(0.6 * np.log(41664))
    assert choose[65, 65] == choose[65, 0] == pytest.approx(0, abs=1e-9)
    assert choose[3, 4] == 0


def test_more_cases_than_fit_into_half_a_word_are_refused():
    units = _units(_mixed(), [1, 0] * 20)
    cases = np.array([2**32 - 40] + [1] * 39, dtype=np.int64)
    assert make_engine(replace(units, cases=cases), 1).depth == 1
    with pytest.raises(ValueError, match="more cases"):
        make_engine(replace(units, cases=cases + 1), 1)
    nobody = np.zeros(0, dtype=np.int64)
    assert make_engine(_units(_mixed().head(0), nobody), 2).best(nobody, nobody) == NO_CANDIDATE


def _flags(n, **firms):
    """Make n cases of which the first so many have a flag."""
    return pd.DataFrame({name: np.arange(n) < many for name, many in firms.items()})


def test_what_is_found_is_counted_and_comes_best_first():
    cases = _flags(40, a=20, b=22, c=10)
    engine, ones, hits = _engine(cases, np.arange(40) < 20, depth=2, least=5)
    found = engine.run(ones, hits, most=4)
    assert [(one.steps, one.cases, one.positives) for one in found[:2]] == [
        (((0, 1, 1, 0),), 20, 20), (((0, 1, 1, 0), (1, 1, 1, 0)), 20, 20)]
    assert found[0].quality == pytest.approx(40 * np.log(2) - np.log(3) - 0.42)
    assert found[1].quality == pytest.approx(40 * np.log(2) - 2 * np.log(3) - 0.84)
    assert [one.quality for one in found] == sorted((one.quality for one in found), reverse=True)
    assert len(found) == len({one.steps for one in found}) == 4
    assert engine.run(ones, hits) == found[:1] == [engine.best(ones, hits)]
    assert all(list(one.steps) == sorted(one.steps) for one in engine.run(ones, hits, most=50))
    assert engine.run(ones, ones) == engine.run(ones, ones * 0) == []
    assert engine.run(ones, (np.arange(40) < 1).astype(np.int64))[0].positives == 1
    alike, ones, hits = _engine(cases.assign(a=1.0)[["a"]], np.arange(40) < 20)
    assert alike.run(ones, hits) == []
    assert (engine.best(ones, ones), NO_CANDIDATE) == (NO_CANDIDATE, Candidate(0.0, (), 0, 0))


def test_units_without_a_case_take_no_part_and_others_count_by_their_cases():
    cases = _flags(40, a=20)
    engine, _ones, _hits = _engine(cases, np.zeros(40), depth=1, least=5)
    times = np.where(np.arange(40) % 2 == 0, 0, 3)
    best = engine.best(times, times * (np.arange(40) < 20))
    assert (best.steps, best.cases, best.positives) == (((0, 1, 1, 0),), 30, 30)
    assert best.quality == pytest.approx(60 * np.log(2) - 0.42)


@pytest.mark.parametrize(("n", "inside", "said"), [
    (200, 10, ["a: yes"]), (200, 9, []), (1000, 20, ["a: yes"]), (1000, 19, []), (120, 10, ["a: yes"])])
def test_a_rule_covers_ten_cases_or_two_in_a_hundred_at_least(n, inside, said):
    """Where fewer have the flag, the rule can only be that of the others, and they do worse."""
    cases, positive = _flags(n, a=inside), np.arange(n) < inside
    assert [rule.words("en") for rule in search_rules(cases, positive)] == said


def test_a_rule_has_five_criteria_at_most_and_as_many_as_are_asked_for():
    rng = np.random.default_rng(0)
    cases = pd.DataFrame({name: rng.random(600) < 0.75 for name in "fedcba"})
    positive = cases.all(axis=1).to_numpy()
    found = search_rules(cases, positive)
    assert [len(rule.criteria) for rule in found] == [5]
    assert list(found[0].attributes) == sorted(found[0].attributes)
    assert len(search_rules(cases, positive, max_criteria=2, most=3)) == 3
    assert {len(rule.criteria) for rule in search_rules(cases, positive, max_criteria=2, most=3)} == {2}


def test_rivals_are_all_that_could_stand_there_best_first():
    at = np.arange(60)
    cases = _flags(60, a=30, b=30, c=20, d=45, rare=3).assign(
        never=at % 2 == 0, n=60.0 - at, z=np.where(at < 30, at % 10, at % 10 + 3.0))
    engine, ones, hits = _engine(cases, np.arange(60) < 30, depth=2, least=5)
    one = (1, 1, 1, 0)
    listed = engine.list_rivals(Candidate(0.0, (one,), 30, 30), 0)
    gains = {step: _quality(engine, (step,), hits) for _gain, step in listed}
    assert [gain for gain, _step in listed] == pytest.approx(list(gains.values()))
    assert [step for _gain, step in listed[:2]] == [(0, 1, 1, 0), one]
    assert [gain for gain, _step in listed] == sorted((gain for gain, _step in listed), reverse=True)
    named = {engine.units.encoded.features[step[0]].attribute: step for _gain, step in listed}
    assert named.keys() >= set("abcdnz")
    assert named["n"][1] < named["n"][2]
    assert "rare" not in {engine.units.encoded.features[s[0]].attribute for _g, s in listed if s[1:] == (1, 1, 0)}
    beside = engine.list_rivals(Candidate(0.0, ((0, 1, 1, 0), (2, 1, 1, 0)), 20, 20), 0)
    assert 2 not in {step[0] for _gain, step in beside}
    assert ones.sum() == 60


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
