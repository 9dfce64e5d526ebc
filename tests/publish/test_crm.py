"""Files for a CRM keep its rules, load nothing twice, and can be taken back: tried on a CRM of our own."""

import csv
import io
import re
import shutil
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icp_lab.locale import in_language
from icp_lab.methods.crm import FIELDS, SYSTEMS, TARGETS, plan_loads
from icp_lab.publish.crm import write_crm, write_target
from icp_lab.study import open_study
from icp_lab.views.picture import About

ICP = {"schema": 1, "name": "x", "as_of": "2026-03-31", "version": "2", "verdict": "supported", "evidence": {},
       "criteria": [{"attribute": "employees", "min": 100, "max": 480},
                    {"attribute": "industry", "in": ["It's", "B\\C"]},
                    {"attribute": "=cmd", "has": "x"}, {"attribute": "exports", "is": True}],
       "personas": [{"id": "p1", "kind": "sales.decider", "name": "Decider in sales, €"}]}
CARD = {"score": {"base": 50, "points": [
    {"criterion": {"attribute": "employees", "min": 100}, "met": 7, "failed": -5}]}}
KEYS = {"hubspot": ("Record ID", "レコードID"), "salesforce": ("Id", "Id")}
NAMES = {"hubspot": ("Company name", "会社名"), "salesforce": ("Name", "Name")}


class Crm:
    """A CRM of one object: records by their key, its fields by their names; it is loaded and exported by file."""

    def __init__(self, system, records):
        self.system, self.records = system, {key: dict(fields) for key, fields in records.items()}

    def state(self):
        return {key: {head: text for head, text in fields.items() if text} for key, fields in self.records.items()}

    def load(self, path):
        """Change records as the import of the system does: blank leaves alone; a key that is not there is an error."""
        head, *rows = read(path)
        for key, *cells in rows:
            for name, text in zip(head[1:], cells, strict=True):
                if text == "#N/A" and self.system == "salesforce":
                    self.records[key].pop(name, None)
                elif text:
                    self.records[key][name] = text

    def clear(self, path):
        """Empty fields in bulk, as people do it."""
        for key, names in read(path, "utf-8-sig")[1:] if path.exists() else ():
            for name in names.split("; "):
                self.records[key.removeprefix("'")].pop(name, None)

    def take(self, folder, name):
        """Load what was made for it, as crm.html says."""
        self.clear(folder / "excel" / f"{name}_clear.csv")
        for path in sorted([*folder.glob(f"{name}.csv"), *folder.glob(f"{name}_[0-9]*.csv")]):
            self.load(path)

    def export(self, path, heads, own):
        """Write the records under the heads of key and name, with our fields."""
        rows = [[key, f"Firm {place}", *(fields.get(name, "") for name in own)]
                for place, (key, fields) in enumerate(self.records.items())]
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([[*heads, *own], *rows])


def read(path, encoding="utf-8"):
    return list(csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline="")))


def check_loader(path, target, language):
    """Hold a file to the rules of its CRM: encoding, head, limits, keys, dates, numbers, lengths, known values."""
    system, content = SYSTEMS[target.system], path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert len(content) <= system["bytes"]
    assert b"\n" not in content.replace(b"\r\n", b"")
    head, *rows = read(path)
    fields = [target.field(column) for column in target.fields]
    wanted = [said.label[language] if target.system == "hubspot" else said.salesforce for said in fields]
    known = {key.label[language] if target.system == "hubspot" else key.api for key in target.keys}
    assert head[0] in known
    assert head[1:] == [name for name in wanted if name in head]
    assert len(set(head)) == len(head) < 1000
    assert len(rows) < system["rows"]
    assert target.system == "hubspot" or all(re.fullmatch(r"Id|\w+__c", name) for name in head)
    assert all(row[0] for row in rows)
    assert len({row[0] for row in rows}) == len(rows)
    rules = {"date": r"\d{4}-\d\d-\d\d", "number": r"-?\d{1,4}", "text": r"(?s).{1,255}", "choice": r".+"}
    for place, name in enumerate(head[1:], start=1):
        said = fields[wanted.index(name)]
        cells = {row[place] for row in rows} - {"", system["empty"]}
        assert all(re.fullmatch(rules[said.kind], cell) for cell in cells)
        if said.words:
            kept = set(said.words) if target.system == "salesforce" else {one[language] for one in said.words.values()}
            assert "_rollback" in path.name or cells <= kept
    return head, rows


