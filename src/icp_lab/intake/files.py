"""Files to text: CSV, TSV, Excel and Parquet in any supported encoding become a DuckDB table of text.

DuckDB reads clean UTF-8 files itself; anything else is first written again as a clean file in a temporary folder.
"""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from icp_lab.errors import study as errors

if TYPE_CHECKING:
    from icp_lab.intake.spec import Spec

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 1 << 20


@dataclass(frozen=True)
class Raw:
    """A table of text: columns `file`, `row`, then `c0`, `c1`... in the order of `headers`.

    `overlong` are rows with more cells than the header, as (file, row, cells): they are not in the table.
    """

    name: str
    headers: tuple[str, ...]
    overlong: tuple[tuple[int, int, str], ...]
    rows: int
    duplicates: int


@dataclass(frozen=True)
class _Part:
    name: str
    headers: tuple[str, ...]
    overlong: tuple[tuple[int, str], ...] = ()


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
    parts = [_try_file(con, spec, i, folder) for i in range(len(spec.files))]
    headers = tuple(dict.fromkeys(chain.from_iterable(part.headers for part in parts)))
    selects = []
    for i, part in enumerate(parts):
        cells = [f"c{part.headers.index(header)}" if header in part.headers else "NULL::VARCHAR" for header in headers]
        named = "".join(f", {cell} AS c{j}" for j, cell in enumerate(cells))
        selects.append(f"SELECT {i}::INTEGER AS file, row{named} FROM {part.name}")
    name = quoted(f"raw_{spec.table}")
    con.execute(f"CREATE TABLE {name} AS {' UNION ALL '.join(selects)}")
    for part in parts:
        con.execute(f"DROP TABLE {part.name}")
    every = ", ".join(["NULL", *(f"c{j}" for j in range(len(headers)))])
    (rows,) = first(con, f"SELECT count(*) FROM {name}")
    (distinct,) = first(con, f"SELECT count(*) FROM (SELECT DISTINCT {every} FROM {name})")
    overlong = tuple((i, row, cells) for i, part in enumerate(parts) for row, cells in part.overlong)
    return Raw(name, headers, overlong, rows, rows - distinct)


def _try_file(con: duckdb.DuckDBPyConnection, spec: "Spec", index: int, folder: Path) -> _Part:
    try:
        return _read_file(con, spec, index, folder)
    except OSError as error:  # no permission, a broken disk, a file that another program holds
        raise errors.unreadable_file(spec.shown[index], error.strerror or str(error)) from error


def _read_file(con: duckdb.DuckDBPyConnection, spec: "Spec", index: int, folder: Path) -> _Part:
    path, shown = spec.files[index], spec.shown[index]
    name = f"part_{index}"
    if path.suffix.lower() == ".parquet":
        return _read_parquet(con, name, path, shown)
    if path.suffix.lower() == ".xlsx":
        return _write_and_read(con, name, _excel_rows(path, spec.sheet, shown), folder, shown)
    encoding = spec.encoding or find_encoding(path, shown)
    delimiter = spec.delimiter or find_delimiter(path, encoding, shown)
    if encoding in ("utf-8", "utf-8-sig") and not set("*?[{") & set(str(path)):
        headers = _headers(next(_text_rows(path, encoding, delimiter, shown), []))
        try:
            return _read_clean(con, name, path, headers, delimiter)
        except duckdb.Error:  # ragged rows or loose quotes: the slower reader below takes them one by one
            con.execute(f"DROP TABLE IF EXISTS {name}")
    return _write_and_read(con, name, _text_rows(path, encoding, delimiter, shown), folder, shown)


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


def _write_and_read(con: duckdb.DuckDBPyConnection, name: str, rows: Iterator[list[str]], folder: Path,
                    shown: str) -> _Part:
    """Write rows again as a clean, numbered CSV and read that; rows that are too long are kept aside."""
    headers = _headers(next(rows, []))
    overlong: list[tuple[int, str]] = []
    clean = folder / f"{name}.csv"
    try:
        with clean.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
            writer.writerow(["row", *headers])
            for number, cells in enumerate((row for row in rows if row), start=1):
                if any(cell.strip() for cell in cells[len(headers):]):
                    overlong.append((number, ", ".join(cells[len(headers):])))
                else:
                    writer.writerow([number, *cells[:len(headers)], *[""] * (len(headers) - len(cells))])
        part = _read_clean(con, name, clean, headers)
    except (csv.Error, duckdb.Error) as error:
        raise errors.unreadable_file(shown, str(error).splitlines()[0]) from error
    finally:
        clean.unlink(missing_ok=True)
    return _Part(part.name, part.headers, tuple(overlong))


