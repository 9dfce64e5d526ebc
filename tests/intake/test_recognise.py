"""A file is taken for a table by its headers alone."""

import pytest

from icp_lab.intake.formats import FORMATS, read_format
from icp_lab.intake.recognise import recognise_file, take_accounts

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
