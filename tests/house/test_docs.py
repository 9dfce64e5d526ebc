"""The docs against the code: commands, modules, exports and docstrings that people read must be true."""

import ast
import doctest
import inspect
import re
from importlib import import_module

import pytest
from numpydoc.validate import validate
from typer.main import get_command

import icp_lab
from icp_lab.cli import app

SECTIONS = {"GL08", "PR01", "PR02", "RT01"}  # no docstring; a parameter not told or not there; no Returns


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


@pytest.mark.parametrize("name", icp_lab.__all__)
def test_what_the_package_offers_can_be_had(name):
    offered = getattr(icp_lab, name)
    assert inspect.getdoc(offered)


@pytest.mark.parametrize("name", [name for name in icp_lab.__all__ if name not in ("step", "worlds")])
def test_what_the_package_offers_is_documented(name):
    offered = getattr(icp_lab, name)
    found = validate(f"{offered.__module__}.{offered.__qualname__}")["errors"]
    assert [f"{code}: {text}" for code, text in found if code in SECTIONS] == []


def test_every_refusal_says_what_it_refuses(root):
    """Each function in errors/ returns a LabError and has a docstring."""
    silent = []
    for module in _error_modules(root):
        for name, function in inspect.getmembers(import_module(module), inspect.isfunction):
            if function.__module__ == module and not name.startswith("_") and not inspect.getdoc(function):
                silent.append(f"{module}.{name}")
    assert silent == []


def test_every_public_function_of_a_method_asks_its_question(root):
    """The first line of a docstring in methods/ is there, and the function is typed throughout."""
    silent = []
    for file in sorted((root / "src/icp_lab/methods").glob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{file.name}: {node.name}")
    assert silent == []


def _with_examples(root):
    files = sorted((root / "src/icp_lab").rglob("*.py"))
    return [file for file in files if ">>> " in file.read_text(encoding="utf-8")]


def test_the_examples_in_docstrings_run(root):
    failed, tried = [], 0
    for file in _with_examples(root):
        module = ".".join(file.relative_to(root / "src").with_suffix("").parts).removesuffix(".__init__")
        result = doctest.testmod(import_module(module), optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
        tried += result.attempted
        failed += [module] if result.failed else []
    assert tried > 10
    assert failed == []
