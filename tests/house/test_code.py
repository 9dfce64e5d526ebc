"""What every file of the package is held to, so that it stays a house one would want to live in."""

import ast
import io
import re
import subprocess
import tokenize

import pytest

BANNED_NAMES = re.compile(r"(^|_)(utils?|helpers?|manager|process_data|data2|misc|common)(_|$)", re.I)
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error"]) + r")\b")
MACHINES = "|".join(["wo" + "rk", "ro" + "ot", "fa" + "rm"])  # in pieces, so that this file does not find itself
PLACES = re.compile(rf"(^|[^a-zA-Z0-9_.])/({MACHINES})/|--(extra-)?index-" + "url ")
LAYOUT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip
IMPURE_CALLS = {"open", "print", "input", "now", "today", "time", "getenv", "seed", "read_csv", "to_csv"}
IMPURE_MODULES = {"matplotlib", "os", "pathlib", "random", "time", "duckdb", "requests", "socket", "urllib"}


def _sources(root, under=""):
    return sorted((root / "src/icp_lab" / under).rglob("*.py"))


def _tree(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def _tracked(root):
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    binary = (".png", ".xlsx", ".parquet", ".lock", ".csv")
    return [root / name for name in listed.stdout.splitlines() if not name.endswith(binary) and (root / name).is_file()]


def test_files_stay_short(root):
    lines = {str(file.relative_to(root)): len(file.read_text(encoding="utf-8").splitlines()) for file in _sources(root)}
    assert {name: n for name, n in lines.items() if n > 400} == {}


def _code_lines(file):
    """Count the lines that hold code: not those that are blank, a comment or a docstring."""
    text, said = file.read_text(encoding="utf-8"), set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            said |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    held = [range(t.start[0], t.end[0] + 1) for t in tokens if t.type not in LAYOUT]
    return len(set().union(*held) - said)


def test_the_package_stays_no_larger_than_decided(root):
    assert sum(_code_lines(file) for file in _sources(root)) < 18_700  # the aim was 12,000: docs/decisions/0011


def test_functions_stay_short(root):
    long = []
    for file in _sources(root):
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                doc = node.body[0].end_lineno - node.body[0].lineno + 1 if ast.get_docstring(node) else 0
                if node.end_lineno - node.lineno + 1 - doc > 50:
                    long.append(f"{file.name}: {node.name}")
    assert long == []


def test_names_say_what_things_are(root):
    named = [file.stem for file in _sources(root)]
    for file in _sources(root):
        named += [n.name for n in ast.walk(_tree(file)) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    assert [name for name in named if BANNED_NAMES.search(name)] == []


def test_nothing_unfinished_and_no_machine_is_named(root):
    found = []
    for file in _tracked(root):
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if UNFINISHED.search(line) or PLACES.search(line):
                found.append(f"{file.relative_to(root)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_methods_are_pure(root):
    """Data in, result out: methods touch no file, clock, plot or global state."""
    impure = []
    for file in _sources(root, "methods"):
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
                impure += [f"{file.name} imports {m}" for m in modules if m.split(".")[0] in IMPURE_MODULES]
            elif isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                impure += [f"{file.name}:{node.lineno} calls {called}"] if called in IMPURE_CALLS else []
            elif isinstance(node, ast.Global):
                impure.append(f"{file.name}:{node.lineno} global state")
    assert impure == []


def test_views_know_only_the_results_of_methods(root):
    """A view takes a result type from `methods` and calls nothing there: no statistics in pictures."""
    called = []
    for file in _sources(root, "views"):
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("icp_lab.methods"):
                called += [f"{file.name}: {a.name}" for a in node.names if not a.name[0].isupper()]
    assert called == []


def test_tests_stand_where_the_code_stands(root):
    """tests/methods/test_value.py is about src/icp_lab/methods/value.py."""
    strays = []
    for file in sorted((root / "tests").rglob("test_*.py")):
        folder = file.parent.relative_to(root / "tests")
        if folder.parts and not (root / "src/icp_lab" / folder.parts[0]).is_dir():
            continue  # about more than one module
        subject = root / "src/icp_lab" / folder / file.stem.removeprefix("test_")
        package = subject.parent / "__init__.py"
        in_package = package.exists() and f"def {subject.name}(" in package.read_text(encoding="utf-8")
        if not (subject.with_suffix(".py").exists() or subject.is_dir() or in_package):
            strays.append(str(file.relative_to(root)))
    assert strays == []


def test_every_test_asserts(root):
    """A test without an assertion proves only that nothing was raised."""
    idle = []
    for file in sorted((root / "tests").rglob("test_*.py")):
        tree = _tree(file)
        checks = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and _asserts(n, set())}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not _asserts(node, checks):
                idle.append(f"{file.name}: {node.name}")
    assert idle == []


def _asserts(function, checks):
    """Tell whether a function asserts, expects an error, or calls a checking function of its file."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in checks or name in {"raises", "fail"} or name.startswith("assert_"):
                return True
    return False
