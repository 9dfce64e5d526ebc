"""Forms for people: a workbook a form, with a list to choose the answer from."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

from icp_lab.locale import _
from icp_lab.study.corrections import Form

_WIDEST = 40


def write_form(path: Path, form: Form, rows: Sequence[Mapping[str, str]]) -> None:
    """How are people asked? With a row a question, what helps to answer it, and a cell for the answer.

    Parameters
    ----------
    path
        File to write; it appears whole or not at all.
    form
        What is asked.
    rows
        Texts by the names of the form's columns; an answer that stands there is kept.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{os.getpid()}.{path.name}")
    book = xlsxwriter.Workbook(str(draft), {"strings_to_formulas": False, "strings_to_urls": False})
    plain = {"text_wrap": True, "valign": "top", "num_format": "@"}
    head = book.add_format({**plain, "bold": True, "bottom": 1, "bg_color": "#EEF1F4"})
    cell, open_cell = book.add_format(plain), book.add_format({**plain, "bg_color": "#FFF8DC", "border": 1})
    sheet = book.add_worksheet(form.name[:31])
    for place, (column, words) in enumerate(form.columns.items()):
        said = [row.get(column, "") for row in rows]
        said = [_(word) for word in said] if column == form.answer and form.words else said
        sheet.write_string(0, place, _(words), head)
        sheet.set_column(place, place, min(_WIDEST, max(len(_(words)), *(2 * len(text) for text in said)) + 2))
        for number, text in enumerate(said, start=1):
            sheet.write_string(number, place, text, open_cell if column == form.answer else cell)
    if form.words:
        sheet.data_validation(1, len(form.columns) - 1, len(rows), len(form.columns) - 1, {
            "validate": "list", "source": list(map(_, form.words))})
    sheet.freeze_panes(1, len(form.keys))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.close()
    draft.replace(path)
