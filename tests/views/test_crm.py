"""What lies ready for a CRM, in its own words: filters that it understands, and reasons that people do."""

import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.methods.crm import Loads
from icp_lab.rule import Criterion, Rule
from icp_lab.views.crm import say_reason, tabulate_fields, tabulate_filters, tabulate_loads, tell_loads

POINTS = [{"criterion": {"attribute": "employees", "min": 100, "max": 480}, "met": 7, "failed": -5},
          {"criterion": {"attribute": "annual_revenue", "max": 9}, "met": -2, "failed": 0}]
LOADS = Loads(pd.DataFrame({"file": ["hubspot_companies"] * 3, "state": ["new", "unchanged", "refused"], "by": "domain",
                            "private": False}))


@pytest.mark.parametrize(("code", "said"), [
    ("employees +7", "Employees from 100 to under 480 (+7 points)"),
    ("employees -5", "Not met: employees from 100 to under 480 (-5 points)"),
    ("annual_revenue -2", "Annual revenue under 9 (-2 points)"),
    ("employees +3", "Employees (+3 points)"),
    ("year since +1", "Year since (+1 points)")])
def test_a_reason_names_the_criterion_that_gives_its_points(code, said):
    assert say_reason(code, POINTS) == said


@pytest.mark.parametrize(("one", "hubspot", "salesforce"), [
    (Criterion.between("employees", 100, None), "Number of Employees is greater than or equal to 100",
     "NumberOfEmployees >= 100"),
    (Criterion.between("annual_revenue", None, 1.5e6), "Annual Revenue is less than 1,500,000",
     "AnnualRevenue < 1500000"),
    (Criterion.one_of("industry", ["SaaS", "O'B\\"]), "Industry is any of O'B\\, SaaS",
     "Industry IN ('O\\'B\\\\', 'SaaS')"),
    (Criterion.has("tech_stack", "ERP"), "Web Technologies contains any of ERP", "Tech_Stack__c INCLUDES ('ERP')"),
    (Criterion.flag("exports", yes=False), "exports is equal to No", "Exports__c = FALSE"),
    (Criterion.flag("自社工場"), "自社工場 is equal to Yes", "FIELD__c = TRUE")])
def test_criteria_are_filters_of_the_crm(one, hubspot, salesforce):
    (row,) = tabulate_filters(Rule((one,))).cells()
    assert row[1:] == [hubspot, salesforce]


def test_properties_are_named_in_the_language_of_the_report():
    with in_language("ja"):
        (row,) = tabulate_filters(Rule((Criterion.between("employees", 100, None),))).cells()
    assert row[1].startswith("従業員数")


def test_rows_are_counted_by_what_would_become_of_them():
    assert tell_loads(LOADS).startswith("**1** rows lie ready in 1 files")
    assert tabulate_loads(LOADS).cells() == [
        ["crm/hubspot_companies.csv", "HubSpot", "Company Domain Name", "1", "1", "0", "1", "0", "1"]]
    rest = Loads(LOADS.frame[LOADS.frame["state"].eq("unchanged")])
    assert "nothing to load" in tell_loads(rest)


def test_a_field_is_listed_once_with_all_its_objects():
    people = Loads(pd.DataFrame({"file": ["salesforce_account", "salesforce_contact"], "state": "new", "private": True,
                                 "by": ["Id", "ICP_Key__c"]}))
    cells = tabulate_fields(people, "salesforce", {"p1": "p1: Decider"}).cells()
    names = [row[2] for row in cells]
    assert len(set(names)) == len(names)
    assert {row[2]: row[1] for row in cells}["ICP_Fit__c"] == "Account, Contact"
    assert {row[2]: row[4] for row in cells}["ICP_Persona__c"] == "p1: Decider"
    assert {row[2]: row[1] for row in cells}["ICP_Key__c"] == "Contact"
