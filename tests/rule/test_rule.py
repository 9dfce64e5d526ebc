"""A rule means the same in words, as a mask, as an expression and as SQL, missing values included."""

import json
from datetime import date

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icp_lab.errors import LabError
from icp_lab.locale import in_language
from icp_lab.rule import MAX_CRITERIA, Criterion, Hypothesis, Rule

NUMBERS = st.one_of(st.none(), st.sampled_from([float("nan"), float("inf"), -0.0]),
                    st.floats(-50, 50).map(lambda x: round(x, 1)))
COUNTS = st.one_of(st.none(), st.integers(-50, 50), st.integers(2**53 - 2, 2**53 + 6))
TEXTS = st.one_of(st.none(), st.sampled_from(["SaaS", "Fin'tech", "製造", "a\\b", ""]))
LISTS = st.one_of(st.none(), st.lists(st.sampled_from(["CRM", "ERP", "a'b", None]), max_size=2))
FLAGS = st.one_of(st.none(), st.booleans())
ROWS = st.lists(st.tuples(NUMBERS, COUNTS, TEXTS, LISTS, FLAGS), min_size=1, max_size=12)
BOUNDS = st.tuples(st.integers(-40, 0), st.integers(1, 40))
CRITERIA = st.one_of(
    st.tuples(st.sampled_from(["size", "count"]), BOUNDS).map(lambda c: Criterion.between(c[0], *c[1])),
    st.sampled_from([0.1 + 0.2, -20, 7.5, 1e300]).map(lambda b: Criterion.between("size", b, None)),
    st.integers(-20, 20).map(lambda b: Criterion.between("size", None, b)),
    st.integers(2**53 - 1, 2**53 + 4).map(lambda b: Criterion.between("count", b, None)),
    st.lists(st.sampled_from(["SaaS", "Fin'tech", "製造", "a\\b"]), min_size=1).map(
        lambda v: Criterion.one_of("my industry", v)
    ),
    st.sampled_from(["CRM", "a'b"]).map(lambda v: Criterion.has("stack", v)),
    st.booleans().map(lambda v: Criterion.flag("exports", v)),
)
RULES = st.lists(CRITERIA, max_size=4).map(lambda c: Rule(tuple(c)))


def _table(rows):
    size, count, industry, stack, exports = zip(*rows, strict=True)
    return pa.table(
        {
            "size": pa.array(size, pa.float64()),
            "count": pa.array(count, pa.int64()),
            "my industry": pa.array(industry, pa.string()),
            "stack": pa.array(stack, pa.list_(pa.string())),
            "exports": pa.array(exports, pa.bool_()),
        }
    )


def _frame(rows):
    size, count, industry, stack, exports = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "size": np.array(size, dtype="float64"),
            "count": pd.array(count, dtype="Int64"),
            "my industry": pd.array(industry, dtype="str"),
            "stack": pd.Series([None if v is None else tuple(v) for v in stack], dtype=object),
            "exports": pd.array(exports, dtype="boolean"),
        }
    )


def _answers(values):
    return [None if pd.isna(v) else bool(v) for v in values]


def test_each_row_is_told_criterion_by_criterion():
    rule = Rule((Criterion.between("girth", 10, None), Criterion.flag("open")))
    answers = pd.array([None, True, False], "boolean")
    frame = pd.DataFrame({"girth": [5.0, 10.0, None], "open": answers}, index=["x", "y", "z"])
    found = rule.check(frame)
    assert found.columns.tolist() == [0, 1]
    assert found.index.tolist() == ["x", "y", "z"]
    assert found.dtypes.astype(str).tolist() == ["boolean", "boolean"]
    assert [_answers(found[0]), _answers(found[1])] == [[False, True, None], [None, True, False]]
    inside = rule.mask(frame)
    assert (inside.name, str(inside.dtype), inside.index.tolist()) == ("inside", "boolean", ["x", "y", "z"])
    assert _answers(inside) == [False, True, False]
    three = nw.from_native(pl.DataFrame({"girth": [5.0, 10.0, None, None], "open": [None, True, False, True]}))
    assert three.select(inside=rule.expr())["inside"].to_list() == [False, True, False, None]


