"""Text to values, in DuckDB: how a column is written is found out once; what does not convert becomes NULL."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from icp_lab.locale import N_

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Con

    from icp_lab.tables import Column, Kind

KIND_WORDS: dict[str, str] = {
    "text": N_("a text"), "number": N_("a number"), "integer": N_("a whole number"), "money": N_("an amount of money"),
    "date": N_("a date such as 2026-04-01"), "flag": N_("yes or no"), "list": N_("a list"),
}
SQL_TYPES: dict[str, str] = {
    "text": "VARCHAR", "number": "DOUBLE", "integer": "DOUBLE", "money": "DOUBLE", "date": "DATE", "flag": "BOOLEAN",
    "list": "VARCHAR[]",
}
# Orders of day, month and year in dates such as 1/2/2024 and 24/1/2, as `dates` of study.yml names them.
ORDERS = ("dmy", "mdy", "ymd")

# A decision: its code in decisions.toml, and the words that fill its sentence.
Said = tuple[str, dict[str, str | int]]
_NUMBERS = ("number", "integer", "money")
_SAMPLE, _FEW = 1000, 20


@dataclass(frozen=True)
class Customs:
    """What a study's dates mean where they do not say it.

    Parameters
    ----------
    fiscal_year_start : int, default 1
        The month in which a fiscal year starts, 1 to 12.
    orders : tuple of str, default ORDERS
        Orders of day, month and year, the likeliest first.

    Examples
    --------
    >>> Customs().orders
    ('dmy', 'mdy', 'ymd')
    """

    fiscal_year_start: int = 1
    orders: tuple[str, ...] = ORDERS

    @classmethod
    def of(cls, fiscal_year_start: int, currency: str) -> "Customs":
        """Tell the customs of where a currency is money.

        Parameters
        ----------
        fiscal_year_start : int
            The month in which a fiscal year starts, 1 to 12.
        currency : str
            The study's currency, in three capital letters.

        Returns
        -------
        Customs
            Orders as they are usual there; day before month where nothing else is known of the currency.

        Examples
        --------
        >>> Customs.of(4, "JPY").orders, Customs.of(1, "USD").orders
        (('ymd', 'mdy', 'dmy'), ('mdy', 'dmy', 'ymd'))
        """
        first = "mdy" if currency == "USD" else "ymd" if currency in ("JPY", "CNY", "KRW", "TWD") else "dmy"
        return cls(fiscal_year_start, tuple(dict.fromkeys((first, "mdy" if first == "ymd" else "dmy", *ORDERS))))


@dataclass(frozen=True)
class Notation:
    """How the cells of a column are written.

    Parameters
    ----------
    plain : bool, default False
        Whether each is as clean files write it, so that a cast is enough.
    comma : bool, default False
        Whether the decimals of numbers stand behind a comma.
    order : str, default ''
        Order of day, month and year in dates such as 1/2/2024, one of `ORDERS`; empty where no date is like that.
    serial : bool, default False
        Whether dates are days counted by a spreadsheet.
    starts : int, default 1
        The month in which a fiscal year starts, 1 to 12.
    said : tuple of (tuple of str and dict), default ()
        What had to be decided, as codes of `decisions.toml` and the words that fill their sentences.

    Examples
    --------
    >>> by_kind("x", "money", Notation(plain=True)), by_kind("x", "money", Notation(comma=True))
    ('TRY_CAST(x AS DOUBLE)', 'slow_number(x, true)')
    """

    plain: bool = False
    comma: bool = False
    order: str = ""
    serial: bool = False
    starts: int = 1
    said: tuple[Said, ...] = ()


_PLAIN = Notation(plain=True)


def add_macros(con: "Con") -> None:
    """Teach a connection the conversions.

    Parameters
    ----------
    con : DuckDBPyConnection
        A connection, which gets the macros of `values.sql` and no longer fetches extensions that it lacks.

    Examples
    --------
    >>> import duckdb
    >>> con = duckdb.connect()
    >>> add_macros(con)
    >>> con.sql("SELECT as_number('1億2,000万円'), as_flag('はい'), as_flag('?'), as_list('a; b')").fetchall()
    [(120000000.0, True, None, ['a', 'b'])]
    """
    con.execute(files("icp_lab.intake").joinpath("values.sql").read_text(encoding="utf-8"))


def convert(cell: str, column: "Column", notation: Notation = Notation()) -> str:
    """Write the SQL that turns a cell of text into the value of a column, NULL where it cannot.

    Parameters
    ----------
    cell : str
        SQL of the cell.
    column : Column
        The column, whose choices and bounds the value must keep to.
    notation : Notation, optional
        How the column is written; else whatever the macros know is tried.

    Returns
    -------
    str
        SQL for a connection that knows the macros.

    Examples
    --------
    >>> from icp_lab.tables import Column
    >>> convert("x", Column("stage", "", choices=("won", "lost")))
    "CASE lower(x) WHEN 'won' THEN 'won' WHEN 'lost' THEN 'lost' END"
    >>> convert("x", Column("amount", "", "money", low=0), Notation(plain=True))
    'CASE WHEN TRY_CAST(x AS DOUBLE) >= 0 THEN TRY_CAST(x AS DOUBLE) END'
    """
    if column.choices:
        from_words = " ".join(f"WHEN '{choice}' THEN '{choice}'" for choice in column.choices)
        return f"CASE lower({cell}) {from_words} END"
    value = by_kind(cell, column.kind, notation)
    if column.unit == "year" and not notation.plain:
        value = f"coalesce({value}, year({by_kind(cell, 'date')}))"
    if column.side and not notation.plain:  # both ends of a band may stand in one column
        value = f"coalesce(band({cell}).{column.side}, {value})"
    wanted = ["trunc({v}) = {v}"] if column.kind == "integer" else []
    wanted += [f"{{v}} >= {column.low}"] if column.low is not None else []
    wanted += [f"{{v}} <= {column.high}"] if column.high is not None else []
    checked = f"CASE WHEN {' AND '.join(wanted)} THEN {{v}} END" if wanted else "{v}"
    # What is long to work out is worked out once.
    bound = notation.plain or not wanted
    return checked.format(v=value) if bound else f"list_transform([{value}], lambda v: {checked.format(v='v')})[1]"


def by_kind(cell: str, kind: "Kind", notation: Notation = Notation()) -> str:
    """Write the SQL that turns a cell of text into a value of a kind.

    Parameters
    ----------
    cell : str
        SQL of the cell.
    kind : str
        The kind, one of those of `KIND_WORDS`.
    notation : Notation, optional
        How the column is written; else whatever the macros know is tried.

    Returns
    -------
    str
        SQL for a connection that knows the macros; a plain notation of a number or a date needs none of them.

    Examples
    --------
    >>> by_kind("x", "date", Notation(plain=True)), by_kind("x", "date", Notation(serial=True))
    ('TRY_CAST(x AS DATE)', 'serial_date(x)')
    """
    if kind in ("text", "flag", "list"):
        return cell if kind == "text" else f"as_{kind}({cell})"
    if notation.plain:
        return f"TRY_CAST({cell} AS {SQL_TYPES[kind]})"
    if kind == "date":
        slow = f"slow_date({cell}, '{notation.order}', {notation.starts})"
        return f"serial_date({cell})" if notation.serial else f"coalesce(usual_date({cell}), {slow})"
    return f"slow_number({cell}, true)" if notation.comma else f"as_number({cell})"


def find_notations(con: "Con", table: str, kinds: Mapping[str, "Kind"], customs: Customs = Customs(),
                   told: Mapping[str, str] | None = None) -> dict[str, Notation]:
    """Find how each column is written, from all of its cells at once; clean columns cost one cast.

    Parameters
    ----------
    con : DuckDBPyConnection
        A connection that knows the macros.
    table : str
        SQL of a table of text.
    kinds : mapping of str to str
        What each cell of a row is to become, by its SQL.
    customs : Customs, optional
        Decides what the cells leave open.
    told : mapping of str to str, optional
        Orders of day, month and year that study.yml names, by cell.

    Returns
    -------
    dict of str to Notation
        The notation of each cell of `kinds`.

    Notes
    -----
    A dot in one column can mean what a comma in another one says: all numbers of a table are looked at together. Of
    dates the orders that fit all cells of a column speak for those that fit several orders.

    Examples
    --------
    >>> import duckdb
    >>> con = duckdb.connect()
    >>> add_macros(con)
    >>> rows = "(VALUES ('1.000', '2024-05-01'), ('2,25', '2024-05-31')) t(amount, day)"
    >>> found = find_notations(con, rows, {"amount": "number", "day": "date"})
    >>> found["amount"].comma, found["day"].plain  # 1.000 is a thousand here
    (True, True)
    """
    others = {cell: Notation() for cell, kind in kinds.items() if kind != "date" and kind not in _NUMBERS}
    kinds = {cell: kind for cell, kind in kinds.items() if cell not in others}
    clean = _ask(con, table, {cell: f"count({cell}) = count(fast_{'date' if kind == 'date' else 'number'}({cell}))"
                              for cell, kind in kinds.items()})
    odd = [cell for cell in kinds if not clean[cell]]
    dates = [cell for cell in odd if kinds[cell] == "date"]
    # A dot in one column can mean what a comma in another one says: all numbers of a table are looked at together.
    numbers = [cell for cell in kinds if kinds[cell] != "date"] if len(odd) > len(dates) else []
    notations = _find_numbers(con, table, numbers, odd) | _find_dates(con, table, dates, customs, told or {})
    return dict.fromkeys(kinds, _PLAIN) | notations | others


def _ask(con: "Con", table: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Ask one thing of each of several columns in one pass."""
    row = con.execute(f"SELECT {', '.join(asked.values())} FROM {table}").fetchall()[0] if asked else ()
    return dict(zip(asked, row, strict=True))


