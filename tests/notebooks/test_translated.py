"""Copies of the notebooks in another language: kept in step with the originals, never over somebody's work."""

import re

import nbformat
import pytest
from translate_notebooks import FOLDER, choose_folder, lay_copies

NAME = "01_customer_base.ipynb"


@pytest.fixture
def originals(tmp_path):
    cells = [
        nbformat.v4.new_markdown_cell("## What to decide"), nbformat.v4.new_code_cell("shown = 1"),
        nbformat.v4.new_code_cell("seed: int = 0  # seed, 0 to 9", metadata={"tags": ["parameters"]}),
    ]
    cells[1].outputs = [nbformat.v4.new_output("stream", text="English")]
    folder = tmp_path / "notebooks"
    folder.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / NAME)
    return folder


@pytest.fixture
def copies(originals, tmp_path):
    assert lay_copies(originals, tmp_path / "ja", "ja") == []
    return tmp_path / "ja"


def _edit(path, cell, source):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[cell].source = source
    nbformat.write(notebook, path)


def _sources(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def test_a_copy_speaks_the_language_and_computes_the_same(copies):
    copy = nbformat.read(copies / NAME, as_version=4)
    assert [cell.source for cell in copy.cells] == ["## 決めること", "shown = 1", "seed: int = 0  # seed, 0 to 9"]
    assert copy.cells[1].outputs == []


def test_all_notebooks_have_copies_with_the_code_of_the_originals(tmp_path):
    lay_copies(FOLDER, tmp_path, "ja")
    for path in FOLDER.glob("*.ipynb"):
        both = [nbformat.read(folder / path.name, as_version=4).cells for folder in (FOLDER, tmp_path)]
        codes = [[cell.source for cell in cells if cell.cell_type == "code"] for cells in both]
        plain, said = ([re.sub(r"  # .*", "", code) for code in sources] for sources in codes)
        assert plain == said
        prose = "".join(cell.source for cell in both[1] if cell.cell_type == "markdown")
        assert re.search(r"^# .*[\u3040-\u30ff\u4e00-\u9fff]", prose)
    parameters = next(code for code in _sources(tmp_path / "02_best_customers.ipynb") if "top_share: float" in code)
    assert "# ベスト顧客とする割合, 0.02 to 0.5" in parameters


def test_a_copy_that_ran_but_was_not_changed_stays(copies, originals):
    ran = nbformat.read(copies / NAME, as_version=4)
    ran.cells[1].outputs = [nbformat.v4.new_output("stream", text="日本語")]
    nbformat.write(ran, copies / NAME)
    before = (copies / NAME).read_bytes()
    assert lay_copies(originals, copies, "ja") == []
    assert (copies / NAME).read_bytes() == before


def test_an_untouched_copy_follows_its_original(copies, originals):
    _edit(originals / NAME, 1, "shown = 2")
    assert lay_copies(originals, copies, "ja") == []
    assert _sources(copies / NAME)[1] == "shown = 2"


def test_a_changed_copy_is_never_overwritten(copies, originals):
    _edit(copies / NAME, 1, "mine = 1")
    assert lay_copies(originals, copies, "ja") == []
    _edit(originals / NAME, 1, "shown = 2")
    beside = NAME.replace(".ipynb", "_new.ipynb")
    assert lay_copies(originals, copies, "ja") == [(NAME, beside)]
    assert _sources(copies / NAME)[1] == "mine = 1"
    assert _sources(copies / beside)[1] == "shown = 2"
    _edit(originals / NAME, 1, "shown = 3")
    assert lay_copies(originals, copies, "ja") == [(NAME, beside)]
    assert _sources(copies / beside)[1] == "shown = 3"
    assert len(list(copies.iterdir())) == 2


@pytest.mark.parametrize("text", ["not a notebook", '{"cells": []}'])
def test_what_is_not_ours_stays(copies, originals, text):
    (copies / NAME).write_text(text, encoding="utf-8")
    assert lay_copies(originals, copies, "ja") == [(NAME, NAME.replace(".ipynb", "_new.ipynb"))]
    assert (copies / NAME).read_text(encoding="utf-8") == text


def test_the_study_speaks_where_nobody_chose(root, monkeypatch, tmp_path, originals):
    monkeypatch.setattr("translate_notebooks.FOLDER", originals)
    assert choose_folder(root / "data/demo", "") == originals
    assert choose_folder(root / "data/demo_ja", "en") == originals
    assert choose_folder(root / "data/demo_ja", "") == tmp_path / "notebooks_ja"
    with pytest.raises(SystemExit, match="en, ja"):
        choose_folder(root / "data/demo", "de")
