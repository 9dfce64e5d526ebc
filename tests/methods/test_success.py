from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.errors import LabError
from icp_lab.methods.success import MEASURES, Choice, Measures, choose_best, measure_success, scale_answers

AS_OF = date(2025, 12, 31)
NONE = pd.DataFrame()


@pytest.fixture
def measures():
    rng = np.random.default_rng(0)
    n = 100
    frame = pd.DataFrame({"account_id": [f"a{i:03}" for i in range(n)], "size_band": ["10-49"] * 50 + ["1000+"] * 50,
                          "tenure_months": np.linspace(3, 90, n), "left": pd.array([False] * n, "boolean"),
                          **{name: rng.random(n) for name in MEASURES}})
    frame.loc[50:, "revenue"] += 10
    return Measures(frame, MEASURES, "seats")


def best(success):
    return set(success.frame.loc[success.frame["best"].fillna(False), "account_id"])


def test_the_top_share_has_the_highest_scores(measures):
    success = choose_best(measures, NONE, Choice(top_share=0.2))
    frame = success.frame
    chosen = frame["account_id"].isin(best(success))
    assert chosen.sum() == 20
    assert frame.loc[chosen, "score"].min() >= frame.loc[~chosen, "score"].max()
    assert frame["score"].between(0, 1).all()
    assert frame["get"].tolist() == pytest.approx(((frame["satisfaction"] + frame["usage"]) / 2).tolist())


def test_the_young_are_unknown_unless_they_qualify(measures):
    frame = choose_best(measures, NONE, Choice(window_months=12)).frame
    young = measures.frame["tenure_months"] < 12
    assert frame.loc[young, "best"].isin([True]).sum() + frame.loc[young, "best"].isna().sum() == young.sum()
    assert frame.loc[~young, "best"].notna().all()


def test_a_place_of_one_that_left_stays_empty(measures):
    first = max(best(choose_best(measures, NONE, Choice())))
    gone = measures.frame["left"].mask(measures.frame["account_id"] == first, True)
    after = choose_best(Measures(measures.frame.assign(left=gone), MEASURES, "seats"), NONE, Choice())
    assert best(after) == best(choose_best(measures, NONE, Choice())) - {first}
    assert after.reasons.set_index("account_id").loc[first, "reason"] == "left"


def test_opinions_weigh_in_and_can_be_left_out(measures):
    plain = choose_best(measures, NONE, Choice(use_opinions=False))
    ranked = plain.frame.sort_values("score", ascending=False)["account_id"].tolist()
    opinions = pd.DataFrame({"account_id": [ranked[0], ranked[15], ranked[15], ranked[-1]], "team": "sales",
                             "verdict": ["avoid", "best", "good", "best"]})
    heard = choose_best(measures, opinions, Choice(nomination_lift=0.2))
    reason = heard.reasons.set_index("account_id")["reason"]
    assert ranked[0] not in best(heard)
    assert ranked[15] in best(heard)
    assert ranked[-1] not in best(heard)
    assert (reason[ranked[0]], reason[ranked[15]]) == ("vetoed", "nominated")
    assert best(choose_best(measures, opinions, Choice(use_opinions=False))) == best(plain)


def test_relative_to_size_lets_the_small_compete(measures):
    money = {"weights": {"revenue": 1.0}, "top_share": 0.2}
    large = set(measures.frame["account_id"][50:])
    assert best(choose_best(measures, NONE, Choice(**money))) <= large
    within = best(choose_best(measures, NONE, Choice(**money, relative_to="size_band")))
    assert len(within & large) == len(within - large) == 10


def test_weights_decide_and_only_named_ones_count(measures):
    by_use = best(choose_best(measures, NONE, Choice(top_share=0.1, weights={"usage": 2.0})))
    assert by_use == set(measures.frame.nlargest(10, "usage")["account_id"])


def test_robustness_is_one_for_who_leads_everywhere_and_zero_for_who_trails(measures):
    frame = measures.frame.copy()
    frame.loc[0, list(MEASURES)], frame.loc[1, list(MEASURES)] = 99.0, -99.0
    robust = choose_best(Measures(frame, MEASURES, "seats"), NONE, Choice()).frame["robustness"]
    assert (robust[0], robust[1]) == (1.0, 0.0)
    assert ((robust > 0) & (robust < 1)).any()


