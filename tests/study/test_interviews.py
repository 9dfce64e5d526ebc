"""Interviews: whatever people write is read whole, passage by passage; what cannot be is refused with its line."""

import re
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icp_lab.errors import LabError
from icp_lab.locale import in_language
from icp_lab.study import open_study
from icp_lab.study.interviews import find_language, read_interviews

YML = "tables: {accounts: accounts.csv}\n"
ACCOUNTS = "account_id,industry\n1,SaaS\n2,Steel\n"
FILLED = """---
account_id: 1
date: 2026/02/03
role: VP Sales
interviewer: Ana
mode: online
consent: quote
---
# Interview with Foo

## 1. What set the purchase off
### What happened?
A new head of sales came,
and asked for figures. [[New head, growth]]

- Orders doubled
  within a year [[growth]]
- 経費精算が
  追いつかない

[[no_visibility]]
## 現在の課題と悩み [[manual work]]
> "We type it
> in twice."
> *Every day.*

| who | how long |
|:----|---------:|
| Ops | 3 h |

<!-- left out:
tea --> Spreadsheets
**Outlook**
"""


@pytest.fixture
def make(make_study):
    def write(**texts):
        return make_study(YML, accounts_csv=ACCOUNTS, **texts)

    return write


def test_a_filled_guide_comes_back_passage_by_passage(make):
    study = open_study(make(**{"interviews/foo.md": FILLED}))
    heads, rows = study.interviews().heads, study.interviews().passages
    assert heads.drop(columns="date").to_dict("records") == [{
        "interview": "foo", "account_id": "1", "role": "decider", "department": "sales", "seniority": "executive",
        "interviewer": "Ana", "mode": "online", "consent": "quote", "language": "en"}]
    assert str(heads["date"][0].date()) == "2026-02-03"
    assert rows[["line", "topic", "text"]].values.tolist() == [
        [9, "", "Interview with Foo"], [13, "trigger", "A new head of sales came, and asked for figures."],
        [16, "trigger", "Orders doubled within a year"], [18, "trigger", "経費精算が追いつかない"],
        [23, "pains", '"We type it in twice." Every day.'], [27, "pains", "who | how long"],
        [29, "pains", "Ops | 3 h"], [32, "pains", "Spreadsheets"]]
    assert rows["heading"].tolist()[:3] == ["Interview with Foo", *["What happened?"] * 2]
    assert rows["codes"].tolist() == [(), ("new_leader", "growth"), ("growth",), ("no_visibility",),
                                      *[("manual_work",)] * 4]
    assert rows["language"].tolist()[2:5] == ["en", "ja", "en"]
    assert study.has_beside("interviews")
    assert not study.has_beside("ballots")


def test_a_study_without_interviews_has_none(make):
    study = open_study(make())
    assert study.interviews().heads.empty
    assert study.interviews().passages["passage"].dtype == "int64"
    assert study.coders().empty
    assert not study.has_beside("interviews")


def test_an_interview_without_a_head_may_not_be_quoted(make):
    found = read_interviews(make(**{"interviews/a.md": "彼らは高いと言う", "interviews/b.md": ""}))
    assert found.heads[["interview", "account_id", "consent", "language"]].values.tolist() == [
        ["a", "", "none", "ja"], ["b", "", "none", "en"]]
    assert found.passages[["interview", "text"]].values.tolist() == [["a", "彼らは高いと言う"]]


def test_files_of_old_windows_programs_are_read(make):
    found = read_interviews(make(**{"interviews/a.md": "## 現在の課題と悩み\r\n手作業が多い\r\n".encode("cp932")}))
    assert found.passages[["topic", "text"]].values.tolist() == [["pains", "手作業が多い"]]


