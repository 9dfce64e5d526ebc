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


def test_why_columns_of_deals_say_nothing_that_was_known_before(make_study):
    study = open_study(
        make_study(
            "tables: {accounts: accounts.csv, deals: deals.csv}\nattributes: {include: [industry]}\n",
            accounts_csv=FILE,
            deals_csv="account_id,stage,deal_id,amount,loss_reason,source,flat\n1,won,d1,5,,fair,x\n2,lost,d2,6,price,web,x\n",
        )
    )
    refused = {name: why for name, why in study.refused("deals").items() if why != "empty"}
    assert refused == {
        "account_id": "identity",
        "stage": "after_sale",
        "deal_id": "identity",
        "amount": "",
        "loss_reason": "after_sale",
        "owner": "person",
        "source": "",
        "flat": "constant",
    }
