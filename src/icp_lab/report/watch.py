"""Progress on the terminal: which step, which cell, how long, how much is left."""

import sys
from collections.abc import Mapping
from threading import Lock
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from icp_lab.locale import _, in_language, language


class Watch:
    """Tell how a run goes on: moving bars on a terminal, a line an event elsewhere.

    Parameters
    ----------
    expected : Mapping of str to float
        Seconds that each step took the last time, where that is known.
    console : Console or None, default None
        Where to tell; standard error unless told.

    Examples
    --------
    >>> watch = Watch({"02_best_customers": 12.4}, Console(file=sys.stdout, width=100))
    >>> watch.start(("01_customer_base", "02_best_customers"))
    >>> watch.begin("01_customer_base")
    01_customer_base: begins
    >>> watch.end("01_customer_base", "done")
    01_customer_base: done (0 s); 1 left, about 12 s of work
    >>> watch.stop()
    """

    def __init__(self, expected: Mapping[str, float], console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._expected = dict(expected)
        self._steps: dict[str, tuple[float, TaskID]] = {}  # when each began, and its row of the bars
        self._left: list[str] = []
        self._lock = Lock()
        self._language = language()
        columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[words]}"),
                   TimeElapsedColumn())
        self._plain = not self._console.is_terminal
        self._bars = Progress(*columns, console=self._console, transient=True, disable=self._plain)

    def start(self, names: tuple[str, ...]) -> None:
        """Begin a run of these steps.

        Parameters
        ----------
        names : tuple of str
            All that may run, in any order; those of them that have not ended are told as left.

        Examples
        --------
        >>> watch = Watch({}, Console(file=sys.stdout, width=100))
        >>> watch.start(("01", "02", "03"))
        >>> watch.end("01", "unchanged")
        01: unchanged; 2 left
        """
        self._left = list(names)
        self._bars.start()

    def stop(self) -> None:
        """End the run; leave the terminal as it was.

        Examples
        --------
        >>> watch = Watch({}, Console(file=sys.stdout, width=100))
        >>> watch.start(("01",))
        >>> watch.stop()  # nothing is told: where a run was broken off, others say why
        """
        self._bars.stop()

    def begin(self, name: str) -> None:
        """Tell that a step begins.

        Parameters
        ----------
        name : str
            The step.

        Examples
        --------
        >>> Watch({}, Console(file=sys.stdout, width=100)).begin("01_customer_base")
        01_customer_base: begins
        """
        with self._lock, in_language(self._language):
            self._steps[name] = monotonic(), self._bars.add_task(name, total=None, words="")
            if self._plain:
                self._say(_("{step}: begins").format(step=name))

    def move(self, name: str, cell: int, cells: int) -> None:
        """Tell which cell a step is at; without a terminal nothing is said of it.

        Parameters
        ----------
        name : str
            The step, which has begun.
        cell : int
            The cell at work, from 1.
        cells : int
            How many cells there are.

        Examples
        --------
        >>> watch = Watch({}, Console(file=sys.stdout, width=100, force_terminal=True, color_system=None))
        >>> watch.begin("01")
        >>> watch.move("01", 2, 9)
        >>> print(watch._bars.tasks[0].fields["words"])
        cell 2 of 9
        """
        with in_language(self._language):
            words = _("cell {cell} of {cells}").format(cell=cell, cells=cells) + self._say_left()
            self._bars.update(self._steps[name][1], total=cells, completed=cell, words=words)

    def end(self, name: str, words: str) -> None:
        """Tell how a step ended, and what is left.

        Parameters
        ----------
        name : str
            The step; one that has not begun took no time.
        words : str
            How it ended.

        Examples
        --------
        >>> Watch({}, Console(file=sys.stdout, width=100)).end("02_best_customers", "unchanged")
        02_best_customers: unchanged
        """
        with self._lock, in_language(self._language):
            began, row = self._steps.pop(name, (None, None))
            self._left = [each for each in self._left if each != name]
            if row is not None:
                self._bars.remove_task(row)
            took = _(" ({seconds:.0f} s)").format(seconds=monotonic() - began) if began is not None else ""
            self._say(f"{name}: {words}{took}{self._say_left()}")

    def _say_left(self) -> str:
        if not self._left:
            return ""
        known = [self._expected[name] for name in self._left if name in self._expected]
        if len(known) == len(self._left):
            return _("; {steps} left, about {seconds:.0f} s of work").format(steps=len(self._left), seconds=sum(known))
        return _("; {steps} left").format(steps=len(self._left))

    def _say(self, words: str) -> None:
        self._console.print(words, markup=False, highlight=False, soft_wrap=True)
        if self._plain:
            sys.stderr.flush()
