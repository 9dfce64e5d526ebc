"""What a CRM would be told: its names are known on the way back, and states follow from its export."""

import json

import pandas as pd
import pytest

from icp_lab.intake.formats import map_headers, read_format
from icp_lab.methods.crm import COLUMNS, FIELDS, SYSTEMS, TARGETS, plan_loads
from icp_lab.tables import BY_NAME

ICP = {"as_of": "2026-03-31", "verdict": "tentative"}
NONE = pd.DataFrame({"contact_id": [], "lead_id": [], "account_id": []}, dtype="str")
COVER = pd.DataFrame({"account_id": [], "fit": []}, dtype="str")


def plan(accounts, formats=None, version="", low=0.2, private=False):
    ids = accounts["account_id"].tolist()
    scores = pd.DataFrame({"id": ids, "kind": "account", "points": 60, "low": low, "high": 0.4, "tier": "A",
                           "reasons": "employees +7"})
    cover = pd.DataFrame({"account_id": ids, "fit": "in"})
    exports = {"accounts": accounts.astype("str"), "contacts": NONE, "leads": NONE}
    return plan_loads(ICP | {"version": version}, scores, cover, COVER, exports=exports, formats=formats or {},
                      private=private)


def states(loads, file):
    rows = loads.frame[loads.frame["file"].eq(file)].set_index("id")
    return (rows["state"] + " " + rows["why"]).str.strip().to_dict()


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.file)
def test_what_is_written_is_known_on_the_way_back(target):
    """By the format of the CRM, and in any file by the table itself; under labels of both languages and names."""
    declared = BY_NAME[target.table].by_name
    section = read_format(target.system)[target.table]
    for column in target.fields:
        said = target.field(column)
        for header in (*said.label.values(), getattr(said, target.system)):
            assert map_headers(section, [header])[column][0] == header
            assert header in (column, *declared[column].headers)
        assert declared[column].role == "verdict"
        assert declared[column].kind == "text"


def test_the_declarations_are_sound():
    assert {target.system for target in TARGETS.values()} == set(SYSTEMS)
    for target in TARGETS.values():
        fields = [target.field(column) for column in target.fields]
        assert all(getattr(said, target.system) for said in fields)
        assert len({said.label["ja"] for said in fields}) == len({said.label["en"] for said in fields}) == len(fields)
        assert target.keys[-1].format == ""  # whatever the study is made of, there is a key
    assert {said.kind for said in FIELDS.values()} == {"choice", "number", "text", "date", "external"}


def test_states_follow_from_what_the_export_has():
    """Only the fields that it has are compared; nothing of ours is new, all the same is left alone."""
    accounts = pd.DataFrame({"account_id": ["a", "b", "c", "d"], "icp_fit": ["in", "In the profile", None, "out"],
                             "icp_tier": ["A", "Tier 1", None, "A"], "icp_version": ["2", "2", None, "2"]})
    assert states(plan(accounts, version="2"), "salesforce_account") == {
        "a": "unchanged", "b": "unchanged", "c": "new", "d": "changed"}
    assert set(states(plan(accounts, version="3"), "salesforce_account").values()) == {"new", "changed"}
    assert set(states(plan(accounts[["account_id"]]), "salesforce_account").values()) == {"new"}
    held = json.loads(plan(accounts, version="2").frame["held"].iloc[-1])
    assert held == {"icp_fit": "out", "icp_tier": "A", "icp_version": "2"}


def test_an_export_speaks_for_its_own_crm_alone():
    accounts = pd.DataFrame({"account_id": ["123", "456"], "icp_fit": "in", "domain": ["a.example", None]})
    loads = plan(accounts, {"accounts": "hubspot"})
    assert states(loads, "hubspot_companies") == {"123": "unchanged", "456": "unchanged"}
    assert states(loads, "salesforce_account") == {"123": "new", "456": "new"}
    assert states(plan(accounts, {"accounts": "salesforce"}), "salesforce_account")["123"] == "refused malformed"
    assert states(plan(accounts), "hubspot_companies") == {"123": "unchanged", "456": "without_key"}


def test_doubtful_keys_are_refused():
    accounts = pd.DataFrame({"account_id": ["a", "b", "c", "d", "e"], "domain": [
        "www.Same.example", "https://same.example/en", "none", "=cmd.example", "d.example"]})
    assert states(plan(accounts), "hubspot_companies") == {
        "a": "refused shared", "b": "refused shared", "c": "refused malformed", "d": "refused malformed", "e": "new"}
    assert states(plan(pd.DataFrame({"account_id": ["x" * 256, "007"]})), "salesforce_account") == {
        "x" * 256: "refused malformed", "007": "new"}


def test_values_are_codes_and_what_is_missing_stays_missing():
    row = plan(pd.DataFrame({"account_id": ["a"]}), low=float("nan")).frame.set_index("file").loc["salesforce_account"]
    assert row[["icp_fit", "icp_tier", "icp_score", "icp_high", "icp_first_reason", "icp_verdict", "icp_version"]
               ].tolist() == ["in", "A", "60", "40", "employees +7", "tentative", "2026-03-31"]
    assert row[["icp_low", "icp_second_reason", "icp_persona"]].isna().all()
    assert set(COLUMNS) <= set(row.index)


def test_the_order_of_rows_does_not_matter():
    accounts = pd.DataFrame({"account_id": ["b", "a"], "domain": ["b.example", "a.example"]})
    pd.testing.assert_frame_equal(plan(accounts).frame, plan(accounts.iloc[::-1]).frame)


def test_companies_without_names_are_private_too():
    accounts = pd.DataFrame({"account_id": ["a"]})
    assert not plan(accounts).frame["private"].any()
    assert plan(accounts, private=True).frame["private"].all()
