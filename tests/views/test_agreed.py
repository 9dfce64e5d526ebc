from datetime import date

import pandas as pd
import pytest

from icp_lab.methods.agreed import Decision
from icp_lab.rule import Criterion
from icp_lab.views.agreed import tabulate_decisions, tell_agreed
from icp_lab.views.table import Table

SIZE = {"attribute": "employees", "min": 100}
LINES = pd.DataFrame({"item": ["criterion.employees"], "said": ["Employees at least 100"], "evidence": [""]})


def test_decisions_are_shown_without_who_made_them():
    wider = (Criterion.between("employees", 50, None),)
    made = [Decision("criterion.employees", "change", wider, "Ann Smith", date(2026, 7, 1), "Bob is too small"),
            Decision("criterion.age", "drop", (), "Ann", date(2026, 7, 2))]  # fmt: skip
    shown = tabulate_decisions(made, LINES)
    assert isinstance(shown, Table)
    assert [row[-1] for row in shown.cells()] == ["yes", "no"]
    assert "Ann" not in str(shown)
    assert "Bob" not in str(shown)


@pytest.mark.parametrize(("basis", "decided", "told"), [
    ("data", (), "is the draft, to the letter"), ("data", (1,), "as they were drafted"),
    ("declared", (1,), "counted anew")])
def test_what_was_agreed_is_told(basis, decided, told):
    agreed = {"criteria": [SIZE], "basis": basis, "verdict": "tentative", "evidence": {}}
    assert told in tell_agreed(agreed, decided)
    assert "employees at least 100" in tell_agreed(agreed, decided)


def test_without_decisions_it_says_so():
    assert tabulate_decisions((), LINES).startswith("Nothing is decided yet.")
