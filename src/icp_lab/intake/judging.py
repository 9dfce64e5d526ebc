"""Text to typed rows, and a verdict on each: used, or set aside and why; unreadable cells are counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from duckdb import DuckDBPyConnection as Con

from icp_lab.errors import Place, utter
from icp_lab.intake.conversion import KIND_WORDS, Form, convert
from icp_lab.intake.facts import LISTED, Case, Facts
from icp_lab.intake.files import quoted
from icp_lab.intake.mapping import Mapped
from icp_lab.intake.spec import Spec
from icp_lab.locale import _
from icp_lab.tables import BY_NAME, Column, Table

_TOO_MANY_UNREADABLE = 0.2


@dataclass(frozen=True)
class _Reason:
    """Why a row is set aside: an SQL test on the converted row."""

    test: str
    code: str
    column: str = ""


@dataclass(frozen=True)
class Judge:
    """One mapped table on its way to types: values stand in `v*` in the order of `columns`, `u*` says what is none."""

    con: Con
    spec: Spec
    mapped: Mapped
    columns: tuple[Column, ...]
    forms: Mapping[str, Form]
    as_of: date

    @property
    def _table(self) -> Table:
        return BY_NAME[self.spec.table]

    @property
    def _judged(self) -> str:
        return f"judged_{self.spec.table}"

    def convert(self) -> None:
        """Convert every cell, and give every row the number of the first reason to set it aside, or NULL."""
        cells = [self.mapped.cell(column.name) for column in self.columns]
        values = ", ".join(f"{convert(cell, column, self._form(column))} AS v{i}"
                           for i, (cell, column) in enumerate(zip(cells, self.columns, strict=True)))
        missing = "".join(f", {cells[i]} IS NOT NULL AND v{i} IS NULL AS u{i}" for i in self._doubtful)
        rules = " ".join(f"WHEN {reason.test} THEN {i}" for i, reason in enumerate(self._reasons))
        if self.mapped.known:  # one test of all is quicker, where none looks into accounts
            rules = f"WHEN {' OR '.join(reason.test for reason in self._reasons)} THEN CASE {rules} END"
        self.con.execute(
            f"CREATE TABLE {self._judged} AS SELECT file, row, {self._every}{missing}, CASE {rules} END AS reason, "
            f"false AS again FROM (SELECT *, {values} FROM {self.mapped.name})")
        if self.keys[0] > self.keys[1]:
            again = f"row_number() OVER (PARTITION BY {self._every} ORDER BY file, row) > 1"
            self.con.execute(f"CREATE OR REPLACE TABLE {self._judged} AS SELECT * REPLACE "
                             f"({again} AND {self._value(self._table.key)} IS NOT NULL AS again) FROM {self._judged}")

    @property
    def _every(self) -> str:
        return ", ".join(f"v{i}" for i in range(len(self.columns)))

    @property
    def _doubtful(self) -> list[int]:
        """Number the columns that may have cells which do not convert."""
        return [i for i, c in enumerate(self.columns) if c.choices or (c.kind != "text" and not (
            self._form(c).plain and c.kind != "integer" and c.low is c.high is None))]

    def _form(self, column: Column) -> Form:
        return self.forms.get(self.mapped.cell(column.name), Form())

    @cached_property
    def keys(self) -> tuple[int, int]:
        """Count the keys, and the different ones; two that share a hash are looked at with the rest."""
        cell = self._value(self._table.key) if self._table.key in self._names else "NULL"
        counts = f"count({cell}), count(DISTINCT hash({cell})) - (count({cell}) < count(*))::INT"
        ((n, different),) = self._all(f"SELECT {counts} FROM {self._judged}")
        return n, different

    @cached_property
    def _reasons(self) -> tuple[_Reason, ...]:
        """List why a row is set aside; the first that holds counts."""
        reasons = []
        for column in self._table.columns:
            if column.required:
                reasons += [_Reason(f"{self.mapped.cell(column.name)} IS NULL", "empty", column.name),
                            _Reason(f"{self._value(column.name)} IS NULL", "unreadable", column.name)]
        one_of = [f"{self._value(name)} IS NULL" for name in self._table.one_of if name in self._names]
        if one_of:
            reasons.append(_Reason(" AND ".join(one_of), "no_key"))
        reasons += [_Reason(f"{self._value(c.name)} > DATE '{self.as_of}'", "after_as_of", c.name)
                    for c in self._table.columns if c.kind == "date" and not c.future and c.name in self._names]
        if "account_id" in {*self._names} & {*self._table.by_name} and self.spec.table != "accounts" \
                and not self.mapped.known:
            key = self._value("account_id")
            reasons.append(_Reason(f"{key} IS NOT NULL AND {key} NOT IN (SELECT account_id FROM accounts)",
                                   "unknown_account", "account_id"))
        return tuple(reasons)

    @property
    def _names(self) -> list[str]:
        return [column.name for column in self.columns]

    def _value(self, column: str) -> str:
        return f"v{self._names.index(column)}"

    def refuse_unreadable(self) -> None:
        """Refuse a column of which more than a fifth of the filled cells do not convert, naming the first."""
        read, lost = (self._count(test.format(i) for i in self._doubtful) for test in ("v{} IS NOT NULL", "u{}"))
        for i, good, bad in zip(self._doubtful, read, lost, strict=True):
            if bad > _TOO_MANY_UNREADABLE * (good + bad):
                column = self.columns[i]
                ((file, row, words),) = self._find(column.name, f"u{i}", 1)
                place = Place(self.spec.shown[file], row, column.name)
                raise utter("study.mostly_unreadable", place, value=words, kind=_words(column), bad=bad,
                            filled=good + bad)

    def count(self, facts: Facts) -> None:
        """Count and list the rows set aside and the cells made missing."""
        tests = [(reason.code, reason.column, f"reason = {i}") for i, reason in enumerate(self._reasons)]
        tests.append(("duplicate", self._table.key, "reason IS NULL AND again"))
        tests += [("made_missing", self._names[i], f"reason IS NULL AND NOT again AND u{i}") for i in self._doubtful]
        for (code, column, test), n in zip(tests, self._count(test for *_of, test in tests), strict=True):
            if n:
                self._note(facts, code, column, n, test)

    def _count(self, tests: Iterable[str]) -> tuple[int, ...]:
        """Count for each test the rows that it holds for, all in one pass."""
        counts = ", ".join(["count(*)", *(f"count(*) FILTER (WHERE {test})" for test in tests)])
        return tuple(self._all(f"SELECT {counts} FROM {self._judged}")[0][1:])

    def _note(self, facts: Facts, code: str, column: str, n: int, test: str) -> None:
        facts.counts[code, column] += n
        if "amount" in self._names:
            (facts.money[code, column],) = self._all(
                f"SELECT coalesce(sum({self._value('amount')}), 0) FROM {self._judged} WHERE {test}")[0]
        facts.listed += [Case(self.spec.shown[file], row, column, value, code)
                         for file, row, value in self._find(column, test, LISTED)]

    def _find(self, column: str, test: str, most: int) -> list[Any]:
        """Find the first rows that a test holds for, and what stands there in a column."""
        cell = self.mapped.cell(column) if column else "NULL"
        rows = f"SELECT file, row FROM {self._judged} WHERE {test} ORDER BY file, row LIMIT {most}"
        return self._all(f"SELECT file, row, coalesce({cell}, '') FROM {self.mapped.name} "
                         f"SEMI JOIN ({rows}) USING (file, row) ORDER BY file, row")

    def refuse_conflicts(self) -> None:
        """Refuse one key with two different rows, naming the second row and the first column that differs."""
        if not self._table.strict or self.keys[0] == self.keys[1]:
            return
        used, key = f"FROM {self._judged} WHERE reason IS NULL AND NOT again", self._value(self._table.key)
        twice = self._all(f"SELECT {key}, count(*) OVER () {used} GROUP BY {key} HAVING count(*) > 1 "
                          f"ORDER BY min(file), min(row) LIMIT 1")
        for value, count in twice:
            rows = f"SELECT file, row, {self._every} {used} AND {key} = $1 ORDER BY file, row LIMIT 2"
            first, second = self.con.execute(rows, [value]).fetchall()
            differs = next(c.name for c, a, b in zip(self.columns, first[2:], second[2:], strict=True) if a != b)
            place = Place(self.spec.shown[second[0]], second[1], self._table.key)
            raise utter("study.key_conflict", place, value=value, first=first[1], differs=differs, count=count,
                        key=place.column)

    def keep(self) -> int:
        """Give the usable rows the name of their table, and count them; what is settled later is copied before."""
        named = ", ".join(f"v{i} AS {quoted(name)}" for i, name in enumerate(self._names))
        kind = "TABLE" if self._table.strict else "VIEW"
        self.con.execute(f"CREATE {kind} {self.spec.table} AS SELECT {named} FROM {self._judged} "
                         "WHERE reason IS NULL AND NOT again")
        if self._table.strict:
            self.con.execute(f"DROP TABLE {self._judged}")
        return int(self._all(f"SELECT count(*) FROM {self.spec.table}")[0][0])

    def _all(self, sql: str) -> list[Any]:
        return self.con.execute(sql).fetchall()


def _words(column: Column) -> str:
    if column.choices:
        return _("one of {words}").format(words=", ".join(column.choices))
    return _(KIND_WORDS[column.kind])
