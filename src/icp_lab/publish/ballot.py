"""The ballot: a workbook in which each department votes on the lines of the draft, and which can be read back."""

from pathlib import Path

import pandas as pd

from icp_lab.locale import N_, _
from icp_lab.publish.book import Book
from icp_lab.publish.cells import clean, count_lines
from icp_lab.study.ballots import ABOUT, COLUMNS, DEPARTMENTS, HEADS, REVIEWER, SCHEMA, VOTE

_WIDTHS = (20, 34, 46, 8, 28, 28)
_LINE = 14.0  # points
_TOLD = (
    N_("Vote alone, before the meeting, and do not talk about it: a number from 1 (I am against this line) over 5 "
       "(undecided) to 9 (I stand behind it)."),
    N_("Leave a line empty that you cannot judge. Say why in the comment, and what should stand there instead."),
    N_("Save the filled workbook under another name in the folder review of the study, or in its place here: "
       "`icp-lab collect` takes it over."))


def write_ballot(path: Path, lines: pd.DataFrame, *, study: str, as_of: str, number: int) -> None:
    """Write the workbook in which departments vote: a sheet each, a row a line of the draft, its evidence beside it.

    Parameters
    ----------
    path : Path
        File to write.
    lines : DataFrame
        A row a line: item (its id), said and evidence (in words), mark (text that changes with the line).
    study : str
        Name of the study.
    as_of : str
        Day of the study, such as 2026-06-30.
    number : int
        Number of the round, from 1.

    Notes
    -----
    A hidden sheet says of which round the ballot is and which lines it has, so that a damaged one is known. Nothing but
    the answers can be edited. The same content gives the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> from icp_lab.study.ballots import read_ballot
    >>> lines = pd.DataFrame({"item": ["avoid.size"], "said": ["under 20 people"], "evidence": ["Weak."], "mark": "f3"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_ballot(Path(folder) / "b.xlsx", lines, study="Demo", as_of="2026-06-30", number=2)
    ...     [vote[:5] for vote in read_ballot(Path(folder) / "b.xlsx")][:2]
    [(2, 'marketing', 'b.xlsx', 'avoid.size', None), (2, 'sales', 'b.xlsx', 'avoid.size', None)]
    """
    title = _("{study}: ballot of round {round}").format(study=study, round=number)
    book = Book(path, title, as_of)
    text = {"text_wrap": True, "valign": "top", "font_size": 10, "border": 1, "border_color": "#D4D7DC"}
    styles = {"fixed": book.file.add_format(text), "bold": book.file.add_format({"bold": True, "font_size": 13}),
              "plain": book.file.add_format({"font_size": 10}),
              "id": book.file.add_format({**text, "font_color": "#6B7280"}),
              "answer": book.file.add_format({**text, "bg_color": "#FFF8DC", "locked": False})}
    for team in DEPARTMENTS.values():
        sheet = book.file.add_worksheet(_(team))
        for place, width in enumerate(_WIDTHS):
            sheet.set_column(place, place, width)
        sheet.write_string(0, 0, clean(f"{title}: {_(team)}"), styles["bold"])
        for row, told in enumerate(_TOLD, start=1):
            sheet.write_string(row, 0, _(told), styles["plain"])
        sheet.set_row(HEADS, 2 * _LINE)
        sheet.write_string(REVIEWER[0], 0, _("Who votes:"), styles["plain"])
        sheet.write_blank(*REVIEWER, None, styles["answer"])
        sheet.write_row(HEADS, 0, [_(head) for head in COLUMNS.values()], book.head)
        for row, line in enumerate(lines[["item", "said", "evidence"]].to_numpy().tolist(), start=HEADS + 1):
            sheet.write_string(row, 0, clean(line[0]), styles["id"])
            sheet.write_row(row, 1, list(map(clean, line[1:])), styles["fixed"])
            sheet.write_row(row, VOTE, [""] * (len(COLUMNS) - VOTE), styles["answer"])
            sheet.set_row(row, _LINE * max(map(count_lines, line, _WIDTHS)))
        votes = (HEADS + 1, VOTE, HEADS + len(lines), VOTE)
        sheet.data_validation(*votes, {"validate": "list", "source": [str(vote) for vote in range(1, 10)]})
        sheet.protect("", {"format_columns": True, "format_rows": True})
        book.fit_paper(sheet, HEADS, 2)
    _write_about(book, lines, number)
    book.file.close()


def _write_about(book: Book, lines: pd.DataFrame, number: int) -> None:
    """Say, where nobody sees it, what `read_ballot` holds the ballot to."""
    rows = [("about", "schema", SCHEMA), ("about", "round", str(number)), ("about", "study", book.title)]
    rows += [("sheet", _(name), code) for code, name in DEPARTMENTS.items()]
    rows += [("head", name, _(head)) for name, head in COLUMNS.items()]
    rows += list(zip(["item"] * len(lines), lines["item"], lines["mark"], strict=True))
    sheet = book.file.add_worksheet(ABOUT)
    for row, cells in enumerate(rows):
        sheet.write_row(row, 0, list(map(clean, cells)))
    sheet.hide()
    sheet.protect()