def _find_numbers(con: "Con", table: str, cells: Iterable[str], odd: Iterable[str]) -> dict[str, Notation]:
    marks = _ask(con, table, {cell: f"number_marks({cell})" for cell in cells})
    comma = {cell: m["comma"] > m["point"] for cell, m in marks.items()}
    if any(comma.values()):
        comma |= {cell: True for cell, m in marks.items() if m["dots"] and not m["comma"] + m["point"]}
    notations = {cell: Notation(comma=comma[cell]) for cell in marks if comma[cell] or cell in odd}
    notes = _ask(con, table, {cell: f"number_notes({cell}, {notation.comma})" for cell, notation in notations.items()})
    return {cell: _say(con, notation, "number", notes[cell]) for cell, notation in notations.items()}


def _find_dates(con: "Con", table: str, cells: Iterable[str], customs: Customs,
                told: Mapping[str, str]) -> dict[str, Notation]:
    asked = _ask(con, table, {cell: f"date_notes({cell})" for cell in cells})
    # The orders that fit all dates of a column, or else those that fit most; sure columns speak for the others.
    fitting = {cell: [order for order, n in notes["fitting"].items() if n and n == max(notes["fitting"].values())]
               for cell, notes in asked.items()}
    sure = Counter(orders[0] for orders in fitting.values() if len(orders) == 1)
    likely = [order for order, _n in sure.most_common()] + list(customs.orders)
    notations = {}
    for cell, notes in asked.items():
        order = told.get(cell) or next((order for order in likely if order in fitting[cell]), "")
        serial = notes["filled"] == notes["serials"]["n"]
        notation = Notation(order=order, serial=serial, starts=customs.fiscal_year_start)
        said = {"serials": notes["serials"]} if serial else {"fiscal": notes["fiscal"]}
        if cell not in told:
            said["date_order" if len(fitting[cell]) < 2 else "date_order_unsure"] = notes["date_order"]
        notations[cell] = _say(con, notation, "date", said)
    return notations


