"""What is said of whom to talk to, with reasons and stand-ins; and an empty study has words too."""

import pandas as pd
import pytest

from icp_lab.locale import LANGUAGES, in_language
from icp_lab.methods.interviewees import choose_interviewees
from icp_lab.views import interviews as view

NONE = pd.DataFrame()
CUSTOMERS = pd.DataFrame({"account_id": list("abcd"), "name": ["Alpha", "Beta", None, "Delta"], "status": "customer",
                          "industry": ["Retail", "Retail", "Steel", "Steel"], "size_band": "10-49", "churned": False})
SUCCESS = pd.DataFrame({"account_id": list("abcd"), "score": [0.9, 0.8, 0.7, 0.6], "best": True, "satisfaction": 0.9})
SEGMENTS = pd.DataFrame({"account_id": list("abcd"), "segment": ["S1", "S1", "S2", "S2"]})


def test_whom_to_talk_to_is_said_with_reasons_and_stand_ins():
    found = choose_interviewees(CUSTOMERS, SUCCESS, SEGMENTS, NONE, NONE, interviews=2, stand_ins=1)
    assert str(view.tell_interviewees(found)).startswith("**2** of 4 best customers are chosen")
    assert "There are fewer than 5 best customers" in view.tell_interviewees(found)
    table = view.tabulate_interviewees(found, CUSTOMERS)
    assert [row[:1] for row in table.cells()] == [["Alpha"], ["c"]]
    assert "first from Retail; first of size 10-49" in table.cells()[0]
    assert "Beta" in table.cells()[0]
    assert "No table names people" in view.tell_deciders(found)


def test_former_customers_are_said_to_be_such():
    firms = CUSTOMERS.assign(churned=[False, False, False, True])
    success = SUCCESS.assign(best=[True, True, True, False])
    negatives = pd.DataFrame({"account_id": ["d"], "reason_group": ["price"]})
    found = choose_interviewees(firms, success, SEGMENTS, negatives, NONE, former=1)
    last = view.tabulate_interviewees(found, firms).cells()[-1]
    assert "former customer" in last
    assert any("the only one with the reason: price" in cell for cell in last)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_is_laid_out_in_both_languages(language):
    with in_language(language):
        assert len(view.tabulate_guide().rows) > 18


def test_where_nobody_can_be_talked_to_each_place_says_so():
    nobody = choose_interviewees(NONE, NONE, NONE, NONE, NONE)
    said = [view.tell_interviewees(nobody), view.tabulate_interviewees(nobody, CUSTOMERS)]
    assert all(isinstance(each, str) and each for each in said)
