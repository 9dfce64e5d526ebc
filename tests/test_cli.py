"""The command line says what it did, or in one message why it did not."""

import json
import subprocess
import sys

import pytest

from icp_lab import cli
from icp_lab.locale import set_language
from icp_lab.report import make
from icp_lab.report.plan import StepEnd
from icp_lab.report.run import Run

DEFINITION = """\
schema: 1
name: Test
verdict: tentative
criteria:
  - {attribute: employees, min: 100, max: 500}
"""


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command; give its exit status, what it said, and what it complained of."""

    def execute(*words):
        monkeypatch.setattr(sys, "argv", ["icp-lab", *map(str, words)])
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    yield execute
    set_language("en")


@pytest.fixture
def study(make_study):
    return make_study("tables: {accounts: accounts.csv}\n", accounts_csv="account_id,name\nA,Bee\n")


def test_a_new_study_checks_what_it_has(run, tmp_path):
    code, said, _complaint = run("init", tmp_path / "new", "--language", "ja")
    assert code == 0
    assert str(tmp_path / "new") in said
    assert (tmp_path / "new" / "study.yml").is_file()
    assert run("init", tmp_path / "new")[0] == 1


@pytest.mark.parametrize("verb", ["check", "report", "status"])
def test_a_study_that_cannot_be_opened_is_refused_in_its_language(run, tmp_path, verb):
    run("init", tmp_path / "new", "--language", "ja")
    code, said, complaint = run(verb, tmp_path / "new")
    assert code == 1
    assert "ありません" in said + complaint
    assert "There is" not in said + complaint


def test_check_fails_on_what_stops_a_report(run, study):
    assert run("check", study)[0] == 0
    (study / "accounts.csv").write_text("account_id,name\nA,x\nA,y\n", encoding="utf-8")
    code, said, _complaint = run("check", study)
    assert code == 1
    assert "accounts.csv" in said


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("report", "DIR", "--set", "02_best_customers.top_shar=1"), "Did you mean top_share"),
        (("report", "DIR", "--only", "2"), "There is no step 2"),
        (("report", "DIR", "--language", "fr"), "does not speak fr"),
        (("report", "nowhere"), "nowhere"),
        (("why", "DIR", "A"), "no finished report"),
        (("adopt", "DIR", "--by", "me", "--why", "so"), "icp.yml"),
        (("rollback", "DIR", "7"), "7"),
        (("collect", "DIR"), "to_fill"),
        (("diff", "a.yml", "b.yml"), "a.yml"),
    ],
)
def test_a_refusal_is_one_message_without_a_traceback(run, study, monkeypatch, words, complaint):
    monkeypatch.chdir(study)
    code, said, complained = run(*(study if word == "DIR" else word for word in words))
    assert code == 1
    assert complaint in complained
    assert "Traceback" not in complained
    assert said == ""


@pytest.mark.parametrize(
    ("states", "code", "words"),
    [
        ({"01_customer_base": "fresh"}, 0, "Nothing has changed"),
        ({"01_customer_base": "fresh", "02_best_customers": "done"}, 0, "The report is ready"),
        ({"01_customer_base": "done", "02_best_customers": "failed"}, 1, "Not finished: 02_best_customers"),
    ],
)
def test_report_says_how_it_ended(run, study, monkeypatch, states, code, words):  # noqa: PLR0917
    wishes = []

    def make_report(path, out, wish):
        wishes.append((path, out, wish))
        return Run({name: StepEnd(state) for name, state in states.items()})

    monkeypatch.setattr(make, "make_report", make_report)
    ended, said, complained = run("report", study, "--out", study / "out", "--jobs", "3", "--set", "a.b=1")
    assert ended == code
    assert words in said + complained
    assert wishes[0][1] == study / "out"
    assert (wishes[0][2].jobs, wishes[0][2].settings) == (3, ("a.b=1",))


def test_a_report_never_goes_over_its_study(run, study):
    (study / "icp.yml").write_text(DEFINITION, encoding="utf-8")
    code, said, complaint = run("report", study, "--out", study)
    assert (code, said) == (1, "")
    assert "cannot go into the study's own folder" in complaint
    assert (study / "icp.yml").read_text(encoding="utf-8") == DEFINITION
    assert not (study / ".lock").exists()


@pytest.mark.parametrize("words", [("report", "DIR", "--out", "FILE/x"), ("init", "FILE/x"), ("demo", "FILE")])
def test_a_place_that_the_system_refuses_is_one_message(run, study, words):
    place = {"DIR": str(study), "FILE": str(study / "accounts.csv"), "FILE/x": str(study / "accounts.csv" / "x")}
    code, said, complaint = run(*(place.get(word, word) for word in words))
    assert (code, said) == (1, "")
    assert "accounts.csv" in complaint
    assert "Traceback" not in complaint


def test_status_tells_every_step(run, study):
    code, said, _complaint = run("status", study, "--out", study / "out")
    assert code == 0
    assert "01_customer_base: not run" in said


def test_without_a_command_one_is_told_what_comes_next(run, study, tmp_path, monkeypatch):
    monkeypatch.chdir(study)
    code, said, _complaint = run()
    assert (code, said.splitlines()[-2:][0].split()[:3]) == (0, ["icp-lab", "check", "."])
    monkeypatch.chdir(tmp_path.parent)
    (tmp_path.parent / "nothing").mkdir(exist_ok=True)
    assert "icp-lab init" in run("next", tmp_path.parent / "nothing")[1]
    assert "rollback" in run("--help")[1]


@pytest.mark.parametrize("verb", ["check", "status"])
def test_a_command_names_the_one_that_follows(run, study, monkeypatch, verb):
    monkeypatch.chdir(study)
    assert "icp-lab report ." in run(verb, ".")[1]


def test_a_demo_is_written_once(run, tmp_path):
    assert run("demo", tmp_path / "demo", "--accounts", "30", "--seed", "3", "--null")[0] == 0
    truth = json.loads((tmp_path / "demo" / "truth.json").read_text(encoding="utf-8"))
    assert truth["seed"] == 3
    assert run("demo", tmp_path / "demo")[0] == 1


def test_definitions_are_adopted_compared_and_put_back(run, study):
    out = study / "out"
    out.mkdir()
    (out / "icp.yml").write_text(DEFINITION, encoding="utf-8")
    assert run("adopt", study, "--out", out, "--by", "Ann", "--why", "first")[0] == 0
    (out / "icp.yml").write_text(DEFINITION.replace("500", "900"), encoding="utf-8")
    _code, said, _complaint = run("diff", study / "icp.yml", out / "icp.yml")
    assert "500" in said
    assert "900" in said
    assert "version 2" in run("adopt", study, "--out", out, "--by", "Ann", "--why", "wider")[1]
    assert run("rollback", study, "1")[0] == 0
    assert "max: 500" in (study / "icp.yml").read_text(encoding="utf-8")


def test_nothing_heavy_is_loaded_to_find_that_nothing_changed():
    code = "import sys, icp_lab.cli, icp_lab.report.make; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"pandas", "duckdb", "papermill", "nbconvert", "matplotlib", "numpy"}.isdisjoint(loaded)


def test_a_profile_scores_a_file_and_becomes_sql(run, tmp_path):
    profile, leads, out = tmp_path / "icp.yml", tmp_path / "leads.csv", tmp_path / "scored.csv"
    profile.write_text(DEFINITION, encoding="utf-8")
    leads.write_text("lead_id,employees\n007,200\n008,\n", encoding="utf-8")
    code, said, _complaint = run("score", profile, leads, out)
    assert (code, said) == (0, f"2 rows: 1 in, 0 out, 1 unknown.\nWritten: {out}\n")
    assert out.read_text(encoding="utf-8").splitlines()[1] == "007,200,in,in,employees from 100 to under 500 (met),"
    assert "2行" in run("score", profile, leads, out, "--language", "ja")[1]
    assert "満たす" in out.read_text(encoding="utf-8")
    assert "no criteria" not in run("sql", profile)[2]
    assert "FLOAT64" in run("sql", profile, "--dialect", "bigquery")[1]
    assert "Did you mean postgres" in run("sql", profile, "--dialect", "postgre")[2]


def test_what_is_no_claim_is_said_to_be_a_hypothesis(run, tmp_path):
    profile, refused = tmp_path / "icp.yml", "evidence: {refused: [{attribute: exports, is: yes}]}\n"
    profile.write_text("schema: 1\nname: T\ncriteria: []\n" + refused, encoding="utf-8")
    code, said, complaint = run("sql", profile)
    assert (code, said) == (0, '"exports"\n')
    assert "hypothesis" in complaint
    profile.write_text("schema: 1\nname: T\ncriteria: []\n", encoding="utf-8")
    assert "no criteria" in run("sql", profile)[2]
