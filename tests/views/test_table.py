from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_lab.locale import in_language
from icp_lab.views.table import MISSING, Column, Table, say, say_interval


def one(values, kind, **more):
    return [row[0] for row in Table(pd.DataFrame({"x": values}), (Column("x", "X", kind, **more),)).cells()]


@pytest.mark.parametrize(("kind", "values", "written"), [
    ("text", ["a", None, ("b", "c")], ["a", MISSING, "b, c"]),
    ("integer", [1234.0, -5.0, float("nan")], ["1,234", "−5", MISSING]),
    ("number", [0.1234, 0.5], ["0.12", "0.50"]),
    ("number", [12.34, 0.5], ["12.3", "0.5"]),
    ("number", [1234.5, 0.5], ["1,234", "0"]),
    ("share", [0.424, 1.0], ["42", "100"]),
    ("share", [0.0123, 0.05], ["1.2", "5.0"]),
    ("months", [2.5, 7.0], ["2.5", "7.0"]),
    ("ratio", [0.98, 2.0], ["0.98", "2.00"]),
    ("p", [0.0004, 0.0123, 0.5], ["<0.001", "0.012", "0.50"]),
    ("flag", [True, False, pd.NA], ["yes", "no", MISSING]),
    ("date", [pd.Timestamp("2026-06-30"), pd.NaT], ["2026-06-30", MISSING]),
])
def test_each_kind_is_written_in_its_way(kind, values, written):
    assert one(values, kind) == written


def test_money_takes_the_unit_that_suits_its_middle_and_says_so_in_the_head():
    frame = pd.DataFrame({"x": [12_345.0, 2_000_000.0, 40_000.0]})
    table = Table(frame, (Column("x", "Revenue", "money", "EUR"),))
    assert table.heads() == [("Revenue", "EUR thousand")]
    assert table.cells() == [["12"], ["2,000"], ["40"]]


def test_small_values_do_not_show_a_negative_nothing():
    assert one([-0.001, 0.3], "number") == ["0.00", "0.30"]


def test_infinite_figures_are_written_as_such():
    assert one([float("inf"), float("-inf"), 1.0], "ratio") == ["∞", "−∞", "1.00"]


def test_an_interval_stands_beside_its_figure():
    frame = pd.DataFrame({"lift": [2.9, None, 1.0], "low": [1.8, None, None], "high": [4.1, None, None]})
    table = Table(frame, (Column("lift", "Lift", "ratio", low="low", high="high"),))
    assert table.cells() == [["2.90 (1.80 to 4.10)"], [MISSING], ["1.00"]]


def test_sorting_keeps_missing_last_and_leaves_the_frame_alone():
    frame = pd.DataFrame({"name": ["a", "b", "c"], "x": [1.0, None, 3.0]})
    columns = (Column("name", "Name"), Column("x", "X", "integer"))
    assert [row[0] for row in Table(frame, columns, sort="-x").cells()] == ["c", "a", "b"]
    assert [row[0] for row in Table(frame, columns, sort="x").cells()] == ["a", "c", "b"]
    assert frame["name"].tolist() == ["a", "b", "c"]


def test_the_text_form_lines_japanese_up():
    frame = pd.DataFrame({"name": ["製造業", "IT"], "n": [5, 12]})
    text = str(Table(frame, (Column("name", "業種"), Column("n", "社数", "integer")), title="表", note="注"))
    assert text == "表\n業種    社数\n製造業     5\nIT        12\n注"


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="absent"):
        Table(pd.DataFrame({"x": [1]}), (Column("absent", "A"),))
    with pytest.raises(ValueError, match="speed"):
        Column("x", "X", "speed")


def test_an_empty_frame_makes_an_empty_table():
    table = Table(pd.DataFrame({"x": pd.Series(dtype="float64")}), (Column("x", "X", "money", "EUR"),), sort="-x")
    assert table.cells() == []
    assert str(table) == "X (EUR)"


@pytest.mark.parametrize(("value", "kind", "unit", "words"), [
    (0.424, "share", "", "42 %"), (0.03, "share", "", "3.0 %"), (2.94, "ratio", "", "2.9"), (1.04, "ratio", "", "1.04"),
    (1234.0, "integer", "", "1,234"), (1_234_000, "money", "EUR", "EUR 1.2 million"),
    (-950, "money", "EUR", "EUR −950"),
    (2.3e9, "money", "USD", "USD 2.3 billion"), (None, "share", "", MISSING), (0.0001, "p", "", "less than 0.001"),
    (14.0, "months", "", "14 months"), (date(2026, 6, 30), "date", "", "2026-06-30"), (True, "flag", "", "yes"),
])
def test_a_figure_in_a_sentence(value, kind, unit, words):
    assert say(value, kind, unit) == words


def test_an_interval_in_a_sentence_shares_unit_and_decimals():
    assert say_interval(0.98, 12.2, "ratio") == "1.0 to 12.2"
    assert say_interval(0.012, 0.05, "share") == "1.2 to 5.0 %"
    assert say_interval(900.0, 2e6, "money", "EUR") == "EUR 900 to EUR 2.0 million"
    assert say_interval(None, 2.0, "ratio") == f"{MISSING} to 2.0"


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True) | st.none(), max_size=6),
       st.sampled_from(["integer", "number", "share", "money", "months", "ratio", "p"]))
def test_any_figure_can_be_written(values, kind):
    column = pd.Series(values, dtype="float64")
    assert len(one(column, kind)) == len(values)


def test_japanese_counts_large_sums_in_its_own_units():
    with in_language("ja"):
        assert say(1_234_000, "money", "JPY") == "123万円"
        assert say(141_000, "money", "USD") == "14.1万米ドル"
        assert say(2_500_000_000, "money", "JPY") == "25.0億円"
        assert say(9_800, "money", "JPY") == "9,800円"
        assert say(0.42, "share") == "42%"
        assert say_interval(2, 14, "months") == "2〜14か月"
