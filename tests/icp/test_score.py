"""Scoring a file: what is added, what passes through, what is refused, and that nothing is left half-written."""

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from icp_lab.errors import LabError
from icp_lab.icp.profile import ICP
from icp_lab.icp.score import ADDED, score_file
from icp_lab.rule import Rule

CRITERIA = [
    {"attribute": "employees", "min": 100, "max": 500},
    {"attribute": "industry", "in": ["SaaS", "it's"]},
    {"attribute": "tech_stack", "has": "Salesforce"},
    {"attribute": "exports", "is": True},
]
LEADS = pd.DataFrame({
    "lead_id": ["001", "002", "003", "004"],
    "employees": [120.0, 120.0, float("nan"), None],
    "industry": ["it's", None, "SaaS", "Retail"],
    "tech_stack": [["Salesforce", None], ["Salesforce"], [], None],
    "exports": pd.array([True, True, True, None], "boolean"),
})
TEXT = """\
lead_id;employees;industry;tech_stack;exports;note
001;120;it's ;"Salesforce, SAP";yes;"a ""q"" ; b"
002;１２0;;["Salesforce"];はい;
003;;SaaS;SAP;true;x
004;;Retail;;;=1+1
"""


def _icp(**data):
    return ICP({"schema": 1, "name": "T", "version": "3", "criteria": CRITERIA, **data})


