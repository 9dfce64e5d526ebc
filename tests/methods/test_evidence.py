"""The protocol: its parts and the figures at which a verdict turns; then what it supports, and what it refuses."""

import inspect
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods import evidence
from icp_lab.methods.codes import INTERVAL, MEMBER, MISSING, SET, YES_NO, Feature
from icp_lab.methods.evidence import find_icp, find_showable, plan_cases
from icp_lab.methods.finding import NO_NOISE
from icp_lab.methods.lift import lift_of
from icp_lab.methods.resampling import REPEATS, Redrawn
from icp_lab.methods.search import NO_CANDIDATE, Candidate, make_engine
from icp_lab.methods.trial import prepare_trial
from icp_lab.rule import Criterion, Rule

FAST = {"permutations": 49, "bootstraps": 20}
YES = Rule((Criterion.flag("a"),))
MANY = tuple(place / 20 for place in range(19))


def make_flags(n=120):
    """A third has the flag a and comes out well but for a few; b is nearly the same flag, c and d another matter."""
    at = np.arange(n)
    cases = pd.DataFrame({"a": at < 40, "b": (at < 38) | (at == 119), "c": at % 2 == 0, "d": at % 3 == 0})
    return cases, pd.Series((at % 10 != 0) & (at < 40) | (at % 20 == 1))


def make_trial(cases, positive, depth=2, **given):
    trial = prepare_trial(cases, positive, **given)
    return trial, make_engine(trial.units, depth)


@pytest.fixture(scope="module")
def blank():
    cases, positive = make_flags()
    trial, engine = make_trial(cases, positive)
    return evidence._describe(trial, engine, engine.best(trial.units.cases, trial.units.positives), {})


def test_the_signature_is_the_contract():
    defaults = {name: one.default for name, one in inspect.signature(find_icp).parameters.items()}
    assert {name: value for name, value in defaults.items() if value not in (None, inspect.Parameter.empty)} == {
        "max_criteria": 5, "permutations": 999, "folds": 5, "bootstraps": 100, "seed": 0}
    assert inspect.signature(find_showable).parameters["cover"].default == 0.2
    assert inspect.signature(find_showable).parameters["level"].default == 5e-5


@pytest.mark.parametrize(("change", "verdict", "why", "checks"), [
    ({}, "supported", (), "+++"),
    ({"p_value": 0.05}, "supported", (), "+++"),
    ({"p_value": 0.051}, "tentative", (), "-++"),
    ({"lift_low": 1.0}, "tentative", (), "+-+"),
    ({"covered_groups": 5}, "supported", (), "+++"),
    ({"covered_groups": 4}, "tentative", (), "+-+"),
    ({"agreement": MANY[-3]}, "tentative", ("unstable",), "++-"),
    ({"agreement": MANY[-3] + 0.001}, "supported", (), "+++"),
    ({"agreement": math.nan}, "tentative", ("unstable",), "++-"),
    ({"noise": replace(NO_NOISE, agreements=(0.1, 0.2))}, "tentative", ("unstable",), "++-"),
    ({"noise": replace(NO_NOISE, agreements=(0.9, 0.3, 0.95)), "agreement": 0.4}, "supported", (), "+++"),
    ({"p_value": 0.2, "lift_low": 0.9}, "unsupported", ("too_few",), "--+"),
    ({"p_value": math.nan, "lift_low": math.nan, "agreement": math.nan}, "unsupported", ("too_few",), "---"),
])
def test_a_verdict_turns_at_its_figures(blank, change, verdict, why, checks):
    good = {"p_value": 0.01, "lift_low": 1.01, "covered_groups": 40, "agreement": 0.99, "lift_high": 9.0,
            "noise": replace(NO_NOISE, agreements=MANY[::-1])}
    judged = evidence._judge(replace(blank, **good | change))
    assert (judged.verdict, judged.verdict_reason) == (verdict, why)
    assert judged.reasons == tuple(map("".join, zip(("noise", "interval", "stability"), checks, strict=True)))


