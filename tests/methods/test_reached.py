"""Whom we reached, and who of them became a lead."""

from datetime import date

import pandas as pd

from icp_lab.methods.customers import fill_table
from icp_lab.methods.engagement import list_touches
from icp_lab.methods.reached import list_reached

NOW = date(2026, 6, 30)


def test_reached_are_those_that_were_neither_lead_nor_customer():
    day = pd.Timestamp("2026-02-01")
    touches = pd.DataFrame({"date": day, "kind": "called", "account_id": ["a", "b", None, None], "contact_id":
                            [None, None, "p", None], "lead_id": [None, None, None, "L2"]})  # fmt: skip
    leads = pd.DataFrame({"lead_id": ["L1", "L2"], "account_id": ["a", None],
                          "created": [day + pd.Timedelta(days=9), day - pd.Timedelta(days=9)]})  # fmt: skip
    customers = pd.DataFrame({"account_id": ["b"], "since": [day - pd.Timedelta(days=1)]})
    people = pd.DataFrame({"contact_id": ["p"], "account_id": ["c"]})
    pilot = pd.DataFrame({"unit_id": ["z", "y"], "arm": "icp", "reached": [day, None], "lead": [True, True]})
    found = list_reached(touches, people, leads, pilot, customers, as_of=NOW)
    assert found[["unit", "lead"]].to_numpy().tolist() == [["a", True], ["c", False], ["z", True]]


def test_touches_of_people_that_no_table_knows_are_of_nobody():
    touches = fill_table(pd.DataFrame({"date": [pd.Timestamp("2026-02-01")] * 2, "account_id": ["a", None],
                                       "contact_id": [None, "p"]}), "engagement")  # fmt: skip
    none = pd.DataFrame()
    assert list_reached(touches, none, none, none, none, as_of=NOW)["unit"].tolist() == ["a"]
    assert list_touches(touches, fill_table(none, "contacts"))["unit"].tolist() == ["a"]
