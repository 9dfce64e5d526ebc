"""What each column is worth, and what to put right first: planted faults are found, and noise is not."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.quality import measure_quality, rank_fixes
from icp_lab.methods.result import bound_difference

NO_REASONS = pd.DataFrame(columns=["table", "reason", "column", "n", "money"])
NO_DEALS = pd.DataFrame({"stage": []})


def make_base(n, seed):
    """Make so many customers, half of them left, with six columns that have gaps by chance."""
    rng = np.random.default_rng(seed)
    ids = [f"a{i:04}" for i in range(n)]
    left = rng.random(n) < 0.5
    customers = pd.DataFrame({
        "account_id": ids, "status": np.where(np.arange(n) % 5, "customer", "lost"), "value": 1.0,
        "churned": pd.array(left, "boolean"), "lapsed": pd.array([None] * n, "boolean")})
    columns = {f"c{k}": np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n)) for k in range(6)}
    return pd.DataFrame({"account_id": ids, **columns}), customers, left, rng


def measure(accounts, customers, *, deals=NO_DEALS, reasons=NO_REASONS, refused=None, **more):
    columns = {name: "" for name in accounts if name != "account_id"}
    return measure_quality(accounts, deals, customers, valuable=customers["account_id"][::4], reasons=reasons,
                           refused={"accounts": columns | (refused or {})}, **more)


def verdicts(quality):
    return quality.frame.set_index("column")["verdict"].to_dict()


def test_a_column_that_is_missing_by_outcome_is_found_with_its_interval():
    accounts, customers, left, rng = make_base(400, 1)
    accounts["planted"] = np.where(left & (rng.random(400) < 0.6), np.nan, 1.0)
    accounts["few"] = np.where(rng.random(400) < 0.8, np.nan, 1.0)
    quality = measure(accounts, customers)
    assert verdicts(quality) == {"planted": "by_outcome", "few": "sparse", **{f"c{k}": "good" for k in range(6)}}
    first = quality.frame.iloc[0]
    assert (first["column"], first["outcome"], first["gaps_other"]) == ("planted", "left", 0)
    assert first["low"] < first["difference"] < first["high"]
    assert first["low"] > 0.4
    assert first["lacking"] == accounts["planted"].isna()[customers["status"] == "customer"].sum()


def test_noise_is_seldom_called_missing_by_outcome():
    called = [("by_outcome" in set(measure(*make_base(120, seed)[:2]).frame["verdict"])) for seed in range(40)]
    assert sum(called) <= 5


def test_the_order_of_rows_does_not_matter():
    accounts, customers, _left, _rng = make_base(100, 2)
    mixed = measure(accounts.sample(frac=1, random_state=1), customers.sample(frac=1, random_state=2))
    # of equals the first is marked valuable by its place, so that side is taken from the same rows
    same = measure_quality(accounts, NO_DEALS, customers, reasons=NO_REASONS, refused={"accounts": dict.fromkeys(
        accounts.columns[1:], "")}, valuable=customers.sample(frac=1, random_state=2)["account_id"][::4])
    pd.testing.assert_frame_equal(mixed.frame, same.frame)


def test_refusals_and_unreadable_cells_are_verdicts():
    accounts, customers, _left, _rng = make_base(60, 3)
    reasons = pd.DataFrame({"table": "accounts", "reason": "made_missing", "column": ["c1"], "n": 9, "money": 0.0})
    found = verdicts(measure(accounts, customers, reasons=reasons, refused={"c0": "after_sale", "c2": "constant"}))
    assert (found["c0"], found["c1"], found["c2"]) == ("after_sale", "unreadable", "constant")


def test_a_column_of_deals_that_knows_the_end_is_found():
    accounts, customers, _left, rng = make_base(120, 4)
    won = rng.random(240) < 0.4
    deals = pd.DataFrame({"account_id": np.repeat(accounts["account_id"].to_numpy(), 2),
                          "stage": np.where(won, "won", "lost"), "source": rng.choice(["fair", "web"], 240),
                          "amount": np.where(won, 100, 0) + rng.random(240)})
    quality = measure_quality(accounts, deals, customers, valuable=(), reasons=NO_REASONS, begun=("source",),
                              refused={"deals": {"account_id": "identity", "source": "", "amount": ""}})
    assert quality.frame[["column", "verdict", "since"]].to_numpy().tolist() == [
        ["amount", "telling", "export"], ["source", "good", "beginning"]]


def test_what_would_add_most_comes_first():
    accounts, customers, _left, _rng = make_base(100, 5)
    accounts = accounts[["account_id", "c0", "c1"]].assign(c1=1.0)
    accounts.loc[customers["status"].eq("customer") & (accounts.index % 2 == 0), "c1"] = np.nan
    quality = measure(accounts.assign(c0=1.0), customers)
    tables = pd.DataFrame({"table": ["accounts", "deals"], "file": ["a.csv", "d.csv"], "read": [100, 200]})
    reasons = pd.DataFrame({"table": ["deals", "deals", "deals", "accounts"],
                            "reason": ["unknown_account", "made_missing", "duplicate", "made_missing"],
                            "column": ["account_id", "amount", "deal_id", "c1"], "n": [83, 90, 7, 3],
                            "money": [1.2e6, 0.0, 5.0, np.nan]})
    decisions = pd.DataFrame({"table": "accounts", "file": "a.csv", "column": "name",
                              "code": ["same_unsure", "encoding"], "n": [4, 1]})
    frame = rank_fixes(quality, tables, reasons, decisions).frame
    assert frame[["kind", "file", "column", "n", "of"]].to_numpy().tolist() == [
        ["unknown_account", "d.csv", "account_id", 83, 200], ["fill", "a.csv", "c1", 40, 80],
        ["made_missing", "d.csv", "amount", 90, 200], ["same_unsure", "a.csv", "name", 4, 100]]
    assert frame["gain"].tolist() == pytest.approx([83 / 200, 0.25, 90 / 200 / 10, 0.04])
    assert frame["money"].iloc[0] == 1.2e6


def test_the_interval_of_a_difference_holds_what_it_says():
    rng = np.random.default_rng(0)
    hits = rng.binomial(40, 0.3, 300), rng.binomial(60, 0.15, 300)
    held = [low <= 0.15 <= high for low, high in (bound_difference(a, 40, b, 60) for a, b in zip(*hits, strict=True))]
    assert 0.92 <= np.mean(held) <= 0.98
    assert np.isnan(bound_difference(0, 0, 1, 2)).all()
