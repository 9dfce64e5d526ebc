"""Why an account is in or out, and whom a company resembles: the good ones, and the failures too."""

import pandas as pd
import pytest

from icp_lab.errors import LabError
from icp_lab.icp.explain import explain_account, find_lookalikes
from icp_lab.rule import Criterion, Rule

ACCOUNTS = pd.DataFrame({
    "employees": [100.0, 200.0, 300.0, None], "industry": ["SaaS", "SaaS", "Retail", "Retail"],
    "tools": [("CRM",), ("CRM", "ERP"), None, ("ERP",)],
}, index=pd.Index(["A1", "A2", "A3", "A4"], name="account_id")).astype({"industry": "str"})
CASES = pd.DataFrame({"account_id": ["A1", "A2", "A3", "A4"], "positive": ["yes", "no", "no", "unknown"]})
RULE = Rule((Criterion.between("employees", 150, 500), Criterion.has("tools", "ERP")))


def test_an_account_is_explained_by_its_criteria_and_its_neighbours():
    found = explain_account(ACCOUNTS, RULE, CASES, "A4")
    assert found.fit == "unknown"
    assert found.frame["holds"].tolist() == ["unknown", "yes"]
    assert found.nearest_best["account_id"].tolist() == ["A1"]
    assert found.nearest_failures["account_id"].tolist() == ["A3", "A2"]  # 0, and (1 + 0.5) / 2
    assert found.nearest_failures["distance"].tolist() == [0.0, 0.75]
    with pytest.raises(LabError, match="A4"):
        explain_account(ACCOUNTS, RULE, CASES, "A44")


def test_each_company_is_set_beside_the_good_ones_and_the_failures():
    leads = pd.DataFrame({"employees": [100.0, None], "industry": ["SaaS", "Retail"], "tools": [("CRM",), None]},
                         index=["L1", "L2"]).astype({"industry": "str"})
    found = find_lookalikes(ACCOUNTS, leads, CASES).set_index("id")
    assert found.loc["L1", ["best", "failures", "best_distance"]].tolist() == ["A1", "A2, A3", 0.0]
    assert found.loc["L1", "failure_distance"] == pytest.approx(1 / 3)  # half the range, the same, half a list
    assert found.loc["L2", ["failures", "failure_distance"]].tolist() == ["A3, A2", 0.0]
    mine = find_lookalikes(ACCOUNTS, ACCOUNTS.loc[["A2"]], CASES, most=1).iloc[0]
    assert mine["failures"] == "A3"  # nobody resembles itself
    pd.testing.assert_frame_equal(find_lookalikes(ACCOUNTS[::-1], leads, CASES[::-1]).set_index("id"), found)


def test_without_known_cases_there_is_nobody_to_resemble():
    found = find_lookalikes(ACCOUNTS, ACCOUNTS.head(1), CASES.assign(positive="unknown")).iloc[0]
    assert (found["best"], found["failures"]) == ("", "")
    assert found[["best_distance", "failure_distance"]].isna().all()
