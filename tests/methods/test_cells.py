"""What is a cell of a market table, and what is a total of others."""

import pandas as pd
import pytest

from icp_lab.methods.cells import lay_cells, read_code


def _cells(rows, columns=("industry", "employees_min", "employees_max", "companies")):
    return pd.DataFrame(rows, columns=list(columns))


@pytest.mark.parametrize(("name", "whole", "parts", "left"), [
    ("region", "United States", {"Oregon": 40, "Texas": 58, "Utah": 12}, True),  # firms of two states are counted twice
    ("region", "East", {"Oregon": 40, "Texas": 58, "Utah": 12}, False),
    ("region", "East", {"Oregon": 40, "Texas": 48, "Utah": 12}, True),  # called like no total, and exactly the sum
    ("region", "Georgia", {"Oregon": 400, "Texas": 580}, False),  # a country, and a state
    ("industry", "All industries (excluding government)", {"Retail": 40, "SaaS": 60}, True),
    ("industry", "全産業", {"小売業": 40, "情報通信業": 60}, True),
    ("country", "", {"DE": 40, "FR": 60}, True),
])
def test_a_total_is_never_added_to_its_parts(name, whole, parts, left):
    market = _cells([(whole, 100), *parts.items()], (name, "companies"))
    cells, out = lay_cells(market)
    assert cells["companies"].sum() == sum(parts.values()) + (0 if left else 100)
    assert list(out["label"]) == ([whole] if left else [])


def test_older_counts_of_a_cell_give_way_to_the_newest():
    cells, out = lay_cells(_cells([("SaaS", 10, 2021), ("SaaS", 12, 2023), ("Retail", 5, 2021)],
                                  ("industry", "companies", "year")))
    assert sorted(cells["companies"]) == [5, 12]
    assert out[["code", "label", "companies"]].to_numpy().tolist() == [["older", "2021", 10.0]]


def test_codes_and_words_of_divisions():
    assert [read_code(label, "naics") for label in ("51", "31-33", "Retail Trade", "G")] == ["51", "31-33", "44-45", ""]
    assert [read_code(label, "jsic") for label in ("G", "製造業", "51")] == ["G", "E", ""]
