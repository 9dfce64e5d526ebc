from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.artifacts import BY_NAME, TableArtifact
from icp_lab.methods.negatives import Negatives, find_negatives, form_groups, name_reasons
from icp_lab.methods.reasons import group_reasons

NONE = pd.DataFrame()
AS_OF = date(2025, 12, 31)


def make_customers(n: int = 20) -> pd.DataFrame:
    return pd.DataFrame({
        "account_id": [f"a{i:02}" for i in range(n)], "status": "customer",
        "churned": pd.array([False] * n, dtype="boolean"), "churned_on": pd.Series([pd.NaT] * n, dtype="datetime64[s]"),
        "lapsed": pd.array([None] * n, dtype="boolean"), "since": pd.Timestamp("2020-01-01")})


def find(customers: pd.DataFrame, usage: pd.DataFrame = NONE, satisfaction: pd.DataFrame = NONE,
         opinions: pd.DataFrame = NONE, **settings: object) -> Negatives:
    return find_negatives(customers, usage, satisfaction, opinions, as_of=AS_OF, **settings)  # type: ignore[arg-type]


def flagged(negatives: Negatives, sign: str) -> list[str]:
    return negatives.frame.loc[negatives.frame[sign], "account_id"].tolist()


def judged(negatives: Negatives, sign: str) -> int:
    return int(negatives.signs.set_index("sign").loc[sign, "judged"])


def test_the_frame_has_the_form_of_the_artifact() -> None:
    customers = make_customers()
    customers.loc[0, "churned"] = True
    customers.loc[1, "status"] = "lost"
    customers.loc[2, "status"] = "prospect"
    negatives = find(customers)
    artifact = BY_NAME["negatives"]
    assert isinstance(artifact, TableArtifact)
    frame = name_reasons(negatives.frame, group_reasons(NONE, NONE, NONE))
    assert frame.columns.tolist() == [field.name for field in artifact.fields]
    assert (frame["reason_group"] == "unknown").all() and negatives.accounts == 19
    assert flagged(negatives, "churned") == ["a00"] and flagged(negatives, "lost") == ["a01"]
    assert negatives.with_failures


def test_what_cannot_be_told_is_not_negative_and_counted_as_not_judged() -> None:
    customers = make_customers()
    customers["churned"] = pd.array([None] * 19 + [True], dtype="boolean")
    negatives = find(customers)
    assert flagged(negatives, "churned") == ["a19"]
    assert judged(negatives, "churned") == 1 and judged(negatives, "low_use") == 0 and judged(negatives, "lapsed") == 0


def test_survivors_alone_are_named_as_such() -> None:
    satisfaction = pd.DataFrame({"account_id": ["a00"], "score": [1.0], "answer_scale": ["nps"],
                                 "date": [pd.Timestamp("2025-06-01")]})
    negatives = find(make_customers(), satisfaction=satisfaction)
    assert flagged(negatives, "low_satisfaction") == ["a00"] and not negatives.with_failures


def make_usage(users: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"account_id": [f"a{i:02}" for i in range(len(users))], "date": pd.Timestamp("2025-10-01"),
                         "active_users": users, "seats": 100.0})


def test_low_use_is_the_bottom_share_of_seats_used() -> None:
    negatives = find(make_customers(), make_usage(np.arange(20.0)), low_use_share=0.1)
    assert flagged(negatives, "low_use") == ["a00", "a01"] and negatives.use_measure == "seats"
    assert judged(negatives, "low_use") == 20


def test_accounts_that_tie_are_low_together_or_not_at_all() -> None:
    usage = make_usage(np.array([0.0] * 6 + [50.0] * 14))
    assert len(flagged(find(make_customers(), usage, low_use_share=0.2), "low_use")) == 6
    assert find(make_customers(), make_usage(np.full(20, 80.0)), low_use_share=0.2).frame.empty


def test_use_before_and_none_now_is_none_at_all_while_no_reading_is_unknown() -> None:
    usage = make_usage(np.arange(20.0) + 1).drop(index=0)
    usage.loc[19, "date"] = pd.Timestamp("2023-01-01")
    negatives = find(make_customers(), usage, low_use_share=0.1)
    assert flagged(negatives, "low_use") == ["a19"] and judged(negatives, "low_use") == 19


