from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from icp_lab.methods.document import Group, Standing
from icp_lab.views.picture import About
from icp_lab.views.training import lay_training, tell_training

ABOUT = About(date(2026, 6, 30), "EUR", "Demo")
NOTHING = dict.fromkeys(("negatives", "scores", "score"))
ICP = {"criteria": [{"attribute": "employees", "min": 100}], "verdict": "tentative", "outcome": "best",
       "next_review": "2026-09-30", "as_of": "2026-06-30", "evidence": {}}


@pytest.fixture
def standing():
    rows = [("c1", "in", "customer", True, 9.0, 0.9, False), ("c2", "in", "customer", False, 8.0, 0.2, False),
            ("c3", "in", "customer", False, 7.0, 0.1, True), ("c4", "out", "customer", True, 16.0, 0.8, False),
            ("p1", "in", "prospect", None, None, None, None), ("p2", "out", "prospect", None, None, None, None),
            ("p3", "out", "lost", None, None, None, None), ("p4", "unknown", "prospect", None, None, None, None)]
    frame = pd.DataFrame(rows, columns=["account_id", "fit", "status", "best", "value", "score", "churned"])
    frame = frame.assign(
        name=frame["account_id"].str.upper(), met="industry", failed=frame["fit"].map({"out": "employees"}).fillna(""),
        unknown=frame["fit"].map({"unknown": "employees"}).fillna(""), employees=range(100, 108),
        best=frame["best"].astype("boolean"), churned=frame["churned"].astype("boolean"))
    counts = pd.crosstab(frame["status"], frame["fit"]).reset_index()
    return Standing(frame, counts, Group(1, 3, 0.1, 0.8), Group(1, 1, 0.2, 1.0))


def read_column(tables, name, place=0):
    return [row[place] for row in tables[name][0].cells()]


def test_the_exercise_asks_first_about_those_that_nobody_decided_on_and_the_notes_answer(standing):
    assert read_column(lay_training(ICP, standing, ABOUT, NOTHING), "train_open") == ["C1", "P1", "P2", "P3", "P4"]
    answers = tell_training(ICP, standing, ABOUT)["answers"].split("\n")
    assert answers[1] == "P1: in the profile (all criteria are met)" and answers[2] == "P2: outside (employees)"
    assert answers[4] == "P4: unknown (employees)"


def test_who_left_is_not_called_this_week(standing):
    signs = pd.DataFrame({"account_id": ["c2", "c3"], "lapsed": False, "low_use": True, "low_satisfaction": False,
                          "avoided": False, "reason_group": ["price", "unknown"]})
    table = lay_training(ICP, standing, ABOUT, {**NOTHING, "negatives": signs})["train_lagging"][0]
    assert [row[0] for row in table.cells()] == ["C2"] and table.cells()[0][-1] == "low use"


def test_reasons_are_counted_by_side_and_those_not_said_are_left_out(standing):
    given = ["price", "price", "price", "unknown"]
    told = pd.DataFrame({"account_id": ["c2", "c3", "c4", "p3"], "reason_group": given})
    tables = lay_training(ICP, standing, ABOUT, {**NOTHING, "negatives": told})
    assert tables["train_reasons"][0].cells() == [["price", "2", "1"]]


def test_tiers_come_with_how_many_are_on_the_list_and_only_where_somebody_is(standing):
    scores = pd.DataFrame({"listed": [True, True, False], "tier": ["A", "A", "B"]})
    score = {"tiers": [{"name": "A", "min_fit": 60}, {"name": "B", "min_fit": 40}]}
    found = {**NOTHING, "scores": scores, "score": score}
    assert [row[:3] for row in lay_training(ICP, standing, ABOUT, found)["train_uses"][0].cells()] == [
        ["in tier A", "60", "2"], ["inside the profile", "–", "4"], ["outside", "–", "3"], ["unknown", "–", "1"]]
    assert read_column(lay_training(ICP, standing, ABOUT, NOTHING), "train_uses")[0] == "inside the profile"


def test_what_customers_outside_are_worth_is_said_where_anybody_has_a_value(standing):
    assert tell_training(ICP, standing, ABOUT)["held"] == (
        "The **1** customers outside the profile hold **40 %** of the customer value on record (EUR 16).")
    worthless = replace(standing, frame=standing.frame.assign(value=float("nan")))
    assert tell_training(ICP, worthless, ABOUT)["held"] == ""
