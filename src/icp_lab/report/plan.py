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
    """Hold a notebook of a report.

    Parameters
    ----------
    file : NotebookFile
        The notebook.
    parameters : dict of str to object
        The value that each of its parameters has in the run.
    needs : tuple of str
        The notebooks that have to be finished before it.

    Examples
    --------
    >>> Task(NotebookFile(Path("notebooks/01_customer_base.ipynb")), {}, ()).file.title
    'The customer base'
    """

    file: NotebookFile
    parameters: dict[str, Any]
    needs: tuple[str, ...]

    @property
    def name(self) -> str:
        """Give the name of the notebook.

        Returns
        -------
        str
            Its file's name without the ending.

        Examples
        --------
        >>> Task(NotebookFile(Path("notebooks/01_customer_base.ipynb")), {}, ()).name
        '01_customer_base'
        """
        return self.file.name

    @property
    def own(self) -> bool:
        """Tell whether it is the analyst's own.

        Returns
        -------
        bool
            False for a notebook of the house.

        Examples
        --------
        >>> [Task(NotebookFile(Path(name)), {}, ()).own for name in ("mine.ipynb", "01_customer_base.ipynb")]
        [True, False]
        """
        return self.name not in BY_NAME

    @property
    def changed(self) -> dict[str, Any]:
        """Give the parameters that differ from the notebook's defaults: what papermill has to set.

        Returns
        -------
        dict of str to object
            Their values, by name.

        Examples
        --------
        >>> file = NotebookFile(Path("notebooks/02_best_customers.ipynb"))
        >>> usual = {parameter.name: parameter.default for parameter in file.parameters}
        >>> Task(file, usual, ()).changed, Task(file, usual | {"top_share": 0.3}, ()).changed
        ({}, {'top_share': 0.3})
        """
        defaults = {parameter.name: parameter.default for parameter in self.file.parameters}
        return {name: value for name, value in self.parameters.items() if value != defaults[name]}


@dataclass(frozen=True)
class Assessment:
    """Hold what is still true of a step's last run.

    Parameters
    ----------
    state : str
        `fresh`, `unrendered` (the results hold, the page does not), `stale` or `absent` (it has not run).
    why : tuple of str
        Why it does not hold, in words; empty where it does, or has not run.
    inputs : dict of str to str
        What its results rest on, by name: the study's tables, parameters, cells, code, artifacts; a digest of each.
    compute_key : str
        The key that its results should have.
    page_key : str
        The key that its page should have.

    Examples
    --------
    >>> Assessment("stale", ("parameters changed",), {"parameters": "5fc6"}, "6080", "b061").state
    'stale'
    """

    state: State
    why: tuple[str, ...]
    inputs: dict[str, str]
    compute_key: str
    page_key: str


@dataclass(frozen=True)
class StepEnd:
    """Hold how a step of a run ended.

    Parameters
    ----------
    state : str
        `fresh` (nothing to do), `done`, `failed` or `skipped`.
    cause : str, default ''
        Why it failed or was skipped, in words.
    seconds : float, default 0.0
        How long it took; 0 where it did not run.

    Examples
    --------
    >>> StepEnd("fresh")
    StepEnd(state='fresh', cause='', seconds=0.0)
    """

    state: str
    cause: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """Hold what a report is made of.

    Parameters
    ----------
    study : Study
        The study.
    out : Path
        Folder of the report.
    language : str
        Language of its pages.
    tasks : dict of str to Task
        The notebooks by name, in the order of the run.
    minutes : float, default 120
        How long a notebook may take before it is stopped.

    Examples
    --------
    >>> from icp_lab.study import open_study
    >>> plan = make_plan(open_study("data/demo"), Path("reports/demo"), "en")
    >>> list(plan.tasks)[:2], plan.minutes, plan.facts.splitlines()[:3]
    (['01_customer_base', '02_best_customers'], 120, ['Demo', '2026-06-30', 'USD'])
    """

    study: Study
    out: Path
    language: str
    tasks: dict[str, Task]
    minutes: float = 120

    @cached_property
    def facts(self) -> str:
        """Give what every page shows besides its notebook: a page is made again when it changes.

        Returns
        -------
        str
            Name, day and currency of the study, whose names are not to be printed, and the notebooks.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> Plan(open_study("data/demo"), Path("reports/demo"), "en", {}).facts.splitlines()[:3]
        ['Demo', '2026-06-30', 'USD']
        """
        names = [f"{name} {task.file.title if task.own else ''}" for name, task in self.tasks.items()]
        people = (str(self.study.privacy), self.study.fingerprint(["contacts"]))  # whose names are not to be printed
        return "\n".join([self.study.name, str(self.study.as_of), self.study.currency, *people, *names])

    def assess(self, name: str) -> Assessment:
        """Assess what holds of a step, given the artifacts that lie there now.

        Parameters
        ----------
        name : str
            The step.

        Returns
        -------
        Assessment
            Its state, why, and the keys that it should have.

        Examples
        --------
        >>> from icp_lab.study import open_study
        >>> assessment = make_plan(open_study("data/demo"), Path("nowhere"), "en").assess("01_customer_base")
        >>> assessment.state, list(assessment.inputs)
        ('absent', ['study', 'parameters', 'cells', 'code'])
        """
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
    """Plan which notebooks make up the report of a study, with which parameters, in which order.

    Parameters
    ----------
    study : Study
        The study.
    out : Path
        Folder of the report.
    language : str
        Language of its pages.
    settings : Sequence of str, default ()
        `STEP.NAME=VALUE` each; they go before those of study.yml.
    folder : Path or None, default None
        Folder of the house's notebooks; the package's own unless told.

    Returns
    -------
    Plan
        The notebooks of the house, each with those that it needs, then the analyst's own, which need all of them.

    Raises
    ------
    LabError
        When a parameter does not fit, or two notebooks have one name.

    Examples
    --------
    >>> from icp_lab.study import open_study
    >>> make_plan(open_study("data/demo"), Path("reports/demo"), "en").tasks["02_best_customers"].needs
    ('01_customer_base',)
    >>> make_plan(open_study("data/demo"), Path("reports/demo"), "en", ["02_best_customers.top_share=7"])
    Traceback (most recent call last):
        ...
    icp_lab.errors.base.LabError: --set 02_best_customers.top_share=7: top_share cannot be 7.0. ...
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
    """Pick the notebooks that one step takes: itself, and all whose results it rests on.

    Parameters
    ----------
    tasks : Mapping of str to Task
        The notebooks of a report, by name.
    only : str
        The step.

    Returns
    -------
    dict of str to Task
        Those of `tasks`, in their order.

    Raises
    ------
    LabError
        When there is no such step.

    Examples
    --------
    >>> tasks = {name: Task(NotebookFile(Path(name)), {}, needs)
    ...          for name, needs in (("01", ()), ("02", ("01",)), ("03", ("01",)), ("04", ("03",)))}
    >>> list(pick_tasks(tasks, "04"))
    ['01', '03', '04']
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
    """Say what a page was made with.

    Returns
    -------
    tuple of 2 str
        A label in the language in force, and the versions of the lab and of Python.

    Examples
    --------
    >>> say_maker()
    ('Made with', 'icp-lab ..., Python 3...')
    """
    return _("Made with"), f"icp-lab {library_version('icp-lab')}, Python {platform.python_version()}"
