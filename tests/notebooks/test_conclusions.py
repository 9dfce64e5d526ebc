"""A build that watches over a study stops at a changed conclusion, names it, and minds nothing else."""

import re
import shutil
import subprocess
from pathlib import Path

import conclusions
import pandas as pd
import pytest
from conclusions import CONCLUSIONS, conclude, hold, read_kept, write_kept
from ruamel.yaml import YAML

from icp_lab.artifacts import BY_NAME as ARTIFACT
from icp_lab.artifacts.manifest import Manifest, folder_of, write_manifest
from icp_lab.artifacts.store import write_artifact
from icp_lab.process import WRITER

ICP = {
    "schema": 1, "name": "Test", "as_of": "2026-03-31", "next_review": "2026-06-30",
    "outcome": "best", "verdict": "supported", "verdict_reason": [],
    "criteria": [{"attribute": "employees", "min": 100, "max": 500}], "evidence": {"lift": 4.1183}, "personas": [],
    "avoid": {"criteria": [{"attribute": "industry", "in": ["Retail"]}], "verdict": "supported", "evidence": {}},
    "segments": [{"id": "S1", "name": "SaaS, AWS", "n": 152}], "groups": {},
}  # fmt: skip


@pytest.fixture
def leave(tmp_path):
    """Leave the artifacts of a finished run; give the study and the folder of its report."""

    def run(inside=121, **changes):
        ids = [f"A{n}" for n in range(300)]
        fits = ["in"] * inside + ["out"] * (300 - inside)
        coverage = pd.DataFrame({"account_id": ids, "fit": fits, "met": "", "failed": "", "unknown": ""})
        scores = pd.DataFrame({"id": ids, "kind": "account", "listed": True, "points": 1, "known": 1.0, "reasons": "",
                               "missing": "", "engagement": 0, "warm": "none", "tier": ["A"] * 40 + ["B"] * 260})
        for name, content in {"icp": ICP | changes, "agreed_coverage": coverage, "scores": scores}.items():
            folder = folder_of(tmp_path / "out", WRITER[name])
            folder.mkdir(parents=True, exist_ok=True)
            entry = write_artifact(folder, ARTIFACT[name], content)
            write_manifest(folder, Manifest(WRITER[name], "k", "", "", {}, {}, {name: entry}))
        return tmp_path, tmp_path / "out"

    return run


def _keep(study, out):
    write_kept(study / conclusions.KEPT, {name: conclude(name, out) for name in CONCLUSIONS})


def test_conclusions_are_what_a_person_would_act_on(leave):
    _study, out = leave()
    said = {name: conclude(name, out) for name in CONCLUSIONS}
    assert said["verdict"] == "supported"
    assert said["criteria"] == "employees from 100 to under 500"
    assert said["negative profile"] == "supported: industry Retail"
    assert said["accounts"] == "in: 120\nout: 180"
    assert said["tiers"] == "account, tier A: 40\naccount, tier B: 260"
    assert said["segments"] == "SaaS, AWS: 150 customers"
    assert said["further profiles"] == "none"


def test_what_is_kept_is_a_notebook_that_reads_back(leave):
    study, out = leave()
    _keep(study, out)
    assert read_kept(study / conclusions.KEPT) == {name: conclude(name, out) for name in CONCLUSIONS}
    before = (study / conclusions.KEPT).read_bytes()
    _keep(study, out)
    assert (study / conclusions.KEPT).read_bytes() == before


def test_without_anything_kept_one_is_told_how_to_keep_it(leave, capsys):
    assert hold(*leave()) == 1
    assert "--accept" in capsys.readouterr().out


@pytest.mark.slow
def test_a_changed_conclusion_fails_by_name_and_a_changed_decimal_does_not(leave, capfd):
    _keep(*leave())
    assert hold(*leave(inside=119, evidence={"lift": 4.0971})) == 0
    assert "All 9 conclusions" in capfd.readouterr().out
    assert hold(*leave(verdict="tentative", verdict_reason=["unstable"])) == 1
    said = capfd.readouterr().out
    assert re.findall(r"^Changed: (.*)$", said, re.M) == ["verdict"]
    assert "1 failed, 9 passed" in said  # nbval itself says so
    assert "was: supported" in said


def test_a_report_that_fails_keeps_and_compares_nothing(tmp_path):
    (tmp_path / "study.yml").write_text("name: x\n", encoding="utf-8")
    ran = subprocess.run([conclusions.sys.executable, conclusions.__file__, str(tmp_path), "--accept"],
                         capture_output=True, text=True, check=False)  # fmt: skip
    assert ran.returncode == 1
    assert not (tmp_path / conclusions.KEPT).exists()


@pytest.mark.parametrize("file", ["github-actions.yml", "gitlab-ci.yml"])
def test_the_ready_made_builds_call_what_there_is(root, file):
    """Both run `make ci`, keep the report whatever it says, and leave out of it what names people."""
    text = (root / "docs/ci" / file).read_text(encoding="utf-8")
    assert YAML(typ="safe").load(text)
    assert re.search(r"make -C lab ci STUDY=\S+ OUT=\S+", text)
    assert "always" in text
    assert "private" in text
    assert re.search(r"^ci: ", Path(root / "Makefile").read_text(encoding="utf-8"), re.M)
    assert shutil.which("make")
