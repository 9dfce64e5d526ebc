"""What one criterion says, accepts and refuses, form by form; that all engines agree on it is in test_rule."""

from math import inf, nan

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest

from icp_lab.errors import LabError
from icp_lab.locale import in_language
from icp_lab.rule import Criterion, Rule

SPAN, FROM, UNDER = (Criterion.between("girth", *ends) for ends in ((1, 2.5), (2, None), (None, 3)))
SET, HAS = Criterion.one_of("girth", ["b", "a", "b"]), Criterion.has("girth", "x")
YES, NO = Criterion.flag("girth"), Criterion.flag("girth", yes=False)
ALL = {
    SPAN: ({"min": 1, "max": 2.5}, "girth from 1 to under 2.5", "girthが1以上2.5未満"),
    FROM: ({"min": 2}, "girth at least 2", "girthが2以上"),
    UNDER: ({"max": 3}, "girth under 3", "girthが3未満"),
    SET: ({"in": ["a", "b"]}, "girth a or b", "girthがaまたはb"),
    HAS: ({"has": "x"}, "girth includes x", "girthにxを含む"),
    YES: ({"is": True}, "girth: yes", "girthが「はい」"),
    NO: ({"is": False}, "girth: no", "girthが「いいえ」"),
}


@pytest.mark.parametrize("criterion", ALL, ids=repr)
def test_each_form_is_written_and_said_and_read_back(criterion):
    written, english, japanese = ALL[criterion]
    assert criterion.to_dict() == {"attribute": "girth", **written}
    assert list(criterion.to_dict()) == ["attribute", *written]
    assert [type(v) for v in criterion.to_dict().values()] == [str, *map(type, written.values())]
    assert Criterion.from_dict({**criterion.to_dict(), "why": "they said so", "edited_by": "Ito"}) == criterion
    assert (criterion.words("en"), criterion.words("ja"), criterion.words()) == (english, japanese, english)
    with in_language("ja"):
        assert (criterion.words(), criterion.words("en")) == (japanese, english)


def test_what_is_not_said_has_a_meaning():
    assert (Criterion("a", "is").yes, Criterion("a", "is").values, Criterion.flag("a").yes) == (True, (), True)
    assert (Criterion("a", "is").min, Criterion("a", "is").max) == (None, None)
    assert Criterion.from_dict({"attribute": "a", "is": "yes"}) == Criterion.flag("a")
    assert Criterion.from_dict({"attribute": "a", "is": "no"}) == Criterion.flag("a", yes=False)
    assert Criterion.from_dict({"attribute": "a", "has": 3}).values == ("3",)
    assert Criterion.from_dict({"attribute": "a", "in": (3, "b")}).values == ("3", "b")
    assert Criterion.has("a", 7).values == ("7",)
    assert type(Criterion.between("a", 1, 2).min) is type(Criterion.between("a", 1, 2).max) is float


@pytest.mark.parametrize(("given", "found"), [
    ({"kind": "interval"}, "{'attribute': 'a'}"),
    ({"kind": "interval", "min": -inf}, "{'attribute': 'a'}"),
    ({"kind": "interval", "max": nan}, "{'attribute': 'a'}"),
    ({"kind": "interval", "min": 1.0, "max": inf}, "{'attribute': 'a', 'min': 1}"),
    ({"kind": "interval", "min": 2.0, "max": 2.0}, "{'attribute': 'a', 'min': 2, 'max': 2}"),
    ({"kind": "interval", "min": 2.5, "max": 1.0}, "{'attribute': 'a', 'min': 2.5, 'max': 1}"),
    ({"kind": "set"}, "{'attribute': 'a', 'in': []}"),
    ({"kind": "has"}, "{'attribute': 'a', 'has': ''}"),
    ({"kind": "has", "values": ("x", "y")}, "{'attribute': 'a', 'has': 'x'}"),
    ({"kind": "is", "attribute": ""}, "{'attribute': '', 'is': True}"),
    ({"kind": "set", "values": ("x",), "attribute": ""}, "{'attribute': '', 'in': ['x']}"),
])
def test_none_that_says_nothing_can_be_made(given, found):
    with pytest.raises(LabError, match=r"is not a criterion\. A criterion names") as refused:
        Criterion(**{"attribute": "a", **given})
    assert str(refused.value).startswith(found + " is not")


def test_one_end_is_enough_and_two_have_to_leave_room():
    assert Criterion("a", "interval", min=0.0).max is None
    assert Criterion("a", "interval", max=0.0).min is None
    assert Criterion("a", "interval", min=1.0, max=1.5).max == 1.5


@pytest.mark.parametrize("broken", [
    {"is": True}, {"attribute": None, "is": True}, {"attribute": 3, "is": True}, {"attribute": "a", "min": True},
    {"attribute": "a", "min": 1, "max": "2"}, {"attribute": "a", "max": None}, {"attribute": "a", "in": "text"},
    {"attribute": "a", "in": ()}, {"attribute": "a", "has": ["x"]}, {"attribute": "a", "has": None},
    {"attribute": "a", "is": None}, {"attribute": "a", "is": True, "in": ["x"]},
    {"attribute": "a", "in": ["x"], "has": "x"}, {"attribute": "a", "min": inf}, {},
])
def test_what_is_written_otherwise_is_refused_as_it_stands(broken):
    with pytest.raises(LabError) as refused:
        Criterion.from_dict(broken)
    assert "is not a criterion" in str(refused.value)
    if broken.get("min") != inf:  # JSON of what a criterion would say has no such number
        assert str(refused.value).startswith(repr(broken))


