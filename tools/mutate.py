"""Tell how sharp tests are: plant faults in a file one at a time, and count those that the tests notice.

    python tools/mutate.py src/icp_lab/methods/trial.py tests/methods/test_trial.py [--mutants 150] [--seed 0]

A mutant is the file with one place changed: a comparison, an operator, and/or, a sign or a not, a constant (the next
number, the other truth, another text), a condition turned round, a result that becomes None, a named argument left out,
a break or continue that is none. Places are drawn by the seed. Left as they are: docstrings, annotations, decorators,
base classes, `__all__`, `Literal[...]`, what only type checkers read, `raise SomeError("...")`.
Each is a process forked from one that has loaded other people's packages and nothing of ours, with a temporary folder
of its own; the checkout is not touched. Hypothesis draws the same examples each time and keeps none, compiled code runs
as Python, slow tests are left out. What tests start in other processes sees no mutant.

Killed is one with which a test fails, or the tests take five times the time of the processor. One that cannot be
imported, or with which tests cannot be collected or hang, says nothing about them: the next place is drawn instead.
"""

import argparse
import ast
import copy
import importlib.util
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from importlib.abc import Loader, MetaPathFinder
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

FIXED = {"NUMBA_DISABLE_JIT": "1", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
PAIRS = [(ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.In, ast.NotIn), (ast.Is, ast.IsNot),
         (ast.Add, ast.Sub), (ast.BitAnd, ast.BitOr), (ast.And, ast.Or), (ast.LShift, ast.RShift), (ast.Mult, ast.Div)]
OTHER = {one: other for pair in [(ast.FloorDiv, ast.Mult), (ast.Mod, ast.Mult), (ast.Pow, ast.Mult),
                                 (ast.BitXor, ast.BitAnd), *PAIRS] for one, other in (pair, pair[::-1])}
KILLED, UNUSABLE = (1, -signal.SIGXCPU), 70


def change(node: ast.AST, rng: random.Random) -> ast.AST | None:
    """Change a node in place, or give what is to stand there instead; None where there is nothing to change."""
    match node:
        case ast.Compare(ops=ops):
            at = rng.randrange(len(ops))
            ops[at] = OTHER[type(ops[at])]()
        case ast.BinOp() | ast.AugAssign() | ast.BoolOp() if type(node.op) in OTHER:
            node.op = OTHER[type(node.op)]()
        case ast.Constant(value=bool() | int() | float() | str() as value):
            node.value = f"XX{value}" if isinstance(value, str) else not value if isinstance(value, bool) else value + 1
        case ast.If() | ast.While() | ast.IfExp():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.Return(value=ast.expr()) if ast.unparse(node.value) != "None":
            node.value = ast.Constant(None)
        case ast.Call(keywords=[_, *_]):
            del node.keywords[rng.randrange(len(node.keywords))]
        case ast.UnaryOp() | ast.Break() | ast.Continue():
            return getattr(node, "operand", ast.Pass())
        case _:
            return None
    return node


def _left_out(node: ast.AST) -> Iterator[ast.AST | None]:
    """Give the parts of a node in which nothing is changed."""
    match node:
        case ast.Module() | ast.ClassDef() | ast.FunctionDef() if ast.get_docstring(node, clean=False) is not None:
            yield node.body[0]
        case (ast.Assign(targets=[ast.Name(id="__all__")]) | ast.If(test=ast.Name(id="TYPE_CHECKING"))
              | ast.Subscript(value=ast.Name(id="Literal"))):
            yield node
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name), args=args)) if name.endswith("Error"):
            yield from args
    yield from (getattr(node, name, None) for name in ("annotation", "returns"))
    yield from (*getattr(node, "decorator_list", ()), *getattr(node, "bases", ()))


def find_places(tree: ast.Module, seed: int) -> list[int]:
    """Find where something can be changed, as numbers in the order of `ast.walk`, shuffled."""
    dead = {id(inner) for node in ast.walk(tree) for part in _left_out(node) if part for inner in ast.walk(part)}
    places = [number for number, node in enumerate(ast.walk(tree))
              if id(node) not in dead and change(copy.deepcopy(node), random.Random(seed))]
    random.Random(seed).shuffle(places)
    return places


def plant(tree: ast.Module, place: int, seed: int) -> tuple[ast.Module, str]:
    """Give the changed tree, and what was changed in words."""
    mutant = copy.deepcopy(tree)
    node = list(ast.walk(mutant))[place]
    before, new = ast.unparse(node), change(node, random.Random(seed + place))
    for parent in ast.walk(mutant) if new is not node else ():
        for field, held in ast.iter_fields(parent):
            news = [new if one is node else one for one in held] if isinstance(held, list) else held
            setattr(parent, field, new if held is node else news)
    short = [" ".join(text.split())[:90] for text in (before, ast.unparse(new))]
    return ast.fix_missing_locations(mutant), f"line {node.lineno}, {type(node).__name__}: {' -> '.join(short)}"