def _read_parquet(con: duckdb.DuckDBPyConnection, name: str, path: Path, shown: str) -> _Part:
    try:
        source = con.from_parquet(str(path))
    except duckdb.Error as error:
        raise errors.unreadable_file(shown, str(error).splitlines()[0]) from error
    cells = []
    for j, (column, kind) in enumerate(zip(source.columns, source.types, strict=True)):
        cell = quoted(column)
        words = f"CAST({cell} AS VARCHAR)"
        if str(kind) in ("DOUBLE", "FLOAT"):  # 3.0 in a column of numbers is the key "3"
            words = (f"CASE WHEN isnan({cell}) THEN NULL WHEN {cell} = trunc({cell}) AND abs({cell}) < 1e15 "
                     f"THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) ELSE {words} END")
        elif str(kind).endswith("[]"):
            words = f"CAST(to_json({cell}) AS VARCHAR)"
        cells.append(f"{words} AS c{j}")
    source.project(", ".join(["row_number() OVER () AS row", *cells])).create(name)
    return _Part(name, _headers(source.columns))


def _excel_rows(path: Path, sheet: str, shown: str) -> Iterator[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  (only studies with workbooks)

    try:
        book = CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as error:
        raise errors.unreadable_file(shown, str(error)) from error
    if sheet and sheet not in book.sheet_names:
        raise errors.no_sheet(shown, sheet, book.sheet_names)
    for row in book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python(skip_empty_area=True):
        cells = [_excel_cell(cell) for cell in row]
        if any(cells):
            yield cells


def _excel_cell(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _text_rows(path: Path, encoding: str, delimiter: str, shown: str) -> Iterator[list[str]]:
    csv.field_size_limit(1 << 30)
    try:
        with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as stream:
            yield from (row for row in csv.reader(stream, delimiter=delimiter) if row)
    except UnicodeError as error:
        raise errors.undecodable(shown, _row_of_bad_byte(path, encoding), encoding) from error
    except csv.Error as error:
        raise errors.unreadable_file(shown, str(error)) from error


def _headers(cells: Iterable[str]) -> tuple[str, ...]:
    """Clean the header row: no blanks around, a name for nameless columns, a number for repeated ones."""
    names: list[str] = []
    for j, cell in enumerate(cells, start=1):
        name = cell.strip(" \t\r\n\u3000\u00a0\ufeff") or f"column_{j}"
        seen, base = 2, name
        while name in names:
            name, seen = f"{base}_{seen}", seen + 1
        names.append(name)
    return tuple(names)


def find_encoding(path: Path, shown: str) -> str:
    """Find the encoding of a file: UTF-8 where it is valid, else the likeliest in which every byte is."""
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _decodes(path, "utf-8"):
        return "utf-8"
    from charset_normalizer import from_bytes  # noqa: PLC0415  (only files that are not UTF-8)

    # The sample ends with a whole line, so that no character is cut in two.
    whole = sample if len(sample) < _SAMPLE else sample[: sample.rfind(b"\n") + 1]
    valid = [encoding for encoding in ("cp932", "euc_jp", "cp1252") if _decodes(path, encoding)]
    if not valid:
        raise errors.undecodable(shown, _row_of_bad_byte(path, "utf-8"), "")
    best = from_bytes(whole, cp_isolation=valid).best() if len(valid) > 1 else None
    return best.encoding if best is not None and best.encoding in valid else valid[0]


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_SAMPLE):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _row_of_bad_byte(path: Path, encoding: str) -> int | None:
    """Find the data row of the first byte that does not decode; nothing is said of the header row."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream):
            try:
                line.decode(encoding)
            except UnicodeError:
                return number or None
    return None


def find_delimiter(path: Path, encoding: str, shown: str) -> str:
    """Find what separates the cells: what splits the header into most cells, and other rows into as many."""
    if path.suffix.lower() == ".tsv":
        return "\t"

    def fit(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in islice(_text_rows(path, encoding, delimiter, shown), 20)]
        return (widths[0] * widths.count(widths[0]), widths[0]) if widths and widths[0] > 1 else (0, 0)

    return max(_DELIMITERS, key=fit)
