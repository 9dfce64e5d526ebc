"""Text that tries to be more than text, in every field of every table: it is shown as text, and that is all."""

import csv
import itertools
import re
from collections import Counter
from contextlib import suppress
from xml.etree import ElementTree
from zipfile import ZipFile
from zlib import decompressobj, error

import openpyxl
import pytest

from icp_lab import load_icp
from icp_lab.report.make import Wish, make_report
from icp_lab.worlds import write_demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Markup, formulas, marks of direction, length, pictograms, widths; what templates, LaTeX, Markdown and Typst read.
PAYLOADS = (
    "<script>alert('zq1')</script>", "\"><img src=zq2 onerror=alert('zq2')>",
    '=HYPERLINK("http://evil.example/zq3","x")',
    "\u202ezq4 evil\u202c\u200f עברית", "zq5" + "W" * 1997, "🎉👩‍👩‍👧‍👦 zq6", "zq7 ﾊﾝｶｸｶﾅ ｶﾞｯｺｳ",
    "</script><svg onload=alert('zq8')>", "{zq9} {0} {{7*7}} {% raw %} %s %(x)s ${x}", "$\\frac{zq10}$ _x_ ^ \\n",
    "**zq11** [x](javascript:alert('zq11')) ![y](http://evil.example/y) `z` | # h", "#import \"zq12\" @x $y$ <z>",
    "@SUM(1) zq13", "-2+3 zq14", "+zq15", "\t=1+1 zq16", "'; DROP TABLE accounts; -- zq17", "]]> &lt;b&gt; &amp; zq18",
    "javascript:alert('zq19')", "zq20 株式会社" + "株" * 500, "x\u0007\u0000\ufeff zq21", "http://evil.example/zq22",
    "first line\nsecond, zq23")
# What many rows share: levels of attributes, of which criteria, segments and parts of the market are made.
LEVELS = dict(zip(("SaaS", "Fintech", "DACH", "Northern Europe", "Salesforce", "Partner", "team", "security", "price"),
                  itertools.chain(PAYLOADS[:4], PAYLOADS[7:]), strict=False))
SETTINGS = ("04_negative_cases.show_texts=yes", "03_interviews.quotes=3", "06b_draft_icp.permutations=39",
            "06b_draft_icp.bootstraps=10", "04_negative_cases.permutations=19", "06a_segments.resamples=5",
            "06a_segments.nulls=5", "08a_targeting.bootstraps=50", "07_review.permutations=99")


def _plant(path, kept):
    """Put a text into a cell in eleven of every column, in turn; what is a level or a key is the same everywhere."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(map(list, dict.fromkeys(map(tuple, csv.reader(stream)))))
    turn = itertools.cycle(PAYLOADS)
    for place, head in enumerate(rows[0]):
        step = 97 if head in NEEDED else 11 if len(rows) > 33 else 3
        for n, row in enumerate(rows[1:]):
            cell = row[place]
            if head.casefold().endswith(("_id", " id")):
                planted = cell[-2:-1] == "7" and cell not in kept
                row[place] = f"{cell}{PAYLOADS[int(cell[-1])]}" if planted else cell
            elif any(level in cell.split(";") for level in LEVELS):
                row[place] = ";".join(f"{each} {LEVELS[each]}" if each in LEVELS else each for each in cell.split(";"))
            elif n % step == step - 1:
                row[place] = next(turn)
    for row in rows:
        row.append(f"own {PAYLOADS[1]}" if row is rows[0] else next(turn))
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


# A planted cell costs its row here: without the row there would be less to show.
NEEDED = ("Headcount", "Turnover (thousands)", "Founded", "Customer since", "date", "created", "closed", "stage",
          "amount", "kind", "score", "answer_scale", "period", "companies", "arm", "assigned", "per", "end_date",
          "vote", "item", "reached", "lead", "deal", "cost", "target_employees_min", "target_employees_max",
          "year", "verdict", "agrees")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The report of a small company whose every table, interview and setting holds hostile texts."""
    study, out = tmp_path_factory.mktemp("hostile") / "study", tmp_path_factory.mktemp("report")
    write_demo(study, 240, 3)
    kept = {re.search(r"account_id: (\w+)", path.read_text(encoding="utf-8"))[1] for path in study.glob("interviews/*")}
    for path in study.glob("*.csv"):
        _plant(path, kept)
    for n, path in enumerate(sorted(study.glob("interviews/*.md"))):
        said = itertools.cycle(PAYLOADS[n:] + PAYLOADS[:n])
        text = re.sub(r" \[\[", lambda found, said=said: f" {next(said)}{found[0]}", path.read_text(encoding="utf-8"))
        text = re.sub("interviewer: .*", f"interviewer: {PAYLOADS[1][2:]}", text)
        path.write_text(re.sub("consent: .*", "consent: quote", text).replace("\0", ""), encoding="utf-8")
    named = "name: 'Demo \"><img src=zq30 onerror=alert(30)>'"
    yml = (study / "study.yml").read_text(encoding="utf-8").replace("name: Demo", named)
    brand = ("brand: {name: '<img src=zq31 onerror=alert(1)>', footer: '<script>alert(1)</script>', "
             "approval: '=1+1,<b>'}\n")
    (study / "study.yml").write_text(yml + brand, encoding="utf-8")
    told = (study / "hypotheses.yml").read_text(encoding="utf-8")
    (study / "hypotheses.yml").write_text(told.replace("The textbook", f"'{PAYLOADS[7].replace(chr(39), '')}'"),
                                          encoding="utf-8")
    run = make_report(study, out, Wish(settings=SETTINGS))
    assert {name: end.cause for name, end in run.steps.items() if end.state != "done"} == {}
    return out


