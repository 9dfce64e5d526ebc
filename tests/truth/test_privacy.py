"""What names a person, or was said without consent, stays in private/, artifacts/ and to_fill/: marks are planted."""

import csv
import html
import itertools
import re
import shutil
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest

from icp_lab.publish.ballot import write_ballot
from icp_lab.report.make import Wish, make_report

pytestmark = pytest.mark.slow

OWN = ("private", "artifacts", "to_fill")  # folders that may name people
# Parts of names that stand nowhere else, so that any trace of one is a leak.
_FIRST, _SECOND = ("Quor", "Vyx", "Zelm", "Wrug", "Jozv", "Xand", "Fjolb", "Tzir", "Kwep", "Pyrg"), ("ane", "ulf", "ix")
_FAMILY = ("Zwelk", "Voxb", "Krumpf", "Tyzz", "Jaxw", "Quibb", "Wyrd", "Fezk", "Xolm", "Brizg", "Plunx", "Ozwald")
_MIDDLE = ("ar", "ov", "ick", "um", "esh", "ul", "ep", "ist", "on")
_REST = ("inger", "otti", "kew", "sund", "quardt", "vlo", "zeph", "mqvist", "gryff", "ladze")
_JAPANESE = ("綾小路 麗子", "武者小路 實篤", "勅使河原 蒼風", "西園寺 公望",
             "伊集院 静香", "九条 頼子", "柳生 十兵衛", "長曽我部 元親")
CONSENTED = "One definition, one number, and the argument is about deals and not about whose sheet is right."


class Marks:
    """Hands out people that nobody else is called like, and keeps what must not be seen, with where it was planted."""

    def __init__(self):
        self.planted = {}
        self._families = map("".join, itertools.product(_FAMILY, _MIDDLE, _REST))
        self._firsts = map("".join, itertools.cycle(itertools.product(_FIRST, _SECOND)))
        self._japanese, self._number = itertools.cycle(_JAPANESE), itertools.count(1)

    def keep(self, mark, where):
        self.planted.setdefault(mark, where)
        return mark

    def name(self, where):
        """A name that the study will know, of which no part may be seen."""
        return f"{next(self._firsts)} {self.keep(next(self._families), where)}"

    def titled(self, where):
        """A name that the study does not know, with a title."""
        _first, family = self.name(where).split()
        return f"{('Mr', 'Ms.', 'Dr')[len(self.planted) % 3]} {family}"

    def japanese(self, where):
        name = next(self._japanese)
        self.keep(name.split()[0], where)
        return name

    def mail(self, where):
        return self.keep(f"leak{next(self._number)}@planted-mail.example", where)

    def phone(self, where):
        n = next(self._number)
        forms = (f"+44 20 7946 {n:04}", f"03-5550-{n:04}", f"０９０－５５５０－{n:04}".translate(_WIDE),
                 f"(202) 555-{n:04}", f"080555{n:05}", f"+81 (0)3 5550 {n:04}", f"202-555-{n:04}", f"+49 30/5550{n:04}")
        return self.keep(forms[n % len(forms)], where)


_WIDE = {ord("0") + n: ord("０") + n for n in range(10)}


