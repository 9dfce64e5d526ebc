from datetime import date

import pandas as pd
import pytest

from icp_lab.artifacts import BY_NAME
from icp_lab.artifacts.store import write_artifact
from icp_lab.methods.feedback import list_asked, read_feedback

NOW = date(2026, 6, 30)
COVERAGE = pd.DataFrame({
    "account_id": [f"a{place:02}" for place in range(40)], "fit": ["in"] * 20 + ["out"] * 20,
    "met": ["size, industry"] * 20 + ["industry"] * 20, "failed": [""] * 20 + ["size"] * 20, "unknown": "",
})  # fmt: skip


def say(agrees, day="2026-06-01", **more):
    accounts = COVERAGE["account_id"][: len(agrees)]
    return pd.DataFrame({"date": pd.Timestamp(day), "account_id": accounts, "agrees": agrees, **more})


def test_each_criterion_is_held_against_what_sales_says():
    found = read_feedback(say([True] * 16 + [False] * 4 + [True] * 4 + [False] * 16), COVERAGE, as_of=NOW)
    lines = found.frame.set_index(["about", "stands"])[["yes", "n"]].to_dict("index")
    assert lines == {("fit", "in"): {"yes": 16, "n": 20}, ("fit", "out"): {"yes": 4, "n": 20},
                     ("industry", "met"): {"yes": 20, "n": 40}, ("size", "met"): {"yes": 16, "n": 20},
                     ("size", "failed"): {"yes": 4, "n": 20}}  # fmt: skip
    gaps = found.gaps.set_index("about")
    assert list(gaps.index) == ["fit", "size"]  # nobody fails the industry, so nothing can be held against it
    assert gaps.loc["size", ["gap", "low", "high"]].tolist() == pytest.approx([0.6, 0.2945, 0.7688], abs=0.001)


def test_a_company_counts_once_with_its_latest_answer():
    both = pd.concat([say([False] * 3, "2026-01-01"), say([True] * 2)])
    found = read_feedback(both, COVERAGE, as_of=NOW)
    assert (found.n, found.repeated, found.frame.iloc[0]["yes"]) == (3, 2, 2)


def test_leads_count_and_strangers_are_counted_apart():
    rows = pd.DataFrame({"date": pd.Timestamp("2026-06-01"), "agrees": True, "lead_id": ["a00", "nobody"]})
    found = read_feedback(rows, COVERAGE, as_of=NOW)
    assert (found.n, found.unmatched, len(found.frame)) == (2, 1, 3)


def test_reasons_are_grouped_and_silence_gives_none():
    found = read_feedback(say([False] * 3, reason=["too expensive", None, None], note=[None, "No budget", None]),
                          COVERAGE, as_of=NOW)  # fmt: skip
    assert found.reasons.to_numpy().tolist() == [[False, "price", 2, 2]]


def test_words_that_are_said_often_stand_for_themselves():
    found = read_feedback(say([True] * 5, reason=["Same trade"] * 3 + ["Ask Mr Smith"] * 2), COVERAGE, as_of=NOW)
    assert found.reasons[["group", "n"]].to_numpy().tolist() == [["Same trade", 3], ["other", 2]]


def test_nothing_said():
    found = read_feedback(pd.DataFrame(), COVERAGE, as_of=NOW)
    assert (found.n, len(found.frame), len(found.gaps), len(found.reasons)) == (0, 0, 0, 0)


def test_sales_is_asked_about_what_it_works_on():
    deals = pd.DataFrame({"account_id": ["a01", "a02", "a03", "a04"], "stage": ["open", "won", "lost", "open"],
                          "created": pd.Timestamp("2026-05-01"),
                          "closed": pd.to_datetime([None, "2026-06-01", "2024-01-01", None])})  # fmt: skip
    said = pd.DataFrame({"date": [pd.Timestamp("2026-06-01")], "agrees": [True], "account_id": ["a04"]})
    assert list_asked(deals, COVERAGE, said, as_of=NOW)["account_id"].tolist() == ["a02", "a01"]


def test_without_deals_nobody_is_asked():
    coverage = pd.DataFrame({"account_id": ["a"], "fit": "in", "met": "", "failed": "", "unknown": ""})
    asked = list_asked(pd.DataFrame(), coverage, pd.DataFrame(), as_of=date(2026, 6, 30))
    assert asked.columns.tolist() == ["account_id", "fit", "failed", "unknown", "last"]
    assert asked.empty


def test_an_open_deal_whose_days_could_not_be_read_is_asked_about_and_can_be_handed_on(tmp_path):
    deals = pd.DataFrame({"account_id": ["a01", "a02"], "stage": "open",
                          "created": pd.to_datetime([None, "2026-05-01"])})  # fmt: skip
    asked = list_asked(deals, COVERAGE, pd.DataFrame(), as_of=NOW)
    assert asked["account_id"].tolist() == ["a02", "a01"]
    write_artifact(tmp_path, BY_NAME["asked"], asked)
    assert (tmp_path / "asked.parquet").is_file()
