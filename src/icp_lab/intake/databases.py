"""Tables from databases: the rows of a query, read only, as a file of text like any other.

What opens a database comes from the environment alone: no refusal, page or file tells an address, a user or a password.
"""

import csv
import json
import os
import sqlite3
import ssl
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from shutil import rmtree
from typing import Any

from icp_lab.errors import LabError, Place, utter
from icp_lab.intake.layout import name_headers
from icp_lab.locale import _

_AT_ONCE = 10_000  # rows held in memory
_PATIENCE = 300  # seconds that a server may take for an answer
_LOGIN = "28"  # SQLSTATE class: invalid authorization
_UNKNOWN = "3D"  # SQLSTATE class: no such database
_CLOSED = {"InterfaceError", "IOException"}  # of pg8000 and DuckDB
_Rows = Iterator[Sequence[Any]]


@dataclass(frozen=True, eq=False)
class Query:
    """A query whose rows are a table; `connection` names the variable of the environment that holds the address.

    The database is asked once, when the rows are first wanted: whoever shares this object sees the same rows, whatever
    happens there meanwhile.
    """

    sql: str
    connection: str
    folder: Path
    table: str
    place: Place

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """Name the columns that the query gives."""
        with self.file.open(encoding="utf-8", newline="") as stream:
            return tuple(next(csv.reader(stream))[1:])

    @cached_property
    def file(self) -> Path:
        """Give the rows, in the order of the query, as a clean CSV file with a column `row` before the others.

        Raises
        ------
        LabError
            The variable is not set or holds no address, the database does not let us in, refuses the query, or gives no
            row.
        """
        folder = Path(tempfile.mkdtemp(prefix="icp_lab_"))
        weakref.finalize(self, rmtree, folder, ignore_errors=True)
        rows, number, path = self._ask(), 0, folder / "rows.csv"
        with path.open("w", encoding="utf-8", newline="", errors="replace") as stream:
            writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
            writer.writerow(["row", *name_headers([str(name) for name in next(rows)])])
            for number, row in enumerate(rows, start=1):
                writer.writerow([number, *map(write_value, row)])
        if not number:
            raise utter("study.no_rows", self.place, table=self.table)
        return path

    def _ask(self) -> _Rows:
        """Give the names of the columns, then the rows; what a database says is told without what opened it."""
        url = os.environ.get(self.connection, "")
        kind, _sign, rest = url.partition("://")
        ask = {"duckdb": _ask_duckdb, "sqlite": _ask_sqlite}.get(kind)
        try:
            if ask:
                yield from ask(self._find_file(rest), self.sql)
            elif kind.partition("+")[0] in ("postgresql", "postgres"):
                yield from _ask_postgresql(rest, self.sql)
            else:
                raise self._refuse("study.no_address" if url else "study.no_variable")
        except LabError:
            raise
        except Exception as error:  # three databases and their drivers, and none may tell the address
            raise self._explain(error) from None

    def _find_file(self, rest: str) -> Path:
        path = self.folder / rest.removeprefix("/")
        if not rest.startswith("/") or not path.is_file():
            raise self._refuse("study.no_database")
        return path

    def _refuse(self, refusal: str, **words: str) -> LabError:
        return utter(refusal, self.place, name=self.connection, **words)

    def _explain(self, error: Exception) -> LabError:
        """Turn what a driver raises into a refusal; what a server said may stand behind what came of it."""
        chain: list[BaseException] = [error]
        while chain[-1].__context__:
            chain.append(chain[-1].__context__)
        said = next((one.args[0] for one in chain if one.args and isinstance(one.args[0], dict)), {"M": str(error)})
        code, problem, kinds = said.get("C", ""), said.get("M", ""), {type(one).__name__ for one in chain}
        if code.startswith(_LOGIN):
            return self._refuse("study.no_login")
        if code.startswith(_UNKNOWN) or (not code and (kinds & _CLOSED or isinstance(error, OSError))):
            return self._refuse("study.no_database")
        if isinstance(error, ValueError | TypeError) or "ArgumentError" in kinds or not problem:
            return self._refuse("study.no_address")  # it cannot be taken apart, such as for a password with an @
        return self._refuse("study.query_refused", problem=problem.splitlines()[0].rstrip(".!"))


def write_value(value: object) -> str:
    """Write a value of a database as a cell of a file: what is missing is empty, 3.0 is 3, a list is JSON.

    Examples
    --------
    >>> [write_value(value) for value in (None, True, 3.0, Decimal("1E+3"), ["a", "b"])]
    ['', 'true', '3', '1000', '["a", "b"]']
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() | Decimal():
            word = f"{value:f}" if isinstance(value, Decimal) or value.is_integer() else str(value)
            return "" if "nan" in word.lower() else word.removesuffix(".000000")
        case bytes():
            return value.decode(errors="replace")
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _ask_duckdb(path: Path, sql: str) -> _Rows:
    import duckdb  # noqa: PLC0415  (each driver only where it is asked for)

    # Read only is of the file itself; the other two keep a query from other files, and from allowing itself more.
    safe: dict[str, Any] = {"enable_external_access": "false", "lock_configuration": "true"}
    with duckdb.connect(str(path), read_only=True, config=safe) as con:
        if len(con.extract_statements(sql)) != 1:
            raise duckdb.ParserException(_("It is more than one statement."))
        con.execute(sql)
        yield [column[0] for column in con.description or ()]
        while rows := con.fetchmany(_AT_ONCE):
            yield from rows


def _ask_sqlite(path: Path, sql: str) -> _Rows:
    con = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        con.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # nor may it make another file
        cursor = con.execute(sql)  # one statement: several are refused
        yield [column[0] for column in cursor.description or ()]
        yield from cursor
    finally:
        con.close()


def _ask_postgresql(rest: str, sql: str) -> _Rows:
    from sqlalchemy import create_engine, make_url  # noqa: PLC0415

    url = make_url(f"postgresql+pg8000://{rest}")
    safe = _secure(str(url.query.get("sslmode", "disable")))
    engine = create_engine(url.difference_update_query(["sslmode"]),
                           connect_args={"timeout": _PATIENCE, "ssl_context": safe})
    con = engine.raw_connection()
    try:
        driver: Any = con.driver_connection
        driver.execute_simple("BEGIN READ ONLY")
        # A cursor is of one SELECT, whose rows the server hands out bit by bit; unnamed statements are prepared, and
        # the server prepares only one at a time: nothing can follow that lifts the rule above.
        driver.execute_unnamed(f"DECLARE asked NO SCROLL CURSOR FOR {sql}")
        told = driver.execute_unnamed(f"FETCH {_AT_ONCE} FROM asked")
        yield [column["name"] for column in told.columns]
        while told.rows:
            yield from told.rows
            told = driver.execute_unnamed(f"FETCH {_AT_ONCE} FROM asked")
    finally:
        con.close()
        engine.dispose()


def _secure(mode: str) -> ssl.SSLContext | None:
    """Encrypt as PostgreSQL's own programs do: `require` takes any certificate, `verify-full` only a known one."""
    if mode == "disable":
        return None
    context = ssl.create_default_context()
    if not mode.startswith("verify"):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