@pytest.mark.parametrize(("change", "why"), [
    ({}, "ruled_out"),
    ({"excluded_above": 1.51}, "too_few"), ({"lift_high": 1.51}, "too_few"), ({"lift_high": math.nan}, "ruled_out"),
    ({"best": 10}, "ruled_out"), ({"best": 9}, "too_few"), ({"n": 59}, "too_few"),
    ({"best": 91, "n": 100, "excluded_above": 1.0, "lift_high": 1.0}, "too_few"),
    ({"best": 90, "n": 100, "excluded_above": 1.05, "lift_high": 1.05}, "ruled_out"),
    ({"best": 80, "n": 100, "excluded_above": 1.125, "lift_high": 1.0}, "ruled_out"),
    ({"best": 80, "n": 100, "excluded_above": 1.13, "lift_high": 1.0}, "too_few"),
    ({"leaking": {"b": "known"}}, "ruled_out"), ({"leaking": {"b": "known"}, "rule": Rule()}, "leaking"),
    ({"rule": Rule()}, "ruled_out"), ({"leaking": {"b": "known"}, "rule": Rule(), "best": 9}, "too_few"),
])
def test_nothing_of_size_is_told_from_what_cannot_be_told(blank, change, why):
    plain = {"n": 200, "best": 50, "excluded_above": 1.5, "lift_high": 1.5, "leaking": {}, "rule": YES}
    assert evidence._why_nothing(replace(blank, **plain | change)) == why


def test_cases_are_planned_by_the_formula():
    assert plan_cases(0.15, 0.2) == (2.0, math.ceil(2.8**2 * (0.3 * 0.7 / 0.2 + 0.1125 * 0.8875 / 0.8) / 0.1875**2))
    assert plan_cases(0.6, 0.25) == (pytest.approx(4 / 3), math.ceil(
        2.8**2 * (0.8 * 0.2 / 0.25 + (0.4 / 0.75) * (0.35 / 0.75) / 0.75) / (0.8 - 0.4 / 0.75) ** 2))
    assert plan_cases(0.15, 0.5) == plan_cases(0.15, 0.9) == (2.0, math.ceil(
        2.8**2 * (0.3 * 0.7 / 0.5 + 0.001 * 0.999 / 0.5) / 0.299**2))
    assert plan_cases(0.15, 0.05) == plan_cases(0.15, 0.001)
    assert plan_cases(0.15, 0.05)[1] > plan_cases(0.15, 0.06)[1]
    assert plan_cases(0.15, 0.4)[1] > plan_cases(0.15, 0.5)[1]
    for rate in (0.0, 1.0):
        assert (math.isnan(plan_cases(rate, 0.2)[0]), plan_cases(rate, 0.2)[1]) == (True, 0)


@pytest.mark.parametrize(("n", "rate", "cover", "level"), [
    (60, 0.2, 0.2, 5e-5), (300, 0.2, 0.2, 5e-5), (300, 0.2, 0.2, 0.05), (2000, 0.5, 0.3, 0.01), (500, 0.05, 0.1, 0.05)])
def test_a_lift_shows_from_where_its_power_is_80_in_100(n, rate, cover, level):
    """Solved for the lift on a grid of 400: the power at what is given is enough, a step below it is not."""
    from scipy.stats import norm  # noqa: PLC0415

    def power(lift):
        inside, outside = rate * lift, (rate - cover * rate * lift) / (1 - cover)
        by_chance = math.sqrt(rate * (1 - rate) / (cover * (1 - cover) * n))
        error = math.sqrt((inside * (1 - inside) / cover + outside * (1 - outside) / (1 - cover)) / n)
        return norm.sf((norm.isf(level) * by_chance - (inside - outside)) / error)

    found = find_showable(n, rate, cover, level)
    grid = np.linspace(1.01, min(1 / rate, 1 / cover), 400)
    at = int(np.abs(grid - found).argmin())
    assert found == pytest.approx(grid[at], abs=1e-12)
    assert power(grid[at]) >= 0.8 > power(grid[at - 1])


def test_a_lift_that_cannot_show_is_none():
    assert math.isnan(find_showable(5, 0.2))
    assert math.isnan(find_showable(0, 0.2))
    assert math.isnan(find_showable(100, 0.0))
    assert math.isnan(find_showable(100, 1.0))
    assert find_showable(10**9, 0.2) == 1.01


