import shutil
import subprocess

import openpyxl
import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.publish.ballot import write_ballot
from icp_lab.study.ballots import read_ballot

LINES = pd.DataFrame(
    [("profile", "The profile as a whole", "The data carry it.", "aa"), ("avoid.size", "=1+1", "Weak.", "bb")],
    columns=["item", "said", "evidence", "mark"],
)


def write(path, number=1):
    write_ballot(path, LINES, study="Demo & <Söhne>", as_of="2026-06-30", number=number)
    return path


def fill(path, answers, to=None):
    book = openpyxl.load_workbook(path)
    for sheet, cells in answers.items():
        for cell, value in cells.items():
            book[sheet][cell] = value
    book.save(to or path)


ANSWERS = {
    "Sales": {"B5": "Ann", "D7": 8, "D8": "９", "E8": "they never renew", "F8": "size >= 20"},
    "Product": {"D7": 1.0},
}
EXPECTED = [
    (2, "sales", "Ann", "profile", 8, "", "", "aa"),
    (2, "sales", "Ann", "avoid.size", 9, "they never renew", "size >= 20", "bb"),
    (2, "product", "filled.xlsx", "profile", 1, "", "", "aa"),
]


def answered(path):
    return [row for row in read_ballot(path) if row[4] is not None]


def test_a_ballot_that_was_filled_in_comes_back_complete(tmp_path):
    fill(write(tmp_path / "blank.xlsx", number=2), ANSWERS, tmp_path / "filled.xlsx")
    assert answered(tmp_path / "filled.xlsx") == EXPECTED
    assert len(read_ballot(tmp_path / "filled.xlsx")) == 10  # five departments, two lines
    assert answered(tmp_path / "blank.xlsx") == []


def test_a_ballot_that_libreoffice_saved_comes_back_complete(tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    fill(write(tmp_path / "blank.xlsx", number=2), ANSWERS, tmp_path / "filled.xlsx")
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx",
               "--outdir", str(tmp_path / "saved"), str(tmp_path / "filled.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert answered(tmp_path / "saved/filled.xlsx") == EXPECTED


def test_a_ballot_in_japanese_is_read_like_any_other(tmp_path):
    with in_language("ja"):
        write(tmp_path / "filled.xlsx", number=2)
    fill(tmp_path / "filled.xlsx", {"営業": ANSWERS["Sales"], "製品開発": ANSWERS["Product"]})
    assert answered(tmp_path / "filled.xlsx") == EXPECTED


def test_the_same_ballot_has_the_same_bytes_and_no_formulas(tmp_path):
    assert write(tmp_path / "a.xlsx").read_bytes() == write(tmp_path / "b.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Sales"]
    assert sheet["B8"].data_type == "s"
    assert sheet["B8"].value == "=1+1"


def test_only_answers_can_be_edited_and_votes_are_chosen_from_a_list(tmp_path):
    book = openpyxl.load_workbook(write(tmp_path / "a.xlsx"))
    sheet = book["Customer success"]
    assert sheet.protection.sheet
    assert [cell.coordinate for row in sheet["A1:F8"] for cell in row if not cell.protection.locked] == [
        "B5", "D7", "E7", "F7", "D8", "E8", "F8",
    ]  # fmt: skip
    assert [str(one.sqref) for one in sheet.data_validations.dataValidation] == ["D7:D8"]
    assert book["about"].sheet_state == "hidden"
    assert sheet.page_setup.orientation == "landscape"