def test_too_little_measured_is_unknown(measures):
    frame = measures.frame.copy()
    frame.loc[0, ["margin", "satisfaction", "usage"]] = np.nan
    success = choose_best(Measures(frame, MEASURES, "seats"), NONE, Choice(window_months=0))
    assert success.frame["best"].isna().tolist() == [True] + [False] * 99
    assert success.reasons.loc[0, "reason"] == "not_measured"


def test_nothing_measured_is_no_error(measures):
    success = choose_best(Measures(measures.frame, (), ""), NONE, Choice())
    assert success.frame["best"].isna().all()
    assert success.firm == 0


@pytest.mark.parametrize("weights", [{"profit": 1.0}, {"revenue": 0.0}, {"revenue": -1.0, "usage": 3.0}])
def test_weights_that_mean_nothing_are_refused_in_words(measures, weights):
    with pytest.raises(LabError) as refusal:
        choose_best(measures, NONE, Choice(weights=weights))
    assert "weight" in str(refusal.value).lower()


def test_ties_go_to_the_smaller_id_and_row_order_decides_nothing():
    frame = pd.DataFrame({"account_id": list("abcd"), "size_band": "1-9", "tenure_months": 50.0,
                          "left": pd.array([False] * 4, "boolean"), "revenue": [1.0, 2.0, 2.0, 2.0]})
    assert best(choose_best(Measures(frame, ("revenue",), ""), NONE, Choice(top_share=0.5))) == {"b", "c"}
    customers = pd.DataFrame({"account_id": list("abcd"), "status": "customer", "revenue_yearly": [1.0, 2.0, 3.0, 4.0]})
    answers = pd.DataFrame({"account_id": list("aabd"), "score": [3.0, 4.0, 5.0, 1.0], "answer_scale": "csat5"})
    one = measure_success(customers, NONE, answers, as_of=AS_OF).frame
    pd.testing.assert_frame_equal(one, measure_success(customers[::-1], NONE, answers[::-1], as_of=AS_OF).frame)


def test_answers_of_all_scales_lie_between_zero_and_one():
    answers = pd.DataFrame({"score": [0, 10, 1, 5, 1, 10, 1, 7, 11],
                            "answer_scale": ["nps"] * 2 + ["csat5"] * 2 + ["csat10"] * 2 + ["ces7"] * 2 + ["nps"]})
    assert scale_answers(answers.astype({"score": float})).tolist()[:8] == [0.0, 1.0] * 4
    assert scale_answers(answers.astype({"score": float})).isna().tolist() == [False] * 8 + [True]
    unnamed = pd.DataFrame({"score": [3.0, 5.0], "answer_scale": [None, None]})
    assert scale_answers(unnamed).tolist() == [0.5, 1.0]


def test_use_is_users_over_seats_else_events_a_month():
    customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "tenure_months": [24.0, 6.0],
                              "churned_on": pd.Series([pd.NaT, pd.NaT], dtype="datetime64[s]")})
    usage = pd.DataFrame({"account_id": ["a", "a", "b", "a"], "events": [60.0, 60.0, 60.0, 999.0],
                          "date": pd.to_datetime(["2025-10-01", "2025-11-01", "2025-11-01", "2023-01-01"])})
    events = measure_success(customers, usage, NONE, as_of=AS_OF)
    assert (events.use_of, events.frame["usage"].tolist()) == ("events", [10.0, 10.0])
    seated = usage.assign(active_users=[5.0, 10.0, 1.0, 1.0], seats=10.0)
    seats = measure_success(customers, seated, NONE, as_of=AS_OF)
    assert (seats.use_of, seats.frame["usage"].tolist()) == ("seats", [0.75, 0.1])


def test_totals_do_where_no_year_can_be_told():
    customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "revenue": [50.0, 7.0],
                              "margin": [10.0, 7.0], "revenue_yearly": np.nan})
    measured = measure_success(customers, NONE, NONE, as_of=AS_OF)
    assert measured.measured == ("revenue", "margin")
    assert measured.frame["revenue"].tolist() == [50, 7]
    assert measured.frame["margin"].tolist() == [10, 7]