@pytest.mark.parametrize(("said", "role", "department", "seniority"), [
    ("role: 決裁者\ndepartment: 営業部\nseniority: 部長", "decider", "sales", "head"),
    ("role: 情シス", "influencer", "it", ""),
    ("role: user\ndepartment: management\nseniority: staff", "user", "management", "staff"),
    ("role: Head of Production", "decider", "production", "head"),
    ("role: 起案者\ndepartment: 経営層", "influencer", "management", ""),
])
def test_people_are_written_as_in_contacts(make, said, role, department, seniority):
    (head,) = read_interviews(make(**{"interviews/a.md": f"---\n{said}\n---\n"})).heads.to_dict("records")
    assert (head["role"], head["department"], head["seniority"]) == (role, department, seniority)


@pytest.mark.parametrize(("head", "line", "said"), [
    ("account: 1", 2, "`account` is unknown here. A head stands"),
    ("role: x\nconsent: yes", 3, "`yes` is no value for `consent`"),
    ("mode: mail", 2, "It is one of in_person, online, phone."),
    ("role: x\n\ndate: yesterday", 4, "`yesterday` is not a day"),
    (f"date: 2026-02-03 {'x' * 500_000}", 2, "is not a day"),  # took a minute and more
    ("role: a: b", 2, "mapping values are not allowed here"),
])
def test_a_wrong_head_is_refused_with_its_line(make, head, line, said):
    with pytest.raises(LabError, match=re.escape(said)) as caught:
        read_interviews(make(**{"interviews/a.md": f"---\n{head}\n---\n"}))
    assert (caught.value.place.file, caught.value.place.row) == ("interviews/a.md", line)


def _words(text):
    return Counter(re.findall(r"[^\W_]+", text))


@given(st.lists(st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    st.tuples(st.sampled_from(["# ", "## ", "- ", "> ", "| ", "1. ", "・", "  ", "", "---", "===", "**", "[[", "<!--"]),
              st.text("abc 課題。|*_[]>-#", max_size=12)).map("".join)), max_size=12))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_lost_whatever_people_write(make, lines):
    text = "\n".join(lines)
    folder = make(**{"interviews/a.md": text})
    try:
        found = read_interviews(folder).passages
    except LabError:  # a head that is none
        assert text.startswith("---")
        return
    plain = re.sub(r"<!--.*?-->", "", text.replace("\r\n", "\n").replace("\r", "\n"), flags=re.S)
    said = re.sub(r"(?m)^(\s*)\d{1,2}[.)](?=\s+\S)", r"\1", re.sub(r"[\[［]{2}(.*?)[\]］]{2}", "", plain))
    known = re.sub(r"\W|_", "", "\n".join([*found["heading"], *found["text"]]))
    own = ("課題",)  # a heading of the guide with nothing below it
    assert [word for word in _words(said) if word not in known and word not in own] == []


def test_the_real_notes_are_read_whole(make_study, studies):
    notes = sorted((studies.parent / "reference/interviews_doi").glob("*.md"))
    folder = make_study(YML, accounts_csv=ACCOUNTS)
    (folder / "interviews").mkdir()
    for path in notes:
        (folder / "interviews" / path.name).write_bytes(path.read_bytes())
    found = read_interviews(folder)
    assert len(found.heads) == len(notes) > 25
    for path, text in ((path, path.read_text(encoding="utf-8")) for path in notes):
        mine = found.passages[found.passages["interview"] == path.stem]
        said = _words(re.sub(r"(?m)^(\s*)\d{1,2}[.)]\s+", r"\1", re.sub(r"<!--.*?-->", "", text, flags=re.S)))
        assert said - _words("\n".join([*mine["heading"], *mine["text"]])) == Counter(), path.name
        assert mine["text"].str.len().gt(0).all()


@pytest.mark.parametrize(("text", "language"), [
    ("We use SalesforceとHubSpot", "en"), ("価格が高い", "ja"), ("", "en"), ("SalesforceをCRMとして使う", "ja"),
    ("They call it 稟議 (ringi), an approval by circulation", "en"), ("😀 123", "en"),
])
def test_the_language_of_a_passage(text, language):
    assert find_language(text) == language


def test_refusals_speak_japanese(make):
    with in_language("ja"), pytest.raises(LabError, match="ヘッダー") as caught:
        read_interviews(make(**{"interviews/a.md": "---\nacount_id: 1\n---\n"}))
    assert "account_id" in str(caught.value)
