"""Stored results come back exactly, and nothing that cannot is stored."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_lab.artifacts import Field
from icp_lab.artifacts.codec import decode, digest, encode
from icp_lab.process import Item, Step

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.dates()
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=12,
)


@given(NESTED)
def test_plain_values_come_back_equal_and_of_the_same_type(value):
    back = decode(*encode(value))
    assert back == value
    assert type(back) is type(value)


def make_frame():
    return pd.DataFrame(
        {
            "text": pd.array(["x", None], dtype="str"),
            "day": pd.to_datetime(["2024-02-29", None]).astype("datetime64[s]"),
            "tools": [("a", "b"), None],
            "flag": pd.array([True, None], dtype="boolean"),
            "band": pd.Categorical(["u", "v"], categories=["v", "u"], ordered=True),
            "number": [0.1, np.nan],
            "count": pd.array([1, None], dtype="Int64"),
        },
        index=pd.Index(["k1", "k2"], name="account_id", dtype="str"),
    )


@pytest.mark.parametrize(
    "frame",
    [
        make_frame(),
        make_frame().iloc[:0],
        pd.concat([make_frame(), make_frame()]).sort_index(),
        pd.DataFrame(),
        pd.crosstab(pd.Series([1, 2, 2]), pd.Series([True, False, True])),
        pd.DataFrame([[1, 2.0]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", "y"])),
        pd.DataFrame([[1.5, 2.0]], columns=[3, 1], index=pd.MultiIndex.from_tuples([("a", 1)], names=["p", "q"])),
    ],
    ids=["typed", "no rows", "in pieces", "nothing", "crosstab", "two heads", "numbered"],
)
def test_frames_come_back_exactly(frame):
    pd.testing.assert_frame_equal(decode(*encode(frame)), frame)


def test_series_arrays_and_missing_values_come_back():
    series = pd.Series([1.0, np.nan], name=("lift", 2), index=["a", "b"])
    pd.testing.assert_series_equal(decode(*encode(series)), series)
    for array in (np.arange(6).reshape(2, 3), np.array([0.1, np.inf]), np.array(["2024-01-01"], dtype="datetime64[D]")):
        back = decode(*encode(array))
        assert back.dtype == array.dtype
        np.testing.assert_array_equal(back, array)
    assert decode(*encode(pd.NA)) is pd.NA
    assert decode(*encode(pd.NaT)) is pd.NaT
    assert np.isnan(decode(*encode(float("nan"))))
    moments = (datetime(2024, 1, 1, 5), date(2024, 1, 1), pd.Timestamp("2024-01-01"))
    assert [type(each) for each in decode(*encode(moments))] == [type(each) for each in moments]
    assert decode(*encode(frozenset({"b", "a"}))) == frozenset({"a", "b"})


def test_dataclasses_come_back_nested():
    step = Step(6, "Draft", (Item("6a", "Basic", "06b_draft_icp"),))
    assert decode(*encode({"step": step, "field": Field("a", "text", "b", choices=("x",))})) == {
        "step": step, "field": Field("a", "text", "b", choices=("x",)),
    }


def test_the_marks_of_the_codec_may_stand_in_data():
    tricky = {"~": "tuple", "of": [1]}
    assert decode(*encode(tricky)) == tricky


@dataclass(frozen=True)
class Foreign:
    """A class of somebody else's module."""

    value: int


def test_only_the_labs_own_classes_are_built():
    with pytest.raises(TypeError, match="not the lab's own"):
        decode(*encode(Foreign(1)))


def test_what_cannot_be_stored_is_named_with_its_place():
    with pytest.raises(TypeError, match=r"result\['a'\]\[1\] is of type object"):
        encode({"a": [1, object()]})


def test_digests_tell_contents_apart():
    frame = make_frame()
    assert digest((frame, 1)) == digest((make_frame(), 1))
    changed = frame.assign(number=[0.1, 0.2])
    assert digest((frame, 1)) != digest((changed, 1)) != digest((changed, 1.0))