class _Reader(MetaPathFinder, Loader):
    """Read one module out of a tree in place of its file."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self.name, self.path, self.tree = name, path, tree

    def find_spec(self, name, _path, _target=None):
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def exec_module(self, module):
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)


def _test(folder: str, reader: _Reader, tests: list[str]) -> int:
    """Run the tests in this process, of no use for anything else afterwards, and give pytest's status."""
    sys.meta_path.insert(0, reader)
    settings.register_profile("mutate", derandomize=True, database=None, deadline=None, phases=[*Phase][:3],
                              suppress_health_check=[*HealthCheck], report_multiple_bugs=False)
    importlib.import_module(reader.name)
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain", "-m", "not slow",
                            "--hypothesis-profile=mutate", f"--basetemp={folder}/pytest", *tests]))


def run(limit: float, *given) -> tuple[int, float, list[str], str]:
    """Run the tests in a fork: status, seconds of the processor, names of what was imported, and what was said."""
    with tempfile.TemporaryDirectory(prefix="mutant-", ignore_cleanup_errors=True) as folder:
        told, said = Path(folder, "told"), Path(folder, "said")
        child = os.fork()
        if child == 0:
            try:
                os.setsid()
                resource.setrlimit(resource.RLIMIT_CPU, (int(limit) + 1, resource.RLIM_INFINITY))
                resource.setrlimit(resource.RLIMIT_DATA, (8 << 30, 8 << 30))
                os.dup2(os.open(said, os.O_CREAT | os.O_WRONLY), 1)
                os.dup2(1, 2)
                os.environ["TMPDIR"] = tempfile.tempdir = folder
                sys.dont_write_bytecode = True
                status = _test(folder, *given)
            except BaseException:
                status = traceback.print_exc() or UNUSABLE
            finally:
                sys.stdout.flush()
                told.write_text(json.dumps(list(sys.modules)))
                os._exit(status)
        end = time.monotonic() + 60 + 20 * limit  # other work may hold it up
        while not (ended := os.wait4(child, os.WNOHANG))[0]:
            time.sleep(0.02)
            if time.monotonic() > end:
                os.killpg(child, signal.SIGKILL)
        names = json.loads(told.read_text()) if told.exists() else []
        return os.waitstatus_to_exitcode(ended[1]), ended[2].ru_utime + ended[2].ru_stime, names, said.read_text()


def main() -> None:
    """Count."""
    parser = argparse.ArgumentParser(description="Count the planted faults that tests notice.")
    parser.add_argument("file", type=Path, help="a module below a folder src")
    parser.add_argument("tests", nargs="+", help="what pytest is to run, the quickest first")
    for name, default, meaning in (("mutants", 150, "how many at most"), ("seed", 0, "what the places are drawn by")):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{meaning} ({default})")
    asked = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in FIXED.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | FIXED)
    path, tests = asked.file.resolve(), [str(Path(test).resolve()) for test in asked.tests]
    source = next(folder for folder in path.parents if folder.name == "src")
    name, tree = ".".join(path.relative_to(source).with_suffix("").parts), ast.parse(path.read_text(encoding="utf-8"))
    sys.path.insert(0, str(source))
    os.chdir(source.parent)
    ours = {"tests", *(one.stem for folder in ("src", "tools", "tests") for one in Path(folder).glob("*"))}
    for _cold_then_warm in range(2):
        status, seconds, names, said = run(1200, _Reader(name, path, tree), tests)
        if status:
            sys.exit(f"The tests do not pass with the file as it is ({status}).\n{said[-3000:]}")
        for other in names:  # other people's, so that no mutant has to load them
            if other.split(".")[0] not in ours and not other.startswith("test_"):
                with suppress(Exception):
                    importlib.import_module(other)
    places, tally = find_places(tree, asked.seed), Counter[str]()
    print(f"{name}: {len(places)} places; the tests take {seconds:.1f} s", flush=True)
    for place in places:
        if tally["killed"] + tally["survived"] == asked.mutants:
            break
        mutant, words = plant(tree, place, asked.seed)
        status = run(max(10, 5 * seconds), _Reader(name, path, mutant), tests)[0]
        came = "killed" if status in KILLED else "left out" if status else "survived"
        tally.update([came, *["by time"] * (status == KILLED[1])])
        if came != "killed":
            print(f"{came}: {words}", flush=True)
    counted = tally["killed"] + tally["survived"]
    print(f"{name}: {tally['killed']} of {counted} killed, {100 * tally['killed'] / max(1, counted):.0f} % "
          f"({tally['by time']} of them by time; {tally['left out']} left out)")


if __name__ == "__main__":
    main()
