from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from icp_lab.locale import in_language
from icp_lab.publish.workbook import write_workbook
from icp_lab.views.words import names

NASTY = ["=HYPERLINK(\"http://x\")", "+1+1", "-2", "@SUM(A1)", "<script>alert(1)</script>", "{=1}", "\x07bell\x00",
         "http://example.com", "007", "x" * 40_000, "'quoted", "テスト株式会社"]

ICP: dict[str, Any] = {
    "schema": 1, "name": "=Demo & Co", "version": "1", "as_of": "2026-06-30", "next_review": "2026-09-30",
    "outcome": "best", "verdict": "supported",
    "criteria": [{"attribute": "industry", "in": ["SaaS", "=Fintech"]},
                 {"attribute": "employees", "min": 100, "max": 500, "edited_by": "A", "why": "=because"}],
    "avoid": {"criteria": [{"attribute": "employees", "max": 50}], "verdict": "tentative", "evidence": {}},
    "evidence": {"n": 400, "best": 60, "covered": 80, "lift": 3.1, "lift_low": 2.2, "lift_high": 4.0,
                 "stability": {"industry": 0.98, "employees": 0.7}},
}


def make_accounts() -> pd.DataFrame:
    n = len(NASTY)
    return pd.DataFrame({
        "account_id": [f"{i:03}" for i in range(n)], "name": NASTY, "status": ["customer"] * (n - 1) + ["prospect"],
        "fit": ["out", "unknown", "in"] * (n // 3), "met": "industry", "failed": ["employees", "", ""] * (n // 3),
        "unknown": ["", "employees", ""] * (n // 3), "best": pd.array([True, False, None] * (n // 3), dtype="boolean"),
        "score": [None, *[i / n for i in range(1, n)]], "value": [1234.5] * n, "employees": list(map(float, range(n))),
        "tech_stack": pd.Series([("SAP", "=X"), None, ("CRM",)] * (n // 3), dtype=object),
        "founded": pd.Timestamp("2001-02-03")})


EVIDENCE = pd.DataFrame({"statement": ["=1+1", "plain"], "lift": [3.1, None], "n": [400, 20]})


@pytest.fixture
def sheets(tmp_path: Path) -> dict[str, Worksheet]:
    path = tmp_path / "icp.xlsx"
    write_workbook(path, icp=ICP, accounts=make_accounts(), evidence=EVIDENCE)
    return {sheet.title: sheet for sheet in load_workbook(path).worksheets}


def column(sheet: Worksheet, head: str) -> list[object]:
    heads = [cell.value for cell in sheet[1]]
    return [row[heads.index(head)].value for row in sheet.iter_rows(min_row=2)]


def test_the_five_sheets_of_the_contract(sheets: dict[str, Worksheet]) -> None:
    assert list(sheets) == ["Summary", "Criteria", "Accounts", "Evidence", "Terms"]
    assert all(sheet.auto_filter.ref and sheet.freeze_panes for name, sheet in sheets.items() if name != "Summary")
    for sheet in sheets.values():
        assert sheet.page_setup.orientation == "landscape" and str(sheet.page_setup.paperSize) == "9"


def test_people_and_groups_have_a_sheet_each_where_there_are_any(tmp_path: Path) -> None:
    card = {"id": "p1", "name": "Decider in sales", "titles": ["=VP"], "department": "sales", "evidence": [],
            "confidence": {"titles": "data", "department": "data"}}
    empty = {key: [] for key in names("persona_field")}
    statement = {"statement": "=Too dear", "evidence": ["themes/price_pain"], "confidence": "interview"}
    write_workbook(tmp_path / "icp.xlsx", icp=ICP | {"groups": {"pains": [statement]}, "personas": [empty | card] * 2},
                   accounts=make_accounts(), evidence=EVIDENCE)
    book = load_workbook(tmp_path / "icp.xlsx")
    assert [[cell.value for cell in row] for row in book["Six groups"].iter_rows(min_row=2)] == [
        ["Problems and pains", "=Too dear", "interview", "The interviews"]]
    assert [[cell.value for cell in row] for row in book["Personas"].iter_rows(min_row=2)] == [
        ["Decider in sales", "Titles", "=VP", "data"], ["Decider in sales", "Department", "sales", "data"]] * 2
    cells = [cell for name in ("Six groups", "Personas") for row in book[name].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}


def test_text_is_text_and_harmless(sheets: dict[str, Worksheet]) -> None:
    kinds = {cell.data_type for sheet in sheets.values() for row in sheet.iter_rows() for cell in row if cell.value}
    assert "f" not in kinds and kinds <= {"s", "n", "d"}
    assert not any(cell.hyperlink for sheet in sheets.values() for row in sheet.iter_rows() for cell in row)
    names = column(sheets["Accounts"], "Name")
    assert {name for name in NASTY if "\x07" not in name and len(name) < 1000} <= set(names)
    assert " bell " in names and "x" * 32_767 in names
    marked = [cell for row in sheets["Accounts"].iter_rows(min_row=2) for cell in row if str(cell.value)[:1] in "=+-@"]
    assert marked and all(cell.quotePrefix for cell in marked)


def test_numbers_are_numbers_and_dates_are_dates(sheets: dict[str, Worksheet]) -> None:
    accounts = sheets["Accounts"]
    figures = column(accounts, "employees") + column(accounts, "Customer value")
    assert all(isinstance(value, int | float) for value in figures)
    assert all(isinstance(value, str) for value in column(accounts, "Account id"))
    assert str(column(accounts, "founded")[0]).startswith("2001-02-03")
    assert column(sheets["Evidence"], "lift") == [3.1, None]
    assert column(sheets["Criteria"], "At least") == [None, 100, None]
    answers = {row[0].value: [cell.value for cell in row[1:4]] for row in sheets["Summary"].iter_rows()}
    assert answers["Accounts: in the profile"][0] == 4 and answers["Inside the profile"] == [3.1, 2.2, 4.0]
    assert "=Demo & Co · 1 · 2026-06-30" in answers and "● Supported by the data" in answers


def test_every_account_stands_with_its_reason_inside_first(sheets: dict[str, Worksheet]) -> None:
    accounts = sheets["Accounts"]
    assert column(accounts, "In the profile?") == ["in the profile"] * 4 + ["unknown"] * 4 + ["outside"] * 4
    why = column(accounts, "Why")
    assert why[0] == "meets: industry" and why[4] == "no value: employees; meets: industry"
    assert why[-1] == "fails: employees; meets: industry"
    inside = column(accounts, "Success, 0 to 1")[:4]
    assert inside == sorted(inside, reverse=True)  # type: ignore[type-var]


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(tmp_path / name, icp=ICP, accounts=make_accounts(), evidence=EVIDENCE)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_an_unsupported_definition_shows_its_hypothesis(tmp_path: Path) -> None:
    icp = {"schema": 1, "name": "X", "as_of": "2026-06-30", "verdict": "unsupported", "verdict_reason": ["ruled_out"],
           "criteria": [], "evidence": {"n": 50, "lift": float("nan"), "refused": ICP["criteria"]}}
    write_workbook(tmp_path / "icp.xlsx", icp=icp, accounts=make_accounts(), evidence=pd.DataFrame())
    book = load_workbook(tmp_path / "icp.xlsx")
    assert column(book["Criteria"], "Profile") == ["working hypothesis"] * 2
    assert "Lift" not in [row[0].value for row in book["Summary"].iter_rows()]
    assert not book["Summary"]._charts


def test_it_opens_in_japanese(tmp_path: Path) -> None:
    with in_language("ja"):
        write_workbook(tmp_path / "icp.xlsx", icp=ICP, accounts=make_accounts(), evidence=EVIDENCE)
    assert len(load_workbook(tmp_path / "icp.xlsx").sheetnames) == 5