# Elements that a page has only where a text became one, and links to where no page of a report leads; what stands
# behind # in a link is the id of evidence, which holds what the data hold.
PLANTED = """() => [...document.querySelectorAll('[onerror], [onload], [src*=zq], [href], script')].filter(one =>
    one.matches('[onerror], [onload], [src*=zq]') ? true
    : one.hasAttribute('href') ? /zq|evil|^javascript:/i.test(one.getAttribute('href').split('#')[0])
    : one.tagName !== 'SCRIPT' || /^\\s*alert/.test(one.textContent)).map(one => one.outerHTML.slice(0, 200))"""


def _pages(report):
    return sorted(path for path in report.rglob("*.html") if path.relative_to(report).parts[0] != "artifacts")


@pytest.mark.parametrize("width", [390, 1440])
def test_on_every_page_text_is_text(visit, report, width):
    wrong, said = {}, ""
    for path in _pages(report):
        seen, dialogs = visit(path, width), []
        seen.page.on("dialog", lambda dialog, dialogs=dialogs: (dialogs.append(dialog.message), dialog.dismiss()))
        found = {"requests": seen.requests, "errors": seen.errors, "overflow": seen.overflow,
                 "elements": seen.page.evaluate(PLANTED)}
        for box in seen.page.get_by_role("searchbox").all():
            box.press_sequentially("zq")
            found["overflow when searched"] = seen.overflow
        wrong[path.name] = {what: which for what, which in (found | {"dialogs": dialogs}).items() if which}
        said += seen.page.evaluate("document.body.textContent")
        seen.page.close()
    assert {name: what for name, what in wrong.items() if what} == {}
    assert len(wrong) >= 14
    assert "<script>alert('zq1')</script>" in said
    assert "onerror=alert('zq2')>" in said


def _list(report, ending):
    found = [path for path in report.rglob(f"*{ending}") if path.relative_to(report).parts[0] != "artifacts"]
    assert found
    return found


def test_no_cell_of_a_sheet_is_a_formula_or_a_link(report):
    wrong, said = [], Counter()
    for path in _list(report, ".xlsx"):
        for sheet in openpyxl.load_workbook(path):
            cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
            wrong += [f"{path.name}, {sheet.title}, {cell.coordinate}: {str(cell.value)[:60]}" for cell in cells
                      if cell.data_type == "f" or cell.hyperlink
                      or (cell.data_type == "s" and re.match(r"[=+\-@]", cell.value) and not cell.quotePrefix)]
            said.update(mark for cell in cells for mark in re.findall(r"zq\d+", str(cell.value)))
    assert wrong == []
    assert {"zq1", "zq2", "zq3"} <= set(said)


def test_no_cell_of_a_file_for_spreadsheets_begins_like_a_formula(report):
    wrong = []
    for path in _list(report, ".csv"):
        text = path.read_bytes()
        encoding = "utf-8-sig" if text.startswith(b"\xef\xbb\xbf") else "utf-8"
        for number, row in enumerate(csv.reader(text.decode(encoding).splitlines(keepends=True)), start=1):
            wrong += [f"{path.name}, {number}: {cell[:60]!r}" for cell in row
                      if re.match(r"[=+\-@\t\r\n]", cell) and not re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell)]
    assert wrong == []


def test_slides_hold_texts_and_lead_nowhere(report):
    with ZipFile(report / "icp.pptx") as deck:
        parts = {name: deck.read(name).decode() for name in deck.namelist() if name.endswith((".xml", ".rels"))}
    for text in parts.values():
        ElementTree.fromstring(text)
    assert [name for name, text in parts.items() if 'TargetMode="External"' in text and "evil" in text] == []
    slides = "".join(text for name, text in parts.items() if name.startswith("ppt/slides/"))
    assert "&lt;script&gt;alert('zq1')" in slides
    assert not re.search(r"<(?:a:)?hlinkClick[^>]*(?:evil|javascript)", slides)


def test_paper_runs_nothing_and_leads_nowhere(report):
    for path in _list(report, ".pdf"):
        text = path.read_bytes()
        for packed in re.findall(rb"stream\r?\n(.*?)endstream", text, re.S):
            with suppress(error):  # not packed
                text += decompressobj().decompress(packed)
        found = re.findall(rb"/URI ?\([^)]*(?:evil|javascript)[^)]*\)|/JavaScript|/Launch", text)
        assert (path.name, found) == (path.name, [])


def test_pictures_hold_texts_only(report):
    for path in _list(report, ".svg"):
        nodes = list(ElementTree.parse(path).iter())
        assert {node.tag.partition("}")[2] for node in nodes} <= {
            "svg", "g", "text", "tspan", "rect", "path", "circle", "title", "desc", "line", "defs", "style"}
        assert [name for node in nodes for name in node.attrib if name.startswith("on") or "href" in name] == []
        assert "zq" in "".join(node.text or "" for node in nodes)


def test_the_definition_reads_back(report):
    icp = load_icp(report / "icp.yml")
    assert "zq" in str(icp)


def test_markdown_for_assistants_opens_nothing(report):
    brief = (report / "icp_brief.md").read_text(encoding="utf-8")
    assert not re.search(r"^\s*(#import|<script|\|)", brief, re.M)
