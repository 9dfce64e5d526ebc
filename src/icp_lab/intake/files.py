"""Files to text: CSV, TSV, Excel and Parquet in any supported encoding become a DuckDB table of text.

DuckDB reads clean UTF-8 files itself; anything else is first written again as a clean file in a temporary folder.
"""

import csv
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from icp_lab.errors import study as errors
from icp_lab.intake.encoding import UTF8, find_delimiter, find_encoding, read_rows, unpack
from icp_lab.intake.facts import Decision
from icp_lab.intake.layout import TOTALS, Layout, lay_out, name_headers, read_sheet

if TYPE_CHECKING:
    from icp_lab.intake.spec import Spec


@dataclass(frozen=True)
class Raw:
    """A table of text: columns `file`, `row`, then `c0`, `c1`... in the order of `headers`.

    `row` numbers the rows below the column names of each file from 1, empty lines not counted. `overlong` are rows with
    more cells than the header, as (file, row, cells), and `left_out` counts totals and footers: both are not in the
    table, whose rows `rows` counts. `decisions` says what was decided while reading.
    """

    name: str
    headers: tuple[str, ...]
    overlong: tuple[tuple[int, int, str], ...]
    rows: int
    duplicates: int
    left_out: int = 0
    decisions: tuple[Decision, ...] = ()


_Said = tuple[str, str, dict[str, str | int]]


@dataclass(frozen=True)
class _Part:
    """One file in DuckDB; `said` are decisions as (code, column, words)."""

    name: str
    headers: tuple[str, ...]
    overlong: tuple[tuple[int, str], ...] = ()
    left_out: int = 0
    said: tuple[_Said, ...] = ()


