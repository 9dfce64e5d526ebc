"""Which attributes may be criteria."""

import pytest

from icp_lab.errors import LabError
from icp_lab.study import open_study

FILE = "account_id,name,industry,employees,owner,churned,plan,memo,signed,flat,exports,my_code\n" + "".join(
    f"{i},Firm {i},{'Steel' if i % 3 else 'Retail'},{i * 10},Ann,no,{'pro' if i % 2 else 'free'},"
    f"note {i},2025-01-{i:02},same,{'yes' if i % 2 else 'no'},{i % 4}x\n"
    for i in range(1, 25)
)


def candidates(make_study, attributes=""):
    return open_study(make_study("tables: {accounts: accounts.csv}\n" + attributes, accounts_csv=FILE)).candidates()


def test_what_is_no_criterion_and_why(make_study):
    found = candidates(make_study, "attributes: {after_sale: [plan], exclude: [my_code]}\n")
    assert found.names == ("industry", "employees", "exports")
    assert found.after_sale == ("churned", "plan")
    assert {name: found.refused[name] for name in ("name", "owner", "memo", "signed", "flat", "my_code", "region")} == {
        "name": "identity",
        "owner": "person",
        "memo": "nearly_unique",
        "signed": "date",
        "flat": "constant",
        "my_code": "excluded",
        "region": "empty",
    }
    assert list(found.frame) == ["industry", "employees", "exports", "churned", "plan"]
    assert found.frame.index.name == "account_id"
    assert found.frame["exports"].dtype == "boolean"


def test_include_and_groups(make_study):
    found = candidates(make_study, "attributes: {include: [industry, plan], groups: {financial: [plan]}}\n")
    assert found.names == ("industry", "plan")
    assert found.groups == {"industry": "basic", "plan": "financial", "churned": "basic"}
    assert found.refused["employees"] == "not_included"


def test_a_name_that_is_not_there_is_refused(make_study):
    with pytest.raises(LabError, match=r"line 6 of study\.yml.*`attributes: exclude` names the column `plann`.*`plan`"):
        candidates(make_study, "attributes: {exclude: [plann]}\n")


def test_quality_of_each_column(make_study):
    study = open_study(
        make_study(
            "tables: {accounts: accounts.csv}\n",
            accounts_csv="account_id,industry,region,tech_stack\n1,a,,x;y\n2,a,,x;y\n3,b,r,\n",
        )
    )
    quality = study.quality().set_index("column")
    assert quality.loc["industry", ["n", "filled", "distinct", "verdict", "use"]].tolist() == [
        3,
        1.0,
        2,
        "good",
        "criterion",
    ]
    assert quality.loc["region", ["distinct", "verdict"]].tolist() == [1, "sparse"]
    assert quality.loc["tech_stack", "distinct"] == 1
    assert quality.loc["city", ["verdict", "use"]].tolist() == ["empty", "empty"]
