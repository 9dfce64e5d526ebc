"""Mixed attributes on one scale."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.encoding import CATEGORY_WEIGHT, encode_attributes, is_skewed, spread_levels


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    n = 200
    return pd.DataFrame({
        "employees": np.exp(rng.normal(5, 1, n)),
        "growth": np.where(rng.random(n) < 0.2, np.nan, rng.normal(0.1, 0.05, n)),
        "industry": pd.Series(rng.choice(["a", "b", "c", "d"], n), dtype="str"),
        "exports": pd.Series(rng.random(n) < 0.4, dtype="boolean"),
        "tech": [("x", "y") if i % 3 else ("z",) if i % 2 else None for i in range(n)],
        "constant": 1.0,
    }).set_axis([f"A{i:03d}" for i in range(n)])


def test_each_attribute_has_its_weight(table):
    encoding = encode_attributes(table)
    variance = pd.Series(np.square(encoding.points).mean(axis=0)).groupby(list(encoding.attributes)).sum()
    assert variance["employees"] == pytest.approx(1)
    assert variance["growth"] == pytest.approx(0.8, abs=0.1)  # the missing fifth lies in the middle
    assert variance[["industry", "exports", "tech"]].tolist() == pytest.approx([CATEGORY_WEIGHT] * 3)
    assert "constant" not in variance


def test_missing_pulls_nowhere(table):
    encoding = encode_attributes(table)
    missing = table["growth"].isna()
    assert (encoding.frame.loc[missing, "growth"] == 0).all()
    assert (encoding.frame.loc[table["tech"].isna(), ["tech = x", "tech = z"]] == 0).all(axis=None)


def test_row_order_does_not_matter(table):
    shuffled = table.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(encode_attributes(table).frame, encode_attributes(shuffled).frame)


def test_rare_levels_and_giants(table):
    table["industry"] = ["rare", *["a"] * 100, *["b"] * 99]
    table.iloc[0, 0] = 1e12
    encoding = encode_attributes(table)
    assert "industry = rare" not in encoding.frame
    assert encoding.frame["employees"].max() < 4


def test_an_id_stands_once(table):
    with pytest.raises(ValueError, match="twice"):
        encode_attributes(pd.concat([table, table]))


def test_nothing_known():
    empty = pd.DataFrame({"industry": pd.Series([None, None], dtype="str"), "size": [np.nan, np.nan]}, index=["A", "B"])
    assert encode_attributes(empty).attributes == ()


def test_skew():
    assert is_skewed([1, 2, 3, 100])
    assert not is_skewed([-1, 2, 3, 100])
    assert not is_skewed([5.0, 5.0, 5.0])


def test_levels_of_missing_cells_are_missing():
    held = spread_levels(pd.Series([("x",), None, ("y", "x")], dtype=object))
    assert held.loc[1].isna().all()
    assert held.loc[2].tolist() == [1, 1]
