"""Running one notebook: papermill executes it, its page is made, and the finished step is put in place.

The kernel is of this very Python, with an environment of its own, and gone when the run is gone.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from errno import ENOSPC
from pathlib import Path
from threading import Lock
from time import monotonic, perf_counter
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from icp_lab.artifacts.manifest import Manifest, digest_file, read_manifest, read_page_facts, write_manifest, write_text
from icp_lab.artifacts.place import drop_step, place_step
from icp_lab.errors import utter
from icp_lab.locale import _, in_language
from icp_lab.locale.prose import parameter_meaning, translate_notebook
from icp_lab.pages.notebook import PageFacts, render_page
from icp_lab.report.plan import Assessment, Plan, StepEnd, Task, say_maker
from icp_lab.step import FILE, STAGE

ENGINE = "icp_lab"
_ARGV = (sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False")
# Sums over several threads differ in their last digits from machine to machine; so does the order of a set.
_SETTLED = {
    "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


class _Engine(NBClientEngine):  # type: ignore[misc]
    """papermill's engine, telling which cell it is at."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run the cells, telling `watch(cell, cells)` before each code cell."""
        watch = options.pop("watch")
        start = nb_man.cell_start
        total = len(nb_man.nb.cells)

        def tell_and_start(cell: Any, cell_index: int | None = None, **more: Any) -> None:
            watch((cell_index or 0) + 1, total)
            start(cell, cell_index=cell_index, **more)

        nb_man.cell_start = tell_and_start
        super().execute_managed_notebook(nb_man, kernel_name, **options)


papermill_engines.register(ENGINE, _Engine)


