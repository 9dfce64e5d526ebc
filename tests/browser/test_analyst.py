"""The analyst's loop in JupyterLab: run a notebook, change a weight, leave a column out, try a rule by hand."""

import json
import re
import shutil

import pytest
from translate_notebooks import FOLDER, lay_copies

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def lab(open_lab, reports, root, tmp_path):
    """JupyterLab on a copy of the demo (tries are noted in a study), with its finished report to work in."""
    study, out = tmp_path / "demo", tmp_path / "out"
    shutil.copytree(root / "data/demo", study)
    shutil.copytree(reports["en"], out)
    places = {"ICP_LAB_STUDY": str(study), "ICP_LAB_OUT": str(out), "ICP_LAB_LANGUAGE": "en"}
    return lambda name: (open_lab(sorted((root / "notebooks").glob("*.ipynb")), f"{name}.ipynb", **places), out)


def _shown(lab, source):
    return lab.cell(source).locator(".jp-OutputArea").inner_text()


def test_the_draft_runs_and_answers_the_analyst(lab):
    lab, out = lab("06b_draft_icp")
    assert lab.run_all() == []
    assert lab.page.locator('[data-mime-type$="error"], .jp-RenderedText[data-mime-type*="stderr"]').count() == 0
    draft = json.loads((out / "artifacts/06b_draft_icp/draft.json").read_text(encoding="utf-8"))
    dropped = draft["criteria"][0]["attribute"]
    before = _shown(lab, "view.tabulate_rule(finding)")

    seconds = lab.rewrite(lab.cell("exclude: list"), lambda source: re.sub(r"= \[\]", f'= ["{dropped}"]', source))
    after = _shown(lab, "view.tabulate_rule(finding)")
    assert after != before
    print(f"without {dropped}: the whole notebook again in {seconds:.1f} s")

    rule = "from icp_lab import try_rule\ntry_rule(here, \"employees >= 100\")"
    shown, seconds = lab.try_cell(rule)
    assert "employees" in shown
    assert "Error" not in shown
    print(f"a rule tried by hand: {seconds:.1f} s")


def test_a_changed_weight_shows_in_the_ranking(lab):
    lab, _out = lab("02_best_customers")
    assert lab.run_all() == []
    before = _shown(lab, "view.tabulate_best")
    usual, heavier = '"satisfaction": 1', '"satisfaction": 9'
    seconds = lab.rewrite(lab.cell("weights: dict"), lambda source: source.replace(usual, heavier))
    assert _shown(lab, "view.tabulate_best") != before
    print(f"another weight: the whole notebook again in {seconds:.1f} s")


def test_an_analyst_works_in_japanese(open_lab, reports, root, tmp_path):
    """Translated copies run from top to bottom, say nothing but Japanese, and count as the notebooks themselves."""
    study, out, copies = (tmp_path / name for name in ("demo", "out", "copies"))
    shutil.copytree(root / "data/demo", study)
    shutil.copytree(reports["ja"], out)
    lay_copies(FOLDER, copies, "ja")
    places = {"ICP_LAB_STUDY": str(study), "ICP_LAB_OUT": str(out), "ICP_LAB_LANGUAGE": "ja"}
    lab = open_lab(sorted(copies.glob("*.ipynb")), "09_icp_document.ipynb", **places)
    assert lab.run_all() == []
    assert lab.page.locator('[data-mime-type$="error"]').count() == 0
    said = lab.page.locator(".jp-RenderedMarkdown, .jp-RenderedHTML").all_inner_texts()
    sentences = [line for text in said for line in text.splitlines() if len(line) > 60 and "\t" not in line]
    assert [line for line in sentences if not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", line)] == []
    assert len(sentences) > 20
    assert json.loads((out / "artifacts/09_icp_document/manifest.json").read_text(encoding="utf-8"))["compute_key"]
