"""What known systems call their columns and words is declared soundly, and a study may declare its own."""

import pytest

from icp_lab.errors import LabError
from icp_lab.intake.facts import DECISIONS
from icp_lab.intake.formats import (
    FORMATS,
    SURETIES,
    fold,
    map_headers,
    part_unit,
    read_format,
    recognise_file,
    take_accounts,
)
from icp_lab.study import open_study
from icp_lab.tables import BY_NAME


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_format_declares_is_known_to_the_lab(name):
    sections = read_format(name)
    assert sections
    for table, section in sections.items():
        columns = BY_NAME[table].by_name
        assert {column for column in section.columns if not column.startswith("_")} <= set(columns)
        assert {sure for aliases in section.columns.values() for sure in aliases.values()} <= set(SURETIES)
        assert set(section.tell) <= set(section.columns)
        assert set(section.values) <= set(section.columns)
        for column, rule in section.derive.items():
            assert column in columns
            assert set(rule["needs"]) <= set(section.columns)
            assert rule["note"] in DECISIONS
        for column, meanings in section.values.items():
            assert not columns[column].choices or set(meanings.values()) <= set(columns[column].choices)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_can_fill_what_its_tables_need(name):
    for table, section in read_format(name).items():
        assert set(BY_NAME[table].required) <= set(section.columns)


@pytest.mark.parametrize(("header", "unit"), [("金額（千円）", "千円"), ("Turnover [k]", "k"), ("国(請求先)", "")])
def test_a_unit_behind_a_header_is_found(header, unit):
    assert part_unit(header)[1] == unit


def test_spellings_of_a_header_are_one():
    assert len({fold(word) for word in ("E-mail", "Ｅｍａｉｌ", "email", "E_Mail ")}) == 1


def test_the_better_header_goes_first():
    section = read_format("hubspot")["deals"]
    both = map_headers(section, ["Amount", "Amount in company currency", "Deal Stage", "Associated Company (Primary)"])
    assert both["amount"] == ("Amount in company currency", "seen")
    assert both["account_id"] == ("Associated Company (Primary)", "seen")


def test_headers_words_and_units_follow_the_format(make_study):
    folder = make_study(
        "tables:\n  accounts: {file: c.csv, format: hubspot}\n"
        "  deals: {file: d.csv, format: hubspot, columns: {product: What}, values: {stage: {Odd: lost}}}\n",
        c_csv="Record ID,Company name,Favourite\n1,A,red\n2,B,blue\n",
        d_csv="Record ID,Deal Stage,Amount (k),Associated Company IDs (Primary),Close Date,What\n"
              "7,CLOSED WON,3,1;2,2025-01-01,x\n8,Odd,4,2,2025-02-01,y\n9,Contract Sent,5,2,2027-01-01,y\n",
    )  # fmt: skip
    study = open_study(folder)
    deals = study.table("deals")
    assert deals["stage"].tolist() == ["won", "lost", "open"]
    assert deals["amount"].tolist() == [3000, 4000, 5000]
    assert deals["account_id"].tolist() == ["1", "2", "2"]
    assert deals["product"].tolist() == ["x", "y", "y"]
    assert deals["closed"].isna().tolist() == [False, False, True]
    assert study.table("accounts")["Favourite"].tolist() == ["red", "blue"]
    noted = {(one.code, one.column): one for one in study.facts("deals").decisions}
    assert noted["first_of_several", "account_id"].words["n"] == 1
    assert noted["expected_close", "closed"].words["n"] == 1
    assert "stage = Deal Stage" in noted["format", ""].say()
    assert "product" not in noted["format", ""].say()


