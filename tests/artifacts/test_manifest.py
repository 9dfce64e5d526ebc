"""A manifest is believed only as far as its files bear it out; a step is put in place in one move."""

import subprocess
import sys
from dataclasses import replace

import pytest

from icp_lab.artifacts.manifest import (
    Entry,
    Manifest,
    digest_file,
    digest_text,
    folder_of,
    read_manifest,
    write_manifest,
)
from icp_lab.artifacts.place import drop_step, hold, place_step
from icp_lab.errors import LabError


@pytest.fixture
def staged(tmp_path):
    folder = tmp_path / ".work" / "1" / "02_best_customers"
    folder.mkdir(parents=True)
    (folder / "avoid.json").write_text("{}", encoding="utf-8")
    entry = Entry("avoid.json", digest_file(folder / "avoid.json"), "c", 1)
    manifest = Manifest("02_best_customers", "k", "", "", {"study": "s"}, {"top_share": 0.2}, {"avoid": entry})
    write_manifest(folder, manifest)
    return folder


def test_a_manifest_comes_back(staged):
    manifest = read_manifest(staged)
    assert manifest.parameters == {"top_share": 0.2}
    write_manifest(staged, replace(manifest, page="p"))
    assert read_manifest(staged) == replace(manifest, page="p")


def test_a_changed_or_missing_file_makes_the_step_absent(staged):
    (staged / "avoid.json").write_text("{} ", encoding="utf-8")
    assert read_manifest(staged) is None
    (staged / "avoid.json").unlink()
    assert read_manifest(staged) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"artifacts": {"a": {"x": 1}}}'])
def test_a_damaged_manifest_makes_the_step_absent(staged, text):
    (staged / "manifest.json").write_text(text, encoding="utf-8")
    assert read_manifest(staged) is None


def test_placing_a_step_replaces_the_former_one_whole(staged, tmp_path):
    final = folder_of(tmp_path, "02_best_customers")
    final.mkdir(parents=True)
    (final / "old.json").write_text("{}", encoding="utf-8")
    place_step(staged, tmp_path, "02_best_customers")
    assert sorted(path.name for path in final.iterdir()) == ["avoid.json", "manifest.json"]
    assert list(staged.parent.iterdir()) == []
    drop_step(tmp_path, "02_best_customers")
    assert not final.exists()


def test_words_are_kept_apart():
    assert digest_text("ab", "c") != digest_text("a", "bc")


def test_one_process_at_a_time(tmp_path):
    imports = "import sys; from pathlib import Path; from icp_lab.artifacts.place import hold"
    code = f"{imports}\nwith hold(Path(sys.argv[1]), 'me'): pass"
    command = [sys.executable, "-c", code, str(tmp_path)]
    with hold(tmp_path, "the first run"):
        second = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "Another run is writing" in second.stderr
        assert "the first run, process" in second.stderr
    assert subprocess.run(command, check=False).returncode == 0
    with pytest.raises(LabError), hold(tmp_path, "a"), hold(tmp_path, "b"):
        pytest.fail("the folder was held twice")
