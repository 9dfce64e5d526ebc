"""A killed run leaves finished steps finished and nothing half-written; the next one ends in the same results."""

import subprocess
import sys
import time

import psutil
import pytest

from icp_lab.artifacts.manifest import read_manifest
from icp_lab.artifacts.place import WORK
from icp_lab.report.make import make_report

RUN = """
import sys
from pathlib import Path
from icp_lab.report.make import Wish, make_report
make_report(Path(sys.argv[1]), Path(sys.argv[2]), Wish(notebooks=Path(sys.argv[3])))
"""
MOMENTS = 10


def _contents(out):
    manifests = {path.name: read_manifest(path) for path in sorted((out / "artifacts").iterdir())}
    assert None not in manifests.values()
    return {name: {key: entry.content for key, entry in m.artifacts.items()} for name, m in manifests.items()}


def _start(study, out, house):
    command = [sys.executable, "-c", RUN, str(study), str(out), str(house)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _kill(process):
    """Kill the run alone, and wait for its kernels to see that it is gone."""
    kernels = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.kill()
    process.wait()
    _gone, alive = psutil.wait_procs(kernels, timeout=30)
    return alive


@pytest.mark.slow
def test_a_run_killed_at_any_moment_goes_on_to_the_same_results(study, house, wish, tmp_path):
    began = time.monotonic()
    assert _start(study, tmp_path / "whole", house).wait() == 0
    length = time.monotonic() - began
    expected = _contents(tmp_path / "whole")
    for moment in range(MOMENTS):
        out = tmp_path / f"killed-{moment}"
        process = _start(study, out, house)
        time.sleep(length * (moment + 0.5) / MOMENTS)
        assert _kill(process) == []
        finished = [path for path in (out / "artifacts").glob("*") if read_manifest(path)]
        run = make_report(study, out, wish())
        assert run.ok
        for path in finished:
            assert run.steps[path.name].state in ("fresh", "done")
        assert _contents(out) == expected
        assert list((out / WORK).glob("*")) == []
        assert make_report(study, out, wish()).idle
