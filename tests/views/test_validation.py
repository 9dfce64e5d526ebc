from datetime import date

import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.methods.kpis import KPIS, measure_kpis
from icp_lab.views import validation as view
from icp_lab.views.picture import About
from icp_lab.views.table import Table

NOW = date(2026, 6, 30)
ABOUT = About(NOW, "EUR", "Demo")
NONE = pd.DataFrame()
IDS = [f"a{place:02}" for place in range(80)]
FIT = pd.Series(["in", "out"] * 40, IDS)
DEALS = pd.DataFrame({
    "account_id": IDS, "stage": (["won", "lost"] * 20) + (["open"] * 30) + (["won", "lost"] * 5), "amount": 1000.0,
    "created": pd.Timestamp("2026-01-10"), "owner": ["Anna", "Ben", "Ben", None] * 20,
})  # fmt: skip
DEALS["closed"] = pd.Series(pd.Timestamp("2026-03-01"), DEALS.index).where(DEALS["stage"] != "open")
OURS = pd.DataFrame({"account_id": IDS, "status": "customer", "value": 9876.0, "since": pd.Timestamp("2026-03-01"),
                     "tenure_months": 4.0, "churned": False, "revenue_yearly": 1200.0})  # fmt: skip
COSTS = pd.DataFrame({"period": ["2025", "2026", "?"], "amount": 50_000.0})


def measure(deals=DEALS, customers=OURS, costs=COSTS, fit=FIT, **terms):
    return measure_kpis(customers, deals, costs, NONE, fit, as_of=NOW, resamples=60, **terms)


FULL, NOTHING = measure(since="2026-03-01"), measure(NONE, NONE, NONE, FIT[:0])


def test_the_answer_compares_inside_with_outside_and_warns_of_young_cohorts():
    said = view.tell_kpis(FULL)
    assert said.startswith("From 2025-07-01 to 2026-06-30, 100 % of 25 closed deals inside the profile were won (87 to")
    assert "clearly **more** than the 0 % of 25 outside" in said
    worse = view.tell_kpis(measure(fit=pd.Series(["out", "in"] * 40, IDS)))
    assert "clearly **fewer** than" in worse
    unclear = measure(DEALS.assign(stage=["won"] * 4 + ["lost"] * 76))
    assert view.tell_kpis(unclear).endswith("which may be chance.")
    assert view.tell_kpis(NOTHING).startswith("There are no closed deals on both sides")
    assert all(one.count(". ") == 0 and len(one.split()) <= 36 for one in (said, worse, view.tell_kpis(unclear)))
    limits = view.tell_limits(FULL)
    assert "differs by 100 points" in limits
    assert "only 62 % are closed" in limits
    assert "differs" not in view.tell_limits(NOTHING)


def test_every_kpi_shows_its_n_its_window_and_its_interval():
    table = view.tabulate_kpis(FULL, ABOUT)
    assert table.title == "The KPIs from 2025-07-01 to 2026-06-30"
    rows = {row[0]: row[1:] for row in table.cells()}
    assert [row.partition(", EUR")[0].removesuffix(", days") for row in rows] == [kpi.name for kpi in KPIS.values()]
    assert all(n.count(" / ") == 2 for *_figures, n, _settled in rows.values())
    assert rows["Win rate, by day of closing"] == [
        "100 % (87 to 100 %)", "0 % (0 to 13 %)", "50 % (37 to 63 %)", "25 / 25 / 50", "100 / 100"]
    assert rows["Lifetime value (LTV), EUR"][0] == "9,880 (9,880 to 9,880)"  # no more than three figures
    assert rows["Cycle length, days"][0] == "50 (50 or more)"
    assert rows["Lead acquisition rate"][0] == "–"
    over_time = view.tabulate_kpis_over_time(FULL, ABOUT)
    assert "2026-03-01 to 2026-06-30 after" in over_time.title
    assert over_time.heads()[-2][0] == "n, before and after"
    assert all(n.count(" / ") == 1 for *_figures, n, _settled in over_time.cells())
    assert view.tabulate_kpis_over_time(NOTHING, ABOUT) == ""
    picture = view.draw_win_rates(FULL, ABOUT)
    assert "25 of 25" in picture.alt
    assert "2026" in f"{picture.foot} {picture.alt}"
    assert "2025-07-01 to 2026-06-30" in view.tell_kpis(FULL)


def test_what_cannot_be_told_says_what_to_collect():
    assert [row[0] for row in view.tabulate_kpis_to_collect(FULL).cells()] == ["Lead acquisition rate"]
    assert len(view.tabulate_kpis_to_collect(NOTHING).frame) == len(KPIS)
    told = dict(view.tabulate_kpis_to_collect(NOTHING).cells())
    assert told["Customer acquisition cost (CAC)"].startswith("costs, a row a month")


def test_formulas_name_their_tables():
    cells = {name: (formula, tables) for name, formula, _counts, tables in view.tabulate_formulas().cells()}
    assert cells["Payback"] == ("acquisition cost / margin that a customer brings in a month", "costs, revenue")


def test_costs_are_said_to_be_shared_missing_or_unreadable():
    said = view.tell_limits(FULL)
    assert "by its share of the deals created. Rows of costs whose period cannot be read: **1**" in said
    half = measure(costs=COSTS[1:])
    assert "Costs are recorded for 50 % of the time" in view.tell_limits(half)


def test_rates_are_drawn_with_their_counts():
    picture = view.draw_win_rates(FULL, ABOUT)
    assert "Win rate, by day of closing: in the profile 25 of 25" in picture.alt
    assert "25 of 25" in picture.wide
    assert view.draw_win_rates(NOTHING, ABOUT) == ""


@pytest.mark.parametrize("language", ["en", "ja"])
def test_all_is_said_in_both_languages(language):
    with in_language(language):
        views = [view.tabulate_kpis(FULL, ABOUT), view.tell_kpis(FULL), view.tabulate_formulas(),
                 view.draw_win_rates(FULL, ABOUT)]  # fmt: skip
        said = "\n".join(map(str, views))
    assert ("商談成立率" in said) == (language == "ja")
    assert isinstance(views[0], Table)
