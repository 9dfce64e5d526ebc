"""What goes out to people is theirs once they have written into it."""

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from icp_lab.artifacts import DTYPES_OF
from icp_lab.artifacts.manifest import digest_file
from icp_lab.methods.pilot import mark_draw, read_pilot
from icp_lab.report import asking
from icp_lab.report.make import Wish, plan_report
from icp_lab.study import open_study
from icp_lab.study.begin import collect


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


def test_statements_are_asked_about_the_unsure_ones_first(plan, monkeypatch):
    said = pd.DataFrame({
        "source": ["churn", "churn", "lost", "tickets", "tickets"],
        "statement": ["pricing", "hm", "settled", "how to", "odd"],
        "group": ["price", "other", "no_decision", "other", "other"],
        "words": ["pricing", None, None, "how to", None], "unsure": [False, True, False, False, True],
        "people": [0, 0, 1, 0, 0], "times": [9, 1, 5, 7, 1]})
    monkeypatch.setattr(asking, "find_artifact", lambda _out, name: said if name == "statements" else None)
    asking.ask_people(plan, {})
    form = CalamineWorkbook.from_path(plan.out / "to_fill/corrections/reasons.xlsx").get_sheet_by_index(0)
    assert form.to_python()[1:] == [
        ["hm", "on leaving", "1", "", "yes", "other", ""],
        ["odd", "in tickets of negative accounts", "1", "", "yes", "other", ""],
        ["pricing", "on leaving", "9", "pricing", "", "price", ""]]


def test_sales_is_asked_and_who_is_in_charge_is_named_in_private_alone(make_study, tmp_path_factory, monkeypatch):
    tables = {"a_csv": "account_id,name\nA1,=cmd()\nA2,Acme\n"}
    study = open_study(make_study("tables: {accounts: a.csv}\n", **tables))
    plan = plan_report(study, tmp_path_factory.mktemp("out"), Wish())
    left = {
        "asked": pd.DataFrame({"account_id": ["A1", "A2"], "fit": ["in", "out"], "failed": ["", "employees"],
                               "last": pd.to_datetime(["2026-06-02", "2026-06-01"])}),
        "adoption": pd.DataFrame({"by": ["period", "owner"], "level": ["after", "Ann"], "measure": "opportunities",
                                  "share": 0.5, "low": 0.1, "high": 0.9, "inside": 1.0, "of": 2.0, "n": 2,
                                  "unknown": 0}),
    }  # fmt: skip
    monkeypatch.setattr(asking, "read_left", lambda _plan, name: left[name])
    asking.write_feedback(plan, plan.out)
    form = pd.read_csv(plan.out / "to_fill/feedback.csv", encoding="utf-8-sig")
    assert form[["account_id", "name", "profile"]].to_numpy().tolist() == [
        ["A1", "'=cmd()", "in the profile"], ["A2", "Acme", "outside"]]  # fmt: skip
    assert form["agrees"].isna().all()
    assert form["choices"].str.startswith("agrees: yes or no; reason: product does not fit, price").all()
    sheet = CalamineWorkbook.from_path(plan.out / "private/adoption.xlsx").get_sheet_by_index(0).to_python()
    assert sheet[1][:3] == ["Ann", "new deals", 0.5]
    (study.folder / "feedback.csv").write_text("date,agrees\n")
    asking.write_feedback(plan, plan.out)
    assert (plan.out / f"to_fill/feedback_{study.as_of}.csv").exists()


