"""What goes out to people is theirs once they have written into it."""

import pytest

from icp_lab.artifacts.manifest import digest_file
from icp_lab.report import asking
from icp_lab.report.make import Wish, plan_report
from icp_lab.study import open_study


@pytest.fixture
def plan(make_study, tmp_path_factory):
    study = open_study(make_study("tables: {accounts: a.csv}\n", a_csv="account_id\n1\n"))
    return plan_report(study, tmp_path_factory.mktemp("out"), Wish())


def _say(**files):
    def write(_plan, folder):
        for name, text in files.items():
            path = folder / "to_fill" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)

    return write


def test_what_nobody_touched_follows_the_run_and_what_somebody_wrote_stays(plan, monkeypatch):
    monkeypatch.setattr(asking, "WRITERS", (_say(a="one", b="one", c="one"),))
    asked = asking.ask_people(plan, {})
    assert sorted(asked) == ["to_fill/a", "to_fill/b", "to_fill/c"]
    (plan.out / "to_fill/b").write_text("mine")
    monkeypatch.setattr(asking, "WRITERS", (_say(a="two", b="two"),))
    asked = asking.ask_people(plan, asked)
    assert (plan.out / "to_fill/a").read_text() == "two"
    assert (plan.out / "to_fill/b").read_text() == "mine"
    assert not (plan.out / "to_fill/c").exists()
    assert asking.ask_people(plan, asked) == asked
    assert (plan.out / "to_fill/b").read_text() == "mine"


def test_without_a_record_of_the_last_run_nothing_is_written_over(plan, monkeypatch):
    (plan.out / "to_fill").mkdir()
    (plan.out / "to_fill/a").write_text("mine")
    monkeypatch.setattr(asking, "WRITERS", (_say(a="one"),))
    before = digest_file(plan.out / "to_fill/a")
    asking.ask_people(plan, {})
    assert digest_file(plan.out / "to_fill/a") == before
