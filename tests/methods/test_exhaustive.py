"""The exhaustive search against counting everything, one rule at a time."""

from itertools import combinations

import numpy as np
import pytest

from icp_lab.methods.exhaustive import rank_conjunctions


def _quality(inside, positive, kind):
    n, k, n1, k1 = len(positive), positive.sum(), inside.sum(), (inside & positive).sum()
    if n1 == 0 or k1 / n1 <= k / n:
        return 0.0
    if kind == "wracc":
        return n1 / n * (k1 / n1 - k / n)
    gain = 0.0
    for hits, size in ((k1, n1), (k - k1, n - n1)):
        for part in (hits, size - hits):
            gain += part * np.log(part / size) if part else 0.0
    return gain - k * np.log(k / n) - (n - k) * np.log(1 - k / n)


def _count_everything(members, positive, kind, prices, least):
    rules = {}
    for size in (1, 2, 3):
        for chosen in combinations(range(len(members)), size):
            inside = members[list(chosen)].all(axis=0)
            if inside.sum() >= least:
                rules[chosen] = _quality(inside, positive, kind) - prices[list(chosen)].sum()
    return rules


def _draw(seed, n=230, conditions=14):
    rng = np.random.default_rng(seed)
    members = rng.random((conditions, n)) < rng.uniform(0.1, 0.9, (conditions, 1))
    return members, rng.random(n) < np.where(members[2] & members[5], 0.5, 0.2), rng


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["wracc", "evidence"])
@pytest.mark.parametrize("least", [1, 25])
def test_it_agrees_with_counting_everything(seed, kind, least):
    members, positive, rng = _draw(seed)
    prices = rng.uniform(0, 1.5, len(members)) if kind == "evidence" else np.zeros(len(members))
    rules = _count_everything(members, positive, kind, prices, least)
    ranked = rank_conjunctions(members, positive, wracc=kind == "wracc", prices=prices, least=least)
    best = [q for q in sorted(rules.values(), reverse=True)[:10] if q > 0]
    assert [rule.quality for rule in ranked] == pytest.approx(best)
    assert len({rule.conditions for rule in ranked}) == len(ranked)
    for rule in ranked:
        inside = members[list(rule.conditions)].all(axis=0)
        assert rules[rule.conditions] == pytest.approx(rule.quality)
        assert (rule.cases, rule.positives) == (inside.sum(), (inside & positive).sum())


def test_the_order_of_cases_changes_nothing():
    members, positive, rng = _draw(9)
    order = rng.permutation(len(positive))
    assert rank_conjunctions(members[:, order], positive[order]) == rank_conjunctions(members, positive)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_rules_are_as_long_as_allowed(depth):
    members, positive, _rng = _draw(3, n=64)
    ranked = rank_conjunctions(members, positive, depth=depth, keep=40)
    assert max(len(rule.conditions) for rule in ranked) == min(depth, 5)
    assert [r.quality for r in ranked] == sorted((r.quality for r in ranked), reverse=True)


@pytest.mark.parametrize("share", [0, 1])
def test_one_kind_of_case_gives_no_rule(share):
    members, _positive, _rng = _draw(0)
    assert rank_conjunctions(members, np.full(members.shape[1], bool(share))) == []


def test_no_condition_gives_no_rule():
    assert rank_conjunctions(np.empty((0, 8), dtype=bool), np.arange(8) < 3) == []
