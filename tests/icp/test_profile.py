"""icp.yml is read strictly and written so that people can edit it."""

import pytest

from icp_lab.errors import LabError
from icp_lab.icp import load_icp, write_icp
from icp_lab.rule import Criterion, Rule

MINIMAL = {"schema": 1, "name": "Demo", "criteria": [{"attribute": "exports", "is": True}]}


def test_what_is_written_is_read_back(tmp_path):
    file = tmp_path / "icp.yml"
    write_icp(
        file, {**MINIMAL, "as_of": "2026-06-30", "evidence": {"lift": 2.0, "p_value": float("nan")}, "version": "1"}
    )
    icp = load_icp(file)
    assert icp.rule == Rule((Criterion.flag("exports"),))
    assert icp.data["as_of"] == "2026-06-30"
    assert icp.data["evidence"] == {"lift": 2, "p_value": None}
    assert "is: yes" in file.read_text(encoding="utf-8")
    assert "as_of: 2026-06-30" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("schema: 1\nname: x\ncriteria: []\nverdcit: supported\n", 4, "verdict"),
        ("schema: 1\nname: x\ncriteria:\n  - {attribute: a, mim: 3}\n", 4, "min"),
        ("schema: 1\nname: x\ncriteria: []\nverdict: suported\n", 4, "supported"),
        ("schema: 1\nname: x\ncriteria:\n  - {attribute: a, min: 3, in: [b]}\n", 4, "not a criterion"),
        ("schema: 1\nname: x\ncriteria: []\navoid:\n  criteria: []\n  verdikt: x\n", 6, "verdict"),
        ("schema: 2\nname: x\ncriteria: []\n", 1, "schema"),
    ],
)
def test_a_fault_names_its_line_and_the_nearest_word(tmp_path, text, line, word):
    file = tmp_path / "icp.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=word) as caught:
        load_icp(file)
    assert caught.value.place.row == line


@pytest.mark.parametrize("text", ["a: [", "- 1", "", "schema: 1\ncriteria: []\n", "schema: 1\nname: x\ncriteria: 5\n"])
def test_what_is_no_profile_is_refused(tmp_path, text):
    file = tmp_path / "icp.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match="not a profile"):
        load_icp(file)


def test_an_edited_definition_is_at_most_tentative(tmp_path):
    file = tmp_path / "icp.yml"
    criteria = [{"attribute": "exports", "is": True, "edited_by": "Aoki", "why": "new market"}]
    write_icp(file, {**MINIMAL, "criteria": criteria, "verdict": "supported"})
    assert load_icp(file).verdict == "tentative"


def test_the_refused_rule_is_worked_with(tmp_path):
    file = tmp_path / "icp.yml"
    write_icp(file, {**MINIMAL, "criteria": [], "evidence": {"refused": MINIMAL["criteria"]}, "verdict": "unsupported"})
    assert load_icp(file).rule == Rule()
    assert load_icp(file).working_rule == Rule((Criterion.flag("exports"),))


def test_categories_that_other_readers_take_for_flags_are_quoted(tmp_path):
    """A category called No stays a word for readers of YAML 1.1; the flag of `is` stays a plain yes."""
    file = tmp_path / "icp.yml"
    criteria = [{"attribute": "competitors", "in": ["No", "Unknown"]}, {"attribute": "exports", "is": True}]
    write_icp(file, {**MINIMAL, "criteria": criteria})
    text = file.read_text(encoding="utf-8")
    assert "- 'No'" in text
    assert "is: yes" in text
    assert load_icp(file).rule == Rule((Criterion.one_of("competitors", ["No", "Unknown"]), Criterion.flag("exports")))
