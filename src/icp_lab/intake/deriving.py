"""What follows from the mapped columns, as a format declares it; and one row an account out of a file with many."""

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from icp_lab.errors import study as errors
from icp_lab.intake.files import first, quoted
from icp_lab.intake.formats import Note
from icp_lab.intake.mapping import Mapped
from icp_lab.tables import BY_NAME

if TYPE_CHECKING:
    import duckdb

    from icp_lab.intake.spec import Spec


def derive_columns(con: "duckdb.DuckDBPyConnection", spec: "Spec", mapped: Mapped) -> tuple[Mapped, list[Note]]:
    """Apply the rules of a table's format, and count the cells that each changed; columns named _x are used up here."""
    rules = spec.dialect.derive if spec.dialect else {}
    cells = {name: mapped.cell(name) for name in mapped.names}
    ready = {column: rule for column, rule in rules.items()
             if set(rule["needs"]) <= set(cells) and (column in rule["needs"] or column not in cells)}
    if not ready and not any(name.startswith("_") for name in spec.columns):
        return mapped, []
    con.execute(files("icp_lab.intake").joinpath("dialects", "macros.sql").read_text(encoding="utf-8"))
    changed = ["count(*)"]
    for column, rule in ready.items():
        names = "|".join(sorted((*rule["needs"],), key=len, reverse=True))
        done = re.sub(rf"\b({names})\b", lambda found: cells[found[1]], rule["sql"])
        changed.append(f"count(*) FILTER (WHERE ({done}) IS DISTINCT FROM {cells.get(column, 'NULL')})")
        cells[column] = f"({done})"
    _rows, *counts = first(con, f"SELECT {', '.join(changed)} FROM {mapped.name}")
    kept = {name: cell for name, cell in cells.items() if not name.startswith("_") or name not in spec.columns}
    notes: list[Note] = [(rule["note"], column, {"n": n})
                         for (column, rule), n in zip(ready.items(), counts, strict=True) if n]
    return _replace(con, spec, mapped, kept, f"FROM {mapped.name}"), notes


def keep_latest(con: "duckdb.DuckDBPyConnection", spec: "Spec", mapped: Mapped) -> tuple[Mapped, list[Note]]:
    """Keep one row a key, with the last value of each mapped column; by the file's order, or by the column named."""
    if not spec.one_row:
        return mapped, []
    key = BY_NAME[spec.table].key
    by = "" if spec.one_row == "latest" else spec.one_row
    for name in filter(None, (key, by)):
        if name not in mapped.names:
            raise errors.no_column(spec.line("one_row"), "one_row", name, mapped.names)
    cells = {name: mapped.cell(name) for name in mapped.names if name in spec.columns or name in spec.set}
    order = f"as_date({mapped.cell(by)}) NULLS FIRST, file, row" if by else "file, row"
    group = f"GROUP BY {cells[key]}, CASE WHEN {cells[key]} IS NULL THEN place END"
    source = f"FROM (SELECT *, row_number() OVER (ORDER BY {order}) AS place FROM {mapped.name}) {group}"
    several = " OR ".join(f"count(DISTINCT {cell}) > 1" for cell in cells.values())
    rows, n, differ = first(con, f"SELECT sum(n), count(*), count(*) FILTER (WHERE differs) "
                                 f"FROM (SELECT count(*) AS n, {several} AS differs {source})")
    last = {name: f"arg_max({cell}, place)" for name, cell in cells.items()}
    kept = _replace(con, spec, mapped, last, source, ("arg_max(file, place)", "arg_max(row, place)"), int(rows - n))
    return kept, [("one_row", key, {"rows": int(rows), "n": n, "differ": differ})]


def _replace(con: "duckdb.DuckDBPyConnection", spec: "Spec", mapped: Mapped, cells: dict[str, str],  # noqa: PLR0913, PLR0917
             source: str, numbers: tuple[str, str] = ("file", "row"), folded: int = 0) -> Mapped:
    """Put other cells in the place of a mapped table."""
    name = quoted(mapped.name.strip('"') + "_")
    named = ", ".join(f"{cell} AS m{i}" for i, cell in enumerate(cells.values()))
    con.execute(f"CREATE TABLE {name} AS SELECT {numbers[0]} AS file, {numbers[1]} AS row, {named} {source}")
    con.execute(f"DROP TABLE {mapped.name}")
    return Mapped(name, tuple(cells), mapped.left_out + folded, mapped.dropped)
