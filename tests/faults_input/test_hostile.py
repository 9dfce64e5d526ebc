"""Input that was made to do harm: bombs, code, ways out of the study, files that are none. Each is refused in words."""

import ast
import datetime as dt
import gzip
import io
import os
import subprocess
import sys
import zipfile
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from icp_lab.errors import LabError, utter
from icp_lab.icp.profile import load_icp
from icp_lab.icp.score import score_file
from icp_lab.intake import packed
from icp_lab.intake.categories import find_foldings
from icp_lab.study import check_study, open_study
from icp_lab.study.ballots import read_ballot, read_decided
from icp_lab.study.codebook import read_codebook
from icp_lab.study.config import peek_language
from icp_lab.study.corrections import SAME_COMPANY, read_corrections
from icp_lab.study.interviews import read_interviews
from icp_lab.study.propose import propose_study
from icp_lab.study.yml import parse_yaml

BOMB = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10))
YAML = {
    "a tag of Python": ("a: !!python/object/apply:os.system ['touch pwned']", "is not read"),
    "a tag of its own": ("a: !x {b: 1}", "is not read"),
    "bytes": ("a: !!binary aGk=", "is not read"),
    "a billion words": (BOMB, "stands where it is used"),
    "a list within itself": ("a: &b [*b]", "a part of itself"),
    "a deep list": ("a: " + "[" * 3000, "nested too deep"),
    "a list for a key": ("? [a, b]\n: c", "a key is one word"),
    "a mapping for a key": ("{{a: 1}: 2}", "a key is one word"),
    "no number": ("a: .nan", "no number"),
    "without end": ("a: 1e999", "no number"),
    "a number of 400 digits": ("a: " + "9" * 400, "no number"),
    "half a letter": ('a: "\\ud800"', "no text"),
    "a zero byte": ('a: "\\0"', "no text"),
    "three million letters": ("a: " + "x" * 3_000_000, "longer than"),
}


def refuse(line, problem):
    return LabError(f"{line}: {problem}")


@pytest.mark.parametrize("name", YAML)
def test_yaml_that_unfolds_or_makes_other_things_than_words_is_refused_with_its_line(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text, said = YAML[name]
    with pytest.raises(LabError, match=said):
        parse_yaml(text, refuse)
    assert not list(tmp_path.iterdir())


def test_what_people_share_between_two_places_is_read_in_both():
    assert parse_yaml("a: &x {b: 1}\nc: {<<: *x, d: 2}\ne: *x\n", refuse)[0] == {
        "a": {"b": 1}, "c": {"d": 2, "b": 1}, "e": {"b": 1}}


READERS = {
    "interviews/a.md": read_interviews,
    "review/a.xlsx": lambda folder: open_study(folder).ballots(),
    "coders/a.csv": lambda folder: open_study(folder).coders(),
    "corrections/same_company.csv": lambda folder: read_corrections(folder, SAME_COMPANY),
    "decisions.csv": lambda folder: read_decided(folder / "decisions.csv"),
    "codebook.yml": lambda folder: read_codebook(folder, "en"),
    "hypotheses.yml": lambda folder: open_study(folder).hypotheses(),
}


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "loop", "nowhere", "outside"])
@pytest.mark.parametrize("name", READERS)
def test_what_is_no_plain_file_of_the_study_is_refused_at_once(make_study, tmp_path_factory, name, kind):
    folder = make_study("tables: {accounts: a.csv}\n", a_csv="account_id\nA1\nA2\n")
    path, away = folder / name, tmp_path_factory.mktemp("away") / "secret"
    away.write_text("a: 1\n", encoding="utf-8")
    path.parent.mkdir(exist_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to({"device": "/dev/zero", "loop": path.name, "nowhere": "nobody", "outside": away}[kind])
    with pytest.raises(LabError, match=r"no plain file|leads out of") as refusal:
        READERS[name](folder)
    assert name in str(refusal.value)


@pytest.mark.parametrize("name", ["study.yml", "icp.yml"])
def test_a_pipe_for_a_definition_is_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert peek_language(tmp_path) == ""
    with pytest.raises(LabError):
        load_icp(tmp_path / name) if name == "icp.yml" else open_study(tmp_path)


def _write_book(path, change=lambda name, part: part):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:  # which keeps texts apart from the cells that share them
        sheet = book.add_worksheet()
        for number, row in enumerate((["account_id", "name"], ["A1", "One"], ["A2", "Two"])):
            sheet.write_row(number, 0, row)
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))


