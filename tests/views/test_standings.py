"""What is said of those inside the profile and those outside: counts with intervals, names, a picture."""

from datetime import date

import pandas as pd
import pytest

from icp_lab.methods.document import Group, Standing
from icp_lab.views import standings
from icp_lab.views.picture import About

ABOUT = About(date(2026, 6, 30), "EUR", "Demo")
ICP = {"outcome": "best"}


@pytest.fixture
def standing():
    frame = pd.DataFrame({
        "account_id": ["a", "b", "c"], "name": ["A", None, "<b>"], "status": "customer",
        "fit": ["in", "out", "unknown"], "met": "",
        "failed": ["", "employees, industry", ""], "unknown": "", "best": pd.array([True, True, None]),
        "score": [0.9, 0.8, None], "value": [1e5, 2e5, None],
    })
    counts = pd.DataFrame({"status": ["customer"], "in": [1], "out": [1], "unknown": [1]})
    return Standing(frame, counts, Group(30, 50, 0.46, 0.72), Group(5, 50, 0.04, 0.21))


def test_counts_stand_with_their_intervals(standing):
    words = standings.tell_counts(ICP, standing)
    assert words == ("Of 50 customers inside, **30** became best customers (60 %; 46 to 72 %). "
                     "Outside, **5** of 50 customers (10 %; 4 to 21 %).")


def test_tables_name_accounts_and_the_criteria_they_fail(standing):
    winners = standings.tabulate_winners(standing.winners_outside(), ABOUT)
    assert winners.title == "1 best customers outside the profile"
    assert winners.cells() == [["b", "200", "0.80", "employees, industry"]]
    assert standings.tabulate_standing(standing).cells() == [["customer", "1", "1", "1"]]


def test_the_picture_says_its_finding_only_where_there_is_one(standing):
    assert standings.draw_sides(ICP, standing, ABOUT).title == "Inside, 60 % became best customers; outside, 10 %"
    close = Standing(standing.frame, standing.counts, Group(5, 50, 0.04, 0.21), Group(6, 50, 0.06, 0.24))
    assert "cannot be told apart" in standings.draw_sides(ICP, close, ABOUT).title
    nan = float("nan")
    empty = Standing(standing.frame, standing.counts, Group(0, 0, nan, nan), Group(0, 0, nan, nan))
    assert standings.draw_sides(ICP, empty, ABOUT).alt == "Inside: no cases. Outside: no cases."


def test_limits_count_the_unknown_and_the_missed(standing):
    words = " ".join(standings.tell_limits(ICP, standing))
    assert "1 of 3 accounts" in words
    assert "1 best customers are outside" in words


def test_rows_without_accounts_are_left_out(standing):
    assert "prospect" not in str(standings.tabulate_standing(standing))


def test_what_would_settle_it_names_a_number_of_cases_and_never_more_of_the_same(standing):
    needed = {"verdict": "unsupported", "evidence": {"needed": 240, "needed_lift": 1.5}}
    assert "**240**" in standings.tell_settling(needed, standing)
    assert "pilot" in standings.tell_settling({"verdict": "unsupported", "evidence": {}}, standing)
    assert "would not change that" in standings.tell_settling({**needed, "verdict_reason": ["ruled_out"]}, standing)
