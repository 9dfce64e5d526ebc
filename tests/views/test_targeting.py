"""What the targeting page says of a list, and of one without anybody."""

import numpy as np
import pandas as pd

from icp_lab.methods.engagement import Decay
from icp_lab.methods.targeting import Targets
from icp_lab.views import targeting as view


def _targets(rows):
    columns = ["id", "kind", "listed", "points", "engagement", "warm", "tier", "reasons", "missing", "probability",
               "low", "high"]
    return Targets(pd.DataFrame(rows, columns=columns), ({"name": "A", "min_fit": 60}, {"name": "C", "min_fit": 10}),
                   pd.DataFrame(columns=["attribute", "unknown", "up", "down"]), 4)


def test_the_list_counts_tiers_and_names_attributes():
    targets = _targets([("L1", "lead", True, 70, 10, "warm", "A", "tech_stack +12, employees +8", "", 0.5, 0.4, 0.6),
                        ("A2", "account", True, 50, 0, "none", "", "", "employees", np.nan, np.nan, np.nan)])
    said = view.tell_list(targets)
    assert "**2** companies are on the list, 1 of them leads. Tier A: 1 with at least 60 points." in said
    shown = view.tabulate_list(targets, pd.Series({"L1": "Bee"}))
    assert shown.cells()[0][0] == "Bee"
    assert "tech stack +12, employees +8" in shown.cells()[0]
    assert view.tabulate_grid(targets).frame["none"].sum() == 1


def test_columns_of_a_companys_own_may_hold_blanks_and_commas():
    reasons = "No. of sites, open +9, tech_stack +8, a b -7, c +6, d +5, e +4, own, f -2"
    shown = view.tabulate_list(_targets([("L1", "lead", True, 70, 10, "warm", "A", reasons, "", 0.5, 0.4, 0.6)]),
                               pd.Series({"L1": "Bee"}))
    said = next(cell for cell in shown.cells()[0] if "sites" in cell)
    assert said.startswith("No. of sites, open +9, tech stack +8, a b −7, c +6, d +5")
    assert "+2" in said


def test_a_list_without_anybody_says_what_to_collect():
    assert "`leads`" in view.tell_list(_targets([]))
    assert view.tabulate_list(_targets([]), pd.Series(dtype="str")) == ""
    nobody = pd.DataFrame(columns=["personas", "active"])
    assert view.tabulate_plan(nobody, [], pd.Series(dtype="str")) == "There is no company to plan for yet."


def test_a_decay_that_nobody_measured_is_called_a_convention():
    nothing = Decay(30.0, np.nan, np.nan, np.nan, 3, 40, False, pd.DataFrame())
    assert "convention" in view.tell_decay(nothing)
    assert "**14 days**" in view.tell_decay(Decay(14.0, 9.0, 20.0, 2.0, 60, 300, True, pd.DataFrame()))


def test_the_matrix_asks_where_nobody_has_said_anything():
    one = {"name": "Decider in sales", "pains": ["No forecast"], "goals": [], "channels": ["webinar"], "objections": []}
    cells = view.tabulate_matrix({"personas": [one]}).cells()[0]
    assert cells[1] == "No forecast"
    assert cells[2].endswith("?")
