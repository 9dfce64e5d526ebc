from datetime import date

import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.methods.adoption import measure_adoption
from icp_lab.methods.feedback import read_feedback
from icp_lab.methods.kpis import KPIS, measure_kpis
from icp_lab.rule import Rule
from icp_lab.views import validation as view
from icp_lab.views.picture import About
from icp_lab.views.table import Table

NOW = date(2026, 6, 30)
ABOUT = About(NOW, "EUR", "Demo")
RULE = Rule.from_dicts([{"attribute": "employees", "min": 100}])
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
    adopted = adopt("2026-04-01")
    assert view.tabulate_adoption(adopted).title == "What lies inside the profile, 2026-01 to 2026-05"
    assert view.tabulate_owners(adopted, show_people=False).title.endswith("in charge, 2026-04-01 to 2026-05")
    for found, n in ((FULL, "25 of 25"), (adopted, "20 of 40")):
        picture = (view.draw_win_rates if found is FULL else view.draw_adoption)(found, ABOUT)
        assert n in picture.alt
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


def adopt(since):
    return measure_adoption(DEALS.assign(created=["2026-01-10"] * 40 + ["2026-05-10"] * 40).astype(
        {"created": "datetime64[s]"}), FIT, as_of=NOW, since=since)  # fmt: skip


def test_adoption_is_told_with_what_was_before():
    said = view.tell_adoption(adopt("2026-04-01"))
    assert said.startswith("Since 2026-04-01, **50 %** of 40 new deals lie inside the profile (35 to 65 %); before, ")
    assert said.endswith("which may be chance.")
    assert "No definition is adopted yet" in view.tell_adoption(adopt(""))
    assert "none before" in view.tell_adoption(adopt("2025-01-01"))
    nothing = measure_adoption(NONE, FIT, as_of=NOW)
    assert "What to collect: deals" in view.tell_adoption(nothing)
    assert [view.tabulate_adoption(nothing), view.draw_adoption(nothing, ABOUT),
            view.tabulate_owners(nothing, show_people=True)] == [""] * 3  # fmt: skip


def test_owners_are_numbered_unless_the_study_shows_people():
    hidden = view.tabulate_owners(adopt("2026-04-01"), show_people=False)
    assert [row[0] for row in hidden.cells()] == ["rep 1", "nobody on record", "rep 3"]
    assert "Anna" not in str(hidden)
    shown = view.tabulate_owners(adopt("2026-04-01"), show_people=True)
    assert [row[0] for row in shown.cells()] == ["Ben", "nobody on record", "Anna"]


def test_adoption_is_drawn_month_by_month():
    picture = view.draw_adoption(adopt("2026-04-01"), ABOUT)
    assert picture.title == "Since it was published, 50 % of new deals lie inside the profile"
    assert picture.alt == "A mark a month: 2026-01: 20 of 40, 2026-05: 20 of 40"


COVERAGE = pd.DataFrame({"account_id": IDS, "fit": FIT.to_numpy(), "met": ["employees", ""] * 40,
                         "failed": ["", "employees"] * 40})  # fmt: skip


def hear(agrees, **more):
    said = pd.DataFrame({"date": pd.Timestamp("2026-06-01"), "agrees": agrees, "account_id": IDS[: len(agrees)]} | more)
    return read_feedback(said, COVERAGE, as_of=NOW)


def test_what_sales_says_is_told_by_line():
    heard = hear([True, False] * 20, reason=[None, "Too expensive"] * 20)
    assert view.tell_feedback(heard) == (
        "Sales answered on 40 companies: of 20 inside the profile it calls 20 fitting (84 to 100 %), of 20 outside 0 "
        "(0 to 16 %).")  # fmt: skip
    assert view.tabulate_feedback(heard, RULE).cells()[2] == ["Employees at least 100", "meet it", "20", "20",
                                                              "100 (84 to 100)"]  # fmt: skip
    assert view.tabulate_objections(heard).cells() == [["it does not fit", "price", "20", "20"]]
    assert view.tell_lines(heard, RULE, {"next_review": date(2026, 9, 30)}) == (
        "On each line that can be held against what sales says, companies that meet it are called fitting clearly more "
        "often. The definition is to be looked at again on 2026-09-30.")  # fmt: skip


def test_a_line_that_sales_does_not_believe_in_is_named():
    said = view.tell_lines(hear([False, True] * 20), RULE, {})
    assert said.startswith("**Employees at least 100**: sales sees no more fit where it is met than where it is failed")
    assert "perhaps more fit" in view.tell_lines(hear([True, False, True, True] * 2), RULE, {})


def test_nothing_reported_says_how_to_ask():
    nothing = read_feedback(NONE, COVERAGE, as_of=NOW)
    assert "to_fill/feedback.csv" in view.tell_feedback(nothing)
    assert view.tell_lines(nothing, RULE, {}) == "No line can be held against what sales says yet."
    assert (view.tabulate_feedback(nothing, RULE), view.tabulate_objections(nothing)) == ("", "")
    assert "but not on both sides" in view.tell_feedback(hear([True]))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_all_is_said_in_both_languages(language):
    with in_language(language):
        views = [view.tabulate_kpis(FULL, ABOUT), view.tell_kpis(FULL), view.tabulate_formulas(),
                 view.draw_adoption(adopt(""), ABOUT), view.tell_feedback(hear([True, False] * 9))]  # fmt: skip
        said = "\n".join(map(str, views))
    assert ("商談成立率" in said) == (language == "ja")
    assert isinstance(views[0], Table)
