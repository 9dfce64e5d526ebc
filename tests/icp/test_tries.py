"""Each distinct rule that is tried is kept and counted, in the study or else under the report."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icp_lab.errors import LabError
from icp_lab.icp.tries import parse, try_rule
from icp_lab.rule import Criterion, Rule


def _here(tmp_path, folder):
    rng = np.random.default_rng(0)
    ids = pd.Index([f"A{i}" for i in range(200)], name="account_id")
    frame = pd.DataFrame({"employees": rng.integers(1, 500, 200).astype("float64")}, index=ids)
    good = np.where(rng.random(200) < np.where(frame["employees"] >= 250, 0.5, 0.1), "yes", "no")
    cases = pd.DataFrame({"case_id": ids, "account_id": ids, "positive": good})
    return SimpleNamespace(
        study=SimpleNamespace(folder=folder), out=tmp_path / "out", read=lambda _name: cases,
        candidates=lambda: SimpleNamespace(frame=frame, names=("employees",)))


def test_tries_are_counted_once_each(tmp_path):
    here = _here(tmp_path, tmp_path / "study")
    first = try_rule(here, "employees >= 250")
    assert first.tries == 1
    assert first.lift.low > 1
    assert try_rule(here, "employees >= 250").tries == 1
    second = try_rule(here, "employees < 250")
    assert second.tries == 2
    assert second.p_tries >= second.p_value
    assert len((tmp_path / "study" / "tries.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert "employees under 250" in second._repr_html_()


def test_a_study_that_cannot_be_written_leaves_the_count_under_the_report(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    here = _here(tmp_path, blocked)
    assert try_rule(here, "employees >= 250").tries == 1
    assert (tmp_path / "out" / "tries.jsonl").is_file()


@pytest.mark.parametrize(
    ("text", "criteria"),
    [
        ("", ()),
        ("employees >= 100 and employees < 500", (Criterion.between("employees", 100, 500),)),
        ("100 <= employees < 500", (Criterion.between("employees", 100, 500),)),
        ("industry in ('SaaS', 'Fintech')", (Criterion.one_of("industry", ["Fintech", "SaaS"]),)),
        ("industry == 'SaaS'", (Criterion.one_of("industry", ["SaaS"]),)),
        (
            "'CRM' in tech_stack and 'ERP' in tech_stack",
            (Criterion.has("tech_stack", "CRM"), Criterion.has("tech_stack", "ERP")),
        ),
        ("exports and not dealer", (Criterion.flag("exports"), Criterion.flag("dealer", False))),
        ("`annual revenue` >= 2.5", (Criterion.between("annual revenue", 2.5, None),)),
        ("従業員数 < 50", (Criterion.between("従業員数", None, 50),)),
    ],
)
def test_the_grammar(text, criteria):
    assert parse(text) == Rule(criteria)


@pytest.mark.parametrize(
    "text",
    [
        "employees > 5",
        "employees <= 5",
        "a or b",
        "__import__('os').remove('x')",
        "f(a)",
        "x ==",
        "x in ('a')",
        "1 < 2",
        "x in y",
        "x == 5",
        "5 <= x < 2",
        "x[0]",
        "lambda: 1",
        "x if y else z",
        "x >= 'a'",
        "not (a and b)",
    ],
)
def test_anything_else_is_refused_and_shown(text):
    with pytest.raises(LabError, match="cannot be read"):
        parse(text)
