"""One row a company in accounts; the rows of other tables follow, or find their account by name, domain, e-mail."""

from datetime import date

import pytest

from icp_lab.intake.conversion import Customs
from icp_lab.intake.loading import Tables, Told
from icp_lab.intake.spec import Spec

ACCOUNTS = """account_id,name,domain,city,employees,customer_since,parent_id
7,㈱山田商事,yamada.example,大阪市,,2020-04-01,
3,山田商事 株式会社,https://www.yamada.example/,,120,2021-04-01,
5,Acme Inc.,acme.example,Leeds,40,,3
9,Boreal Ltd,,York,,,
4,株式会社北海道農園,hokkaido.example,,,,
"""


@pytest.fixture
def load(tmp_path):
    """Load tables from texts, by name."""

    def open_tables(told=None, **texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        specs = {name: Spec(name, (tmp_path / f"{name}.csv",), (f"{name}.csv",)) for name in texts}
        return Tables(specs, {}, date(2026, 3, 31), Customs.of(4, "EUR"), Told(told or {}))

    return open_tables


def _rows(tables, name, columns):
    return tables.relation(name).project(columns).order("ALL").fetchall()


def test_one_company_becomes_one_row(load):
    tables = load(accounts=ACCOUNTS)
    rows = {row[0]: row[1:] for row in _rows(tables, "accounts", "account_id, name, city, employees, customer_since")}
    assert set(rows) == {"7", "5", "9", "4"}
    # 7 and 3 are filled alike: the older one stays, its gap is filled.
    assert rows["7"] == ("㈱山田商事", "大阪市", 120.0, date(2020, 4, 1))
    facts = tables.load("accounts")
    assert (facts.read, facts.used, facts.set_aside) == (5, 4, 1)
    assert [(case.row, case.value, case.reason) for case in facts.listed] == [(2, "3", "merged")]
    said = [decision.say() for decision in facts.decisions]
    assert said[0].startswith("1 rows of accounts were merged with another row of the same company, such as 3 with 7")
    assert {d.column for d in facts.decisions if d.code == "same_differs"} == {"name", "domain", "customer_since"}


def test_parents_and_other_tables_follow(load):
    tables = load(accounts=ACCOUNTS, deals="account_id,stage\n3,won\n7,lost\n77,won\n")
    assert dict(_rows(tables, "accounts", "account_id, parent_id"))["5"] == "7"
    assert _rows(tables, "deals", "account_id, stage") == [("7", "lost"), ("7", "won")]
    facts = tables.load("deals")
    assert facts.counts["unknown_account", "account_id"] == 1
    assert [d.code for d in facts.decisions] == []


def test_rows_name_their_company(load):
    deals = "account_id,stage\n株式会社 山田商事,won\nACME,lost\nhttps://boreal.example,won\nwww.acme.example,won\nzzz,won\n"
    tables = load(accounts=ACCOUNTS, deals=deals)
    assert _rows(tables, "deals", "account_id, stage") == [("5", "lost"), ("5", "won"), ("7", "won")]
    (decision,) = tables.load("deals").decisions
    assert (decision.code, decision.column, decision.words["n"]) == ("found_account", "account_id", 3)
    assert tables.load("deals").counts["unknown_account", "account_id"] == 2


def test_contacts_are_found_by_e_mail_and_leads_by_company(load):
    contacts = "contact_id,account_id,email\n1,,a@mail.acme.example\n2,9,b@acme.example\n3,,c@gmail.com\n"
    leads = "lead_id,company,email\n1,Boreal Limited,\n2,,x@hokkaido.example\n3,Nobody,\n"
    tables = load(accounts=ACCOUNTS, contacts=contacts, leads=leads)
    assert _rows(tables, "contacts", "contact_id, account_id") == [("1", "5"), ("2", "9")]
    assert _rows(tables, "leads", "lead_id, account_id") == [("1", "9"), ("2", "4"), ("3", None)]
    assert [d.column for d in tables.load("leads").decisions] == ["company", "email"]


def test_nothing_is_taken_where_two_accounts_fit(load):
    accounts = "account_id,name,city\n1,Acme Inc,Leeds\n2,Acme Inc,York\n"
    tables = load(accounts=accounts, deals="account_id,stage\nAcme,won\n1,lost\n")
    assert _rows(tables, "deals", "account_id") == [("1",)]
    assert tables.load("deals").decisions == []


def test_people_have_the_last_word(load):
    assert len(_rows(load(told={("3", "7"): False}, accounts=ACCOUNTS), "accounts", "account_id")) == 5
    tables = load(told={("4", "9"): True}, accounts=ACCOUNTS)
    assert len(_rows(tables, "accounts", "account_id")) == 3


def test_unsure_pairs_are_kept_for_people(load):
    tables = load(accounts="account_id,name\n1,Acme Inc\n2,ACME\n")
    facts = tables.load("accounts")
    assert [match.pair for match in tables.matches.uncertain] == [("1", "2")]
    assert [d.code for d in facts.decisions] == ["same_unsure"]
    assert facts.used == 2


def test_wrong_numbers_are_said(load):
    tables = load(accounts="account_id,name,corporate_number\n1,A,7000012050002\n2,B,7000012050003\n")
    (decision,) = tables.load("accounts").decisions
    assert decision.say().startswith("1 corporate numbers cannot be right, such as `7000012050003`;")


def test_the_order_of_rows_does_not_matter(load):
    head, *rows = ACCOUNTS.splitlines()
    every = "account_id, name, domain, city, employees, customer_since, parent_id"
    one = _rows(load(accounts=ACCOUNTS), "accounts", every)
    assert _rows(load(accounts="\n".join([head, *reversed(rows)])), "accounts", every) == one


def test_names_are_found_among_very_many_too(load, monkeypatch):
    monkeypatch.setattr("icp_lab.intake.merging.MOST_COMPARED", 2)
    tables = load(accounts=ACCOUNTS, deals="account_id,stage\nacme inc,won\nhttp://hokkaido.example/,lost\nzzz,won\n")
    assert _rows(tables, "deals", "account_id") == [("4",), ("5",)]


def test_of_very_many_only_those_that_share_something_are_compared(load, monkeypatch):
    monkeypatch.setattr("icp_lab.intake.merging.MOST_COMPARED", 2)
    facts = load(accounts=ACCOUNTS).load("accounts")
    (said,) = [d.words for d in facts.decisions if d.code == "few_compared"]
    assert said == {"n": 5, "compared": 2}
    assert facts.used == 4
    assert load(accounts=ACCOUNTS, told={("4", "9"): True}).load("accounts").used == 3
