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
    """A table or view of text made of `raw`, columns `file`, `row`, `m0`, `m1`... named by `names`.

    `spec` holds what its format says too; `left_out` rows did not meet `where` or are not the latest of their key,
    `dropped` ones are there twice; `notes` say what was decided; `known` tells that each account_id is one of accounts.
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
        """Name the DuckDB column that holds a column of the study."""
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
    """Bring the columns of a file to the names and the words of the study."""
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
    """Take columns over from another table, many-to-one; a key with two different rows there is an error."""
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
    """Apply the rules of a table's format, and count the cells that each changed; columns named _x are used up here.

    With `only` just the rules of these columns, and nothing is used up.
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
    """Keep one row a key, with the last value of each mapped column; by the file's order, or by the column named."""
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