@pytest.mark.parametrize(("kind", "size", "codes", "steps"), [
    (SET, 3, [0, 1, 2], [(7, 0, 0, 1), (7, 0, 0, 2), (7, 0, 0, 4)]),
    (MEMBER, 2, [0, 1], [(7, 1, 1, 0)]),
    (YES_NO, 2, [0, 1], [(7, 0, 0, 0), (7, 1, 1, 0)]),
    (INTERVAL, 8, [*range(8)], [(7, 0, 1, 0), (7, 2, 3, 0), (7, 4, 5, 0), (7, 6, 7, 0)]),
    (INTERVAL, 4, [3, 2, 1, 0, MISSING, MISSING], [(7, 0, 0, 0), (7, 1, 1, 0), (7, 2, 2, 0), (7, 3, 3, 0)]),
    (INTERVAL, 3, [0, 0, 0, 1, 1, 2, 2, 2], [(7, 0, 0, 0), (7, 1, 1, 0), (7, 2, 2, 0)]),
    (INTERVAL, 3, [0, 0, 0, 0, 0, 0, 1, 2], [(7, 0, 0, 0), (7, 1, 2, 0)]),
    (INTERVAL, 3, [0, 0, 0, 0, 0, 0, 0, 2], []),
])
def test_levels_are_categories_answers_or_about_quarters(kind, size, codes, steps):
    feature = Feature("x", kind, size, levels=("p", "q", "r"))
    assert evidence._levels(7, feature, np.array(codes, dtype=np.uint8)) == steps


def test_leans_are_the_levels_that_cover_enough_with_ends_for_all_of_them():
    at = np.arange(60)
    kinds = pd.array(np.where(at < 10, "x", np.where(at < 19, "y", "z")), "str")
    cases = pd.DataFrame({"a": at < 20, "b": at < 9, "t": kinds})
    positive = pd.Series((at % 3 != 0) & (at < 30))
    trial, _engine = make_trial(cases, positive, min_covered=10)
    found = {lean.rule.words("en"): lean for lean in evidence._scan_levels(trial)}
    assert set(found) == {"a: yes", "a: no", "b: no", "t x", "t z"}  # 9 are not enough
    order = trial.index.to_numpy()
    for words, inside in (("a: yes", at < 20), ("t z", at >= 19)):
        w, y = inside[order].astype(float), trial.positive.astype(float)
        ends = [lift_of(w, y, stratum=np.zeros(60, dtype=np.int64), group=np.arange(60), confidence=c)
                for c in (0.95, 1 - 0.05 / 5)]
        assert found[words].lift == ends[0]
        assert found[words].top == ends[1].high


def test_a_level_that_all_have_is_none():
    at = np.arange(40)
    cases = pd.DataFrame({"a": pd.array([True] * 39 + [False], "boolean"), "n": np.where(at < 20, 1.0, 2.0)})
    trial, _engine = make_trial(cases.iloc[:40], pd.Series(at % 4 == 0).where(at < 39).astype("boolean"))
    assert [lean.rule.words("en") for lean in evidence._scan_levels(trial)] == ["n at least 2", "n under 2"]


def test_overlap_is_counted_in_cases():
    cases = pd.DataFrame({"n": [1.0, 1.0, 1.0, 2.0, 3.0]})
    trial, _engine = make_trial(cases, pd.Series([True] * 5), groups=pd.Series([0, 0, 0, 1, 2]))
    one, two, none = (np.array(cover, dtype=bool) for cover in ([1, 1, 0], [0, 1, 1], [0, 0, 0]))
    assert trial.units.cases.tolist() == [3, 1, 1]
    assert evidence._overlap(trial, one, two) == 1 / 5
    assert (evidence._overlap(trial, one, one), evidence._overlap(trial, none, none)) == (1.0, 0.0)