def score(ids, kind="account", low=0.2, tier="A", reasons="employees +7, =cmd -2"):
    return pd.DataFrame({"id": ids, "kind": kind, "points": range(40, 40 + len(ids)), "low": low, "high": 0.9,
                         "reasons": reasons, "tier": tier})


def cover(ids):
    return pd.DataFrame({"account_id": ids, "fit": [("in", "out", "unknown")[place % 3] for place in range(len(ids))]})


def plan(study, scores, icp=ICP, **more):
    """Plan as the notebook does."""
    exports = {kind: study.table(kind)[[name for name in study.table(kind) if name in study.relation(kind).columns]]
               for kind in ("accounts", "contacts", "leads")}
    kinds = {kind: scores.loc[scores["kind"].eq(kind), "id"] for kind in ("account", "lead")}
    return plan_loads(icp, scores, cover(kinds["account"]), cover(kinds["lead"]), exports=exports,
                      formats=study.formats, **more)


def publish(folder, loads, language="en", icp=ICP):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with in_language(language):
        write_crm(SimpleNamespace(icp=icp, about=About("2026-03-31", "EUR", "Test"),
                                  find={"loads": loads.frame, "score": CARD}.get), folder)
    return folder


def fields_of(target, language):
    return [target.field(column).label[language] if target.system == "hubspot" else target.field(column).salesforce
            for column in target.fields]


IDS = {"hubspot": ["2201", "33001", "9007199254740993"],
       "salesforce": ["001A0000000aaaaIAB", "001A0000000AAAAIAB", "001Z00000000001IAB"]}


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("file", "system"), [("hubspot_companies", "hubspot"), ("salesforce_account", "salesforce")])
def test_what_is_loaded_comes_back_and_can_be_taken_back(make_study, tmp_path, file, system, language):
    """The next export brings our fields back by their names in the CRM: nothing is left to load. Undone, all is as was.

    The export has every kind of cell: none of ours, a former version's, and values that nobody here has written.
    """
    place, target, own = ("en", "ja").index(language), TARGETS[file], fields_of(TARGETS[file], language)
    before = {key: {} for key in IDS[system]}
    before[IDS[system][1]] = dict(zip(own, ["In", "Tier 3", "7", "1", "", "=old", "", "", "?", "1", "2025-12-31"],
                                      strict=True))
    crm, heads = Crm(system, before), (KEYS[system][place], NAMES[system][place])
    folder = make_study(f"tables: {{accounts: {{file: a.csv, format: {system}}}}}\n")
    out = tmp_path / "out"
    scores = score(IDS[system], low=[None, None, 0.2], tier=["A", "", "B"])
    for turn in range(2):
        crm.export(folder / "a.csv", heads, own)
        study = open_study(folder)
        assert not set(study.candidates().names) & {"icp_fit", *own}
        loads = plan(study, scores)
        counts = loads.counts.set_index("file").loc[file]
        publish(out, loads, language)
        check_loader(out / f"crm/{file}.csv", target, language)
        assert counts["load"] == (0 if turn else 3)
        if not turn:
            assert (counts["new"], counts["changed"]) == (2, 1)
            shutil.copytree(out, tmp_path / "first")
            first = crm.state()
            crm.take(out / "crm", file)
            assert crm.state() != first
    assert len(read(out / f"crm/{file}.csv")) == 1
    check_loader(tmp_path / f"first/crm/{file}_rollback.csv", target, language)
    crm.take(tmp_path / "first/crm", f"{file}_rollback")
    assert crm.state() == first


