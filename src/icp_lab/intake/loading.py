"""The tables of a study in DuckDB: read, mapped, typed, and each bad row or cell counted."""

import tempfile
import weakref
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from shutil import rmtree
from typing import Any

import duckdb

from icp_lab.errors import Place
from icp_lab.errors import study as errors
from icp_lab.intake.conversion import KIND_WORDS, SQL_TYPES, add_macros, convert, guess_kinds
from icp_lab.intake.facts import LISTED, Case, Facts
from icp_lab.intake.files import Raw, quoted, read_files
from icp_lab.intake.mapping import Mapped, join_columns, map_columns
from icp_lab.intake.spec import Spec
from icp_lab.locale import _
from icp_lab.tables import BY_NAME, Column, Table

_TOO_MANY_UNREADABLE = 0.2


class Tables:
    """The tables of one study, each read when it is first asked for.

    Parameters
    ----------
    specs
        Where each table comes from, by its name.
    others
        Tables that are only joined from.
    as_of
        The day of the study: rows dated later are set aside.
    """

    def __init__(self, specs: dict[str, Spec], others: dict[str, Spec], as_of: date) -> None:
        self._specs, self._others, self._as_of = specs, others, as_of
        self._mapped: dict[str, Mapped] = {}
        self._raw: dict[str, Raw] = {}
        self._facts: dict[str, Facts] = {}
        self._columns: dict[str, tuple[Column, ...]] = {}
        self._joining: list[str] = []
        self._folder = Path(tempfile.mkdtemp(prefix="icp_lab_"))
        weakref.finalize(self, rmtree, self._folder, ignore_errors=True)
        self._con = duckdb.connect(config={
            "temp_directory": str(self._folder), "autoinstall_known_extensions": False, "preserve_insertion_order": True})
        add_macros(self._con)

    def relation(self, name: str) -> duckdb.DuckDBPyRelation:
        """Give the typed rows of a table as a lazy relation: its columns that are there, then its extra ones."""
        self.load(name)
        return self._con.table(name)

    def columns(self, name: str) -> tuple[Column, ...]:
        """Declare the columns of a table as they were read, extra ones with the kind that was found."""
        self.load(name)
        return self._columns[name]

    def load(self, name: str) -> Facts:
        """Read a table and say what became of its rows."""
        if name not in self._facts:
            if name != "accounts" and "account_id" in BY_NAME[name].by_name:
                self.load("accounts")
            self._facts[name] = self._type(self._specs[name])
        return self._facts[name]

    # -- text ------------------------------------------------------------------------------------------------------

    def _prepare(self, name: str) -> Mapped:
        """Read, map and join a table, all as text."""
        if name in self._mapped:
            return self._mapped[name]
        spec = self._others.get(name) or self._specs[name]
        if name in self._joining:
            raise errors.join_in_a_circle(spec.line("join"), [*self._joining, name])
        self._joining.append(name)
        raw = self._raw[name] = read_files(self._con, spec, self._folder)
        if not raw.rows + len(raw.overlong):
            raise errors.no_rows(", ".join(spec.shown), name, 0)
        mapped = map_columns(self._con, spec, raw)
        self._con.execute(f"DROP TABLE {raw.name}")
        if spec.join is not None:
            mapped = join_columns(self._con, spec, mapped, self._prepare(spec.join.table))
        self._joining.pop()
        self._mapped[name] = mapped
        return mapped

    # -- types -----------------------------------------------------------------------------------------------------

    def _type(self, spec: Spec) -> Facts:
        table, mapped, raw = BY_NAME[spec.table], self._prepare(spec.table), self._raw[spec.table]
        _check_columns(spec, table, mapped)
        columns, ignored = self._declare(table, mapped)
        facts = Facts(spec.table, ", ".join(spec.shown), raw.rows + len(raw.overlong), mapped.left_out,
                      duplicates=raw.duplicates, ignored=ignored)
        if mapped.dropped:
            facts.counts["dropped", ""] = mapped.dropped
        for file, row, cells in raw.overlong:
            _count(facts, Case(spec.shown[file], row, "", cells, "overlong"))
        self._convert(spec, table, mapped, columns)
        self._refuse_unreadable(spec, mapped, columns)
        self._note_bad(spec, table, mapped, columns, facts)
        self._finish(spec, table, columns, facts)
        return facts

    def _declare(self, table: Table, mapped: Mapped) -> tuple[tuple[Column, ...], tuple[str, ...]]:
        """Choose the columns to keep: the declared ones that are there, and extra ones where the table takes them."""
        declared = [column for column in table.columns if column.name in mapped.names]
        others = [name for name in mapped.names if name not in table.by_name]
        if not table.extra:
            return tuple(declared), tuple(others)
        kinds = guess_kinds(self._con, mapped.name, [mapped.cell(name) for name in others])
        # DuckDB takes Product and product for one name: the declared column keeps it.
        taken = {name.casefold() for name in table.by_name}
        kept = [Column(name, kinds[mapped.cell(name)], "", role="attribute") for name in others
                if name.casefold() not in taken]
        return (*declared, *kept), tuple(name for name in others if name.casefold() in taken)

    def _convert(self, spec: Spec, table: Table, mapped: Mapped, columns: tuple[Column, ...]) -> None:
        values = ", ".join(f"{convert(mapped.cell(c.name), c)} AS v{i}" for i, c in enumerate(columns))
        self._con.execute(f"CREATE TABLE values_{spec.table} AS SELECT *, {values} FROM {mapped.name}")
        rules = " ".join(f"WHEN {test} THEN {i}" for i, (test, _code, _column) in enumerate(
            self._reasons(table, mapped, columns)))
        reason = f"CASE {rules} END" if rules else "NULL"
        again = ""
        if table.key in [c.name for c in columns]:
            all_values = ", ".join(f"v{i}" for i in range(len(columns)))
            again = (f", row_number() OVER (PARTITION BY {all_values} ORDER BY file, row) > 1 "
                     f"AND v{_place(columns, table.key)} IS NOT NULL AS again")
        self._con.execute(f"CREATE TABLE judged_{spec.table} AS SELECT *, {reason} AS reason"
                          f"{again or ', false AS again'} FROM values_{spec.table}")
        self._con.execute(f"DROP TABLE values_{spec.table}")

    def _reasons(self, table: Table, mapped: Mapped, columns: tuple[Column, ...]) -> list[tuple[str, str, str]]:
        """List why a row is set aside, as (SQL test, code, column), the first that holds counts."""
        reasons: list[tuple[str, str, str]] = []
        for i, column in enumerate(columns):
            if column.required:
                reasons += [(f"{mapped.cell(column.name)} IS NULL", "empty", column.name),
                            (f"v{i} IS NULL", "unreadable", column.name)]
        one_of = [f"v{i} IS NULL" for i, column in enumerate(columns) if column.name in table.one_of]
        if one_of:
            reasons.append((" AND ".join(one_of), "no_key", ""))
        declared = table.by_name
        reasons += [(f"v{i} > DATE '{self._as_of}'", "after_as_of", column.name) for i, column in enumerate(columns)
                    if column.kind == "date" and not column.future and column.name in declared]
        if table.name != "accounts" and "account_id" in declared and "account_id" in [c.name for c in columns]:
            cell = f"v{_place(columns, 'account_id')}"
            reasons.append((f"{cell} IS NOT NULL AND {cell} NOT IN (SELECT account_id FROM accounts)",
                            "unknown_account", "account_id"))
        return reasons

    def _refuse_unreadable(self, spec: Spec, mapped: Mapped, columns: tuple[Column, ...]) -> None:
        """Refuse a column of which more than a fifth of the filled cells do not convert, naming the first."""
        table = f"judged_{spec.table}"
        for i, column in enumerate(columns):
            cell = mapped.cell(column.name)
            if column.kind == "text" and not column.choices:
                continue
            filled, bad = self._one(f"SELECT count({cell}), count({cell}) - count(v{i}) FROM {table}")
            if bad > _TOO_MANY_UNREADABLE * filled:
                file, row, value = self._one(f"SELECT file, row, {cell} FROM {table} WHERE v{i} IS NULL "
                                             f"AND {cell} IS NOT NULL ORDER BY file, row LIMIT 1")
                raise errors.mostly_unreadable(Place(spec.shown[file], row, column.name), value, _kind(column), bad, filled)

    def _note_bad(self, spec: Spec, table: Table, mapped: Mapped, columns: tuple[Column, ...], facts: Facts) -> None:
        """Count and list the rows set aside and the cells made missing."""
        judged = f"judged_{spec.table}"
        reasons = self._reasons(table, mapped, columns)
        for number, n in self._all(f"SELECT reason, count(*) FROM {judged} WHERE reason IS NOT NULL GROUP BY reason"):
            _test, code, column = reasons[number]
            self._list(spec, facts, code, column, n, f"reason = {number}", mapped.cell(column) if column else "''")
        again = self._one(f"SELECT count(*) FROM {judged} WHERE reason IS NULL AND again")[0]
        if again:
            self._list(spec, facts, "duplicate", table.key, again, "reason IS NULL AND again", mapped.cell(table.key))
        for i, column in enumerate(columns):
            cell = mapped.cell(column.name)
            test = f"reason IS NULL AND NOT again AND v{i} IS NULL AND {cell} IS NOT NULL"
            n = self._one(f"SELECT count(*) FROM {judged} WHERE {test}")[0]
            if n:
                self._list(spec, facts, "made_missing", column.name, n, test, cell)

    def _list(self, spec: Spec, facts: Facts, code: str, column: str, n: int, test: str, cell: str) -> None:  # noqa: PLR0913
        facts.counts[code, column] += n
        rows = self._all(f"SELECT file, row, coalesce({cell}, '') FROM judged_{spec.table} WHERE {test} "
                         f"ORDER BY file, row LIMIT {LISTED}")
        facts.listed += [Case(spec.shown[file], row, column, value, code) for file, row, value in rows]

    def _finish(self, spec: Spec, table: Table, columns: tuple[Column, ...], facts: Facts) -> None:
        judged = f"judged_{spec.table}"
        if facts.read == facts.left_out:
            raise errors.no_rows(facts.file, spec.table, facts.read)
        if table.strict:
            self._refuse_conflict(spec, table, columns)
        named = ", ".join(f"v{i} AS {quoted(column.name)}" for i, column in enumerate(columns))
        self._con.execute(f"CREATE TABLE {spec.table} AS SELECT {named} FROM {judged} WHERE reason IS NULL AND NOT again")
        self._con.execute(f"DROP TABLE {judged}")
        facts.used = self._one(f"SELECT count(*) FROM {spec.table}")[0]
        if not facts.used and spec.table == "accounts":
            raise errors.no_accounts(facts.file, facts.set_aside)
        self._columns[spec.table] = columns

    def _refuse_conflict(self, spec: Spec, table: Table, columns: tuple[Column, ...]) -> None:
        """Refuse one key with two different rows, naming the second row and the first column that differs."""
        used, key = f"(FROM judged_{spec.table} WHERE reason IS NULL AND NOT again)", f"v{_place(columns, table.key)}"
        twice = self._all(f"SELECT {key}, count(*) OVER () FROM {used} GROUP BY {key} HAVING count(*) > 1 "
                          f"ORDER BY min(file), min(row) LIMIT 1")
        if not twice:
            return
        value, count = twice[0]
        cells = ", ".join(f"v{i}" for i in range(len(columns)))
        first, second = self._con.execute(f"SELECT file, row, {cells} FROM {used} WHERE {key} = $1 "
                                          f"ORDER BY file, row LIMIT 2", [value]).fetchall()
        differs = next(column.name for column, a, b in zip(columns, first[2:], second[2:], strict=True) if a != b)
        raise errors.key_conflict(Place(spec.shown[second[0]], second[1], table.key), spec.table, table.key, value,
                                  first[1], differs, count)

    def _all(self, sql: str) -> list[Any]:
        return self._con.execute(sql).fetchall()

    def _one(self, sql: str) -> Any:
        return self._all(sql)[0]

    # -- other doors -----------------------------------------------------------------------------------------------

    def empty(self, name: str) -> duckdb.DuckDBPyRelation:
        """Give a table that the study does not have: its declared columns and no rows."""
        cells = ", ".join(f'NULL::{SQL_TYPES[c.kind]} AS "{c.name}"' for c in BY_NAME[name].columns)
        return self._con.sql(f"SELECT {cells} WHERE false")


def _check_columns(spec: Spec, table: Table, mapped: Mapped) -> None:
    file = ", ".join(spec.shown)
    for name in table.required:
        if name not in mapped.names:
            raise errors.column_missing(file, table.name, name, mapped.names)
    if table.one_of and not set(table.one_of) & set(mapped.names):
        raise errors.one_of_missing(file, table.name, table.one_of)


def _count(facts: Facts, case: Case) -> None:
    facts.counts[case.reason, case.column] += 1
    if facts.counts[case.reason, case.column] <= LISTED:
        facts.listed.append(case)


def _place(columns: Iterable[Column], name: str) -> int:
    return [column.name for column in columns].index(name)


def _kind(column: Column) -> str:
    if column.choices:
        return _("one of {words}").format(words=", ".join(column.choices))
    return _(KIND_WORDS[column.kind])

