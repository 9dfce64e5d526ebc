"""What follows from the mapped columns, as a format declares it; and one row an account out of a file with many."""

import re
from collections.abc import Collection
from dataclasses import replace
from importlib.resources import files

from duckdb import DuckDBPyConnection as Con

from icp_lab.errors import study as errors
from icp_lab.intake.files import first
from icp_lab.intake.formats import Note
from icp_lab.intake.mapping import Mapped
from icp_lab.intake.spec import Spec
from icp_lab.tables import BY_NAME


def derive_columns(con: Con, spec: Spec, mapped: Mapped, only: Collection[str] = ()) -> tuple[Mapped, list[Note]]:
    """Apply the rules of a table's format, and count the cells that each changed; columns named _x are used up here.

    With `only` just the rules of these columns, and nothing is used up.
    """
    rules = spec.dialect.derive if spec.dialect else {}
    cells = {name: mapped.cell(name) for name in mapped.names}
    ready = {column: rule for column, rule in rules.items() if column in (only or rules)
             and set(rule["needs"]) <= set(cells) and (column in rule["needs"] or column not in cells)}
    spent = {name for name in spec.columns if name.startswith("_") and not only}
    if not ready and not spent:
        return mapped, []
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
    return _replace(con, mapped, kept, f"FROM {mapped.name}"), notes


def keep_latest(con: Con, spec: Spec, mapped: Mapped) -> tuple[Mapped, list[Note]]:
    """Keep one row a key, with the last value of each mapped column; by the file's order, or by the column named."""
    if not spec.one_row:
        return mapped, []
    key = BY_NAME[spec.table].key
    by = "" if spec.one_row == "latest" else spec.one_row
    for name in filter(None, (key, by)):
        if name not in mapped.names:
            raise errors.no_column(spec.line("one_row"), "one_row", name, mapped.names)
    mapped, notes = derive_columns(con, spec, mapped, (key,))  # ids that are written in two ways are one key
    cells = {name: mapped.cell(name) for name in mapped.names if name in spec.columns or name in spec.set}
    order = f"as_date({mapped.cell(by)}) NULLS FIRST, file, row" if by else "file, row"
    group = f"GROUP BY {cells[key]}, CASE WHEN {cells[key]} IS NULL THEN place END"
    source = f"FROM (SELECT *, row_number() OVER (ORDER BY {order}) AS place FROM {mapped.name}) {group}"
    several = " OR ".join(f"count(DISTINCT {cell}) > 1" for cell in cells.values())
    last = {name: f"arg_max({cell}, place)" for name, cell in cells.items()}
    where = "arg_max(file, place) AS file, arg_max(row, place) AS row"
    kept = _replace(con, mapped, last, source, f"{where}, count(*) AS n, {several} AS differs")
    rows, n, differ = first(con, f"SELECT sum(n), count(*), count(*) FILTER (WHERE differs) FROM {kept.name}")
    kept = replace(kept, left_out=mapped.left_out + int(rows - n))
    return kept, [*notes, ("one_row", key, {"rows": int(rows), "n": n, "differ": differ})]


def _replace(con: Con, mapped: Mapped, cells: dict[str, str], source: str, where: str = "file, row") -> Mapped:
    """Put other cells in the place of a mapped table."""
    name = f"{mapped.name}_"
    named = ", ".join(f"{cell} AS m{i}" for i, cell in enumerate(cells.values()))
    con.execute(f"CREATE TABLE {name} AS SELECT {where}, {named} {source}")
    return replace(mapped, name=name, names=tuple(cells))
