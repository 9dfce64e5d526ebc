"""What is read of notebook files is what Jupyter's own tools read."""

import ast

import nbformat
import papermill
import pytest

from icp_lab.errors import LabError
from icp_lab.process.notebook import NotebookFile, find_notebooks, read_parameters

CELL = """\
top_share: float = 0.15  # share of accounts called best, 0.05 to 0.5
weights: dict = {"revenue": 1, "usage": 2}  # weight of each measure
relative_to: str = "none"  # compare within, one of none, size_band
exclude: list = []  # attributes left out
use_opinions: bool = True  # let colleagues nominate
shift: int = -3  # months, -12 to 0
"""


@pytest.fixture
def notebook(tmp_path):
    cell = nbformat.v4.new_code_cell(CELL, metadata={"tags": ["parameters"]})
    cells = [nbformat.v4.new_markdown_cell("# The title\n\nWords."), nbformat.v4.new_code_cell("x = 1"), cell]
    path = tmp_path / "own.ipynb"
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec}), path)
    return path


def test_parameters_are_read_with_type_range_and_choices(notebook):
    file = NotebookFile(notebook)
    by_name = {parameter.name: parameter for parameter in file.parameters}
    assert (by_name["top_share"].low, by_name["top_share"].high) == (0.05, 0.5)
    assert (by_name["shift"].low, by_name["shift"].high, by_name["shift"].default) == (-12, 0, -3)
    assert by_name["relative_to"].choices == ("none", "size_band")
    assert by_name["weights"].default == {"revenue": 1, "usage": 2}
    assert (file.title, file.name, file.code[0]) == ("The title", "own", "x = 1")


def _assert_as_papermill(path):
    theirs = papermill.inspect_notebook(str(path))
    ours = {parameter.name: parameter for parameter in NotebookFile(path).parameters}
    assert set(ours) == set(theirs)
    for name, parameter in ours.items():
        assert theirs[name]["inferred_type_name"] == parameter.kind
        assert ast.literal_eval(theirs[name]["default"]) == parameter.default
        assert theirs[name]["help"].strip() == parameter.meaning


def test_parameters_are_those_that_papermill_finds(notebook):
    _assert_as_papermill(notebook)


@pytest.mark.parametrize("path", sorted(find_notebooks().glob("*.ipynb")), ids=lambda path: path.stem)
def test_parameters_of_the_house_are_those_that_papermill_finds(path):
    _assert_as_papermill(path)


def test_what_is_said_of_a_parameter_stands_behind_its_value_whatever_the_value_holds():
    first, many = 'first: str = "#a\u2028b\x0c"  # one\r\n', 'many: list = [\n    "#x",  # not this\n]  # 2つ, 1 to 3\n'
    source = f'{first}{many}last = "日本"'
    assert [each.meaning for each in read_parameters(source, "02")] == ["one", "2つ, 1 to 3", ""]


@pytest.mark.parametrize("source", ["a = b", "a: int = 1 +", "import os", "a: Thing = 1", "a, b = 1, 2"])
def test_a_cell_that_holds_more_than_values_is_refused(source):
    with pytest.raises(LabError, match="02_best"):
        read_parameters(source, "02_best")
