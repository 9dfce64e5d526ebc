"""What interviewers take along, and that a filled-in guide comes back as it is."""

import pandas as pd
import pytest

from icp_lab.locale import LANGUAGES, in_language
from icp_lab.publish.guides import write_calls, write_guides
from icp_lab.study import collect, open_study
from icp_lab.study.interviews import read_interviews


def _make_people(language):
    return pd.DataFrame({
        "account_id": ["A1", "A1", "x/1 --> b", "L 9"], "place": [1, 2, 1, 1],
        "kind": ["management", "practitioner", "management", "management"],
        "part": ["chosen", "chosen", "former", "lost"],
        "company": ["Blue <b> Ltd", "Blue <b> Ltd", "x --> y", "青空: 株式会社"],
        "department": ["Sales", None, "購買", None], "seniority": ["VP", None, None, "Head"],
        "buying_role": ["decider", "user", None, None], "language": [language, language, None, "fr"],
        "contact_id": ["p1", "p2", None, None], "name": ["Ana Ito", "Bo", None, None], "title": "Boss",
        "email": ["a@b.example", None, None, None], "stands_in_for": ""})


@pytest.fixture(params=LANGUAGES)
def to_fill(request, tmp_path):
    with in_language(request.param):
        write_guides(tmp_path / "to_fill" / "interviews", _make_people(request.param), "Us Inc.")
    return tmp_path / "to_fill"


def test_an_unfilled_guide_holds_no_passage_and_knows_whom_it_is_for(to_fill):
    read = read_interviews(to_fill)
    assert not len(read.passages)
    heads = read.heads.set_index("interview")
    assert len(heads) == 4
    assert heads.loc["A1_management_1", ["account_id", "role", "seniority", "consent"]].tolist() == [
        "A1", "decider", "executive", "none"]
    assert set(heads["account_id"]) == {"A1", "x/1 --> b", "L 9"}


def test_every_topic_is_asked_of_both_kinds_of_people(to_fill):
    for path in (to_fill / "interviews").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert text.count("\n## ") == 7
        assert text.count("\n### ") >= 18


def test_a_filled_guide_comes_back_as_it_is(to_fill, make_study):
    study = open_study(make_study("tables: {accounts: a.csv}\n", a_csv="account_id\nA1\n"))
    path = to_fill / "interviews" / "A1_management_1.md"
    lines = path.read_text(encoding="utf-8").splitlines()
    questions = [place for place, line in enumerate(lines) if line.startswith("### ")]
    for place, answer in ((questions[0], "We had grown. [[growth]]"), (questions[-1], "いいえ、特にありません。")):
        lines[place + 1] = answer
    text = "\n".join(lines).replace("consent: none", "consent: quote").replace("interviewer:", "interviewer: Kim")
    path.write_text(text, encoding="utf-8")
    done = collect(to_fill, study)
    assert [each.name for each in done.copied] == ["A1_management_1.md"]
    assert sorted(each.parent.name for each in done.unfilled) == ["interviews"] * 3
    read = study.interviews()
    assert read.passages["text"].tolist() == ["We had grown.", "いいえ、特にありません。"]
    assert read.passages["topic"].tolist() == ["trigger", ""]
    assert read.passages["codes"].tolist() == [("growth",), ()]
    assert read.heads.loc[0, ["account_id", "consent", "interviewer"]].tolist() == ["A1", "quote", "Kim"]
    assert collect(to_fill, study).copied == ()


def test_papers_fit_whom_they_go_to_and_name_nobody(to_fill):
    papers = to_fill / "interviews" / "papers"
    letters = {path.stem: path.read_text(encoding="utf-8") for path in papers.glob("request_*.md")}
    assert len(letters) == 3
    assert all("Us Inc." in text for text in letters.values())
    assert len({text.replace("Blue <b> Ltd", "") for text in letters.values()}) == 3
    assert (papers / "plan.xlsx").read_bytes()[:2] == b"PK"
    everything = b"".join(path.read_bytes() for path in to_fill.rglob("*.md"))
    assert b"Ana Ito" not in everything
    assert b"a@b.example" not in everything


def test_a_japanese_letter_begins_and_ends_as_it_has_to(tmp_path):
    with in_language("ja"):
        write_guides(tmp_path / "i", _make_people("ja"), "弊社")
    text = (tmp_path / "i" / "papers" / "request_A1.md").read_text(encoding="utf-8")
    assert text.index("拝啓") < text.index("平素は") < text.index("敬具")


def test_the_call_sheet_names_people(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    write_calls(tmp_path / "private" / "calls.xlsx", _make_people("en"))
    rows = list(openpyxl.load_workbook(tmp_path / "private" / "calls.xlsx").active.values)
    assert rows[0][:3] == ("Account id", "Company", "Why on the list")
    assert "Ana Ito" in rows[1]
