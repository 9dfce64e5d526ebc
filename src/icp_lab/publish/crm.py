"""What is loaded into a CRM by file, on purpose not by its API: loaders, roll-back, fields to create, and how to.

A loader's cells are what the CRM is to store, letter by letter, and quoted: a mark put before `=` would be stored too.
What people open in Excel lies in a folder of its own, where such a cell begins with an apostrophe.
"""

import csv
import json
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from icp_lab.artifacts.manifest import write_text
from icp_lab.locale import _, language
from icp_lab.methods.crm import LOADED, SYSTEMS, TARGETS, Loads, Target
from icp_lab.pages.render import render_whole
from icp_lab.publish.book import Book, write_csv
from icp_lab.publish.cells import clean
from icp_lab.publish.products import Publication
from icp_lab.rule import Rule
from icp_lab.views import crm
from icp_lab.views.table import MISSING


def write_crm(given: Publication, folder: Path) -> None:
    """Write the files for the CRMs: on companies into `crm`, on people into `private/crm`; crm.html says how to.

    Parameters
    ----------
    given : Publication
        What products are made from; the artifact `loads` says what would change. Without it the page says so.
    folder : Path
        Stands for OUT. A file holds the records that are new or changed, and has its heads alone where none is.

    Examples
    --------
    >>> import tempfile
    >>> from datetime import date
    >>> from icp_lab.views.picture import About
    >>> icp = {"schema": 1, "verdict": "unsupported", "criteria": []}
    >>> given = Publication(icp, None, None, About(date(2026, 6, 30), "EUR", "Demo"), {}.get, None, None)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_crm(given, Path(folder))
    ...     sorted(path.name for path in Path(folder).iterdir()), list(Path(folder, "crm").iterdir())
    (['crm', 'crm.html'], [])
    """
    found = given.find("loads")
    loads = Loads(pd.DataFrame(columns=["file", "state"]) if found is None else found)
    files = loads.frame["file"].unique()
    card = (given.find("score") or {}).get("score") or {}
    # By id first, so that a name may change.
    personas = {str(one["id"]): f"{one['id']}: {one['name']}" for one in given.icp.get("personas") or []}
    write = partial(_write_cell, personas, card.get("points") or [])
    for name in files:
        write_target((folder / crm.place_file(loads, name)).parent, TARGETS[name], loads, write)
    (folder / "crm").mkdir(parents=True, exist_ok=True)
    systems = dict.fromkeys(TARGETS[name].system for name in files)
    fields = {system: crm.tabulate_fields(loads, system, personas) for system in systems}
    if fields:
        book = Book(folder / "crm" / "fields.xlsx", _("Fields to create"), str(given.icp.get("as_of") or ""))
        for system, table in fields.items():
            cells = pd.DataFrame(table.cells(), columns=[head for head, _unit in table.heads()]).replace(MISSING, None)
            book.add_sheet(SYSTEMS[system]["name"], cells).set_column(4, 4, 72)  # all values of a field on one line
        book.file.close()
    write_text(folder / "crm.html", render_whole(
        "crm.html.j2", _("Into the CRM"), given.about.source, view=crm, loads=loads, fields=fields, icp=given.icp,
        rule=Rule.from_profile(given.icp), about=given.about))


