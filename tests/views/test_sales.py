from datetime import date

import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.methods.adoption import measure_adoption
from icp_lab.methods.feedback import read_feedback
from icp_lab.rule import Rule
from icp_lab.views import sales as view
from icp_lab.views.picture import About

NOW = date(2026, 6, 30)
ABOUT = About(NOW, "EUR", "Demo")
RULE = Rule.from_dicts([{"attribute": "employees", "min": 100}])
NONE = pd.DataFrame()
IDS = [f"a{place:02}" for place in range(80)]
FIT = pd.Series(["in", "out"] * 40, IDS)
DEALS = pd.DataFrame({
    "account_id": IDS, "stage": (["won", "lost"] * 20) + (["open"] * 30) + (["won", "lost"] * 5), "amount": 1000.0,
    "owner": ["Anna", "Ben", "Ben", None] * 20,
})  # fmt: skip


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


def test_tables_of_adoption_say_from_when_to_when_deals_are_counted():
    adopted = adopt("2026-04-01")
    assert view.tabulate_adoption(adopted).title == "What lies inside the profile, 2026-01 to 2026-05"
    assert view.tabulate_owners(adopted, show_people=False).title.endswith("in charge, 2026-04-01 to 2026-05")


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
        views = [view.draw_adoption(adopt(""), ABOUT), view.tell_feedback(hear([True, False] * 9))]
        said = "\n".join(map(str, views))
    assert ("プロファイル" in said) == (language == "ja")
