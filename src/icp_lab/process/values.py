"""Which value every parameter has in a run: that of the command line, else of study.yml, else the notebook's own."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from icp_lab.errors.base import LabError, Place, ask_nearest, utter
from icp_lab.errors.refusals import in_yml
from icp_lab.process.notebook import KINDS, NotebookFile, Parameter

_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


def resolve_parameters(files: Sequence[NotebookFile], steps: Mapping[str, Mapping[str, Any]], settings: Sequence[str],
                       line: Callable[..., int | None]) -> dict[str, dict[str, Any]]:
    """Settle which value every parameter of every notebook has.

    Parameters
    ----------
    files : sequence of NotebookFile
        The notebooks of the run.
    steps : dict of str to dict
        What `steps:` of study.yml says: notebook -> parameter -> value.
    settings : sequence of str
        What `--set` says: `STEP.NAME=VALUE` each; they win over `steps`.
    line : callable
        Gives the line of study.yml where keys stand, for messages; None where they do not.

    Returns
    -------
    dict of str to dict
        Notebook -> parameter -> value; a whole number that is set for a float is one.

    Raises
    ------
    LabError
        For an unknown step or parameter (naming the nearest), a value of another type, outside its range or choices.

    Examples
    --------
    >>> from pathlib import Path
    >>> file = NotebookFile(Path("notebooks/01_customer_base.ipynb"))
    >>> steps, settings = {file.name: {"years": 2}}, ["01_customer_base.years=4"]
    >>> resolve_parameters([file], steps, settings, lambda *keys: None)[file.name]["years"]
    4
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
    """Refuse a step that no notebook has, naming the nearest.

    Parameters
    ----------
    name : str
        What was written.
    known : tuple of str
        Names of the notebooks.
    place : Place or None, default None
        Where it was written, for the message.

    Returns
    -------
    str
        The name, when it is known.

    Raises
    ------
    LabError
        When it is none of them.

    Examples
    --------
    >>> check_notebook("05_markt", ("04_negative_cases", "05_market"))
    Traceback (most recent call last):
    icp_lab.errors.base.LabError: ... Did you mean 05_market?
    """
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
    """Refuse a value that is none of the choices, naming the nearest.

    Parameters
    ----------
    name : str
        Name of the parameter, for the message.
    value : object
        What was given.
    choices : tuple of str
        What may be given.
    place : Place or None, default None
        Where it was given, for the message.

    Raises
    ------
    LabError
        When it is none of them.

    Examples
    --------
    >>> check_choice("relative_to", "size", ("none", "size_band"))
    Traceback (most recent call last):
    icp_lab.errors.base.LabError: ... none, size_band...
    """
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
    except (ValueError, RecursionError):
        raise _wrong_type(parameter, text, place) from None
