"""What a notebook may read and write, what it says of itself, and what it need not compute twice."""

import json

import numpy as np
import pandas as pd
import pytest

from icp_lab import step
from icp_lab.artifacts import BY_NAME
from icp_lab.artifacts.manifest import folder_of, read_manifest
from icp_lab.artifacts.store import check_table
from icp_lab.errors import LabError
from icp_lab.locale import set_language
from icp_lab.step import results


@pytest.fixture
def study(make_study, monkeypatch, tmp_path):
    folder = make_study("tables: {accounts: accounts.csv}\n", accounts_csv="account_id,name\nB,Bee\nA,<b>\n")
    monkeypatch.setenv("ICP_LAB_STUDY", str(folder))
    monkeypatch.setenv("ICP_LAB_OUT", str(tmp_path / "out"))
    monkeypatch.delenv("ICP_LAB_LANGUAGE", raising=False)
    yield folder
    set_language("en")


def _finish_first(here):
    accounts = here.table("accounts")
    here.write("customers", pd.DataFrame({"account_id": accounts["account_id"], "status": "customer"}))
    here.finish()


def test_a_step_hands_its_results_to_the_next(study, tmp_path):
    _finish_first(step.open("01_customer_base"))
    here = step.open("02_best_customers")
    assert here.read("customers")["account_id"].tolist() == ["A", "B"]
    manifest = read_manifest(folder_of(tmp_path / "out", "01_customer_base"))
    assert manifest.interactive
    assert manifest.compute_key == ""  # nobody can tell which cells ran: the runner will run it again
    assert not (study / "reports").exists()


def test_only_what_is_declared_is_read_and_written(study):
    here = step.open("06a_segments")
    for refused in (lambda: here.table("usage"), lambda: here.has("churn"), lambda: here.read("draft"),
                    lambda: here.write("draft", {}), lambda: here.read("customers")):
        with pytest.raises(LabError):
            refused()


def test_companies_go_by_their_ids_where_the_study_says_so(study):
    before = step.open("01_customer_base").study.fingerprint(["accounts"])
    yml = study / "study.yml"
    yml.write_text(yml.read_text(encoding="utf-8") + "privacy: {companies: pseudonyms}\n", encoding="utf-8")
    here = step.open("01_customer_base")
    assert here.table("accounts")["name"].tolist() == ["A", "B"]
    assert here.study.table("accounts")["name"].tolist() == ["<b>", "Bee"]
    assert here.study.fingerprint(["accounts"]) != before
    assert "Bee" in here.study.people


def test_hypotheses_are_for_the_steps_that_declare_them(study):
    told = "- {name: Sales, date: 2026-01-01, criteria: [{attribute: industry, in: [x]}]}\n"
    (study / "hypotheses.yml").write_text(told, encoding="utf-8")
    (study / "accounts.csv").write_text("account_id,industry\nB,x\nA,y\n", encoding="utf-8")
    assert [one.name for one in step.open("06b_draft_icp").hypotheses()] == ["Sales"]
    with pytest.raises(LabError, match="hypotheses"):
        step.open("06a_segments").hypotheses()


def test_the_adopted_rule_is_for_them_too(study):
    here = step.open("06b_draft_icp")
    assert here.adopted() is None
    adopted = "schema: 1\nname: Us\ncriteria:\n  - {attribute: employees, min: 100}\n"
    (study / "icp.yml").write_text(adopted, encoding="utf-8")
    assert here.adopted().words() == "employees at least 100"
    with pytest.raises(LabError, match="hypotheses"):
        step.open("06a_segments").adopted()


def test_what_holds_is_the_adopted_definition_else_the_draft(study, monkeypatch):
    here = step.open("06b_draft_icp")
    monkeypatch.setattr("icp_lab.step.inputs.reads_of", lambda _name: ("draft", "agreed"))
    monkeypatch.setattr(here, "read", lambda name: {"name": name})
    assert here.holds() == {"name": "agreed"}
    monkeypatch.setattr("icp_lab.step.inputs.reads_of", lambda _name: ("draft",))
    assert here.holds() == {"name": "draft"}
    (study / "icp.yml").write_text("schema: 1\nname: Us\ncriteria: []\n", encoding="utf-8")
    assert here.holds() == {"schema": 1, "name": "Us", "criteria": []}


