"""Text to values, in DuckDB: numbers, dates, yes/no, lists. What does not convert becomes NULL."""

from typing import TYPE_CHECKING

from icp_lab.locale import N_

if TYPE_CHECKING:
    import duckdb

    from icp_lab.tables import Column, Kind

BLANKS = "' \t\r\n\u3000\u00a0'"
"""What is cut off around a cell, as an SQL literal: spaces of all widths."""

TRUE = ("true", "yes", "y", "t", "1", "はい", "有")
FALSE = ("false", "no", "n", "f", "0", "いいえ", "無")
_WORDS_TRUE, _WORDS_FALSE = (tuple(w for w in words if w not in ("1", "0")) for words in (TRUE, FALSE))

KIND_WORDS: dict[str, str] = {
    "text": N_("a text"), "number": N_("a number"), "integer": N_("a whole number"), "money": N_("an amount of money"),
    "date": N_("a date such as 2026-04-01"), "flag": N_("yes or no"), "list": N_("a list"),
}
SQL_TYPES: dict[str, str] = {
    "text": "VARCHAR", "number": "DOUBLE", "integer": "DOUBLE", "money": "DOUBLE", "date": "DATE", "flag": "BOOLEAN",
    "list": "VARCHAR[]",
}

_NARROW = "0123456789.,-+%"
_WIDE = "".join(chr(ord(sign) + 0xFEE0) for sign in _NARROW)  # the full-width forms, 0 to 9 and signs

_MACROS = (
    # Full-width digits become plain ones; 1,234,567 loses its commas; nan, inf and 1_000 are no numbers.
    f"CREATE MACRO plain_number(x) AS ltrim(translate(x, '{_WIDE}', '{_NARROW}'), '¥\uffe5$€£ ')",
    r"""CREATE MACRO ungrouped(x) AS CASE WHEN regexp_full_match(x, '[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?')
        THEN replace(x, ',', '') ELSE x END""",
    r"""CREATE MACRO checked_number(x) AS CASE WHEN
        regexp_full_match(x, '[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?')
        AND isfinite(TRY_CAST(x AS DOUBLE)) THEN TRY_CAST(x AS DOUBLE) END""",
    "CREATE MACRO as_number(x) AS checked_number(ungrouped(plain_number(x)))",
    r"""CREATE MACRO as_date(x) AS CASE
        WHEN regexp_matches(x, '^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}($|[ T])')
        THEN CAST(TRY_CAST(x AS TIMESTAMP) AS DATE)
        WHEN regexp_matches(x, '^[0-9]{4}')
        THEN CAST(try_strptime(x, ['%Y%m%d', '%Y.%m.%d', '%Y年%m月%d日']) AS DATE) END""",
    f"CREATE MACRO as_flag(x) AS CASE WHEN lower(x) IN {TRUE} THEN true WHEN lower(x) IN {FALSE} THEN false END",
    r"""CREATE MACRO split_list(x) AS CASE WHEN x LIKE '[%]' THEN TRY_CAST(TRY_CAST(x AS JSON) AS VARCHAR[])
        WHEN contains(x, ';') THEN string_split(x, ';') WHEN contains(x, '|') THEN string_split(x, '|')
        ELSE string_split_regex(x, '[,、]') END""",
    f"""CREATE MACRO as_list(x) AS nullif(list_filter(list_transform(split_list(x), lambda i: trim(i, {BLANKS})),
        lambda i: i <> ''), [])""",
)


def add_macros(con: "duckdb.DuckDBPyConnection") -> None:
    """Teach a connection the conversions."""
    for macro in _MACROS:
        con.execute(macro)


def convert(cell: str, column: "Column") -> str:
    """Write the SQL that turns a cell of text into the value of a column, NULL where it cannot."""
    if column.choices:
        from_words = " ".join(f"WHEN '{choice}' THEN '{choice}'" for choice in column.choices)
        return f"CASE lower({cell}) {from_words} END"
    value = by_kind(cell, column.kind)
    wanted = [f"trunc({value}) = {value}"] if column.kind == "integer" else []
    wanted += [f"{value} >= {column.low}"] if column.low is not None else []
    wanted += [f"{value} <= {column.high}"] if column.high is not None else []
    return f"CASE WHEN {' AND '.join(wanted)} THEN {value} END" if wanted else value


def by_kind(cell: str, kind: "Kind") -> str:
    """Write the SQL that turns a cell of text into a value of a kind."""
    if kind == "text":
        return cell
    return {"date": "as_date", "flag": "as_flag", "list": "as_list"}.get(kind, "as_number") + f"({cell})"


def guess_kinds(con: "duckdb.DuckDBPyConnection", table: str, cells: list[str]) -> dict[str, "Kind"]:
    """Find the kind of columns that nobody declared: what holds for every filled cell, else text."""
    if not cells:
        return {}
    tests = []
    for cell in cells:
        filled = f"FILTER (WHERE {cell} IS NOT NULL)"
        coded = f"regexp_matches({cell}, '^[-+]?0[0-9]')"  # 00123 is a code
        tests += [
            f"bool_and(lower({cell}) IN {_WORDS_TRUE + _WORDS_FALSE}) {filled}",
            f"bool_and({cell} IN ('0', '1')) {filled} AND count(DISTINCT {cell}) = 2",
            f"bool_and(as_number({cell}) IS NOT NULL AND NOT {coded}) {filled}",
            f"bool_and(as_date({cell}) IS NOT NULL) {filled}",
        ]
    (row,) = con.execute(f"SELECT {', '.join(tests)} FROM {table}").fetchall()
    kinds: dict[str, Kind] = {}
    for i, cell in enumerate(cells):
        words, bits, number, date = row[4 * i: 4 * i + 4]
        kinds[cell] = "flag" if words or bits else "number" if number else "date" if date else "text"
    return kinds
