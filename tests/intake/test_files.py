"""Files of every kind and encoding become the same rows."""

import gzip
import io
import re
import zipfile

import pandas as pd
import pytest
from openpyxl import Workbook

from icp_lab.errors import LabError
from icp_lab.intake.encoding import find_delimiter, find_encoding
from icp_lab.study import open_study

ROWS = "account_id,name,industry\n1,株式会社山田製作所,金属加工\n2,東京商事株式会社,卸売業\n3,有限会社北海道水産,食品\n"
ACCOUNTS = "tables: {accounts: accounts.csv}\n"


def read(folder):
    return open_study(folder).table("accounts")[["account_id", "name", "industry"]].to_numpy().tolist()


EXPECTED = [
    ["1", "株式会社山田製作所", "金属加工"],
    ["2", "東京商事株式会社", "卸売業"],
    ["3", "有限会社北海道水産", "食品"],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "euc-jp"])
def test_encodings_are_found_out(make_study, encoding):
    assert read(make_study(ACCOUNTS, accounts_csv=ROWS.encode(encoding))) == EXPECTED


def test_a_named_encoding_is_obeyed(make_study):
    folder = make_study(
        "tables: {accounts: {file: accounts.csv, encoding: latin-1}}\n",
        accounts_csv="account_id,name\n1,Müller\n".encode("latin-1"),
    )
    assert open_study(folder).table("accounts")["name"].tolist() == ["Müller"]


def test_western_letters_are_not_taken_for_japanese(tmp_path):
    words = "account_id,name,city\n" + "".join(
        f"{i},Société Générale numéro {i},Orléans\n{i}b,Großhändler Jäger,Köln\n" for i in range(20)
    )
    path = tmp_path / "a.csv"
    path.write_bytes(words.encode("cp1252"))
    assert find_encoding(path, "a.csv") == "cp1252"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_out(tmp_path, delimiter):
    path = tmp_path / "a.txt"
    path.write_text('account_id,amount,note\n1,"1;5",x\n2,"2|5",y\n'.replace(",", delimiter), encoding="utf-8")
    assert find_delimiter(path, "utf-8", "a.txt") == delimiter


@pytest.mark.parametrize(("delimiter", "newline", "cells"), [
    (",", "\n", ["A", "{}B", "C"]), (",", "\r\n", ["A", "B", "C{}"]), ("\t", "\r\n", ["A", "B{}", "C"]),
    ("\t", "\n", ["A{}B", "{}", "C"])])
@pytest.mark.parametrize("blank", [" ", "\t", "\n", "\r\n", "\u3000", "\u00a0"])
def test_blanks_around_cells_are_cut_off(make_study, delimiter, newline, cells, blank):
    # Only one cell of the file has one: no other can give it away.
    for quote in ['"'] if blank in (delimiter, "\n", "\r\n") else ["", '"']:
        rows = [["account_id", "name", "industry"], [quote + cell.format(blank) + quote for cell in cells]]
        lines = newline.join(map(delimiter.join, rows))
        named = delimiter.replace("\t", "\\t")
        folder = make_study(f'tables: {{accounts: {{file: accounts.csv, delimiter: "{named}"}}}}\n',
                            accounts_csv=lines.encode())
        wanted = [cell.format(blank).strip() for cell in cells]
        assert [cell if isinstance(cell, str) else "" for cell in read(folder)[0]] == wanted


def test_excel_sheet_by_name(make_study):
    folder = make_study("tables: {accounts: {file: a.xlsx, sheet: 顧客}}\n")
    book = Workbook()
    book.active.append(["other"])
    sheet = book.create_sheet("顧客")
    for row in (["account_id", "name", "employees", "customer_since"], [17, "A", 12.0, None], [18, "B", None, None]):
        sheet.append(row)
    book.save(folder / "a.xlsx")
    accounts = open_study(folder).table("accounts")
    assert accounts["account_id"].tolist() == ["17", "18"]
    assert accounts["employees"].tolist()[0] == 12


def test_unknown_sheet_names_the_nearest(make_study):
    folder = make_study("tables: {accounts: {file: a.xlsx, sheet: Custmers}}\n")
    book = Workbook()
    book.active.title = "Customers"
    book.save(folder / "a.xlsx")
    with pytest.raises(LabError, match=r"a\.xlsx: There is no sheet `Custmers`.*Did you mean `Customers`"):
        open_study(folder).table("accounts")


