"""Artifacts are typed, checked both ways, and known by their content."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.artifacts import ARTIFACTS, BY_NAME, TableArtifact
from icp_lab.artifacts.store import DTYPES, check_table, read_artifact, write_artifact
from icp_lab.errors import LabError

CUSTOMERS = BY_NAME["customers"]


def make_customers():
    return pd.DataFrame({
        "account_id": ["b", "a", "c"], "status": ["customer", "lost", "prospect"], "revenue": [1, 2, 3],
        "churned": [True, None, False], "since": [date(2024, 1, 31), None, None],
    })


def test_a_table_comes_back_typed_sorted_and_complete(tmp_path):
    entry = write_artifact(tmp_path, CUSTOMERS, make_customers())
    frame = read_artifact(tmp_path, CUSTOMERS)
    assert frame["account_id"].tolist() == ["a", "b", "c"]
    assert frame.columns.tolist() == [field.name for field in CUSTOMERS.fields]
    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert kinds == {field.name: DTYPES[field.kind] for field in CUSTOMERS.fields}
    assert frame.loc[1, "since"] == pd.Timestamp("2024-01-31")
    assert frame.loc[0, "churned"] is pd.NA
    assert entry.rows == 3


def test_content_is_known_whatever_the_order_of_rows_and_columns(tmp_path):
    frame = make_customers()
    first = write_artifact(tmp_path, CUSTOMERS, frame)
    again = write_artifact(tmp_path, CUSTOMERS, frame.iloc[::-1, ::-1])
    other = write_artifact(tmp_path, CUSTOMERS, frame.assign(revenue=[1, 2, 3.0000001]))
    assert first.content == again.content != other.content


@pytest.mark.parametrize("artifact", [a for a in ARTIFACTS if isinstance(a, TableArtifact)], ids=lambda a: a.name)
def test_a_table_without_rows_is_lawful(artifact, tmp_path):
    write_artifact(tmp_path, artifact, pd.DataFrame({field.name: [] for field in artifact.fields}))
    assert read_artifact(tmp_path, artifact).empty


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": ["customer", "x", "lost"]}, "'x' is none of customer, lost, prospect"),
        ({"status": ["customer", None, "lost"]}, "row 2 has no value"),
        ({"account_id": ["a", "a", "b"]}, "a stands there twice"),
        ({"revenue": ["1", "2", "3"]}, "not number"),
        ({"churned": [1, 0, 1]}, "not flag"),
        ({"since": ["2024-01-01", None, None]}, "not date"),
        ({"name": [1, 2, 3]}, "not text"),
        ({"colour": ["red", "red", "red"]}, "not declared"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(change, words):
    with pytest.raises(LabError, match=words):
        check_table(CUSTOMERS, make_customers().assign(**change))


def test_a_missing_required_column_is_refused():
    with pytest.raises(LabError, match=r"column status: .* the column is missing"):
        check_table(CUSTOMERS, make_customers().drop(columns="status"))


def test_integers_are_whole():
    success = pd.DataFrame({"account_id": ["a"], "measured": [3.0]})
    assert check_table(BY_NAME["success"], success)["measured"].dtype == "int64"
    with pytest.raises(LabError, match="measured"):
        check_table(BY_NAME["success"], success.assign(measured=2.5))


def test_a_record_becomes_plain_json(tmp_path):
    record = {"criteria": ({"attribute": "x", "min": np.float64(1.5)},), "verdict": "tentative",
              "evidence": {"p": float("nan"), "on": date(2024, 1, 1), "n": np.int64(3)}}
    entry = write_artifact(tmp_path, BY_NAME["avoid"], record)
    back = read_artifact(tmp_path, BY_NAME["avoid"])
    assert back == {"criteria": [{"attribute": "x", "min": 1.5}], "verdict": "tentative",
                    "evidence": {"p": None, "on": "2024-01-01", "n": 3}}
    turned = dict(reversed(record.items()))
    assert write_artifact(tmp_path, BY_NAME["avoid"], turned).content == entry.content
    assert json.loads((tmp_path / "avoid.json").read_text(encoding="utf-8")) == back


@pytest.mark.parametrize(
    "record", [{"criteria": [], "verdict": "x"}, [], {"criteria": {1}, "verdict": 1, "evidence": 1}]
)
def test_a_record_that_does_not_fit_is_refused(record, tmp_path):
    with pytest.raises(LabError, match="avoid"):
        write_artifact(tmp_path, BY_NAME["avoid"], record)
