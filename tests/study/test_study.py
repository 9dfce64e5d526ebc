"""Studies: what study.yml says, the three fates of bad data, frames, order, hashes."""

import csv
import io
from datetime import date

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icp_lab.errors import LabError
from icp_lab.study import open_study
from icp_lab.tables import BY_NAME

ACCOUNTS = "tables: {accounts: accounts.csv}\n"


def test_study_yml_is_read_whole(make_study):
    folder = make_study(
        ACCOUNTS + "outcome: won\noutcome_window_months: 6\nfiscal_year_start: 4\nprivacy: {people: show}\n"
        "brand: {name: Foo, accent: '#123456'}\ncapacity: {reps: 4}\n"
        "steps:\n  02_best_customers:\n    top_share: 0.2\n",
        accounts_csv="account_id\n1\n",
    )
    study = open_study(folder / "study.yml")
    assert (study.name, study.language, study.as_of, study.currency) == ("Test", "en", date(2026, 3, 31), "EUR")
    assert (study.outcome, study.outcome_window_months, study.fiscal_year_start) == ("won", 6, 4)
    assert study.privacy == {"people": "show", "companies": "names"}
    assert study.brand == {"name": "Foo", "accent": "#123456"}
    assert study.capacity == {"reps": 4.0}
    assert study.steps == {"02_best_customers": {"top_share": 0.2}}
    assert study.line("steps", "02_best_customers", "top_share") == 14
    assert study.tables == ("accounts",)


def test_all_declared_columns_are_there_with_their_types(make_study):
    study = open_study(make_study(ACCOUNTS, accounts_csv="account_id,tech_stack,churned\n2,a;b,yes\n1,,\n"))
    for name, table in BY_NAME.items():
        frame = study.table(name)
        assert list(frame)[: len(table.columns)] == [column.name for column in table.columns]
        kinds = {"text": "str", "date": "datetime64[s]", "flag": "boolean", "list": "object"}
        assert all(frame[column.name].dtype == kinds.get(column.kind, "float64") for column in table.columns)
        assert len(frame) == (2 if name == "accounts" else 0)
    accounts = study.table("accounts")
    assert accounts["tech_stack"].tolist() == [None, ("a", "b")]
    assert accounts["churned"].isna().tolist() == [True, False]
    assert study.relation("usage").columns == [column.name for column in BY_NAME["usage"].columns]


def test_an_unknown_table_is_refused(make_study):
    study = open_study(make_study(ACCOUNTS, accounts_csv="account_id\n1\n"))
    with pytest.raises(LabError, match=r"There is no table `revenues`.*Did you mean `revenue`"):
        study.has("revenues")


def test_the_three_fates_of_bad_data(make_study):
    study = open_study(
        make_study(
            "tables: {accounts: accounts.csv, revenue: revenue.csv, engagement: touches.csv}\n",
            accounts_csv="account_id,employees,customer_since\n1,5,2020-01-01\n1,5,2020-01-01\n2,6,2027-01-01\n3,x,\n,4,\n4,1,\n5,2,\n",
            revenue_csv="account_id,amount,date,end_date\n1,5,2026-01-01,2030-01-01\n1,5,2026-01-01,2030-01-01\n"
            "2,5,,\n3,,,\n4,6,2026-04-01,\n4,x,,\n4,7,never,\n5,1,,\n5,2,,\n5,3,2025-01-01,\n5,4,2025-01-01,\n"
            "5,5,2025-01-01,\n",
            touches_csv="date,kind,account_id,lead_id\n2026-01-01,call,,\n2026-01-01,call,,l1\n2026-01-01,call,9,\n",
        )
    )
    found = study.intake()
    counts = {(table, reason, column): n for table, reason, column, n, _words in found.reasons.to_numpy()}
    assert counts == {
        ("accounts", "duplicate", "account_id"): 1,
        ("accounts", "after_as_of", "customer_since"): 1,
        ("accounts", "empty", "account_id"): 1,
        ("accounts", "made_missing", "employees"): 1,
        ("revenue", "unknown_account", "account_id"): 1,
        ("revenue", "empty", "amount"): 1,
        ("revenue", "after_as_of", "date"): 1,
        ("revenue", "unreadable", "amount"): 1,
        ("revenue", "made_missing", "date"): 1,
        ("engagement", "no_key", ""): 1,
        ("engagement", "unknown_account", "account_id"): 1,
    }
    tables = found.tables.set_index("table")
    assert tables.loc["accounts", ["read", "used", "set_aside", "made_missing"]].tolist() == [7, 4, 3, 1]
    assert tables.loc["revenue", ["read", "used", "set_aside", "made_missing"]].tolist() == [12, 8, 4, 1]
    assert study.table("accounts")["account_id"].tolist() == ["1", "3", "4", "5"]
    first = found.listed.query("table == 'revenue' and reason == 'unreadable'").iloc[0]
    assert (first["file"], first["row"], first["column"], first["value"]) == ("revenue.csv", 6, "amount", "x")


