"""What the pages say of a pilot: what it takes, who is drawn, how it went, and what a story of others rests on."""

from datetime import date

import pandas as pd
import pytest

from icp_lab.methods.experiment import check_story
from icp_lab.methods.pilot import Plan, mark_draw, read_pilot
from icp_lab.views import pilot as view
from icp_lab.views.picture import About

NOW = date(2026, 6, 30)
ABOUT = About(NOW, "USD", "Demo")
SIZES = pd.DataFrame({"times": [2.0, 3.0], "share": [0.2, 0.3], "once": [400, 140], "anytime": [800, 290],
                      "weeks": [96.0, 12.0]})  # fmt: skip


def _plan(sizes=SIZES, **terms):
    draw = pd.DataFrame({"unit_id": list("abcd"), "stratum": ["A 50-99", "A 100-249", "B ?", "A 100-249"],
                         "assigned": "2026-06-30", "arm": ["pilot", "control", "holdout", "pilot"]})  # fmt: skip
    told = {"hits": 10, "n": 100, "low": 0.05, "high": 0.17, "flow": 4.5, "least_once": 3.1, "least_anytime": 4.2,
            "closing": 90.0, "weeks": 12, "worth": 2.0, "seed": 0, "running": "", "mark": mark_draw(draw)}  # fmt: skip
    return Plan(sizes, draw, told | terms)


def test_a_plan_says_what_it_takes_and_what_there_is():
    said = view.tell_plan(_plan())
    assert "**800 companies**" in said
    assert "and 400 where one looks once" in said
    assert "from 4.2 times on" in said
    assert "90 days" in said
    assert "too few" in view.tell_plan(_plan(least_anytime=float("nan")))
    assert "days" not in view.tell_plan(_plan(closing=float("nan"))).partition("inconclusive")[2]


def test_a_plan_says_why_there_is_none():
    assert "since 2026-06-01" in view.tell_plan(_plan(running="2026-06-01"))
    assert "20.0 times as many cannot be" in view.tell_plan(_plan(worth=20.0))
    assert "No pilot can be planned yet" in view.tell_plan(_plan(SIZES.iloc[:0], n=0, hits=0))


def test_arms_are_counted_by_stratum_the_small_ones_first():
    table = view.tabulate_drawn(_plan())
    rows = [["A 50-99", "1", "0", "0"], ["A 100-249", "1", "1", "0"], ["B, size not known", "0", "0", "1"]]
    assert table.cells() == rows
    assert "draw-" in table.note
    assert "800" in str(view.tabulate_sizes(_plan()))


def _read(hits, others, n=100, **more):
    frame = pd.DataFrame({"unit_id": [f"u{i:03}" for i in range(2 * n)], "arm": ["pilot"] * n + ["control"] * n,
                          "assigned": pd.Timestamp("2026-03-01"), "cost": 40.0})  # fmt: skip
    lead = [i < hits for i in range(n)] + [i < others for i in range(n)]
    return read_pilot(frame.assign(lead=lead, **more), as_of=NOW)


@pytest.mark.parametrize(("hits", "others", "said"), [
    (40, 8, "**The pilot does better.**"), (8, 40, "**The pilot does worse**"), (12, 8, "**Inconclusive**"),
    (0, 0, "**Inconclusive**")])  # fmt: skip
def test_the_verdict_is_one_of_three(hits, others, said):
    assert said in view.tell_reading(_read(hits, others))
    assert f"{hits} of 100" in str(view.tabulate_reading(_read(hits, others)))


def test_what_weakens_a_reading_is_said():
    assert "no mark" in view.tell_reading(_read(40, 8))
    assert "**The list was changed" in view.tell_reading(_read(40, 8, draw="draw-1"))
    assert "another arm than their own: 200" in view.tell_reading(
        _read(40, 8, treated=["control"] * 100 + ["pilot"] * 100))
    assert "There is no pilot yet" in view.tell_reading(nothing := read_pilot(pd.DataFrame(), as_of=NOW))
    assert (view.tabulate_reading(nothing), view.tabulate_arms(nothing, ABOUT)) == ("", "")
    assert "two sides" in view.tell_reading(_read(40, 8, arm="pilot"))
    assert "Spent on each (USD)" in str(view.tabulate_arms(_read(40, 8), ABOUT))


def test_a_story_is_held_against_the_flow_of_leads():
    table = view.tabulate_story(check_story(0.012, 0.038, 0.4, flow=100))
    assert table.cells()[1] == ["100", "7", "23", "3.29 (1.43 to 7.42)", "11", "22"]
    assert "40 % less takes 49 customers before and 82 after" in table.note
