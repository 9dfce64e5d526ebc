from datetime import date

import pandas as pd
import pytest

from icp_lab.methods.trend import follow_kpis

NOTHING = pd.DataFrame()


def _deals(*closed, stage="won", account="a"):
    return pd.DataFrame({"account_id": account, "stage": stage, "amount": 100.0, "created": pd.Timestamp("2025-01-01"),
                         "closed": pd.to_datetime(closed)})


def _follow(deals, as_of, **settings):
    fit = pd.Series({"a": "in", "b": "out", "c": "unknown"})
    told = follow_kpis(NOTHING, deals, NOTHING, NOTHING, fit, as_of=as_of, **settings)
    return told[told["kpi"] == "win_closed"]


def test_each_deal_is_in_the_quarter_in_which_it_closed_and_in_the_whole():
    deals = pd.concat([_deals("2026-03-31", "2026-04-01"), _deals("2026-06-30", stage="lost")])
    told = _follow(deals, date(2026, 6, 30))
    parts = told[told["period"] == "part"]
    assert parts[["over", "n"]].to_numpy().tolist() == [[1, 1], [1, 2]]
    assert parts["end"].dt.date.tolist() == [date(2026, 3, 31), date(2026, 6, 30)]
    assert told.loc[told["period"] == "whole", ["over", "n"]].to_numpy().tolist() == [[2, 3]]


def test_sides_are_told_apart_and_the_unknown_one_is_left_out():
    deals = pd.concat([_deals("2026-05-01", account=each) for each in "abc"])
    assert set(_follow(deals, date(2026, 6, 30))["side"]) == {"in", "out"}


@pytest.mark.parametrize(("as_of", "ends"), [
    (date(2026, 2, 28), [date(2025, 11, 30), date(2026, 2, 28)]),
    (date(2026, 5, 15), [date(2026, 2, 15), date(2026, 5, 15)]),
])
def test_quarters_end_on_the_day_of_the_study(as_of, ends):
    told = _follow(_deals(*map(str, ends)), as_of, quarters=2)
    assert told.loc[told["period"] == "part", "end"].dt.date.tolist() == ends
    assert told.loc[told["period"] == "part", "n"].tolist() == [1, 1]


def test_without_tables_there_is_nothing_to_follow():
    assert _follow(NOTHING, date(2026, 6, 30)).empty
