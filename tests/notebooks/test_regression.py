"""What the committed notebooks say is what a run says today."""

import os
import subprocess
import sys

import nbformat
import pytest
from refresh_notebooks import CHECKED, FOLDER, ROOT, keep_results, list_in_run_order

from icp_lab.process import needs

PATHS = sorted(FOLDER.glob("*.ipynb"))


def _example(**metadata):
    """A notebook as a run leaves it: one stated result, one picture, one cell that states nothing."""
    forms = {"text/plain": "12 accounts", "text/html": "<p>12"}
    words = nbformat.v4.new_output("execute_result", forms, execution_count=7)
    picture = nbformat.v4.new_output("display_data", {"image/svg+xml": "<svg/>"})
    cells = [
        nbformat.v4.new_code_cell("tell()", id="tell", metadata={"tags": [CHECKED, "mine"], "trusted": True}),
        nbformat.v4.new_code_cell("draw()", id="draw"),
    ]
    cells[0].outputs, cells[0].execution_count = [words, picture], 7
    cells[1].outputs, cells[1].execution_count = [words], 8
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def test_only_the_text_of_stated_results_is_kept():
    kept = keep_results(_example(papermill={"duration": 3}))
    assert set(kept.metadata) == {"kernelspec", "language_info"}
    assert kept.cells[0].metadata == {"tags": [CHECKED]}
    assert kept.cells[0].execution_count == 1
    assert [output.data for output in kept.cells[0].outputs] == [{"text/plain": "12 accounts"}]
    assert (kept.cells[1].outputs, kept.cells[1].execution_count) == ([], None)


def test_keeping_twice_changes_nothing():
    kept = keep_results(_example())
    assert keep_results(kept) == kept


def test_notebooks_run_after_those_they_read_from():
    order = [path.stem for path in list_in_run_order()]
    assert set(order) == {path.stem for path in PATHS}
    assert all(order.index(name) < order.index(later) for later in order for name in needs(later) if name in order)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_committed_notebook_is_in_its_committed_form(path):
    """Byte for byte what `make notebooks` writes, with a result in every cell that claims one."""
    notebook = nbformat.read(path, as_version=4)
    assert path.read_text(encoding="utf-8").rstrip("\n") == nbformat.writes(keep_results(notebook)).rstrip("\n")
    claiming = [cell for cell in notebook.cells if CHECKED in cell.metadata.get("tags", [])]
    assert [cell.id for cell in claiming if not cell.outputs] == []


def _validate(paths, out, study=ROOT / "data/demo"):
    """Let nbval run notebooks again, one after the other, and compare what the tagged cells say."""
    places = {"ICP_LAB_STUDY": str(study), "ICP_LAB_OUT": str(out), "ICP_LAB_LANGUAGE": "en"}
    places["PYTHONPATH"] = os.pathsep.join([str(ROOT / "tools"), os.environ.get("PYTHONPATH", "")])
    nbval = ["-m", "pytest", "-p", "nbval_text", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=600"]
    quiet = ["-q", "-o", "addopts=", "-p", "no:cacheprovider", "-W", "default", "--rootdir", str(out)]
    return subprocess.run(
        [sys.executable, *nbval, *quiet, *map(str, paths)],
        env=os.environ | places, cwd=out, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_changed_number_is_caught_and_a_picture_is_not_compared(tmp_path):
    """The comparison itself, on a notebook of two lines."""
    said = "    def __repr__(self): return '12 accounts'"
    shown = "    def _repr_html_(self): return '<b>12</b>'"
    source = "\n".join(["class Words:", said, shown, "Words()"])
    cell = nbformat.v4.new_code_cell(source, id="tell", metadata={"tags": [CHECKED]}, execution_count=1)
    for said, verdict in (("12 accounts", 0), ("13 accounts", 1)):
        cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": said}, execution_count=1)]
        path = tmp_path / "example.ipynb"
        nbformat.write(keep_results(nbformat.v4.new_notebook(cells=[cell])), path)
        ran = _validate([path], tmp_path)
        assert ran.returncode == verdict, ran.stdout + ran.stderr


@pytest.mark.slow
def test_the_demo_says_today_what_the_notebooks_say(tmp_path):
    ran = _validate(list_in_run_order(), tmp_path)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
