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
    """One row that was set aside, or one cell that was made missing.

    Parameters
    ----------
    file : str
        The file as it is called in messages.
    row : int
        Its data row, from 1 below the column names.
    column : str
        The column; empty where the row as a whole is meant.
    value : str
        What stands there, or what was too much in the row.
    reason : str
        Its code in `reasons.toml`.

    Examples
    --------
    >>> case = Case("deals.csv", 7, "amount", "tbd", "made_missing")
    >>> REASONS[case.reason]
    'the cell cannot be read and counts as missing'
    """

    file: str
    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Decision:
    """What the lab decided by itself while it read.

    Parameters
    ----------
    code : str
        Names the sentence of `decisions.toml`.
    file : str
        The file as it is called in messages.
    column : str
        The column that it bears on; empty for all of them.
    words : dict of str to (str or int)
        What fills the sentence; `n` counts cells, rows or names where there is such a count.

    Examples
    --------
    >>> Decision("encoding", "deals.csv", "", {"encoding": "cp932"}).say()
    'read as cp932'
    """

    code: str
    file: str
    column: str
    words: dict[str, str | int]

    def say(self) -> str:
        """Say it in the language in force.

        Returns
        -------
        str
            The sentence of `decisions.toml`, filled.

        Examples
        --------
        >>> Decision("host", "accounts.csv", "domain", {"n": 3}).say()
        '3 web addresses were cut to their host'
        """
        return _(str(DECISIONS[self.code]["say"])).format(**self.words)


@dataclass
class Facts:
    """What was read of one table and what became of it.

    Parameters
    ----------
    table : str
        The table's name.
    file : str
        Its files as they are called in messages, parted by commas.
    read : int
        Rows of the files, those left out with them; empty lines are not counted.
    left_out : int, default 0
        Rows that are not of the table: totals, footers, what did not meet `where` or is not the latest of its key.
    used : int, default 0
        Rows that stand in the table.
    duplicates : int, default 0
        Rows that are there before, as they stand in the files; they are counted among the others too.
    counts : Counter, optional
        Rows set aside and cells made missing, by (reason, column).
    money : dict of (tuple of 2 str) to float, optional
        Amounts of these rows by (reason, column), in the study's currency, where the table has amounts.
    listed : list of Case, optional
        Single cases, at most `LISTED` of a reason in a column.
    ignored : tuple of str, default ()
        Columns of the files that the table has no use for.
    decisions : list of Decision, optional
        What the lab decided by itself.

    Examples
    --------
    >>> facts = Facts("deals", "deals.csv", read=3, used=2)
    >>> facts.add(Case("deals.csv", 2, "account_id", "a9", "unknown_account"))
    >>> facts.add(Case("deals.csv", 3, "amount", "tbd", "made_missing"))
    >>> facts.set_aside, facts.made_missing
    (1, 1)
    """

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
        """Note what the lab decided by itself.

        Parameters
        ----------
        code : str
            Names a sentence of `decisions.toml`.
        column : str, default ''
            The column that it bears on; empty for all of them.
        **words : str or int
            What fills the sentence.

        Examples
        --------
        >>> facts = Facts("deals", "deals.csv", read=3)
        >>> facts.decide("total_rows", n=1, row=3)
        >>> [decision.say() for decision in facts.decisions]
        ['1 rows are totals of other rows and were left out, the first of them row 3']
        """
        self.decisions.append(Decision(code, self.file, column, words))

    def add(self, case: Case) -> None:
        """Count one case, and list it while there is room.

        Parameters
        ----------
        case : Case
            A row that was set aside, or a cell that was made missing.

        Examples
        --------
        >>> facts = Facts("deals", "deals.csv", read=500)
        >>> for row in range(1, 301):
        ...     facts.add(Case("deals.csv", row, "stage", "", "empty"))
        >>> facts.counts["empty", "stage"], len(facts.listed)
        (300, 200)
        """
        self.counts[case.reason, case.column] += 1
        if self.counts[case.reason, case.column] <= LISTED:
            self.listed.append(case)

    @property
    def numbers(self) -> dict[str, int]:
        """Sum up what became of rows and cells.

        Returns
        -------
        dict of str to int
            By the names of `COUNTED`, in their order.

        Examples
        --------
        >>> Facts("deals", "deals.csv", read=9, left_out=1, used=8).numbers
        {'read': 9, 'left_out': 1, 'used': 8, 'set_aside': 0, 'made_missing': 0, 'duplicates': 0}
        """
        return {name: getattr(self, name) for name in COUNTED}

    @property
    def made_missing(self) -> int:
        """Count the cells that could not be read.

        Returns
        -------
        int
            Cells, not rows: their rows are used.

        Examples
        --------
        >>> counts = Counter({("made_missing", "amount"): 2, ("empty", "stage"): 1})
        >>> Facts("deals", "deals.csv", read=9, counts=counts).made_missing
        2
        """
        return sum(n for (reason, _column), n in self.counts.items() if reason == "made_missing")

    @property
    def set_aside(self) -> int:
        """Count the rows that could not be used.

        Returns
        -------
        int
            Rows; each has one reason.

        Examples
        --------
        >>> counts = Counter({("made_missing", "amount"): 2, ("empty", "stage"): 1})
        >>> Facts("deals", "deals.csv", read=9, counts=counts).set_aside
        1
        """
        return self.counts.total() - self.made_missing


@dataclass(frozen=True)
class Intake:
    """What became of all rows that were read.

    Parameters
    ----------
    tables : DataFrame
        A row a table: `table`, `file` and the counts of `COUNTED`.
    reasons : DataFrame
        A row a table, reason and column: `table`, `reason` (a code), `column`, `n` and `money`, the amounts of these
        rows (NaN where the table has none).
    listed : DataFrame
        A row a case, at most `LISTED` of a reason in a column: `table`, `file`, `row`, `column`, `value`, `reason` and
        `words`.
    decisions : DataFrame
        A row a decision of the lab's own: `table`, `file`, `column`, `code`, `n` and `words`.

    Examples
    --------
    >>> intake = collect_facts([Facts("deals", "deals.csv", read=9, used=9)])
    >>> intake.tables[["table", "read", "used"]].to_numpy().tolist(), len(intake.reasons)
    ([['deals', 9, 9]], 0)
    """

    tables: "pd.DataFrame"
    reasons: "pd.DataFrame"
    listed: "pd.DataFrame"
    decisions: "pd.DataFrame"


def collect_facts(facts: Iterable[Facts]) -> Intake:
    """Put the facts of several tables into frames, single cases and decisions in the reader's language.

    Parameters
    ----------
    facts : iterable of Facts
        The facts of each table, in the order in which they are to be shown.

    Returns
    -------
    Intake
        Frames with all columns even where nothing was set aside or decided.

    Examples
    --------
    >>> facts = Facts("deals", "deals.csv", read=2, used=1)
    >>> facts.add(Case("deals.csv", 2, "stage", "", "empty"))
    >>> intake = collect_facts([facts])
    >>> intake.reasons[["table", "reason", "column", "n"]].to_numpy().tolist(), intake.listed.loc[0, "words"]
    ([['deals', 'empty', 'stage', 1]], 'a required cell is empty')
    """
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
