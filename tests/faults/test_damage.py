"""What lies in a report's folder may be damaged in any way: it is noticed, made anew, and never shown."""

import os
import random
import shutil

import pytest

from icp_lab.artifacts.manifest import folder_of, read_manifest, read_page_facts
from icp_lab.report import make
from icp_lab.report.make import plan_report, read_record
from icp_lab.study import config, open_study

DAMAGE = {
    "truncated": lambda data, _draw: data[: len(data) // 2],
    "emptied": lambda _data, _draw: b"",
    "flipped": lambda data, draw: _flip(data, draw.randrange(len(data)), draw.randrange(8)),
    "zeroed": lambda data, _draw: bytes(len(data)),
    "another": lambda _data, _draw: b"[]\n",
}


def _flip(data, place, bit):
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_of_a_step_makes_the_step_absent(report, kind):
    draw = random.Random(0)
    assert set(report.status().values()) == {"fresh"}
    tried = 0
    for path in sorted((report.out / "artifacts").rglob("*")):
        if path.suffix not in (".json", ".parquet") or path.parent.name == "results":
            continue
        whole = path.read_bytes()
        for _time in range(5 if kind == "flipped" else 1):
            path.write_bytes(DAMAGE[kind](whole, draw))
            assert report.status()[path.parent.name] == "absent", path.name
            tried += 1
        path.write_bytes(whole)
    assert tried == 12 * (5 if kind == "flipped" else 1)
    assert set(report.status().values()) == {"fresh"}


def test_no_bit_of_a_manifest_can_change_unnoticed(report):
    path = folder_of(report.out, "06a_segments") / "manifest.json"
    whole, draw = path.read_bytes(), random.Random(1)
    held = read_manifest(path.parent)
    for place in draw.sample(range(len(whole)), 300):
        path.write_bytes(_flip(whole, place, draw.randrange(8)))
        assert read_manifest(path.parent) in (None, held), place  # white space between words may change


def test_a_damaged_page_is_made_anew(report):
    page = report.out / "02_best_customers.html"
    page.write_bytes(page.read_bytes()[:-1000])
    assert report.status()["02_best_customers"] == "stale"


@pytest.mark.parametrize("text", ["", "[]", "null", '{"steps": 3}', '{"steps": {"01_customer_base": []}, "asked": 1}',
                                  "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "[" * 100_000])
def test_a_damaged_record_of_the_run_is_not_believed(report, text):
    (report.out / "run.json").write_text(text, encoding="utf-8")
    assert read_record(report.out) == {}
    assert set(report.status().values()) == {"fresh"}


def test_a_report_in_which_everything_is_damaged_is_made_anew(report, finished):
    draw = random.Random(2)
    files = sorted(path for path in report.out.rglob("*") if path.is_file() and path.name != ".lock")
    for path, kind in zip(files, draw.choices(list(DAMAGE), k=len(files)), strict=True):
        path.write_bytes(DAMAGE[kind](path.read_bytes() or b"x", draw))
    assert report.run().ok
    assert report.contents() == finished.contents()
    assert report.run().idle
    assert read_page_facts(folder_of(report.out, "01_customer_base"))["headlines"] == ["Eight firms."]
    assert "Eight firms." in (report.out / "index.html").read_text(encoding="utf-8")


def _shift(folder, seconds):
    for path in sorted(folder.rglob("*"), reverse=True):
        os.utime(path, (path.stat().st_mtime + seconds, path.stat().st_mtime + seconds))


@pytest.mark.parametrize("years", [-30, 30])
def test_a_clock_that_was_set_otherwise_changes_nothing(report, years):
    """Freshness goes by content: time stamps of another time neither hide a change nor feign one."""
    _shift(report.out, years * 365 * 86400)
    assert set(report.status().values()) == {"fresh"}
    assert report.run().idle
    accounts = report.study / "accounts.csv"
    before = accounts.stat()
    accounts.write_text(accounts.read_text(encoding="utf-8").replace("Firm 3", "Farm 3"), encoding="utf-8")
    os.utime(accounts, ns=(before.st_atime_ns, before.st_mtime_ns))  # as long as before, and as old
    assert report.status()["01_customer_base"] == "stale"
    shutil.copystat(report.study / "study.yml", accounts)
    assert report.status()["01_customer_base"] == "stale"


@pytest.mark.parametrize(("key", "line"), [
    ("name", "name: Other"), ("language", "language: ja"), ("as_of", "as_of: 2026-04-30"),
    ("currency", "currency: JPY"),
    ("outcome", "outcome: won"), ("outcome_window_months", "outcome_window_months: 6"),
    ("fiscal_year_start", "fiscal_year_start: 4"),
    ("tables", "tables: {accounts: {file: accounts.csv, set: {country: JP}}}"),
    ("other_tables", "other_tables: {more: accounts.csv}"), ("attributes", "attributes: {exclude: [industry]}"),
    ("privacy", "privacy: {companies: pseudonyms}"), ("brand", "brand: {footer: secret}"),
    ("capacity", "capacity: {reps: 2}"), ("steps", "steps: {06a_segments: {seed: 3}}")])
def test_a_report_is_no_longer_fresh_after_a_word_of_study_yml(report, key, line):
    """Whatever study.yml says that pages or products show or rest on makes these anew."""
    assert set(config._KEYS) == {"name", "language", "as_of", "currency", "outcome", "outcome_window_months",
                                 "fiscal_year_start", "tables", "other_tables", "attributes", "privacy", "brand",
                                 "capacity", "steps"}
    yml = report.study / "study.yml"
    lines = [each for each in yml.read_text(encoding="utf-8").splitlines() if not each.startswith((f"{key}:", "  " * (
        key == "tables") or "-"))]
    yml.write_text("\n".join([*lines, line, ""]), encoding="utf-8")
    plan = plan_report(open_study(report.study), report.out, report.wish())
    fresh = set(report.status().values()) == {"fresh"} and make._describe_site(plan) == read_record(report.out)["site"]
    assert fresh is (key == "other_tables")  # which no table joins from
