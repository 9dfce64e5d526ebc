"""What a notebook's file says of itself: its code, prose and parameters, and what a run sets them to. No Jupyter.

The parameters cell is the one place where parameters are declared, in papermill's convention; a test holds this reading
and papermill's equal.
"""

import ast
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import icp_lab
from icp_lab.errors.base import LabError, Place, ask_nearest, utter
from icp_lab.errors.refusals import in_yml
from icp_lab.process.declared import BY_NAME, NOTEBOOKS

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
        return next((read_parameters(cell["source"], self.name) for cell in self._cells
                     if "parameters" in cell.get("metadata", {}).get("tags", [])), ())

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
        lines = re.split(r"\r\n?|\n", source)  # as Python does, which keeps other breaks of lines within a text
        return tuple(_declare(statement, lines) for statement in ast.parse(source).body)
    except (SyntaxError, ValueError) as error:
        raise utter("run.parameters_unfit", notebook=notebook, fault=error) from error


def _declare(statement: ast.stmt, lines: list[str]) -> Parameter:
    match statement:
        case ast.AnnAssign(ast.Name(name), annotation, ast.expr() as value):
            default, kind = ast.literal_eval(value), ast.unparse(annotation)
        case ast.Assign([ast.Name(name), *_], value):
            default, kind = (given := ast.literal_eval(value)), type(given).__name__
        case _:
            raise ValueError(ast.unparse(statement))
    if kind not in KINDS:
        raise ValueError(f"{name}: {kind}")
    behind = lines[(statement.end_lineno or 1) - 1].encode()[statement.end_col_offset:].decode()
    meaning = behind.partition("#")[2].lstrip("# ").strip()
    bounds, choices = _RANGE.search(meaning), _CHOICES.search(meaning)
    low, high = (float(bounds[1]), float(bounds[2])) if bounds else (None, None)
    words = tuple(word.strip() for word in re.split(r",| or ", choices[1]) if word.strip()) if choices else ()
    return Parameter(name, kind, default, meaning, low, high, words)


_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


def list_notebooks(study: Path, house: Path | None = None) -> tuple[NotebookFile, ...]:
    """Which notebooks does a study run: the house's in the order of the process, then the analyst's own by name?

    Parameters
    ----------
    study
        Folder of the study.
    house
        Folder of the house's notebooks; the package's own unless told.

    Raises
    ------
    LabError
        When one of the analyst's has the name of one of the house's.
    """
    folder = house or find_notebooks()
    files = tuple(NotebookFile(folder / f"{notebook.name}.ipynb") for notebook in NOTEBOOKS)
    own = tuple(NotebookFile(path) for path in sorted((study / "notebooks").glob("*.ipynb")))
    for file in own:
        if file.name in BY_NAME:
            raise utter("run.notebook_doubled", Place(str(file.path)), name=file.name)
    return tuple(file for file in files if file.path.is_file()) + own


def resolve_parameters(files: Sequence[NotebookFile], steps: Mapping[str, Mapping[str, Any]], settings: Sequence[str],
                       line: Callable[..., int | None]) -> dict[str, dict[str, Any]]:
    """Which value has every parameter of every notebook?

    Parameters
    ----------
    files
        The notebooks of the run.
    steps
        `steps:` of study.yml: notebook -> parameter -> value.
    settings
        What `--set` says: `STEP.NAME=VALUE` each; they win over `steps`.
    line
        Gives the line of study.yml where a key stands, for messages.

    Returns
    -------
    dict
        Notebook -> parameter -> value.

    Raises
    ------
    LabError
        For an unknown step or parameter (naming the nearest), a value of another type, outside its range or choices.
    """
    known = {file.name: {parameter.name: parameter for parameter in file.parameters} for file in files}
    values = {file.name: {parameter.name: parameter.default for parameter in file.parameters} for file in files}
    for notebook, chosen in steps.items():
        check_notebook(notebook, tuple(known), Place(in_yml(line("steps", notebook))))
        for name, value in chosen.items():
            place = Place(in_yml(line("steps", notebook, name)))
            values[notebook][name] = _check(_find(notebook, name, known, place), value, place)
    for setting in settings:
        notebook, name, text = _split(setting)
        place = Place(f"--set {setting}")
        parameter = _find(notebook, name, known, place)
        values[notebook][name] = _check(parameter, _read(text, parameter, place), place)
    return values


def _split(setting: str) -> tuple[str, str, str]:
    target, equals, text = setting.partition("=")
    notebook, dot, name = target.strip().rpartition(".")
    if not (equals and dot and notebook and name):
        raise utter("run.setting_unreadable", text=setting)
    return notebook, name, text.strip()


def check_notebook(name: str, known: tuple[str, ...], place: Place | None = None) -> str:
    """Refuse a step that no notebook has, naming the nearest."""
    if name not in known:
        raise utter("run.notebook_unknown", place, name=name, names=known, remedy=ask_nearest(name, known))
    return name


def _find(notebook: str, name: str, known: dict[str, dict[str, Parameter]], place: Place) -> Parameter:
    declared = known[check_notebook(notebook, tuple(known), place)]
    if name not in declared:
        raise utter("run.parameter_unknown", place, notebook=notebook, name=name, names=tuple(declared),
                    remedy=ask_nearest(name, declared))
    return declared[name]


def check_choice(name: str, value: object, choices: tuple[str, ...], place: Place | None = None) -> None:
    """Refuse a value that is none of the choices, naming the nearest."""
    if value not in choices:
        nearest = ask_nearest(str(value), choices)
        raise utter("run.parameter_choice", place, name=name, value=repr(value), choices=choices, remedy=nearest)


def _check(parameter: Parameter, given: object, place: Place) -> Any:
    if not isinstance(given, KINDS[parameter.kind]) or (isinstance(given, bool) and parameter.kind != "bool"):
        raise _wrong_type(parameter, given, place)
    try:
        value: Any = float(given) if isinstance(given, int | float) and parameter.kind == "float" else given
    except OverflowError:
        raise _wrong_type(parameter, given, place) from None
    low, high = parameter.low, parameter.high
    if low is not None and high is not None and not low <= value <= high:
        raise utter("run.parameter_range", place, name=parameter.name, value=repr(value), low=f"{low:g}",
                    high=f"{high:g}")
    if parameter.choices:
        check_choice(parameter.name, value, parameter.choices, place)
    return value


def _wrong_type(parameter: Parameter, given: object, place: Place) -> LabError:
    return utter("run.parameter_type", place, name=parameter.name, value=repr(given), kind=parameter.kind)


def _read(text: str, parameter: Parameter, place: Place) -> Any:
    """Read a value typed on the command line as the parameter's type wants it."""
    if parameter.kind == "str":
        return text
    if parameter.kind == "bool" and text.lower() in (*_TRUE, *_FALSE):
        return text.lower() in _TRUE
    try:
        return json.loads(text.replace("'", '"'))
    except ValueError:
        raise _wrong_type(parameter, text, place) from None