def test_a_study_brings_its_own_format(make_study):
    folder = make_study(
        "tables:\n  accounts: {file: c.csv, format: ours}\n  deals: {file: d.csv, format: ours}\n",
        c_csv="Kunde\nA\n",
        d_csv="Kunde,Stand\nA,gewonnen\nA,verloren\n",
    )
    (folder / "dialects").mkdir()
    own = '[accounts.columns]\naccount_id = "Kunde"\n[deals.columns]\naccount_id = "Kunde"\nstage = ["Stand"]\n'
    words = '[deals.values.stage]\nwon = ["Gewonnen"]\nlost = "verloren"\n'
    (folder / "dialects/ours.toml").write_text(own + words, encoding="utf-8")
    assert open_study(folder).table("deals")["stage"].tolist() == ["lost", "won"]


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ("[accounts", "dialects/ours.toml: This cannot be read as a format"),
        ("[acounts.columns]\na = 'b'", "dialects/ours.toml: .*acounts"),
        ("[accounts.derive.name]\nsql = 'x'", "dialects/ours.toml: .*derive"),
        ("exclude = ['a']\n[accounts]", "dialects/ours.toml: .*exclude"),
        ("[[accounts]]", "dialects/ours.toml: .*accounts"),
        ("[accounts]\ncolumns = 3", "dialects/ours.toml: .*accounts.* columns"),
        ("[accounts]\ntell = 'name'", "dialects/ours.toml: .*accounts.* tell"),
        ("[deals.values]\nstage = 'won'", "dialects/ours.toml: .*deals.* stage"),
        ("[deals.columns]\nstage = 'x'", "line 5 of study.yml: The format ours says nothing of the table accounts"),
    ],
)
def test_what_a_format_of_ones_own_may_not_say(make_study, own, message):
    folder = make_study("tables: {accounts: {file: c.csv, format: ours}}\n", c_csv="account_id\nA\n")
    (folder / "dialects").mkdir()
    (folder / "dialects/ours.toml").write_text(own, encoding="utf-8")
    with pytest.raises(LabError, match=message):
        open_study(folder)


FORMS = {name: read_format(name) for name in FORMATS}


@pytest.mark.parametrize(
    ("headers", "table", "name"),
    [
        ("Record ID,Company name,Company owner,Industry,Create Date", "accounts", "hubspot"),
        ("Record ID,First Name,Last Name,Email,Associated Company IDs (Primary)", "contacts", "hubspot"),
        ("Ticket ID,Ticket name,Create date,Priority,Associated Company IDs", "support", "hubspot"),
        ("Id,Name,Type,Industry,NumberOfEmployees,BillingCountry,IsDeleted", "accounts", "salesforce"),
        ("Account Name,Opportunity Name,Stage,Close Date,Amount,Opportunity Owner", "deals", "salesforce"),
        ("OpportunityId,StageName,Amount,CloseDate,Probability,CreatedDate", "deal_history", "salesforce"),
        ("OpportunityId,ContactId,Role,IsPrimary", "deal_contacts", "salesforce"),
        ("Id,Company,LastName,FirstName,Title,Industry,Status,IsConverted,ConvertedDate", "leads", "salesforce"),
        ("取引先名,商談名,フェーズ,金額,確度 (%),完了予定日", "deals", "salesforce"),
        ("得意先コード,得意先名,売上日,商品,数量,金額,粗利", "revenue", "ledger"),
        ("得意先コード,得意先名,業種,従業員数,都道府県", "accounts", "ledger"),
        ("レコード番号,会社名,案件状況,受注金額,受注予定日", "deals", "kintone"),
        ("会社名,部署名,役職,氏名,e-mail,名刺交換日", "contacts", "sansan"),
        ("account_id,score,answer_scale,date", "satisfaction", "generic"),
        ("customer_id,mrr,start_date,end_date,product", "revenue", "generic"),
        ("account_id,team,verdict,note", "opinions", "generic"),
    ],
)
def test_each_export_is_recognised(headers, table, name):
    match = recognise_file(headers.split(","), FORMS)
    assert (match.table, match.section.format) == (table, name)


@pytest.mark.parametrize("headers", ["a,b", "Id,Name,Username,Profile,Role", "Record ID,Colour,Size", ""])
def test_what_fits_nothing_is_no_table(headers):
    assert recognise_file(headers.split(","), FORMS) is None


def test_what_its_format_does_not_know_is_looked_up_in_the_generic_one():
    match = recognise_file(["Record ID", "Company name", "Industry", "Sales Channel"], FORMS)
    assert match.columns["sold_via"] == ("Sales Channel", "common")


def test_accounts_are_taken_out_of_a_ledger():
    headers = ["得意先コード", "得意先名", "売上日", "商品", "金額", "代理店", "担当者"]
    accounts = take_accounts(recognise_file(headers, FORMS), headers, FORMS)
    assert accounts.table == "accounts"
    assert {column: header for column, (header, _sure) in accounts.columns.items()} == {
        "account_id": "得意先コード", "name": "得意先名", "_dealer": "代理店", "owner": "担当者",
    }  # fmt: skip


def test_rows_that_are_there_twice_are_counted_where_the_format_numbers_them(make_study):
    yml = "tables:\n  accounts: a.csv\n  contacts: {file: c.csv, format: sansan}\n"
    cards = "会社名,氏名,役職\nAcme,佐藤,部長\nAcme,佐藤,部長\nAcme,鈴木,課長\n"
    study = open_study(make_study(yml, a_csv="account_id,name\nA,Acme\n", c_csv=cards))
    assert (study.facts("contacts").used, study.facts("contacts").duplicates) == (3, 1)
