"""The mapping grammar of study.yml, key by key, and its order of operations."""

import duckdb
import pytest

from icp_lab.errors import LabError
from icp_lab.study import open_study

ONE = "account_id\n1\n2\n3\n"


def test_a_header_may_feed_several_columns_and_unnamed_ones_keep_their_name(make_study):
    study = open_study(
        make_study(
            "tables: {accounts: {file: a.csv, columns: {account_id: Firm, name: Firm}}}\n",
            a_csv="Firm,industry,Own\nX,Steel,1.5\n",
        )
    )
    accounts = study.table("accounts")
    assert accounts.loc[0, ["account_id", "name", "industry", "Own"]].tolist() == ["X", "X", "Steel", 1.5]
    assert "Firm" not in accounts


def test_row_numbers_are_those_of_the_file_whatever_where_keeps(make_study):
    yml = (
        "tables:\n  accounts: {file: a.csv, columns: {account_id: row}, where: {kind: [b, c]}}\n"
        "  deals: {file: a.csv, columns: {account_id: row, stage: result}}\n"
    )
    study = open_study(make_study(yml, a_csv="kind,result\na,won\nb,lost\nc,won\n"))
    assert study.table("accounts")["account_id"].tolist() == ["2", "3"]
    assert study.table("deals")["account_id"].tolist() == ["2", "3"]
    assert study.intake().reasons[["table", "reason", "n"]].to_numpy().tolist() == [["deals", "unknown_account", 1]]
    assert study.intake().tables["left_out"].tolist() == [1, 0]


def test_a_header_called_row_wins(make_study):
    study = open_study(
        make_study("tables: {accounts: {file: a.csv, columns: {account_id: row}}}\n", a_csv="row\nx\ny\n")
    )
    assert study.table("accounts")["account_id"].tolist() == ["x", "y"]


def test_order_of_operations(make_study):
    """`where` sees constants and source words; `values` come before `units` and `scale`, types last."""
    yml = (
        "tables:\n  accounts: a.csv\n  revenue:\n    file: r.csv\n    columns: {amount: Betrag}\n"
        "    set: {per: month, recurring: yes}\n    where: {per: month, art: [x, y]}\n    drop_duplicates: yes\n"
        "    values: {amount: {viel: 2, nichts: null}}\n    units: {amount: 千円}\n    scale: {amount: 10}\n"
    )
    study = open_study(
        make_study(
            yml, a_csv=ONE, r_csv=('account_id,Betrag,art\n1,"1,234.5",x\n1,"1,234.5",x\n2,viel,y\n3,nichts,x\n3,5,z\n')
        )
    )
    revenue = study.table("revenue")
    assert revenue["amount"].tolist() == [12_345_000.0, 20_000.0]
    assert revenue["recurring"].tolist() == [True, True]
    assert revenue["per"].tolist() == ["month", "month"]
    facts = study.facts("revenue")
    assert (facts.read, facts.left_out, facts.used, facts.duplicates) == (5, 1, 2, 1)
    assert dict(facts.counts) == {("dropped", ""): 1, ("empty", "amount"): 1}


def test_exact_duplicates_are_counted_and_kept_unless_asked(make_study):
    study = open_study(
        make_study("tables: {accounts: a.csv, usage: u.csv}\n", a_csv=ONE, u_csv="account_id,events\n1,2\n1,2\n1,2\n")
    )
    assert len(study.table("usage")) == 3
    assert study.intake().tables.set_index("table")["duplicates"].to_dict() == {"accounts": 0, "usage": 2}


def test_a_join_takes_columns_many_to_one(make_study):
    yml = (
        "tables:\n  accounts: a.csv\n  usage: {file: u.csv, join: {table: subs, on: sub, take: [account_id]}}\n"
        "other_tables: {subs: s.csv}\n"
    )
    study = open_study(
        make_study(
            yml,
            a_csv=ONE,
            u_csv="sub,events\ns1,1\ns2,2\ns1,3\ns9,4\n",
            s_csv="sub,account_id,plan\ns1,1,a\ns2,2,b\ns1,1,c\n",
        )
    )
    assert study.table("usage")[["account_id", "events"]].to_numpy().tolist() == [["1", 1.0], ["1", 3.0], ["2", 2.0]]
    assert dict(study.facts("usage").counts)["empty", "account_id"] == 1


def test_a_join_from_a_mapped_table(make_study):
    yml = (
        "tables:\n  accounts: a.csv\n  deals: {file: d.csv, columns: {deal_id: Deal}}\n"
        "  revenue: {file: r.csv, columns: {deal_id: deal}, join: {table: deals, on: deal_id, take: [account_id]}}\n"
    )
    study = open_study(
        make_study(yml, a_csv=ONE, d_csv="Deal,account_id,stage\nd1,3,won\n", r_csv="deal,amount\nd1,5\n")
    )
    assert study.table("revenue")["account_id"].tolist() == ["3"]


def test_a_join_that_would_multiply_rows_is_refused(make_study):
    yml = (
        "tables:\n  accounts: a.csv\n  usage:\n    file: u.csv\n    join: {table: subs, on: sub, take: [account_id]}\n"
        "other_tables: {subs: s.csv}\n"
    )
    folder = make_study(yml, a_csv=ONE, u_csv="sub,events\ns1,1\n", s_csv="sub,account_id\ns1,1\ns1,2\n")
    with pytest.raises(LabError, match=r"line 9 of study.yml: `s1` stands 2 times .* `sub` of subs"):
        open_study(folder).table("usage")


