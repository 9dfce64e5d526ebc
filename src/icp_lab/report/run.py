"""A report: which steps run, in which order, side by side where they can, and what is left when one fails."""

import shutil
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from graphlib import TopologicalSorter
from os import getpid
from typing import TYPE_CHECKING

from icp_lab.artifacts.place import WORK
from icp_lab.locale import _
from icp_lab.report.plan import Assessment, Plan, StepEnd, Task

if TYPE_CHECKING:
    from icp_lab.report.watch import Watch

RECORD = "run.json"


@dataclass(frozen=True)
class Run:
    """Hold how a run ended.

    Parameters
    ----------
    steps : dict of str to StepEnd, optional
        How each step ended, in the order of the run.
    unmade : dict of str to str, optional
        What of the products was not made, by what the index links to, and why, in words.

    Examples
    --------
    >>> run = Run({"01_customer_base": StepEnd("done", seconds=4.2)}, {"icp.pptx": "The disk is full."})
    >>> run.ok, run.unmade
    (False, {'icp.pptx': 'The disk is full.'})
    """

    steps: dict[str, StepEnd] = field(default_factory=dict)
    unmade: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Tell whether every step finished, and all was made of them.

        Returns
        -------
        bool
            True where nothing had to be done, too.

        Examples
        --------
        >>> Run({"01": StepEnd("done"), "02": StepEnd("fresh")}).ok, Run({"01": StepEnd("skipped")}).ok
        (True, False)
        """
        return not self.unmade and all(step.state in ("fresh", "done") for step in self.steps.values())

    @property
    def idle(self) -> bool:
        """Tell whether there was nothing to run.

        Returns
        -------
        bool
            False where something could not be made.

        Examples
        --------
        >>> Run({"01": StepEnd("fresh")}).idle, Run({"01": StepEnd("done")}).idle
        (True, False)
        """
        return not self.unmade and all(step.state == "fresh" for step in self.steps.values())


def run_steps(plan: Plan, tasks: Mapping[str, Task], watch: "Watch", jobs: int = 2) -> Run:
    """Run notebooks in the order of what they need, side by side where they can, and only what changed.

    The caller holds the report's folder.

    Parameters
    ----------
    plan : Plan
        The report.
    tasks : Mapping of str to Task
        The notebooks to bring up to date, with all that they need.
    watch : Watch
        Told how it goes on.
    jobs : int, default 2
        How many notebooks run at a time.

    Returns
    -------
    Run
        How each step ended. A failed step stops those that need it, and no other.

    Examples
    --------
    >>> from pathlib import Path
    >>> from icp_lab.report.watch import Watch
    >>> from icp_lab.study import open_study
    >>> run_steps(Plan(open_study("data/demo"), Path("nowhere"), "en", {}), {}, Watch({})).idle
    True
    """
    shutil.rmtree(plan.out / WORK, ignore_errors=True)
    try:
        return _Scheduler(plan, tasks, watch, jobs).run()
    finally:
        shutil.rmtree(plan.out / WORK, ignore_errors=True)


class _Scheduler:
    """Hands steps to workers as soon as what they need is there."""

    def __init__(self, plan: Plan, tasks: Mapping[str, Task], watch: "Watch", jobs: int) -> None:
        self._plan, self._tasks, self._watch = plan, tasks, watch
        self._pool = ThreadPoolExecutor(jobs)
        self._ends: dict[str, StepEnd] = {}
        self._sorter = TopologicalSorter({name: task.needs for name, task in tasks.items()})
        self._running: dict[Future[StepEnd], str] = {}

    def run(self) -> Run:
        self._sorter.prepare()
        self._watch.start(tuple(self._tasks))
        try:
            while self._sorter.is_active():
                for name in sorted(self._sorter.get_ready(), key=list(self._tasks).index):
                    self._begin(name)
                if self._running:
                    finished, _waiting = wait(self._running, return_when=FIRST_COMPLETED)
                    for future in finished:
                        self._end(self._running.pop(future), future.result())
        finally:
            self._watch.stop()
            self._pool.shutdown(wait=False, cancel_futures=True)
        return Run({name: self._ends[name] for name in self._tasks})

    def _begin(self, name: str) -> None:
        broken = (need for need in self._tasks[name].needs if self._ends[need].state in ("failed", "skipped"))
        if culprit := next(broken, ""):
            from icp_lab.report.execute import skip_step  # noqa: PLC0415  (Jupyter is not needed where nothing runs)

            self._end(name, StepEnd("skipped", skip_step(self._plan, self._tasks[name], culprit)))
            return
        assessment = self._plan.assess(name)
        if assessment.state == "fresh":
            self._end(name, StepEnd("fresh"))
        else:
            self._running[self._pool.submit(self._work, name, assessment)] = name

    def _work(self, name: str, assessment: Assessment) -> StepEnd:
        from icp_lab.report.execute import run_step  # noqa: PLC0415  (Jupyter is not needed where nothing runs)

        self._watch.begin(name)
        staged = self._plan.out / WORK / str(getpid()) / name
        return run_step(self._plan, self._tasks[name], assessment, staged, partial(self._watch.move, name))

    def _end(self, name: str, end: StepEnd) -> None:
        self._ends[name] = end
        words = {"fresh": _("unchanged"), "done": _("done"), "skipped": end.cause,
                 "failed": _("failed: {cause}").format(cause=end.cause)}
        self._watch.end(name, words[end.state])
        self._sorter.done(name)
