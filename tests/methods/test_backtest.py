"""Definitions held against later cases, and the promise that an adopted one makes."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods import backtest as b
from icp_lab.methods.definitions import list_definitions
from icp_lab.rule import Hypothesis, Rule

AS_OF, SPLIT = date(2026, 6, 30), date(2025, 6, 30)
LARGE = [{"attribute": "employees", "min": 100}]
PROFILE = {"version": "1", "as_of": "2025-06-30", "outcome": "won", "criteria": LARGE, "evidence": {
    "lift": 1.8, "lift_low": 1.5, "lift_high": 2.2, "n": 300}}


@pytest.fixture
def world():
    """Two hundred large and small firms in time order; large ones come out well three times as often, until `gone`."""

    def make(gone="2030-01-01", deals=1):
        n = 400
        large = np.tile([True, False], n // 2)
        attributes = pd.DataFrame({
            "employees": np.where(large, 250.0, 20.0), "age": np.tile(np.arange(20.0), 20),
            "industry": np.tile(["Retail", "Retail", "SaaS", "Media"], 100)}, index=[f"a{i:03d}" for i in range(n)])
        attributes["industry"] = attributes["industry"].astype("str")
        days = pd.to_datetime("2024-01-01") + pd.to_timedelta(np.arange(n) * 2, unit="D")
        turn = np.arange(n) % 20
        good = np.where(large & (days <= pd.Timestamp(gone)), turn < 12, turn < 4)
        cases = pd.DataFrame({"case_id": attributes.index, "account_id": attributes.index, "outcome": "won",
                              "positive": np.where(good, "yes", "no"), "time": days})
        more = [cases.assign(case_id=cases["case_id"] + f"#{k}", time=cases["time"] + pd.Timedelta(days=7 * k))
                for k in range(1, deals)]
        return attributes, pd.concat([cases, *more], ignore_index=True)

    return make


def _row(result, kind):
    return result.frame[result.frame["kind"] == kind].iloc[0]


def test_a_definition_is_held_against_cases_since_its_day(world):
    attributes, cases = world()
    definitions = list_definitions(PROFILE, [], [], as_of=AS_OF)
    result = b.backtest(attributes, cases, definitions, as_of=AS_OF)
    assert (result.main, result.day, result.verdict) == (0, "2025-06-30", "holds")
    assert (result.earlier, result.later, result.acquainted) == ((274, 112), (126, 48), 0)
    held = _row(result, "holds")
    assert held["lift"] == pytest.approx(held["inside"] / (result.later[1] / result.later[0]))
    assert held["low"] < held["lift"] < held["high"]
    assert _row(result, "all")["lift"] == 1
    assert _row(result, "biggest")["name"] == "Retail"
    assert _row(result, "drafted")["lift"] > 1.2


def test_without_a_definition_of_a_former_day_the_rule_is_drafted_anew(world):
    attributes, cases = world()
    young = PROFILE | {"as_of": AS_OF.isoformat()}
    result = b.backtest(attributes, cases, list_definitions(young, [], [], as_of=AS_OF), as_of=AS_OF)
    assert result.frame["kind"].tolist()[:2] == ["drafted", "holds"]
    assert result.frame["seen"].tolist()[:2] == [False, True]
    assert result.verdict == "holds"
    assert result.to_dict()["kind"] == "drafted"


def test_an_advantage_that_is_gone_is_no_predictive_value(world):
    attributes, cases = world(gone=SPLIT.isoformat())
    definitions = list_definitions(PROFILE, [], [], as_of=AS_OF)
    result = b.backtest(attributes, cases, definitions, as_of=AS_OF)
    assert result.verdict in ("none", "unclear")


def test_with_too_few_later_cases_nothing_is_concluded(world):
    attributes, cases = world()
    result = b.backtest(attributes, cases.head(12), (), as_of=AS_OF)
    assert (result.verdict, result.main, result.why) == ("few", -1, "")
    empty = b.backtest(attributes, cases.head(0), (), as_of=AS_OF)
    assert (empty.verdict, empty.later) == ("few", (0, 0))


def test_cases_of_accounts_known_before_are_counted_and_drafted_apart(world):
    attributes, cases = world(deals=20)
    result = b.backtest(attributes, cases, (), as_of=AS_OF, split=date(2025, 3, 31))
    assert result.acquainted > 0
    assert result.verdict == "holds"


def test_definitions_on_attributes_that_are_not_there_are_named(world):
    attributes, cases = world()
    strange = Hypothesis("Stars", Rule.from_dicts([{"attribute": "zodiac", "in": ["Leo"]}]), date(2024, 1, 1))
    assert b.backtest(attributes, cases, list_definitions({}, [], [strange], as_of=AS_OF),
                      as_of=AS_OF).lacking == ("Stars",)


def test_looser_versions_cover_more(world):
    attributes, cases = world()
    both = PROFILE | {"criteria": [*LARGE, {"attribute": "industry", "in": ["SaaS"]}]}
    result = b.backtest(attributes, cases, list_definitions(both, [], [], as_of=AS_OF), as_of=AS_OF)
    looser = result.frame[result.frame["kind"] == "looser"]
    assert len(looser)
    assert (looser["coverage"] > result.frame["coverage"].iloc[0]).all()


def test_results_do_not_hang_on_the_order_of_rows(world):
    attributes, cases = world(deals=2)
    mixed = cases.sample(frac=1, random_state=3), attributes.sample(frac=1, random_state=4)
    first, second = (b.backtest(a, c, (), as_of=AS_OF) for a, c in ((attributes, cases), mixed[::-1]))
    pd.testing.assert_frame_equal(first.frame, second.frame)


@pytest.mark.parametrize(("then", "now", "why"), [
    ((300, 60, 100, 40), (300, 60, 100, 30), "within"), ((300, 60, 100, 30), (300, 60, 100, 34), "chance"),
    ((3000, 1500, 1000, 600), (3000, 300, 1000, 250), "base"),
    ((3000, 600, 1000, 300), (3000, 600, 1000, 500), "changed"),
    ((3000, 600, 1000, 500), (3000, 600, 1000, 220), "gone")])
def test_a_forward_figure_above_the_random_one_is_explained(then, now, why):
    def lift(n, good, covered, hits):
        inside = pd.Series(np.arange(n) < covered)
        positive = pd.Series((np.arange(n) < hits) | (np.arange(n) >= n - (good - hits)))
        return b.measure_lift(inside, positive)

    assert b._explain(lift(*then), lift(*now)) == why


def test_only_what_is_claimed_is_promised():
    assert b.make_promise(PROFILE, SPLIT, 12) == {"promise": {
        "lift_low": 1.5, "lift_high": 2.2, "lift": 1.8, "n": 300, "due": "2025-12-30"}}
    assert b.make_promise(PROFILE | {"outcome": "best"}, SPLIT, 12)["promise"]["due"] == "2026-09-30"
    assert b.make_promise(PROFILE | {"criteria": []}, SPLIT, 12) == {}
    assert b.make_promise(PROFILE | {"evidence": {"lift": None}}, SPLIT, 12) == {}


@pytest.mark.parametrize(("gone", "as_of", "low", "state"), [
    ("2030-01-01", AS_OF, 1.2, "kept"), ("2025-06-30", AS_OF, 1.8, "broken"),
    ("2030-01-01", date(2025, 11, 30), 1.2, "early"),
    ("2025-06-30", AS_OF, 1.1, "open"), ("2030-01-01", AS_OF, 2.6, "broken"), ("2030-01-01", AS_OF, None, "none")])
def test_the_promise_is_held_against_later_cases(world, gone, as_of, low, state):
    attributes, cases = world(gone=gone)
    profile = PROFILE | {"promise": {"lift": 1.8, "lift_low": low, "lift_high": 2.9, "due": "2025-12-30", "n": 300}}
    told = b.check_promise(profile, attributes, cases, as_of=as_of)
    assert told["state"] == state
    assert (told.get("n", 0) > 0) == (state != "none")
