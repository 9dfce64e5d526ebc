"""Tables from databases are read, never written, and what opens a database is told to nobody."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import duckdb
import pg8000.dbapi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_lab.errors import LabError
from icp_lab.intake.databases import write_value
from icp_lab.study import check_study, open_study

PASSWORD = "geheim%99"
HEADERS = "id text, company text, staff numeric, since date, active boolean"
ROWS = "('A1', 'Ångström 株式会社', 50, '2024-04-01', true), ('A2', 'A \"quote\",\nand a line', 12, null, false)"
WRITING = ("delete from crm", "insert into crm values ('A3') returning *", "drop table crm",
           "select 1; delete from crm", "copy crm to '/tmp/stolen.csv'", "update crm set company = 'x' returning *")
YML = """
tables:
  accounts:
    connection: CRM_DB
    sql: {sql}
    columns: {{account_id: id, name: company, employees: staff, customer_since: since}}
"""


def _find_binary(name):
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(places[-1]) if places else shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} on this machine: a PostgreSQL server is needed (Debian: postgresql)")
    return found


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL of our own, on a socket alone, under a user without rights: it refuses to run as root."""
    binaries = [_find_binary(name) for name in ("initdb", "pg_ctl")]
    user = "nobody" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="pg_") as folder:
        secret = Path(folder, "secret")
        secret.write_text(PASSWORD, encoding="utf-8")
        if user:
            for path in (folder, secret):
                shutil.chown(path, user)
        data, plain = f"{folder}/data", {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}

        def run(binary, *words):
            subprocess.run([binary, "-D", data, *words], user=user, cwd=folder, env=plain, check=True,
                           stdout=subprocess.DEVNULL)

        run(binaries[0], "-U", "icp", "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8", "--no-sync")
        secret.unlink()
        run(binaries[1], "-w", "-l", f"{folder}/log", "-o", f"-k {folder} -c listen_addresses='' -F", "start")
        try:
            yield f"{folder}/.s.PGSQL.5432"
        finally:
            run(binaries[1], "-w", "-m", "immediate", "stop")


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def database(request, tmp_path, monkeypatch):
    """A table `crm` in each kind of database, and its address in CRM_DB."""
    made = f"create table crm ({HEADERS})"
    if request.param == "duckdb":
        connection, url = duckdb.connect(tmp_path / "crm.db"), "duckdb:///crm.db"
    elif request.param == "sqlite":
        connection, url = sqlite3.connect(tmp_path / "crm.db"), "sqlite:///crm.db"
    else:
        sock = request.getfixturevalue("server")
        connection = pg8000.dbapi.connect("icp", unix_sock=sock, password=PASSWORD, database="postgres")
        url = f"postgresql://icp:{PASSWORD.replace('%', '%25')}@/postgres?unix_sock={sock}"
    with closing(connection):
        cursor = connection.cursor()
        cursor.execute("drop table if exists crm")
        cursor.execute(made)
        cursor.execute(f"insert into crm values {ROWS}")
        connection.commit()
    monkeypatch.setenv("CRM_DB", url)
    return request.param


def _read(make_study, sql="select * from crm order by id"):
    return open_study(make_study(YML.format(sql=f'"{sql}"')))


def _refuse(make_study, sql="select * from crm"):
    with pytest.raises(LabError) as refusal:
        _read(make_study, sql).table("accounts")
    assert PASSWORD not in str(refusal.value)
    assert "unix_sock" not in str(refusal.value)
    return str(refusal.value)


def test_a_query_is_a_table_as_its_file_would_be(database, make_study):
    study = _read(make_study)
    rows = study.table("accounts").set_index("account_id")
    assert rows.loc["A1", "name"] == "Ångström 株式会社"
    assert rows.loc["A2", "name"] == 'A "quote",\nand a line'
    assert rows["employees"].tolist() == [50, 12]
    assert str(rows.loc["A1", "customer_since"].date()) == "2024-04-01"
    assert rows["active"].tolist() == [True, False] or database == "sqlite"  # which has numbers alone
    assert study.facts("accounts").file == "sql (CRM_DB)"


def test_a_query_is_mapped_as_a_file_is(database, make_study):
    more = "    where: {account_id: A2}\n    values: {name: {x: y}}\n    scale: {employees: 2}\n"
    study = open_study(make_study(YML.format(sql="select *, '%' as sign from crm where company like '%a%';") + more))
    assert study.table("accounts")["employees"].tolist() == [24], database
    assert study.facts("accounts").left_out == study.facts("accounts").read - 1


@pytest.mark.parametrize("sql", WRITING)
def test_a_query_never_writes(database, make_study, sql):
    assert "line 9 of study.yml" in _refuse(make_study, sql)
    assert len(_read(make_study).table("accounts")) == 2, database


