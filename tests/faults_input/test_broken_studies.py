"""Ten broken studies: each gives one clear message that names file, row and column where there is one."""

import re
import subprocess
import sys

import pytest

from icp_lab import cli
from icp_lab.locale import in_language, set_language
from icp_lab.study import check_study

A = "account_id,industry,employees,customer_since\n"
GOOD = A + "".join(f"a{i},Steel,{i}0,2025-01-0{i}\n" for i in range(1, 10))
TABLES = "tables: {accounts: accounts.csv, deals: deals.csv}\n"
DEALS = "account_id,stage,closed\n" + "".join(f"a{i},won,2025-02-0{i}\n" for i in range(1, 10))

BROKEN = {
    "missing column": (
        TABLES,
        GOOD,
        "account_id,status\na1,won\n",
        r"deals\.csv, column stage: The table deals needs a column `stage` and has none",
    ),
    "wrong type in most of a column": (
        TABLES,
        A + "a1,Steel,many,\na2,Steel,few,\na3,Steel,5,\n",
        DEALS,
        r"accounts\.csv, row 1, column employees: `many` is not a whole number; 2 of the 3",
    ),
    "unknown key": (
        TABLES + "attributes: {exlude: [x]}\n",
        GOOD,
        DEALS,
        r"line 6 of study\.yml: `exlude` is not a key of `attributes`.*Did you mean `exclude`\?",
    ),
    "unknown notebook": (
        TABLES + "steps:\n  02_best_customer: {top_share: 0.1}\n",
        GOOD,
        DEALS,
        r"line 7 of study\.yml: `02_best_customer` is not a key of `steps`.*`02_best_customers`\?",
    ),
    "unknown parameter": (
        TABLES + "steps:\n  02_best_customers: {top_shar: 0.1}\n",
        GOOD,
        DEALS,
        r"line 7 of study\.yml: 02_best_customers has no parameter top_shar\..*Did you mean top_share\?",
    ),
    "parameter out of range": (
        TABLES + "steps:\n  02_best_customers: {top_share: 5}\n",
        GOOD,
        DEALS,
        r"line 7 of study\.yml: top_share cannot be 5\.0\. It lies from",
    ),
    "empty table": (TABLES, GOOD, "account_id,stage\n", r"deals\.csv: The table deals has no rows"),
    "empty file": (TABLES, GOOD, "", r"deals\.csv: The table deals has no rows"),
    "wrong path": (
        "tables: {accounts: acounts.csv, deals: deals.csv}\n",
        GOOD,
        DEALS,
        r"line 5 of study\.yml: There is no file `acounts\.csv` for the table accounts.*Did you mean `accounts\.csv`",
    ),
    "path outside": ("tables: {accounts: ../accounts.csv}\n", GOOD, DEALS, r"line 5 .*leads out of the study's folder"),
    "one account, two contents": (
        TABLES,
        GOOD + "a3,Retail,30,2025-01-03\n",
        DEALS,
        r"accounts\.csv, row 10, column account_id: `a3` .*row 3 has another `industry`",
    ),
    "text in most dates": (
        TABLES,
        GOOD,
        DEALS.replace("2025-02-0", "day "),
        r"deals\.csv, row 1, column closed: `day 1` is not a date such as 2026-04-01; 9 of the 9",
    ),
    "no known encoding": (
        TABLES,
        GOOD.encode() + b"x\x81\xff\x81 \x8d,\xfe\x90\n",
        DEALS,
        r"accounts\.csv, row 10: Its bytes are text in no known encoding",
    ),
    "not YAML": (
        "tables: {accounts: accounts.csv\nsteps: [\n",
        GOOD,
        DEALS,
        r"line \d of study\.yml: This is not valid YAML",
    ),
    "a key twice": (TABLES + TABLES, GOOD, DEALS, r"line 6 of study\.yml: This is not valid YAML: .*duplicate key"),
    "wrong outcome": (TABLES + "outcome: bset\n", GOOD, DEALS, r"line 6 of study\.yml: `bset` is no value .*`best`\?"),
    "an attribute that is not there": (
        TABLES + "attributes: {after_sale: [industri]}\n",
        GOOD,
        DEALS,
        r"line 6 of study\.yml, column industri: .*Did you mean `industry`\?",
    ),
    "no accounts": ("tables: {deals: deals.csv}\n", GOOD, DEALS, r"study\.yml: `accounts` is missing in `tables`"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_clear_message(make_study, name):
    yml, accounts, deals, message = BROKEN[name]
    report = check_study(make_study(yml, accounts_csv=accounts, deals_csv=deals))
    assert not report.ok
    assert len(report.problems) == 1
    assert re.search(message, report.problems[0]), report.problems[0]
    assert report.problems[0] in report.words()


@pytest.fixture
def command(monkeypatch, capsys):
    """Run `icp-lab` in this process; give its exit status, and all that it said."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["icp-lab", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return end.value.code, said.out + said.err

    yield run
    set_language("en")


def _contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("verb", ["check", "report"])
@pytest.mark.parametrize("name", BROKEN)
def test_both_commands_refuse(make_study, command, tmp_path_factory, verb, name):
    yml, accounts, deals, message = BROKEN[name]
    study = make_study(yml, accounts_csv=accounts, deals_csv=deals)
    before = _contents(study)
    out = tmp_path_factory.mktemp("out") / "report"
    code, said = command(verb, study, *(["--out", out] if verb == "report" else []))
    assert code == 1
    assert re.search(message, said), said
    assert len(re.findall(message, said)) == 1
    assert "Traceback" not in said
    assert _contents(study) == before
    assert not list(out.glob("*.html"))


@pytest.mark.parametrize("verb", ["check", "report"])
def test_a_refusal_in_a_process_of_its_own(make_study, tmp_path_factory, verb):
    yml, accounts, deals, message = BROKEN["text in most dates"]
    study = make_study(yml, accounts_csv=accounts, deals_csv=deals)
    line = [sys.executable, "-m", "icp_lab", verb, str(study)]
    ended = subprocess.run(line, capture_output=True, text=True, cwd=tmp_path_factory.mktemp("here"), check=False)
    assert ended.returncode == 1
    assert re.search(message, ended.stdout + ended.stderr)
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_notebook_of_the_analyst_that_is_none(make_study, command):
    study = make_study(TABLES, accounts_csv=GOOD, deals_csv=DEALS, notebooks__own="not JSON")
    (study / "notebooks" / "own").rename(study / "notebooks" / "own.ipynb")
    for verb in ("check", "report", "status"):
        code, said = command(verb, study)
        assert code == 1
        assert re.search(r"own\.ipynb: This is no notebook that can be read", said)


def test_no_study_at_all(tmp_path):
    report = check_study(tmp_path / "nowhere")
    assert report.problems[0].startswith("There is no study.yml at")


def test_all_problems_show_at_once(make_study):
    report = check_study(
        make_study(
            TABLES.replace("}", ", usage: usage.csv}"), accounts_csv=GOOD, deals_csv="x\n1\n", usage_csv="account_id\n"
        )
    )
    assert len(report.problems) == 2


def test_messages_are_said_in_the_language_in_force(make_study):
    folder = make_study(TABLES, accounts_csv=GOOD, deals_csv="account_id,status\na1,won\n")
    with in_language("ja"):
        assert check_study(folder).problems[0].startswith("deals.csv")
