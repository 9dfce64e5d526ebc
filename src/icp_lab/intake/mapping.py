"""The study's own words for a table: columns, values, units, joins; what follows from them; and one row a key."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files

from duckdb import DuckDBPyConnection as Con

from icp_lab.errors import Place, refusals, utter
from icp_lab.intake.conversion import Notation, by_kind, find_notations
from icp_lab.intake.facts import Note
from icp_lab.intake.files import Raw, read_words
from icp_lab.intake.formats import fold, map_headers, part_unit
from icp_lab.intake.spec import UNITS, Join, Spec
from icp_lab.intake.sql import cut, first, text
from icp_lab.tables import BY_NAME


@dataclass(frozen=True)
class Mapped:
    """A table or view of text in DuckDB, with the columns of the study.

    Parameters
    ----------
    spec : Spec
        Where the table comes from and how it is mapped, with what its format says.
    raw : Raw
        What it was made of.
    name : str
        SQL of its name; its columns are `file`, `row`, `m0`, `m1`...
    names : tuple of str
        The columns of the study that `m0`, `m1`... hold.
    left_out : int
        Rows that did not meet `where` or are not the latest of their key.
    dropped : int
        Rows that are there twice and were dropped on request.
    notes : tuple of (tuple of str, str and dict)
        What was decided: a code of `decisions.toml`, the column, and the words that fill the sentence.
    known : bool, default False
        Whether each account_id is one of accounts.

    Examples
    --------
    >>> raw = Raw("s", ("Status",), (), 0, frozenset(), 0, ())
    >>> mapped = Mapped(Spec("deals", (), ()), raw, "s.mapped", ("account_id", "stage"), 0, 0, ())
    >>> f"SELECT {mapped.cell('stage')} FROM {mapped.name}"
    'SELECT m1 FROM s.mapped'
    """

    spec: Spec
    raw: Raw
    name: str
    names: tuple[str, ...]
    left_out: int
    dropped: int
    notes: tuple[Note, ...]
    known: bool = False

    def cell(self, column: str) -> str:
        """Name the DuckDB column that holds a column of the study.

        Parameters
        ----------
        column : str
            One of `names`.

        Returns
        -------
        str
            SQL of its name.

        Examples
        --------
        >>> raw = Raw("s", ("Status",), (), 0, frozenset(), 0, ())
        >>> Mapped(Spec("deals", (), ()), raw, "s.mapped", ("account_id", "stage"), 0, 0, ()).cell("account_id")
        'm0'
        """
        return f"m{self.names.index(column)}"


def _apply_format(con: Con, spec: Spec, raw: Raw) -> tuple[Spec, list[Note]]:
    """Write out for the headers and words of a file what its format says; what study.yml says itself goes first."""
    if spec.dialect is None:
        return spec, []
    found = {column: header for column, (header, _sure) in map_headers(spec.dialect, raw.headers).items()}
    columns = {**found, **spec.columns}
    values = dict(spec.values)
    for column, meanings in spec.dialect.values.items():
        if (header := columns.get(column)) in raw.headers and column not in spec.set:
            known = {word: meanings[fold(word)] for word in read_words(con, raw, str(header)) if fold(word) in meanings}
            values[column] = {**known, **spec.values.get(column, {})}
    units = {column: UNITS[unit] for column, header in columns.items() if (unit := part_unit(header)[1])}
    added = ", ".join(f"{column} = {header}" for column, header in found.items() if column not in spec.columns)
    notes: list[Note] = [("format", "", {"format": spec.dialect.format, "columns": added})] if added else []
    return replace(spec, columns=columns, values=values, scale={**units, **spec.scale}), notes


def map_columns(con: Con, spec: Spec, raw: Raw) -> Mapped:
    """Bring the columns of a file to the names and the words of the study.

    Parameters
    ----------
    con : DuckDBPyConnection
        A connection that knows the macros and holds the view.
    spec : Spec
        How the table is mapped: `where` is asked of the words in the file, which `values` then replace; `scale` and
        `units` come last.
    raw : Raw
        The view.

    Returns
    -------
    Mapped
        All headers; one that no column names keeps its name.

    Raises
    ------
    LabError
        A header or column that study.yml names is not there, or rows of several files are to be numbered.

    Examples
    --------
    >>> import duckdb
    >>> con = duckdb.connect()
    >>> rows = "(VALUES (0, 1, '7', 'yes'), (0, 2, '8', 'no'), (0, 3, '9', 'open')) t(file, row, c0, c1)"
    >>> _ = con.execute(f"CREATE SCHEMA s; CREATE VIEW s.raw AS FROM {rows}")
    >>> spec = Spec("deals", (), ("deals.csv",), columns={"stage": "Won"}, where={"stage": ("yes", "no")},
    ...             values={"stage": {"yes": "won", "no": "lost"}})
    >>> mapped = map_columns(con, spec, Raw("s", ("id", "Won"), (), 3, frozenset(), 0, ()))
    >>> mapped.names, con.table(mapped.name).fetchall(), mapped.left_out
    (('stage', 'id'), [(0, 1, 'won', '7'), (0, 2, 'lost', '8')], 1)
    """
    spec, notes = _apply_format(con, spec, raw)
    cells = _name_cells(spec, raw)
    for key, wanted in (("where", spec.where), ("values", spec.values), ("scale", spec.scale), ("dates", spec.dates)):
        for column in wanted:
            if column not in cells:
                raise refusals.no_column(spec.line(key, column), key, column, cells)
    mapped = ", ".join(f"{cell} AS m{i}" for i, cell in enumerate(cells.values()))
    names = tuple(cells)
    kept = " AND ".join(f"m{names.index(c)} IN ({', '.join(map(text, v))})" for c, v in spec.where.items()) or "true"
    source = ", ".join(f"c{j}" for j in range(len(raw.headers)))
    once = f"QUALIFY row_number() OVER (PARTITION BY {source} ORDER BY file, row) = 1" if spec.drop_duplicates else ""
    inner = f"SELECT file, row, {source}, {mapped} FROM {raw.name}"
    words = {name: _reword(spec, name, f"m{i}") for i, name in enumerate(names)}
    scaled = [words[column] for column in spec.scale]
    notations = find_notations(con, f"({inner}) WHERE {kept}", dict.fromkeys(scaled, "number"))
    done = ", ".join(f"{_scale(spec, name, cell, notations)} AS m{i}" for i, (name, cell) in enumerate(words.items()))
    notes += [(code, column, said) for column in spec.scale for code, said in notations[words[column]].said]
    (meets,) = first(con, f"SELECT count(*) FROM ({inner}) WHERE {kept}")
    name = f"{raw.place}.mapped"
    # What is worked out at length is worked out once; anything else is read where the rows are.
    kind = "TABLE" if spec.values or spec.scale or spec.drop_duplicates else "VIEW"
    con.execute(f"CREATE {kind} {name} AS SELECT file, row, {done} FROM (SELECT * FROM ({inner}) WHERE {kept} {once})")
    (rows,) = first(con, f"SELECT count(*) FROM {name}")
    return Mapped(spec, raw, name, names, raw.rows - meets, meets - rows, tuple(notes))


def _name_cells(spec: Spec, raw: Raw) -> dict[str, str]:
    """Give each column of the study the SQL of its cells: mapped headers, headers that keep their name, constants."""
    cells: dict[str, str] = {}
    for column, header in spec.columns.items():
        line = refusals.in_yml(spec.line("columns", column))
        if header in raw.headers:
            cells[column] = _trimmed(raw, header)
        elif header == "row":
            if len(spec.files) > 1:
                raise utter("study.row_of_several_files", Place(line), table=spec.table)
            cells[column] = "CAST(row AS VARCHAR)"
        else:
            raise utter("study.no_header", Place(spec.shown[0], column=header), header=header, line=line,
                        names=refusals.list_words(raw.headers), remedy=refusals.nearest(header, raw.headers))
    taken = {*spec.columns, *spec.set, *raw.headers}
    declared = BY_NAME[spec.table].columns if spec.table in BY_NAME else ()
    known = {word.casefold(): column.name for column in declared for word in (column.name, *column.headers)}
    for header in raw.headers:
        if header not in spec.columns.values():
            # A header Industry is industry where nothing else is: DuckDB would take the two names for one.
            plain = known.get(header.casefold(), header)
            cells.setdefault(header if plain in taken else plain, _trimmed(raw, header))
    cells |= {column: "NULL" if value is None else text(value) for column, value in spec.set.items()}
    return cells


def _trimmed(raw: Raw, header: str) -> str:
    return cut(f"c{raw.headers.index(header)}", header in raw.padded)


def _reword(spec: Spec, column: str, cell: str) -> str:
    """Write the SQL of `values` for one column."""
    if words := spec.values.get(column):
        cases = " ".join(f"WHEN {text(a)} THEN {'NULL' if b is None else text(b)}" for a, b in words.items())
        cell = f"CASE {cell} {cases} ELSE {cell} END"
    return cell


def _scale(spec: Spec, column: str, cell: str, notations: Mapping[str, Notation]) -> str:
    """Write the SQL of `units` and `scale` for one column."""
    if column in spec.scale:
        value, factor = by_kind(cell, "number", notations[cell]), repr(spec.scale[column])
        if column in spec.units:  # 5千円 has its unit with it
            factor = f"CASE WHEN unit_form({cell}) THEN 1 ELSE {factor} END"
        # A cell that is no number stays as it is, so that it is counted as unreadable and not lost here.
        cell = f"coalesce(CAST({value} * {factor} AS VARCHAR), {cell})"
    return cell


def join_columns(con: Con, join: Join, left: Mapped, right: Mapped) -> Mapped:
    """Take columns over from another table, many-to-one.

    Parameters
    ----------
    con : DuckDBPyConnection
        The connection that holds both.
    join : Join
        The column that both share, and those that are taken over.
    left : Mapped
        The table that gets the columns.
    right : Mapped
        The table that has them.

    Returns
    -------
    Mapped
        As many rows as before; NULL where the other table has no such key. A column that was there is replaced.

    Raises
    ------
    LabError
        A column is not there, or a key has two different rows in the other table.

    Examples
    --------
    >>> import duckdb
    >>> con, raw = duckdb.connect(), Raw("s", (), (), 0, frozenset(), 0, ())
    >>> _ = con.execute("CREATE TABLE a AS SELECT 0 AS file, 1 AS row, '7' AS m0")
    >>> _ = con.execute("CREATE TABLE b AS SELECT 0 AS file, unnest([1, 2]) AS row, '7' AS m0, 'x' AS m1")
    >>> left = Mapped(Spec("revenue", (), ()), raw, "a", ("product",), 0, 0, ())
    >>> right = Mapped(Spec("products", (), ()), raw, "b", ("product", "line"), 0, 0, ())
    >>> joined = join_columns(con, Join("products", "product", ("line",)), left, right)
    >>> joined.names, con.table(joined.name).fetchall()
    (('product', 'line'), [(0, 1, '7', 'x')])
    """
    line = left.spec.line("join")
    for side in (left, right):
        if join.on not in side.names:
            raise refusals.no_column(line, f"join ({side.spec.table})", join.on, side.names)
    for column in join.take:
        if column not in right.names:
            raise refusals.no_column(line, "take", column, right.names)
    taken = ", ".join(f"{right.cell(column)} AS t{j}" for j, column in enumerate(join.take))
    rows = f"SELECT DISTINCT {right.cell(join.on)} AS k, {taken} FROM {right.name} WHERE k IS NOT NULL"
    twice = f"SELECT k, count(*) FROM ({rows}) GROUP BY k HAVING count(*) > 1 ORDER BY k LIMIT 1"
    for value, count in con.execute(twice).fetchall():
        place = Place(refusals.in_yml(line))
        raise utter("study.join_not_unique", place, value=value, count=count, on=join.on, table=join.table)
    name = f"{left.name}_joined"
    cells = {column: f"l.{left.cell(column)}" for column in left.names if column not in join.take}
    cells |= {column: f"r.t{j}" for j, column in enumerate(join.take)}
    done = ", ".join(f"{cell} AS m{i}" for i, cell in enumerate(cells.values()))
    con.execute(f"CREATE TABLE {name} AS SELECT l.file, l.row, {done} FROM {left.name} l "
                f"LEFT JOIN ({rows}) r ON l.{left.cell(join.on)} = r.k")
    return replace(left, name=name, names=tuple(cells))


def derive_columns(con: Con, mapped: Mapped, only: Collection[str] = ()) -> Mapped:
    """Apply the rules of a table's format, and count the cells that each changed.

    Parameters
    ----------
    con : DuckDBPyConnection
        A connection that knows the macros and holds the table.
    mapped : Mapped
        The table.
    only : collection of str, default ()
        Columns whose rules alone are applied; where empty, all are, and the columns named _x are used up.

    Returns
    -------
    Mapped
        The table with the columns derived, and a note of each that changed cells.

    Examples
    --------
    >>> import duckdb
    >>> from icp_lab.intake.formats import read_format
    >>> con = duckdb.connect()
    >>> rows = "(VALUES (0, 1, 'won', '2026-03-01'), (0, 2, 'open', '2026-09-01')) t(file, row, m0, m1)"
    >>> _ = con.execute(f"CREATE TABLE t AS FROM {rows}")
    >>> spec = Spec("deals", (), (), dialect=read_format("generic")["deals"])
    >>> raw = Raw("s", (), (), 2, frozenset(), 0, ())
    >>> derived = derive_columns(con, Mapped(spec, raw, "t", ("stage", "closed"), 0, 0, ()))
    >>> con.table(derived.name).fetchall(), derived.notes
    ([(0, 1, 'won', '2026-03-01'), (0, 2, 'open', None)], (('expected_close', 'closed', {'n': 1}),))
    """
    rules = mapped.spec.dialect.derive if mapped.spec.dialect else {}
    cells = {name: mapped.cell(name) for name in mapped.names}
    ready = {column: rule for column, rule in rules.items() if column in (only or rules)
             and set(rule["needs"]) <= set(cells) and (column in rule["needs"] or column not in cells)}
    spent = {name for name in mapped.spec.columns if name.startswith("_") and not only}
    if not ready and not spent:
        return mapped
    con.execute(files("icp_lab.intake").joinpath("dialects", "macros.sql").read_text(encoding="utf-8"))
    changed = ["count(*)"]
    for column, rule in ready.items():
        names = "|".join(sorted((*rule["needs"],), key=len, reverse=True))
        done = re.sub(rf"\b({names})\b", lambda found: cells[found[1]], rule["sql"])
        changed.append(f"count(*) FILTER (WHERE ({done}) IS DISTINCT FROM {cells.get(column, 'NULL')})")
        cells[column] = f"({done})"
    _rows, *counts = first(con, f"SELECT {', '.join(changed)} FROM {mapped.name}")
    kept = {name: cell for name, cell in cells.items() if name not in spent}
    notes: list[Note] = [(rule["note"], column, {"n": n})
                         for (column, rule), n in zip(ready.items(), counts, strict=True) if n]
    return replace(_replace(con, mapped, kept, f"FROM {mapped.name}"), notes=(*mapped.notes, *notes))


def keep_latest(con: Con, mapped: Mapped) -> Mapped:
    """Keep one row a key, with the last value of each mapped column.

    Parameters
    ----------
    con : DuckDBPyConnection
        A connection that knows the macros and holds the table.
    mapped : Mapped
        The table. `one_row` of its spec tells what is last: by the file's order, or by the column named; where it is
        empty, nothing is done.

    Returns
    -------
    Mapped
        A row a key, with the columns that study.yml or the format names; rows without a key all stay. A value that is
        missing gives way to the one before it.

    Raises
    ------
    LabError
        The key, or the column named, is not there.

    Examples
    --------
    >>> import duckdb
    >>> con = duckdb.connect()
    >>> rows = "(VALUES (0, 1, 'a1', 'Acme'), (0, 2, 'a1', 'Acme Ltd'), (0, 3, 'a1', NULL)) t(file, row, m0, m1)"
    >>> _ = con.execute(f"CREATE SCHEMA s; CREATE TABLE s.t AS FROM {rows}")
    >>> spec = Spec("accounts", (), (), columns={"account_id": "Code", "name": "Customer"}, one_row="latest")
    >>> raw = Raw("s", ("Code", "Customer"), (), 3, frozenset(), 0, ())
    >>> kept = keep_latest(con, Mapped(spec, raw, "s.t", ("account_id", "name"), 0, 0, ()))
    >>> con.sql(f"SELECT m0, m1 FROM {kept.name}").fetchall(), kept.left_out
    ([('a1', 'Acme Ltd')], 2)
    """
    spec = mapped.spec
    if not spec.one_row:
        return mapped
    key, by = BY_NAME[spec.table].key, "" if spec.one_row == "latest" else spec.one_row
    for name in filter(None, (key, by)):
        if name not in mapped.names:
            raise refusals.no_column(spec.line("one_row"), "one_row", name, mapped.names)
    mapped = derive_columns(con, mapped, (key,))  # ids that are written in two ways are one key
    cells = {name: mapped.cell(name) for name in mapped.names if name in spec.columns or name in spec.set}
    order = f"as_date({mapped.cell(by)}) NULLS FIRST, file, row" if by else "file, row"
    group = f"GROUP BY {cells[key]}, CASE WHEN {cells[key]} IS NULL THEN place END"
    source = f"FROM (SELECT *, row_number() OVER (ORDER BY {order}) AS place FROM {mapped.name}) {group}"
    several = " OR ".join(f"count(DISTINCT {cell}) > 1" for cell in cells.values())
    last = {name: f"arg_max({cell}, place)" for name, cell in cells.items()}
    where = "arg_max(file, place) AS file, arg_max(row, place) AS row"
    kept = _replace(con, mapped, last, source, f"{where}, count(*) AS n, {several} AS differs")
    rows, n, differ = first(con, f"SELECT sum(n), count(*), count(*) FILTER (WHERE differs) FROM {kept.name}")
    said: Note = ("one_row", key, {"rows": int(rows), "n": n, "differ": differ})
    return replace(kept, left_out=mapped.left_out + int(rows - n), notes=(*kept.notes, said))


def _replace(con: Con, mapped: Mapped, cells: dict[str, str], source: str, where: str = "file, row") -> Mapped:
    """Put other cells in the place of a mapped table."""
    name = f"{mapped.name}_"
    named = ", ".join(f"{cell} AS m{i}" for i, cell in enumerate(cells.values()))
    con.execute(f"CREATE TABLE {name} AS SELECT {where}, {named} {source}")
    return replace(mapped, name=name, names=tuple(cells))
