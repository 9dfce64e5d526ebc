"""Which definitions there are to be held against later cases, and what each can have seen."""

from datetime import date

from icp_lab.methods.definitions import list_definitions
from icp_lab.rule import Hypothesis, Rule

AS_OF = date(2026, 6, 30)
LARGE = [{"attribute": "employees", "min": 100}]
PROFILE = {"version": "1", "as_of": "2025-06-30", "outcome": "won", "criteria": LARGE, "evidence": {
    "lift": 1.8, "lift_low": 1.5, "lift_high": 2.2, "n": 300}}


def test_definitions_that_say_the_same_are_listed_once_with_the_first_day():
    own = Hypothesis("Sales", Rule.from_dicts(LARGE), date(2024, 1, 1))
    other = Hypothesis("Chef", Rule.from_dicts([{"attribute": "age", "min": 5}]), date(2024, 2, 1))
    listed = list_definitions(PROFILE, [PROFILE | {"criteria": []}], [own, other], as_of=AS_OF)
    assert [(one.kind, one.name, one.day.isoformat()) for one in listed] == [
        ("holds", "1", "2024-01-01"), ("declared", "Chef", "2024-02-01")]
