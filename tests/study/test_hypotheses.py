"""hypotheses.yml: read as it stands, refused with its line, part of what a step depends on."""

from datetime import date

import pytest

from icp_lab.errors import LabError
from icp_lab.locale import in_language
from icp_lab.rule import Criterion, Rule
from icp_lab.study import check_study, init_study, open_study
from icp_lab.study.yml import read_day

YML = "tables: {accounts: accounts.csv}\nattributes: {after_sale: [plan]}\n"
ACCOUNTS = "account_id,industry,employees,tech_stack,plan,name\n1,SaaS,10,a;b,x,Foo\n2,Steel,200,b,y,Bar\n"
GOOD = """# said at the kick-off
- name: Sales
  by: Ana
  date: 2025-03-01
  criteria:
    - {attribute: employees, min: 100, max: 500}
    - {attribute: tech_stack, has: b}
- {name: Book, date: 2025-01-01, criteria: [{attribute: industry, in: [SaaS]}]}
"""


@pytest.fixture
def make(make_study):
    def write(text):
        return make_study(YML, accounts_csv=ACCOUNTS, **{"hypotheses.yml": text})

    return write


def test_hypotheses_are_read_as_they_stand(make):
    sales, book = open_study(make(GOOD)).hypotheses()
    assert (sales.name, sales.by, sales.date) == ("Sales", "Ana", date(2025, 3, 1))
    assert sales.rule == Rule((Criterion.between("employees", 100, 500), Criterion.has("tech_stack", "b")))
    assert (book.by, book.rule.words()) == ("", "industry SaaS")


def test_a_study_without_hypotheses_has_none(make_study, make):
    assert open_study(make_study(YML, accounts_csv=ACCOUNTS)).hypotheses() == ()
    assert open_study(make("# nothing yet\n")).hypotheses() == ()


@pytest.mark.parametrize(("old", "new", "line", "said"), [
    ("by: Ana", "author: Ana", 3, "the key `author` is unknown here"),
    ("date: 2025-03-01", "date: soon", 4, "`soon` is not a day"),
    ("date: 2025-03-01", "date: 2025-02-30", None, "cannot be read as a hypothesis"),
    ("  date: 2025-03-01\n", "", 2, "`date` is missing"),
    ("employees, min", "employes, min", 6, "Did you mean employees?"),
    ("min: 100, max: 500", "min: 500, max: 100", 6, "is not a criterion"),
    ("min: 100", "mni: 100", 6, "Did you mean `min`?"),
    ("employees, min: 100, max: 500", "industry, min: 5", 6, "cannot be compared with"),
    ("attribute: tech_stack, has: b", "attribute: plan, in: [x]", 7, "it is known only after the sale"),
    ("{attribute: tech_stack, has: b}", "tech_stack", 7, "`tech_stack` is no `key: value` lines"),
    ("criteria: [{attribute: industry, in: [SaaS]}]", "criteria: everybody", 8, "`criteria` is missing"),
    ("- name: Sales", "- name: 'Sales", 8, "cannot be read as a hypothesis"),
    (GOOD, "name: Sales\n", 1, "it is not a list"),
])  # fmt: skip
def test_every_fault_names_its_line_and_what_is_wrong(make, old, new, line, said):
    folder = make(GOOD.replace(old, new))
    with pytest.raises(LabError) as caught:
        open_study(folder).hypotheses()
    assert said in str(caught.value)
    assert caught.value.place.file == "hypotheses.yml"
    assert caught.value.place.row == line or said == "cannot be read as a hypothesis"
    report = check_study(folder)
    assert not report.ok
    assert said in report.words()


def test_six_criteria_are_too_many(make):
    six = "[" + ", ".join(["{attribute: employees, min: 1}"] * 6) + "]"
    with pytest.raises(LabError, match=r"hypotheses.yml, line 1: The rule has 6 criteria"):
        open_study(make(f"- {{name: a, date: 2025-01-01, criteria: {six}}}\n")).hypotheses()


def test_check_lists_what_was_declared(make):
    words = check_study(make(GOOD)).words()
    assert "Sales, 2025-03-01: employees from 100 to under 500; tech stack includes b" in words


def test_only_steps_that_read_hypotheses_depend_on_them(make):
    folder = make(GOOD)
    study = open_study(folder)
    before = study.fingerprint(["accounts"]), study.fingerprint(["accounts", "hypotheses"])
    (folder / "hypotheses.yml").write_text(GOOD.replace("500", "600"), encoding="utf-8")
    after = study.fingerprint(["accounts"]), study.fingerprint(["accounts", "hypotheses"])
    assert before[0] == after[0]
    assert before[1] != after[1]
    (folder / "hypotheses.yml").unlink()
    assert study.fingerprint(["accounts", "hypotheses"]) == study.fingerprint(["accounts"])
    (folder / "icp.yml").write_text("schema: 1", encoding="utf-8")  # what was adopted stands beside what was declared
    assert study.fingerprint(["accounts", "hypotheses"]) != study.fingerprint(["accounts"])


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_new_study_has_a_template_that_works(tmp_path, language):
    folder = init_study(tmp_path / "s", language, date(2026, 3, 31)).parent
    (folder / "accounts.csv").write_text(
        "account_id,industry,employees,tech_stack,exports\n1,SaaS,10,a;b,yes\n2,x,200,b,no\n", encoding="utf-8")
    with in_language("en"):
        assert open_study(folder).hypotheses() == ()
        lines = (folder / "hypotheses.yml").read_text(encoding="utf-8").splitlines()
        written = "\n".join(line.removeprefix("# ") for line in lines[2:])
        (folder / "hypotheses.yml").write_text(written, encoding="utf-8")
        found = open_study(folder).hypotheses()
    assert [len(one.rule.criteria) for one in found] == [4]
    assert found[0].date == date(2026, 3, 31)


@pytest.mark.parametrize("day", ["2026-3-1", "2026/03/01", "2026年3月1日", "20260301", "２０２６．３．１"])
def test_a_day_is_read_as_people_write_it(day):
    assert read_day(day) == date(2026, 3, 1)


@pytest.mark.parametrize("day", ["2026-02-30", "1.3.2026", "202631", "None", ""])
def test_no_day_is_made_of_what_is_none(day):
    assert read_day(day) is None