def test_tables_that_join_each_other_are_refused(make_study):
    yml = (
        "tables:\n  accounts: a.csv\n  usage: {file: u.csv, join: {table: support, on: k, take: [feature]}}\n"
        "  support: {file: u.csv, join: {table: usage, on: k, take: [text]}}\n"
    )
    with pytest.raises(LabError, match="in a circle"):
        open_study(make_study(yml, a_csv=ONE, u_csv="k,account_id\n1,1\n")).table("usage")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "columns: {name: Frim}",
            r"a\.csv, column Frim: There is no column `Frim`, which line 5 of study.yml .*mean `Firm`",
        ),
        ("where: {industri: x}", r"line 5 of study.yml.*`where` names the column `industri`.*Did you mean `industry`"),
        ("scale: {emploees: 2}", r"`scale` names the column `emploees`"),
        ("format: hubspt", r"line 5 of study.yml: `hubspt` is no known format.*Did you mean `hubspot`"),
        ("units: {employees: 百億}", r"`百億` is no value for `units`"),
        ("encoding: klingon", r"`klingon` is no value for `encoding`"),
        ("delimiter: ', '", "It is one character"),
        ("drop_duplicates: maybe", "`maybe` is no value for `drop_duplicates`. It is yes or no"),
        ("join: {table: x, on: a, take: [b]}", "`x` is not a key of `join: table`"),
        ("column: {a: b}", "line 5 of study.yml: `column` is not a key of `tables.accounts`.*Did you mean `columns`"),
    ],
)
def test_what_the_mapping_refuses(make_study, entry, message):
    folder = make_study(
        f"tables: {{accounts: {{file: a.csv, {entry}}}}}\n", a_csv="account_id,Firm,industry,employees\n1,a,b,3\n"
    )
    with pytest.raises(LabError, match=message):
        open_study(folder).table("accounts")


def test_words_that_yaml_reads_as_something_else(make_study):
    """Numbers and true as keys, and as values, are the texts that the file holds."""
    yml = (
        "tables:\n  accounts: {file: a.csv, columns: {2024: flag}, where: {2024: true},"
        " values: {code: {1: one, 2: null}}}\n"
    )
    study = open_study(make_study(yml, a_csv="account_id,flag,code\na,True,1\nb,false,1\nc,TRUE,2\n"))
    accounts = study.table("accounts")
    assert accounts["account_id"].tolist() == ["a", "c"]
    assert accounts["code"].isna().tolist() == [False, True]
    assert "2024" in accounts


def test_row_of_several_files_is_refused(make_study):
    folder = make_study(
        "tables: {accounts: {file: [a.csv, b.csv], columns: {account_id: row}}}\n", a_csv="x\n1\n", b_csv="x\n2\n"
    )
    with pytest.raises(LabError, match="`row` numbers the rows of one file"):
        open_study(folder).table("accounts")


def test_a_header_in_other_letters_is_the_declared_column(make_study):
    study = open_study(
        make_study(
            "tables: {accounts: a.csv, deals: d.csv}\n",
            a_csv="Account_ID,INDUSTRY,Own\n1,Steel,x\n",
            d_csv="account_id,Stage,Status\n1,won,x\n",
        )
    )
    assert study.table("accounts").loc[0, ["account_id", "industry", "Own"]].tolist() == ["1", "Steel", "x"]
    assert study.table("deals")["stage"].tolist() == ["won"]


def test_names_that_differ_in_case_only(make_study):
    """DuckDB takes them for one: the declared column wins, the other is said to be left aside."""
    study = open_study(
        make_study(
            "tables: {accounts: {file: a.csv, columns: {city: Ort}}}\n",
            a_csv="account_id,Ort,City,mine,Mine\n1,Rome,Paris,1,2\n",
        )
    )
    assert study.table("accounts")["city"].tolist() == ["Rome"]
    assert study.facts("accounts").ignored == ("City", "Mine")


def test_a_unit_beside_the_number_is_not_taken_twice(make_study):
    yml = "tables: {accounts: a.csv, revenue: {file: r.csv, units: {amount: 千円}}}\n"
    study = open_study(make_study(yml, a_csv=ONE, r_csv='account_id,amount\n1,5千円\n2,"1.234,5"\n3,"7,25"\n'))
    assert study.table("revenue")["amount"].tolist() == [5000.0, 1_234_500.0, 7250.0]
    assert {decision.code for decision in study.facts("revenue").decisions} == {"decimal_comma", "number_words"}


def test_study_yml_settles_the_order_of_dates(make_study):
    yml = "tables: {accounts: {file: a.csv, dates: {customer_since: mdy}}}\n"
    study = open_study(make_study(yml, a_csv="account_id,customer_since\n1,01/02/2024\n"))
    assert str(study.table("accounts")["customer_since"][0].date()) == "2024-01-02"
    with pytest.raises(LabError, match="`dates` names the column `since`"):
        open_study(make_study(yml.replace("customer_", ""), a_csv="account_id,customer_since\n1,2\n")).table("accounts")


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