def test_finishing_needs_every_promised_artifact(study):
    with pytest.raises(LabError, match="has not written: customers"):
        step.open("01_customer_base").finish()


def test_there_is_no_step_of_that_name(study):
    with pytest.raises(LabError, match="Did you mean 01_customer_base"):
        step.open("01_customer_bas")


def test_pages_learn_headlines_answers_and_rows(study, tmp_path, capsys):
    here = step.open("01_customer_base")
    here.answer("1b", needs=("accounts", "usage"))
    here.answer("1c", needs=("usage", "satisfaction"))
    here.not_applicable("1a", "no reason")
    here.headline("**Two** firms.")
    _finish_first(here)
    facts = json.loads((folder_of(tmp_path / "out", "01_customer_base") / "page.json").read_text(encoding="utf-8"))
    assert facts["headlines"] == ["**Two** firms."]
    assert facts["answers"] == {
        "1a": {"state": "not_applicable", "tables": [], "why": "no reason"},
        "1b": {"state": "answered", "tables": ["usage"], "why": ""},
        "1c": {"state": "waiting", "tables": ["usage", "satisfaction"], "why": ""},
    }
    assert facts["rows"]["accounts"]["used"] == 2
    assert "waits for data: usage, satisfaction" in capsys.readouterr().out
    with pytest.raises(ValueError, match="1z"):
        here.answer("1z")


def test_the_same_function_on_the_same_data_is_computed_once(study, monkeypatch):
    calls = []
    original = results.encode
    monkeypatch.setattr(results, "encode", lambda value: calls.append(1) or original(value))
    customers = BY_NAME["customers"]
    frame = pd.DataFrame({"account_id": ["b", "a"], "status": "lost"})
    here = step.open("01_customer_base")
    first = here.compute(check_table, customers, frame)
    pd.testing.assert_frame_equal(here.compute(check_table, customers, frame), first)
    assert len(calls) == 1
    _finish_first(here)
    pd.testing.assert_frame_equal(step.open("01_customer_base").compute(check_table, customers, frame), first)
    assert len(calls) == 1
    here.compute(check_table, customers, frame.iloc[:1])
    assert len(calls) == 2


def test_what_cannot_be_kept_is_refused_in_words(study):
    with pytest.raises(LabError, match=r"here\.compute cannot keep what .*check_table"):
        step.open("01_customer_base").compute(check_table, object(), None)


def test_an_error_of_the_function_stays_its_own(study):
    with pytest.raises(AttributeError):
        step.open("01_customer_base").compute(check_table, None, pd.DataFrame())


def test_functions_of_the_analyst_are_called_as_they_are(study):
    assert step.open("01_customer_base").compute(np.add, 1, 2) == 3


def test_the_language_asked_for_wins(study, monkeypatch):
    assert step.open("01_customer_base").language == "en"
    monkeypatch.setenv("ICP_LAB_LANGUAGE", "ja")
    assert step.open("01_customer_base").language == "ja"


def test_without_settings_the_demo_of_the_checkout_is_meant(tmp_path, monkeypatch):
    monkeypatch.delenv("ICP_LAB_STUDY", raising=False)
    monkeypatch.delenv("ICP_LAB_OUT", raising=False)
    (tmp_path / "data" / "demo").mkdir(parents=True)
    (tmp_path / "data" / "demo" / "study.yml").touch()
    (tmp_path / "notebooks").mkdir()
    assert step.find_place(tmp_path / "notebooks") == (tmp_path / "data" / "demo", tmp_path / "reports" / "demo")


def test_what_people_write_beside_the_study_can_be_waited_for(study, tmp_path):
    here = step.open("03_interviews")
    here.answer("3d", needs=("interviews",))
    assert here._facts["answers"]["3d"] == {"state": "waiting", "tables": ["interviews"], "why": ""}
    assert here.interviews().passages.empty
    (study / "interviews").mkdir()
    (study / "interviews/a.md").write_text("## Pains\nToo dear [[price pain]]\n", encoding="utf-8")
    here = step.open("03_interviews")
    here.answer("3d", needs=("interviews",))
    assert here._facts["answers"]["3d"]["state"] == "answered"
    assert here.interviews().passages["codes"].tolist() == [("price_pain",)]
    assert here.coders().empty
    assert len(here.codebook()) == 40
    with pytest.raises(LabError, match="interviews"):
        step.open("06a_segments").interviews()
