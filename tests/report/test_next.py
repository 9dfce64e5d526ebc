"""Whoever asks what comes next is told how things stand, and a command that can be typed as it stands."""

import csv
from datetime import date
from pathlib import Path

import pytest

from icp_lab.locale import in_language
from icp_lab.report import next as coming
from icp_lab.report.make import Status
from icp_lab.report.next import advise, advise_choice, advise_start, find_studies

TODAY = date(2026, 4, 2)
DEFINITION = "schema: 1\nname: T\nverdict: tentative\ncriteria:\n  - {attribute: employees, min: 100}\n"


@pytest.fixture
def place(study, monkeypatch):
    """A study with a finished report, seen from its own folder."""
    monkeypatch.chdir(study)
    out = study / "reports" / study.name
    out.mkdir(parents=True)
    (out / "icp.yml").write_text(DEFINITION, encoding="utf-8")
    states = [Status("01_customer_base", "fresh", (), ("churn",)), Status("02_best_customers", "fresh", (), ())]
    monkeypatch.setattr(coming, "tell_status", lambda _plan: states)
    monkeypatch.setattr(coming, "plan_report", lambda *_asked: None)
    monkeypatch.setattr(coming, "read_record", lambda folder: {"language": "en"} if folder.resolve() == out else {})
    return study, out, states


def _verbs(advice):
    return [command.split()[0] for command, _purpose in advice.commands]


def test_where_nothing_is_both_ways_to_begin_are_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert _verbs(advise_start(Path())) == ["init", "demo"]
    (tmp_path / "my exports").mkdir()
    (tmp_path / "my exports" / "deals.csv").write_text("a\n", encoding="utf-8")
    assert "init my_study --from 'my exports'" in advise_start(Path()).words()
    with in_language("ja"):
        assert "demo demo --language ja" in advise_start(Path()).words()


def test_studies_are_found_here_and_below(tmp_path):
    assert find_studies(tmp_path) == []
    for name in ("one", "data/two"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "study.yml").write_text("", encoding="utf-8")
    assert [path.name for path in find_studies(tmp_path)] == ["two", "one"]
    assert "icp-lab next" in advise_choice(find_studies(tmp_path)).words()
    assert find_studies(tmp_path / "one") == [tmp_path / "one"]


def test_a_study_without_a_report_is_checked_first(study, monkeypatch):
    monkeypatch.chdir(study)
    advice = advise(Path(), None, TODAY)
    assert advice.commands[0][0] == "check ."
    assert _verbs(advice) == ["check", "report"]
    assert "check" not in advice.say_commands("check")


def test_a_study_that_cannot_be_opened_says_why(study):
    (study / "study.yml").write_text("name: [\n", encoding="utf-8")
    advice = advise(study, None, TODAY)
    assert "study.yml" in advice.facts[0]
    assert _verbs(advice) == ["check"]


def test_what_is_proposed_waits_for_a_decision(place):
    study, _out, _states = place
    advice = advise(Path(), None, TODAY)
    assert advice.commands[0][0] == "adopt . --by NAME --why TEXT"
    assert "tentative" in advice.words()
    assert "churn" in advice.words()
    assert 3 <= len(advice.words().splitlines()) <= 8
    assert str(study) not in advice.words()


def test_a_step_that_does_not_hold_comes_before_a_decision(place):
    _study, _out, states = place
    states[1] = Status("02_best_customers", "stale", ("parameters changed",), ())
    advice = advise(Path(), None, TODAY)
    assert advice.commands[0][0] == "report ."
    assert "parameters changed" in advice.words()
    states[1] = Status("02_best_customers", "failed", ("no disk",), ())
    assert "no disk" in (advice := advise(Path(), None, TODAY)).words()
    assert _verbs(advice) == ["check", "report"]


def test_what_people_filled_in_comes_first_of_all(place):
    study, out, states = place
    states[1] = Status("02_best_customers", "stale", ("parameters changed",), ())
    form = out / "to_fill" / "decisions.csv"
    form.parent.mkdir()
    row = ["", "criterion.employees", "", "", "", "Employees from 100"]
    decided = ["2026-04-01", row[1], "keep", "Ann", "", row[5]]
    for filled, verbs in ((row, ["report"]), (decided, ["collect", "report"])):
        with form.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows([["date", "item", "decision", "by", "reason", "line"], filled])
        assert _verbs(advise(Path(), None, TODAY)) == verbs
    (study / "decisions.csv").write_bytes(form.read_bytes())
    assert _verbs(advise(Path(), None, TODAY)) == ["report"]


@pytest.mark.parametrize(("due", "verbs"), [("2026-06-30", ["score"]), ("2026-04-02", ["report", "score"])])
def test_what_was_adopted_is_used_until_its_review(place, due, verbs):
    study, _out, _states = place
    (study / "icp.yml").write_text(f"{DEFINITION}version: '1'\nnext_review: {due}\n", encoding="utf-8")
    advice = advise(Path(), None, TODAY)
    assert _verbs(advice) == verbs
    assert "Version 1" in advice.words()
    assert advice.commands[-1][0] == "score icp.yml LEADS.csv SCORED.csv"


def test_another_proposal_is_compared_with_what_holds(place):
    study, out, _states = place
    (study / "icp.yml").write_text(DEFINITION.replace("100", "200") + "version: '1'\n", encoding="utf-8")
    advice = advise(Path(), None, TODAY)
    assert _verbs(advice) == ["diff", "adopt"]
    assert advice.commands[0][0] == f"diff icp.yml {(out / 'icp.yml').relative_to(study)}"


def test_a_report_that_lies_beside_the_study_is_found_and_named(place, monkeypatch):
    study, out, _states = place
    beside = study.parent / "reports" / study.name
    monkeypatch.setattr(coming, "read_record", lambda folder: {"language": "en"} if folder.resolve() == beside else {})
    beside.parent.mkdir(exist_ok=True)
    out.rename(beside)
    assert advise(Path(), None, TODAY).commands[0][0].startswith(f"adopt . --out {beside} ")
