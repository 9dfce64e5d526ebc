"""icp.yml is read strictly and written so that people can edit it."""

from datetime import date

import pandas as pd
import pytest

from icp_lab.artifacts import BY_NAME as ARTIFACT
from icp_lab.artifacts.manifest import Manifest, folder_of, write_manifest
from icp_lab.artifacts.store import write_artifact
from icp_lab.errors import LabError
from icp_lab.icp import adopt, load_icp, rollback, write_icp
from icp_lab.icp.versions import read_standings, read_versions
from icp_lab.process import WRITER
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


@pytest.mark.parametrize("said", [
    "score: {base: much}", "score: {points: [{criterion: {attribute: x, min: 1}, met: much}]}",
    "score: {points: [{criterion: {attribute: x, min: 1}, failed: 1.0e20}]}", "tiers: [{name: A, min_fit: high}]",
    "tiers: [{name: A}]", "tiers: [{min_fit: 3}]", "tiers: [null]", "score: {base: yes}",
])  # fmt: skip
def test_points_that_are_none_are_refused_with_their_line(tmp_path, said):
    """They once ended a notebook, long after somebody had adopted them."""
    file = tmp_path / "icp.yml"
    file.write_text(f"schema: 1\nname: x\ncriteria: []\n{said}\n", encoding="utf-8")
    with pytest.raises(LabError, match=r"icp\.yml, line 4: .* gives no points"):
        load_icp(file)


DAY = date(2026, 7, 1)
SCORE = {"score": {"base": 50, "points": [{"criterion": {"attribute": "growth", "min": 2}, "met": 7, "failed": -5}]},
         "tiers": [{"name": "A", "min_fit": 55}, {"name": "C", "min_fit": 20}]}


def _propose(out, minimum):
    criterion = {"attribute": "employees", "min": minimum}
    write_icp(out / "icp.yml", {"schema": 1, "name": "Demo", "criteria": [criterion], **SCORE})


def test_adopting_counts_versions_and_keeps_the_former_with_its_comments(tmp_path):
    study, out = tmp_path / "study", tmp_path / "out"
    _propose(out, 100)
    assert adopt(study, out, by="Sato", why="first", on=DAY).version == "1"
    file = study / "icp.yml"
    file.write_text(file.read_text(encoding="utf-8") + "# agreed with sales\n", encoding="utf-8")
    former = file.read_text(encoding="utf-8")
    _propose(out, 200)
    second = adopt(study, out, by="Mori", why="more data", on=DAY)
    assert second.version == "2"
    assert {key: second.data[key] for key in SCORE} == SCORE
    assert [entry["by"] for entry in second.data["history"]] == ["Sato", "Mori"]
    assert (study / "icp" / "1.yml").read_text(encoding="utf-8") == former
    assert rollback(study, "1").rule.criteria[0].min == 100
    assert file.read_text(encoding="utf-8") == former
    assert adopt(study, out, by="Mori", why="again", on=DAY).version == "3"


def test_the_history_stands_for_itself(tmp_path):
    study, out = tmp_path / "study", tmp_path / "out"
    _propose(out, 100)
    adopt(study, out, by="Sato", why="first", on=DAY)
    file = study / "icp.yml"
    text = file.read_text(encoding="utf-8")
    assert "&" not in text
    assert "*" not in text
    file.write_text(text.replace("min: 100", "min: 150", 1), encoding="utf-8")
    edited = load_icp(file).data
    assert (edited["criteria"][0]["min"], edited["history"][0]["criteria"][0]["min"]) == (150, 100)


def test_an_edit_by_hand_never_goes_over_a_version_that_is_kept(tmp_path):
    study, out = tmp_path / "study", tmp_path / "out"
    _propose(out, 100)
    adopt(study, out, by="Sato", why="first", on=DAY)
    first = (study / "icp.yml").read_text(encoding="utf-8")
    adopt(study, out, by="Sato", why="second", on=DAY)
    rollback(study, "1")
    for minimum in (150, 160):
        (study / "icp.yml").write_text(first.replace("min: 100", f"min: {minimum}", 1), encoding="utf-8")
        rollback(study, "1")
        assert (study / "icp.yml").read_text(encoding="utf-8") == first
    assert (study / "icp" / "1.yml").read_text(encoding="utf-8") == first
    assert rollback(study, "1-edited-2").rule.criteria[0].min == 160


def test_what_is_not_there_cannot_be_adopted_or_restored(tmp_path):
    with pytest.raises(LabError, match="icp-lab report"):
        adopt(tmp_path / "study", tmp_path / "out", by="x", why="y", on=DAY)
    with pytest.raises(LabError, match="no version 7"):
        rollback(tmp_path, "7")


def test_back_and_forth_between_versions_is_byte_for_byte(tmp_path):
    study, out = tmp_path / "study", tmp_path / "out"
    file, texts = study / "icp.yml", {}
    for minimum in (100, 200):
        _propose(out, minimum)
        version = adopt(study, out, by="Sato", why="a quarter later", on=DAY).version
        if version == "1":  # as an editor on another system leaves it
            file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n") + "# 営業と合意\r\n".encode())
        texts[version] = file.read_bytes()
    for version in ("1", "2", "1"):
        rollback(study, version)
        assert file.read_bytes() == texts[version]


def test_where_accounts_stand_is_kept_with_the_version(tmp_path):
    study, out = tmp_path / "study", tmp_path / "out"
    _propose(out, 100)
    folder = folder_of(out, WRITER["standings"])
    folder.mkdir(parents=True)
    rows = {"account_id": ["007", "NA"], "fit": ["in", "out"], "points": [71, None], "tier": ["A", ""]}
    entry = write_artifact(folder, ARTIFACT["standings"], pd.DataFrame(rows).astype({"points": "Int64"}))
    write_manifest(folder, Manifest(folder.name, "k", "", "", {}, {}, {"standings": entry}))
    adopt(study, out, by="Sato", why="first", on=DAY)
    kept = read_standings(study, "1")
    assert kept.to_numpy().tolist() == [["007", "in", "71", "A"], ["NA", "out", "", ""]]
    assert read_standings(study, "2").empty


def test_former_versions_are_read_latest_first_by_their_own_name_or_that_of_their_file(tmp_path):
    assert read_versions(tmp_path) == ()
    head = "schema: 1\nname: Us\ncriteria: []\n"
    (tmp_path / "icp").mkdir()
    for name, more in (("9", "version: '9'\n"), ("10", "version: '10'\n"), ("by_hand", "")):
        (tmp_path / f"icp/{name}.yml").write_text(head + more)
    assert [one["version"] for one in read_versions(tmp_path)] == ["by_hand", "10", "9"]
