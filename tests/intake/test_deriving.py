"""What follows from mapped columns, and one row an account out of a ledger."""

import duckdb
import pytest

from icp_lab.errors import LabError
from icp_lab.study import open_study

LEDGER = """\
得意先コード,得意先名,売上日,商品,数量,金額,粗利,代理店
001,新しい甲,2025/3/1,x,1,"1,000",300,
001,甲,2024/3/1,x,2,100,30,
002,乙,2024/5/1,y,1,200,,丙商事
002,,2024/6/1,y,1,200,50,
,名無し,2024/6/1,y,1,10,1,
"""


@pytest.fixture
def macros(root):
    """A connection that knows what the rules of formats may call."""
    con = duckdb.connect()
    con.execute((root / "src/icp_lab/intake/dialects/macros.sql").read_text(encoding="utf-8"))
    return con


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("id18('001A0000006Vm9r')", "001A0000006Vm9rIAC"),
        ("id18('001A0000006Vm9rIAC')", "001A0000006Vm9rIAC"),
        ("id18('Internationales')", "Internationales"),
        ("host_of('https://WWW.Acme.example/en?x=1')", "acme.example"),
        ("host_of('acme.example')", "acme.example"),
        ("full_name('Ann', 'Lee')", "Ann Lee"),
        ("full_name('太郎', '山田')", "山田 太郎"),
        ("full_name(NULL, 'Lee')", "Lee"),
        ("full_name(NULL, NULL)", None),
    ],
)
def test_a_macro_gives_what_its_comment_says(macros, call, result):
    assert macros.execute(f"SELECT {call}").fetchall() == [(result,)]


def open_ledger(make_study, one_row):
    yml = f"tables:\n  accounts: {{file: l.csv, format: ledger, one_row: {one_row}}}\n"
    return open_study(make_study(yml + "  revenue: {file: l.csv, format: ledger}\n", l_csv=LEDGER))


@pytest.mark.parametrize(("one_row", "name"), [("latest", "甲"), ("売上日", "新しい甲")])
def test_a_ledger_gives_one_row_an_account(make_study, one_row, name):
    study = open_ledger(make_study, one_row)
    accounts = study.table("accounts")
    assert accounts["account_id"].tolist() == ["001", "002"]
    assert accounts["name"].tolist() == [name, "乙"]
    assert accounts["sold_via"].tolist() == ["direct", "dealer"]
    assert "商品" not in accounts
    facts = study.facts("accounts")
    assert (facts.read, facts.left_out, facts.used, facts.set_aside, facts.duplicates) == (5, 2, 2, 1, 0)
    (noted,) = [one for one in facts.decisions if one.code == "one_row"]
    assert noted.words == {"rows": 5, "n": 3, "differ": 1}


def test_the_cost_is_the_amount_less_the_margin(make_study):
    study = open_ledger(make_study, "latest")
    revenue = study.table("revenue").sort_values("date")
    assert revenue["cost"].astype("Float64").tolist()[:1] == [70]
    assert revenue["cost"].notna().sum() == 3
    assert study.facts("revenue").ignored == ("得意先名", "代理店")


def test_ids_that_are_written_in_two_ways_are_one_account(make_study):
    study = open_study(make_study(
        "tables:\n  accounts: {file: o.csv, format: salesforce, one_row: latest, columns: {account_id: AccountId}}\n",
        o_csv="AccountId,Name\n001A0000006Vm9r,x\n001A0000006Vm9rIAC,y\n",
    ))
    assert study.table("accounts")["account_id"].tolist() == ["001A0000006Vm9rIAC"]
    assert [one.code for one in study.facts("accounts").decisions][-2:] == ["id18", "one_row"]


def test_what_was_decided_of_scaled_cells_is_still_told(make_study):
    ledger = "得意先コード,金額（千円）,粗利\n1,△1,0\n1,2,0\n"
    yml = "tables:\n  accounts: {file: l.csv, format: ledger, one_row: latest}\n"
    study = open_study(make_study(yml + "  revenue: {file: l.csv, format: ledger}\n", l_csv=ledger))
    assert sorted(study.table("revenue")["amount"]) == [-1000, 2000]
    told = {(one.code, one.column) for one in study.facts("revenue").decisions}
    assert ("number_words", "amount") in told


def test_a_column_that_is_there_is_not_derived(make_study):
    ledger = "得意先コード,金額,原価,粗利\n1,100,90,30\n"
    yml = "tables:\n  accounts: {file: l.csv, format: ledger, one_row: latest}\n"
    study = open_study(make_study(yml + "  revenue: {file: l.csv, format: ledger}\n", l_csv=ledger))
    assert study.table("revenue")["cost"].tolist() == [90]


def test_flags_settle_what_a_stage_of_ones_own_means(make_study):
    study = open_study(make_study(
        "tables:\n  accounts: {file: a.csv, format: salesforce}\n  deals: {file: o.csv, format: salesforce}\n",
        a_csv="Id,Name\n001A0000006Vm9rIAC,x\n",
        o_csv="Id,AccountId,StageName,IsClosed,IsWon,CloseDate\n1,001A0000006Vm9r,Signed,true,true,2025-01-01\n"
              "2,001A0000006Vm9r,Gone,true,false,2025-01-01\n3,001A0000006Vm9r,Talking,false,false,2025-01-01\n",
    ))  # fmt: skip
    deals = study.table("deals")
    assert deals["stage"].tolist() == ["won", "lost", "open"]
    assert "_won" not in deals
    assert study.facts("deals").set_aside == 0


def test_one_row_names_a_column_that_is_there(make_study):
    study = open_ledger(make_study, "日付")
    with pytest.raises(LabError, match=r"line 6 of study.yml, column 日付: `one_row` names the column"):
        study.table("accounts")
