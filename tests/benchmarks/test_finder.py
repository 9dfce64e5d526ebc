"""The table of rates: its cells, its bars, and one table of each sort."""

import finder
import pandas as pd
import pytest


def test_each_cell_has_a_name_of_its_own():
    names = [cell.name for cell in finder.list_cells()]
    assert len(names) == len(set(names))
    assert {"plain 400", "parents 100", "wide 300 firms", "narrow 3000 ledger missing 20%"} <= set(names)


def test_missing_values_ease_the_shares_and_not_the_false_criteria():
    bars = {cell.name: cell.bars for cell in finder.list_cells()}
    assert bars["narrow 1000 firms"] == {"supported": 0.85, "median Jaccard": 0.75, "false criteria": 0.2}
    eased = {"supported": 0.75, "median Jaccard": 0.65, "false criteria": 0.2}
    assert bars["narrow 1000 firms missing 20%"] == pytest.approx(eased)


@pytest.mark.parametrize(("rate", "bar", "most", "met"), [
    (0.05, 0.03, True, True), (0.06, 0.03, True, False), (0.93, 0.95, False, True), (0.91, 0.95, False, False),
])
def test_a_rate_has_two_standard_errors(rate, bar, most, met):
    assert finder.within(rate, bar, 200, most=most) is met


def test_a_table_is_measured_and_shown_beside_its_bars():
    cells = [cell for cell in finder.list_cells() if cell.name in ("plain 100", "wide 300 firms")]
    measured = pd.DataFrame([finder.measure(cell, 19, seed) for cell in cells for seed in range(2)])
    text = finder.write_results(cells, measured, 0)
    assert "seeds 0 to 1 a cell" in text
    assert "| 100 | plain | 2 | " in text
    assert "| wide | 300 | firms | 0% | 2 | " in text
    assert measured.loc[measured["cell"] == "wide 300 firms", "true"].between(1, 3.2).all()