def _column(values, dtype):
    return pd.Series(values, dtype=dtype)


TRUTHS = [
    (SPAN, [0.5, 1.0, 2.4, 2.5, inf, -inf, nan], float, [0, 1, 1, 0, 0, 0, None]),
    (SPAN, [0, 1, 2, 3, None], "Int64", [0, 1, 1, 0, None]),
    (FROM, [1.9, 2.0, inf, nan], float, [0, 1, 1, None]),
    (UNDER, [2.9, 3.0, -inf, inf, nan], float, [1, 0, 1, 0, None]),
    (SET, ["a", "b", "c", None], "str", [1, 1, 0, None]),
    (SET, [None, None], object, [None, None]),
    (HAS, [("x",), ["y", "x"], (), "x", np.array(["x"]), None], object, [1, 1, 0, 0, 1, None]),
    (YES, [True, False, None], "boolean", [1, 0, None]),
    (NO, [True, False, None], "boolean", [0, 1, None]),
    (YES, [True, False], bool, [1, 0]),
]


@pytest.mark.parametrize(("criterion", "values", "dtype", "expected"), TRUTHS)
def test_a_column_meets_it_fails_it_or_leaves_it_open(criterion, values, dtype, expected):
    met, known = criterion.check(_column(values, dtype))
    assert (met.dtype, known.dtype) == (bool, bool)
    assert met.tolist() == [one == 1 for one in expected]
    assert known.tolist() == [one is not None for one in expected]


@pytest.mark.parametrize(("criterion", "values"), [
    (SPAN, [0.5, 1.0, 2.4, 2.5, inf, -inf, nan, None]), (FROM, [1.9, 2.0, nan, None]), (UNDER, [2.9, 3.0, nan, None]),
    (SET, ["a", "c", None]), (HAS, [["x"], ["y"], [], None]), (YES, [True, False, None]), (NO, [True, False, None]),
])
def test_an_expression_tells_met_and_known_apart(criterion, values):
    """Neither is ever missing, on an engine that knows missing values and NaN."""
    met, known = criterion._expressions()
    found = nw.from_native(pl.DataFrame({"girth": values})).select(met=met, known=known)
    column = pd.Series(values, dtype=object if criterion is HAS else None).astype(
        "boolean" if criterion.kind == "is" else object if criterion is HAS else "float" if criterion.kind == "interval"
        else "str")
    assert [found["met"].to_list(), found["known"].to_list()] == [one.tolist() for one in criterion.check(column)]


@pytest.mark.parametrize(("criterion", "values", "sample"), [
    (SPAN, [True, False], "True"), (SPAN, [None, "many"], "many"), (SET, [None, 7.5], "7.5"), (YES, ["x"], "x"),
    (SPAN, pd.array([None], "boolean"), "")])
def test_a_column_of_another_kind_is_refused_with_a_sample(criterion, values, sample):
    with pytest.raises(LabError, match=f"girth holds '{sample}', which the criterion cannot be") as refused:
        criterion.check(pd.Series(values))
    assert f"A criterion of kind {criterion.kind} needs" in str(refused.value)


def test_a_number_column_without_a_value_is_no_reason_to_refuse_a_set():
    met, known = SET.check(pd.Series([nan, nan]))
    assert (met.any(), known.any()) == (False, False)


NUMBER = """NULLIF(CAST("girth" AS DOUBLE), CAST('NaN' AS DOUBLE))"""
BIG = "IF(IS_NAN(CAST(`girth` AS FLOAT64)), NULL, CAST(`girth` AS FLOAT64))"


@pytest.mark.parametrize(("criterion", "dialect", "sql"), [
    (SPAN, "duckdb", f"{NUMBER} >= 1 AND {NUMBER} < 2.5"),
    (FROM, "snowflake", f"{NUMBER} >= 2"),
    (UNDER, "bigquery", f"{BIG} < 3"),
    (SPAN, "bigquery", f"{BIG} >= 1 AND {BIG} < 2.5"),
    (UNDER, "spark", NUMBER.replace('"', "`") + " < 3"),
    (UNDER, "postgres", NUMBER.replace("DOUBLE", "DOUBLE PRECISION") + " < 3"),
    (SET, "duckdb", "\"girth\" IN ('a', 'b')"),
    (HAS, "duckdb", """CASE WHEN "girth" IS NULL THEN NULL ELSE COALESCE(ARRAY_CONTAINS("girth", 'x'), FALSE) END"""),
    (YES, "duckdb", '"girth"'),
    (NO, "bigquery", "NOT `girth`"),
])
def test_sql_is_this(criterion, dialect, sql):
    assert Rule((criterion,)).sql(dialect) == sql


@pytest.mark.parametrize(("bound", "written"), [
    (100.0, "100"), (-3.0, "-3"), (0.5, "0.5"), (2.0**53 - 1, "9007199254740991e0"), (2.0**53, "9007199254740992.0e0"),
    (-(2.0**53), "-9007199254740992.0e0"), (123456789012345.0, "123456789012345"),
    (12345678901234.5, "12345678901234.5"), (1234567890123456.0, "1234567890123456e0"), (1e300, "1e+300"),
    (123456789012345.5, "123456789012345.5e0"), (1.2345678901234568e-05, "1.2345678901234568e-05"),
    (0.1 + 0.2, "0.30000000000000004e0"), (-0.1 - 0.2, "-0.30000000000000004e0"), (-1e-9, "-1e-09")])
def test_a_bound_of_more_than_15_digits_carries_an_exponent(bound, written):
    assert Rule((Criterion.between("girth", bound, None),)).sql().split(" >= ")[1] == written
