"""The declaration of the input tables is whole and consistent."""

import re

import pytest

from icp_lab.tables import BY_NAME, GROUPS, TABLES


def test_all_tables_of_the_contract_are_declared():
    assert list(BY_NAME) == [
        "accounts",
        "deals",
        "deal_history",
        "deal_contacts",
        "revenue",
        "usage",
        "support",
        "satisfaction",
        "churn",
        "opinions",
        "contacts",
        "leads",
        "engagement",
        "triggers",
        "market",
        "competitors",
        "trends",
        "reference",
        "review",
        "pilot",
        "costs",
        "feedback",
    ]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_table_is_consistent(table):
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert not table.key or table.key in names
    assert set(table.one_of) <= set(names)
    assert all(column.meaning and re.fullmatch("[a-z_]+", column.name) for column in table.columns)
    assert all(column.group in GROUPS for column in table.columns if column.role == "attribute")


def test_required_columns_are_those_of_the_contract():
    assert BY_NAME["deals"].required == ("account_id", "stage")
    assert BY_NAME["contacts"].required == ("contact_id", "account_id")
    assert BY_NAME["market"].required == ("companies",)
    assert BY_NAME["reference"].required == ()
    assert BY_NAME["feedback"].required == ("date", "agrees")


def test_contract_of_the_documents(root):
    """Every column that TABLES.md names is declared, with its star."""
    contract = root.parent / "shared" / "TABLES.md"
    if not contract.is_file():
        pytest.skip("../shared/TABLES.md is not laid beside this checkout")
    rows = re.findall(r"^\| (\w+) \| .*? \| (.*) \|$", contract.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for name, words in rows:
        if name == "table":
            continue
        told = re.sub(r"\([^)]*\)", "", words).replace("one of", "").replace("and any of", "").replace(" or ", ", ")
        for word in re.split(r"[,/]", told):
            found = re.fullmatch(r"\s*([a-z_]+)(\*?)\s*", word)
            if found:
                column = BY_NAME[name].by_name[found[1]]
                assert column.required == bool(found[2]), (name, column.name)
