"""What a report consists of, and what of it is still true: decided from files alone, without loading data."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from icp_lab.artifacts.manifest import Manifest, digest_file, folder_of, read_manifest
from icp_lab.locale import _
from icp_lab.process import BY_NAME, needs
from icp_lab.process.keys import compute_key, describe_inputs, hash_upstream, page_key, tables_of
from icp_lab.process.notebook import NotebookFile, list_notebooks
from icp_lab.process.sources import library_version
from icp_lab.process.values import check_notebook, resolve_parameters
from icp_lab.study import Study

# unrendered: the results hold, the page does not (another language, another look).
State = Literal["fresh", "unrendered", "stale", "absent"]


@dataclass(frozen=True)
class Task:
    """A notebook of a report, with the value of each parameter and the notebooks that it needs."""

    file: NotebookFile
    parameters: dict[str, Any]
    needs: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the notebook."""
        return self.file.name

    @property
    def own(self) -> bool:
        """Is it the analyst's own?"""
        return self.name not in BY_NAME

    @property
    def changed(self) -> dict[str, Any]:
        """Parameters that differ from the notebook's defaults: what papermill has to set."""
        defaults = {parameter.name: parameter.default for parameter in self.file.parameters}
        return {name: value for name, value in self.parameters.items() if value != defaults[name]}


@dataclass(frozen=True)
class Assessment:
    """What holds of a step's last run, why not where it does not, and the keys that it should have."""

    state: State
    why: tuple[str, ...]
    inputs: dict[str, str]
    compute_key: str
    page_key: str


@dataclass(frozen=True)
class StepEnd:
    """How a step of a run ended: `fresh` (nothing to do), `done`, `failed` or `skipped`, with the cause in words."""

    state: str
    cause: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """A study, a folder for its report, a language, the notebooks in the order of the run, and minutes for each."""

    study: Study
    out: Path
    language: str
    tasks: dict[str, Task]
    minutes: float = 120

    @cached_property
    def facts(self) -> str:
        """What every page shows besides its notebook: a page is made again when it changes."""
        names = [f"{name} {task.file.title if task.own else ''}" for name, task in self.tasks.items()]
        people = (str(self.study.privacy), self.study.fingerprint(["contacts"]))  # whose names are not to be printed
        return "\n".join([self.study.name, str(self.study.as_of), self.study.currency, *people, *names])

    def assess(self, name: str) -> Assessment:
        """What holds of a step, given the artifacts that lie there now?"""
        task = self.tasks[name]
        study, artifacts = self.study.fingerprint(tables_of(name)), hash_upstream(self.out, name)
        inputs = describe_inputs(task.file, task.parameters, study, artifacts)
        key = compute_key(inputs)
        page = page_key(task.file, key, self.language, self.facts)
        manifest, file = read_manifest(folder_of(self.out, name)), self.out / f"{name}.html"
        if manifest is None:
            return Assessment("absent", (), inputs, key, page)
        if manifest.compute_key != key:
            return Assessment("stale", _say_changes(manifest, inputs), inputs, key, page)
        if manifest.page_key != page or not file.is_file() or digest_file(file) != manifest.page:
            return Assessment("unrendered", (_("the page is of another language or look"),), inputs, key, page)
        return Assessment("fresh", (), inputs, key, page)


def make_plan(study: Study, out: Path, language: str, settings: Sequence[str] = (), folder: Path | None = None) -> Plan:
    """Which notebooks make up the report of a study, with which parameters, in which order?

    Parameters
    ----------
    study
        The study.
    out
        Folder of the report.
    language
        Language of its pages.
    settings
        `STEP.NAME=VALUE` each.
    folder
        Folder of the house's notebooks; the package's own unless told.

    Raises
    ------
    LabError
        When a parameter does not fit, or two notebooks have one name.
    """
    files = list_notebooks(study.folder, folder)
    values = resolve_parameters(files, study.steps, settings, study.line)
    house = tuple(file.name for file in files if file.name in BY_NAME)
    tasks = {}
    for file in files:
        wanted = tuple(name for name in needs(file.name) if name in house) if file.name in BY_NAME else house
        tasks[file.name] = Task(file, values[file.name], wanted)
    return Plan(study, out, language, tasks)


def pick_tasks(tasks: Mapping[str, Task], only: str) -> dict[str, Task]:
    """Which notebooks does one step take: itself, and all whose results it rests on?

    Raises
    ------
    LabError
        When there is no such step.
    """
    wanted, waiting = set[str](), [check_notebook(only, tuple(tasks))]
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        waiting += [each for each in tasks[name].needs if each not in wanted]
    return {name: task for name, task in tasks.items() if name in wanted}


def _say_changes(manifest: Manifest, inputs: Mapping[str, str]) -> tuple[str, ...]:
    """Say in words what the last run did not know."""
    words = {"study": _("the study's tables changed"), "parameters": _("parameters changed"),
             "cells": _("the notebook changed"), "code": _("the lab's code changed")}
    changed = [name for name in sorted({*inputs, *manifest.inputs}) if inputs.get(name) != manifest.inputs.get(name)]
    if not changed:
        return (_("it was run in JupyterLab with other cells") if manifest.interactive
                else _("something that it rests on changed while it ran"),)
    return tuple(words.get(name) or _("{artifact} changed").format(artifact=name.removeprefix("artifact "))
                 for name in changed)


def say_maker() -> tuple[str, str]:
    """What was a page made with?"""
    return _("Made with"), f"icp-lab {library_version('icp-lab')}, Python {platform.python_version()}"
