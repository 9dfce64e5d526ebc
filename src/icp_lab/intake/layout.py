"""Which rows of a file are data: titles above the column names and remarks below the last row are not."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

from icp_lab.errors import Place, refusals, utter
from icp_lab.intake.packed import check_book
from icp_lab.locale.declared import read_declared

if TYPE_CHECKING:
    from pathlib import Path

    from python_calamine import CalamineWorkbook

# Merged cells of a sheet: the row and column of the first and of the last, from 0.
Merge = tuple[tuple[int, int], tuple[int, int]]
Row = list[str]

_LAYOUT = read_declared("icp_lab.intake", "layout.toml")
TOTALS: tuple[str, ...] = _LAYOUT["totals"]
_FOOTERS: tuple[str, ...] = _LAYOUT["footers"]
_SAMPLE, _TAIL, _WIDEST = 50, 15, 1_000
_UNWRITABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_NUMBER = re.compile(r"[\d\s.,:/%¥$€+-]+")


@dataclass
class Layout:
    """The column names of a file, and its data rows: to be walked once, after which `footer` is known.

    `above` rows stood above the column names; `joined` says that these took two rows.
    """

    headers: tuple[str, ...]
    above: int
    joined: bool
    _rows: Iterator[Row]
    footer: list[Row] = field(default_factory=list)

    @property
    def plain(self) -> bool:
        """Tell whether the column names are the first row."""
        return not self.above and not self.joined

    def data(self) -> Iterator[Row]:
        """Give the rows below the column names, without empty ones and without a footer."""
        held: deque[Row] = deque()
        for row in self._rows:
            held.append(row)
            if len(held) > _TAIL and (out := held.popleft()):
                yield out
        rows = list(held)
        start = _find_footer(rows, len(self.headers))
        yield from filter(None, rows[:start])
        self.footer = [row for row in rows[start:] if row]


def lay_out(rows: Iterable[Row], merges: Sequence[Merge] = ()) -> Layout:
    """Find the column names among the first rows.

    Parameters
    ----------
    rows
        All rows as they stand, empty ones too.
    merges
        Merged cells; each has the text of its first.
    """
    walk = iter(rows)
    sample = list(islice(walk, _SAMPLE))
    top = _find_header(sample)
    names = sample[top] if sample else []
    across = [right - left for (first, left), (last, right) in merges if first == last == top and right > left]
    joined = bool(across) and max(across) + 1 < len(names) and top + 1 < len(sample) and not any(
        map(_NUMBER.fullmatch, sample[top + 1]))
    if joined:
        names = [" ".join(dict.fromkeys(filter(None, pair))) for pair in zip(names, sample[top + 1], strict=False)]
    rest = chain(sample[top + 1 + joined:], walk)
    return Layout(name_headers(names), sum(map(any, sample[:top])), joined, rest)


def _find_header(sample: Sequence[Row]) -> int:
    """Find the first row that is about as full as the rows below it and holds nothing but different words."""
    counts = [0 if not any(row) else 1 if len(set(row)) == 1 else sum(map(bool, row)) for row in sample]
    first = next((i for i, count in enumerate(counts) if count), 0)
    filled = sorted(filter(None, counts))
    usual = filled[int(0.9 * (len(filled) - 1))] if filled else 0
    if usual < 3 or counts[first] > 0.5 * usual:
        return first
    top = next((i for i, count in enumerate(counts) if count >= 0.6 * usual), first)
    words = [cell for cell in sample[top] if cell]
    return top if len(set(words)) > 1 and not any(map(_NUMBER.fullmatch, words)) else first


def _find_footer(rows: Sequence[Row], width: int) -> int:
    """Find where in the last rows a footer begins: at one of its phrases, with the short lines above it."""
    filled = [sum(map(bool, row)) for row in rows]
    start = len(rows)
    while width > 2 and start and filled[start - 1] <= 2:
        start -= 1
    said = next((i for i in range(start, len(rows)) if any(cell.casefold().startswith(_FOOTERS) for cell in rows[i])),
                len(rows))
    while said < len(rows) and said > start and filled[said - 1] == 1:
        said -= 1
    return said


def name_headers(cells: Iterable[str]) -> tuple[str, ...]:
    """Clean the header row: no signs that study.yml cannot hold, no blanks around, a name for each that is its own."""
    names: list[str] = []
    if (n := len(cells := list(cells))) > _WIDEST:
        raise utter("study.too_wide", n=n, most=_WIDEST)
    for j, cell in enumerate(cells, start=1):
        name = _UNWRITABLE.sub("", cell).strip(" \t\r\n\u3000\u00a0\ufeff") or f"column_{j}"
        seen, base = 2, name
        while name in names:
            name, seen = f"{base}_{seen}", seen + 1
        names.append(name)
    return tuple(names)


@contextmanager
def open_book(path: "Path", shown: str) -> "Iterator[CalamineWorkbook]":
    """Open a workbook, and refuse what its reader cannot make sense of."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  (only studies with workbooks)

    check_book(path, shown)
    with refusals.reading(shown, CalamineError):
        book = CalamineWorkbook.from_path(path)
        if not book.sheet_names:
            raise CalamineError("no sheet")  # a damaged list of sheets reads as an empty one
        yield book


def read_sheet(path: "Path", sheet: str, shown: str) -> Layout:
    """Read a sheet of a workbook; merged cells all have the text of the first."""
    with open_book(path, shown) as book:
        if sheet and sheet not in book.sheet_names:
            raise utter("study.no_sheet", Place(shown), sheet=sheet, names=refusals.list_words(book.sheet_names),
                        remedy=refusals.nearest(sheet, book.sheet_names))
        found = book.get_sheet_by_name(sheet or book.sheet_names[0])
    y, x = found.start or (0, 0)
    merges = [((top - y, left - x), (bottom - y, right - x)) for (top, left), (bottom, right)
              in found.merged_cell_ranges or () if top >= y and x <= left < x + found.width]
    rows = [list(map(write_cell, row)) for row in found.to_python(skip_empty_area=True)]
    for (top, left), (bottom, right) in merges:
        for row in rows[top:bottom + 1]:
            row[left:right + 1] = [rows[top][left]] * len(row[left:right + 1])
    return lay_out([row if any(row) else [] for row in rows], merges)


def write_cell(cell: object) -> str:
    """Write a cell of a workbook as a file of text would hold it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
