"""The notebooks of a run and their parameters: defaults, the study's `steps:`, then `--set`; checked first."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from icp_lab.errors.base import Place
from icp_lab.errors.run import (
    notebook_doubled,
    notebook_unknown,
    parameter_choice,
    parameter_range,
    parameter_type,
    parameter_unknown,
    setting_unreadable,
)
from icp_lab.errors.study import in_yml
from icp_lab.process.declared import BY_NAME, NOTEBOOKS
from icp_lab.process.notebook import NotebookFile, Parameter, find_notebooks

_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,), "int": (int,), "float": (float, int), "str": (str,), "list": (list,), "dict": (dict,),
}
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
            raise notebook_doubled(file.name, str(file.path))
    return tuple(file for file in files if file.path.is_file()) + own


def resolve_parameters(
    files: Sequence[NotebookFile],
    steps: Mapping[str, Mapping[str, Any]],
    settings: Sequence[str],
    line: Callable[..., int | None],
) -> dict[str, dict[str, Any]]:
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
        place = Place(in_yml(line("steps", notebook)))
        declared = _declared(notebook, known, place)
        for name, value in chosen.items():
            place = Place(in_yml(line("steps", notebook, name)))
            values[notebook][name] = _check(notebook, name, value, declared, place)
    for setting in settings:
        notebook, name, text = _split(setting)
        place = Place(f"--set {setting}")
        declared = _declared(notebook, known, place)
        if name not in declared:
            raise parameter_unknown(notebook, name, tuple(declared), place)
        values[notebook][name] = _check(notebook, name, _read(text, declared[name], place), declared, place)
    return values


def _split(setting: str) -> tuple[str, str, str]:
    target, equals, text = setting.partition("=")
    notebook, dot, name = target.strip().rpartition(".")
    if not (equals and dot and notebook and name):
        raise setting_unreadable(setting)
    return notebook, name, text.strip()


def _declared(notebook: str, known: dict[str, dict[str, Parameter]], place: Place) -> dict[str, Parameter]:
    if notebook not in known:
        raise notebook_unknown(notebook, tuple(known), place)
    return known[notebook]


def _check(notebook: str, name: str, given: object, declared: dict[str, Parameter], place: Place) -> Any:
    if name not in declared:
        raise parameter_unknown(notebook, name, tuple(declared), place)
    parameter = declared[name]
    if not isinstance(given, _TYPES[parameter.kind]) or (isinstance(given, bool) and parameter.kind != "bool"):
        raise parameter_type(name, given, parameter.kind, place)
    try:
        value: Any = float(given) if isinstance(given, int | float) and parameter.kind == "float" else given
    except OverflowError:
        raise parameter_type(name, given, parameter.kind, place) from None
    if parameter.low is not None and parameter.high is not None and not parameter.low <= value <= parameter.high:
        raise parameter_range(name, value, parameter.low, parameter.high, place)
    if parameter.choices and value not in parameter.choices:
        raise parameter_choice(name, value, parameter.choices, place)
    return value


def _read(text: str, parameter: Parameter, place: Place) -> Any:
    """Read a value typed on the command line as the parameter's type wants it."""
    if parameter.kind == "str":
        return text
    if parameter.kind == "bool" and text.lower() in (*_TRUE, *_FALSE):
        return text.lower() in _TRUE
    try:
        return json.loads(text.replace("'", '"'))
    except ValueError:
        raise parameter_type(parameter.name, text, parameter.kind, place) from None