def test_what_is_not_there_is_refused_with_its_line(database, make_study):
    assert "nope" in _refuse(make_study, "select * from nope"), database
    assert "no rows" in _refuse(make_study, "select * from crm where id = 'A9'")


def test_the_content_of_the_rows_is_what_is_fresh(database, make_study, monkeypatch, tmp_path):
    first = _read(make_study).fingerprint(["accounts"])
    assert _read(make_study).fingerprint(["accounts"]) == first
    other = _read(make_study, "select * from crm where id = 'A1'").fingerprint(["accounts"])
    assert other != first, database


@pytest.mark.parametrize("url", ["", "mysql://icp:{}@host/db", "postgresql://icp:{}@no.such.host.invalid/db",
                                 "postgresql://icp:4@{}:x/db", "duckdb:///{}.db", "sqlite:///{}.db",
                                 "postgresql://icp:{}@/db?unix_sock=/no/socket", "postgresql://icp:{}@/db?odd=1"])
def test_an_address_that_leads_nowhere_is_refused_and_not_told(url, make_study, monkeypatch):
    monkeypatch.setenv("CRM_DB", url.format(PASSWORD))
    said = _refuse(make_study)
    assert "CRM_DB" in said
    assert "Catalog" not in said


@pytest.mark.parametrize(("change", "says"), [
    (("geheim", "wrong"), "refuses the user"), (("/postgres", "/no"), "cannot be"),
    (("?", "?sslmode=require&"), "cannot be")])
def test_a_server_that_lets_nobody_in_is_refused(server, make_study, monkeypatch, change, says):
    url = f"postgresql://icp:{PASSWORD.replace('%', '%25')}@/postgres?unix_sock={server}"
    monkeypatch.setenv("CRM_DB", url.replace(*change))
    assert says in _refuse(make_study)


@pytest.mark.parametrize("yml", [
    "connection: CRM_DB", "sql: select 1", "{sql: select 1, connection: CRM_DB, file: a.csv}",
    f"{{sql: select 1, connection: 'postgresql://icp:{PASSWORD}@h/d'}}"])
def test_what_study_yml_may_not_say_of_a_database(yml, make_study):
    entry = yml if yml.startswith("{") else f"{{{yml}}}"
    with pytest.raises(LabError) as refusal:
        open_study(make_study(f"tables: {{accounts: {entry}}}\n"))
    assert "study.yml" in str(refusal.value)
    assert PASSWORD not in str(refusal.value)


def test_a_check_tells_no_password(database, make_study, tmp_path, monkeypatch):
    folder = make_study(YML.format(sql="select * from crm"))
    assert check_study(folder).ok
    monkeypatch.setenv("CRM_DB", os.environ["CRM_DB"].replace("geheim", "wrong").replace("crm.db", "geheim.db"))
    report = check_study(folder)
    assert not report.ok, database
    told = "\n".join(report.problems)
    assert not any(word in told for word in ("geheim", "wrong", "%25"))


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text(), st.binary(),
                 st.datetimes(), st.dates(), st.lists(st.integers()), st.dictionaries(st.text(), st.dates())))
def test_any_value_is_a_cell(value):
    assert isinstance(write_value(value), str)


@pytest.mark.slow
def test_a_run_leaves_no_trace_of_what_opened_the_database(server, make_study, tmp_path_factory):
    url = f"postgresql://icp:{PASSWORD.replace('%', '%25')}@/postgres?unix_sock={server}"
    with closing(pg8000.dbapi.connect("icp", unix_sock=server, password=PASSWORD, database="postgres")) as connection:
        cursor = connection.cursor()
        cursor.execute("create table many as select 'A' || i as id, 100 * i as amount from generate_series(1, 40) i")
        connection.commit()
    out = tmp_path_factory.mktemp("out")
    folder = make_study("tables:\n  accounts: {connection: CRM_DB, sql: select id as account_id from many}\n"
                        "  revenue: {connection: CRM_DB, sql: 'select id as account_id, amount from many'}\n")
    for opens, ends in ((url, 0), (url.replace("geheim", "wrong"), 1)):
        words = [sys.executable, "-m", "icp_lab", "report", folder, "--out", out, "--only", "01_customer_base"]
        done = subprocess.run(words, env=os.environ | {"CRM_DB": opens}, capture_output=True, check=False)
        assert done.returncode == ends, done.stderr.decode()
        left = [path.read_bytes() for place in (out, folder) for path in place.rglob("*") if path.is_file()]
        assert len(left) > 5
        for word in (b"geheim", b"wrong%", b"%25", b".s.PGSQL", b"postgresql://"):
            assert not any(word in content for content in (*left, done.stdout, done.stderr)), word
