"""Refusals of a run: artifacts that do not fit, steps that were not run, parameters that do not exist."""

from icp_lab.errors.base import LabError, Place, ask_nearest, utter


def artifact_unfit(name: str, column: str, fault: str) -> LabError:
    """Refuse a table or record that is not as declared."""
    return utter("run.artifact_unfit", Place(column=column), name=name, fault=fault)


def artifact_undeclared(name: str, notebook: str, verb: str) -> LabError:
    """Refuse to read or write what the process does not declare for a notebook."""
    refusal = "run.artifact_not_read" if verb == "read" else "run.artifact_not_for_writing"
    return utter(refusal, notebook=notebook, name=name)


def artifact_missing(name: str, writer: str) -> LabError:
    """Say which notebook has to run first."""
    return utter("run.artifact_missing", name=name, writer=writer)


def artifact_not_written(names: tuple[str, ...], notebook: str) -> LabError:
    """Refuse to finish a step that has not handed over what it promised."""
    return utter("run.artifact_not_written", notebook=notebook, names=", ".join(names))


def table_undeclared(table: str, notebook: str, known: tuple[str, ...]) -> LabError:
    """Refuse a table that the process does not declare for a notebook."""
    return utter("run.table_undeclared", notebook=notebook, table=table, tables=", ".join(known) or "-")


def notebook_unknown(name: str, known: tuple[str, ...], place: Place | None = None) -> LabError:
    """Refuse a step that no notebook has, and name the nearest."""
    return utter("run.notebook_unknown", place, name=name, names=", ".join(known), remedy=ask_nearest(name, known))


def notebook_doubled(name: str, path: str) -> LabError:
    """Refuse an analyst's notebook that has the name of one of the house's."""
    return utter("run.notebook_doubled", Place(path), name=name)


def parameter_unknown(notebook: str, name: str, known: tuple[str, ...], place: Place | None = None) -> LabError:
    """Refuse a parameter that a notebook does not have, and name the nearest."""
    names, nearest = ", ".join(known) or "-", ask_nearest(name, known)
    return utter("run.parameter_unknown", place, notebook=notebook, name=name, names=names, remedy=nearest)


def parameter_type(name: str, value: object, kind: str, place: Place | None = None) -> LabError:
    """Refuse a parameter's value of another type."""
    return utter("run.parameter_type", place, name=name, value=repr(value), kind=kind)


def parameter_range(name: str, value: object, low: float, high: float, place: Place | None = None) -> LabError:
    """Refuse a parameter's value outside its range."""
    return utter("run.parameter_range", place, name=name, value=repr(value), low=f"{low:g}", high=f"{high:g}")


def parameter_choice(name: str, value: object, choices: tuple[str, ...], place: Place | None = None) -> LabError:
    """Refuse a parameter's value that is none of the choices."""
    words, nearest = ", ".join(choices), ask_nearest(str(value), choices)
    return utter("run.parameter_choice", place, name=name, value=repr(value), choices=words, remedy=nearest)


def setting_unreadable(text: str) -> LabError:
    """Refuse a --set that is not STEP.NAME=VALUE."""
    return utter("run.setting_unreadable", text=text)


def parameters_unfit(notebook: str, fault: str) -> LabError:
    """Refuse a notebook whose parameters cell cannot be read."""
    return utter("run.parameters_unfit", notebook=notebook, fault=fault)


def study_broken(problems: tuple[str, ...]) -> LabError:
    """Refuse to report on a study whose check found problems; they are all said."""
    return LabError("\n".join(problems))


def language_unknown(name: str, known: tuple[str, ...]) -> LabError:
    """Refuse a language that the lab does not speak."""
    return utter("run.language_unknown", name=name, names=", ".join(known))


def folder_filled(folder: str) -> LabError:
    """Refuse to write a demo where something is already."""
    return utter("run.folder_filled", folder=folder)


def run_held(holder: str, out: str) -> LabError:
    """Refuse a second run on the same folder while the first goes on."""
    return utter("run.run_held", out=out, holder=holder)


def out_is_study(out: str) -> LabError:
    """Refuse to write a report over the study that it is of."""
    return utter("run.out_is_study", out=out)


def notebook_unreadable(path: str, fault: str) -> LabError:
    """Refuse a file that is called a notebook and is none."""
    return utter("run.notebook_unreadable", Place(path), fault=fault)


def place_unusable(path: str, fault: str) -> LabError:
    """Refuse a file or folder that the system does not let the lab use."""
    return utter("run.place_unusable", path=path, fault=fault)


def cannot_store(function: str, fault: str) -> LabError:
    """Refuse a computation whose arguments or result cannot be kept."""
    return utter("run.cannot_store", function=function, fault=fault)


def nothing_published(out: str) -> LabError:
    """Say that a command needs a report that is not there."""
    return utter("run.nothing_published", out=out)