def test_what_was_found_is_described_as_it_was_counted():
    cases, positive = make_flags()
    groups = pd.Series(np.arange(120) // 4)
    positive = positive.astype("boolean").mask(np.arange(120) >= 110)
    trial, engine = make_trial(cases.assign(same=1.0, day=pd.Timestamp("2025-01-01")), positive, groups=groups)
    found = evidence._describe(trial, engine, engine.best(trial.units.cases, trial.units.positives), {"z": "known"})
    inside = (np.arange(120) < 40)[trial.index.to_numpy()]
    plain = lift_of(inside * 1.0, trial.positive * 1.0, stratum=np.zeros(110, dtype=np.int64), group=trial.group)
    assert (found.rule, plain.lift) == (YES, pytest.approx(36 / 40 * 110 / 40))
    assert (found.verdict, found.verdict_reason, found.reasons, found.stability) == ("unsupported", (), (), {})
    assert (found.n, found.best, found.unknown) == (110, 40, 10)
    assert (found.covered, found.covered_best, found.covered_groups) == (40, 36, 10)
    assert (found.fitted, found.paper_lift) == (plain, plain.lift)
    assert all(math.isnan(one) for one in (found.lift, found.lift_low, found.lift_high, found.p_value, found.agreement))
    assert (found.noise, found.alternatives, found.interchangeable, found.holdout) == (NO_NOISE, (), {}, None)
    assert (found.leaking, found.ignored) == ({"z": "known"}, ("day", "same"))
    assert (found.needed_lift, found.needed) == plan_cases(40 / 110, 0.2)
    assert found.showable == find_showable(110, 40 / 110)
    assert [lean.rule.words("en") for lean in found.leans][:2] == ["a: yes", "b: yes"]
    assert found.excluded_above == max(lean.top for lean in found.leans)
    nothing = evidence._describe(trial, engine, NO_CANDIDATE, {})
    assert (nothing.rule, nothing.covered, nothing.covered_best, nothing.covered_groups) == (Rule(), 0, 0, 0)
    assert math.isnan(nothing.paper_lift)
    assert nothing.fitted.lift == 1.0


def test_a_case_of_which_it_is_not_known_is_not_inside():
    cases, positive = make_flags()
    cases["a"] = cases["a"].astype("boolean").mask(np.arange(120) >= 100)
    trial, engine = make_trial(cases[["a"]], positive)
    found = evidence._describe(trial, engine, Candidate(1.0, ((0, 1, 1, 0),), 40, 36), {})
    assert (found.covered, found.covered_best, found.fitted.covered) == (40, 36, 40.0)


def test_twelve_leans_at_most_are_told_and_all_of_them_count():
    rng = np.random.default_rng(3)
    cases = pd.DataFrame({f"f{i}": rng.random(200) < 0.5 for i in range(8)})
    trial, engine = make_trial(cases, pd.Series(rng.random(200) < 0.3))
    leans = evidence._scan_levels(trial)
    found = evidence._describe(trial, engine, NO_CANDIDATE, {})
    assert (len(leans), found.leans) == (16, leans[:12])
    assert found.excluded_above == max(lean.top for lean in leans)
    trial, engine = make_trial(cases.head(0), pd.Series([], dtype=bool))
    nobody = evidence._describe(trial, engine, NO_CANDIDATE, {})
    assert math.isnan(nobody.excluded_above)
    assert (nobody.n, nobody.leans, nobody.needed) == (0, (), 0)


class Asked:
    """Stand in for what takes long, and keep what it was asked."""

    def __init__(self, monkeypatch, p_value=0.05):
        self.asked = {}
        self.lift = lift_of(np.arange(40) < 10, np.arange(40) % 3 == 0, stratum=np.zeros(40, int), group=np.arange(40))
        self.lift = replace(self.lift, lift=2.0, low=1.5, high=2.5, covered=30.0)
        self.noise = replace(NO_NOISE, agreements=(0.1, 0.2, 0.3), shuffles=9)
        answers = {"compare_noise": (p_value, self.noise), "cross_fit": self.lift, "hold_out": "held out",
                   "redraw": Redrawn({"a": 0.9}, agreement=0.8)}
        for name, answer in answers.items():
            monkeypatch.setattr(evidence, name, self._stand_in(name, answer))

    def _stand_in(self, name, answer):
        def stand_in(*given):
            self.asked[name] = given
            return answer

        return stand_in


def test_the_protocol_asks_for_what_it_was_told(monkeypatch):
    asked = Asked(monkeypatch)
    cases, positive = make_flags()
    days, strata = pd.Series(pd.date_range("2025-01-01", periods=120)), pd.Series(np.arange(120) % 2)
    found = find_icp(cases, positive, strata=strata, time=days, leaks={}, max_criteria=1, min_covered=3,
                     permutations=7, folds=3, bootstraps=4, seed=11)
    trial, engine, first, plan = asked.asked["compare_noise"]
    assert (plan, first.cases, engine.depth, trial.units.least_cases) == ((7, 3, 11), 40, 1, 3)
    assert np.bincount(trial.unit_stratum).tolist() == [60, 60]
    assert asked.asked["cross_fit"][3] == (3, 11, REPEATS)
    assert asked.asked["cross_fit"][2] == (trial.units.cases, trial.units.positives)
    assert asked.asked["redraw"][2:] == ((first, trial.units.cases, trial.units.positives), 4, 11)
    assert asked.asked["hold_out"][2:] == (days, 10) or asked.asked["hold_out"][3] == 10
    assert (found.p_value, found.noise, found.fitted) == (0.05, asked.noise, asked.lift)
    assert (found.lift, found.lift_low, found.stability, found.agreement) == (2.0, 1.5, {"a": 0.9}, 0.8)
    assert (found.needed_lift, found.needed) == plan_cases(trial.best / 120, 30 / 120)
    assert (found.holdout, found.verdict, found.leaking) == ("held out", "supported", {})
    plain = evidence._describe(trial, engine, first, {}).fitted
    assert found.lift_high == plain.high > 2.5


def test_the_upper_end_is_that_of_the_rule_on_its_own_cases_only_where_p_is_small(monkeypatch):
    Asked(monkeypatch, p_value=0.06)
    found = find_icp(*make_flags(), leaks={})
    assert (found.lift_high, found.holdout, found.verdict) == (2.5, None, "tentative")


@pytest.mark.parametrize(("n", "best", "asks"), [(60, 10, True), (60, 9, False), (60, 50, True), (60, 51, False)])
def test_a_search_needs_ten_of_either_kind(monkeypatch, n, best, asks):
    asked = Asked(monkeypatch)
    found = find_icp(pd.DataFrame({"a": np.arange(n) < best}), pd.Series(np.arange(n) < best), leaks={}, min_covered=5)
    assert (bool(asked.asked), found.verdict_reason == ("too_few",)) == (asks, not asks)


def test_without_a_rule_nothing_is_tried_again(monkeypatch):
    asked = Asked(monkeypatch)
    found = find_icp(pd.DataFrame({"c": np.arange(120) % 2 == 0}), pd.Series(np.arange(120) % 4 < 2), leaks={})
    assert (found.rule, found.verdict, asked.asked) == (Rule(), "unsupported", {})


def test_attributes_are_those_that_were_named_without_those_that_leak(monkeypatch):
    Asked(monkeypatch)
    cases, positive = make_flags()
    assert find_icp(cases, positive, attributes=["c", "b"], leaks={}).rule.words("en") == "b: yes"
    assert find_icp(cases, positive, leaks={"a": "known"}).leaking == {"a": "known"}
    assert find_icp(cases, positive, leaks={"a": "known"}).rule.attributes == ("b",)
    cases["end"] = np.where(positive, 5.0, np.nan)
    assert set(find_icp(cases, positive).leaking) == {"end"}
    assert find_icp(cases, positive, attributes=("a",)).leaking == {}


@pytest.mark.parametrize(("without", "beside", "stand_ins"), [
    ([], [102], {}),  # 2.15 nats worse
    ([0], [102], {"a": ("b",)}),
    ([0, 10, 20, 30], [102, 103, 104, 105], {"a": ("b",)}),  # 36 of 44 cases in common
    ([0, 10, 20, 30, 11], [102, 103, 104, 105, 41], {}),  # 35 of 45
])
def test_what_could_stand_in_for_an_attribute_takes_in_nearly_the_same_cases(without, beside, stand_ins):
    cases, positive = make_flags()
    cases["b"] = (cases["a"] & ~cases.index.isin(without)) | cases.index.isin(beside)
    trial, engine = make_trial(cases, positive, depth=1)
    first = engine.best(trial.units.cases, trial.units.positives)
    assert evidence._list_interchangeable(trial, engine, first) == stand_ins


def test_each_criterion_has_stand_ins_of_its_own_beside_the_others():
    """The flag b takes in what a does once c holds too, and more without it."""
    at = np.arange(400)
    cases = pd.DataFrame({"a": at % 2 == 0, "b": (at % 2 == 0) ^ (at % 4 == 1) & (at >= 200), "c": at < 200})
    positive = pd.Series((at % 2 == 0) & (at < 200) & (at % 20 != 0))
    trial, engine = make_trial(cases, positive)
    first = engine.best(trial.units.cases, trial.units.positives)
    features = trial.units.encoded.features
    assert {features[step[0]].attribute for step in first.steps} == {"a", "c"}
    assert evidence._list_interchangeable(trial, engine, first) == {"a": ("b",)}


def test_alternatives_are_counted_rules_on_other_attributes():
    cases, positive = make_flags()
    trial, engine = make_trial(cases, positive)
    first = engine.best(trial.units.cases, trial.units.positives)
    listed = evidence._list_alternatives(trial, engine, first)
    assert [one.rule.words("en") for one in listed] == ["b: yes"]
    assert (listed[0].covered, listed[0].positives) == (39, int(positive[cases["b"]].sum()))
    assert listed[0].overlap == 38 / 41
    together, engine = make_trial(cases[["a"]], positive, groups=pd.Series(np.arange(120) // 40))
    assert (together.units.cases != 1).any()
    assert evidence._list_alternatives(together, engine, Candidate(1.0, ((0, 1, 1, 0),), 40, 36)) == ()


def test_four_alternatives_at_most_each_on_attributes_of_its_own():
    rng = np.random.default_rng(2)
    positive = pd.Series(rng.random(300) < 0.4)
    cases = pd.DataFrame({name: np.where(rng.random(300) < 0.8, positive, rng.random(300) < 0.4) for name in "abcdefg"})
    trial, engine = make_trial(cases, positive)
    first = engine.best(trial.units.cases, trial.units.positives)
    listed = [set(one.rule.attributes) for one in evidence._list_alternatives(trial, engine, first)]
    named = [{trial.units.encoded.features[step[0]].attribute for step in first.steps}, *listed]
    assert len(listed) == 4
    assert all(not later >= earlier for i, later in enumerate(named) for earlier in named[:i])
    assert max(map(len, listed)) <= 2


def make_cases(n, lift, seed):
    rng = np.random.default_rng(seed)
    cases = pd.DataFrame(
        {
            "employees": rng.lognormal(5, 1.2, n).round(),
            "age": rng.integers(1, 40, n).astype("float64"),
            "industry": pd.array(rng.choice(["SaaS", "Retail", "Health", "Steel"], n), dtype="str"),
            "exports": pd.array(rng.random(n) < 0.4, dtype="boolean"),
            "stack": pd.Series(
                [tuple(t for t in ("CRM", "ERP", "BI") if rng.random() < 0.4) for _ in range(n)], dtype=object
            ),
        },
        index=pd.Index([f"A{i:04d}" for i in range(n)]),
    )
    inside = (cases["employees"] >= 100) & cases["industry"].isin(["SaaS", "Health"])
    return cases, pd.Series(rng.random(n) < np.where(inside, 0.2 * lift, 0.1), index=cases.index), inside


@pytest.fixture(scope="module")
def planted():
    cases, positive, inside = make_cases(500, 3, 1)
    return cases, positive, inside, find_icp(cases, positive, **FAST)


def test_a_planted_profile_is_found_and_supported(planted):
    cases, _positive, inside, finding = planted
    found = finding.rule.mask(cases).astype(bool)
    assert finding.verdict == "supported"
    assert (found & inside).sum() / (found | inside).sum() >= 0.8
    assert finding.lift_low > 1
    assert finding.lift < finding.paper_lift
    assert set(finding.rule.attributes) == {"employees", "industry"}


def test_the_order_of_rows_and_columns_changes_nothing(planted):
    cases, positive, _inside, finding = planted
    shuffled = cases.sample(frac=1, random_state=3)[cases.columns[::-1]]
    again = find_icp(shuffled, positive.sample(frac=1, random_state=4), **FAST)
    assert again == finding


def test_missing_values_do_not_match_and_do_not_break(planted):
    cases, positive, _inside, _finding = planted
    holes = cases.mask(np.random.default_rng(5).random(cases.shape) < 0.2)
    holes["exports"] = holes["exports"].astype("boolean")
    finding = find_icp(holes, positive, **FAST)
    assert finding.rule.mask(holes).isna().any()
    assert finding.verdict in ("supported", "tentative")


def test_noise_is_not_supported():
    findings = [find_icp(*make_cases(400, 0.5, seed)[:2], **FAST) for seed in range(4)]
    assert [finding.verdict for finding in findings].count("supported") == 0
    assert min(finding.paper_lift for finding in findings) > 1, "noise looks good on paper"


def test_too_few_cases_are_a_verdict_and_no_error():
    cases, positive, _inside = make_cases(40, 0.5, 2)
    positive[:] = False
    for finding in (find_icp(cases, positive, **FAST), find_icp(cases.head(3), positive.head(3), **FAST)):
        assert (finding.verdict, finding.verdict_reason) == ("unsupported", ("too_few",))
    assert find_icp(cases.head(0), positive.head(0), **FAST).verdict == "unsupported"


def test_unknown_outcomes_are_left_out_and_counted(planted):
    cases, positive, _inside, _finding = planted
    unknown = positive.astype("boolean").mask(np.arange(len(positive)) < 50)
    finding = find_icp(cases, unknown, **FAST)
    assert (finding.unknown, finding.n) == (50, 450)


def test_an_attribute_that_tells_the_outcome_is_refused(planted):
    cases, positive, _inside, _finding = planted
    leaky = cases.assign(
        contract_end=np.where(positive, np.arange(500.0), np.nan), plan=np.where(positive, "Gold", "Basic")
    )
    leaky["plan"] = leaky["plan"].astype("str")
    finding = find_icp(leaky, positive, **FAST)
    assert set(finding.leaking) == {"contract_end", "plan"}
    assert set(finding.rule.attributes) & set(finding.leaking) == set()


def test_many_deals_of_few_accounts_rule_an_effect_out():
    rng = np.random.default_rng(7)
    accounts = pd.DataFrame(
        {"industry": pd.array(rng.choice(list("abcde"), 80), dtype="str"), "employees": rng.lognormal(5, 1, 80).round()}
    )
    account = rng.integers(0, 80, 6000)
    cases = accounts.iloc[account].set_axis(range(6000))
    finding = find_icp(cases, pd.Series(rng.random(6000) < 0.6), groups=pd.Series(account), **FAST)
    assert (finding.verdict, finding.verdict_reason) == ("unsupported", ("ruled_out",))
    assert 1 < finding.excluded_above < 1.3


def test_attributes_that_say_the_same_are_named_as_interchangeable(planted):
    cases, positive, _inside, _finding = planted
    twin = cases.assign(revenue=cases["employees"] * 200_000.0)
    finding = find_icp(twin, positive, **FAST)
    size = {"employees", "revenue"}
    used = size & set(finding.rule.attributes)
    assert len(used) == 1
    assert size - used <= set(finding.interchangeable[used.pop()])


def test_alternatives_rest_on_other_attributes(planted):
    _cases, _positive, _inside, finding = planted
    mine = set(finding.rule.attributes)
    assert all(not set(other.rule.attributes) >= mine for other in finding.alternatives)
    assert all(0 <= other.overlap <= 1 for other in finding.alternatives)


def test_a_rule_that_covers_few_groups_is_not_supported():
    rng = np.random.default_rng(11)
    parents = pd.Series(np.repeat(np.arange(40), 10))
    lucky = parents < 3
    cases = pd.DataFrame({"size": np.where(lucky, 900.0, rng.integers(1, 500, 400)), "age": rng.integers(1, 30, 400)})
    finding = find_icp(cases, lucky | (rng.random(400) < 0.1), groups=parents, **FAST)
    assert finding.verdict != "supported"


def test_more_cases_are_needed_for_smaller_lifts():
    assert plan_cases(0.6, 0.2)[0] < 2
    assert plan_cases(0.15, 0.2)[1] < plan_cases(0.15, 0.05)[1]
    assert plan_cases(0.0, 0.2)[1] == 0


def test_more_cases_show_smaller_lifts_and_a_declared_rule_shows_more():
    assert find_showable(2000, 0.2) < find_showable(300, 0.2)
    assert find_showable(300, 0.2, level=0.05) < find_showable(300, 0.2)
    assert np.isnan(find_showable(0, 0.2))
