"""Points that sum to the score, nothing for what is unknown, and a probability only where there is one."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.card import fit_card
from icp_lab.methods.score import BASE, add_points, score_rows
from icp_lab.rule import Criterion, Rule

RULE = Rule((Criterion.between("employees", 100, 500), Criterion.has("tools", "CRM")))


def make_cases(n=240, effect=2.5, seed=0):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({
        "employees": np.round(np.exp(rng.normal(5, 1, n))),
        "industry": rng.choice(["SaaS", "Retail", "Health", "Rare"], n, p=[0.4, 0.3, 0.29, 0.01]),
        "tools": [("CRM",) if here else ("ERP",) for here in rng.random(n) < 0.5],
        "exports": pd.array(rng.random(n) < 0.4, dtype="boolean"),
    }, index=pd.Index([f"A{i:03d}" for i in range(n)], name="account_id")).astype({"industry": "str"})
    inside = RULE.mask(table).to_numpy(dtype=bool)
    for name, share in (("employees", 0.1), ("exports", 0.3), ("industry", 0.1), ("tools", 0.1)):
        table[name] = table[name].mask(rng.random(n) < share, None if name == "tools" else pd.NA)
    positive = rng.random(n) < 1 / (1 + np.exp(1.8 - effect * inside))
    return table, pd.DataFrame({"case_id": table.index, "account_id": table.index,
                                "positive": np.where(positive, "yes", "no")})


@pytest.fixture(scope="module")
def card():
    return fit_card(*make_cases(), RULE, searched=False, bootstraps=100)


def test_points_sum_to_the_score_exactly(card):
    table, _cases = make_cases(seed=1)
    scored = score_rows(card, table)
    told = [sum(int(part.rsplit(" ", 1)[1]) for part in said.split(", ") if part) for said in scored["reasons"]]
    assert (scored["points"] == BASE + np.array(told)).all()
    assert scored["points"].dtype == "int64"


def test_the_criteria_of_the_profile_are_on_the_card(card):
    assert set(RULE.criteria) <= {one.criterion for one in card.points}
    assert card.predicts
    assert card.top_low > 1


def test_an_unknown_value_is_never_a_mismatch(card):
    """With any fields taken away, a company has no fewer points than with the worst values there."""
    table, _cases = make_cases(60, seed=2)
    worst = {name: add_points(card.points, table[[name]])[name].min() for name in card.spread}
    whole = table.dropna()
    parts = add_points(card.points, whole)
    for gone in product([True, False], repeat=len(card.spread)):
        names = [name for name, out in zip(card.spread, gone, strict=True) if out]
        scored = score_rows(card, whole.drop(columns=names))
        assert (scored["points"] == BASE + parts.drop(columns=names).sum(axis=1)).all()
        assert all(worst[name] <= 0 for name in names)
        wide = scored["high"] - scored["low"]
        assert scored.loc[scored["known"] < 0.5, "probability"].isna().all()
        assert not (wide < -1e-12).any()


def test_the_order_of_the_rows_does_not_matter(card):
    table, cases = make_cases()
    again = fit_card(table.sample(frac=1, random_state=1), cases.sample(frac=1, random_state=2), RULE, searched=False,
                     bootstraps=100)
    assert again.points == card.points
    pd.testing.assert_frame_equal(again.bands, card.bands)


def test_with_few_outcomes_nothing_is_learnt():
    table, cases = make_cases(30)
    card = fit_card(table, cases.assign(positive="unknown"), RULE)
    scored = score_rows(card, table)
    assert not card.predicts
    assert (scored["points"] == BASE).all()
    assert scored["probability"].isna().all()


def test_the_points_read_as_in_icp_yml(card):
    said = card.to_dict()
    assert said["base"] == BASE
    assert {"criterion", "met", "failed"} == set(said["points"][0])
    assert [one["criterion"]["attribute"] for one in said["points"][:2]] == ["employees", "tools"]
