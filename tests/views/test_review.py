import math
from datetime import date

import pandas as pd

from icp_lab.locale import in_language
from icp_lab.methods.review import Bar, Item, weigh_votes
from icp_lab.views import review as view
from icp_lab.views.picture import About

ABOUT = About(date(2026, 6, 30), "EUR", "Demo")
SIZE = {"attribute": "employees", "min": 100}
FIGURES = {"verdict": "supported", "n": 300, "lift": 3.0, "lift_low": 2.0, "lift_high": 4.0}
ITEMS = (
    Item("profile", {"criteria": [SIZE]}, FIGURES, math.nan, "strong"),
    Item("criterion.employees", SIZE, FIGURES, 0.9, "strong"),
    Item("avoid.employees", {"attribute": "employees", "max": 9}, {"verdict": "unsupported", "n": 9}, 0.2, "weak"),
    Item("persona.p1", {"id": "p1", "kind": "sales.decider", "buying_role": "decider", "department": "sales"},
         {"share_won": 0.75, "share_lost": 0.4, "won": 30, "lost": 8}, math.nan, "none"),
)  # fmt: skip
LINES = view.list_lines(ITEMS)


def cast(**teams):
    rows = [(1, team, f"{team} {who}", item.id, vote, "no" if vote < 4 else "", "")
            for team, votes in teams.items() for item, given in zip(ITEMS, votes, strict=False)
            for who, vote in enumerate(given)]  # fmt: skip
    columns = ["round", "department", "reviewer", "item", "vote", "comment", "mark"]
    return weigh_votes(pd.DataFrame(rows, columns=columns), ITEMS, permutations=199)


PARTED = cast(sales=[[8, 8, 8], [2, 2, 1]], product=[[8, 8, 7], [9, 8, 9]], marketing=[[8, 9, 8], [8, 8, 9]])
NOBODY = cast()


def test_each_line_is_said_with_its_evidence():
    said = dict(zip(LINES["item"], LINES["said"], strict=True))
    assert said == {
        "profile": "The profile as a whole: employees at least 100", "criterion.employees": "Employees at least 100",
        "avoid.employees": "To avoid: employees under 9", "persona.p1": "Persona: Decider in sales",
    }  # fmt: skip
    told = dict(zip(LINES["item"], LINES["evidence"], strict=True))
    assert told["profile"] == "The data carry it. Inside 3.0 times the rate of all (2.0 to 4.0; n = 300)."
    assert told["criterion.employees"].endswith("chosen again in 90 % of resamples of 300 cases.")
    assert "75 % of the won and 40 % of the lost" in told["persona.p1"]


def test_a_second_ballot_shows_the_first_round():
    voted = PARTED.frame.assign(round=1)
    told = view.list_lines(ITEMS, voted).set_index("item")["evidence"]
    assert "Round 1: median and middle half 8 (8 to 8), 9 votes, 100 % of them 7 to 9." in told["profile"]
    assert "Round" not in told["avoid.employees"]


def test_the_rule_and_the_answer_are_said():
    assert "at least 70 % of the votes are 7 to 9 and less than 15 % are 1 to 3" in view.tell_rule(Bar())
    assert view.tell_agreement(PARTED) == (
        "The departments agree on **1** of 4 lines (18 votes). Disputed: 1. Too few votes: 2.")
    assert view.tell_agreement(NOBODY) == "Nobody has voted yet: 4 lines wait for the departments."


def test_votes_are_shown_for_lines_that_were_voted_on():
    table = view.tabulate_votes(PARTED, LINES)
    assert [row[0] for row in table.cells()] == [
        "The profile as a whole: employees at least 100", "Employees at least 100"]  # fmt: skip
    assert [row[2].replace("\N{NO-BREAK SPACE}", " ") for row in table.cells()] == ["8 (8 to 8)", "8 (2 to 9)"]
    assert "Round before" not in [head for head, _unit in table.heads()]


def test_the_picture_names_who_is_furthest_apart_over_what():
    picture = view.draw_votes(PARTED, LINES, ABOUT)
    assert "Sales" in picture.title
    assert "Employees at least 100" in picture.title
    assert "Sales 2" in picture.alt
    assert "18 votes of 3 departments" in picture.foot
    together = cast(sales=[[8]], product=[[7]])
    assert view.draw_votes(together, LINES, ABOUT).title == "No two departments lie far apart on any line"


def test_a_department_of_the_study_s_own_stands_last():
    picture = view.draw_votes(cast(Legal=[[8]], sales=[[7]]), LINES, ABOUT)
    assert picture.wide.rindex("Sales") < picture.wide.rindex("Legal")


def test_conflicts_are_listed_with_the_chance_of_as_much():
    cells = view.tabulate_conflicts(PARTED, LINES).cells()
    assert {row[0] for row in cells} == {"Employees at least 100"}
    assert all("2" in (row[2], row[4]) for row in cells)
    assert "one vote a department" in view.tabulate_conflicts(cast(sales=[[8]], product=[[1]]), LINES)
    same = cast(sales=[[8, 7]], product=[[7, 8]])
    assert "clearer than what chance gives" in view.tabulate_conflicts(same, LINES)


def test_minorities_show_departments_and_no_person():
    shown = str(view.tabulate_minorities(PARTED, LINES))
    assert "Sales" in shown
    assert "sales 0" not in shown


def test_votes_against_the_data_stand_with_what_the_data_say():
    liked = cast(**{team: [[8], [8], [8, 9]] for team in ("sales", "product", "marketing")})
    assert "The data do not carry it." in str(view.tabulate_contradictions(liked, LINES))
    assert view.tabulate_contradictions(NOBODY, LINES) == "Nowhere do votes and data contradict each other."


def test_the_agenda_begins_with_the_line_that_parts_people():
    apart = PARTED.conflicts.drop_duplicates("item").set_index("item")
    voted = PARTED.frame.join(apart[["first", "second", "first_median", "second_median"]], on="item")
    first, *others = view.list_agenda(voted, LINES)
    assert first["line"] == "Employees at least 100"
    assert "Sales (2)" in first["apart"]
    assert [row["apart"] for row in others] == ["", "", ""]


def test_without_votes_every_view_says_so():
    said = [view.tabulate_votes(NOBODY, LINES), view.draw_votes(NOBODY, LINES, ABOUT), view.tell_concordance(NOBODY),
            view.tabulate_conflicts(NOBODY, LINES), view.tabulate_minorities(NOBODY, LINES)]  # fmt: skip
    assert all(isinstance(one, str) and one.endswith(".") for one in said)
    assert view.tell_unused(NOBODY) == ""


def test_all_of_it_is_said_in_japanese():
    with in_language("ja"):
        lines = view.list_lines(ITEMS)
        assert lines["said"].iloc[2].startswith("避けるべき条件")
        assert "合意" in view.tell_agreement(PARTED)
        assert "営業" in view.draw_votes(PARTED, lines, ABOUT).wide
