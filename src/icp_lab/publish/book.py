"""Workbooks that all look and print alike: sheets of rows or of tables, each cell written as what it is.

Text out of the data is written as text: nothing in a cell is ever a formula or a link, whatever it begins with.
The same content gives the same bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import xlsxwriter
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from icp_lab.locale import _, language
from icp_lab.publish.cells import RISKY, clean, count_lines, is_missing, tell_kind
from icp_lab.views.table import LEFT, Table, say_value
from icp_lab.views.words import phrase

# How a cell begins that a spreadsheet takes for a formula, or for a number that it writes in another way.
_FORMULA = r"^(?=\s*[=+\-@\t\r＝＋－＠]|0\d|\d{16})"
_LINE, _HIGHEST = 14.0, 409.0  # points
_PAPER = 215.0  # letters across A4 landscape at the smallest scale that one reads without a glass: 7 points
_FORMATS = {"integer": "#,##0", "money": "#,##0", "number": "#,##0.00", "ratio": "0.0#", "months": "0.0", "share": "0%",
            "p": "0.000", "date": "yyyy-mm-dd", "text": "@"}


class Book:
    """Write a workbook whose sheets all look and print alike; `file.close()` puts it on the disk.

    Parameters
    ----------
    path : Path
        File to write, in a folder that is there.
    title : str
        Title of the workbook, which stands in the foot of every printed sheet.
    as_of : str, default ''
        Day of the study, such as 2026-06-30, for the foot; empty: none.

    Examples
    --------
    >>> import tempfile
    >>> from python_calamine import CalamineWorkbook
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     book = Book(Path(folder) / "b.xlsx", "Firms", "2026-06-30")
    ...     sheet = book.add_sheet("All", pd.DataFrame({"Name": ["=1+1"], "Employees": [120]}))
    ...     book.file.close()
    ...     CalamineWorkbook.from_path(Path(folder) / "b.xlsx").get_sheet_by_name("All").to_python()
    [['Name', 'Employees'], ['=1+1', 120.0]]
    """

    def __init__(self, path: Path, title: str, as_of: str = "") -> None:
        self.title, self.as_of = title, as_of
        font = {"font_name": "Yu Gothic" if language() == "ja" else "Calibri", "font_size": 10}
        plain = {f"strings_to_{each}": False for each in ("formulas", "urls", "numbers")}
        self.file = xlsxwriter.Workbook(str(path), {**plain, "default_format_properties": font})
        created = datetime.fromisoformat(as_of or "2000-01-01")
        self.file.set_properties({"title": clean(self.title), "created": created})
        wrap = {"text_wrap": True, "valign": "top"}
        head = {**wrap, "bold": True, "bottom": 1, "bg_color": "#EEF1F4"}
        left = {"align": "left", "indent": 1}
        self.head, self.figures = (self.file.add_format(head | look) for look in (left, {"align": "right"}))
        # The quote mark keeps a text a text when somebody edits the cell.
        self.quoted = self.file.add_format({**wrap, **left, "num_format": "@", "quote_prefix": True})
        self.formats = {kind: self.file.add_format(wrap | {"num_format": code} | (left if kind == "text" else {}))
                        for kind, code in _FORMATS.items()}

    def add_sheet(self, name: str, frame: pd.DataFrame, frozen: int = 1,
                  kinds: Mapping[str, str | Sequence[str]] = MappingProxyType({}), printed: int = 0) -> Any:
        """Add a sheet of rows with a filter on every column, a frozen head, and A4 landscape for paper.

        Each cell is written as what it is, the figures of a column in `kinds` as what that says, for all or row by row.

        Parameters
        ----------
        name : str
            Name of the sheet; what is beyond 31 characters is cut.
        frame : DataFrame
            The rows; its columns are the heads as they are to be read. A missing value leaves its cell empty.
        frozen : int, default 1
            How many columns stay in sight.
        kinds : Mapping of str to str or Sequence of str, optional
            How the figures of a column are written: integer, money, number, ratio, months, share, p, date or text; a
            sequence has one for each row, empty where the value decides.
        printed : int, default 0
            How many columns go to paper, the first ones, which is as wide as they are; 0: all.

        Returns
        -------
        Worksheet
            The sheet of xlsxwriter, for more than all sheets have.

        Examples
        --------
        >>> book = Book(Path("nowhere.xlsx"), "Firms")
        >>> sheet = book.add_sheet("Shares", pd.DataFrame({"Firm": ["A"], "Share": [0.25]}), kinds={"Share": "share"})
        >>> sheet.get_name(), sheet.dim_rowmax, sheet.dim_colmax
        ('Shares', 1, 1)
        """
        sheet, lines = self.file.add_worksheet(name[:31]), [1] * (len(frame) + 1)
        needed = [_fit_width([*str(head).split(), *cells.head(200)]) for head, cells in frame.items()]
        shown = printed or len(needed)
        widths = _share_paper(needed[:shown]) + needed[shown:]
        for place, (head, cells) in enumerate(frame.items()):
            figures = is_numeric_dtype(cells) and not is_bool_dtype(cells)
            sheet.write_string(0, place, clean(str(head)), self.figures if figures else self.head)
            sheet.set_column(place, place, width := widths[place])
            for row, value in enumerate([head, *cells]):
                if isinstance(value, str) and len(value) * 2 > width:
                    lines[row] = max(lines[row], count_lines(value, width))
            usual = "integer" if figures and bool((cells.dropna() % 1 == 0).all()) else ""
            told = kinds.get(str(head), usual)
            for row, value in enumerate(cells, start=1):
                if not is_missing(value):
                    kind = told if isinstance(told, str) else told[row - 1]
                    self.write(sheet, (row, place), value, kind or tell_kind(value))
        self._fit_rows(sheet, lines)
        sheet.autofilter(0, 0, len(frame), max(frame.shape[1] - 1, 0))
        sheet.print_area(0, 0, len(frame), max(shown - 1, 0))
        self.fit_paper(sheet, 0, frozen)
        return sheet

    def add_tables(self, name: str, *tables: Table) -> Any:
        """Add a sheet of tables, each under its title: figures as figures, with the ends of their intervals beside.

        Parameters
        ----------
        name : str
            Name of the sheet; what is beyond 31 characters is cut.
        *tables : Table
            The tables, one below the other; a sentence in the last column runs over what is right of it.

        Returns
        -------
        Worksheet
            The sheet of xlsxwriter.

        Examples
        --------
        >>> import tempfile
        >>> from python_calamine import CalamineWorkbook
        >>> from icp_lab.views.table import Column
        >>> columns = (Column("n", "Companies", "integer", low="least", high="most"),)
        >>> table = Table(pd.DataFrame({"n": [120], "least": [90], "most": [160]}), columns, "How many there are")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     book = Book(Path(folder) / "b.xlsx", "Market")
        ...     sheet = book.add_tables("Market", table)
        ...     book.file.close()
        ...     CalamineWorkbook.from_path(Path(folder) / "b.xlsx").get_sheet_by_index(0).to_python()[:3]
        [['How many there are', '', ''], ['Companies', 'Lower end', 'Upper end'], [120.0, 90.0, 160.0]]
        """
        sheet, bold = self.file.add_worksheet(name[:31]), self.file.add_format({"bold": True, "font_size": 12})
        row, lines, widths = 0, dict[int, int](), dict[int, float]()
        for table in tables:
            sheet.write_string(row, 0, clean(table.title.replace("**", "")), bold)
            places = [(phrase("workbook", end) if end else " ".join(filter(None, (head, unit))), source, column.kind)
                      for column, (head, _scaled) in zip(table.columns, table.heads(), strict=True)
                      for source, end in zip(column.sources, ("", "low", "high"), strict=False)
                      for unit in [_(column.unit)]]
            for place, (head, source, kind) in enumerate(places):
                sheet.write_string(row + 1, place, clean(head), self.head if kind in LEFT else self.figures)
                cells = table.rows[source].tolist()
                told = kind in LEFT and place == len(places) - 1  # a sentence, over what is right of it
                width = widths[place] = max(widths.get(place, 9), _fit_width([head, *cells[:0 if told else None]]))
                for below, value in enumerate(cells, start=row + 2):
                    if not is_missing(value):
                        if told:
                            sheet.merge_range(below, place, below, 6, "", self.formats["text"])
                        self.write(sheet, (below, place), value, "text" if kind in LEFT else kind)
                        lines[below] = max(lines.get(below, 1), count_lines(say_value(value), 80 if told else width))
            row += len(table.rows) + 2
            if table.note:
                sheet.merge_range(row, 0, row, 6, "", self.formats["text"])
                sheet.write_string(row, 0, clean(table.note), self.formats["text"])
                lines[row] = count_lines(table.note, 100)
            row += 2
        for place, width in widths.items():
            sheet.set_column(place, place, width)
        self._fit_rows(sheet, [lines.get(each, 1) for each in range(row)])
        self.fit_paper(sheet, 1, 1)
        return sheet

    def _fit_rows(self, sheet: Any, lines: Sequence[int]) -> None:
        """Make rows as high as what wraps in them: not every program does that by itself."""
        for row, most in enumerate(lines):
            if most > 1:
                sheet.set_row(row, min(_LINE * most, _HIGHEST))

    def fit_paper(self, sheet: Any, head: int, frozen: int) -> None:
        """Keep the head row in sight, on the screen and on A4 landscape, as wide as the page.

        Parameters
        ----------
        sheet : Worksheet
            A sheet of this book.
        head : int
            The row of the heads, from 0; it is repeated on every page.
        frozen : int
            How many columns stay in sight.

        Examples
        --------
        >>> book = Book(Path("nowhere.xlsx"), "Firms & folk", "2026-06-30")
        >>> sheet = book.file.add_worksheet("All")
        >>> book.fit_paper(sheet, 0, 1)
        >>> sheet.footer
        '&LFirms && folk&C2026-06-30&R&P / &N'
        """
        sheet.freeze_panes(head + 1, frozen)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.6)
        sheet.set_header("&L&12&A")
        # An ampersand is a mark of the footer's own language, and a footer holds 255 characters.
        sheet.set_footer(f"&L{clean(self.title).replace('&', '&&')[:100]}&C{self.as_of}&R&P / &N")

    def write(self, sheet: xlsxwriter.worksheet.Worksheet, cell: tuple[int, int], value: Any, kind: str) -> None:
        """Write a cell as what it is; a text that a program might reckon with is marked as a text.

        Parameters
        ----------
        sheet : Worksheet
            A sheet of this book.
        cell : tuple of 2 int
            Row and column, from 0.
        value : object
            What the cell holds, none that is missing: a Timestamp where the kind is date, a number where it is no text.
        kind : str
            How it is written: text, date, integer, money, number, ratio, months, share or p.

        Examples
        --------
        >>> import tempfile
        >>> from python_calamine import CalamineWorkbook
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     book = Book(Path(folder) / "b.xlsx", "Cells")
        ...     sheet = book.file.add_worksheet("All")
        ...     book.write(sheet, (0, 0), "=HYPERLINK(1)", "text")
        ...     book.write(sheet, (0, 1), 0.25, "share")
        ...     book.file.close()
        ...     CalamineWorkbook.from_path(Path(folder) / "b.xlsx").get_sheet_by_index(0).to_python()
        [['=HYPERLINK(1)', 0.25]]
        """
        if kind == "text":
            text = clean(say_value(value))
            sheet.write_string(*cell, text, self.quoted if text[:1] in RISKY else self.formats[kind])
        elif kind == "date":
            sheet.write_datetime(*cell, value.to_pydatetime(), self.formats[kind])
        else:
            sheet.write_number(*cell, float(value), self.formats[kind])


def write_book(path: Path, title: str, sheets: Mapping[str, pd.DataFrame], frozen: int = 2,
               kinds: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write a workbook of sheets by their names.

    Parameters
    ----------
    path : Path
        File to write; its folder is made where it is not there.
    title : str
        Title of the workbook.
    sheets : Mapping of str to DataFrame
        The rows of each sheet, with heads as they are to be read.
    frozen : int, default 2
        How many columns of each sheet stay in sight.
    kinds : Mapping of str to str, optional
        How the figures of a column are written, as in `Book.add_sheet`.

    Examples
    --------
    >>> import tempfile
    >>> from python_calamine import CalamineWorkbook
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "private" / "calls.xlsx"
    ...     write_book(path, "Calls", {"Monday": pd.DataFrame({"Name": ["Ann"]}), "Friday": pd.DataFrame()})
    ...     CalamineWorkbook.from_path(path).sheet_names
    ['Monday', 'Friday']
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Book(path, title)
    for name, frame in sheets.items():
        book.add_sheet(name, frame, frozen, kinds)
    book.file.close()


def write_csv(path: Path, frame: pd.DataFrame, said: Iterable[str]) -> None:
    """Write a table for Excel, which takes nothing in the columns `said` for a formula, or for a number of its own.

    Parameters
    ----------
    path : Path
        File to write, in UTF-8 with the mark that Excel asks for; its folder is made where it is not there.
    frame : DataFrame
        The rows, with heads as they are to be read.
    said : Iterable of str
        Columns of texts: a cell that begins like a formula, with a zero before a figure, or with 16 figures gets an
        apostrophe before it; a missing one becomes empty.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_csv(Path(folder) / "t.csv", pd.DataFrame({"name": ["=1+1", "Acme"], "n": [-1, 2]}), ["name"])
    ...     (Path(folder) / "t.csv").read_text(encoding="utf-8-sig").splitlines()
    ['name,n', "'=1+1,-1", 'Acme,2']
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    safe = {name: frame[name].fillna("").astype("str").str.replace(_FORMULA, "'", regex=True) for name in said}
    frame.assign(**safe).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _fit_width(cells: list[object]) -> float:
    """Fit a column to what it holds; wide characters take two places."""
    said = [f"{cell:,.2f}" if isinstance(cell, float) else say_value(cell) for cell in cells]
    return float(min(max(8, *(len(text) + 2 + sum(ord(mark) > 0x2E80 for mark in text) for text in said)), 60))


def _share_paper(widths: Sequence[float]) -> list[float]:
    """Narrow columns, those most that ask for most, so that all of them go on a page that one can read."""
    least = [min(width, 11.0) for width in widths]
    part = min(max(_PAPER - sum(least), 0) / ((sum(widths) - sum(least)) or 1), 1)
    return [low + part * (width - low) for low, width in zip(least, widths, strict=True)]
