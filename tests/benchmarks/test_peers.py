"""The comparison with the peers, without the peers: what is handed over, compared and written down."""

import numpy as np
import pandas as pd
import peers
import pytest
from planted import LIFT, WIDE, make_planted


@pytest.fixture(scope="module")
def planted():
    return make_planted(400, WIDE, 1)


def test_the_truth_has_its_own_lift_and_all_cases_none(planted):
    true = planted.rule.mask(planted.fresh).to_numpy(dtype=bool)
    assert peers.judge(planted, true) == pytest.approx((LIFT, 1.0))
    assert peers.judge(planted, np.ones(len(true), dtype=bool)) == pytest.approx((1.0, true.mean()))


def test_a_cover_is_judged_as_its_rule_is(planted):
    rule = peers.search_ours(planted.cases, planted.positive)
    inside = rule.mask(planted.fresh).to_numpy(dtype=bool)
    assert peers.judge(planted, inside) == pytest.approx((planted.true_lift(rule), planted.jaccard(rule)))


def test_selectors_are_met_as_they_are_worded():
    frame = pd.DataFrame({"size": [1.0, 5.0, np.nan], "kind": pd.Series(["a", "b", "a"], dtype="str"),
                          "flag": [True, False, True]})
    selectors = [["size", "interval", 1.0, 5.0], ["size", "interval", -np.inf, np.inf], ["kind", "equal", "a", None],
                 ["flag", "equal", False, None]]
    met = peers.meet_selectors(frame, selectors)
    assert met.tolist() == [[True, False, False], [True, True, False], [True, False, True], [False, True, False]]


def test_ties_for_the_last_place_may_differ_and_nothing_else(planted):
    median = planted.cases["employees"].median()
    ours = peers.list_ours(planted, [["employees", "interval", -np.inf, median], ["flag0", "equal", True, None],
                                     ["flag1", "equal", True, None], ["flag2", "equal", True, None]])
    theirs = [[rule.quality, list(rule.conditions)] for rule in ours]
    assert peers.same_top(ours, theirs)
    assert peers.same_top(ours, [*theirs[:-1], [theirs[-1][0], [0, 99]]])
    assert not peers.same_top(ours, [[theirs[0][0], [0, 99]], *theirs[1:]])
    assert not peers.same_top(ours, [[theirs[0][0] + 1e-6, theirs[0][1]], *theirs[1:]])
    assert not peers.same_top(ours, theirs[:-1])


def test_a_new_run_replaces_only_what_it_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(peers, "HERE", tmp_path)
    row = {"part": "search", "peer": "tree", "seed": 0, "kind": "wide", "ours_s": 1.0, "theirs_s": 3.0, "lift": 2.0,
           "their_lift": 1.0, "jaccard": 0.5, "their_jaccard": 0.5}
    top = {"part": "top ten", "peer": "DFS", "n": 20, "seed": 0, "kind": "wide", "ours_s": 1.0, "theirs_s": 2.0,
           "selectors": 9, "same": True}
    peers.write_results([row | {"n": 20}, row | {"n": 10}, top], "peer 1", "peer 2", keep=True)
    text = peers.write_results([row | {"n": 20, "theirs_s": 7.0}], "peer 1", "peer 2", keep=True)
    assert "| 10 | tree | both | 1 | 1.0000 | 3.000 | 3.0 | 2.00 | 1.00 | 100% | 0.50 | 0.50 | 0%, 100% tied |" in text
    assert "| 20 | tree | wide | 1 | 1.0000 | 7.000 | 7.0 |" in text
    assert "| 20 | DFS | 1 | 9 | 1.0000 | 2.000 | 2.0 | 1 of 1 |" in text
    assert (tmp_path / "results" / "peers.md").read_text(encoding="utf-8") == text
