"""The search of a draft: what it may not use, whether there are more profiles, what each criterion adds."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.errors import LabError
from icp_lab.methods.profile import find_more, find_profile, find_reach, suspect_attributes, weigh_criteria

PLAN = {"permutations": 99, "bootstraps": 20, "max_criteria": 3}


def make_kinds(seed=0, second=True):
    """Two ideal customers with nothing in common, or one."""
    rng = np.random.default_rng(seed)
    n = 900
    ids = pd.Index([f"A{i:03d}" for i in range(n)], name="account_id")
    frame = pd.DataFrame({
        "employees": rng.integers(1, 1000, n).astype("float64"), "age": rng.integers(1, 60, n).astype("float64"),
        "industry": pd.array(rng.choice(list("abcd"), n), dtype="str"), "growth": rng.random(n),
    }, index=ids)
    good = frame["employees"] >= 750
    good |= second & (frame["industry"] == "a") & (frame["employees"] < 500)
    positive = rng.random(n) < np.where(good, 0.7, 0.05)
    answers = np.where(positive, "yes", "no")
    return frame, pd.DataFrame({"case_id": ids, "account_id": ids, "time": pd.NaT, "positive": answers})


def test_a_second_profile_is_found_among_those_outside_the_first():
    frame, cases = make_kinds()
    first = find_profile(frame, cases, **PLAN)
    more = find_more(frame, cases, first, **PLAN)
    assert [one.verdict for one in more.findings] == ["supported"]
    assert more.stopped is not None
    assert {*first.rule.attributes, *more.findings[0].rule.attributes} >= {"employees", "industry"}
    taken = first.rule.mask(frame).fillna(False) & more.findings[0].rule.mask(frame).fillna(False)
    assert more.findings[0].n == int((~first.rule.mask(frame).fillna(True)).sum())
    assert taken.mean() < 0.2


def test_no_second_profile_where_there_is_one_kind():
    frame, cases = make_kinds(second=False)
    first = find_profile(frame, cases, **PLAN)
    more = find_more(frame, cases, first, **PLAN)
    assert first.verdict == "supported"
    assert more.findings == ()
    assert more.frame["verdict"].tolist() == [more.stopped.verdict]


def test_nothing_more_is_searched_after_an_unsupported_profile():
    frame, cases = make_kinds()
    noise = cases.assign(positive=np.random.default_rng(3).permutation(cases["positive"]))
    first = find_profile(frame, noise, **PLAN)
    assert first.verdict != "supported"
    assert find_more(frame, noise, first, **PLAN).stopped is None


def test_a_leak_is_refused_unless_the_study_insists():
    frame, cases = make_kinds()
    told = frame.assign(plan=pd.array(np.where(cases["positive"] == "yes", "gold", "basic"), dtype="str"))
    assert set(suspect_attributes(told, cases).refused) == {"plan"}
    assert "plan" in find_profile(told, cases, **PLAN).leaking
    insisted = find_profile(told, cases, insist=["plan"], **PLAN)
    assert insisted.leaking == {}
    assert insisted.rule.attributes == ("plan",)
    assert find_profile(told, cases, exclude=["plan"], **PLAN).leaking == {}


def test_a_name_that_is_no_attribute_is_refused():
    frame, cases = make_kinds()
    with pytest.raises(LabError, match="employes"):
        find_profile(frame, cases, exclude=["employes"], **PLAN)


def test_a_criterion_adds_what_it_alone_keeps_out():
    frame, cases = make_kinds(second=False)
    good = (frame["employees"] >= 600) & (frame["industry"].isin(["a", "b"]))
    drawn = np.random.default_rng(1).random(len(frame)) < np.where(good, 0.8, 0.05)
    finding = find_profile(frame, cases.assign(positive=np.where(drawn, "yes", "no")), **PLAN)
    rows = weigh_criteria(frame, cases.assign(positive=np.where(drawn, "yes", "no")), finding).frame
    assert finding.rule.attributes == ("employees", "industry")
    assert rows["n"].iloc[0] == finding.covered
    kept_out = frame["industry"].isin(["a", "b"]) & ~finding.rule.mask(frame).fillna(False)
    assert (rows["n"].iloc[1], rows["positives"].iloc[1]) == (kept_out.sum(), (kept_out & drawn).sum())
    assert (rows["low"] <= rows["share"]).all()
    assert (rows["share"] <= rows["high"]).all()
    assert rows["high"].iloc[1:].max() < rows["low"].iloc[0]


def test_a_missing_value_keeps_nobody_out():
    frame, cases = make_kinds(second=False)
    finding = find_profile(frame, cases, **PLAN)
    blank = frame.assign(employees=np.nan)
    assert weigh_criteria(blank, cases, finding).frame["n"].tolist()[:2] == [0, 0]


def test_a_declared_rule_reaches_further_than_a_search():
    frame, cases = make_kinds()
    search, declared = find_reach(find_profile(frame, cases, **PLAN))
    assert 1 < declared < search
