import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.leaks import CASES, find_leaks


@pytest.fixture
def positive():
    return pd.Series(np.random.default_rng(0).random(400) < 0.2)


def refused(column, positive, **options):
    return find_leaks(pd.DataFrame({"a": column}), positive, **options).refused.get("a")


def test_each_way_of_telling_the_outcome_is_refused(positive):
    rng = np.random.default_rng(1)
    assert refused(positive.map({True: "x", False: "y"}), positive) == "function"
    assert refused(np.where(positive, 3.0, 1.0) + rng.normal(0, 0.5, 400), positive) == "area"
    assert refused(np.where(positive, 2.0, rng.choice([1.0, 3.0], 400)), positive) == "function", "codes out of order"
    assert refused([("won", "big") if flag else ("big",) for flag in positive], positive) == "function"
    assert refused(pd.Timestamp("2025-01-01") + pd.to_timedelta(positive * 30 + rng.random(400), unit="D"),
                   positive) == "function"


def test_a_value_that_is_there_only_after_one_outcome_is_refused(positive):
    some = positive & (np.random.default_rng(2).random(400) < 0.5)
    assert refused(pd.Series(np.where(some, "r", None)).astype("str"), positive) == "missing"
    most = ~positive & (np.random.default_rng(3).random(400) < 0.9)
    assert refused(np.where(most, 1.0, np.nan), positive) == "missing"


def test_a_strong_but_honest_attribute_stays(positive):
    rng = np.random.default_rng(4)
    assert refused(np.where(positive, 2.0, 0.0) + rng.normal(0, 1, 400), positive) is None
    assert refused(np.where(positive | (rng.random(400) < 0.1), "x", "y"), positive) is None
    # Firms below some size are never best, and nobody knows their revenue: common, and no leak.
    assert refused(np.where(~positive & (rng.random(400) < 0.4), np.nan, rng.random(400)), positive) is None


def test_what_names_each_account_is_no_leak(positive):
    assert refused([f"id{i}" for i in range(400)], positive) is None
    assert refused(np.random.default_rng(5).permutation([f"owner{i // 4}" for i in range(400)]), positive) is None


def test_cases_of_one_group_do_not_vouch_for_each_other():
    rng = np.random.default_rng(6)
    parent = pd.Series(np.repeat(np.arange(80), 5))
    positive = pd.Series(np.repeat(rng.random(80) < 0.3, 5))
    city = ("c" + parent.astype(str)).astype("str")
    assert refused(city, positive) is not None
    assert refused(city, positive, groups=parent) is None
    assert refused(np.where(positive, "x", "y"), positive, groups=parent) == "function"


def test_few_cases_refuse_nothing():
    positive = pd.Series([True] * 5 + [False] * 12)
    assert refused(positive.map({True: "x", False: "y"}), positive) is None
    assert refused(["x"] * CASES, pd.Series([True] * CASES)) is None


@pytest.mark.parametrize("name", [
    "churn_date", "Renewal Status", "contractValue", "lost_reason", "won_by", "nps_score", "解約日", "契約金額",
    "失注理由"])
def test_a_name_alone_is_shown_and_not_refused(name, positive):
    leaks = find_leaks(pd.DataFrame({name: np.random.default_rng(7).random(400)}), positive)
    assert leaks.frame[["attribute", "suspicion", "refused"]].to_numpy().tolist() == [[name, "name", False]]


@pytest.mark.parametrize("name", [
    "employees", "industry", "annual_revenue", "region", "closeness", "owner", "wonders", "year_founded", "売上高",
    "業種", "従業員数", "contractors", "supporting_bank", "tech_stack", "window_count"])
def test_plain_names_are_not_suspected(name, positive):
    assert find_leaks(pd.DataFrame({name: [1.0] * 400}), positive).frame.empty


def test_what_the_study_insists_on_is_shown_and_kept(positive):
    leaks = find_leaks(pd.DataFrame({"a": positive.astype(float)}), positive, insist=["a"])
    assert leaks.refused == {} and leaks.insisted == ("a",)
    assert leaks.frame["suspicion"].tolist() == ["function"]


def test_unknown_outcomes_are_left_out_and_order_does_not_matter(positive):
    rng = np.random.default_rng(8)
    told = positive.astype("boolean").mask(rng.random(400) < 0.2)
    cases = pd.DataFrame({"a": np.where(positive, 3.0, 1.0) + rng.normal(0, 0.6, 400),
                          "b": pd.Series(np.where(told.fillna(True), "x", None)).astype("str")})
    one = find_leaks(cases, told)
    two = find_leaks(cases.sample(frac=1, random_state=1)[["b", "a"]], told)
    pd.testing.assert_frame_equal(one.frame, two.frame)
    assert set(one.refused) == {"a", "b"} and (one.frame["n"] == told.notna().sum()).all()
