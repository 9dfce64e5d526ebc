"""The notebooks of a run and their parameters: defaults, the study's `steps:`, then `--set`; checked first."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from icp_lab.errors.base import LabError, Place, ask_nearest, utter
from icp_lab.errors.study import in_yml
from icp_lab.process.declared import BY_NAME, NOTEBOOKS
from icp_lab.process.notebook import KINDS, NotebookFile, Parameter, find_notebooks

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
        nearest = ask_nearest(name, declared)
        raise utter(
            "run.parameter_unknown", place, notebook=notebook, name=name, names=tuple(declared), remedy=nearest)
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