def _in_sheet(old, new):
    return lambda name, part: part.replace(old, new, 1) if "sheet1.xml" in name or "sharedStrings" in name else part


BOOKS = {
    "a cell a billion cells off": _in_sheet(b'r="B3"', b'r="XFD1048576"'),
    "a cell with too long a text": _in_sheet(b"One", b"x" * 40_000),
    "zeros that unpack into a hundred times more": _in_sheet(b"<sheetData>", b"<sheetData>" + b" " * (101 << 20)),
}


@pytest.mark.parametrize("name", BOOKS)
def test_a_workbook_that_would_fill_the_memory_is_refused(make_study, name):
    folder = make_study("tables: {accounts: a.xlsx}\n")
    _write_book(folder / "a.xlsx", BOOKS[name])
    (problem,) = check_study(folder).problems
    assert problem.startswith("a.xlsx")
    assert "unpack" in problem


def test_a_workbook_with_a_far_cell_close_to_others_is_left_to_its_reader(tmp_path):
    _write_book(tmp_path / "a.xlsx", _in_sheet(b'r="B3"', b'r="AAA3"'))
    assert packed.check_book(tmp_path / "a.xlsx", "a.xlsx") is None


@pytest.mark.parametrize("name", ["a.csv.gz", "a.parquet"])
def test_a_packed_file_of_a_million_like_rows_is_refused(make_study, monkeypatch, name):
    monkeypatch.setattr(packed, "GRACE", 1 << 16)
    folder = make_study(f"tables: {{accounts: {name}}}\n")
    if name.endswith("gz"):
        (folder / name).write_bytes(gzip.compress(b"account_id\n" + b"A\n" * 500_000))
    else:
        pq.write_table(pa.table({"account_id": pa.array(["A"] * 2_000_000).dictionary_encode()}), folder / name)
    (problem,) = check_study(folder).problems
    assert problem.startswith(name)
    assert "unpack" in problem


ODD = {
    "struct": [{"a": 1, "b": "x"}], "list of lists": [[[1], [2]]], "list of structs": [[{"a": 1}]],
    "bytes": [b"\0\xff"],
    "time": [dt.time(1)], "span": [dt.timedelta(1)], "nothing": [None], "first day": [dt.date(1, 1, 1)],
    "last day": [dt.date(9999, 12, 31)], "without end": [float("-inf")], "no number": [float("nan")],
    "least": [5e-324], "zero byte": ["a\0b"], "many digits": [Decimal("9" * 50)],
}


def _write_parquet(folder, columns):
    rows = {name: pa.array(said * 6) for name, said in columns.items()}
    pq.write_table(pa.table({"account_id": [f"A{i}" for i in range(6)], **rows}), folder / "a.parquet")


def test_columns_of_every_odd_type_of_parquet_are_read(make_study):
    folder = make_study("tables: {accounts: a.parquet}\n")
    _write_parquet(folder, ODD)
    frame = open_study(folder).table("accounts")
    assert len(frame) == 6
    assert set(ODD) <= set(frame)


@pytest.mark.parametrize("name", ODD)
def test_a_number_of_an_odd_type_of_parquet_is_read_or_refused_in_words(make_study, name):
    folder = make_study("tables: {accounts: a.parquet}\n")
    _write_parquet(folder, {"employees": ODD[name]})
    report = check_study(folder)
    assert report.ok or report.problems[0].startswith("a.parquet")


def test_a_ballot_whose_hidden_sheet_was_overwritten_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "about"
    book.active.append(["7", "7", "7"])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(LabError, match="no ballot that can be read"):
        read_ballot(tmp_path / "a.xlsx")