def test_the_empty_rule_is_true_on_every_engine():
    assert str(Rule().mask(pd.DataFrame({"a": [1]})).dtype) == "boolean"
    assert nw.from_native(pl.DataFrame({"a": [1]})).with_columns(inside=Rule().expr())["inside"].to_list() == [True]
    assert (Rule().sql(), Rule().sql("bigquery"), Rule().attributes, Rule().to_dicts()) == ("TRUE", "TRUE", (), [])


def test_a_rule_is_said_and_written_in_the_order_of_its_criteria():
    rule = Rule((Criterion.flag("open"), Criterion.between("girth", 1, 2), Criterion.flag("open", yes=False)))
    assert rule.attributes == ("open", "girth")
    assert rule.words("en") == rule.words() == "open: yes; girth from 1 to under 2; open: no"
    with in_language("ja"):
        assert rule.words() == rule.words("ja") == "openが「はい」、girthが1以上2未満、openが「いいえ」"
        assert (Rule().words(), Rule().words("en")) == ("すべての企業", "every account")
    assert rule.to_dicts() == [one.to_dict() for one in rule.criteria]
    assert Rule((Criterion.flag("open"), Criterion.flag("girth"))).sql() == '"open" AND "girth"'
    assert Rule((Criterion.flag("open"), Criterion.flag("girth"))).sql("spark") == "`open` AND `girth`"


def test_a_key_is_one_text_whatever_the_order():
    """It is compared with keys of other days: its form stays."""
    rule = Rule((Criterion.between("é", 1, 2), Criterion.flag("a")))
    inner = ['{"attribute": "a", "is": true}', '{"attribute": "é", "max": 2, "min": 1}']
    assert rule.key == json.dumps(inner)


def test_five_criteria_are_a_rule():
    assert len(Rule(tuple(Criterion.flag(f"a{i}") for i in range(5))).criteria) == MAX_CRITERIA == 5
    with pytest.raises(LabError, match=r"The rule has 6 criteria\. At most 5 criteria"):
        Rule.from_dicts([{"attribute": f"a{i}", "is": True} for i in range(6)])
    assert Hypothesis("Open ones", Rule(), date(2025, 1, 1)).by == ""



@settings(max_examples=120, deadline=None)
@given(ROWS, RULES)
def test_every_engine_gives_the_same_answer(rows, rule):
    expected, table = _answers(rule.mask(_frame(rows))), _table(rows)
    relation = duckdb.from_arrow(table)
    assert [r[0] for r in relation.project(rule.sql("duckdb")).fetchall()] == expected
    assert nw.from_native(pl.from_arrow(table)).with_columns(inside=rule.expr())["inside"].to_list() == expected
    lazy = nw.from_native(relation).with_columns(inside=rule.expr()).select("inside").to_native()
    assert [r[0] for r in lazy.fetchall()] == expected
    lists = pd.Series(pd.array(table["stack"].to_pylist(), pd.ArrowDtype(pa.list_(pa.string()))))
    pandas = nw.from_native(_frame(rows).assign(stack=lists)).with_columns(inside=rule.expr()).to_native()
    assert _answers(pandas["inside"]) == expected
    arrow = nw.from_native(table.to_pandas(types_mapper=pd.ArrowDtype)).with_columns(inside=rule.expr()).to_native()
    assert _answers(arrow["inside"]) == expected


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rows=ROWS, rules=st.lists(RULES, min_size=6, max_size=10))
def test_spark_gives_the_same_answer(spark, rows, rules):
    """Many rules a query: the expression as much as the SQL."""
    from pyspark.sql import functions  # noqa: PLC0415  (slow to import)

    frame, ids = _frame(rows), {"id": pa.array(range(len(rows)))}
    table = spark.createDataFrame(pa.table({**ids, **{c: _table(rows)[c] for c in _table(rows).column_names}}))
    by_expr = nw.from_native(table).with_columns(**{f"e{i}": rule.expr() for i, rule in enumerate(rules)}).to_native()
    by_sql = [functions.expr(rule.sql("spark")).alias(f"s{i}") for i, rule in enumerate(rules)]
    found = sorted((row.asDict() for row in by_expr.select("*", *by_sql).collect()), key=lambda row: row["id"])
    for i, rule in enumerate(rules):
        expected = _answers(rule.mask(frame))
        assert [row[f"e{i}"] for row in found] == expected
        assert [row[f"s{i}"] for row in found] == expected


@given(RULES)
def test_a_rule_survives_its_written_form(rule):
    assert Rule.from_dicts(rule.to_dicts()) == rule


