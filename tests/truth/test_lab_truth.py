"""The lab as a whole on made-up companies: it finds what was planted, and claims nothing where nothing was."""

import pytest

from icp_lab.methods.customers import classify_accounts
from icp_lab.methods.draft import cover_accounts
from icp_lab.methods.outcomes import build_cases
from icp_lab.methods.profile import find_profile
from icp_lab.methods.segments import find_segments, select_customers
from icp_lab.methods.success import Choice, choose_best, measure_success
from icp_lab.methods.value import value_customers
from icp_lab.study import open_study
from icp_lab.worlds import make_company, write_study

WEIGHTS = dict.fromkeys(("revenue", "margin", "satisfaction", "usage", "tenure"), 1)
PLANTED, NULL = range(8), range(100, 120)


def _take_steps(world, folder):
    """Go from a world's raw tables to customers, cases and attributes, as steps 1 and 2 do with their defaults."""
    write_study(world, folder)
    study = open_study(folder)
    tables = {name: study.table(name) for name in ("accounts", "deals", "revenue", "churn")}
    base = classify_accounts(*tables.values(), as_of=study.as_of)
    customers = value_customers(base.frame, tables["revenue"], tables["deals"], as_of=study.as_of).frame
    measures = measure_success(customers, study.table("usage"), study.table("satisfaction"), as_of=study.as_of)
    choice = Choice(weights=WEIGHTS, weight_draws=50, window_months=study.outcome_window_months)
    success = choose_best(measures, study.table("opinions"), choice)
    outcomes = build_cases(
        customers, success.marks, tables["deals"], as_of=study.as_of, window_months=12, wanted=study.outcome
    )
    candidates = study.candidates()
    return customers, outcomes.cases, candidates.frame[list(candidates.names)]


def _find(attributes, cases):
    return find_profile(attributes, cases, permutations=199, folds=5, bootstraps=50, seed=0)


@pytest.mark.slow
def test_the_planted_profile_is_found_and_supported(tmp_path):
    """In 8 companies: Jaccard of covered accounts with the truth at least 0.8 in 7, supported in 7."""
    overlaps, verdicts = [], []
    for seed in PLANTED:
        world = make_company(seed=seed)
        _customers, cases, attributes = _take_steps(world, tmp_path / str(seed))
        finding = _find(attributes, cases)
        coverage = cover_accounts(attributes, finding.rule)
        found, truth = set(coverage[coverage["fit"] == "in"]["account_id"]), set(world.truth["profile"]["accounts"])
        overlaps.append(len(found & truth) / len(found | truth))
        verdicts.append(finding.verdict)
    assert sum(overlap >= 0.8 for overlap in overlaps) >= 7, overlaps
    assert verdicts.count("supported") >= 7, verdicts


@pytest.mark.slow
def test_null_companies_have_no_profile_and_no_segments(tmp_path):
    """In 20 companies without signal: supported at most twice, segments published at most twice."""
    verdicts, published = [], []
    for seed in NULL:
        world = make_company(seed=seed, signal=False)
        customers, cases, attributes = _take_steps(world, tmp_path / str(seed))
        verdicts.append(_find(attributes, cases).verdict)
        segmentation = find_segments(
            select_customers(attributes, customers, []), min_share=0.08, neighbours=25, resamples=20, nulls=20, seed=0
        )
        published.append(segmentation.published)
    assert verdicts.count("supported") <= 2, verdicts
    assert sum(published) <= 2, published
