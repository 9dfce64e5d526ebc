"""The list for those who call: names in it, and nothing that a spreadsheet would run."""

import pandas as pd
from openpyxl import load_workbook

from icp_lab.publish.lists import write_list
from icp_lab.views.words import names


def test_text_of_the_list_is_never_a_formula(tmp_path):
    row = dict.fromkeys(names("abm_column"), "x") | {
        "place": 1, "points": 70, "engagement": 10, "company": "=1+1", "person": None,
        "trigger_date": pd.Timestamp("2026-06-01"), "touched": pd.NaT}
    write_list(tmp_path / "private", pd.DataFrame([row]))
    sheet = load_workbook(tmp_path / "private" / "abm.xlsx").active
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=1+1", "s")
    told = pd.read_csv(tmp_path / "private" / "abm.csv")
    assert told["company"].tolist() == ["'=1+1"]
    assert told["place"].tolist() == [1]
