"""What a report consists of, and in which order."""

import pytest

from icp_lab.errors import LabError
from icp_lab.report.make import choose_out, plan_report, tell_status
from icp_lab.report.plan import pick_tasks
from icp_lab.study import open_study


def _plan(study, wish):
    return plan_report(open_study(study), study / "out", wish())


def test_needs_follow_from_what_is_read(study, wish):
    plan = _plan(study, wish)
    assert {name: task.needs for name, task in plan.tasks.items()} == {
        "01_customer_base": (), "02_best_customers": ("01_customer_base",),
        "06a_segments": ("01_customer_base", "02_best_customers"),
    }
    assert list(pick_tasks(plan.tasks, "02_best_customers")) == ["01_customer_base", "02_best_customers"]


def test_the_analysts_own_notebooks_come_last_and_are_listed(study, wish, house):
    own = study / "notebooks"
    own.mkdir()
    (own / "mine.ipynb").write_bytes((house / "06a_segments.ipynb").read_bytes())
    plan = _plan(study, wish)
    assert list(plan.tasks)[-1] == "mine"
    assert plan.tasks["mine"].own
    assert plan.tasks["mine"].needs == ("01_customer_base", "02_best_customers", "06a_segments")
    (own / "06a_segments.ipynb").write_bytes((house / "06a_segments.ipynb").read_bytes())
    with pytest.raises(LabError, match="another name"):
        _plan(study, wish)


def test_status_before_a_first_run(study, wish):
    told = tell_status(_plan(study, wish))
    assert [step.words() for step in told] == [
        "01_customer_base: not run", "02_best_customers: not run", "06a_segments: not run",
    ]


def test_the_report_lies_where_it_is_told_to(study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert choose_out(study / "study.yml", None) == tmp_path / "reports" / study.name
    assert choose_out(study, tmp_path / "x") == tmp_path / "x"
