from collections import Counter
from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.pilot import draw_arms, mark_draw, plan_pilot, read_pilot
from icp_lab.methods.targeting import Targets

NOW = date(2026, 6, 30)
SHARES = {"pilot": 0.45, "control": 0.45, "holdout": 0.1}
NONE = pd.DataFrame()


def make_units(n=200, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"unit_id": [f"L{i:04}" for i in range(n)], "stratum": rng.choice(["A s", "A l", "B s"], n)})


def test_the_same_seed_draws_the_same_whatever_the_order():
    units = make_units()
    first = draw_arms(units, SHARES, seed=3)
    assert first.equals(draw_arms(units.sample(frac=1, random_state=1), SHARES, seed=3))
    assert not first.equals(draw_arms(units, SHARES, seed=4))


def test_each_stratum_is_split_alike_and_each_unit_has_its_chance():
    units, arms = make_units(), Counter()
    for seed in range(150):
        drawn = draw_arms(units, SHARES, seed=seed)
        counts = pd.crosstab(units.set_index("unit_id")["stratum"], drawn)
        wanted = np.outer(counts.sum(axis=1), [SHARES[arm] for arm in counts])
        assert (abs(counts - wanted) < 2.5).all(axis=None)
        arms[drawn["L0007"]] += 1
    assert arms["pilot"] / 150 == pytest.approx(0.45, abs=0.12)
    assert arms["holdout"] / 150 == pytest.approx(0.1, abs=0.08)


def test_the_first_and_the_second_of_a_stratum_go_their_own_ways():
    pair = pd.DataFrame({"unit_id": ["a", "b", "c", "d"], "stratum": "x"})
    drawn = pd.DataFrame([draw_arms(pair, {"pilot": 0.5, "control": 0.5}, seed=seed) for seed in range(400)])
    assert (drawn == "pilot").mean().to_numpy() == pytest.approx(0.5, abs=0.08)
    assert (drawn["a"] == drawn["b"]).mean() < 0.5  # two of a stratum tend to be split


def test_a_list_that_was_changed_has_another_mark():
    drawn = pd.DataFrame({"unit_id": ["b", "a"], "arm": ["pilot", "control"], "assigned": pd.Timestamp(NOW)})
    mark = mark_draw(drawn)
    assert mark == mark_draw(drawn.iloc[::-1].assign(assigned="2026-06-30"))
    assert mark != mark_draw(drawn.assign(arm=["control", "pilot"]))
    assert mark != mark_draw(drawn.iloc[1:])


def make_targets(n=120):
    ids = [f"L{i:03}" for i in range(n)]
    frame = pd.DataFrame({"id": ids, "kind": "lead", "listed": True, "points": 50, "engagement": 0,
                          "tier": np.resize(["A", "B", "B", "C"], n)})  # fmt: skip
    leads = pd.DataFrame({"lead_id": ids, "created": pd.Timestamp("2026-01-01"),
                          "converted": pd.Series(pd.Timestamp("2026-06-01"), range(n)).where(np.arange(n) % 20 == 1)})
    known = pd.DataFrame({"employees": np.resize([20.0, 400.0, np.nan], n)}, index=ids)
    leads["created"] = leads["created"].where(np.arange(n) < 100, pd.Timestamp(NOW))
    return Targets(frame, (), NONE, 0), known, leads


def plan(former=NONE, deals=NONE, **terms):
    targets, known, leads = make_targets()
    return plan_pilot(targets, known, leads, deals, former, as_of=NOW, **terms)


def test_a_plan_says_how_many_how_long_and_who():
    found = plan(worth=4.0)
    assert (found.terms["hits"], found.terms["n"]) == (5, 75)  # tiers A and B of those open twelve weeks ago
    assert (found.frame["times"] == [1.25, 1.5, 2, 3, 4, 5]).all()
    assert found.frame["anytime"].is_monotonic_decreasing
    assert (found.frame["anytime"] > found.frame["once"]).all()
    lacking = found.frame["anytime"] - 90
    assert found.frame["weeks"].to_numpy() == pytest.approx((12 + lacking.clip(lower=0) / (90 / 26)).to_numpy())
    assert set(found.draw["stratum"]) == {"A 10-49", "A 250-499", "A ?", "B 10-49", "B 250-499", "B ?"}
    assert dict(found.draw["arm"].value_counts()) == {"pilot": 40, "control": 40, "holdout": 10}
    assert found.terms["mark"] == mark_draw(found.draw)
    assert found.to_dict()["digest"] != plan(worth=3.0).to_dict()["digest"]
    assert found.to_dict() == plan(worth=4.0).to_dict()


def test_nobody_is_drawn_twice_and_a_hold_out_stays():
    former = pd.DataFrame({"unit_id": ["L000", "L001"], "arm": ["holdout", "pilot"],
                           "assigned": pd.Timestamp("2026-01-05")})  # fmt: skip
    assert not set(plan(former).draw["unit_id"]) & {"L000", "L001"}