def _rows(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _mention(marks, where, n):
    """Write a sentence that names somebody in one of the ways in which people do."""
    ways = (f"Ask {marks.titled(where)} about it, {marks.mail(where)}", f"call {marks.phone(where)}",
            f"担当は{marks.japanese(where).replace(' ', '')}さん、電話は{marks.phone(where)}",
            f"{marks.mail(where)} を参照")
    return ways[n % len(ways)]


def _plant_tables(study, marks):
    contacts = _rows(study / "contacts.csv")
    known = []
    for n, row in enumerate(contacts):
        if n % 60 == 0:
            row["name"] = marks.japanese("contacts.name") if n % 240 == 0 else marks.name("contacts.name")
            row["email"] = marks.mail("contacts.email")
            known.append(row["name"])
        if n % 97 == 0:
            row["title"] = f"{row['title']} ({marks.titled('contacts.title')})"
    contacts.append({**contacts[0], "contact_id": "P99999", "account_id": "nowhere", "name": marks.name("set aside")})
    _write(study / "contacts.csv", contacts)
    for table, columns, every in (
            ("churn", ("reason", "text"), 9), ("support", ("text", "category"), 60), ("satisfaction", ("text",), 40),
            ("opinions", ("note",), 9), ("review", ("comment", "proposal"), 9),
            ("deals", ("loss_reason", "competitor"), 25), ("leads", ("title", "status"), 25),
            ("feedback", ("reason", "note"), 3), ("triggers", ("kind",), 4), ("triggers", ("source", "note"), 20),
            ("engagement", ("channel", "content"), 180), ("costs", ("category",), 9), ("pilot", ("arm",), 60),
            ("competitors", ("strengths", "weaknesses", "price", "source"), 1), ("market", ("source",), 40),
            ("trends", ("statement", "effect", "source", "url"), 1)):
        rows = _rows(study / f"{table}.csv")
        for (n, row), column in itertools.product(enumerate(rows[::every]), columns):
            where = f"{table}.{column}"
            row[column] += f" {_mention(marks, where, n)}; {known[n % len(known)].split()[-1]} knows"
        _write(study / f"{table}.csv", rows)
    for table, column in (("accounts", "Account owner"), ("deals", "owner"), ("opinions", "author"),
                          ("review", "reviewer"), ("feedback", "author")):
        rows, called = _rows(study / f"{table}.csv"), {}
        for row in rows:
            if row[column] not in called:
                called[row[column]] = marks.name(f"{table}.{column}")
            row[column] = called[row[column]].upper() if row is rows[7] else called[row[column]]
        _write(study / f"{table}.csv", rows)
    triggers, often = _rows(study / "triggers.csv"), f"audit, said {marks.titled('a trigger that many have')}"
    _write(study / "triggers.csv", [{**row, "kind": row["kind"].replace("audit", often)} for row in triggers])
    for table, key in (("accounts", "Account ID"), ("leads", "lead_id")):
        _plant_columns(study, table, key, marks)
    return known


def _plant_columns(study, table, key, marks):
    """Give a table columns of its own that say who is to be asked, and how."""
    rows, own, where = _rows(study / f"{table}.csv"), {}, f"{table}, a column of their own"
    for row in rows:
        n = int(row[key][1:])
        some = n % 60 == 0 and n not in own
        own.setdefault(n, {
            "main_contact": marks.name(where) if some else f"Jo {'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}son",
            "billing_mail": marks.mail(where) if some else f"b{n}@own.example",
            "hotline": marks.phone(where) if some else f"+44 20 7000 {n:04}"})
        row.update(own[n])
    _write(study / f"{table}.csv", rows)


def _plant_interviews(study, marks, known):
    for n, path in enumerate(sorted((study / "interviews").glob("*.md"))):
        text = path.read_text(encoding="utf-8")
        text = re.sub("interviewer: .*", f"interviewer: {marks.name('interviewer')}", text)
        consent = ("quote", "anonymous", "none")[n % 3]
        text = re.sub("consent: .*", f"consent: {consent}", text)
        head, body = text.split("\n---\n", 1)
        places = itertools.count()

        def add(found, consent=consent, places=places, n=n):
            place = next(places)
            said = f"{_mention(marks, f'interview, {consent}', place)}, {known[(n + place) % len(known)]} agreed."
            if consent == "none":
                said += f" Secret remark {marks.keep(f'zqj{n}x{place}w', 'said without consent')}."
            return f" {said} {found[0]}"

        path.write_text("\n---\n".join([head, re.sub(r"\[\[.*?\]\]", add, body)]), encoding="utf-8")
    path.rename(path.with_name(f"A0521_{marks.name('name of a file').replace(' ', '_')}.md"))
    coder = study / "coders" / "second.csv"
    old = coder.read_text(encoding="utf-8").replace("A0521_sales_user", next(
        (study / "interviews").glob("A0521*")).stem)
    coder.with_name(f"{marks.name('coder').replace(' ', '_')}.csv").write_text(old, encoding="utf-8")
    coder.unlink()


def _plant_review(study, marks):
    items = list(dict.fromkeys(row["item"] for row in _rows(study / "review.csv")))
    (study / "review").mkdir()
    ballot = study / "review" / f"{marks.name('file of a ballot')}.xlsx"
    lines = pd.DataFrame({"item": items, "said": items, "evidence": "", "mark": ""})
    write_ballot(ballot, lines, study="Demo", as_of="2026-06-30", number=1)
    book = openpyxl.load_workbook(ballot)
    for n, sheet in enumerate(book.worksheets[:5]):
        sheet["B5"] = marks.name("ballot, reviewer")
        for row in range(7, 7 + len(items)):
            sheet.cell(row, 4).value = 2 if (row + n) % 3 == 0 else 8
            sheet.cell(row, 5).value = _mention(marks, "ballot, comment", row)
            sheet.cell(row, 6).value = _mention(marks, "ballot, proposal", row + 1)
    book.save(ballot)
    _write(study / "decisions.csv", [
        {"date": "2026-07-01", "item": "criterion.employees", "decision": "change: employees >= 50 and employees < 900",
         "by": marks.name("decisions.by"), "reason": _mention(marks, "decisions.reason", 0)},
        {"date": "2026-07-02", "item": "avoid.employees", "decision": "change: employees < 40",
         "by": marks.japanese("decisions.by"), "reason": _mention(marks, "decisions.reason", 2)}])
    text = (study / "hypotheses.yml").read_text(encoding="utf-8")
    (study / "hypotheses.yml").write_text(
        re.sub("by: [SM].*", lambda _found: f"by: {marks.name('hypotheses.by')}", text), encoding="utf-8")
    (study / "corrections").mkdir()
    said = _rows(study / "churn.csv")[1]
    _write(study / "corrections" / f"reasons.{marks.name('name of a correction').replace(' ', '_')}.csv",
           [{"statement": said["text"], "source": "churn", "reason": "price"}])


@pytest.fixture(scope="module")
def marks():
    return Marks()


@pytest.fixture(scope="module")
def report(tmp_path_factory, root, marks):
    """The report of the demo with people planted into every text, all free texts shown."""
    study, out = tmp_path_factory.mktemp("study") / "planted", tmp_path_factory.mktemp("report")
    shutil.copytree(root / "data" / "demo", study)
    known = _plant_tables(study, marks)
    _plant_interviews(study, marks, known)
    _plant_review(study, marks)
    yml = (study / "study.yml").read_text(encoding="utf-8")
    steps = "steps: {04_negative_cases: {show_texts: true}, 03_interviews: {quotes: 3}}\n"
    (study / "study.yml").write_text(yml + steps, encoding="utf-8")
    run = make_report(study, out, Wish())
    assert {name: end.cause for name, end in run.steps.items() if end.state != "done"} == {}
    return out


def _read(path):
    """Give all text of a file, what is packed in it too."""
    if path.suffix in (".xlsx", ".pptx", ".docx", ".zip"):
        with ZipFile(path) as packed:
            return "\n".join(html.unescape(packed.read(name).decode("utf-8", "replace")) for name in packed.namelist())
    text = path.read_text(encoding="utf-8", errors="replace")
    return text + html.unescape(text)


def _list_public(out):
    return [path for path in sorted(out.rglob("*"))
            if path.is_file() and path.relative_to(out).parts[0] not in OWN]


def test_enough_is_planted(report, marks):
    assert len(marks.planted) >= 200
    assert len(set(marks.planted.values())) >= 20


def test_no_mark_is_seen_outside_the_folders_that_may_name_people(report, marks):
    leaks = []
    for path in _list_public(report):
        text = f"{path.relative_to(report)}\n{_read(path)}".casefold()
        leaks += [f"{path.relative_to(report)}: {mark} ({where})"
                  for mark, where in marks.planted.items() if mark.casefold() in text]
    assert not leaks, "\n".join([f"{len(leaks)} leaks", *leaks[:400]])


def test_what_may_be_shown_is_shown(report):
    pages = {path.name: _read(path) for path in _list_public(report) if path.suffix == ".html"}
    assert CONSENTED in pages["03_interviews.html"]
    assert "[name]" in pages["03_interviews.html"]
    assert "[e-mail]" in pages["04_negative_cases.html"]
    assert "[phone]" in pages["04_negative_cases.html"]
    assert "[name]" in pages["07_review.html"]
    assert {path.name for path in _list_public(report)} >= {"icp.yml", "icp.html", "icp.xlsx", "index.html", "run.json"}