@pytest.mark.parametrize("name", ["../away", "/etc/passwd", "x" * 300])
def test_a_format_never_leads_out_of_the_study(make_study, name):
    folder = make_study(f'tables: {{accounts: {{file: a.csv, format: "{name}"}}}}\n', a_csv="account_id\nA1\n")
    (folder.parent / "away.toml").write_text("[accounts.columns]\naccount_id = 'x'\n", encoding="utf-8")
    (folder / "dialects").mkdir()
    (problem,) = check_study(folder).problems
    assert "line 5 of study.yml" in problem


def test_a_format_is_a_file_of_the_study(make_study):
    folder = make_study("tables: {accounts: {file: a.csv, format: ours}}\n", a_csv="account_id\nA1\n", dialects__x="")
    (folder.parent / "away.toml").write_text("[accounts.columns]\naccount_id = 'x'\n", encoding="utf-8")
    (folder / "dialects" / "ours.toml").symlink_to(folder.parent / "away.toml")
    assert "line 5 of study.yml" in check_study(folder).problems[0]


def test_a_format_nested_too_deep_is_refused(make_study):
    folder = make_study("tables: {accounts: {file: a.csv, format: ours}}\n", a_csv="account_id\nA1\n",
                        dialects__x="")
    (folder / "dialects" / "ours.toml").write_text("a = " + "[" * 3000, encoding="utf-8")
    assert check_study(folder).problems[0].startswith("dialects/ours.toml")


@pytest.mark.parametrize("name", ["x" * 300, "x" * 5000, "a**b", "a/" * 2000])
def test_a_name_that_no_file_can_have_is_a_file_that_is_not_there(make_study, name):
    folder = make_study(f'tables: {{accounts: "{name}"}}\n', a_csv="account_id\nA1\n")
    assert "line 5 of study.yml: There is no file" in check_study(folder).problems[0]


@pytest.mark.parametrize("said", [
    "score: {points: [{criterion: {attribute: x, min: high}}]}", "score: {points: [{criterion: x}]}",
    "score: {points: [{met: 3}]}", "evidence: {refused: [{attribute: x}]}", "evidence: {refused: [x]}",
    "evidence: {refused: {a: 1}}"])
def test_a_criterion_that_is_none_is_refused_with_its_line_wherever_it_stands(tmp_path, said):
    (tmp_path / "icp.yml").write_text(f"schema: 1\nname: x\ncriteria: []\n{said}\n", encoding="utf-8")
    with pytest.raises(LabError, match=r"icp\.yml, line 4.* is not a criterion"):
        load_icp(tmp_path / "icp.yml")


def test_a_criterion_that_stands_twice_counts_once_and_no_other_in_its_place(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n5\n", encoding="utf-8")
    (tmp_path / "icp.yml").write_text(
        "schema: 1\nname: x\ncriteria: [{attribute: x, min: 1}, {attribute: x, min: 1}]\n"
        "tiers: [{name: B, min_fit: 0}]\n"
        "score: {points: [{criterion: {attribute: x, min: 3}, met: 1}]}\n", encoding="utf-8")
    found = score_file(load_icp(tmp_path / "icp.yml"), tmp_path / "a.csv", tmp_path / "b.csv")
    assert found.counts == {"in": 2, "out": 0, "unknown": 0}


def test_a_file_to_score_that_is_cut_within_a_letter_is_refused(tmp_path):
    (tmp_path / "icp.yml").write_text("schema: 1\nname: x\ncriteria: [{attribute: x, min: 1}]\n", encoding="utf-8")
    (tmp_path / "a.csv").write_bytes("x,y\n1,2\n".encode("utf-16") + b"\x00")
    with pytest.raises(LabError, match=r"a\.csv"):
        score_file(load_icp(tmp_path / "icp.yml"), tmp_path / "a.csv", tmp_path / "b.csv")


def test_a_workbook_whose_packing_is_broken_is_refused(make_study):
    folder = make_study("tables: {accounts: a.xlsx}\n")
    _write_book(folder / "a.xlsx")
    with zipfile.ZipFile(folder / "a.xlsx") as book:
        place = book.getinfo("xl/worksheets/sheet1.xml").header_offset + 30 + len("xl/worksheets/sheet1.xml")
    content = bytearray((folder / "a.xlsx").read_bytes())
    content[place] = 0xFF  # no kind of block that there is
    (folder / "a.xlsx").write_bytes(content)
    (problem,) = check_study(folder).problems
    assert problem.startswith("a.xlsx")


def test_signs_that_no_yaml_can_hold_are_taken_off_headers_and_escaped_in_words(tmp_path):
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "deals.csv").write_text(
        "deal_id,company_id,emp\x00loyees,stage,amo\x8funt,created_at\n"
        + "".join(f"d{i},A{i},{i},wo\x8fn,5,2026-01-0{i}\n" for i in range(1, 9)), encoding="utf-8")
    propose_study(tmp_path / "exports", tmp_path / "new", wanted="")
    assert check_study(tmp_path / "new").ok


