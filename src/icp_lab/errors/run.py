"""Refusals of a run: artifacts that do not fit, steps that were not run, parameters that do not exist."""

from difflib import get_close_matches

from icp_lab.errors.base import LabError, Place
from icp_lab.locale import _


def artifact_unfit(name: str, column: str, fault: str) -> LabError:
    """Refuse a table or record that is not as declared."""
    return LabError(
        _("The artifact {name} does not fit its declaration: {fault}.").format(name=name, fault=fault),
        rule=_("What steps hand each other is declared in icp_lab/artifacts/declared.toml and checked when written."),
        place=Place(column=column),
    )


def artifact_undeclared(name: str, notebook: str, verb: str) -> LabError:
    """Refuse to read or write what the process does not declare for a notebook."""
    reading, writing = _("{notebook} does not read the artifact {name}."), _("{notebook} does not write {name}.")
    return LabError(
        (reading if verb == "read" else writing).format(notebook=notebook, name=name),
        remedy=_("Declare it in icp_lab/process/declared.toml, so that the run knows what depends on what."),
    )


def artifact_missing(name: str, writer: str) -> LabError:
    """Say which notebook has to run first."""
    return LabError(
        _("The artifact {name} is not there, or was changed by hand.").format(name=name),
        remedy=_("Run {writer} first.").format(writer=writer),
    )


def artifact_not_written(names: tuple[str, ...], notebook: str) -> LabError:
    """Refuse to finish a step that has not handed over what it promised."""
    return LabError(
        _("{notebook} has not written: {names}.").format(notebook=notebook, names=", ".join(names)),
        rule=_("A step is done when every artifact that it declares is written."),
        remedy=_("Run all cells from the top; where a cell was changed, write the artifact with here.write."),
    )


def table_undeclared(table: str, notebook: str, known: tuple[str, ...]) -> LabError:
    """Refuse a table that the process does not declare for a notebook."""
    return LabError(
        _("{notebook} does not read the table {table}.").format(notebook=notebook, table=table),
        rule=_("It reads: {tables}.").format(tables=", ".join(known) or "-"),
        remedy=_("Declare it for the notebook in icp_lab/process/declared.toml."),
    )


def notebook_unknown(name: str, known: tuple[str, ...], place: Place | None = None) -> LabError:
    """Refuse a step that no notebook has, and name the nearest."""
    return LabError(
        _("There is no step {name}.").format(name=name),
        rule=_("The steps are: {names}.").format(names=", ".join(known)),
        remedy=_nearest(name, known),
        place=place,
    )


def notebook_doubled(name: str, path: str) -> LabError:
    """Refuse an analyst's notebook that has the name of one of the house's."""
    return LabError(
        _("The house has a notebook {name} already.").format(name=name),
        remedy=_("Give your own another name."),
        place=Place(path),
    )


def parameter_unknown(notebook: str, name: str, known: tuple[str, ...], place: Place | None = None) -> LabError:
    """Refuse a parameter that a notebook does not have, and name the nearest."""
    return LabError(
        _("{notebook} has no parameter {name}.").format(notebook=notebook, name=name),
        rule=_("Its parameters are: {names}.").format(names=", ".join(known) or "-"),
        remedy=_nearest(name, known),
        place=place,
    )


def parameter_type(name: str, value: object, kind: str, place: Place | None = None) -> LabError:
    """Refuse a parameter's value of another type."""
    return LabError(
        _("{name} cannot be {value}.").format(name=name, value=repr(value)),
        rule=_("It takes a value of type {kind}.").format(kind=kind),
        place=place,
    )


def parameter_range(name: str, value: object, low: float, high: float, place: Place | None = None) -> LabError:
    """Refuse a parameter's value outside its range."""
    return LabError(
        _("{name} cannot be {value}.").format(name=name, value=repr(value)),
        rule=_("It lies from {low} to {high}.").format(low=f"{low:g}", high=f"{high:g}"),
        place=place,
    )


def parameter_choice(name: str, value: object, choices: tuple[str, ...], place: Place | None = None) -> LabError:
    """Refuse a parameter's value that is none of the choices."""
    return LabError(
        _("{name} cannot be {value}.").format(name=name, value=repr(value)),
        rule=_("It is one of: {choices}.").format(choices=", ".join(choices)),
        remedy=_nearest(str(value), choices),
        place=place,
    )


def setting_unreadable(text: str) -> LabError:
    """Refuse a --set that is not STEP.NAME=VALUE."""
    return LabError(
        _("--set {text} cannot be read.").format(text=text),
        rule=_("A setting has the form STEP.NAME=VALUE, as in 02_best_customers.top_share=0.2."),
    )


def parameters_unfit(notebook: str, fault: str) -> LabError:
    """Refuse a notebook whose parameters cell cannot be read."""
    return LabError(
        _("The parameters cell of {notebook} cannot be read: {fault}.").format(notebook=notebook, fault=fault),
        rule=_("It holds assignments of literal values only, each with its meaning as a comment."),
    )


def study_broken(problems: tuple[str, ...]) -> LabError:
    """Refuse to report on a study whose check found problems; they are all said."""
    return LabError("\n".join(problems))


def language_unknown(name: str, known: tuple[str, ...]) -> LabError:
    """Refuse a language that the lab does not speak."""
    return LabError(
        _("The lab does not speak {name}.").format(name=name),
        rule=_("It speaks: {names}.").format(names=", ".join(known)),
    )


def folder_filled(folder: str) -> LabError:
    """Refuse to write a demo where something is already."""
    return LabError(
        _("The folder {folder} is not empty.").format(folder=folder),
        remedy=_("Name a new one; nothing that is there is written over."),
    )


def run_held(holder: str, out: str) -> LabError:
    """Refuse a second run on the same folder while the first goes on."""
    return LabError(
        _("Another run is writing to {out}: {holder}.").format(out=out, holder=holder),
        remedy=_("Wait until it has ended, end it, or choose another folder with --out."),
    )


def out_is_study(out: str) -> LabError:
    """Refuse to write a report over the study that it is of."""
    return LabError(
        _("The report cannot go into the study's own folder: {out}.").format(out=out),
        rule=_("A run never writes into the study, whose icp.yml is the definition that people adopted."),
        remedy=_("Choose another folder with --out."),
    )


def notebook_unreadable(path: str, fault: str) -> LabError:
    """Refuse a file that is called a notebook and is none."""
    return LabError(
        _("This is no notebook that can be read: {fault}.").format(fault=fault),
        remedy=_("Open it in JupyterLab and save it again, or take it out of the folder."),
        place=Place(path),
    )


def place_unusable(path: str, fault: str) -> LabError:
    """Refuse a file or folder that the system does not let the lab use."""
    return LabError(
        _("{path} cannot be read or written: {fault}.").format(path=path, fault=fault),
        remedy=_("Choose another place, or have the rights, the disk or the name put right."),
    )


def cannot_store(function: str, fault: str) -> LabError:
    """Refuse a computation whose arguments or result cannot be kept."""
    return LabError(
        _("here.compute cannot keep what {function} takes or gives: {fault}.").format(function=function, fault=fault),
        rule=_("It takes frames, numbers, words, dates, tuples and dicts, and gives a frozen dataclass or a frame."),
        remedy=_("Define the function in a module, and hand over data rather than objects."),
    )


def nothing_published(out: str) -> LabError:
    """Say that a command needs a report that is not there."""
    return LabError(
        _("There is no finished report in {out}.").format(out=out),
        remedy=_("Run icp-lab report first, or name its folder with --out."),
    )


def _nearest(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1)
    return _("Did you mean {name}?").format(name=close[0]) if close else ""