def test_parquet_keeps_keys_and_lists(make_study):
    folder = make_study("tables: {accounts: a.parquet}\n")
    frame = pd.DataFrame({"account_id": [1.0, 2.0], "tech_stack": [["a", "b, c"], None], "churned": [True, False]})
    frame.to_parquet(folder / "a.parquet")
    accounts = open_study(folder).table("accounts")
    assert accounts["account_id"].tolist() == ["1", "2"]
    assert accounts["tech_stack"].tolist() == [("a", "b, c"), None]
    assert accounts["churned"].tolist() == [True, False]


def test_ragged_rows_and_quoted_newlines(make_study):
    words = (
        'account_id,name,city\n1,"two\nlines",Rome\n2,short\n\n3,"a ""quoted"" one",Paris\n4,too,many,cells\n5,x,y,\n'
    )
    study = open_study(make_study(ACCOUNTS, accounts_csv=words))
    accounts = study.table("accounts")
    assert accounts["name"].tolist() == ["two\nlines", "short", 'a "quoted" one', "x"]
    listed = study.intake().listed
    assert listed[["row", "reason", "value"]].to_numpy().tolist() == [[4, "overlong", "cells"]]
    assert study.intake().tables.loc[0, ["read", "used", "set_aside"]].tolist() == [5, 4, 1]


def test_several_files_and_a_pattern(make_study):
    folder = make_study(
        "tables:\n  accounts: accounts.csv\n  usage: {file: 'usage/*.csv'}\n  deals: {file: [b.csv, a.csv]}\n",
        accounts_csv="account_id\n1\n2\n",
        usage__2025_csv="account_id,events\n1,5\n",
        usage__2026_csv="events,account_id,feature\n7,2,f\n",
        a_csv="account_id,stage\n1,won\n",
        b_csv="account_id,stage\n2,lost\nX,lost\n",
    )
    study = open_study(folder)
    assert study.table("usage")[["account_id", "events"]].to_numpy().tolist() == [["1", 5.0], ["2", 7.0]]
    assert study.table("deals")["stage"].tolist() == ["won", "lost"]
    assert study.intake().listed[["file", "row"]].to_numpy().tolist() == [["b.csv", 2]]


def test_a_file_whose_name_holds_a_bracket(make_study):
    folder = make_study("tables: {accounts: 'a[1].csv'}\n")
    (folder / "a[1].csv").write_text("account_id\n7\n", encoding="utf-8")
    assert open_study(folder).table("accounts")["account_id"].tolist() == ["7"]


def test_repeated_and_empty_headers_get_names(make_study):
    accounts = open_study(make_study(ACCOUNTS, accounts_csv="account_id,x,,x\n1,a,b,c\n")).table("accounts")
    assert accounts[["x", "column_3", "x_2"]].to_numpy().tolist() == [["a", "b", "c"]]


def decisions(study, table="accounts"):
    """Name what was decided, with its words."""
    return {decision.code: (decision.column, decision.words) for decision in study.facts(table).decisions}


def test_what_was_decided_is_said(make_study):
    rows = "account_id;name\n1;㈱髙﨑～①\n2;有限会社北海道水産\n"
    study = open_study(make_study(ACCOUNTS, accounts_csv=rows.encode("cp932")))
    assert study.table("accounts")["name"].tolist() == ["㈱髙﨑～①", "有限会社北海道水産"]
    assert decisions(study) == {"encoding": ("", {"encoding": "cp932"}), "delimiter": ("", {"delimiter": ";"})}
    assert study.intake().decisions["words"].tolist() == ["read as cp932", "its cells are parted by ;"]


def test_a_plain_file_needs_no_decision(make_study):
    assert decisions(open_study(make_study(ACCOUNTS, accounts_csv=ROWS))) == {}


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_packed_files(make_study, encoding):
    folder = make_study("tables: {accounts: 'a*.csv.gz'}\n")
    (folder / "a1.csv.gz").write_bytes(gzip.compress(ROWS.encode(encoding)))
    assert read(folder) == EXPECTED


