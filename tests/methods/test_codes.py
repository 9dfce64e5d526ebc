"""Attributes become codes with bounds that a person would say."""

import numpy as np
import pandas as pd

from icp_lab.methods.codes import MISSING, OTHER, cut_points, encode_candidates


def test_bounds_are_round_numbers_near_the_quantiles():
    x = np.sort(np.random.default_rng(0).lognormal(5, 1.2, 2000))
    edges = cut_points(x, 20)
    assert all(float(f"{edge:.2g}") == edge for edge in edges)
    shares = np.diff([0, *np.searchsorted(x, edges) / len(x), 1])
    assert shares.max() < 0.1


def test_every_bound_parts_few_values():
    assert cut_points(np.array([1.0, 2, 3, 4, 5]), 8) == (2, 3, 4, 5)
    assert cut_points(np.array([2013.0, 2014, 2014, 2020]), 8) == (2014, 2020)
    assert cut_points(np.array([7.0, 7.0]), 8) == ()


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