def _say(con: "Con", notation: Notation, kind: "Kind", notes: Mapping[str, dict[str, Any]]) -> Notation:
    """Note what was decided, each with its number of cells and an example of how it is read."""
    said: list[Said] = []
    for code, note in notes.items():
        if note["n"]:
            sql = f"SELECT {by_kind('x', kind, notation)} FROM (SELECT $1 AS x)"
            ((value,),) = con.execute(sql, [note["example"]]).fetchall()
            shown = f"{value:,.10g}" if isinstance(value, float) else str(value)
            said.append((code, note | {"value": shown, "order": notation.order}))
    return replace(notation, said=tuple(said))


def guess_kinds(con: "Con", table: str, cells: list[str]) -> dict[str, "Kind"]:
    """Find the kind of columns that nobody declared: what holds for every filled cell, else text.

    Parameters
    ----------
    con : DuckDBPyConnection
        A connection that knows the macros.
    table : str
        SQL of a table of text.
    cells : list of str
        SQL of the cells of a row.

    Returns
    -------
    dict of str to str
        The kind of each cell: flag, number, date or text. A code such as 00123 is a text, and so is a range.

    Examples
    --------
    >>> import duckdb
    >>> con = duckdb.connect()
    >>> add_macros(con)
    >>> guess_kinds(con, "(VALUES ('007', '1,200', 'yes'), ('012', NULL, 'no')) t(a, b, c)", ["a", "b", "c"])
    {'a': 'text', 'b': 'number', 'c': 'flag'}
    """
    # All rows are asked only where the first ones speak for a kind, and slowly only where the usual forms do not do.
    spoken = _ask_alike(con, f"(SELECT {', '.join(cells)} FROM {table} LIMIT {_SAMPLE})", cells,
                        "coalesce(clean_kind(x), written_kind(x))", most=_FEW)
    kinds = _ask(con, table, {cell: f"clean_kind({cell})" for cell in cells if spoken.get(cell, "text")})
    kinds |= _ask_alike(con, table, [cell for cell, kind in kinds.items() if not kind], "written_kind(x)")
    return {cell: kinds.get(cell) or "text" for cell in cells}


def _ask_alike(con: "Con", table: str, cells: list[str], asked: str, most: int = 1 << 62) -> dict[str, Any]:
    """Ask the same of the different values of each column, stacked: a long question is then planned only once."""
    if not cells:
        return {}
    pairs = ", ".join(f"{{c: {i}, x: {cell}}}" for i, cell in enumerate(cells))  # a UNION of hundreds takes minutes
    stacked = f"SELECT DISTINCT c, x FROM (SELECT unnest([{pairs}], recursive := true) FROM {table})"
    few = f"SELECT c, x FROM ({stacked}) WHERE x IS NOT NULL QUALIFY row_number() OVER (PARTITION BY c) <= {most}"
    return {cells[c]: kind for c, kind in con.execute(f"SELECT c, {asked} FROM ({few}) GROUP BY c").fetchall()}
