"""Text to values, in DuckDB: how a column is written is found out once; what does not convert becomes NULL."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from icp_lab.locale import N_

if TYPE_CHECKING:
    import duckdb

    from icp_lab.tables import Column, Kind

BLANKS = "' \t\r\n\u3000\u00a0'"
"""What is cut off around a cell, as an SQL literal: spaces of all widths."""

KIND_WORDS: dict[str, str] = {
    "text": N_("a text"), "number": N_("a number"), "integer": N_("a whole number"), "money": N_("an amount of money"),
    "date": N_("a date such as 2026-04-01"), "flag": N_("yes or no"), "list": N_("a list"),
}
SQL_TYPES: dict[str, str] = {
    "text": "VARCHAR", "number": "DOUBLE", "integer": "DOUBLE", "money": "DOUBLE", "date": "DATE", "flag": "BOOLEAN",
    "list": "VARCHAR[]",
}
ORDERS = ("dmy", "mdy", "ymd")
"""Orders of day, month and year in dates such as 1/2/2024 and 24/1/2, as `dates` of study.yml names them."""

Said = tuple[str, dict[str, str | int]]
"""A decision: its code in decisions.toml, and the words that fill its sentence."""
_NUMBERS = ("number", "integer", "money")
_SAMPLE = 1000


@dataclass(frozen=True)
class Customs:
    """What a study's dates mean where they do not say it: the month a fiscal year starts in, orders by likelihood."""

    fiscal_year_start: int = 1
    orders: tuple[str, ...] = ORDERS

    @classmethod
    def of(cls, fiscal_year_start: int, currency: str) -> "Customs":
        """Tell the customs of where a currency is money."""
        first = "mdy" if currency == "USD" else "ymd" if currency in ("JPY", "CNY", "KRW", "TWD") else "dmy"
        return cls(fiscal_year_start, tuple(dict.fromkeys((first, "mdy" if first == "ymd" else "dmy", *ORDERS))))


@dataclass(frozen=True)
class Form:
    """How the cells of a column are written.

    `plain`: each as clean files write it; `comma`: the decimals stand behind a comma; `order` of day, month and year;
    `serial`: days counted by a spreadsheet; `starts`: the month of a fiscal year. `said` is what had to be decided.
    """

    plain: bool = False
    comma: bool = False
    order: str = ""
    serial: bool = False
    starts: int = 1
    said: tuple[Said, ...] = ()


def add_macros(con: "duckdb.DuckDBPyConnection") -> None:
    """Teach a connection the conversions."""
    con.execute(files("icp_lab.intake").joinpath("values.sql").read_text(encoding="utf-8"))


def convert(cell: str, column: "Column", form: Form = Form()) -> str:
    """Write the SQL that turns a cell of text into the value of a column, NULL where it cannot."""
    if column.choices:
        from_words = " ".join(f"WHEN '{choice}' THEN '{choice}'" for choice in column.choices)
        return f"CASE lower({cell}) {from_words} END"
    value = by_kind(cell, column.kind, form)
    if column.unit == "year" and not form.plain:
        value = f"coalesce({value}, year({by_kind(cell, 'date')}))"
    wanted = ["trunc({v}) = {v}"] if column.kind == "integer" else []
    wanted += [f"{{v}} >= {column.low}"] if column.low is not None else []
    wanted += [f"{{v}} <= {column.high}"] if column.high is not None else []
    checked = f"CASE WHEN {' AND '.join(wanted)} THEN {{v}} END" if wanted else "{v}"
    # What is long to work out is worked out once.
    bound = form.plain or not wanted
    return checked.format(v=value) if bound else f"list_transform([{value}], lambda v: {checked.format(v='v')})[1]"


def by_kind(cell: str, kind: "Kind", form: Form = Form()) -> str:
    """Write the SQL that turns a cell of text into a value of a kind."""
    if kind in ("text", "flag", "list"):
        return cell if kind == "text" else f"as_{kind}({cell})"
    fast = f"fast_{'date' if kind == 'date' else 'number'}({cell})"
    if form.plain:
        return fast
    if kind == "date":
        slow = f"slow_date({cell}, '{form.order}', {form.starts})"
        return f"serial_date({cell})" if form.serial else f"coalesce({fast}, {slow})"
    return f"slow_number({cell}, true)" if form.comma else f"coalesce({fast}, slow_number({cell}, false))"