def test_a_header_with_a_zero_byte_is_a_column(make_study):
    folder = make_study("tables: {accounts: a.csv}\n", a_csv="account_id,emp\0loyees\nA1,5\nA2,6\n")
    assert open_study(folder).table("accounts")["employees"].tolist() == [5, 6]


@pytest.mark.parametrize("n", [300, 3000])
def test_a_table_of_hundreds_of_columns_is_read_in_seconds_and_one_of_thousands_refused(make_study, n):
    heads = ",".join(f"c{i}" for i in range(n))
    folder = make_study("tables: {accounts: a.csv}\n", a_csv=f"account_id,{heads}\nA1{',x' * n}\nA2{',y' * n}\n")
    if n == 300:
        assert len(open_study(folder).table("accounts").columns) > n
    else:
        assert check_study(folder).problems[0].startswith("a.csv: The table has 3001 columns.")


def test_a_category_of_signs_alone_is_left_as_it_is():
    assert find_foldings({"": 3, "Retail": 9, "-": 1, "?": 2}, "industry") == {}


def test_a_filled_form_that_lacks_a_column_is_named_with_its_folder(tmp_path):
    (tmp_path / "corrections").mkdir()
    (tmp_path / "corrections" / "same_company.csv").write_text("x\n1\n", encoding="utf-8")
    with pytest.raises(LabError, match=r"^corrections/same_company\.csv"):
        read_corrections(tmp_path, SAME_COMPANY)


def test_a_value_that_nobody_would_read_to_its_end_is_said_in_short():
    assert len(str(utter("study.wrong_value", value="x" * 10**6, key="a"))) < 2_000


# What would run or build what stands in data: names of calls, and after `yaml`, `pickle`, `marshal`, `shelve` any.
STORES = ("yaml", "pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle")
RUNS = {"eval", "exec", "__import__", "compile", "unsafe_load", "full_load", "load_extension", "from_string", "system",
        "popen", "literal_eval", "query"}
LAWFUL = {  # and why
    ("process/notebook.py", "literal_eval"),  # of a notebook's parameters cell: constants alone
    ("icp/tries.py", "literal_eval"),  # of a value in a rule that somebody types: constants alone
    ("publish/document.py", "compile"), ("publish/infographic.py", "compile"),  # our own templates, which read data
}


def test_nothing_in_the_package_runs_what_stands_in_data(root):
    found = []
    for file in sorted((root / "src/icp_lab").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
                found += [f"{file.name}: {name}" for name in names
                          if name.partition(".")[0] in STORES]
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            of = getattr(getattr(node.func, "value", None), "id", "")
            plain = called == "query" and all(isinstance(each, ast.Constant) for each in node.args)  # our own words
            where = file.relative_to(root / "src/icp_lab").as_posix()
            if called in RUNS and of != "re" and not plain and (where, called) not in LAWFUL:
                found.append(f"{where}:{node.lineno}: {called}")
    assert found == []


@pytest.mark.slow
def test_every_reader_reads_damaged_input_or_refuses_it_in_words(root):
    tried = subprocess.run([sys.executable, root / "tools/fuzz.py", "200", "7"], capture_output=True, text=True,
                           check=False)
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert "| **all** |" in tried.stdout