def test_a_study_without_a_format_brings_our_fields_back_too(make_study, tmp_path):
    """Its own numbers are the key, with their leading zeros; our labels are known in any file."""
    ids, target = ["007", "07", "7"], TARGETS["salesforce_account"]
    crm = Crm("salesforce", {key: {} for key in ids})
    folder = make_study("tables: {accounts: a.csv}\n")
    for turn in range(2):
        crm.export(folder / "a.csv", ("account_id", "name"), fields_of(target, "en"))
        loads = plan(open_study(folder), score(ids))
        publish(tmp_path / "out", loads)
        head, rows = check_loader(tmp_path / "out/crm/salesforce_account.csv", target, "en")
        assert head[0] == "ICP_Key__c"
        assert [row[0] for row in rows] == ([] if turn else ids)
        crm.take(tmp_path / "out/crm", "salesforce_account")


def test_what_the_export_lacks_is_not_taken_back(make_study, tmp_path):
    """Where it has three of our fields the others may hold anything: undoing leaves them alone."""
    folder = make_study("tables: {accounts: a.csv}\n", a_csv="account_id,icp_fit,icp_tier,icp_version\na,out,B,1\n")
    publish(tmp_path / "out", plan(open_study(folder), score(["a"])))
    head, rows = read(tmp_path / "out/crm/salesforce_account_rollback.csv")
    assert dict(zip(head, rows, strict=True)) == {
        "ICP_Key__c": "a", "ICP_Fit__c": "out", "ICP_Tier__c": "B", "ICP_Version__c": "1"}


def test_people_are_in_private_alone(make_study, tmp_path):
    folder = make_study(
        "tables: {accounts: a.csv, contacts: c.csv, leads: l.csv}\n", a_csv="account_id,domain\na,https://www.A.example/x\n",
        c_csv="contact_id,account_id,name,email,title\nc1,a,Ann Lee,Ann@A.example,VP Sales\nc2,a,Bo,,\n",
        l_csv="lead_id,company,title,converted\nl1,Acme,VP Sales,\nl2,Acme,,2026-01-01\n")
    scores = pd.concat([score(["a"]), score(["l1", "l2"], "lead")])
    loads = plan(open_study(folder), scores)
    out = publish(tmp_path / "out", loads)
    for name, target in TARGETS.items():
        assert (out / ("private/crm" if target.people else "crm") / f"{name}.csv").exists()
        check_loader(next(out.rglob(f"{name}.csv")), target, "en")
    assert read(out / "crm/hubspot_companies.csv")[1][0] == "a.example"
    assert read(out / "private/crm/hubspot_contacts.csv")[1][:3] == [
        "ann@a.example", "p1: Decider in sales, €", "In the profile"]
    shared = [path.read_bytes() for path in (*out.glob("*.html"), *(out / "crm").rglob("*")) if path.is_file()]
    assert not any(word in content for content in shared for word in (b"Ann", b"ann@", b"VP Sales"))
    assert read(out / "private/crm/salesforce_lead.csv")[1][:3] == ["l1", "p1: Decider in sales, €", "in"]
    states = loads.frame.set_index(["file", "id"])["state"]
    assert states["hubspot_contacts", "c2"] == "without_key"
    assert states["salesforce_lead", "l2"] == "refused"
    assert "converted" in read(out / "private/crm/excel/salesforce_lead_left_out.csv", "utf-8-sig")[1][2]
    hidden = publish(tmp_path / "hidden", plan(open_study(folder), scores, private=True))
    assert [path.name for path in (hidden / "crm").iterdir()] == ["fields.xlsx"]


def test_text_is_stored_as_it_is_and_harmless_where_people_open_it(make_study, tmp_path):
    ids = ["=HYPERLINK(1)", "+1", "-2", "@x", "<script>", 'a"b', "あ、ｱ", "0012"]
    folder = make_study("tables: {accounts: a.csv}\n",
                        a_csv="account_id\n" + "\n".join('"' + key.replace('"', '""') + '"' for key in ids))
    out = publish(tmp_path / "out", plan(open_study(folder), score(ids)))
    assert {row[0] for row in read(out / "crm/salesforce_account.csv")[1:]} == set(ids)
    shown = read(out / "crm/excel/salesforce_account.csv", "utf-8-sig")[1:]
    assert {row[0].removeprefix("'") for row in shown} == set(ids)
    assert not [cell for row in shown for cell in row if re.match(r"[=+\-@]|0\d", cell)]
    page = (out / "crm.html").read_text(encoding="utf-8")
    assert "<script>" not in page.partition("<body")[2].replace("<script>const", "").partition("<main")[2].partition(
        "</main")[0]
    assert "Industry IN (&#39;B\\\\C&#39;, &#39;It\\&#39;s&#39;)" in page
    assert "Number of Employees is greater than or equal to 100, and is less than 480" in page


