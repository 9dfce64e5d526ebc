"""The list for those who call: names in it, and nothing that a spreadsheet would run."""

import pandas as pd
from openpyxl import load_workbook

from icp_lab.publish.lists import write_list
from icp_lab.views.words import names


def test_text_of_the_list_is_never_a_formula(tmp_path):
    row = dict.fromkeys(names("abm_column"), "x") | {
        "place": 1, "points": 70, "engagement": 10, "company": "=1+1", "person": None, "title": "＝2+2",
        "trigger_date": pd.Timestamp("2026-06-01"), "touched": pd.NaT}
    write_list(tmp_path / "private", pd.DataFrame([row]))
    sheet = load_workbook(tmp_path / "private" / "abm.xlsx").active
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=1+1", "s")
    told = pd.read_csv(tmp_path / "private" / "abm.csv")
    assert told[["company", "title"]].to_numpy().tolist() == [["'=1+1", "'＝2+2"]]
    assert told["place"].tolist() == [1]


def test_the_list_goes_on_a4_landscape_in_type_that_one_can_read(tmp_path):
    row = dict.fromkeys(names("abm_column"), "twenty letters of it") | {
        "place": 1, "points": 70, "engagement": 10, "say": "What she said. " * 20,
        "trigger_date": pd.Timestamp("2026-06-01"), "touched": pd.Timestamp("2026-06-01")}
    write_list(tmp_path, pd.DataFrame([row] * 3))
    sheet = load_workbook(tmp_path / "abm.xlsx").active
    widths = {name: column.width for name, column in sheet.column_dimensions.items()}
    assert sum(widths.values()) <= 230  # 100 % is 147 letters of 10 points
    assert max(widths, key=widths.get) == next(cell.column_letter for cell in sheet[2] if "said" in str(cell.value))
    paper = sheet.page_setup
    assert (paper.orientation, paper.paperSize, paper.fitToHeight) == ("landscape", 9, 0)
