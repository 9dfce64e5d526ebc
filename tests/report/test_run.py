"""A report runs what has changed, in order, and survives what goes wrong."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from icp_lab.artifacts.manifest import folder_of, read_manifest
from icp_lab.artifacts.place import WORK, hold
from icp_lab.errors import LabError
from icp_lab.report.make import make_report, plan_report, read_record, tell_status
from icp_lab.study import open_study


def _states(run):
    return {name: step.state for name, step in run.steps.items()}


def _contents(out):
    manifests = {path.name: read_manifest(path) for path in (out / "artifacts").iterdir()}
    return {name: {key: entry.content for key, entry in m.artifacts.items()} for name, m in manifests.items()}


def _edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_only_what_changed_runs_again(study, wish, house, tmp_path):
    out = tmp_path / "out"
    first = make_report(study, out, wish())
    assert _states(first) == dict.fromkeys(first.steps, "done")
    assert first.ok
    assert list((out / WORK).glob("*")) == []
    stamps = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}

    assert make_report(study, out, wish()).idle
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == stamps

    again = make_report(study, out, wish("06a_segments.seed=5"))
    assert _states(again) == {"01_customer_base": "fresh", "02_best_customers": "fresh", "06a_segments": "done"}
    assert read_record(out)["steps"]["06a_segments"]["seed"] == 5

    _edit(study / "accounts.csv", "Firm 3", "Firma 3")  # no step hands the name on: only the first has to look
    assert _states(make_report(study, out, wish("06a_segments.seed=5"))) == {
        "01_customer_base": "done", "02_best_customers": "done", "06a_segments": "done",
    }


@pytest.mark.slow
def test_pages_and_records_say_what_happened(study, wish, tmp_path):
    out = tmp_path / "out"
    make_report(study, out, wish("02_best_customers.top_share=0.3"))
    record = read_record(out)
    assert record["tables"]["accounts"]["used"] == 8
    assert record["steps"]["02_best_customers"]["parameters"]["top_share"] == 0.3
    assert record["versions"]["pandas"]
    page = (out / "01_customer_base.html").read_text(encoding="utf-8")
    assert "Eight firms." in page
    assert (out / "index.html").is_file()
    assert not (out / WORK).exists()
    facts = json.loads((folder_of(out, "01_customer_base") / "page.json").read_text(encoding="utf-8"))
    assert facts["answers"]["1c"] == {"state": "waiting", "tables": ["usage"], "why": ""}
    executed = nbformat.read(folder_of(out, "02_best_customers") / "executed.ipynb", as_version=4)
    assert any("injected-parameters" in cell.metadata.get("tags", []) for cell in executed.cells)


@pytest.mark.slow
def test_another_language_renders_again_and_changes_no_artifact(study, wish, tmp_path):
    out = tmp_path / "out"
    make_report(study, out, wish(only="02_best_customers"))
    before = _contents(out)
    plan = plan_report(open_study(study), out, wish(language="ja"))
    assert {plan.assess(name).state for name in before} == {"unrendered"}
    run = make_report(study, out, wish(language="ja", only="02_best_customers"))
    assert _states(run) == {"01_customer_base": "done", "02_best_customers": "done"}
    assert _contents(out) == before
    assert 'lang="ja"' in (out / "02_best_customers.html").read_text(encoding="utf-8")


def test_a_failed_step_says_why_and_stops_only_what_needs_it(study, wish, house, tmp_path):
    out = tmp_path / "out"
    _edit(house / "02_best_customers.ipynb", "here.read(\\\"customers\\\")", "here.read(\\\"draft\\\")")
    (study / "notebooks").mkdir()
    run = make_report(study, out, wish())
    assert _states(run) == {"01_customer_base": "done", "02_best_customers": "failed", "06a_segments": "skipped"}
    assert "does not read the artifact draft" in run.steps["02_best_customers"].cause
    page = (out / "02_best_customers.html").read_text(encoding="utf-8")
    assert "does not read the artifact draft" in page
    assert "02_best_customers" in (out / "06a_segments.html").read_text(encoding="utf-8")
    assert read_manifest(folder_of(out, "02_best_customers")) is None
    status = {each.name: each.state for each in tell_status(plan_report(open_study(study), out, wish()))}
    assert status == {"01_customer_base": "fresh", "02_best_customers": "failed", "06a_segments": "absent"}

    _edit(house / "02_best_customers.ipynb", "here.read(\\\"draft\\\")", "here.read(\\\"customers\\\")")
    mended = make_report(study, out, wish())
    assert _states(mended) == {"01_customer_base": "fresh", "02_best_customers": "done", "06a_segments": "done"}


def test_an_error_of_the_code_is_told_calmly(study, wish, house, tmp_path):
    _edit(house / "01_customer_base.ipynb", "accounts = here", "1 / 0\\naccounts = here")
    run = make_report(study, tmp_path / "out", wish(only="01_customer_base"))
    cause = run.steps["01_customer_base"].cause
    assert "ZeroDivisionError" in cause
    assert "Your data are untouched" in cause
    assert "Traceback" not in cause


def test_a_step_that_was_not_finished_hands_nothing_over(study, wish, house, tmp_path):
    _edit(house / "01_customer_base.ipynb", "here.finish()", "here")
    run = make_report(study, tmp_path / "out", wish(only="01_customer_base"))
    assert "without here.finish()" in run.steps["01_customer_base"].cause


@pytest.mark.slow
def test_an_artifact_changed_by_hand_counts_as_absent(study, wish, tmp_path):
    out = tmp_path / "out"
    make_report(study, out, wish())
    before = _contents(out)
    with (folder_of(out, "06a_segments") / "segments.parquet").open("ab") as stream:
        stream.write(b"x")
    shutil.rmtree(folder_of(out, "01_customer_base"))
    run = make_report(study, out, wish())
    assert _states(run) == {"01_customer_base": "done", "02_best_customers": "fresh", "06a_segments": "done"}
    assert _contents(out) == before


def test_a_second_run_on_the_same_folder_is_refused(study, wish, tmp_path):
    with hold(tmp_path / "out", "somebody"), pytest.raises(LabError, match="somebody"):
        make_report(study, tmp_path / "out", wish())


def test_a_broken_study_is_refused_before_anything_runs(study, wish, tmp_path):
    (study / "accounts.csv").write_text("account_id,name\nA,x\nA,y\n", encoding="utf-8")
    with pytest.raises(LabError, match=r"accounts\.csv"):
        make_report(study, tmp_path / "out", wish())
    assert not (tmp_path / "out" / "artifacts").exists()


def test_unknown_steps_are_refused(study, wish, tmp_path):
    with pytest.raises(LabError, match="Did you mean 06a_segments"):
        make_report(study, tmp_path / "out", wish(only="06a_segment"))


def test_the_analysts_own_notebook_runs_last_wherever_the_study_is_named_from(study, wish, tmp_path, monkeypatch):
    code = nbformat.v4.new_code_cell
    cells = [
        nbformat.v4.new_markdown_cell("# My look"), code('from icp_lab import step\nhere = step.open("my_look")'),
        code("top: int = 2  # how many, 1 to 9", metadata={"tags": ["parameters"]}),
        code('def pick(frame):\n    return frame.head(top)\npick(here.read("customers"))'), code("here.finish()"),
    ]  # fmt: skip
    (study / "notebooks").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), study / "notebooks" / "my_look.ipynb")
    monkeypatch.chdir(study)
    run = make_report(Path(), tmp_path / "out", wish("my_look.top=3"))
    assert {name: end.cause for name, end in run.steps.items() if end.state != "done"} == {}
    assert list(run.steps)[-1] == "my_look"
    page = (tmp_path / "out" / "my_look.html").read_text(encoding="utf-8")
    assert ">A2<" in page
    assert ">A3<" not in page
    assert make_report(Path(), tmp_path / "out", wish("my_look.top=3")).idle