def find_forms(
    con: "duckdb.DuckDBPyConnection", table: str, kinds: Mapping[str, "Kind"], customs: Customs = Customs(),
    told: Mapping[str, str] | None = None,
) -> dict[str, Form]:
    """Find how each column is written, from all of its cells at once; clean columns cost one cast.

    Parameters
    ----------
    con
        A connection that knows the macros.
    table
        SQL of a table of text.
    kinds
        What each cell of a row is to become, by its SQL.
    customs
        Decides what the cells leave open.
    told
        Orders of day, month and year that study.yml names, by cell.
    """
    kinds = {cell: kind for cell, kind in kinds.items() if kind == "date" or kind in _NUMBERS}
    plain = Form(plain=True)
    counts = _ask(con, table, kinds, lambda cell: (f"count({cell})", f"count({by_kind(cell, kinds[cell], plain)})"))
    odd = {cell for cell, (filled, read) in counts.items() if filled != read}
    dates = [cell for cell in odd if kinds[cell] == "date"]
    # A dot in one column can mean what a comma in another one says: all numbers of a table are looked at together.
    numbers = [cell for cell in kinds if kinds[cell] != "date" and odd - set(dates)]
    forms = dict.fromkeys(kinds, plain)
    forms |= _find_number_forms(con, table, numbers, odd)
    return forms | _find_date_forms(con, table, sorted(dates), customs, told or {})


def _ask(con: "duckdb.DuckDBPyConnection", table: str, cells: Iterable[str], write: Any) -> dict[str, tuple[Any, ...]]:
    """Ask the same of several columns in one pass."""
    asked = {cell: write(cell) for cell in cells}
    if not asked:
        return {}
    (row,) = con.execute(f"SELECT {', '.join(sql for sqls in asked.values() for sql in sqls)} FROM {table}").fetchall()
    answers = iter(row)
    return {cell: tuple(next(answers) for _ in sqls) for cell, sqls in asked.items()}


def _count(test: str) -> str:
    return f"count(*) FILTER (WHERE {test})"


def _find_number_forms(
    con: "duckdb.DuckDBPyConnection", table: str, cells: list[str], odd: set[str]
) -> dict[str, Form]:
    commas = _ask(con, table, cells, lambda cell: (
        _count(f"comma_form({cell})"), _count(f"point_form({cell})"), _count(f"contains({cell}, '.')")))
    written = any(comma > point for comma, point, _dots in commas.values())
    forms = {cell: Form(comma=comma > point or (written and dots > 0 and not comma + point))
             for cell, (comma, point, dots) in commas.items()}
    forms = {cell: form for cell, form in forms.items() if form.comma or cell in odd}

    def write(cell: str) -> Iterable[str]:
        read = f"fast_number({cell}) IS NULL AND {by_kind(cell, 'number', forms[cell])} IS NOT NULL"
        tests = {"decimal_comma": f"{forms[cell].comma} AND regexp_matches({cell}, '[.,]')",
                 "ranges": f"{read} AND range_form({cell})",
                 "number_words": f"{read} AND worded_form({cell}) AND NOT range_form({cell})"}
        for test in tests.values():
            yield from (_count(test), f"min({cell}) FILTER (WHERE {test})")

    found = _ask(con, table, forms, lambda cell: tuple(write(cell)))
    return {cell: _say(con, form, "number", zip(("decimal_comma", "ranges", "number_words"), found[cell][::2],
                                                found[cell][1::2], strict=True)) for cell, form in forms.items()}


