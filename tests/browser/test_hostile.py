"""Text that tries to be more than text, in every field of every table and in all that people hand back.

It is shown as text, in both languages, on every page, sheet, slide and paper, and that is all.
"""

import csv
import itertools
import re
import shutil
import subprocess
from collections import Counter
from contextlib import suppress
from datetime import date
from xml.etree import ElementTree
from zipfile import ZipFile
from zlib import decompressobj, error

import openpyxl
import pandas as pd
import pytest
from ruamel.yaml import YAML

from icp_lab import load_icp
from icp_lab.icp.versions import adopt
from icp_lab.publish.ballot import write_ballot
from icp_lab.publish.guides import write_guides
from icp_lab.report.make import Wish, make_report
from icp_lab.study.codebook import read_codebook
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


def _say(mark):
    """Give one text after another, each with a mark that tells where it was put, as workbooks and YAML can hold it.

    People are called by the other texts here, so that only of the mark it is certain that no name is taken out of it.
    """
    for text in itertools.cycle(re.sub(r"[\0\a]", "", text) for text in PAYLOADS):
        yield f"{text} <iframe title=zq{mark}>"


def _vote(study, said):
    """Hand back a ballot with texts for names, comments and proposals, under a file name that is one too.

    Marketing is against every line that the others stand behind, so that its comments are shown. The last line is one
    that no draft ever had.
    """
    (study / "review").mkdir()
    path = study / "review" / "<b>zq40.xlsx"
    items = {"profile": "", "avoid": "", "persona.p1": "", "criterion.employees": next(said)}
    lines = pd.DataFrame([(item, next(said), next(said), mark) for item, mark in items.items()],
                         columns=["item", "said", "evidence", "mark"])
    write_ballot(path, lines, study=next(said), as_of="2026-06-30", number=2)
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets[:-1]:
        rows = range(7, 7 + len(items))
        for spot in [(5, 2), *itertools.product(rows, (5, 6))]:
            sheet.cell(*spot).value = next(said)
            sheet.cell(*spot).data_type = "s"  # as Excel keeps what is typed into a cell for texts
        for row in rows:
            sheet.cell(row, 4).value = 1 if sheet is book.worksheets[0] else 9
    book.save(path)


def _put_right(study, said):
    """Hand back reasons from two people, texts that become others, codes that fit, and what a coder found."""
    first = sorted(study.glob("interviews/*.md"))[0].stem
    forms = {"reasons_<i>zq41": ["statement,reason", *((text, "price") for text in PAYLOADS[:9])],
             "reasons_bo": ["statement,reason", *((text, "product") for text in PAYLOADS[3:12])],
             "foldings": ["column,value,becomes", ("industry", "Retail", next(said)), ("city", "Oslo", next(said))],
             "codes": ["interview,passage,code,accepted", (first, 1, "zq43", "yes"), (first, 2, next(said), "yes")],
             "../coders/<u>zq42": ["interview,passage,code", *((first, n, next(said)) for n in (1, 2, 3))]}
    (study / "corrections").mkdir()
    for name, (heads, *rows) in forms.items():
        with (study / "corrections" / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([heads.split(","), *rows])


def _hand_back(study):
    """Fill in all that a report asks people for: ballot, decisions, forms, codebook, coders, guides."""
    _vote(study, _say(40))
    _put_right(study, _say(41))
    said = _say(44)
    decided = [("profile", "keep"), ("persona.p1", "keep"), ("avoid", f"add: industry in ('SaaS', {next(said)!r})")]
    with (study / "decisions.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("date", "item", "decision", "by", "reason"), *(
            ("2026-05-04", *what, next(said), next(said)) for what in decided)])
    said, book = _say(43), read_codebook(study, "en").drop(columns="topic").to_dict("records")
    for entry in book:
        entry |= {"name": f"{entry['name']} {next(said)}", "meaning": next(said), "examples": [*entry["examples"]]}
    book.append({"code": "zq43", "belongs": "pains"} | {key: next(said) for key in ("name", "meaning", "examples")})
    with (study / "codebook.yml").open("w", encoding="utf-8") as stream:
        YAML(typ="safe").dump(book, stream)
    said = _say(45)
    asked = [("A0001", 1, "management", "chosen", "en"), ("A0002", 2, "practitioner", "chosen", "ja")]
    people = pd.DataFrame([(*one, *itertools.islice(said, 4)) for one in asked],
                          columns=["account_id", "place", "kind", "part", "language", "company", "department",
                                   "seniority", "buying_role"])
    write_guides(study / "guides", people, next(said))
    for path in (study / "guides").glob("*.md"):  # what is as long as quotes are best is quoted
        text = re.sub(r"(?m)^### .*", lambda one: f"{one[0]}\n\n{next(said).ljust(140, '.')} [[zq43, manual work]]",
                      path.read_text(encoding="utf-8")).replace("consent: none", "consent: quote")
        (study / "interviews" / path.name).write_text(text, encoding="utf-8")
    shutil.rmtree(study / "guides")


