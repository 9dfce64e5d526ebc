"""The docs against the code: commands, modules, exports and docstrings that people read must be true."""

import doctest
import inspect
import re
from functools import cache, cached_property
from importlib import import_module

import draw_imports
import pandas as pd
import pytest
from numpydoc.docscrape import get_doc_object
from numpydoc.validate import validate
from typer.main import get_command

import icp_lab
from icp_lab import step
from icp_lab.cli import app
from icp_lab.publish.products import PRODUCTS
from icp_lab.study import open_study
from icp_lab.tables import BESIDE, TABLES

LEFT_OUT = {"ES01", "SA01", "GL01"}  # an extended summary, see also, where the summary stands
ACCESSORS = (property, cached_property, classmethod, staticmethod)


def _error_modules(root):
    return sorted(f"icp_lab.errors.{file.stem}" for file in (root / "src/icp_lab/errors").glob("[a-z]*.py"))


def _commands(text):
    """Find the commands that a document shows, line by line."""
    return re.findall(r"\b(make|icp-lab) ([a-z][a-z-]*)\b", text)


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "reports/README.md"])
def test_the_commands_in_the_docs_exist(root, document):
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.M))
    known = {"make": targets, "icp-lab": set(get_command(app).commands)}
    text = (root / document).read_text(encoding="utf-8")
    code = re.findall(r"`([^`\n]+)`|^    (\S.*)$|^((?:make|icp-lab) .*)$", text, re.M)
    shown = [command for found in code for part in found for command in _commands(part)]
    assert shown
    assert [f"{tool} {name}" for tool, name in shown if name not in known[tool]] == []