@pytest.fixture
def leads(tmp_path):
    pq.write_table(pa.Table.from_pandas(LEADS, preserve_index=False), tmp_path / "leads.parquet")
    (tmp_path / "leads[1].csv").write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["leads.parquet", "leads[1].csv"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_is_scored_as_the_mask_says(leads, name, suffix):
    out = leads / "new" / f"out.{suffix}"
    scored = score_file(_icp(), leads / name, out)
    found = pd.read_csv(out, dtype=str) if suffix == "csv" else pd.read_parquet(out)
    assert found["icp_fit"].tolist() == ["in", "unknown", "out", "out"]
    assert found["icp_tier"].tolist() == found["icp_fit"].tolist()
    assert found["lead_id"].tolist() == LEADS["lead_id"].tolist()
    assert list(found.columns)[-4:] == list(ADDED)
    assert found["icp_reasons"][1] == (
        "employees from 100 to under 500 (met); industry SaaS or it's (unknown); "
        "tech stack includes Salesforce (met); exports: yes (met)")
    assert set(found["icp_version"]) == {"3"}
    assert scored.counts == {"in": 1, "out": 2, "unknown": 1}
    assert scored.words() == ["4 rows: 1 in, 2 out, 1 unknown."]
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    if "csv" in name:
        assert found["note"].tolist()[::3] == ['a "q" ; b', "=1+1"]


def test_parquet_keeps_its_types_and_csv_writes_lists_as_the_lab_reads_them(leads):
    score_file(_icp(), leads / "leads.parquet", leads / "out.parquet")
    score_file(_icp(), leads / "leads.parquet", leads / "out.csv")
    kept = pq.read_table(leads / "out.parquet").select(list(LEADS.columns))
    assert kept.to_pylist() == pq.read_table(leads / "leads.parquet").to_pylist()
    lists = pd.read_csv(leads / "out.csv", keep_default_na=False)["tech_stack"]
    assert lists.tolist() == ["Salesforce", "Salesforce", "", ""]


def test_points_lead_to_a_tier_and_what_is_unknown_gives_none(leads):
    points = [{"criterion": CRITERIA[0], "met": 0.2, "failed": -5},
              {"criterion": {"attribute": "lead_id", "in": ["002"]}, "met": 1, "failed": 0}]
    tiers = [{"name": "B", "min_fit": 0.3}, {"name": "A", "min_fit": 1.3}, {"name": "C", "min_fit": 0.2}]
    icp = _icp(score={"base": 0.1, "points": points}, tiers=tiers)
    score_file(icp, leads / "leads.parquet", leads / "out.parquet")
    found = pd.read_parquet(leads / "out.parquet")
    assert found["icp_tier"].fillna("").tolist() == ["B", "A", "", ""]  # 0.1 + 0.2 is 0.3 here
    assert found["icp_fit"].tolist() == ["in", "unknown", "out", "out"]
    assert found["icp_reasons"][0].startswith("employees from 100 to under 500 (met, +0.2 points); industry")
    assert "lead id" not in found["icp_reasons"][0]  # on the card alone, and worth nothing where it fails


def test_a_column_that_only_points_ask_for_may_be_absent(leads):
    points = [{"criterion": {"attribute": "growth", "min": 1}, "met": 5, "failed": -5}]
    icp = _icp(score={"base": 50, "points": points}, tiers=[{"name": "A", "min_fit": 50}])
    score_file(icp, leads / "leads.parquet", leads / "out.parquet")
    assert set(pd.read_parquet(leads / "out.parquet")["icp_tier"]) == {"A"}


def test_a_refused_rule_is_scored_as_a_hypothesis(leads):
    icp = _icp(criteria=[], evidence={"refused": CRITERIA})
    score_file(icp, leads / "leads.parquet", leads / "out.parquet")
    found = pd.read_parquet(leads / "out.parquet")
    assert found["icp_fit"][0] == "in"
    assert found["icp_reasons"][0].startswith("a hypothesis, not supported by the data; employees")
    with pytest.raises(LabError, match="no criteria"):
        score_file(_icp(criteria=[]), leads / "leads.parquet", leads / "out.parquet")


def test_unreadable_cells_are_unknown_and_counted_until_they_are_too_many(tmp_path):
    icp = _icp(criteria=CRITERIA[:1])
    (tmp_path / "a.csv").write_text("employees,b\n" + "120,1\n" * 9 + "many,1\n", "utf-8")
    scored = score_file(icp, tmp_path / "a.csv", tmp_path / "out.csv")
    assert scored.counts == {"in": 9, "out": 0, "unknown": 1}
    assert scored.words()[1] == "1 cells of employees could not be read and count as unknown."
    (tmp_path / "a.csv").write_text("employees,b\n" + "120,1\n" * 5 + "many,1\n" * 5, "utf-8")
    with pytest.raises(LabError, match="employees holds 'many'"):
        score_file(icp, tmp_path / "a.csv", tmp_path / "out.csv")


def test_a_japanese_export_is_read_in_its_encoding(tmp_path):
    (tmp_path / "a.csv").write_bytes("業種,employees\r\n製造業,150\r\n卸売,\r\n".encode("cp932"))
    icp = _icp(criteria=[{"attribute": "業種", "in": ["製造業"]}, CRITERIA[0]])
    score_file(icp, tmp_path / "a.csv", tmp_path / "out.csv")
    assert pd.read_csv(tmp_path / "out.csv")["icp_fit"].tolist() == ["in", "out"]


def test_an_empty_column_of_another_type_is_unknown(tmp_path):
    table = pa.table({"employees": [120, 120], "industry": pa.array([None, None], pa.int32())})
    pq.write_table(table, tmp_path / "a.parquet")
    scored = score_file(_icp(criteria=CRITERIA[:2]), tmp_path / "a.parquet", tmp_path / "out.parquet")
    assert scored.counts["unknown"] == 2


@pytest.mark.parametrize(
    ("table", "target", "complaint"),
    [
        ({"employee": [1]}, "out.csv", "Did you mean employee"),
        ({"employees": [True]}, "out.csv", "employees holds 'True'"),
        ({"employees": [1], "ICP_Fit": ["in"]}, "out.csv", "column ICP_Fit already"),
        ({"employees": [1]}, "in.parquet", "written over by its own scores"),
        ({"employees": [1]}, "out.xlsx", "neither CSV nor Parquet"),
    ],
)
def test_what_cannot_be_scored_is_refused_and_leaves_nothing(tmp_path, table, target, complaint):
    pq.write_table(pa.table(table), tmp_path / "in.parquet")
    before = (tmp_path / "in.parquet").read_bytes()
    with pytest.raises(LabError, match=complaint):
        score_file(_icp(criteria=CRITERIA[:1]), tmp_path / "in.parquet", tmp_path / target)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"in.parquet": before}


def test_a_broken_file_is_refused_in_words(tmp_path):
    (tmp_path / "in.parquet").write_text("no parquet", encoding="utf-8")
    with pytest.raises(LabError, match="could not be scored"):
        score_file(_icp(), tmp_path / "in.parquet", tmp_path / "out.parquet")


def test_many_rows_keep_their_order_and_agree_with_the_mask(tmp_path):
    query = "SELECT i, CASE WHEN i % 7 > 0 THEN i % 600 END AS employees, i % 3 = 0 AS exports FROM range(300000) t(i)"
    duckdb.sql(query).write_parquet(str(tmp_path / "in.parquet"))
    icp = _icp(criteria=[CRITERIA[0], CRITERIA[3]])
    score_file(icp, tmp_path / "in.parquet", tmp_path / "out.parquet")
    found = pd.read_parquet(tmp_path / "out.parquet")
    expected = Rule.from_dicts(icp.data["criteria"]).mask(found)
    assert found["i"].is_monotonic_increasing
    words = expected.astype(object).map({True: "in", False: "out"}).fillna("unknown")
    assert found["icp_fit"].tolist() == words.tolist()
