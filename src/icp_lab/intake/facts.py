"""What became of the rows and cells of a table: used, set aside, made missing; counted, and listed up to a limit."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from icp_lab.locale import _
from icp_lab.locale.declared import read_declared

if TYPE_CHECKING:
    import pandas as pd

# At most so many cases of one reason in one column are listed; all are counted.
LISTED = 200

# What is counted of a table, in the order in which it is shown.
COUNTED = ("read", "left_out", "used", "set_aside", "made_missing", "duplicates")

REASONS: dict[str, str] = read_declared("icp_lab.intake", "reasons.toml")
DECISIONS = read_declared("icp_lab.intake", "decisions.toml")


# A decision on its way to `Facts`: its code, the column it bears on, and its words.
Note = tuple[str, str, dict[str, str | int]]


@dataclass(frozen=True)
class Case:
    """One row that was set aside, or one cell that was made missing."""

    file: str
    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Decision:
    """What the lab decided by itself while it read; `code` names the sentence of `decisions.toml` that `words` fill."""

    code: str
    file: str
    column: str
    words: dict[str, str | int]

    def say(self) -> str:
        """Say it in the language in force."""
        return _(str(DECISIONS[self.code]["say"])).format(**self.words)


@dataclass
class Facts:
    """What was read of one table and what became of it; `counts` and `money` (amounts) by (reason, column)."""

    table: str
    file: str
    read: int
    left_out: int = 0
    used: int = 0
    duplicates: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    money: dict[tuple[str, str], float] = field(default_factory=dict)
    listed: list[Case] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    decisions: list[Decision] = field(default_factory=list)

    def decide(self, code: str, column: str = "", **words: str | int) -> None:
        """Note what the lab decided by itself."""
        self.decisions.append(Decision(code, self.file, column, words))

    def add(self, case: Case) -> None:
        """Count one case, and list it while there is room."""
        self.counts[case.reason, case.column] += 1
        if self.counts[case.reason, case.column] <= LISTED:
            self.listed.append(case)

    @property
    def numbers(self) -> dict[str, int]:
        """Sum up what became of rows and cells, by the names of `COUNTED`."""
        return {name: getattr(self, name) for name in COUNTED}

    @property
    def made_missing(self) -> int:
        """Count the cells that could not be read."""
        return sum(n for (reason, _column), n in self.counts.items() if reason == "made_missing")

    @property
    def set_aside(self) -> int:
        """Count the rows that could not be used."""
        return self.counts.total() - self.made_missing


@dataclass(frozen=True)
class Intake:
    """What became of all rows that were read.

    `tables`: a row a table; `reasons`: a row a table, reason and column, with the amounts of its rows; `listed`: a row
    a case, up to `LISTED` each; `decisions`: a row a decision of the lab's own.
    """

    tables: "pd.DataFrame"
    reasons: "pd.DataFrame"
    listed: "pd.DataFrame"
    decisions: "pd.DataFrame"


def collect_facts(facts: Iterable[Facts]) -> Intake:
    """Put the facts of several tables into frames, single cases and decisions in the reader's language."""
    import pandas as pd  # noqa: PLC0415  (the command line reads facts without pandas)

    known = list(facts)
    tables = pd.DataFrame([(f.table, f.file, *f.numbers.values()) for f in known], columns=["table", "file", *COUNTED])
    reasons = pd.DataFrame(
        [(f.table, code, column, n, f.money.get((code, column), math.nan)) for f in known
         for (code, column), n in sorted(f.counts.items()) if n],
        columns=["table", "reason", "column", "n", "money"])
    listed = pd.DataFrame(
        [(f.table, c.file, c.row, c.column, c.value, c.reason, _(REASONS[c.reason])) for f in known for c in f.listed],
        columns=["table", "file", "row", "column", "value", "reason", "words"])
    decisions = pd.DataFrame(
        [(f.table, d.file, d.column, d.code, d.words.get("n", 1), d.say()) for f in known for d in f.decisions],
        columns=["table", "file", "column", "code", "n", "words"])
    return Intake(tables, reasons, listed, decisions)
