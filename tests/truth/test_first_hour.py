"""As somebody new would: a folder of exports and nothing else, two commands, and the whole report is there.

Three files of HubSpot make one in tests/house/test_tutorial.py.
"""

import json
import os
import re
import subprocess
import sys
from html import unescape
from urllib.parse import unquote, urlsplit

import exports
import pytest
from openpyxl import load_workbook

pytestmark = pytest.mark.slow
ODD = "営業 部 #1 50% 'one' \"two\" {three} [four] & $five ; ü"


@pytest.fixture
def commands(root):
    """The two commands of the README that lead from exports to a report, without the tool's name."""
    text = (root / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^    icp-lab ((?:init|report) .*)$", text, re.M)
    assert [command.split()[0] for command in shown[:2]] == ["init", "report"]
    return [command.split() for command in shown[:2]]


def run_commands(commands, place):
    """Run them where the exports lie, on a terminal of no language; give the folder of the report."""
    environment = {name: value for name, value in os.environ.items() if name not in {"LC_ALL", "LC_MESSAGES", "LANG"}}
    for words in commands:
        command = [sys.executable, "-m", "icp_lab", *words]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return place / "reports/my_study"


def list_broken_links(report):
    """Follow every link of the pages that leads to a file; a browser would ask for it by this name."""
    links = [(page, urlsplit(unescape(href))) for page in sorted(report.rglob("*.html"))
             for href in re.findall(r'<a\b[^>]*? href="([^"]*)"', page.read_text(encoding="utf-8"))]
    own = [(page, unquote(link.path)) for page, link in links if not link.scheme and link.path]
    assert len(own) > 100
    return [f"{page.name}: {path}" for page, path in own if not (page.parent / path).exists()]


def list_unfinished(report, root):
    """Name the house's notebooks that left no page, and check that the rest of a report is there."""
    assert {"index.html", "icp.html", "icp.yml", "icp.xlsx"} <= {path.name for path in report.iterdir()}
    assert json.loads((report / "run.json").read_text(encoding="utf-8"))
    return [path.stem for path in (root / "notebooks").glob("*.ipynb") if not (report / f"{path.stem}.html").is_file()]


def test_one_ledger_in_japanese_makes_a_report_in_japanese(commands, tmp_path, root):
    """In a folder whose name tries all that paths, links, globs and templates give a meaning to."""
    place = tmp_path / ODD
    exports.write_ledger(place / "exports")
    report = run_commands(commands, place)
    assert list_unfinished(report, root) == []
    assert list_broken_links(report) == []
    pages = [page.read_text(encoding="utf-8") for page in report.glob("*.html")]
    assert all('lang="ja"' in page for page in pages)
    assert load_workbook(report / "icp.xlsx").sheetnames[0] == "要約"
