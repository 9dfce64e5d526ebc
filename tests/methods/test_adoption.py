from datetime import date

import pandas as pd
import pytest

from icp_lab.methods.adoption import measure_adoption

NOW = date(2026, 6, 30)
FIT = pd.Series({"a": "in", "b": "out", "c": "out", "d": "unknown"})
DEALS = pd.DataFrame({
    "account_id": ["a", "b", "c", "d", "a"], "stage": ["won", "lost", "open", "open", "open"],
    "amount": [300.0, 100.0, 100.0, 100.0, 300.0], "owner": ["Anna", "Anna", "Ben", "Ben", None],
    "created": pd.to_datetime(["2026-03-01", "2026-03-05", "2026-05-01", "2026-05-02", "2026-06-01"]),
    "closed": pd.to_datetime(["2026-05-20", "2026-04-01", None, None, None]),
})  # fmt: skip


def pick(adoption, by, level, measure):
    frame = adoption.frame
    return frame[(frame["by"] == by) & (frame["level"] == level) & (frame["measure"] == measure)].iloc[0]


def test_shares_by_hand():
    found = measure_adoption(DEALS, FIT, as_of=NOW, since="2026-05-01")
    opportunities = pick(found, "period", "after", "opportunities")
    assert opportunities[["share", "n", "accounts", "unknown"]].tolist() == [0.5, 2, 2, 1]
    assert pick(found, "period", "before", "opportunities")["share"] == 0.5
    assert pick(found, "period", "after", "pipeline")[["share", "of"]].tolist() == [0.75, 400.0]
    assert pick(found, "month", "2026-05", "won")["share"] == 1.0
    assert pick(found, "owner", "Ben", "opportunities")[["share", "unknown"]].tolist() == [0.0, 1]


def test_nothing_published_is_one_window():
    found = measure_adoption(DEALS, FIT, as_of=NOW)
    assert found.since == ""
    assert set(found.frame.loc[found.frame["by"] == "period", "level"]) == {"window"}
    assert set(found.frame.loc[found.frame["by"] == "owner", "level"]) == {"Anna", "Ben", ""}


def test_a_published_day_to_come_counts_as_none():
    assert measure_adoption(DEALS, FIT, as_of=NOW, since="2027-01-01").since == ""


def test_money_on_few_deals_is_less_sure_than_many():
    even = pd.DataFrame({"account_id": [f"a{place}" for place in range(40)], "stage": "open", "amount": 10.0,
                         "created": pd.Timestamp("2026-06-01")})  # fmt: skip
    fit = pd.Series(["in", "out"] * 20, even["account_id"])
    hanging = even.assign(amount=[1000.0, 1000.0, *[1.0] * 38])
    ends = [pick(measure_adoption(deals, fit, as_of=NOW), "period", "window", "pipeline") for deals in (even, hanging)]
    assert [one["share"] for one in ends] == pytest.approx([0.5, 0.5])
    assert ends[0]["high"] - ends[0]["low"] == pytest.approx(0.29, abs=0.01)  # Wilson, 20 of 40
    assert ends[1]["high"] - ends[1]["low"] > 0.75  # two deals are nearly all of the money


def test_row_order_does_not_matter_and_nothing_is_no_fault():
    one, two = (measure_adoption(deals, FIT, as_of=NOW).frame for deals in (DEALS, DEALS[::-1]))
    pd.testing.assert_frame_equal(one, two)
    assert measure_adoption(pd.DataFrame(), FIT, as_of=NOW).frame.empty
