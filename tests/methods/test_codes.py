"""Attributes become codes between quantiles, and a missing value is a code of its own."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_lab.methods.codes import MISSING, OTHER, cut_points, encode_candidates


def test_bins_are_about_equally_filled():
    x = np.sort(np.random.default_rng(0).lognormal(5, 1.2, 2000))
    shares = np.diff([0, *np.searchsorted(x, cut_points(x, 20)) / len(x), 1])
    assert shares.max() < 0.06


def test_every_value_has_its_bin_where_values_are_few():
    assert cut_points(np.array([1.0, 2, 3, 4, 5]), 8).tolist() == [2, 3, 4, 5]
    assert cut_points(np.array([2013.0, 2014, 2014, 2020]), 8).tolist() == [2014, 2020]
    assert cut_points(np.array([7.0, 7.0]), 8).tolist() == []


@given(st.lists(st.floats(-1e9, 1e9) | st.just(np.nan) | st.just(np.inf), min_size=30, max_size=200))
def test_a_code_says_between_which_edges_a_number_lies(values):
    encoded = encode_candidates(pd.DataFrame({"x": values}))
    for feature in encoded.features:
        edges = [-np.inf, *feature.edges, np.inf]
        for value, code in zip(values, encoded.codes[:, 0], strict=True):
            held = code == MISSING if not np.isfinite(value) else edges[code] <= value < edges[code + 1]
            assert held


@pytest.mark.parametrize("dtype", ["str", "object", "category", "string"])
def test_text_is_coded_alike_whatever_holds_it(dtype):
    column = pd.Series(["b"] * 5 + ["a"] * 6 + [None] * 2 + ["c"] * 3, dtype=dtype)
    encoded = encode_candidates(pd.DataFrame({"t": column}))
    assert encoded.features[0].levels == ("a", "b", "c")
    assert encoded.codes[:, 0].tolist() == [1] * 5 + [0] * 6 + [MISSING] * 2 + [2] * 3


def test_codes_do_not_depend_on_row_order_and_know_what_is_missing():
    frame = pd.DataFrame(
        {
            "t": pd.array(["a"] * 5 + ["b"] * 4 + ["rare", None], dtype="str"),
            "n": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, np.nan],
            "d": pd.date_range("2020-01-01", periods=11),
            "f": pd.array([True, False] * 5 + [None], dtype="boolean"),
        }
    )
    encoded = encode_candidates(frame)
    assert encoded.ignored == ("d",)
    assert encoded.attributes == ("f", "n", "t")
    assert (encoded.codes[-1] == MISSING).all()
    assert encoded.codes[9, 2] == OTHER
    turned = encode_candidates(frame.iloc[::-1])
    assert (turned.codes[::-1] == encoded.codes).all()


def test_members_of_lists_become_features():
    frame = pd.DataFrame({"s": pd.Series([("x", "y"), ("x",), (), None] * 10, dtype=object)})
    encoded = encode_candidates(frame)
    assert [feature.levels for feature in encoded.features] == [("x",), ("y",)]
    assert encoded.codes[:4, 0].tolist() == [1, 1, 0, MISSING]