def test_who_has_just_begun_is_not_judged_by_use() -> None:
    customers = make_customers()
    customers["tenure_months"] = [1.0] + [70.0] * 19
    negatives = find(customers, make_usage(np.arange(20.0)), low_use_share=0.1)
    assert "a00" not in flagged(negatives, "low_use") and judged(negatives, "low_use") == 19


def test_events_count_per_month_and_before_the_day_of_leaving() -> None:
    customers = make_customers(10)
    customers.loc[0, ["churned", "churned_on"]] = [True, pd.Timestamp("2025-01-01")]
    days = {0: "2024-12-01"} | dict.fromkeys(range(1, 10), "2025-12-01")
    usage = pd.DataFrame([(f"a{i:02}", pd.Timestamp(day)) for i, day in days.items() for _ in range(20 - i)],
                         columns=["account_id", "date"])
    negatives = find(customers, usage, low_use_share=0.1)
    assert negatives.use_measure == "events"
    assert flagged(negatives, "low_use") == ["a09"]  # a00 used it most while it was a customer


@pytest.mark.parametrize(("scale", "line"), [("nps", 6.0), ("csat5", 2.0), ("csat10", 4.0), ("ces7", 3.0)])
def test_each_scale_has_its_own_line(scale: str, line: float) -> None:
    answers = pd.DataFrame({"account_id": ["a00", "a01"], "score": [line, line + 1], "answer_scale": scale,
                            "date": pd.Timestamp("2025-10-01")})
    assert flagged(find(make_customers(), satisfaction=answers), "low_satisfaction") == ["a00"]


def test_answers_of_no_known_scale_are_counted_not_guessed() -> None:
    answers = pd.DataFrame({"account_id": ["a00", "a01", "a02"], "score": [1.0, 11.0, 3.0],
                            "answer_scale": [None, "nps", "nps"], "date": pd.Timestamp("2025-10-01")})
    negatives = find(make_customers(), satisfaction=answers)
    assert negatives.answers_set_aside == 2 and flagged(negatives, "low_satisfaction") == ["a02"]


def test_opinions_need_more_voices_against_than_for() -> None:
    opinions = pd.DataFrame({"account_id": ["a00", "a01", "a01", "a02"], "verdict": ["avoid", "avoid", "best", "good"]})
    negatives = find(make_customers(), opinions=opinions)
    assert flagged(negatives, "avoided") == ["a00"] and judged(negatives, "avoided") == 3


def test_signs_overlap_and_stand_alone_by_count() -> None:
    customers = make_customers()
    customers.loc[:3, "churned"] = True
    negatives = find(customers, make_usage(np.arange(20.0)), low_use_share=0.25)
    pairs = negatives.overlap.set_index(["first", "second"])["both"]
    assert pairs[("churned", "low_use")] == 4
    assert negatives.signs.set_index("sign").loc["low_use", ["negative", "only"]].tolist() == [5, 1]


def test_the_reason_is_attached() -> None:
    customers = make_customers()
    customers.loc[:1, "churned"] = True
    reasons = group_reasons(pd.DataFrame({"account_id": ["a00"], "reason": ["pricing"]}), NONE, NONE)
    frame = name_reasons(find(customers).frame, reasons)
    assert frame["reason_group"].tolist() == ["price", "unknown"]


def test_the_order_of_rows_does_not_matter() -> None:
    customers, usage = make_customers(), make_usage(np.arange(20.0))
    one, two = find(customers, usage), find(customers[::-1], usage[::-1])
    pd.testing.assert_frame_equal(one.frame, two.frame)


def test_groups_are_disjoint() -> None:
    customers = make_customers(6)
    outcomes = pd.DataFrame({"account_id": [f"a{i:02}" for i in range(6)], "outcome": "best",
                             "positive": ["yes", "yes", "no", "no", "unknown", "no"]})
    groups = form_groups(customers, outcomes, pd.DataFrame({"account_id": ["a01", "a02"]}))
    assert (groups.best, groups.negative, groups.ordinary) == (("a00",), ("a02",), ("a03", "a05"))
    assert groups.best_but_negative == ("a01",) and groups.best_are == "best"


def test_without_best_customers_the_others_stand_in() -> None:
    groups = form_groups(make_customers(3), pd.DataFrame({"account_id": [], "outcome": [], "positive": []}),
                         pd.DataFrame({"account_id": ["a01", "z"]}))
    assert groups.best == ("a00", "a02") and groups.negative == ("a01", "z") and groups.best_are == "customers"
