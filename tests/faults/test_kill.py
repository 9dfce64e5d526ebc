"""A killed run leaves finished steps finished and nothing half-written; the next one ends in the same results."""

import random
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from icp_lab.artifacts.manifest import read_manifest
from icp_lab.artifacts.place import WORK
from icp_lab.errors import LabError
from icp_lab.report import asking
from icp_lab.report.make import make_report
from icp_lab.study import open_study
from icp_lab.study.begin import collect

RUN = """
import sys
from pathlib import Path
from icp_lab.report.make import Wish, make_report
make_report(Path(sys.argv[1]), Path(sys.argv[2]), Wish(sys.argv[4:], notebooks=Path(sys.argv[3])))
"""
MOMENTS = 6  # kill_many.py tries fifty
WAYS = tuple(f"01_customer_base.years={years}" for years in (4, 3))


def _start(report, *settings):
    command = [sys.executable, "-c", RUN, str(report.study), str(report.out), str(report.house), *settings]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _kill(process):
    """Kill the run alone, and wait for its kernels to see that it is gone."""
    kernels = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.kill()
    process.wait()
    process.stderr.close()
    _gone, alive = psutil.wait_procs(kernels, timeout=60)
    return alive


@pytest.mark.slow
def test_a_run_killed_again_and_again_goes_on_to_the_same_results(report, finished):
    """Each kill meets what the one before left; what was finished stays so, and what is not is never taken for it."""
    draw, length, met, tried = random.Random(0), sum(_seconds(report).values()), 0, 0
    while met < MOMENTS:
        process = _start(report, WAYS[tried % 2])  # another wish each time, so that all steps are stale
        if tried == 0:
            _refuse_a_second_run(report, process)
        with suppress(subprocess.TimeoutExpired):
            process.wait(draw.uniform(0.05, 0.95) * length)
        met, tried = met + (process.poll() is None), tried + 1  # a machine may be quicker now than when it was measured
        assert tried <= 3 * MOMENTS
        assert _kill(process) == []
        steps = report.status()
        assert set(steps.values()) <= {"fresh", "stale", "absent"}
        for name, state in steps.items():
            assert (read_manifest(report.out / "artifacts" / name) is None) == (state == "absent")
        if not any(set(report.status(way).values()) == {"fresh"} for way in WAYS):  # steps of two runs, or some missing
            assert "was stopped before its end" in (report.out / "index.html").read_text(encoding="utf-8")
    assert report.run().ok
    assert report.contents() == finished.contents()
    assert list((report.out / WORK).glob("*")) == []
    assert "was stopped before its end" not in (report.out / "index.html").read_text(encoding="utf-8")
    assert report.run().idle


def _seconds(report):
    return {name: read_manifest(report.out / "artifacts" / name).timings["seconds"] for name in report.status()}


def _refuse_a_second_run(report, process):
    """Two at once on one folder: the second one is told who holds it, and changes nothing."""
    while not list((report.out / WORK).glob("*/01_customer_base")):
        assert process.poll() is None
        time.sleep(0.05)
    with pytest.raises(LabError, match=rf"Another run is writing .* process {process.pid}\. Wait until it has ended"):
        make_report(report.study, report.out, report.wish("06a_segments.seed=7"))
    assert "01_customer_base" in report.status()


def test_a_run_killed_over_its_forms_is_not_taken_for_ended(report, monkeypatch):
    """Steps and pages are those of the run before, word for word; the forms are not, and the next run lays them out."""

    class Killed(BaseException):
        pass

    def die(plan, _former, _note):
        (plan.out / WORK / "asking").mkdir(parents=True)
        raise Killed

    (report.out / "index.html").unlink()
    assert report.run().ok
    (report.out / "index.html").unlink()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(asking, "ask_people", die)
        report.run()
    assert report.run().ok
    assert list((report.out / WORK).glob("*")) == []


def test_what_a_killed_run_put_out_to_fill_is_not_taken_for_filled_in(tmp_path, monkeypatch):
    """The run dies while it lays out its forms; those that follow the data later are the lab's own still."""
    records, written = [{"to_fill/a.csv": "x"}], ["first"]

    class Killed(BaseException):
        pass

    def write(_plan, folder):
        (folder / "to_fill").mkdir()
        for name in ("a", "b"):
            (folder / "to_fill" / f"{name}.csv").write_text(written[-1], encoding="utf-8")

    plan = type("Plan", (), {"out": tmp_path, "language": "en"})
    monkeypatch.setattr(asking, "_ask_forms", lambda _plan: None)
    monkeypatch.setattr(asking, "WRITERS", (write,))
    asked = asking.ask_people(plan, {})
    written.append("second")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(asking, "digest_file", _die_after(asking.digest_file, 3, Killed))
        asking.ask_people(plan, asked, records.append)
    assert {path.read_text(encoding="utf-8") for path in (tmp_path / "to_fill").iterdir()} == {"first", "second"}
    written.append("third")
    asking.ask_people(plan, records[-1])
    assert {path.read_text(encoding="utf-8") for path in (tmp_path / "to_fill").iterdir()} == {"third"}


def test_what_a_kill_or_an_editor_left_beside_a_form_is_not_collected(make_study, tmp_path):
    study = make_study("tables: {accounts: accounts.csv}\n", accounts_csv="account_id\nA\n")
    filled = tmp_path / "to_fill"
    (filled / "review").mkdir(parents=True)
    (filled / "corrections").mkdir()
    for name in (".77.codes.xlsx", "~$codes.xlsx"):
        (filled / "corrections" / name).write_bytes(b"PK, half written")
        (filled / "review" / name).write_bytes(b"PK, half written")
    found = collect(filled, open_study(study))
    assert (found.copied, found.unfilled) == ((), ())


def _die_after(function, calls, death):
    left = [calls]

    def call(*args):
        left[0] -= 1
        if left[0] < 0:
            raise death
        return function(*args)

    return call
