import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from icp_lab.errors import LabError
from icp_lab.publish.ballot import write_ballot
from icp_lab.study.ballots import is_answered, read_ballot, read_ballots, read_decided
from icp_lab.tables import BY_NAME

EMPTY = pd.DataFrame({name: [] for name in BY_NAME["review"].by_name})


@pytest.fixture
def ballot(tmp_path):
    """A ballot with two votes of sales, in a study."""
    (tmp_path / "review").mkdir()
    path = tmp_path / "review" / "sales.xlsx"
    lines = pd.DataFrame([("profile", "All", "-", "aa"), ("avoid.size", "Small", "-", "bb")],
                         columns=["item", "said", "evidence", "mark"])
    write_ballot(path, lines, study="Demo", as_of="2026-06-30", number=1)
    for cell, value in {"D7": 8, "D8": 3, "B5": "Ann"}.items():
        change(path, put(cell, value))
    return path


def change(path, how):
    book = openpyxl.load_workbook(path)
    how(book)
    book.save(path)
    return path


def put(cell, value, sheet="Sales"):
    return lambda book: book[sheet].__setitem__(cell, value)


DAMAGE = {
    "a vote of 11": (put("D7", 11), "Sales!D7"),
    "a vote of 0": (put("D8", 0), "Sales!D8"),
    "half a vote": (put("D7", 7.5), "Sales!D7"),
    "a vote in words": (put("D7", "yes"), "Sales!D7"),
    "a day for a vote": (put("D7", pd.Timestamp("2026-01-08").to_pydatetime()), "Sales!D7"),
    "an item renamed": (put("A8", "avoid.age"), "Sales!A8"),
    "an item emptied": (put("A7", None), "Sales!A7"),
    "a row added below": (put("B9", "a line of our own"), "Sales!B9"),
    "a vote below": (put("D12", 5), "Sales!D12"),
    "a row added between": (lambda book: book["Sales"].insert_rows(8), "Sales!A8"),
    "a row taken out": (lambda book: book["Sales"].delete_rows(7), "Sales!A7"),
    "a column added": (lambda book: book["Sales"].insert_cols(3), "Sales!C6"),
    "cells merged": (lambda book: book["Sales"].merge_cells("D7:D8"), "Sales!D7"),
    "a head renamed": (put("D6", "points", "Product"), "Product!D6"),
    "a sheet renamed": (lambda book: setattr(book["Sales"], "title", "Vertrieb"), "`Sales`"),
    "a sheet taken out": (lambda book: book.remove(book["Marketing"]), "`Marketing`"),
    "a sheet added": (lambda book: book.create_sheet("Notes"), "Notes!A1"),
    "the hidden sheet taken out": (lambda book: book.remove(book["about"]), "`about`"),
    "another schema": (put("C1", "9", "about"), "about!C1"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_ballot_is_refused_with_its_cell(ballot, damage):
    how, where = DAMAGE[damage]
    with pytest.raises(LabError) as refusal:
        read_ballots(change(ballot, how).parents[1], EMPTY)
    assert "review/sales.xlsx" in str(refusal.value)
    assert where in str(refusal.value)
    assert refusal.value.rule
    assert refusal.value.remedy


def test_ballots_and_the_table_are_one_list_in_any_order(ballot):
    table = pd.DataFrame({
        "department": ["営業", "Customer Success", "Legal"], "item": "profile", "vote": [9.0, 2.0, None],
        "reviewer": ["Bo", None, None], "comment": [None, "no", None], "proposal": None})  # fmt: skip
    votes = read_ballots(ballot.parents[1], table)
    seen = votes[["round", "department", "reviewer", "item", "vote", "comment", "mark"]].values.tolist()
    assert seen == [
        [1, "customer_success", "#2", "profile", 2, "no", ""],
        [1, "sales", "Ann", "avoid.size", 3, "", "bb"],
        [1, "sales", "Ann", "profile", 8, "", "aa"],
        [1, "sales", "Bo", "profile", 9, "", ""],
    ]
    again = read_ballots(ballot.parents[1], table.iloc[[2, 1, 0]])
    pd.testing.assert_frame_equal(again, votes)


def test_no_ballots_and_no_table_are_no_votes(tmp_path):
    assert read_ballots(tmp_path, EMPTY).empty


def test_the_same_reviewer_votes_once_in_a_round(ballot):
    shutil.copy(ballot, ballot.with_name("copy.xlsx"))
    with pytest.raises(LabError, match="one reviewer has two votes on profile in round 1"):
        read_ballots(ballot.parents[1], EMPTY)
    change(ballot.with_name("copy.xlsx"), put("B5", "Bo"))
    assert len(read_ballots(ballot.parents[1], EMPTY)) == 4


def test_files_that_an_editor_holds_open_are_no_ballots(ballot):
    ballot.with_name("~$sales.xlsx").write_bytes(b"in use")
    assert len(read_ballots(ballot.parents[1], EMPTY)) == 2


def test_what_is_no_workbook_is_refused_by_its_name(ballot):
    ballot.write_bytes(b"PK nothing")
    with pytest.raises(LabError, match=r"review/sales\.xlsx"):
        read_ballot(ballot)


def test_a_ballot_counts_as_answered_when_somebody_wrote_into_it(ballot):
    assert is_answered(ballot)
    for cell in ("D7", "D8", "B5"):
        change(ballot, put(cell, None))
    assert not is_answered(ballot)
    assert is_answered(change(ballot, put("E7", "why this?")))


def test_a_ballot_as_libreoffice_writes_it_is_read():
    rows = read_ballot(Path(__file__).with_name("ballot_libreoffice.xlsx"))
    assert [row[1:7] for row in rows if row[4]] == [
        ("sales", "佐藤", "profile", 8, "", ""),
        ("sales", "佐藤", "criterion.employees", 3, "too narrow", "employees >= 50"),
        ("management", "ballot_libreoffice.xlsx", "profile", 9, "", ""),
    ]


def test_rows_without_a_decision_are_left_out_and_others_keep_their_numbers(tmp_path):
    path = tmp_path / "decisions.csv"
    path.write_text("\ufeffDate,Item,Decision,By,Reason,line\n,profile,,,,All\n\n2026-07-01,avoid.size,drop,Ann,,\n")
    assert [(number, row["item"]) for number, row in read_decided(path)] == [(2, "avoid.size")]
    assert is_answered(path)
    path.write_text("date,item,decision,by\n,profile,,\n")
    assert not is_answered(path)


@pytest.mark.parametrize(("text", "told"), [
    ("date,item,by\n", "A column `decision` is needed"),
    ("date,item,decision,by\n2026-07-01,profile,add: a in ('x','y'),Ann\n", "row 1: This row has more cells"),
])  # fmt: skip
def test_a_decisions_file_that_cannot_be_read_is_refused(tmp_path, text, told):
    (tmp_path / "decisions.csv").write_text(text)
    with pytest.raises(LabError, match=told):
        read_decided(tmp_path / "decisions.csv")
