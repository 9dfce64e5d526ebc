"""The harness itself: it sees a request, an error and an overflow where there is one, and none where there is none."""

import nbformat
import pytest

pytestmark = pytest.mark.browser
CALM = '<!doctype html><html lang="en"><title>Calm</title><h1>Calm</h1><p>Nothing happens here.</p></html>'


@pytest.fixture
def page_of(tmp_path):
    """Write a page and say where it is."""

    def write(body):
        path = tmp_path / "page.html"
        path.write_text(CALM.replace("<p>", body + "<p>"), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("width", [390, 1440])
def test_a_calm_page_is_calm(visit, page_of, width):
    seen = visit(page_of(""), width)
    assert (seen.requests, seen.errors, seen.overflow) == ([], [], None)


def test_a_request_is_seen_even_without_a_network(visit, page_of):
    seen = visit(page_of('<img src="http://nowhere.invalid/logo.png" alt="">'))
    assert seen.requests == ["http://nowhere.invalid/logo.png"]


def test_an_error_in_a_script_is_seen(visit, page_of):
    assert "nothing is not defined" in visit(page_of("<script>nothing()</script>")).errors[0]


def test_an_overflow_is_seen_and_named(visit, page_of):
    pixels, culprits = visit(page_of('<div style="width: 600px">wide</div>'), 390).overflow
    assert pixels > 150
    assert "600px" in culprits[0]


def test_what_scrolls_in_its_own_box_is_no_overflow(visit, page_of):
    box = '<div style="overflow-x: auto"><div style="width: 600px">wide</div></div>'
    assert visit(page_of(box), 390).overflow is None


def test_jupyterlab_runs_a_notebook_and_a_change_in_it(open_lab, tmp_path):
    """A notebook of two cells: top to bottom, a changed value, a cell added by hand, a failure seen."""
    cells = [nbformat.v4.new_code_cell(source) for source in ("share = 2", "print('share is', share * 21)")]
    for cell, name in zip(cells, ("set", "show"), strict=True):
        cell.id = name
    path = tmp_path / "drafts" / "small.ipynb"
    path.parent.mkdir()
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, path)
    lab = open_lab([path], "small.ipynb")
    assert lab.run_all() == []
    assert "share is 42" in lab.cell("print").inner_text()
    lab.rewrite(lab.cell("share = 2"), lambda source: source.replace("2", "3"))
    assert "share is 63" in lab.cell("print").inner_text()
    shown, seconds = lab.try_cell("share + 100")
    assert "103" in shown
    assert 0 < seconds < 240
    assert "ZeroDivisionError" in lab.try_cell("1 / 0")[0]
