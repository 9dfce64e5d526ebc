"""Whatever stands in study.yml or in a file, the answer is words, never a traceback."""

import copy
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from icp_lab.study import check_study

WHOLE = {
    "outcome": "best",
    "fiscal_year_start": 4,
    "tables": {
        "accounts": {
            "file": "a.csv",
            "columns": {"name": "n"},
            "set": {"city": "Rome"},
            "where": {"name": ["x", "y"]},
            "values": {"name": {"x": "y"}},
            "scale": {"employees": 2},
            "join": {"table": "o", "on": "account_id", "take": ["z"]},
        }
    },
    "other_tables": {"o": "o.csv"},
    "attributes": {"exclude": ["name"], "groups": {"basic": ["name"]}},
    "privacy": {"people": "hide"},
    "brand": {"name": "x"},
    "capacity": {"reps": 4},
    "steps": {"02_best_customers": {"top_share": 0.1}},
}
ODD = [None, [], {}, "", 0, -1, True, "zzz", ["a", {"b": 1}], {"a": {"b": [1]}}, {1: 2}, "2026-99-99", "'; drop --"]


def paths(node, at=()):
    """List every path of keys."""
    found = [at] if at else []
    for key, value in node.items() if isinstance(node, dict) else ():
        found += paths(value, (*at, key))
    return found


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.sampled_from(paths(WHOLE)), value=st.sampled_from(ODD))
def test_an_odd_value_anywhere_in_study_yml(make_study, at, value):
    content = copy.deepcopy(WHOLE)
    node = content
    for key in at[:-1]:
        node = node[key]
    node[at[-1]] = copy.deepcopy(value)
    stream = io.StringIO()
    YAML().dump(content, stream)
    folder = make_study(stream.getvalue(), a_csv="account_id,n,employees\n1,x,5\n2,y,6\n", o_csv="account_id,z\n1,q\n")
    assert check_study(folder).words()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60), kind=st.sampled_from(["csv", "tsv", "xlsx", "parquet"]), head=st.booleans())
def test_any_bytes_in_a_file(make_study, content, kind, head):
    folder = make_study(f"tables: {{accounts: a.{kind}}}\n")
    (folder / f"a.{kind}").write_bytes((b"account_id,x\n" if head else b"") + content)
    report = check_study(folder)
    assert report.ok or report.problems[0].startswith(f"a.{kind}")


@pytest.mark.parametrize("text", ["", "just words\n", "- a\n- b\n", "\t: x\n", "a: [1\n", "\x00"])
def test_files_that_are_no_study(tmp_path, text):
    (tmp_path / "study.yml").write_text(text, encoding="utf-8")
    (problem,) = check_study(tmp_path).problems
    assert "study.yml" in problem
