import numpy as np
import pandas as pd
import pytest
from scipy.stats.contingency import relative_risk
from statsmodels.stats.contingency_tables import StratifiedTable

from icp_lab.methods.confounding import find_confounders, find_confounding
from icp_lab.methods.contrast import compare_groups
from icp_lab.rule import Rule


def make_firms(n=800, seed=0, *, through=True):
    """Winning depends on `client`; `size` and `seats` go with it (or, not `through`, matter by themselves)."""
    rng = np.random.default_rng(seed)
    ids = [f"a{i:04}" for i in range(n)]
    client = rng.random(n) < 0.4
    big = rng.random(n) < np.where(client, 0.75, 0.25)
    seats = np.exp(rng.normal(3, 0.7, n) + np.where(client, 1.0, 0.0))
    chance = np.where(client, 0.75, 0.2) if through else np.where(big, 0.7, 0.2)
    won = rng.random(n) < chance
    frame = pd.DataFrame({
        "client": pd.Series(np.where(client, "old", "new"), dtype="str").array, "seats": seats,
        "size": pd.Series(np.where(big, "Big", rng.choice(["Mid", "Small"], n)), dtype="str").array,
        "region": pd.Series(rng.choice(["North", "South", "East"], n), dtype="str").array,
        "tools": [("CRM", "Mail") if flag else ("Mail",) for flag in client ^ (rng.random(n) < 0.1)],
    }, index=ids)
    return frame.mask(pd.DataFrame(rng.random(frame.shape) < 0.05, frame.index, frame.columns)), won


def explain(frame, won, after_sale=("client",)):
    sides = list(frame.index[won]), list(frame.index[~won])
    return find_confounding(frame, *sides, compare_groups(frame, *sides, after_sale=after_sale))


def test_what_goes_with_the_cause_is_named_and_the_cause_is_not():
    found = explain(*make_firms()).frame.query("kind == 'explained'")
    assert {("size", "client"), ("seats", "client")} <= set(zip(found["attribute"], found["held"], strict=True))
    assert "client" not in set(found["attribute"]), "what is known after the sale is held fixed, never put forward"
    assert (found["moved"] >= 0.5).all() and (found["n"] > 400).all()
    assert "client" not in set(explain(*make_firms(), after_sale=()).frame.query("kind == 'explained'")["attribute"])


def test_what_matters_by_itself_stays():
    found = explain(*make_firms(through=False)).frame
    assert "size" not in set(found["attribute"])


def test_two_that_say_the_same_cannot_be_told_apart():
    frame, won = make_firms()
    frame["revenue"] = frame["seats"] * 1000
    found = explain(frame[["seats", "revenue"]], won).frame
    assert set(found["kind"]) == {"together"} and set(found["attribute"]) == {"seats", "revenue"}


def test_the_stratified_ratio_is_that_of_mantel_and_haenszel():
    frame, won = make_firms()
    frame = frame[["client", "size"]].dropna()
    won = pd.Series(won, make_firms()[0].index)[frame.index].to_numpy()
    row = explain(frame, won).frame.query("level == 'Big'").iloc[0]
    has = (frame["size"] == "Big").to_numpy()
    tables = [np.array([[(has & won & s).sum(), (~has & won & s).sum()], [(has & ~won & s).sum(),
              (~has & ~won & s).sum()]]) for s in ((frame["client"] == k).to_numpy() for k in ("old", "new"))]
    assert row["effect"] == pytest.approx(StratifiedTable(tables).riskratio_pooled)
    assert row["crude"] == pytest.approx(relative_risk(int((has & won).sum()), int(won.sum()), int((has & ~won).sum()),
                                                       int((~won).sum())).relative_risk)


def test_criteria_of_a_rule_are_looked_at_with_their_groups():
    frame, won = make_firms()
    rule = Rule.from_dicts([{"attribute": "size", "in": ["Big"]}, {"attribute": "region", "in": ["North"]}])
    positive = pd.Series(won, frame.index, dtype="boolean")
    found = find_confounders(frame, positive, rule, ["client", "seats"]).frame
    assert found[["attribute", "held", "kind", "measure"]].to_numpy().tolist() == [
        ["size", "client", "explained", "lift"]]
    doubled = pd.concat([frame, frame.set_axis("b" + frame.index.str[1:])])
    twice = find_confounders(doubled, pd.concat([positive, positive]).set_axis(doubled.index), rule, ["client"],
                             groups=pd.Series([*frame.index, *frame.index], doubled.index)).frame
    for column in ("effect", "low", "high"):
        assert twice[column].iloc[0] == pytest.approx(found[column].iloc[0], rel=1e-6)


def test_the_order_of_rows_does_not_matter_and_nothing_is_told_of_nothing():
    frame, won = make_firms()
    order = np.random.default_rng(1).permutation(len(frame))
    pd.testing.assert_frame_equal(explain(frame, won).frame, explain(frame.iloc[order], won[order]).frame)
    assert explain(frame[["region"]], won).frame.empty