def test_a_file_that_would_be_too_large_is_dealt_into_several(make_study, tmp_path, monkeypatch):
    ids = [f"a{place}" for place in range(7)]
    folder = make_study("tables: {accounts: a.csv}\n", a_csv="\n".join(["account_id", *ids]))
    loads = plan(open_study(folder), score(ids))
    for limit, files in (({"rows": 4}, 3), ({"bytes": 500}, 4)):
        monkeypatch.setitem(SYSTEMS, "salesforce", SYSTEMS["salesforce"] | limit)
        out = publish(tmp_path / "out", loads)
        parts = sorted(path for path in (out / "crm").glob("salesforce_account*.csv") if "rollback" not in path.name)
        assert len(parts) >= files
        rows = [row for path in parts for row in check_loader(path, TARGETS["salesforce_account"], "en")[1]]
        assert sorted(row[0] for row in rows) == ids
        monkeypatch.undo()


def test_the_fields_to_create_are_all_listed(make_study, tmp_path):
    folder = make_study("tables: {accounts: a.csv}\n", a_csv="account_id,domain\na,a.example\n")
    out = publish(tmp_path / "out", plan(open_study(folder), score(["a"])), "ja")
    book = openpyxl.load_workbook(out / "crm/fields.xlsx")
    assert book.sheetnames == ["HubSpot", "Salesforce"]
    for sheet, file in zip(book, ("hubspot_companies", "salesforce_account"), strict=True):
        said = {cell for row in sheet.iter_rows(values_only=True) for cell in row}
        head = read(out / f"crm/{file}.csv")[0]
        assert set(head[1:]) <= said
        assert {FIELDS["icp_fit"].label["ja"], "in = 該当; out = 非該当; unknown = 不明"} <= said


def test_without_a_plan_the_page_says_so(tmp_path):
    out = publish(tmp_path / "out", SimpleNamespace(frame=None))
    assert [path.name for path in out.rglob("*") if path.is_file()] == ["crm.html"]
    assert "no company has been scored yet" in (out / "crm.html").read_text(encoding="utf-8")


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), min_size=1,
                max_size=30).filter(lambda text: text.strip() == text)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.from_regex(r"[0-9]{1,4}|[A-Za-zあ-ん=+@-]{1,6}", fullmatch=True), st.lists(
    st.none() | CELLS, min_size=11, max_size=11), min_size=1, max_size=4))
def test_whatever_was_there_comes_back(tmp_path, records):
    """Ids with leading zeros, any text and any gaps: loaded once, nothing is left; undone, all is as it was."""
    target = TARGETS["salesforce_account"]
    names = fields_of(target, "en")
    crm = Crm("salesforce", {key: {name: text for name, text in zip(names, cells, strict=True) if text}
                             for key, cells in records.items()})
    first, ids = crm.state(), list(records)
    scores = score(ids)

    def plan_now():
        rows = pd.DataFrame([{"account_id": key} | {column: fields.get(target.field(column).salesforce)
                              for column in target.fields} for key, fields in crm.records.items()], dtype="str")
        none = pd.DataFrame({"contact_id": [], "lead_id": [], "account_id": []}, dtype="str")
        exports = {"accounts": rows, "contacts": none, "leads": none}
        return plan_loads(ICP, scores, cover(ids), cover([]), exports=exports, formats={})

    write_target(tmp_path / "crm", target, plan_now(), lambda _target, _column, code: code)
    crm.take(tmp_path / "crm", "salesforce_account")
    assert plan_now().counts.set_index("file").loc["salesforce_account", "load"] == 0
    crm.take(tmp_path / "crm", "salesforce_account_rollback")
    assert crm.state() == first
