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
from contextlib import closing
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
_LOGIN, _UNKNOWN = "28", "3D"  # SQLSTATE classes: invalid authorization; no such database
_CLOSED = {"InterfaceError", "IOException"}  # of pg8000 and DuckDB: nobody answers, or not in that language
_Rows = Iterator[Sequence[Any]]


@dataclass(frozen=True, eq=False)
class Query:
    """A query whose rows are a table.

    The database is asked once, when the rows are first wanted: whoever shares this object sees the same rows, whatever
    happens there meanwhile.

    Parameters
    ----------
    sql : str
        One statement that gives rows.
    connection : str
        The variable of the environment that holds the address; the address itself is told nowhere.
    folder : Path
        The study's folder, from which the file of a DuckDB or SQLite database is found.
    table : str
        The table that the rows are, for messages.
    place : Place
        Where in study.yml the query stands, for messages.

    Examples
    --------
    >>> from unittest.mock import patch
    >>> address = patch.dict(os.environ, {"CRM": "sqlite:///crm.db"})
    >>> with tempfile.TemporaryDirectory() as folder, address:
    ...     Path(folder, "crm.db").touch()  # a database without tables
    ...     query = Query("SELECT 'a1' AS id, 2.0 AS amount", "CRM", Path(folder), "deals", Place())
    ...     print(query.headers, query.file.read_text())
    ('id', 'amount') "row","id","amount"
    "1","a1","2"
    <BLANKLINE>
    """

    sql: str
    connection: str
    folder: Path
    table: str
    place: Place

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """Name the columns that the query gives.

        Returns
        -------
        tuple of str
            In the order of the query, cleaned as the header row of a file is.

        Raises
        ------
        LabError
            As `file` does.

        Examples
        --------
        >>> from unittest.mock import patch
        >>> address = patch.dict(os.environ, {"CRM": "sqlite:///crm.db"})
        >>> with tempfile.TemporaryDirectory() as folder, address:
        ...     Path(folder, "crm.db").touch()  # a database without tables
        ...     Query("SELECT 1 AS id, 2 AS id", "CRM", Path(folder), "deals", Place()).headers
        ('id', 'id_2')
        """
        with self.file.open(encoding="utf-8", newline="") as stream:
            return tuple(next(csv.reader(stream))[1:])

    @cached_property
    def file(self) -> Path:
        """Give the rows, in the order of the query, as a clean CSV file with a column `row` before the others.

        Returns
        -------
        Path
            The file; it is there as long as this object.

        Raises
        ------
        LabError
            The variable is not set or holds no address, the database does not let us in, refuses the query, or gives no
            row.

        Examples
        --------
        >>> Query("SELECT 1", "NO_SUCH_VARIABLE", Path(), "deals", Place("study.yml", 7)).file
        Traceback (most recent call last):
            ...
        icp_lab.errors.base.LabError: study.yml, line 7: The variable NO_SUCH_VARIABLE of ... is not set. ...
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
        """Give the names of the columns, then the rows."""
        url = os.environ.get(self.connection, "")
        kind, _sign, rest = url.partition("://")
        ask = _DATABASES.get(kind.partition("+")[0])
        if ask is None:
            raise utter("study.no_address" if url else "study.no_variable", self.place, name=self.connection)
        try:
            yield from ask(self.folder, rest, self.sql)
        except Exception as error:  # three databases and their drivers, and none may tell the address
            raise self._explain(error) from None

    def _explain(self, error: Exception) -> LabError:
        """Turn what a driver raises into a refusal; what a server said may stand behind what came of it."""
        chain: list[BaseException] = [error]
        while chain[-1].__context__:
            chain.append(chain[-1].__context__)
        said = next((one.args[0] for one in chain if one.args and isinstance(one.args[0], dict)), {})
        code, kinds = said.get("C", ""), {type(one).__name__ for one in chain}
        closed = code.startswith(_UNKNOWN) or (not code and (kinds & _CLOSED or isinstance(error, OSError)))
        # An address that cannot be taken apart, such as for a password with an @.
        broken = isinstance(error, ValueError | TypeError) or "ArgumentError" in kinds
        problem = str(said.get("M", error)).partition("\n")[0].rstrip(".!")
        return utter(
            "study.no_login" if code.startswith(_LOGIN) else "study.no_database" if closed
            else "study.no_address" if broken else "study.query_refused",
            self.place, name=self.connection, problem=problem)


def write_value(value: object) -> str:
    """Write a value of a database as a cell of a file: what is missing is empty, 3.0 is 3, a list is JSON.

    Parameters
    ----------
    value : object
        What the database's driver gives.

    Returns
    -------
    str
        Yes and no in small letters, decimals without an exponent; NaN is missing.

    Examples
    --------
    >>> [write_value(value) for value in (None, True, 3.0, Decimal("1E+3"), ["a", "b"])]
    ['', 'true', '3', '1000', '["a", "b"]']
    """
    if isinstance(value, list):
        return json.dumps([write_value(one) for one in value], ensure_ascii=False)
    if isinstance(value, float | Decimal):
        word = f"{value:.15g}" if isinstance(value, float) else f"{value:f}"
        return "" if "nan" in word.lower() else word
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _find_file(folder: Path, rest: str) -> Path:
    path = folder / rest.removeprefix("/")
    if not rest.startswith("/") or not path.is_file():
        raise FileNotFoundError
    return path


def _ask_duckdb(folder: Path, rest: str, sql: str) -> _Rows:
    import duckdb  # noqa: PLC0415  (each driver only where it is asked for)

    # Read only is of the file itself; the other two keep a query from other files, and from allowing itself more.
    safe: dict[str, Any] = {"enable_external_access": "false", "lock_configuration": "true"}
    with duckdb.connect(str(_find_file(folder, rest)), read_only=True, config=safe) as con:
        if len(con.extract_statements(sql)) != 1:
            raise duckdb.ParserException(_("It is more than one statement."))
        con.execute(sql)
        yield [column[0] for column in con.description or ()]
        while rows := con.fetchmany(_AT_ONCE):
            yield from rows


def _ask_sqlite(folder: Path, rest: str, sql: str) -> _Rows:
    with closing(sqlite3.connect(f"{_find_file(folder, rest).resolve().as_uri()}?mode=ro", uri=True)) as con:
        con.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # nor may it make another file
        cursor = con.execute(sql)  # one statement: several are refused
        yield [column[0] for column in cursor.description or ()]
        yield from cursor


def _ask_postgresql(_folder: Path, rest: str, sql: str) -> _Rows:
    from sqlalchemy import NullPool, create_engine, make_url  # noqa: PLC0415

    url = make_url(f"postgresql+pg8000://{rest}")
    plain = url.query.get("sslmode", "disable") == "disable"  # any other mode asks for a certificate that is known
    args = {"timeout": _PATIENCE, "ssl_context": None if plain else ssl.create_default_context()}
    engine = create_engine(url.difference_update_query(["sslmode"]), connect_args=args, poolclass=NullPool)
    with closing(engine.raw_connection()) as con:
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


_DATABASES = {"duckdb": _ask_duckdb, "sqlite": _ask_sqlite, "postgresql": _ask_postgresql, "postgres": _ask_postgresql}