def test_no_second_pilot_while_one_is_on():
    former = pd.DataFrame({"unit_id": ["L000"], "arm": "pilot", "assigned": pd.Timestamp("2026-06-01")})
    found = plan(former)
    assert (found.terms["running"], len(found.draw), len(found.frame)) == ("2026-06-01", 0, 5)


def test_nobody_is_drawn_where_no_base_rate_is_known():
    targets, known, leads = make_targets()
    found = plan_pilot(targets, known, leads.assign(converted=pd.NaT), NONE, NONE, as_of=NOW)
    assert (len(found.draw), len(found.frame), found.terms["n"]) == (0, 0, 75)


def test_without_data_a_plan_says_nothing():
    found = plan_pilot(Targets(make_targets()[0].frame.iloc[:0], (), NONE, 0), NONE, NONE, NONE, NONE, as_of=NOW)
    assert (found.terms["n"], len(found.frame), len(found.draw), found.terms["running"]) == (0, 0, 0, "")
    deals = pd.DataFrame({"account_id": list("ab"), "stage": "won", "created": pd.Timestamp("2026-01-01"),
                          "closed": pd.to_datetime(["2026-01-11", "2026-02-10"])})  # fmt: skip
    assert plan(deals=deals).terms["closing"] == 40  # below one half once both are closed


def make_pilot(hits=30, others=8, n=100):
    """A pilot of n units a side, with so many that became leads."""
    frame = pd.DataFrame({"unit_id": [f"u{i:03}" for i in range(2 * n)], "arm": ["pilot"] * n + ["control"] * n,
                          "assigned": pd.Timestamp("2026-03-01"), "reached": pd.Timestamp("2026-03-05")})  # fmt: skip
    frame["lead"] = [i < hits for i in range(n)] + [i < others for i in range(n)]
    return frame


def test_everybody_counts_as_drawn():
    rows = make_pilot().assign(lead=lambda each: each["lead"].astype("object"))
    rows.loc[[50, 60, 150], "lead"] = None  # nobody knows what became of these
    rows.loc[40:70, "reached"] = None
    found = read_pilot(rows, as_of=NOW)
    lead = found.frame.iloc[0]
    assert lead[["hits", "n", "others", "m", "verdict"]].tolist() == [30, 100, 8, 100, "better"]
    assert found.arms.set_index("arm").loc["pilot", ["n", "reached", "lead"]].tolist() == [100, 69, 30]
    assert (lead["low"], lead["high"]) != (lead["once_low"], lead["once_high"])
    assert lead["low"] < lead["once_low"] < lead["gap"] < lead["once_high"] < lead["high"]


@pytest.mark.parametrize(("hits", "others", "verdict"), [(12, 8, "open"), (8, 30, "worse"), (0, 0, "open")])
def test_inconclusive_is_a_verdict(hits, others, verdict):
    assert read_pilot(make_pilot(hits, others), as_of=NOW).frame["verdict"].iloc[0] == verdict


def test_what_happened_to_list_and_arms_is_named():
    rows = make_pilot()
    rows.loc[[0, 1], "treated"], rows.loc[[2, 120], "treated"] = "Control ", ["pilot", "holdout"]
    found = read_pilot(rows, as_of=NOW)
    assert found.terms == {"assigned": "2026-03-01", "intact": "unmarked", "crossed": 2, "earlier": 0}
    marked = rows.assign(draw=mark_draw(rows))
    assert read_pilot(marked.sample(frac=1, random_state=1), as_of=NOW).terms["intact"] == "yes"
    assert read_pilot(marked.drop(index=7), as_of=NOW).terms["intact"] == "no"
    moved = marked.assign(arm=marked["arm"].where(marked.index != 9, "control"))
    assert read_pilot(moved, as_of=NOW).terms["intact"] == "no"


def test_the_latest_draw_is_read_and_a_hold_out_is_left_alone_too():
    older = make_pilot(0, 50).assign(unit_id=lambda each: "x" + each["unit_id"], assigned=pd.Timestamp("2025-03-01"))
    rows = pd.concat([older, make_pilot().assign(arm=lambda each: each["arm"].mask(each.index > 180, "holdout"))])
    found = read_pilot(rows, as_of=NOW)
    assert found.frame[["hits", "n", "others", "m"]].iloc[0].tolist() == [30, 100, 8, 100]
    assert (found.terms["assigned"], found.terms["earlier"]) == ("2026-03-01", 200)
    assert found.to_dict()["outcomes"][0]["verdict"] == "better"


def test_without_a_control_there_is_nothing_to_compare():
    assert read_pilot(make_pilot().query("arm == 'pilot'"), as_of=NOW).frame.empty
    assert read_pilot(NONE, as_of=NOW).arms.empty
