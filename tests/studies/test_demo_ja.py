"""data/demo_ja, a small Japanese wholesaler seen through its ledger alone: what it says stays as it is."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from icp_lab.methods.customers import classify_accounts
from icp_lab.methods.outcomes import build_cases
from icp_lab.methods.profile import find_profile
from icp_lab.methods.success import Choice, choose_best, measure_success
from icp_lab.methods.value import value_customers
from icp_lab.study import check_study, open_study

WEIGHTS = dict.fromkeys(("revenue", "margin", "satisfaction", "usage", "tenure"), 1)


@pytest.fixture(scope="module")
def study(root):
    return open_study(root / "data" / "demo_ja")


@pytest.fixture(scope="module")
def cases(study):
    """What steps 1 and 2 hand to step 6, with the study's own parameters."""
    tables = {name: study.table(name) for name in ("accounts", "deals", "revenue", "churn")}
    base = classify_accounts(*tables.values(), as_of=study.as_of)
    customers = value_customers(base.frame, tables["revenue"], tables["deals"], as_of=study.as_of).frame
    measures = measure_success(customers, study.table("usage"), study.table("satisfaction"), as_of=study.as_of)
    choice = Choice(weights=WEIGHTS, top_share=study.steps["02_best_customers"]["top_share"], window_months=12)
    success = choose_best(measures, study.table("opinions"), choice)
    outcomes = build_cases(
        customers, success.marks, tables["deals"], as_of=study.as_of, window_months=12, wanted="best")
    candidates = study.candidates()
    return candidates.frame[list(candidates.names)], outcomes.cases


def test_it_is_what_its_tool_writes(root, tmp_path):
    subprocess.run([sys.executable, root / "tools" / "make_demo_ja.py", tmp_path], check=True)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert len(made) == 4
    for name in made:
        assert (tmp_path / name).read_bytes() == (root / "data" / "demo_ja" / name).read_bytes(), name


def test_it_is_kept_as_such_firms_keep_it(root):
    text = (root / "data" / "demo_ja" / "売上明細.csv").read_bytes().decode("cp932")
    assert all(sign in text for sign in "㈱①髙△")


def test_every_row_has_a_fate_and_only_the_counter_is_set_aside(root, study):
    assert check_study(root / "data" / "demo_ja").ok
    facts = study.facts("revenue")
    assert dict(facts.counts) == {("dropped", ""): 0, ("unknown_account", "account_id"): 9}
    assert facts.read == facts.used + 9
    assert len(study.table("accounts")) == 60


def test_money_dates_and_sizes_are_read_as_they_are_written(study):
    revenue, accounts = study.table("revenue"), study.table("accounts")
    assert (revenue["amount"] < 0).sum() == (revenue["quantity"] < 0).sum() > 0
    assert (revenue["cost"].abs() < revenue["amount"].abs()).all()
    assert revenue["date"].between(pd.Timestamp("2023-04-01"), pd.Timestamp("2026-03-31")).all()
    assert accounts["employees"].notna().all()
    assert set(accounts["sold_via"]) == {"direct", "dealer"}


def test_it_ends_tentative_on_something_that_is_true(root, cases):
    attributes, known = cases
    truth = json.loads((root / "data" / "demo_ja" / "truth.json").read_text(encoding="utf-8"))
    finding = find_profile(attributes, known, seed=0)
    assert (finding.n, finding.verdict) == (60, "tentative")
    assert finding.lift_low > 1
    assert set(finding.rule.attributes) <= {one["attribute"] for one in truth["helps"]}


@pytest.mark.slow
def test_it_is_tentative_whatever_the_finders_random_numbers(cases):
    verdicts = [find_profile(*cases, seed=seed).verdict for seed in range(1, 11)]
    assert verdicts == ["tentative"] * 10
