"""Interviews of the synthetic company: the study reads them as they were planted."""

from collections import Counter
from io import StringIO

import pandas as pd
import pytest

from icp_lab.study.interviews import read_interviews
from icp_lab.worlds import make_company, write_study


@pytest.fixture(params=["en", "ja"])
def world(request):
    return make_company(accounts=120, seed=3, language=request.param)


def test_interviews_read_back_with_heads_topics_and_codes(world, tmp_path):
    write_study(world, tmp_path)
    read = read_interviews(tmp_path)
    assert len(read.heads) == 8
    assert read.heads["account_id"].is_unique
    assert Counter(read.heads["language"])[world.truth["language"]] == 5
    assert set(read.heads["consent"]) == {"quote", "anonymous", "none"}
    assert set(read.heads["role"]) == {"decider", "influencer", "user"}
    assert set(read.passages["topic"]) == {"trigger", "decision", "criteria", "pains", "value", "outlook"}
    assert read.passages.groupby("interview").size().between(8, 14).all()
    said = read.passages.explode("codes").dropna(subset="codes").groupby("codes")["interview"].nunique()
    assert said.to_dict() == world.truth["themes"]


def test_themes_are_the_same_in_both_languages_and_every_world(world):
    assert world.truth["themes"] == make_company(seed=1).truth["themes"]
    planted = {"forecast_pain": 4, "manual_work": 5, "new_leader": 3, "growth": 3, "grow_revenue": 5, "price_pain": 3}
    assert world.truth["themes"].items() >= planted.items()


def test_best_customers_are_interviewed(world):
    spoke = {path.split("/")[1][:5] for path in world.files if path.startswith("interviews/")}
    assert spoke <= set(world.tables["revenue"]["account_id"]) - set(world.tables["churn"]["account_id"])
    scores = world.tables["satisfaction"].groupby("account_id")["score"].mean()
    assert scores[scores.index.isin(spoke)].mean() > scores.mean() + 1


def test_second_coder_agrees_as_often_as_stated(world, tmp_path):
    write_study(world, tmp_path)
    first = read_interviews(tmp_path).passages.explode("codes").dropna(subset="codes")
    second = pd.read_csv(StringIO(world.files["coders/second.csv"]))
    pairs = set(first[["interview", "passage", "codes"]].itertuples(index=False, name=None))
    same = sum(row in pairs for row in second.itertuples(index=False, name=None)) / len(second)
    assert len(second) == len(first)
    assert same == pytest.approx(0.77, abs=0.03)
    assert world.truth["coder_agreement"] == pytest.approx(same, abs=0.001)


def test_what_stands_against_the_data_is_said_by_a_happy_customer(world):
    ((interview, code),) = world.truth["contradictions"]
    assert code == "slow_support"
    scores = world.tables["satisfaction"].groupby("account_id")["score"].mean()
    assert scores[interview[:5]] >= scores.quantile(0.9)


def test_without_signal_anybody_says_anything():
    stems = {frozenset(path[17:] for path in make_company(60, False, seed).files) for seed in range(2)}
    orders = {tuple(path[17:] for path in make_company(60, False, seed).files) for seed in range(4)}
    assert len(stems) == 1
    assert len(orders) > 1
