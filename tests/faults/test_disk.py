"""A disk that is full or may not be written to: a message that names the place, and nothing half-written."""

import json
import shutil
import subprocess
import sys

import pytest

# Runs in a mount namespace of its own, where it lays disks of its own: what it mounts is gone with it.
INSIDE = """
import json, os, subprocess, sys
from pathlib import Path
from icp_lab.artifacts.manifest import read_manifest
from icp_lab.errors import LabError
from icp_lab.report.make import Wish, make_report
folder, said = Path(sys.argv[1]), {}
study, house, former, disk = folder / "study", folder / "house", folder / "out", folder / "disk"

def mount(*words):
    subprocess.run(["mount", *words], check=True)

def take(name, seed):
    "Run with another seed, so that one step and the index are to be made; tell how it ended and what lies there."
    out = disk / "out"
    try:
        run = make_report(study, out, Wish([f"06a_segments.seed={seed}"], notebooks=house))
        words = {key: end.cause for key, end in run.steps.items() if end.cause} | run.unmade
    except (LabError, OSError) as error:
        run, words = None, {"error": str(error)}
    steps = [read_manifest(step) is not None for step in sorted((out / "artifacts").iterdir())]
    index = (out / "index.html").read_text(encoding="utf-8")
    drafts = [str(path) for path in out.rglob(".*") if path.is_file() and path.name != ".lock"]
    said[name] = {"ok": bool(run and run.ok), "words": words, "steps": steps, "announced": "was stopped" in index,
                  "whole": index.rstrip().endswith("</html>"), "drafts": drafts}

disk.mkdir()
mount("-t", "tmpfs", "-o", "size=64m", "none", str(disk))
subprocess.run(["cp", "-r", str(former), str(disk)], check=True)
held = os.statvfs(disk)
used = (held.f_blocks - held.f_bfree) * held.f_bsize // 1024
for name, room in json.loads(sys.argv[2]).items():
    mount("-o", f"remount,size={used + room}k", str(disk))
    take(name, int(room) + 1)
    mount("-o", "remount,size=64m", str(disk))
take("room again", 1)
mount("-o", "remount,ro", str(disk))
take("read-only", 2)
take("read-only and fresh", 1)
mount("--bind", str(study), str(study))
mount("-o", "remount,bind,ro", str(study))
mount("-o", "remount,rw", str(disk))
take("study read-only", 3)
print(json.dumps(said))
"""


def _unshare():
    """Give the command for a mount namespace; there is none where the system forbids it."""
    if shutil.which("unshare"):
        for command in (["unshare", "-m"], ["unshare", "-rm"]):
            if subprocess.run([*command, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
                              ).returncode == 0:
                return command
    pytest.skip("this system gives no mount namespace to lay a small disk in (unshare -m, or -rm)")


@pytest.mark.slow
def test_a_full_or_read_only_disk_is_said_and_costs_nothing(report):
    command = [*_unshare(), sys.executable, "-c", INSIDE, str(report.folder), json.dumps({"none": 0, "little": 60})]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    for name in ("none", "little"):
        words = " ".join(said[name]["words"].values())
        assert "The disk is full" in words or "The disk became full" in words, name
        assert "run icp-lab report again" in words
        assert not said[name]["ok"]
        assert said[name]["steps"][:2] == [True, True]  # what was finished stays
    assert "Read-only file system" in said["read-only"]["words"]["error"]
    for name, each in said.items():
        assert each["whole"], name
        assert each["drafts"] == [], name
    for name in ("room again", "read-only and fresh", "study read-only"):
        assert said[name]["ok"], said[name]
        assert not said[name]["announced"]
        assert all(said[name]["steps"])