def _adopt(study, said):
    """Adopt two definitions one after the other: by whom, why, what was edited and its values are texts."""
    edit = {"edited_by": next(said), "edited_on": "2026-05-20", "why": next(said)}
    for n, criteria in enumerate((
            [{"attribute": "industry", "in": [f"SaaS {LEVELS['SaaS']}", next(said)]}],
            [{"attribute": "tech_stack", "has": f"Salesforce {LEVELS['Salesforce']}"},
             {"attribute": "employees", "min": 100, "max": 600} | edit])):
        (study / "proposed").mkdir(exist_ok=True)
        with (study / "proposed" / "icp.yml").open("w", encoding="utf-8") as stream:
            YAML(typ="safe").dump({"schema": 1, "name": next(said), "criteria": criteria}, stream)
        adopt(study, study / "proposed", by=next(said), why=next(said), on=date(2026, 5 + n, 1))
    shutil.rmtree(study / "proposed")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A small company whose every table, interview, setting and hand-back holds hostile texts."""
    study = tmp_path_factory.mktemp("hostile") / "study"
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
    _hand_back(study)
    _adopt(study, _say(46))
    return study


def _run(study, out, **wish):
    run = make_report(study, out, Wish(settings=SETTINGS, **wish))
    assert {name: end.cause for name, end in run.steps.items() if end.state != "done"} == {}
    return out


@pytest.fixture(scope="module")
def english(study, tmp_path_factory):
    """The report of that company."""
    return _run(study, tmp_path_factory.mktemp("report") / "en")


@pytest.fixture(scope="module")
def japanese(study, english):
    """The same in Japanese, which computes nothing again: all products, and five of the twelve pages of steps."""
    out = english.with_name("ja")
    shutil.copytree(english, out)
    return _run(study, out, language="ja", only="03_interviews")


@pytest.fixture(params=["english", "japanese"])
def report(request):
    """The report in each of the two languages."""
    return request.getfixturevalue(request.param)


# Elements that a page has only where a text became one, and links to where no page of a report leads; what stands
# behind # in a link is the id of evidence, which holds what the data hold.
PLANTED = """() => [...document.querySelectorAll('[onerror], [onload], [src*=zq], iframe, [href], script')].filter(
    one => one.matches('[onerror], [onload], [src*=zq], iframe') ? true
    : one.hasAttribute('href') ? /zq|evil|^javascript:/i.test(one.getAttribute('href').split('#')[0])
    : one.tagName !== 'SCRIPT' || /^\\s*alert/.test(one.textContent)).map(one => one.outerHTML.slice(0, 200))"""


def _pages(report):
    return sorted(path for path in report.rglob("*.html") if path.relative_to(report).parts[0] != "artifacts")


@pytest.mark.parametrize(("width", "language"), [(390, "english"), (1440, "english"), (1440, "japanese")])
def test_on_every_page_text_is_text(visit, request, width, language):
    wrong, said = {}, ""
    for path in _pages(request.getfixturevalue(language)):
        seen, dialogs = visit(path, width), []
        seen.page.on("dialog", lambda dialog, dialogs=dialogs: (dialogs.append(dialog.message), dialog.dismiss()))
        found = {"requests": seen.requests, "errors": seen.errors, "overflow": seen.overflow,
                 "elements": seen.page.evaluate(PLANTED)}
        for box in seen.page.get_by_role("searchbox").all():
            box.fill("zq")
            found["overflow when searched"] = seen.overflow
        found |= {"dialogs": dialogs}
        wrong[f"{path.parent.name}/{path.name}"] = {what: which for what, which in found.items() if which}
        said += seen.page.evaluate("document.body.textContent")
        seen.page.close()
    assert {name: what for name, what in wrong.items() if what} == {}
    assert len(wrong) >= 16
    assert "<script>alert('zq1')</script>" in said
    assert "onerror=alert('zq2')>" in said
    marks = set(re.findall(r"<iframe title=(zq4\d)>", said))
    # Who decided and why stays in decisions.csv, and what a coder called a passage is counted only.
    assert marks == {"zq40", "zq41", "zq43", "zq44", "zq45", "zq46"}


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


def test_paper_runs_nothing_and_leads_to_pages_of_the_report_only(report):
    for path in _list(report, ".pdf"):
        text = path.read_bytes()
        for packed in re.findall(rb"stream\r?\n(.*?)endstream", text, re.S):
            with suppress(error):  # not packed
                text += decompressobj().decompress(packed)
        found = re.findall(rb"/JavaScript|/Launch|/GoToR|/EmbeddedFile", text)
        links = {link.partition(b"#")[0].decode() for link in re.findall(rb"/URI ?\(([^)]*)", text)}
        assert (path.name, found) == (path.name, [])
        assert links <= {page.name for page in _pages(report)}
        assert bool(links) == (path.name == "icp.pdf")


def test_paper_says_the_texts(report):
    if shutil.which("pdftotext") is None:
        pytest.skip("the package poppler-utils is missing (see system-packages.txt)")
    said = {path.name: subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
            for path in _list(report, ".pdf")}
    plain = {name: re.sub(r"[\s\u200b\u00ad]", "", text) for name, text in said.items()}
    assert "<script>alert('zq1')</script>" in plain["icp.pdf"]
    assert "<imgsrc=zq31onerror=alert(1)>" in plain["icp.pdf"]
    assert "</script><svgonload=alert('zq8')>" in plain["infographic.pdf"]
    assert "zq30onerror=alert(30)>" in plain["infographic.pdf"]


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
