"""The code that a notebook uses is followed from import to import, as far as results depend on it."""

import pytest

import icp_lab
from icp_lab.process import keys, sources
from icp_lab.process.notebook import NotebookFile


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of our own in place of the lab's, and nothing remembered of another."""
    files = {
        "methods/__init__.py": "",
        "methods/value.py":
            "from icp_lab import tables\nfrom icp_lab.methods import months\nfrom icp_lab.locale import _",
        "methods/months.py": "import numpy", "methods/other.py": "", "methods/words.toml": "a = 1",
        "tables.py": "", "tables.toml": "a = 1",
        "views/__init__.py": "", "views/success.py": "", "locale/__init__.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(icp_lab, "__file__", str(tmp_path / "__init__.py"))
    yield tmp_path
    _forget()


def _forget():
    caches = (sources._module_imports, sources._digest_module, sources._path_of, sources._imports)
    for cached in (*caches, sources.digest_folder):
        cached.cache_clear()


def _keys(cell="from icp_lab.methods.value import f\nfrom icp_lab.views import success"):
    _forget()
    return sources.digest_code((cell,), showing=False), sources.digest_code((cell,), showing=True)


@pytest.mark.parametrize(
    ("changed", "results", "looks"),
    [
        ("methods/value.py", True, True), ("methods/months.py", True, True), ("methods/words.toml", True, True),
        ("tables.toml", True, True),
        ("methods/other.py", False, False), ("views/success.py", False, True), ("locale/__init__.py", False, True),
    ],
)
def test_a_change_counts_where_it_matters(package, changed, results, looks):
    before = _keys()
    (package / changed).write_text((package / changed).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    after = _keys()
    assert [old != new for old, new in zip(before, after, strict=True)] == [results, looks]


def test_exports_of_the_package_are_followed_to_their_module():
    assert sources._module_of("icp_lab", "find_icp") == icp_lab._EXPORTS["find_icp"]
    assert "icp_lab.step" in sources._imports("from icp_lab import step")


def test_every_input_changes_the_key(tmp_path):
    path = tmp_path / "own.ipynb"
    path.write_text('{"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}}]}', encoding="utf-8")
    file = NotebookFile(path)
    base = keys.compute_key(keys.describe_inputs(file, {"a": 1}, "study", {"draft": "x"}))
    others = [
        keys.describe_inputs(file, {"a": 2}, "study", {"draft": "x"}),
        keys.describe_inputs(file, {"a": 1}, "other", {"draft": "x"}),
        keys.describe_inputs(file, {"a": 1}, "study", {"draft": "y"}),
        keys.describe_inputs(file, {"a": 1}, "study", {}),
    ]
    assert len({base, *(keys.compute_key(inputs) for inputs in others)}) == 5
    pages = [keys.page_key(file, base, language, facts) for language in ("en", "ja") for facts in ("", "x")]
    assert len(set(pages)) == 4
