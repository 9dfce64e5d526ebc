"""The protocol: what it supports, what it refuses, and that neither hangs on the order of rows."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.evidence import find_icp, find_showable, plan_cases

FAST = {"permutations": 49, "bootstraps": 20}


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