def test_the_architecture_names_every_module(root):
    """Its table has a row for every module or package right under icp_lab, and for nothing else."""
    text = (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = {name.rstrip("/").removesuffix(".py") for name in re.findall(r"^\| `([a-z_]+(?:\.py|/))`", text, re.M)}
    there = {
        entry.stem
        for entry in (root / "src/icp_lab").iterdir()
        if (entry.suffix == ".py" or (entry / "__init__.py").exists()) and not entry.name.startswith("__")
    }
    assert named == there


def test_the_architecture_gives_the_layers_of_the_linter(root):
    text = (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_]+)(?:\.py|/)` \| (\d+) \|", text, re.M)
    layers = enumerate(draw_imports.read_layers(), 1)
    assert rows == [(part, str(number)) for number, parts in layers for part in parts]


def test_the_drawing_of_the_architecture_is_of_this_code(root):
    """`python tools/draw_imports.py` draws it anew."""
    drawn = draw_imports.DRAWING.search((root / "ARCHITECTURE.md").read_text(encoding="utf-8"))[0]
    imports = draw_imports.find_imports()
    assert drawn == draw_imports.draw(imports, draw_imports.read_layers())
    assert len(imports["views"]) > 5


def test_a_drawing_leaves_out_what_follows_from_other_arrows():
    imports = {"top": {"middle", "low"}, "middle": {"low"}, "low": set()}
    drawn = draw_imports.draw(imports, [["top"], ["middle"], ["low"]])
    assert re.findall(r"(\w+) --> (\w+)", drawn) == [("top", "middle"), ("middle", "low")]
    assert re.findall(r"(?m)^ \d (\w+) +(.*)$", drawn) == [
        ("top", "\\  ■  ■"), ("middle", "·  \\  ■"), ("low", "·  ·  \\")]


def _read_cells(root, document):
    """Give what stands in backticks in the first and in the second cell of each row of a document's tables."""
    rows = re.findall(r"(?m)^\| (.*?) \| (.*?) \|", (root / document).read_text(encoding="utf-8"))
    return [tuple(re.findall(r"`([^`]+)`", cell) for cell in row) for row in rows]


def test_privacy_lists_what_is_read_and_names_people(root):
    listed = _read_cells(root, "docs/privacy.md")
    people = {table.name: [column.name for column in table.columns if column.role == "person"] for table in TABLES}
    known = [table.name for table in TABLES]
    assert {first[0]: second for first, second in listed if first and first[0] in known} == {
        name: columns for name, columns in people.items() if columns}
    beside = {file for files in BESIDE.values() for file in files} - {"codebook.yml", "icp.yml"}
    assert beside <= {file for first, _second in listed for file in first}


def test_privacy_gives_each_product_its_place(root):
    listed = [file for first, _second in _read_cells(root, "docs/privacy.md") for file in first]
    products = [place for product in PRODUCTS for place in product.places]
    assert set(products) <= set(listed)
    assert [file for file in listed if listed.count(file) > 1] == []


@pytest.mark.parametrize("name", icp_lab.__all__)
def test_what_the_package_offers_can_be_had(name):
    offered = getattr(icp_lab, name)
    assert inspect.getdoc(offered)


def _modules(root):
    """Give the package's modules, but those that name themselves private."""
    for file in sorted((root / "src/icp_lab").rglob("*.py")):
        parts = file.relative_to(root / "src").with_suffix("").parts
        if not any(part.startswith("_") for part in parts if part != "__init__"):
            yield import_module(".".join(parts).removesuffix(".__init__"))


def _public(root):
    """Give each function and class of the package without underscore."""
    for module in _modules(root):
        held = (inspect.unwrap(value) if callable(value) else value
                for name, value in vars(module).items() if not name.startswith("_"))
        yield from (value for value in held if getattr(value, "__module__", "") == module.__name__)


def _members(offered):
    """Give the public methods and properties of a class, those of its bases in the lab too."""
    for base in offered.__mro__:
        for name, value in vars(base).items() if base.__module__.startswith("icp_lab") else ():
            if not name.startswith("_") and (inspect.isfunction(value) or isinstance(value, ACCESSORS)):
                yield f"{base.__module__}.{base.__qualname__}.{name}", getattr(base, name)


def test_every_public_name_is_documented_whole(root):
    """As numpydoc checks it: types, descriptions and an example of every name; see docs/conventions.md."""
    names = {f"{each.__module__}.{each.__qualname__}": each for each in _public(root)
             if inspect.isclass(each) or inspect.isfunction(each)}
    classes = [each for each in names.values() if inspect.isclass(each)]
    names |= {name: member for each in classes for name, member in _members(each)}
    found = {name: validate(get_doc_object(each))["errors"] for name, each in names.items()}
    assert len(found) > 1_000
    assert [f"{name}: {code} {text}" for name, errors in found.items() for code, text in errors
            if code not in LEFT_OUT] == []


def test_every_refusal_says_what_it_refuses(root):
    """Each function in errors/ returns a LabError and has a docstring."""
    silent = []
    for module in _error_modules(root):
        for name, function in inspect.getmembers(import_module(module), inspect.isfunction):
            if function.__module__ == module and not name.startswith("_") and not inspect.getdoc(function):
                silent.append(f"{module}.{name}")
    assert silent == []


def _examples(module):
    """Give the examples of a module, those of what is worked out once too, which Python's finder may pass over."""
    finder = doctest.DocTestFinder()
    yield from finder.find(module, module.__name__)
    for each in (value for value in vars(module).values() if inspect.isclass(value)):
        for key, value in vars(each).items() if each.__module__ == module.__name__ else ():
            if isinstance(value, cached_property):
                yield from finder.find(value.func, f"{module.__name__}.{each.__name__}.{key}", module)


@pytest.fixture
def demo(root, tmp_path, monkeypatch):
    """Let examples work on the demo, with what two of its steps leave for others."""
    monkeypatch.chdir(root)
    monkeypatch.setenv("ICP_LAB_STUDY", str(root / "data/demo"))
    monkeypatch.setenv("ICP_LAB_OUT", str(tmp_path))
    monkeypatch.delenv("ICP_LAB_LANGUAGE", raising=False)
    once = cache(open_study)
    for module in ("icp_lab.step", "icp_lab.study", "icp_lab.study.study"):
        monkeypatch.setattr(import_module(module), "open_study", once)
    here = step.open("01_customer_base")
    here.write("customers", here.table("accounts")[["account_id"]].assign(status="customer"))
    here.finish()
    here = step.open("06b_draft_icp")
    here.write("draft", {"schema": 1, "name": "Demo", "verdict": "unsupported", "criteria": [], "evidence": {}})
    here.write("coverage", pd.DataFrame(columns=["account_id", "fit", "met", "failed", "unknown"], dtype="str"))
    here.finish()


@pytest.mark.usefixtures("demo")
def test_the_examples_in_docstrings_run(root):
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    for module in _modules(root):
        for example in _examples(module):
            runner.run(example)
    assert runner.tries > 2_500
    assert runner.failures == 0
