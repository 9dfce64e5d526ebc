"""The demo study: messy as exports are, and read back to what was drawn."""

import json

import pandas as pd
import pytest

from icp_lab.study import open_study
from icp_lab.worlds import make_company, write_demo, write_study

CELLS = ["employees", "annual_revenue", "digital_maturity", "growth", "industry", "exports", "tech_stack"]


def _list_files(folder):
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("language", ["en", "ja"])
def test_study_reads_back_to_the_world(tmp_path, language):
    world = make_company(accounts=120, seed=3, language=language)
    write_study(world, tmp_path)
    study = open_study(tmp_path)
    drawn = world.tables["accounts"].set_index("account_id").sort_index()
    read = study.table("accounts").set_index("account_id").sort_index()
    assert list(read.index) == list(drawn.index)
    for name in CELLS:
        pd.testing.assert_series_equal(read[name], drawn[name], check_dtype=False, check_index_type=False)
    for name, frame in world.tables.items():
        assert len(study.table(name)) - study.facts(name).made_missing * (name == "churn") == len(frame)


def test_mess_is_counted_by_the_study(tmp_path):
    write_demo(tmp_path, accounts=120, seed=3)
    mess = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["mess"]
    study = open_study(tmp_path)
    assert study.facts("support").set_aside >= mess["unknown_accounts_support"] + mess["duplicates_support"]
    assert study.facts("satisfaction").set_aside == mess["impossible_dates_satisfaction"]
    assert study.facts("churn").made_missing == mess["impossible_dates_churn"]
    assert study.facts("deals").made_missing == mess["impossible_dates_deals"]
    assert mess["spellings"] > 0


def test_written_twice_the_same(tmp_path):
    for name in ("one", "other"):
        write_demo(tmp_path / name, accounts=60)
    files = _list_files(tmp_path / "one")
    assert {"study.yml", "coders/second.csv"} <= set(files)
    assert all((tmp_path / "one" / f).read_bytes() == (tmp_path / "other" / f).read_bytes() for f in files)


def test_committed_demo_is_what_the_code_draws(root, tmp_path):
    write_demo(tmp_path)
    demo = root / "data/demo"
    assert _list_files(tmp_path) == _list_files(demo)
    for file in _list_files(tmp_path):
        assert (tmp_path / file).read_text(encoding="utf-8") == (demo / file).read_text(encoding="utf-8")


def test_after_sale_attribute_is_no_candidate(root):
    candidates = open_study(root / "data/demo").candidates()
    assert "plan" not in candidates.names
    assert "plan" in candidates.after_sale
    assert {"industry", "employees", "tech_stack"} <= set(candidates.names)