def _find_date_forms(
    con: "duckdb.DuckDBPyConnection", table: str, cells: list[str], customs: Customs, told: Mapping[str, str]
) -> dict[str, Form]:
    asked = _ask(con, table, cells, lambda cell: (
        f"count({cell})", _count(f"serial_form({cell})"), f"min({cell})", _count(f"fiscal_form({cell})"),
        f"min({cell}) FILTER (WHERE fiscal_form({cell}))", _count(f"three_form({cell})"),
        f"min({cell}) FILTER (WHERE three_form({cell}))",
        *(_count(f"three_form({cell}) AND fits({cell}, '{order}')") for order in ORDERS)))
    fitting = {cell: _fit(found[5], dict(zip(ORDERS, found[7:], strict=True))) for cell, found in asked.items()}
    sure = Counter(orders[0] for orders in fitting.values() if len(orders) == 1)
    likely = [order for order, _n in sure.most_common()] + list(customs.orders)
    forms = {}
    for cell, (filled, serial, first, fiscal, period, three, day, *_counts) in asked.items():
        orders = fitting[cell]
        order = told.get(cell) or next((order for order in likely if order in orders), "")
        unsure = len(orders) > 1 and cell not in told
        form = Form(order=order, serial=filled == serial, starts=customs.fiscal_year_start)
        notes = (("serials", serial if form.serial else 0, first), ("fiscal", fiscal, period),
                 ("date_order_unsure" if unsure else "date_order", 0 if cell in told else three, day))
        forms[cell] = _say(con, form, "date", notes)
    return forms


def _fit(n: int, counts: dict[str, int]) -> list[str]:
    """List the orders that fit all dates, or else the one that fits most."""
    best = max(counts.values())
    return [order for order, count in counts.items() if count == n or (count == best and count)] if n else []


def _say(
    con: "duckdb.DuckDBPyConnection", form: Form, kind: "Kind", notes: Iterable[tuple[str, int, str]]
) -> Form:
    """Note what was decided, each with its number of cells and an example of how it is read."""
    said: list[Said] = []
    for code, n, example in notes:
        if n:
            ((value,),) = con.execute(f"SELECT {by_kind('x', kind, form)} FROM (SELECT $1 AS x)", [example]).fetchall()
            shown = f"{value:,.10g}" if isinstance(value, float) else str(value)
            said.append((code, {"n": n, "example": example, "value": shown, "order": form.order}))
    return Form(form.plain, form.comma, form.order, form.serial, form.starts, tuple(said))


def guess_kinds(con: "duckdb.DuckDBPyConnection", table: str, cells: list[str]) -> dict[str, "Kind"]:
    """Find the kind of columns that nobody declared: what holds for every filled cell, else text."""
    kinds: dict[str, Kind] = dict.fromkeys(cells, "text")
    left = list(cells)
    tests = partial(_write_tests, number="fast_number({c}) IS NOT NULL", days=("fast_date({c}) IS NOT NULL",))
    slow = partial(_write_tests, number="undeclared_number({c})",
                   days=[f"undeclared_date({{c}}, '{order}')" for order in ORDERS[:2]])
    named = f"(SELECT {', '.join(cells)} FROM {table} LIMIT {_SAMPLE})" if cells else ""
    # What people write is looked for only where the first rows speak for it.
    for source, write in ((table, tests), (named, slow), (table, slow)):
        answers = _ask(con, source, left, write)
        for cell, (words, bits, number, *days) in answers.items():
            kinds[cell] = "flag" if words or bits else "number" if number else "date" if any(days) else "text"
        held = [cell for cell, answer in answers.items() if any(answer)]
        empty = [cell for cell, answer in answers.items() if answer[0] is None]
        left = [cell for cell in left if cell not in held and cell not in empty] if source != named else held + empty
    return kinds


def _write_tests(cell: str, number: str, days: Iterable[str]) -> tuple[str, ...]:
    filled = f"FILTER (WHERE {cell} IS NOT NULL)"
    coded = f"regexp_matches({cell}, '^[-+]?0[0-9]')"  # 00123 is a code
    return (f"bool_and(word_flag({cell}) IS NOT NULL) {filled}",
            f"bool_and({cell} IN ('0', '1')) {filled} AND count(DISTINCT {cell}) = 2",
            f"bool_and({number.format(c=cell)} AND NOT {coded}) {filled}",
            *(f"bool_and({day.format(c=cell)}) {filled}" for day in days))
