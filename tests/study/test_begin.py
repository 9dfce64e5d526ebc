"""New studies and filled templates."""

from datetime import date

import openpyxl
import pandas as pd
import pytest

from icp_lab.errors import LabError
from icp_lab.locale import in_language
from icp_lab.publish.ballot import write_ballot
from icp_lab.study import check_study, collect, init_study, open_study, write_templates
from icp_lab.tables import TABLES


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_new_study_says_what_it_waits_for_and_then_works(tmp_path, language):
    file = init_study(tmp_path / "my firm", language, date(2026, 3, 31))
    with in_language("en"):
        report = check_study(file.parent)
    assert len(report.problems) == 1
    assert "There is no file `accounts.csv`" in report.problems[0]
    (file.parent / "accounts.csv").write_text("account_id,industry\n1,a\n2,b\n", encoding="utf-8")
    assert check_study(file.parent).ok
    study = open_study(file)
    assert (study.name, study.language, study.as_of) == ("my firm", language, date(2026, 3, 31))


def test_every_commented_line_of_a_new_study_is_valid(tmp_path):
    """Whoever takes the comment signs away gets a study that works."""
    file = init_study(tmp_path / "s", "en", date(2026, 3, 31))
    lines = file.read_text(encoding="utf-8").splitlines()
    tables = [line.replace("  # ", "  ", 1) for line in lines if line.startswith("  # ")]
    keys = [
        line[2:] for line in lines if line.startswith(("# outcome", "# fiscal", "# privacy", "# capacity", "# steps"))
    ]
    head = [line for line in lines if line and not line.lstrip().startswith("#")]
    file.write_text("\n".join([*head, *tables, *keys]), encoding="utf-8")
    for table in TABLES:
        (file.parent / f"{table.name}.csv").write_text("x\n", encoding="utf-8")
    assert len(open_study(file).tables) == len(TABLES)


def test_templates_name_every_column(tmp_path):
    write_templates(tmp_path, ["usage", "deals"])
    assert (tmp_path / "usage.csv").read_text(
        encoding="utf-8-sig"
    ).strip() == "account_id,date,active_users,seats,events,feature"
    words = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "- `stage`* (won, lost, open): how it stands" in words
    assert write_templates(tmp_path, ["usage"]) == ()


def test_a_study_is_never_overwritten(tmp_path):
    init_study(tmp_path, "en")
    with pytest.raises(LabError, match="is there already"):
        init_study(tmp_path, "en")


def test_collecting_copies_filled_files_and_never_overwrites(make_study, tmp_path_factory):
    study = open_study(make_study("tables: {accounts: a.csv}\n", a_csv="account_id\n1\n"))
    to_fill = tmp_path_factory.mktemp("to_fill")
    write_templates(to_fill, ["usage", "support"])
    (to_fill / "usage.csv").write_text("account_id,events\n1,5\n", encoding="utf-8")
    (to_fill / "interviews").mkdir()
    (to_fill / "interviews" / "one.md").write_text("answers\n", encoding="utf-8")
    done = collect(to_fill, study)
    assert [path.relative_to(study.folder).as_posix() for path in done.copied] == ["interviews/one.md", "usage.csv"]
    assert [path.name for path in done.unfilled] == ["support.csv"]
    assert done.unnamed == ("usage",)
    assert collect(to_fill, study).copied == ()
    (to_fill / "usage.csv").write_text("account_id,events\n1,6\n", encoding="utf-8")
    (to_fill / "new.md").write_text("x\n", encoding="utf-8")
    with pytest.raises(LabError, match=r"usage\.csv is there already, with other content"):
        collect(to_fill, study)
    assert not (study.folder / "new.md").exists()


def test_ballots_and_decisions_are_collected_once_somebody_wrote_into_them(make_study, tmp_path_factory):
    study = open_study(make_study("tables: {accounts: a.csv}\n", a_csv="account_id\n1\n"))
    to_fill = tmp_path_factory.mktemp("to_fill")
    (to_fill / "review").mkdir()
    ballot, form = to_fill / "review" / "ballot_round1.xlsx", to_fill / "decisions.csv"
    lines = pd.DataFrame([("profile", "All", "-", "aa")], columns=["item", "said", "evidence", "mark"])
    write_ballot(ballot, lines, study="Us", as_of="2026-06-30", number=1)
    (to_fill / "review" / "agenda.md").write_text("# Agenda\n", encoding="utf-8")
    form.write_text("date,item,decision,by\n,profile,,\n", encoding="utf-8")
    assert collect(to_fill, study).copied == ()
    book = openpyxl.load_workbook(ballot)
    book["Sales"]["D7"] = 8
    book.save(ballot)
    form.write_text("date,item,decision,by\n2026-07-01,profile,keep,Ann\n", encoding="utf-8")
    done = collect(to_fill, study)
    assert [path.relative_to(study.folder).as_posix() for path in done.copied] == [
        "decisions.csv", "review/ballot_round1.xlsx"]  # fmt: skip
    assert study.ballots()[["department", "vote"]].values.tolist() == [["sales", 8]]


def test_a_form_for_feedback_is_collected_once_it_holds_an_answer(make_study, tmp_path_factory):
    study = open_study(make_study("tables: {accounts: a.csv}\n", a_csv="account_id\n1\n2\n"))
    form = tmp_path_factory.mktemp("to_fill") / "feedback.csv"
    begun = "date,account_id,name,agrees,reason\n2026-06-30,1,One,{agrees},\n2026-06-30,2,Two,,\n"
    form.write_text(begun.format(agrees=""), encoding="utf-8-sig")
    assert collect(form.parent, study).copied == ()
    form.write_text(begun.format(agrees="no"), encoding="utf-8")
    done = collect(form.parent, study)
    assert ([path.name for path in done.copied], done.unnamed) == (["feedback.csv"], ("feedback",))


def test_nothing_to_collect(make_study, tmp_path):
    study = open_study(make_study("tables: {accounts: a.csv}\n", a_csv="account_id\n1\n"))
    with pytest.raises(LabError, match="There is nothing to collect"):
        collect(tmp_path / "nowhere", study)