def test_the_arms_of_a_pilot_go_out_and_come_back_as_they_were_drawn(make_study, tmp_path_factory, monkeypatch):
    files = {"a_csv": "account_id\nA1\n", "l_csv": "lead_id,company\nL1,=1+1\nL2,Beta\n"}
    study = open_study(make_study("tables: {accounts: a.csv, leads: l.csv}\n", **files))
    plan = plan_report(study, tmp_path_factory.mktemp("out"), Wish())
    draw = pd.DataFrame({"unit_id": ["L1", "L2"], "arm": ["pilot", "control"], "assigned": "2026-03-01"})
    record = {"draw": draw.assign(stratum="A ?").to_dict("records"), "terms": {"mark": mark_draw(draw)}}
    monkeypatch.setattr(asking, "find_artifact", lambda _out, _name: record)
    asking.write_pilot(plan, plan.out)
    form = plan.out / "to_fill/pilot.csv"
    sheet = pd.read_csv(form, encoding="utf-8-sig")
    assert sheet["name"].tolist() == ["'=1+1", "Beta"]
    assert collect(form.parent, study).copied == ()  # nothing has become of anybody yet
    sheet.assign(lead=["yes", "no"], assigned="2026/3/1").iloc[::-1].to_csv(form, index=False)  # as Excel leaves it
    assert [path.name for path in collect(form.parent, study).copied] == ["pilot.csv"]
    study = open_study(make_study("tables: {accounts: a.csv, leads: l.csv, pilot: pilot.csv}\n", **files))
    found = read_pilot(study.table("pilot"), as_of=study.as_of)
    assert found.terms == {"assigned": "2026-03-01", "intact": "yes", "crossed": 0, "earlier": 0}
    assert found.frame["hits"].tolist() == [1, 0]
    asking.write_pilot(plan, plan.out)  # the next one beside it
    assert (plan.out / f"to_fill/pilot_{study.as_of}.csv").exists()


def test_whom_to_approach_is_named_in_private_alone(make_study, tmp_path_factory, monkeypatch):
    tables = {"a_csv": "account_id,name\nA1,Acme\n", "l_csv": "lead_id,company,title\nL1,=1+1,VP Sales\nL2,Beta,\n",
              "c_csv": "contact_id,account_id,name,email,title\nP1,A1,Ann Berg,ann@acme.example,VP Sales\n"}
    study = open_study(make_study("tables: {accounts: a.csv, leads: l.csv, contacts: c.csv}\n", **tables))
    plan = plan_report(study, tmp_path_factory.mktemp("out"), Wish())
    chosen = pd.DataFrame({"place": [1, 2, 3], "id": ["A1", "L1", "L2"], "kind": ["account", "lead", "lead"],
                           "tier": ["A", "B", ""], "points": [81, 60, 50], "engagement": [40, 0, 0],
                           "next": ["call", "begin", "fill"]})
    chosen = chosen.reindex(columns=list(DTYPES_OF["abm"])).astype(DTYPES_OF["abm"])
    person = {"id": "p1", "kind": "sales.decider", "department": "sales", "buying_role": "decider", "titles": [],
              "pains": [{"code": "price_pain", "name": "Too dear", "companies": 1, "of": 2, "quote": None}],
              "goals": [], "evidence": [], "confidence": {}}
    monkeypatch.setattr(asking, "read_left", lambda _plan, _name: chosen)
    monkeypatch.setattr(asking, "find_artifact", lambda _out, _name: {"personas": [person]})
    asking.write_targets(plan, plan.out)
    rows = pd.read_csv(plan.out / "private/abm.csv", encoding="utf-8-sig", keep_default_na=False)
    told = rows[["company", "tier", "person", "persona", "next"]].to_numpy().tolist()
    assert told == [["Acme", "A", "Ann Berg", "Decider in sales", "call now"],
                    ["'=1+1", "B", "", "Decider in sales", "begin the conversation"],
                    ["Beta", "", "", "", "fill in what is missing"]]
    assert rows["say"].str.startswith("Too expensive").tolist() == [True, True, False]
    assert [path.relative_to(plan.out).parts[0] for path in plan.out.rglob("abm.*")] == ["private", "private"]
    monkeypatch.setattr(asking, "read_left", lambda _plan, _name: chosen.head(0))
    asking.write_targets(plan, plan.out / "nobody")
    assert not (plan.out / "nobody").exists()