def text(value: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """Write a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def first(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    """Give the one row that a query has; all rows are fetched, since DuckDB wants a result read to its end."""
    row: tuple[Any, ...] = con.execute(sql).fetchall()[0]
    return row


def read_files(con: duckdb.DuckDBPyConnection, spec: "Spec", folder: Path) -> Raw:
    """Read all files of a table into one DuckDB table of text, rows numbered from 1 in each file."""
    parts = [_try_file(con, spec, i, folder) for i in range(len(spec.shown))]
    headers = tuple(dict.fromkeys(chain.from_iterable(part.headers for part in parts)))
    name = quoted(f"raw_{spec.table}")
    if len(parts) == 1:
        con.execute(f"ALTER TABLE {parts[0].name} ADD COLUMN file INTEGER DEFAULT 0")
        con.execute(f"ALTER TABLE {parts[0].name} RENAME TO {name}")
    else:
        con.execute(f"CREATE TABLE {name} AS {' UNION ALL '.join(_select(i, p, headers) for i, p in enumerate(parts))}")
        for part in parts:
            con.execute(f"DROP TABLE {part.name}")
    every = ", ".join(["NULL", *(f"c{j}" for j in range(len(headers)))])
    rows, distinct = first(con, f"SELECT count(*), count(DISTINCT hash({every})) FROM {name}")
    return Raw(name, headers, tuple((i, row, cells) for i, part in enumerate(parts) for row, cells in part.overlong),
               rows, rows - distinct, sum(part.left_out for part in parts),
               tuple(Decision(code, spec.shown[i], column, words) for i, part in enumerate(parts)
                     for code, column, words in part.said))


def _select(index: int, part: _Part, headers: tuple[str, ...]) -> str:
    cells = [f"c{part.headers.index(header)}" if header in part.headers else "NULL::VARCHAR" for header in headers]
    named = "".join(f", {cell} AS c{j}" for j, cell in enumerate(cells))
    return f"SELECT {index}::INTEGER AS file, row{named} FROM {part.name}"


def _try_file(con: duckdb.DuckDBPyConnection, spec: "Spec", index: int, folder: Path) -> _Part:
    try:
        if spec.query is not None:
            return _finish(con, _read_clean(con, f"part_{index}", spec.query.file, spec.query.headers))
        return _read_file(con, spec, index, folder)
    except OSError as error:  # no permission, a broken disk, a file that another program holds
        raise errors.unreadable_file(spec.shown[index], error.strerror or str(error)) from error


def _read_file(con: duckdb.DuckDBPyConnection, spec: "Spec", index: int, folder: Path) -> _Part:
    path, shown = unpack(spec.files[index], folder, spec.shown[index]), spec.shown[index]
    name = f"part_{index}"
    said: list[_Said] = []
    if path.suffix.lower() == ".parquet":
        return _finish(con, _read_parquet(con, name, path, shown))
    if path.suffix.lower() == ".xlsx":
        return _finish(con, _write_and_read(con, name, read_sheet(path, spec.sheet, shown), folder, shown))
    encoding = spec.encoding or find_encoding(path, shown)
    delimiter = spec.delimiter or find_delimiter(path, encoding, shown)
    if encoding not in UTF8 and not spec.encoding:
        said.append(("encoding", "", {"encoding": encoding}))
    if not spec.delimiter and delimiter != ("\t" if path.suffix.lower() == ".tsv" else ","):
        said.append(("delimiter", "", {"delimiter": "tab" if delimiter == "\t" else delimiter}))
    layout = lay_out(read_rows(path, encoding, delimiter, shown))
    part = None
    if encoding in UTF8 and layout.plain and not set("*?[{") & set(str(path)):
        try:
            part = _read_clean(con, name, path, layout.headers, delimiter)
        except duckdb.Error:  # ragged rows or loose quotes: the slower reader below takes them one by one
            con.execute(f"DROP TABLE IF EXISTS {name}")
    part = part or _write_and_read(con, name, layout, folder, shown)
    return _finish(con, replace(part, said=(*said, *part.said)), marked=_holds_marks(path))


def _read_clean(con: duckdb.DuckDBPyConnection, name: str, path: Path, headers: tuple[str, ...],
                delimiter: str = "") -> _Part:
    """Read a file that DuckDB can take as it is; without a delimiter it is one of our own, with a column `row`."""
    cells = {f"c{j}": "VARCHAR" for j in range(len(headers))}
    columns = cells if delimiter else {"row": "BIGINT", **cells}
    number = "row_number() OVER () AS row, " if delimiter else ""
    con.execute(
        f"CREATE TABLE {name} AS SELECT {number}* FROM read_csv({text(str(path))}, header = true, "
        f"auto_detect = false, delim = {text(delimiter or ',')}, quote = '\"', escape = '\"', columns = {columns}, "
        "max_line_size = 16777216)")
    return _Part(name, headers)


def _write_and_read(con: duckdb.DuckDBPyConnection, name: str, layout: Layout, folder: Path, shown: str) -> _Part:
    """Write rows again as a clean, numbered CSV and read that; rows that are too long are kept aside."""
    overlong: list[tuple[int, str]] = []
    width, clean = len(layout.headers), folder / f"{name}.csv"
    try:
        with clean.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
            writer.writerow(["row", *layout.headers])
            for number, cells in enumerate(layout.data(), start=1):
                if any(cell.strip() for cell in cells[width:]):
                    overlong.append((number, ", ".join(cells[width:])))
                else:
                    writer.writerow([number, *cells[:width], *[""] * (width - len(cells))])
        part = _read_clean(con, name, clean, layout.headers)
    except (csv.Error, duckdb.Error) as error:
        raise errors.unreadable_file(shown, str(error).splitlines()[0]) from error
    finally:
        clean.unlink(missing_ok=True)
    notes: list[_Said] = [("title_rows", "", {"n": layout.above})] if layout.above else []
    if layout.joined:
        notes.append(("joined_headers", "", {"example": max(layout.headers, key=len)}))
    if layout.footer:
        notes.append(("footer", "", {"n": len(layout.footer), "example": next(filter(None, layout.footer[0]))}))
    return replace(part, overlong=tuple(overlong), left_out=len(layout.footer), said=tuple(notes))


def _holds_marks(path: Path) -> bool:
    """Tell whether a file holds a sign that is written where a letter could not be."""
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            if b"?" in block or b"\xef\xbf\xbd" in block:
                return True
    return False


def _finish(con: duckdb.DuckDBPyConnection, part: _Part, *, marked: bool = True) -> _Part:
    """Take out rows that sum up others, and say which columns have lost letters."""
    said = list(part.said)
    cells = [f"c{j}" for j in range(len(part.headers))]
    named = " OR ".join(f"trim({cell}) IN {TOTALS}" for cell in cells[:3])
    test = f"({named}) AND is_total([{', '.join(cells)}])" if len(cells) > 2 else "false"
    n, row = first(con, f"SELECT count(*), min(row) FROM {part.name} WHERE {test}")
    if n:
        con.execute(f"DELETE FROM {part.name} WHERE {test}")
        said.append(("total_rows", "", {"n": n, "row": row}))
    if marked and cells:
        asked = (f"{ask} FILTER (WHERE lost_letters({cell}))" for cell in cells for ask in ("count(*)", f"min({cell})"))
        lost = first(con, f"SELECT {', '.join(asked)} FROM {part.name}")
        said += [("lost_characters", header, {"n": count, "example": example})
                 for header, count, example in zip(part.headers, lost[::2], lost[1::2], strict=True) if count]
    return replace(part, left_out=part.left_out + n, said=tuple(said))


def _read_parquet(con: duckdb.DuckDBPyConnection, name: str, path: Path, shown: str) -> _Part:
    try:
        source = con.from_parquet(str(path))
        cells = [f"{_write_as_text(quoted(column), str(kind))} AS c{j}"
                 for j, (column, kind) in enumerate(zip(source.columns, source.types, strict=True))]
        source.project(", ".join(["row_number() OVER () AS row", *cells])).create(name)
    except (duckdb.Error, RuntimeError) as error:  # RuntimeError: a column's name that is no text
        raise errors.unreadable_file(shown, str(error).splitlines()[0].replace(str(path), shown)) from error
    return _Part(name, name_headers(source.columns))


def _write_as_text(cell: str, kind: str) -> str:
    words = f"CAST({cell} AS VARCHAR)"
    if kind in ("DOUBLE", "FLOAT"):  # 3.0 in a column of numbers is the key "3"
        return (f"CASE WHEN isnan({cell}) THEN NULL WHEN {cell} = trunc({cell}) AND abs({cell}) < 1e15 "
                f"THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) ELSE {words} END")
    return f"CAST(to_json({cell}) AS VARCHAR)" if kind.endswith("[]") else words