def write_target(folder: Path, target: Target, loads: Loads, write: Callable[[Target, str, str], str]) -> None:
    """Write what an object is loaded with, what takes it back, and what people have to clear or to look at.

    Parameters
    ----------
    folder : Path
        Where to write; it is made where it is not there.
    target : Target
        The object of a CRM.
    loads : Loads
        What would be loaded; the rows of other objects are left alone.
    write : callable
        Says in words what a field is to hold, given the target, the column and its code.

    Examples
    --------
    >>> import tempfile
    >>> target = TARGETS["hubspot_companies"]
    >>> row = {"file": target.file, "id": "a", "by": "hs_object_id", "key": "17", "state": "changed", "why": None}
    >>> row |= dict.fromkeys(target.fields) | {"icp_fit": "in", "held": '{"icp_fit": "out"}'}
    >>> loads = Loads(pd.DataFrame([row]))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_target(Path(folder), target, loads, lambda target, column, code: code.upper())
    ...     [path.read_text().splitlines()[1].split(",")[:2] for path in sorted(Path(folder).glob("*.csv"))]
    [['"17"', '"IN"'], ['"17"', '"out"']]
    """
    rows = loads.frame[loads.frame["file"].eq(target.file) & loads.frame["state"].isin(LOADED)].sort_values("key")
    system, keys = SYSTEMS[target.system], rows["key"].rename(crm.name_key(loads, target))
    heads = {column: crm.name_field(target, column) for column in target.fields}
    new = pd.DataFrame({head: rows[column].map({code: write(target, column, code)
                                                for code in rows[column].dropna().unique()}).astype("str")
                        for column, head in heads.items()})
    held = list(map(json.loads, rows["held"]))
    # What the export does not have is not known, and stays; where it has nothing of it, nothing was there.
    known = [column for column in heads if not held[:1] or not held[0] or column in held[0]]
    old = pd.DataFrame({heads[column]: [said.get(column) for said in held] for column in known},
                       index=rows.index, dtype="str")
    folder.mkdir(parents=True, exist_ok=True)
    for kind, cells, before in (("", new, old), ("_rollback", old, new)):
        gone = cells.isna() & before.reindex(columns=cells.columns).notna()
        filled = cells.mask(gone, system["empty"]) if system["empty"] else cells.dropna(how="all")
        if not kind or len(filled):
            _write_parts(folder / f"{target.file}{kind}", keys, filled, system)
        if not system["empty"] and gone.any(axis=None):  # the CRM leaves alone what is blank
            cleared = gone.loc[gone.any(axis=1)].apply(lambda row: "; ".join(row.index[row]), axis=1)
            _write_sheet(folder, f"{target.file}{kind}_clear", keys[cleared.index], cleared.rename(_("To clear")))
    if len(rows):
        _write_sheet(folder, target.file, keys, new)
    if len(left := crm.list_left_out(loads, target.file)):
        _write_sheet(folder, f"{target.file}_left_out", left)


def _write_cell(personas: dict[str, str], points: list[dict[str, Any]], target: Target, column: str, code: str) -> str:
    """Write what a field is to hold: personas by their names, points by the criterion that gives them."""
    said = target.field(column)
    if column == "icp_persona":
        return personas.get(code, code)
    if column.endswith("_reason"):
        return crm.say_reason(code, points)[:said.length]
    return said.words[code][language()] if said.words and SYSTEMS[target.system]["labels"] else clean(code)


def _write_parts(path: Path, keys: pd.Series, cells: pd.DataFrame, system: dict[str, Any]) -> None:
    """Write a loader: UTF-8 without a mark, all cells quoted, further files where one would hold too much."""
    rows = pd.concat([keys[cells.index], cells], axis=1).fillna("")
    head, *lines = map(_write_line, [list(rows), *rows.to_numpy().tolist()])
    longest = max(map(len, lines), default=1)
    most = max(1, min(int(system["rows"]) - 1, (int(system["bytes"]) - len(head)) // longest))
    for place in range(0, len(lines) or 1, most):
        name = f"{path.name}_{place // most + 1}.csv" if place else f"{path.name}.csv"
        (path.parent / name).write_bytes(b"".join([head, *lines[place:place + most]]))


def _write_line(cells: list[str]) -> bytes:
    stream = StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerow(cells)
    return stream.getvalue().encode()


def _write_sheet(folder: Path, name: str, *columns: pd.Series | pd.DataFrame) -> None:
    """Write what people look at in Excel, where no cell is a formula."""
    cells = pd.concat(columns, axis=1)
    write_csv(folder / "excel" / f"{name}.csv", cells, cells.columns)
