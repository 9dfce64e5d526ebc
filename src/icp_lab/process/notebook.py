"""What a notebook's file says of itself: its code, prose and parameters. Read without Jupyter, so it is quick.

The parameters cell is the one place where parameters are declared, in papermill's convention; a test holds this reading
and papermill's equal.
"""

import ast
import io
import json
import re
import tokenize
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import icp_lab
from icp_lab.errors import Place, utter

_RANGE = re.compile(r"(-?[\d.]+) to (-?[\d.]+)\s*$")
_CHOICES = re.compile(r"\bone of (.+)$")
# The kinds of parameters, and what a value of each may be.
KINDS: dict[str, tuple[type, ...]] = {
    "bool": (bool,), "int": (int,), "float": (float, int), "str": (str,), "list": (list,), "dict": (dict,)}


@dataclass(frozen=True)
class Parameter:
    """A parameter as its cell declares it: `name: kind = default  # meaning, low to high` (or `, one of a, b`)."""

    name: str
    kind: str
    default: Any
    meaning: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotebookFile:
    """A notebook as it lies on disk."""

    path: Path

    @property
    def name(self) -> str:
        """File name without its ending, as the process calls the notebook."""
        return self.path.stem

    @cached_property
    def _cells(self) -> list[dict[str, Any]]:
        try:
            cells: list[dict[str, Any]] = json.loads(self.path.read_text(encoding="utf-8"))["cells"]
            return [{**cell, "source": "".join(cell["source"])} for cell in cells]
        except (OSError, ValueError, LookupError, TypeError) as error:
            fault = f"{type(error).__name__}: {error}"
            raise utter("run.notebook_unreadable", Place(str(self.path)), fault=fault) from error

    def _sources(self, kind: str) -> tuple[str, ...]:
        return tuple(cell["source"] for cell in self._cells if cell.get("cell_type") == kind)

    @cached_property
    def code(self) -> tuple[str, ...]:
        """Sources of the code cells."""
        return self._sources("code")

    @cached_property
    def prose(self) -> tuple[str, ...]:
        """Sources of the Markdown cells."""
        return self._sources("markdown")

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The declared parameters, in their order.

        Raises
        ------
        LabError
            When the cell holds something other than literal assignments.
        """
        for cell in self._cells:
            if "parameters" in cell.get("metadata", {}).get("tags", []):
                return read_parameters(cell["source"], self.name)
        return ()

    @cached_property
    def title(self) -> str:
        """The text of the first heading, else the name."""
        heading = re.search(r"^# (.+)$", "\n".join(self.prose), re.MULTILINE)
        return heading[1].strip() if heading else self.name


def find_notebooks() -> Path:
    """Where do the house's notebooks lie: in the installed package, or in the checkout around it?"""
    package = Path(icp_lab.__file__).parent
    installed = package / "notebooks"
    return installed if installed.is_dir() else package.parents[1] / "notebooks"


def read_parameters(source: str, notebook: str) -> tuple[Parameter, ...]:
    """Which parameters does a parameters cell declare?

    Parameters
    ----------
    source
        Source of the cell.
    notebook
        Name of the notebook, for messages.

    Returns
    -------
    tuple of Parameter

    Raises
    ------
    LabError
        When a line is no assignment of a literal value.

    Examples
    --------
    >>> read_parameters("top_share: float = 0.15  # share called best, 0.05 to 0.5", "02")[0].high
    0.5
    """
    try:
        statements = ast.parse(source).body
        comments = _comments(source)
        return tuple(_declare(statement, comments) for statement in statements)
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        raise utter("run.parameters_unfit", notebook=notebook, fault=error) from error


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ").strip() for token in tokens if token.type == tokenize.COMMENT}


def _declare(statement: ast.stmt, comments: dict[int, str]) -> Parameter:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
        name, kind = statement.target.id, ast.unparse(statement.annotation)
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        name, kind = statement.targets[0].id, ""
    else:
        raise ValueError(ast.unparse(statement))
    assert statement.value is not None  # narrowed above; said for the type checker
    default = ast.literal_eval(statement.value)
    kind = kind or type(default).__name__
    if kind not in KINDS:
        raise ValueError(f"{name}: {kind}")
    meaning = comments.get(statement.end_lineno or statement.lineno, "")
    bounds, choices = _RANGE.search(meaning), _CHOICES.search(meaning)
    low, high = (float(bounds[1]), float(bounds[2])) if bounds else (None, None)
    words = tuple(word.strip() for word in re.split(r",| or ", choices[1]) if word.strip()) if choices else ()
    return Parameter(name, kind, default, meaning, low, high, words)