def test_a_packed_file_that_ends_too_early_is_refused(make_study):
    folder = make_study("tables: {accounts: a.csv.gz}\n")
    (folder / "a.csv.gz").write_bytes(gzip.compress(ROWS.encode())[:-20])
    with pytest.raises(LabError, match=r"^a\.csv\.gz: The file cannot be read"):
        open_study(folder).table("accounts")


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_report_with_titles_totals_and_a_footer(make_study, encoding):
    words = (
        "売上レポート,,,\n2024年度,,,\n\naccount_id,name,industry,employees\n1,山田,金属,10\n2,東京商事,卸売,20\n"
        "小計,,,30\n3,水産,,5\n合計,,,35\n\n売上レポート\n"
        '"Copyright (c) 2000-2024 salesforce.com, inc. All rights reserved."\n'
        "Confidential Information - Do Not Distribute\nGenerated By:  A  1/2/2024\n"
    )
    study = open_study(make_study(ACCOUNTS, accounts_csv=words.encode(encoding)))
    accounts = study.table("accounts")
    assert accounts[["account_id", "employees"]].to_numpy().tolist() == [["1", 10.0], ["2", 20.0], ["3", 5.0]]
    said = decisions(study)
    assert said["title_rows"] == ("", {"n": 2})
    assert said["total_rows"] == ("", {"n": 2, "row": 3})
    assert said["footer"] == ("", {"n": 4, "example": "売上レポート"})
    facts = study.facts("accounts")
    assert (facts.read, facts.left_out, facts.used, facts.set_aside) == (9, 6, 3, 0)


def test_a_company_called_total_is_a_company(make_study):
    words = "account_id,name,industry,employees\n1,Total,Energy,100\n2,Sum,,\n3,以上,,\n"
    accounts = open_study(make_study(ACCOUNTS, accounts_csv=words)).table("accounts")
    assert accounts["name"].tolist() == ["Total", "Sum", "以上"]


def test_merged_headers_below_a_title(make_study):
    folder = make_study("tables: {accounts: {file: a.xlsx, columns: {account_id: コード, region: 住所 都道府県}}}\n")
    book = Workbook()
    sheet = book.active
    for row in (["顧客一覧"], [], [None, "コード", "住所", None, "従業員数"], [None, None, "都道府県", "市区郡", None],
                [None, "001", "東京都", "港区", 5], [None, "002", "大阪府", "北区", 7]):
        sheet.append(row)
    for merged in ("A1:E1", "B3:B4", "C3:D3", "E3:E4"):
        sheet.merge_cells(merged)
    book.save(folder / "a.xlsx")
    study = open_study(folder)
    accounts = study.table("accounts")
    assert accounts[["account_id", "region", "住所 市区郡", "従業員数"]].to_numpy().tolist() == [
        ["001", "東京都", "港区", 5.0], ["002", "大阪府", "北区", 7.0]]
    assert set(decisions(study)) == {"title_rows", "joined_headers"}


def test_merged_cells_beside_and_below_the_table_are_nothing(make_study):
    folder = make_study("tables: {accounts: a.xlsx}\n")
    book = Workbook()
    for row in EXPECTED:
        book.active.append(row)
    book.active.insert_rows(1)
    for column, name in enumerate(("account_id", "name", "industry"), start=1):
        book.active.cell(1, column, name)
    for merged in ("F1:G3", "A9:B9"):
        book.active.merge_cells(merged)
    book.save(folder / "a.xlsx")
    assert read(folder) == EXPECTED


def test_a_workbook_whose_sheets_are_lost_is_refused(make_study):
    folder = make_study("tables: {accounts: a.xlsx}\n")
    whole, damaged = io.BytesIO(), folder / "a.xlsx"
    Workbook().save(whole)
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(damaged, "w") as kept:
        for name in parts.namelist():
            content = parts.read(name)
            kept.writestr(name, re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", content))
    with pytest.raises(LabError, match=r"^a\.xlsx: .*no sheet"):
        open_study(folder).table("accounts")


@pytest.mark.parametrize("cells", ["株式会社?木", "????", "M?ller"])
def test_letters_that_were_lost_before(make_study, cells):
    study = open_study(make_study(ACCOUNTS, accounts_csv=f"account_id,name,url\n1,{cells},http://a/?b=c\n2,Who?,\n"))
    assert decisions(study) == {"lost_characters": ("name", {"n": 1, "example": cells})}


def test_a_single_zero_byte_does_not_make_a_file_utf_16(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(("account_id,name\n" + "1,Acme\0 \n2,Borel\n" * 20).encode())
    assert path.stat().st_size % 2 == 0
    assert find_encoding(path, "a.csv") == "utf-8"
