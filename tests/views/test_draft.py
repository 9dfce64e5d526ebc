"""The draft is told so that counts come first and an unsupported one claims nothing."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.icp import explain_account
from icp_lab.methods.draft import compare_outcomes, compose_draft, cover_accounts, hold_size_fixed
from icp_lab.methods.finding import NO_NOISE
from icp_lab.methods.profile import MoreProfiles, find_profile
from icp_lab.views import draft as view
from icp_lab.views.picture import About

ABOUT = About(as_of=date(2026, 6, 30), currency="EUR", source="Test")


@pytest.fixture(scope="module")
def world(sized):
    attributes, cases = sized
    finding = find_profile(attributes, cases, permutations=49, folds=5, bootstraps=20, max_criteria=3, seed=0)
    return attributes, cases, finding


def test_a_supported_draft_is_told_in_counts(world):
    _attributes, _cases, finding = world
    assert "**Employees at least" in view.tell_headline(finding, "best")
    assert view.tell_counts(finding, "best").startswith("Of 10")
    assert "Fewer" not in view.tell_checks(finding)
    assert len(view.tell_noise(finding)) == 5
    assert "<svg" in view.draw_lift(finding, "best", ABOUT).narrow
    assert "employees" in view.draw_stability(finding, "best", ABOUT).alt


def test_an_unsupported_draft_claims_nothing(world):
    attributes, cases, finding = world
    refused = replace(finding, verdict="unsupported", verdict_reason=("ruled_out",), excluded_above=1.2)
    assert "1.20 times" in view.tell_headline(refused, "won")
    bands = pd.Series(np.arange(400) % 2, index=attributes.index).map({0: "small", 1: "large"})
    size = hold_size_fixed(attributes, cases, bands, finding.rule)
    outcomes = compare_outcomes(attributes, cases, finding.rule, "best")
    draft = compose_draft(refused, size, outcomes, MoreProfiles((), None), name="Test", outcome="best", tries=3)
    assert draft["evidence"]["tries"] == 3
    assert "more" not in draft
    assert draft["criteria"] == []
    assert draft["evidence"]["refused"] == finding.rule.to_dicts()


def test_every_account_is_in_out_or_unknown(world):
    attributes, _cases, finding = world
    coverage = cover_accounts(attributes, finding.rule).set_index("account_id")
    assert set(coverage["fit"]) == {"in", "out", "unknown"}
    assert coverage.loc["A000", "unknown"].split(", ")[0] == "employees"
    assert (coverage.loc[coverage["fit"] == "in", "failed"] == "").all()


def test_an_account_is_explained_by_criteria_and_neighbours(world):
    attributes, cases, finding = world
    why = explain_account(attributes, finding.rule, cases, "A000")
    assert why.frame["holds"].iloc[0] == "unknown"
    assert len(why.nearest_best) == 3
    assert why.nearest_best["distance"].is_monotonic_increasing
    assert any("fill in employees first" in sentence for sentence in why.words())


def test_each_picture_is_followed_by_a_plain_sentence(world):
    _attributes, _cases, finding = world
    assert "luck hardly ever does as well" in view.tell_lift(finding)
    assert "luck does as well too often" in view.tell_lift(replace(finding, reasons=("noise-", "interval-")))
    assert "of its companies with this one" in view.tell_stability(finding)
    shaky = replace(finding, stability=dict.fromkeys(finding.stability, 0.1), reasons=("stability-",))
    assert "Loose" in view.tell_stability(shaky)
    assert "loose" in view.draw_stability(shaky, "best", ABOUT).alt
    assert "firm" in str(view.tabulate_rule(finding))


def test_what_was_not_tested_is_not_held_against_anything(world):
    _attributes, _cases, finding = world
    bare = replace(finding, noise=NO_NOISE, stability={}, lift=float("nan"))
    assert view.tell_counts(bare, "best").startswith("Of 400 customers")
    assert "Nothing was tested" in view.draw_lift(bare, "best", ABOUT)
    assert "Nothing was tested" in view.draw_stability(bare, "best", ABOUT)
    assert view.tell_lift(bare) == view.tell_stability(replace(bare, noise=NO_NOISE)) == ""
    assert "loose" not in str(view.tabulate_rule(bare)).split("Chosen again:")[0]
