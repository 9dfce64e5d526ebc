"""What a second look at a draft says: size, what else it might be, further profiles, leaks, and what to collect."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.draft import group_attributes, hold_others_fixed, hold_size_fixed
from icp_lab.methods.profile import MoreProfiles, find_profile, find_reach, suspect_attributes
from icp_lab.rule import Rule
from icp_lab.views import scrutiny


@pytest.fixture(scope="module")
def world(sized):
    attributes, cases = sized
    finding = find_profile(attributes, cases, permutations=19, folds=2, bootstraps=10, max_criteria=1, seed=0)
    return attributes, cases, finding


def test_what_could_be_seen_is_said_before_anybody_looks(world):
    _attributes, _cases, finding = world
    said = scrutiny.tell_reach(finding, "best", find_reach(finding))
    assert said.startswith("Before looking: with 400 customers")
    few = replace(finding, n=40, best=8, showable=float("nan"))
    assert "too few for a search" in scrutiny.tell_reach(few, "best", find_reach(few))
    assert "searched for or declared" in scrutiny.tell_reach(few, "best", (float("nan"), float("nan")))


def test_size_is_held_fixed_where_it_is_on_record(world):
    attributes, cases, finding = world
    blank = hold_size_fixed(attributes, cases, pd.Series(dtype="str"), finding.rule)
    assert "not on record" in scrutiny.tell_size(blank, finding.rule)
    bands = pd.Series(np.arange(400) % 2, index=attributes.index).map({0: "small", 1: "large"})
    size = hold_size_fixed(attributes, cases, bands, finding.rule)
    assert size.fixed.lift == pytest.approx(size.plain.lift, rel=0.02)
    assert "Best does not just mean big" in scrutiny.tell_size(size, finding.rule)


def test_criteria_are_held_against_everything_else_on_record(world):
    attributes, cases, finding = world
    assert "nothing else on record" in scrutiny.tell_alike(hold_others_fixed(attributes, cases, finding.rule))
    more = attributes.assign(demand=np.where(cases["positive"] == "yes", 1.0, 0.0) + np.arange(400) % 3)
    assert "No criterion vanishes" in scrutiny.tell_alike(hold_others_fixed(more, cases, finding.rule))
    rng = np.random.default_rng(0)
    client = pd.array(rng.random(400) < np.where(cases["positive"] == "yes", 0.9, 0.1), dtype="boolean")
    twin = attributes.assign(client=client, seats=np.where(client, 40.0, 10.0) + rng.integers(0, 60, 400))
    said = scrutiny.tell_alike(hold_others_fixed(twin, cases, Rule.from_dicts([{"attribute": "seats", "min": 40}])))
    assert "seats at least 40** is confounded with **client" in said


def test_a_second_profile_waits_for_the_first(world):
    _attributes, _cases, finding = world
    assert "before the first" in scrutiny.tell_more(MoreProfiles((), None), "best")
    assert scrutiny.tell_more(MoreProfiles((finding,), None), "best").startswith("**Employees")
    assert "no further profile" in scrutiny.tell_more(MoreProfiles((), finding), "best")


def test_leaks_are_refused_with_a_reason_and_names_only_shown(world):
    attributes, cases, _finding = world
    told = attributes.assign(lost_reason=cases["positive"].map({"no": "price"}).to_numpy(), renewals=1.0)
    said = scrutiny.tell_leaks(suspect_attributes(told, cases))
    assert "lost reason (filled only where the case came out one way)" in said
    assert "not refused: renewals" in said
    assert "insists: lost reason" in scrutiny.tell_leaks(suspect_attributes(told, cases, insist=["lost_reason"]))


def test_groups_without_attributes_say_what_would_bring_some(world):
    attributes, _cases, finding = world
    groups = group_attributes(attributes, {"employees": "basic", "exports": "organizational"}, finding, ["industry"])
    assert groups.lacking["technical"] == ("reference",)
    assert groups.lacking["basic"] == ()
    assert groups.frame.set_index("attribute")["use"].to_dict()["industry"] == "excluded"
    assert "technical" in scrutiny.tell_next(finding, groups)[-1]
