"""The anatomy of a house notebook: it argues, the package computes, and every one is built alike."""

import ast
import re
import warnings

import nbformat
import papermill
import pytest
from refresh_notebooks import CHECKED, FOLDER, TAGS

from icp_lab.process import BY_NAME, ITEMS

PATHS = sorted(FOLDER.glob("*.ipynb"))
FORBIDDEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Try, ast.With, ast.While)
OTHERS_WORK = {"matplotlib", "plt", "axes", "figure", "subplots", "pip", "Path"}
TRY_NEXT = re.compile(r"^- `(\w+) = ([^`]+)`: \S.*$", re.M)

pytestmark = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def _cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def _lines(source):
    return [line for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _prose(path):
    return "\n\n".join(cell.source for cell in _cells(path, "markdown"))


def _parameters(path):
    return next(cell for cell in _cells(path, "code") if "parameters" in cell.metadata.get("tags", []))


def _calls(path, method):
    """Find the calls of a method of the step, as lists of literal arguments."""
    tree = ast.parse("\n".join(cell.source for cell in _cells(path, "code")))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    wanted = [call for call in calls if ast.unparse(call.func) == f"here.{method}"]
    return [[a.value for a in call.args if isinstance(a, ast.Constant)] for call in wanted]


def test_it_is_a_valid_notebook_with_readable_cell_ids(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)] == []
    assert {"open", "parameters"} <= set(ids)


def test_it_is_declared_in_the_process(path):
    assert path.stem in BY_NAME


def test_it_begins_with_its_question(path):
    notebook = nbformat.read(path, as_version=4)
    assert notebook.cells[0].cell_type == "markdown"
    assert notebook.cells[0].source.startswith("# ")
    assert len(re.findall(r"^# ", _prose(path), re.M)) == 1
    assert re.search(r"^\*[^*]+\*$", notebook.cells[0].source, re.M), "the question stands in italics under the title"


def test_it_opens_its_step_then_takes_its_parameters(path):
    code = _cells(path, "code")
    assert re.fullmatch(rf'from icp_lab import step\n+here = step\.open\("{path.stem}"\)', code[0].source.strip())
    assert code[1].metadata.tags == ["parameters"]


def test_it_ends_with_decision_further_tries_and_finish(path):
    headings = re.findall(r"^## (.+)$", _prose(path), re.M)
    assert [title for title in headings[-3:] if title != "Method"] == ["What to decide", "Try next"]
    assert _cells(path, "code")[-1].source.strip() == "here.finish()"


def test_its_cells_are_a_few_plain_lines(path):
    code = [cell.source for cell in _cells(path, "code")]
    assert max(len(_lines(source)) for source in code) <= 12
    assert sum(len(_lines(source)) for source in code) <= 80
    assert [source for source in code if re.search(r"^\s*[%!]", source, re.M)] == []
    nodes = [node for source in code for node in ast.walk(ast.parse(source))]
    assert [ast.unparse(node) for node in nodes if isinstance(node, FORBIDDEN)] == []


def test_its_code_draws_nothing_and_knows_no_place(path):
    tree = ast.parse("\n".join(cell.source for cell in _cells(path, "code")))
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    fields = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    assert (names | fields) & OTHERS_WORK == set()
    assert "open" not in names
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert [m for m in modules if not m.startswith("icp_lab")] == []
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    assert [t for t in texts if re.search(r"[/\\]|\.(csv|parquet|json|yml|xlsx|html)$", t)] == []


def test_prose_outweighs_code_five_to_one(path):
    words = len(_prose(path).split())
    lines = sum(len(_lines(cell.source)) for cell in _cells(path, "code"))
    assert words >= 5 * lines


def test_its_prose_is_markdown_only(path):
    assert re.findall(r"</?[a-zA-Z][^>\n]*>", re.sub(r"`[^`]*`", "", _prose(path))) == []


def test_its_parameters_are_literals_as_papermill_reads_them(path):
    assigned = {}
    for node in ast.parse(_parameters(path).source).body:
        assert isinstance(node, ast.AnnAssign), ast.unparse(node)
        assert isinstance(ast.literal_eval(node.value), bool | int | float | str | list | dict)
        assigned[node.target.id] = (ast.unparse(node.annotation), ast.literal_eval(node.value))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = papermill.inspect_notebook(str(path))
    seen = {name: (about["inferred_type_name"], ast.literal_eval(about["default"])) for name, about in read.items()}
    assert seen == assigned
    assert [name for name, about in read.items() if not about["help"]] == []


def test_what_it_says_to_try_are_parameters_of_its_own(path):
    section = _prose(path).split("## Try next")[1].split("\n## ")[0]
    tries = TRY_NEXT.findall(section)
    defaults = {n.target.id: ast.literal_eval(n.value) for n in ast.parse(_parameters(path).source).body}
    assert len(tries) >= 3
    assert [name for name, value in tries if ast.literal_eval(value) == defaults[name]] == []


def test_it_answers_only_items_of_its_own(path):
    own = {item.id for item in ITEMS.values() if item.notebook == path.stem}
    named = [arguments for method in ("answer", "waiting", "not_applicable") for arguments in _calls(path, method)]
    assert {arguments[0] for arguments in named} <= own
    assert _calls(path, "headline"), "the page needs its answer in one sentence"


def test_it_writes_what_the_process_says(path):
    assert {arguments[0] for arguments in _calls(path, "write")} == set(BY_NAME[path.stem].writes)


def test_it_reads_what_the_process_says(path):
    assert {arguments[0] for arguments in _calls(path, "read")} <= set(BY_NAME[path.stem].reads)
    assert {arguments[0] for arguments in _calls(path, "table")} <= set(BY_NAME[path.stem].tables)


def test_its_tags_are_the_three_of_the_house(path):
    cells = _cells(path, "code") + _cells(path, "markdown")
    tags = {tag for cell in cells for tag in cell.metadata.get("tags", [])}
    assert tags <= set(TAGS)
    assert CHECKED in tags, "a notebook that states no result checks nothing"