def test_a_failed_criterion_beats_an_unknown_one():
    rule = Rule((Criterion.between("size", 10, None), Criterion.flag("exports")))
    frame = pd.DataFrame({"size": [5.0, None, 20.0, 20.0], "exports": pd.array([None, False, None, True], "boolean")})
    assert rule.mask(frame).astype("object").tolist() == [False, False, pd.NA, True]


def test_the_empty_rule_is_true_everywhere():
    assert Rule().mask(pd.DataFrame({"a": [1, 2]})).tolist() == [True, True]
    assert Rule().words("en") == "every account"


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "snowflake", "bigquery", "spark"])
def test_every_dialect_means_the_same_when_it_is_read_back(dialect):
    """Names and texts with quotes in them; lists but for Snowflake, whose variants DuckDB does not have."""
    has = () if dialect == "snowflake" else (Criterion.has("l", "x"),)
    rule = Rule((Criterion.one_of('od"d `name', ["it's", "a\\b"]), Criterion.between("n", 1, 2.5), *has))
    rows = pd.DataFrame({
        'od"d `name': ["it's", "a\\b", "c", None, "it's", "it's"], "n": [1.0, 2.0, 2.0, 2.0, float("nan"), 2.0],
        "l": [["x", None], ["x"], ["x"], ["x"], ["x"], ["y", None] if has else ["x"]]})
    read_back = sqlglot.parse_one(rule.sql(dialect), dialect=dialect).sql(dialect="duckdb")
    found = duckdb.from_df(rows).project(read_back).fetchall()
    assert [row[0] for row in found] == [True, True, False, None, None, not has]


def test_a_bound_is_written_as_the_very_double_that_it_is():
    """A decimal type would round the first and refuse the second."""
    low, high = (Rule((Criterion.between("n", bound, None),)).sql() for bound in (0.1 + 0.2, 1e300))
    assert low.endswith(">= 0.30000000000000004e0")
    assert high.endswith(">= 1e+300")
    assert duckdb.sql(f"SELECT {low} FROM (SELECT 0.1::DOUBLE + 0.2::DOUBLE AS n)").fetchall() == [(True,)]


@pytest.mark.parametrize(
    "broken",
    [
        {"attribute": "a"},
        {"attribute": "a", "min": 5, "max": 5},
        {"attribute": "a", "min": "5"},
        {"attribute": "a", "in": []},
        {"attribute": "", "is": True},
        {"attribute": "a", "is": "perhaps"},
        {"attribute": "a", "min": 1, "has": "x"},
        {"attribute": "a", "min": float("nan")},
    ],
)
def test_what_is_no_criterion_is_refused(broken):
    with pytest.raises(LabError, match="is not a criterion"):
        Criterion.from_dict(broken)


def test_more_than_five_criteria_are_refused():
    with pytest.raises(LabError, match="6 criteria"):
        Rule(tuple(Criterion.flag(f"a{i}") for i in range(6)))


def test_an_absent_or_unfit_column_is_named():
    rule = Rule((Criterion.between("employes", 1, None),))
    with pytest.raises(LabError, match=r"There is no attribute employes\..*Did you mean employees"):
        rule.mask(pd.DataFrame({"employees": [1.0]}))
    with pytest.raises(LabError, match="many"):
        rule.mask(pd.DataFrame({"employes": ["many"]}))
    with pytest.raises(LabError, match="cannot be compared"):
        Rule((Criterion.one_of("n", ["1"]),)).mask(pd.DataFrame({"n": [1.0]}))


def test_equal_rules_have_equal_keys():
    a, b = Criterion.flag("x"), Criterion.between("y", 1, None)
    assert Rule((a, b)).key == Rule((b, a)).key
    assert Rule((a,)).key != Rule((b,)).key


def test_a_refused_rule_is_what_a_profile_works_with():
    """Where nothing is claimed, the refused rule is carried as the hypothesis."""
    criteria = [{"attribute": "exports", "is": True}]
    assert Rule.from_profile({"criteria": criteria, "evidence": {"refused": []}}).to_dicts() == criteria
    assert Rule.from_profile({"criteria": [], "evidence": {"refused": criteria}}).to_dicts() == criteria
    assert Rule.from_profile({"criteria": [], "evidence": None}) == Rule.from_profile({}) == Rule()
    assert Rule.from_profile({"criteria": None, "evidence": {"refused": None}}) == Rule()