def test_a_lead_with_the_id_of_an_account_is_refused(make_study):
    tables = ("tables: {accounts: {file: a.csv, columns: {account_id: row}}, "
              "leads: {file: l.csv, columns: {lead_id: row}}}\n")
    study = open_study(make_study(tables, a_csv="name\nAcme\nBolt\n", l_csv="company\nCeda\n"))
    with pytest.raises(LabError, match="Leads have the ids of accounts, `1` among them: 1 in all"):
        study.table("leads")


def test_accounts_that_are_all_set_aside_are_an_error(make_study):
    study = open_study(make_study(ACCOUNTS, accounts_csv="account_id,name\n,x\n,y\n"))
    for _again in range(2):
        with pytest.raises(LabError, match=r"accounts\.csv: Not one row of accounts can be used: all 2"):
            study.table("accounts")


_CELL = st.sampled_from(["", " ", "1", "2", "3", "x", "2025-01-01", "2099-01-01", '"', "a,b", "two\nlines", "ü", "9e9"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(_CELL, min_size=1, max_size=5).filter(any), min_size=1, max_size=12), where=st.booleans())
def test_rows_kept_and_set_aside_are_the_rows_read(make_study, rows, where):
    stream = io.StringIO()
    csv.writer(stream).writerows([["account_id", "date", "feature", "seats"], *rows])
    mapping = "where: {feature: [x, '']}" if where else "drop_duplicates: yes"
    folder = make_study(
        f"tables: {{accounts: a.csv, usage: {{file: u.csv, {mapping}}}}}\n",
        a_csv="account_id\n1\n2\n",
        u_csv=stream.getvalue(),
    )
    try:
        facts = open_study(folder).facts("usage")
    except LabError as error:
        assert str(error)
        return
    assert facts.read == len(rows)
    assert facts.read == facts.left_out + facts.set_aside + facts.used


def test_the_same_frames_whatever_the_order_of_rows(make_study):
    accounts = pd.DataFrame(
        {"account_id": [f"a{i}" for i in range(30)], "size": range(30), "industry": list("abc") * 10}
    )
    usage = pd.DataFrame({"account_id": [f"a{i % 7}" for i in range(60)], "events": [i % 5 for i in range(60)]})
    frames = []
    for seed in (1, 2):
        study = open_study(
            make_study(
                "tables: {accounts: a.csv, usage: u.csv}\n",
                a_csv=accounts.sample(frac=1, random_state=seed).to_csv(index=False),
                u_csv=usage.sample(frac=1, random_state=seed).to_csv(index=False),
            )
        )
        frames.append((study.table("accounts"), study.table("usage"), study.candidates().frame))
    for one, other in zip(*frames, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_read_only_study_is_never_written_to(make_study):
    folder = make_study(ACCOUNTS, accounts_csv="account_id,x\n1,2\n3,4,5\n".encode("utf-16"))
    before = sorted(folder.rglob("*"))
    open_study(folder).table("accounts")
    assert sorted(folder.rglob("*")) == before


def test_fingerprint_follows_content_and_nothing_else(make_study):
    yml = (
        "# one\ntables:\n  accounts: a.csv\n  usage: {file: u.csv, join: {table: s, on: k, take: [account_id]}}\n"
        "  churn: c.csv\nother_tables: {s: s.csv}\n"
    )
    files = {
        "a_csv": "account_id\n1\n",
        "u_csv": "k,events\n1,2\n",
        "s_csv": "k,account_id\n1,1\n",
        "c_csv": "account_id\n1\n",
    }

    def prints(yml=yml, **changed):
        study = open_study(make_study(yml, **(files | changed)))
        return study.fingerprint(["usage"]), study.fingerprint(["churn"])

    usage, churn = prints()
    assert (usage, churn) == prints("# two\n" + yml + "language: en\n".replace("language: en\n", "brand: {name: X}\n"))
    assert prints(c_csv="account_id\n1\n1\n")[0] == usage
    assert prints(s_csv="k,account_id\n1,2\n")[0] != usage
    assert prints(s_csv="k,account_id\n1,2\n")[1] == churn
    assert prints(yml + "outcome: won\n") != (usage, churn)
    assert prints(a_csv="account_id\n1\n2\n")[1] != churn
