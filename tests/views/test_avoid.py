from dataclasses import replace
from datetime import date

import pandas as pd

from icp_lab.methods.avoid import Failures, find_avoid
from icp_lab.methods.profile import weigh_criteria
from icp_lab.views.avoid import tell_avoid_profile, tell_failures, weigh_avoid
from icp_lab.views.draft import draw_lift
from icp_lab.views.picture import About

ABOUT = About(date(2025, 12, 31), "EUR", "Test")
IDS = [f"a{i:02}" for i in range(60)]
FAILURES = Failures(tuple(IDS[40:]), tuple(IDS[:40]), "customers", min_signs=1)
ATTRIBUTES = pd.DataFrame({
    "industry": ["SaaS"] * 30 + ["Retail"] * 30,
    "exports": pd.array([i % 2 == 0 for i in range(60)], dtype="boolean")}, index=IDS)


def test_the_negative_profile_counts_before_it_gives_a_ratio() -> None:
    finding = find_avoid(ATTRIBUTES, FAILURES.negative, FAILURES.others, permutations=19, bootstraps=10)
    assert "20 that show at least 1" in tell_failures(FAILURES)
    said = tell_avoid_profile(finding)
    assert "Of 30 accounts with **industry Retail**, 20 did not fit; of the 30 others, 0" in said
    few = find_avoid(ATTRIBUTES, ["a40"], ["a01"])
    assert "too few" in tell_avoid_profile(few)


def test_the_criteria_of_a_negative_profile_are_weighed_where_it_is_claimed() -> None:
    finding = find_avoid(ATTRIBUTES, FAILURES.negative, FAILURES.others, permutations=39, bootstraps=10)
    additions = weigh_criteria(ATTRIBUTES, FAILURES.cases, finding)
    claimed = replace(finding, verdict="supported")
    said = [str(one) for one in weigh_avoid(claimed, additions, ABOUT)]
    assert any("proved a poor fit" in one and "those that only the criterion named keeps out" in one for one in said)
    assert any(one.startswith("**Industry Retail**: without it the profile would take in 30 accounts") for one in said)
    refused = weigh_avoid(replace(finding, verdict="unsupported"), additions, ABOUT)
    assert refused == ["No profile to avoid is claimed, so its criteria are not weighed one by one."]
    assert "60 accounts" in draw_lift(finding, "failed", ABOUT).foot