def _make_kernel(folder: Path, environment: dict[str, str], log: Path) -> type[AsyncKernelManager]:
    """How is the kernel of a step started?

    Parameters
    ----------
    folder
        Working directory.
    environment
        What the step has to know, on top of the environment of the run.
    log
        File for what the kernel says outside the notebook.

    Returns
    -------
    type
        A kernel manager for papermill. The kernel watches the run that started it, and ends when the run is killed.
    """
    variables = {**os.environ, **_SETTLED, "IPYTHONDIR": str(log.parent / "ipython"), **environment}

    class StepKernel(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(argv=list(_ARGV), display_name="Python 3", language="python")

        async def _async_start_kernel(self, **options: Any) -> None:
            with log.open("a", encoding="utf-8") as stream:
                options |= {"cwd": str(folder), "env": variables, "stdout": stream, "stderr": stream}
                await super()._async_start_kernel(**options)

        start_kernel = _async_start_kernel

    return StepKernel


_MARKED = "papermill-error-cell-tag"
_one_page_at_a_time = Lock()  # nbconvert's exporter is shared by the steps that run side by side


def run_step(plan: Plan, task: Task, assessment: Assessment, staged: Path,
             watch: Callable[[int, int], None]) -> StepEnd:
    """Run a notebook: it becomes a finished step, or a page that says why not.

    Parameters
    ----------
    plan : Plan
        The report.
    task : Task
        The notebook.
    assessment : Assessment
        Its keys, as they were before the run.
    staged : Path
        Folder in which the step is prepared; it must not be there yet.
    watch : callable
        Told the number of the cell at work and the number of cells.

    Returns
    -------
    StepEnd
        A finished step is in place with its page; a failed one left only a page.

    Examples
    --------
    >>> end = StepEnd("failed", "The notebook ended without here.finish(): its results were not handed over.", 4.2)
    >>> f"{end.state} after {end.seconds:.0f} s"
    'failed after 4 s'
    """
    began = perf_counter()
    staged.mkdir(parents=True)
    notebook, trouble = _execute(plan, task, staged, watch)
    seconds = round(perf_counter() - began, 2)
    if not trouble and not task.own and read_manifest(staged) is None:
        trouble = _("The notebook ended without here.finish(): its results were not handed over.")
    if trouble:
        drop_step(plan.out, task.name)
        _write_page(plan, task, notebook, trouble, staged)
        shutil.rmtree(staged, ignore_errors=True)
    else:
        # An analyst's notebook that does not open a step itself leaves no manifest of its own.
        manifest = read_manifest(staged) or Manifest(
            task.name, assessment.compute_key, "", "", assessment.inputs, task.parameters, {})
        _write_page(plan, task, notebook, "", staged)
        _put_in_place(plan, manifest, assessment, staged, seconds)
    return StepEnd("failed" if trouble else "done", trouble, seconds)


def skip_step(plan: Plan, task: Task, culprit: str) -> str:
    """Leave a page that says why a step was not run, and give its words.

    Parameters
    ----------
    plan : Plan
        The report, whose folder is there.
    task : Task
        The notebook.
    culprit : str
        The step that did not finish.

    Returns
    -------
    str
        The words, in the language of the report; they are the cause with which the step ends.

    Examples
    --------
    >>> from icp_lab.report.run import Run
    >>> words = "This step was not run: 01_customer_base, whose results it needs, did not finish."
    >>> Run({"01_customer_base": StepEnd("failed"), "02_best_customers": StepEnd("skipped", words)}).ok
    False
    """
    with in_language(plan.language):
        words = _("This step was not run: {step}, whose results it needs, did not finish.").format(step=culprit)
    notebook = translate_notebook(_read(task.file.path), plan.language)
    notebook.cells = notebook.cells[:1]
    _write_page(plan, task, notebook, words, plan.out)
    return words


def _execute(plan: Plan, task: Task, staged: Path, watch: Callable[[int, int], None]) -> tuple[Any, str]:
    """Run the cells; give the notebook as far as it came, and what went wrong in plain words."""
    notebook = translate_notebook(_read(task.file.path), plan.language)
    notebook.metadata.setdefault("kernelspec", {"name": "python3", "display_name": "Python 3", "language": "python"})
    path, end = staged / "executed.ipynb", monotonic() + 60 * plan.minutes
    plain = str(path).replace("{", "{{").replace("}", "}}")  # papermill takes a brace for a parameter
    environment = {"ICP_LAB_STUDY": str(plan.study.path.resolve()), "ICP_LAB_OUT": str(plan.out), STAGE: str(staged),
                   "ICP_LAB_LANGUAGE": plan.language, FILE: str(task.file.path.resolve())}
    try:
        done = papermill.execute_notebook(
            notebook, plain, parameters=deepcopy(task.changed), engine_name=ENGINE, kernel_name="python3",
            progress_bar=False, request_save_on_cell_execute=False, start_timeout=120, watch=watch, iopub_timeout=120,
            timeout_func=lambda _cell: max(end - monotonic(), 0.1),
            kernel_manager_class=_make_kernel(task.file.path.parent, environment, staged / "kernel.log"))
    except PapermillExecutionError as error:
        ran = _read(path)
        ran.cells = [cell for cell in ran.cells if _MARKED not in cell.metadata.get("tags", [])]
        return ran, str(error.evalue) if error.ename == "LabError" else _say_cause(plan, error.ename, error.evalue)
    except Exception as error:  # a kernel that died, a disk that is full: the other steps go on
        return notebook, _say_cause(plan, type(error).__name__, str(error))
    finally:
        _close_loop()
    return done, ""


def _close_loop() -> None:
    """Close the worker's own event loop, which nbclient leaves open, with what a stopped step left waiting on it."""
    loop = ensure_event_loop()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def _read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def _say_cause(plan: Plan, kind: str, words: str) -> str:
    """Say what ended a step that nobody expects of a study, and what to do about it."""
    gone = kind == "DeadKernelError" or "Memory" in kind
    with in_language(plan.language):
        return str(utter("run.step_too_long" if kind == "CellTimeoutError" else "run.step_ended" if gone else
                         "run.step_no_room" if os.strerror(ENOSPC) in words else "run.step_unexpected",
                         kind=kind, words=words, minutes=f"{plan.minutes:g}", out=plan.out))


def _describe_page(plan: Plan, task: Task, trouble: str, staged: Path) -> PageFacts:
    """What does the page of a notebook say besides the notebook?

    Parameters
    ----------
    plan, task
        The report and the notebook.
    trouble
        Why it did not finish; empty if it did.
    staged
        Folder of the step, with what it said of itself.
    """
    with in_language(plan.language):
        rows = read_page_facts(staged).get("rows", {})
        used = _("{used} rows used, {set_aside} set aside, {made_missing} cells made missing")
        read = [(_("Table {table}").format(table=table), used.format(**counts)) for table, counts in rows.items()]
        parameters = [(each.name, repr(task.parameters[each.name]), _(parameter_meaning(each.meaning)))
                      for each in task.file.parameters]
        return PageFacts(
            name=task.name, language=plan.language, study=plan.study.name, pages=tuple(plan.tasks),
            provenance=((_("Study"), plan.study.name), (_("As of"), str(plan.study.as_of)), *read, say_maker()),
            parameters=tuple(parameters), trouble=trouble,
            own={name: each.file.title for name, each in plan.tasks.items() if each.own})


def _write_page(plan: Plan, task: Task, notebook: Any, trouble: str, staged: Path) -> None:
    with _one_page_at_a_time:
        html = render_page(notebook, _describe_page(plan, task, trouble, staged))
    page = plan.out / f"{task.name}.html"
    try:
        write_text(page, html)
    except OSError:
        page.unlink(missing_ok=True)  # rather none than that of an earlier run
        raise


def _put_in_place(plan: Plan, manifest: Manifest, assessment: Assessment, staged: Path, seconds: float) -> None:
    """Complete the manifest and move the step to where others read it; the page is there already."""
    held = manifest.compute_key == assessment.compute_key
    keys = (assessment.compute_key, assessment.page_key) if held else ("", "")
    page, timings = digest_file(plan.out / f"{manifest.notebook}.html"), manifest.timings | {"seconds": seconds}
    write_manifest(staged, replace(manifest, compute_key=keys[0], page_key=keys[1], page=page, timings=timings))
    for leftover in ("kernel.log", "ipython"):
        path = staged / leftover
        path.unlink(missing_ok=True) if path.is_file() else shutil.rmtree(path, ignore_errors=True)
    place_step(staged, plan.out, manifest.notebook)
