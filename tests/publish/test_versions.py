"""Every adopted version has its page, and what changed for whom can be pasted as it stands."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from icp_lab.icp import load_icp
from icp_lab.icp.profile import write_icp
from icp_lab.icp.versions import read_adopted
from icp_lab.locale import in_language
from icp_lab.methods.customers import fill_table
from icp_lab.publish.versions import list_versions, tell_whom, write_versions
from icp_lab.views.privacy import set_hidden

EVIL = "<script>alert('x')</script>"


def _adopted(given, version, least, by="Mika Sato", why="as agreed", **more):
    criteria = [{"attribute": "employees", "min": least}]
    entry = {"version": version, "date": f"2026-0{len(version)}-01", "by": by, "why": why, "criteria": criteria}
    return {**given.icp, "version": version, "criteria": criteria, "history": [entry], **more}


@pytest.fixture
def write(publication, tmp_path):
    """Write the versions of a study in which these have been adopted, the one in force first."""
    def make(*versions, language="en", **more):
        given = publication(**more)
        given = replace(
            given, table=lambda name: fill_table(pd.DataFrame(), name),
            versions=tuple(_adopted(given, *one) if isinstance(one, tuple) else one for one in versions))
        with in_language(language):
            write_versions(given, tmp_path)
        return {path.relative_to(tmp_path).as_posix(): path.read_text(encoding="utf-8")
                for path in tmp_path.rglob("*") if path.is_file()}

    return make


def _text(page):
    return re.sub(r"\s+", " ", re.sub(r"<(style|script|svg).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL))


def test_without_a_version_the_proposal_is_shown_and_how_to_adopt_it(write):
    files = write()
    assert set(files) == {"versions/index.html", "what_changed.md", "what_changed.txt"}
    assert "No version has been adopted yet" in files["versions/index.html"]
    assert "icp-lab adopt" in files["versions/index.html"]
    assert files["what_changed.md"].startswith("# Our Ideal Customer Profile: what is proposed\n")


def test_every_version_has_its_page_and_its_file(write, tmp_path):
    files = write(("2", 200), ("1", 100))
    index, first, second = (files[f"versions/{name}.html"] for name in ("index", "version_1", "version_2"))
    assert index.index("Version 2") < index.index("Version 1")
    assert "Adopted on 2026-01-01 by Mika Sato: as agreed" in index
    change = "employees at least 100 is now employees at least 200"
    assert change in _text(index)
    assert change in _text(second)
    assert "It is the first one." in first
    assert 'href="../index.html"' in second
    assert load_icp(tmp_path / "versions/version_1.yml").data["criteria"] == [{"attribute": "employees", "min": 100}]


def test_what_changed_speaks_to_each_department(write):
    said = write(("2", 9000), ("1", 10))["what_changed.md"]
    assert said.startswith("# Our Ideal Customer Profile, version 2: what changed\n")
    for department in ("Sales", "Marketing", "Product", "Customer success", "Management"):
        assert f"- **{department}**: " in said
    assert re.search(r"0 accounts came in and [1-9]\d* left", said)


def test_companies_that_are_not_won_yet_are_counted_with_leads(publication):
    """Nobody inside is not a call to call nobody; an attribute that the study no longer has is unknown."""
    given = publication()
    leads = fill_table(pd.DataFrame({"lead_id": ["L1", "L2"], "employees": [300, 20], "industry": "SaaS"}), "leads")
    said = {}
    for rows in (leads, leads.iloc[:0]):
        gone = _adopted(given, "1", 10, criteria=[{"attribute": "once_known", "is": True}])
        held = replace(given, versions=(_adopted(given, "2", 100), gone), table=lambda name, rows=rows: rows)
        said[len(rows)] = tell_whom(held, list_versions(held))
    assert "1 companies that are not customers yet are inside" in said[2]
    assert "no company that we know and have not won yet is inside" in said[0]


def test_the_plain_text_has_no_marks(write):
    files = write(("2", 200), ("1", 100), language="ja")
    assert not re.search(r"\*\*|^#|^- ", files["what_changed.txt"], re.MULTILINE)
    assert "・営業：" in files["what_changed.txt"]
    assert "- **営業**：" in files["what_changed.md"]


@pytest.mark.parametrize("verdict", ["supported", "unsupported"])
def test_nobody_is_told_to_work_by_what_is_not_claimed(write, verdict):
    said = write(verdict=verdict)["what_changed.md"]
    assert ("no profile is claimed" in said) == (verdict == "unsupported")


def test_after_a_rollback_the_version_in_force_stands_first(publication):
    given = publication()
    held, other = _adopted(given, "1", 100), _adopted(given, "2", 200)
    told = list_versions(replace(given, versions=(held, other)))
    assert [(one["label"], one["held"], len(one["changes"])) for one in told] == [("1", True, 0), ("2", False, 1)]


def test_the_study_hands_over_what_it_has_adopted(publication, tmp_path):
    assert read_adopted(tmp_path) == ()
    given = publication()
    (tmp_path / "icp").mkdir()
    for name, version, least in (("icp.yml", "1", 100), ("icp/1.yml", "1", 100), ("icp/2.yml", "2", 200)):
        write_icp(tmp_path / name, _adopted(given, version, least))
    assert [one["version"] for one in read_adopted(tmp_path)] == ["1", "2"]


def test_a_version_that_was_edited_is_another_one(publication):
    given = publication()
    edited, plain = (_adopted(given, "1", least) for least in (150, 100))
    told = list_versions(replace(given, versions=(_adopted(given, "2", 200), edited, plain)))
    assert [one["label"] for one in told] == ["2", "1*", "1"]
    assert len({one["file"] for one in told}) == 3


def test_a_definition_that_somebody_wrote_by_hand_has_a_page(write):
    files = write({"schema": 1, "name": "ours", "criteria": [{"attribute": "employees", "min": 10}]})
    assert "It is not on record who adopted it." in files["versions/version_0.html"]


def test_texts_of_people_are_text_and_name_nobody(write):
    set_hidden(lambda text: text.replace("Ann Berg", "[name]"))
    try:
        files = write(("2", 200, EVIL, f"Ann Berg [wants](x) it {EVIL}\n# Head"), ("../1", 100))
    finally:
        set_hidden(str)
    assert all("Ann Berg" not in text for name, text in files.items() if not name.endswith(".yml"))
    assert all(EVIL not in text for name, text in files.items() if name.endswith((".html", ".md")))
    assert "# Head" not in re.findall(r"^.*$", files["what_changed.md"], re.MULTILINE)
    assert "\\[wants](x)" in files["what_changed.md"]
    assert "versions/version____1.html" in files
