"""Files of every kind and encoding become the same rows."""

import pandas as pd
import pytest
from openpyxl import Workbook

from icp_lab.errors import LabError
from icp_lab.intake.files import find_delimiter, find_encoding
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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc-jp"])
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
