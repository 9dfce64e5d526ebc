"""Text to typed rows, and a verdict on each: used, or set aside and why; unreadable cells are counted."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from icp_lab.errors import Place
from icp_lab.errors import study as errors
from icp_lab.intake.conversion import KIND_WORDS, Form, convert
from icp_lab.intake.facts import LISTED, Case
from icp_lab.intake.files import quoted
from icp_lab.locale import _
from icp_lab.tables import BY_NAME, Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from icp_lab.intake.facts import Facts
    from icp_lab.intake.mapping import Mapped
    from icp_lab.intake.spec import Spec

_TOO_MANY_UNREADABLE = 0.2


@dataclass(frozen=True)
class _Reason:
    """Why a row is set aside: an SQL test on the converted row."""

    test: str
    code: str
    column: str = ""


@dataclass(frozen=True)
class Judge:
    """One mapped table on its way to types: text stands in `m*`, values in `v*` in the order of `columns`."""

    con: "duckdb.DuckDBPyConnection"
    spec: "Spec"
    mapped: "Mapped"
    columns: tuple[Column, ...]
    forms: "Mapping[str, Form]"
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
        values = ", ".join(f"{convert(cell, column, self.forms.get(cell, Form()))} AS v{i}"
                           for i, (cell, column) in enumerate(zip(cells, self.columns, strict=True)))
        rules = " ".join(f"WHEN {reason.test} THEN {i}" for i, reason in enumerate(self._reasons))
        again = "false"
        if self._table.key in self._names:
            every = ", ".join(f"v{i}" for i in range(len(self.columns)))
            again = (f"{self._value(self._table.key)} IS NOT NULL AND "
                     f"row_number() OVER (PARTITION BY {every} ORDER BY file, row) > 1")
        self.con.execute(
            f"CREATE TABLE {self._judged} AS SELECT *, CASE {rules} END AS reason, {again} AS again "
            f"FROM (SELECT *, {values} FROM {self.mapped.name})")

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
        if self.spec.table != "accounts" and "account_id" in self._table.by_name and "account_id" in self._names:
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
        for column in self.columns:
            if column.kind == "text" and not column.choices:
                continue
            cell, value = self.mapped.cell(column.name), self._value(column.name)
            filled, read = self._all(f"SELECT count({cell}), count({value}) FROM {self._judged}")[0]
            if filled - read > _TOO_MANY_UNREADABLE * filled:
                first = f"{value} IS NULL AND {cell} IS NOT NULL ORDER BY file, row LIMIT 1"
                file, row, words = self._all(f"SELECT file, row, {cell} FROM {self._judged} WHERE {first}")[0]
                place = Place(self.spec.shown[file], row, column.name)
                raise errors.mostly_unreadable(place, words, _words(column), filled - read, filled)

    def count(self, facts: "Facts") -> None:
        """Count and list the rows set aside and the cells made missing."""
        by_number = f"SELECT reason, count(*) FROM {self._judged} WHERE reason IS NOT NULL GROUP BY ALL ORDER BY ALL"
        for number, n in self._all(by_number):
            reason = self._reasons[number]
            self._note(facts, reason.code, reason.column, n, f"reason = {number}")
        tests = [("duplicate", self._table.key, "reason IS NULL AND again")] if self._table.key in self._names else []
        tests += [("made_missing", name, f"reason IS NULL AND NOT again AND {self._value(name)} IS NULL "
                                         f"AND {self.mapped.cell(name)} IS NOT NULL") for name in self._names]
        for code, column, test in tests:
            (n,) = self._all(f"SELECT count(*) FROM {self._judged} WHERE {test}")[0]
            if n:
                self._note(facts, code, column, n, test)

    def _note(self, facts: "Facts", code: str, column: str, n: int, test: str) -> None:
        facts.counts[code, column] += n
        if "amount" in self._names:
            (facts.money[code, column],) = self._all(
                f"SELECT coalesce(sum({self._value('amount')}), 0) FROM {self._judged} WHERE {test}")[0]
        cell = self.mapped.cell(column) if column else "NULL"
        rows = self._all(f"SELECT file, row, coalesce({cell}, '') FROM {self._judged} WHERE {test} "
                         f"ORDER BY file, row LIMIT {LISTED}")
        facts.listed += [Case(self.spec.shown[file], row, column, value, code) for file, row, value in rows]

    def refuse_conflicts(self) -> None:
        """Refuse one key with two different rows, naming the second row and the first column that differs."""
        if not self._table.strict:
            return
        used, key = f"FROM {self._judged} WHERE reason IS NULL AND NOT again", self._value(self._table.key)
        twice = self._all(f"SELECT {key}, count(*) OVER () {used} GROUP BY {key} HAVING count(*) > 1 "
                          f"ORDER BY min(file), min(row) LIMIT 1")
        for value, count in twice:
            every = ", ".join(f"v{i}" for i in range(len(self.columns)))
            rows = f"SELECT file, row, {every} {used} AND {key} = $1 ORDER BY file, row LIMIT 2"
            first, second = self.con.execute(rows, [value]).fetchall()
            differs = next(c.name for c, a, b in zip(self.columns, first[2:], second[2:], strict=True) if a != b)
            place = Place(self.spec.shown[second[0]], second[1], self._table.key)
            raise errors.key_conflict(place, value, first[1], differs, count)

    def keep(self) -> int:
        """Make the table of usable rows, and count them."""
        named = ", ".join(f"v{i} AS {quoted(name)}" for i, name in enumerate(self._names))
        self.con.execute(f"CREATE TABLE {self.spec.table} AS SELECT {named} FROM {self._judged} "
                         "WHERE reason IS NULL AND NOT again")
        self.con.execute(f"DROP TABLE {self._judged}")
        return int(self._all(f"SELECT count(*) FROM {self.spec.table}")[0][0])

    def _all(self, sql: str) -> list[Any]:
        return self.con.execute(sql).fetchall()


def _words(column: Column) -> str:
    if column.choices:
        return _("one of {words}").format(words=", ".join(column.choices))
    return _(KIND_WORDS[column.kind])
