"""Texts, names and cells as SQL, and the one row that a query has."""

from typing import Any

from duckdb import DuckDBPyConnection as Con


def text(value: str) -> str:
    """Write a text as an SQL literal.

    Parameters
    ----------
    value : str
        Any text.

    Returns
    -------
    str
        SQL; no text can end the literal.

    Examples
    --------
    >>> text("O'Hara"), text("'; DROP TABLE accounts")
    ("'O''Hara'", "'''; DROP TABLE accounts'")
    """
    return "'" + value.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """Write a name as an SQL identifier.

    Parameters
    ----------
    name : str
        Any name, such as a header.

    Returns
    -------
    str
        SQL; no name can end the identifier.

    Examples
    --------
    >>> quoted("Deal Stage"), quoted('24" screens')
    ('"Deal Stage"', '"24"" screens"')
    """
    return '"' + name.replace('"', '""') + '"'


def cut(cell: str, padded: bool) -> str:
    """Write the SQL of a cell without the blanks around it.

    Parameters
    ----------
    cell : str
        SQL of the cell.
    padded : bool
        Whether it may have any.

    Returns
    -------
    str
        SQL for a connection that knows the macros; the cell as it is where it has none.

    Examples
    --------
    >>> cut("c0", padded=True), cut("c0", padded=False)
    ('cut(c0)', 'c0')
    """
    return f"cut({cell})" if padded else cell


def first(con: Con, sql: str) -> tuple[Any, ...]:
    """Give the one row that a query has; all rows are fetched, since DuckDB wants a result read to its end.

    Parameters
    ----------
    con : DuckDBPyConnection
        The connection that is asked.
    sql : str
        A query with one row at least.

    Returns
    -------
    tuple
        The cells of its first row.

    Examples
    --------
    >>> from duckdb import connect
    >>> first(connect(), "SELECT count(*), max(x) FROM range(3) t(x)")
    (3, 2)
    """
    row: tuple[Any, ...] = con.execute(sql).fetchall()[0]
    return row
