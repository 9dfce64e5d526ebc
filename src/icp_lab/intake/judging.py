"""Text to typed rows, and a verdict on each: used, or set aside and why; unreadable cells are counted."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from duckdb import DuckDBPyConnection as Con

from icp_lab.errors import Place, utter
from icp_lab.intake.conversion import KIND_WORDS, Notation, convert
from icp_lab.intake.facts import LISTED, Case, Facts
from icp_lab.intake.mapping import Mapped
from icp_lab.intake.sql import quoted
from icp_lab.locale import _
from icp_lab.tables import BY_NAME, Column

# A column of which a greater share of the filled cells does not convert is another column than it is taken for.
TOO_MANY_UNREADABLE = 0.2


class Judge:
    """One mapped table on its way to types: values stand in `v*` in the order of `columns`, `u*` says what is none.

    Parameters
    ----------
    con : DuckDBPyConnection
        A connection that knows the macros and holds the mapped table, and `accounts` where the table is about these.
    mapped : Mapped
        The table as text.
    columns : tuple of Column
        The columns to keep; `mapped` has each of them.
    notations : mapping of str to Notation
        How each cell is written, by its name in DuckDB.
    as_of : date
        The day of the study: rows dated later are set aside.

    Examples
    --------
    >>> import duckdb
    >>> from icp_lab.intake.files import Raw
    >>> from icp_lab.intake.spec import Spec
    >>> con, facts, plain = duckdb.connect(), Facts("accounts", "accounts.csv", read=3), Notation(plain=True)
    >>> rows = "(VALUES (0, 1, 'a1', '40'), (0, 2, NULL, '7'), (0, 3, 'a3', '-1')) t(file, row, m0, m1)"
    >>> _ = con.execute(f"CREATE TABLE t AS FROM {rows}")
    >>> names, raw = ("account_id", "employees"), Raw("s", (), (), 3, frozenset(), 0, ())
    >>> mapped = Mapped(Spec("accounts", (), ("accounts.csv",)), raw, "t", names, 0, 0, ())
    >>> columns = tuple(BY_NAME["accounts"].by_name[name] for name in names)
    >>> judge = Judge(con, mapped, columns, {"m0": plain, "m1": plain}, date(2026, 3, 31))
    >>> judge.convert()
    >>> judge.count(facts)
    >>> judge.keep(), con.table("accounts").fetchall()
    (2, [('a1', 40.0), ('a3', None)])
    >>> [(case.row, case.column, case.reason) for case in facts.listed]
    [(2, 'account_id', 'empty'), (3, 'employees', 'made_missing')]
    """

    def __init__(self, con: Con, mapped: Mapped, columns: tuple[Column, ...], notations: Mapping[str, Notation],
                 as_of: date) -> None:
        self._con, self._mapped, self._columns, self._table = con, mapped, columns, BY_NAME[mapped.spec.table]
        self._judged, self._names = f"judged_{self._table.name}", [column.name for column in columns]
        self._notations = [notations[mapped.cell(name)] for name in self._names]
        self._every = ", ".join(f"v{i}" for i in range(len(columns)))
        # Columns that may have cells which do not convert.
        self._doubtful = [i for i, (c, how) in enumerate(zip(columns, self._notations, strict=True)) if c.choices or (
            c.kind != "text" and not (how.plain and c.kind != "integer" and c.low is c.high is None))]
        self._reasons = self._list_reasons(as_of)

    def convert(self) -> None:
        """Convert every cell, and give every row the number of the first reason to set it aside, or NULL.

        Examples
        --------
        >>> import duckdb
        >>> from icp_lab.intake.files import Raw
        >>> from icp_lab.intake.spec import Spec
        >>> con, raw = duckdb.connect(), Raw("s", (), (), 2, frozenset(), 0, ())
        >>> _ = con.execute("CREATE TABLE t AS SELECT 0 AS file, unnest([1, 2]) AS row, unnest(['a1', NULL]) AS m0")
        >>> mapped = Mapped(Spec("accounts", (), ("accounts.csv",)), raw, "t", ("account_id",), 0, 0, ())
        >>> key = BY_NAME["accounts"].by_name["account_id"]
        >>> Judge(con, mapped, (key,), {"m0": Notation()}, date(2026, 3, 31)).convert()
        >>> con.sql("SELECT row, v0, reason, again FROM judged_accounts ORDER BY row").fetchall()
        [(1, 'a1', None, False), (2, None, 0, False)]
        """
        cells = [self._mapped.cell(name) for name in self._names]
        values = ", ".join(f"{convert(cell, column, notation)} AS v{i}" for i, (cell, column, notation)
                           in enumerate(zip(cells, self._columns, self._notations, strict=True)))
        missing = "".join(f", {cells[i]} IS NOT NULL AND v{i} IS NULL AS u{i}" for i in self._doubtful)
        tests = [test for test, _code, _column in self._reasons]
        rules = " ".join(f"WHEN {test} THEN {i}" for i, test in enumerate(tests))
        if self._mapped.known:  # one test of all is quicker, where none looks into accounts
            rules = f"WHEN {' OR '.join(tests)} THEN CASE {rules} END"
        self._con.execute(
            f"CREATE TABLE {self._judged} AS SELECT file, row, {self._every}{missing}, CASE {rules} END AS reason, "
            f"false AS again FROM (SELECT *, {values} FROM {self._mapped.name})")
        if self.keys[0] > self.keys[1]:
            again = f"row_number() OVER (PARTITION BY {self._every} ORDER BY file, row) > 1"
            self._con.execute(f"CREATE OR REPLACE TABLE {self._judged} AS SELECT * REPLACE "
                             f"({again} AND {self._value(self._table.key)} IS NOT NULL AS again) FROM {self._judged}")

    @cached_property
    def keys(self) -> tuple[int, int]:
        """Count the keys, and the different ones; two that share a hash are looked at with the rest.

        Returns
        -------
        tuple of 2 int
            Rows that have a key, and different keys; none where the key is not among the columns.

        Examples
        --------
        >>> import duckdb
        >>> from icp_lab.intake.files import Raw
        >>> from icp_lab.intake.spec import Spec
        >>> con, raw = duckdb.connect(), Raw("s", (), (), 4, frozenset(), 0, ())
        >>> ids = "unnest(['a1', 'a1', 'a2', NULL])"
        >>> _ = con.execute(f"CREATE TABLE t AS SELECT 0 AS file, unnest([1, 2, 3, 4]) AS row, {ids} AS m0")
        >>> mapped = Mapped(Spec("accounts", (), ("accounts.csv",)), raw, "t", ("account_id",), 0, 0, ())
        >>> key = BY_NAME["accounts"].by_name["account_id"]
        >>> judge = Judge(con, mapped, (key,), {"m0": Notation()}, date(2026, 3, 31))
        >>> judge.convert()
        >>> judge.keys
        (3, 2)
        """
        cell = self._value(self._table.key) if self._table.key in self._names else "NULL"
        counts = f"count({cell}), count(DISTINCT hash({cell})) - (count({cell}) < count(*))::INT"
        ((n, different),) = self._all(f"SELECT {counts} FROM {self._judged}")
        return n, different

    def _list_reasons(self, as_of: date) -> list[tuple[str, str, str]]:
        """List why a row is set aside, as an SQL test, a code and a column; the first that holds counts."""
        reasons = []
        for name in self._table.required:
            reasons += [(f"{self._mapped.cell(name)} IS NULL", "empty", name),
                        (f"{self._value(name)} IS NULL", "unreadable", name)]
        if one_of := [f"{self._value(name)} IS NULL" for name in self._table.one_of if name in self._names]:
            reasons.append((" AND ".join(one_of), "no_key", ""))
        reasons += [(f"{self._value(c.name)} > DATE '{as_of}'", "after_as_of", c.name)
                    for c in self._table.columns if c.kind == "date" and not c.future and c.name in self._names]
        if "account_id" in {*self._names} & {*self._table.by_name} and self._table.name != "accounts" \
                and not self._mapped.known:
            key = self._value("account_id")
            reasons.append((f"{key} IS NOT NULL AND {key} NOT IN (SELECT account_id FROM accounts)",
                            "unknown_account", "account_id"))
        return reasons

    def _value(self, column: str) -> str:
        return f"v{self._names.index(column)}"

    def refuse_unreadable(self) -> None:
        """Refuse a column of which more than a fifth of the filled cells do not convert, naming the first.

        Raises
        ------
        LabError
            There is such a column; the place is the file, row and column of its first such cell.

        Examples
        --------
        >>> import duckdb
        >>> from icp_lab.intake.files import Raw
        >>> from icp_lab.intake.spec import Spec
        >>> con, raw = duckdb.connect(), Raw("s", (), (), 2, frozenset(), 0, ())
        >>> _ = con.execute("CREATE TABLE t AS SELECT 0 AS file, 1 AS row, 'a1' AS m0, 'large' AS m1")
        >>> names = ("account_id", "employees")
        >>> mapped = Mapped(Spec("accounts", (), ("accounts.csv",)), raw, "t", names, 0, 0, ())
        >>> columns = tuple(BY_NAME["accounts"].by_name[name] for name in names)
        >>> notations = dict.fromkeys(("m0", "m1"), Notation(plain=True))
        >>> judge = Judge(con, mapped, columns, notations, date(2026, 3, 31))
        >>> judge.convert()
        >>> judge.refuse_unreadable()
        Traceback (most recent call last):
            ...
        icp_lab.errors.base.LabError: accounts.csv, row 1, column employees: `large` is not a whole number; ...
        """
        read, lost = (self._count(test.format(i) for i in self._doubtful) for test in ("v{} IS NOT NULL", "u{}"))
        for i, good, bad in zip(self._doubtful, read, lost, strict=True):
            if bad > TOO_MANY_UNREADABLE * (good + bad):
                column = self._columns[i]
                ((file, row, words),) = self._find(column.name, f"u{i}", 1)
                kind = _("one of {words}").format(words=", ".join(column.choices)) if column.choices \
                    else _(KIND_WORDS[column.kind])
                place = Place(self._mapped.spec.shown[file], row, column.name)
                raise utter("study.mostly_unreadable", place, value=words, kind=kind, bad=bad, filled=good + bad)

    def count(self, facts: Facts) -> None:
        """Count and list the rows set aside and the cells made missing.

        Parameters
        ----------
        facts : Facts
            Where they are counted, with the amounts of their rows where the table has amounts.

        Examples
        --------
        >>> import duckdb
        >>> from icp_lab.intake.files import Raw
        >>> from icp_lab.intake.spec import Spec
        >>> con, facts = duckdb.connect(), Facts("revenue", "revenue.csv", read=2)
        >>> rows = "(VALUES (0, 1, 'a1', '5', '2026-03-01'), (0, 2, 'a1', '7', '2026-05-01')) t(file, row, m0, m1, m2)"
        >>> _ = con.execute(f"CREATE TABLE accounts AS SELECT 'a1' AS account_id; CREATE TABLE t AS FROM {rows}")
        >>> names, raw = ("account_id", "amount", "date"), Raw("s", (), (), 2, frozenset(), 0, ())
        >>> mapped = Mapped(Spec("revenue", (), ("revenue.csv",)), raw, "t", names, 0, 0, ())
        >>> columns = tuple(BY_NAME["revenue"].by_name[name] for name in names)
        >>> notations = dict.fromkeys(("m0", "m1", "m2"), Notation(plain=True))
        >>> judge = Judge(con, mapped, columns, notations, date(2026, 3, 31))
        >>> judge.convert()
        >>> judge.count(facts)
        >>> dict(facts.counts), facts.money  # one row is of May
        ({('after_as_of', 'date'): 1}, {('after_as_of', 'date'): 7.0})
        """
        tests = [(code, column, f"reason = {i}") for i, (_test, code, column) in enumerate(self._reasons)]
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
        facts.listed += [Case(self._mapped.spec.shown[file], row, column, value, code)
                         for file, row, value in self._find(column, test, LISTED)]

    def _find(self, column: str, test: str, most: int) -> list[Any]:
        """Find the first rows that a test holds for, and what stands there in a column."""
        cell = self._mapped.cell(column) if column else "NULL"
        rows = f"SELECT file, row FROM {self._judged} WHERE {test} ORDER BY file, row LIMIT {most}"
        return self._all(f"SELECT file, row, coalesce({cell}, '') FROM {self._mapped.name} "
                         f"SEMI JOIN ({rows}) USING (file, row) ORDER BY file, row")

    def refuse_conflicts(self) -> None:
        """Refuse one key with two different rows, naming the second row and the first column that differs.

        Raises
        ------
        LabError
            There is such a key in a table of which each key has one row; other tables may hold any.

        Examples
        --------
        >>> import duckdb
        >>> from icp_lab.intake.files import Raw
        >>> from icp_lab.intake.spec import Spec
        >>> con, raw = duckdb.connect(), Raw("s", (), (), 2, frozenset(), 0, ())
        >>> rows = "(VALUES (0, 1, 'a1', 'Acme'), (0, 2, 'a1', 'Boreal')) t(file, row, m0, m1)"
        >>> _ = con.execute(f"CREATE TABLE t AS FROM {rows}")
        >>> mapped = Mapped(Spec("accounts", (), ("accounts.csv",)), raw, "t", ("account_id", "name"), 0, 0, ())
        >>> columns = tuple(BY_NAME["accounts"].by_name[name] for name in mapped.names)
        >>> judge = Judge(con, mapped, columns, {"m0": Notation(), "m1": Notation()}, date(2026, 3, 31))
        >>> judge.convert()
        >>> judge.refuse_conflicts()
        Traceback (most recent call last):
            ...
        icp_lab.errors.base.LabError: accounts.csv, row 2, column account_id: `a1` stands in two rows that differ: ...
        """
        if not self._table.strict or self.keys[0] == self.keys[1]:
            return
        used, key = f"FROM {self._judged} WHERE reason IS NULL AND NOT again", self._value(self._table.key)
        twice = self._all(f"SELECT {key}, count(*) OVER () {used} GROUP BY {key} HAVING count(*) > 1 "
                          f"ORDER BY min(file), min(row) LIMIT 1")
        for value, count in twice:
            rows = f"SELECT file, row, {self._every} {used} AND {key} = $1 ORDER BY file, row LIMIT 2"
            first, second = self._con.execute(rows, [value]).fetchall()
            differs = next(c.name for c, a, b in zip(self._columns, first[2:], second[2:], strict=True) if a != b)
            place = Place(self._mapped.spec.shown[second[0]], second[1], self._table.key)
            raise utter("study.key_conflict", place, value=value, first=first[1], differs=differs, count=count,
                        key=place.column)

    def keep(self) -> int:
        """Give the usable rows the name of their table, and count them; what is settled later is copied before.

        Returns
        -------
        int
            Rows of the table: one of its own where each key has one row, else a view.

        Examples
        --------
        >>> import duckdb
        >>> from icp_lab.intake.files import Raw
        >>> from icp_lab.intake.spec import Spec
        >>> con, raw = duckdb.connect(), Raw("s", (), (), 3, frozenset(), 0, ())
        >>> ids = "unnest(['a1', 'a1', NULL])"  # the same row again, and one without a key
        >>> _ = con.execute(f"CREATE TABLE t AS SELECT 0 AS file, unnest([1, 2, 3]) AS row, {ids} AS m0")
        >>> mapped = Mapped(Spec("accounts", (), ("accounts.csv",)), raw, "t", ("account_id",), 0, 0, ())
        >>> key = BY_NAME["accounts"].by_name["account_id"]
        >>> judge = Judge(con, mapped, (key,), {"m0": Notation()}, date(2026, 3, 31))
        >>> judge.convert()
        >>> judge.keep(), con.table("accounts").fetchall()
        (1, [('a1',)])
        """
        named = ", ".join(f"v{i} AS {quoted(name)}" for i, name in enumerate(self._names))
        kind = "TABLE" if self._table.strict else "VIEW"
        self._con.execute(f"CREATE {kind} {self._table.name} AS SELECT {named} FROM {self._judged} "
                         "WHERE reason IS NULL AND NOT again")
        if self._table.strict:
            self._con.execute(f"DROP TABLE {self._judged}")
        return int(self._all(f"SELECT count(*) FROM {self._table.name}")[0][0])

    def _all(self, sql: str) -> list[Any]:
        return self._con.execute(sql).fetchall()
