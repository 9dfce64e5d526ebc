"""Forms for people: a workbook a form, with a list to choose the answer from."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from icp_lab.locale import _
from icp_lab.publish.book import Book
from icp_lab.study.corrections import Form


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
    book, frame = Book(draft, form.name), pd.DataFrame(rows, columns=list(form.columns), dtype=object).fillna("")
    if form.words:
        frame[form.answer] = [word and _(word) for word in frame[form.answer]]
    sheet = book.add_sheet(form.name, frame.set_axis([_(head) for head in form.columns.values()], axis=1),
                           frozen=len(form.keys))
    answers = (1, frame.shape[1] - 1, len(frame), frame.shape[1] - 1)
    colour = book.file.add_format({"bg_color": "#FFF8DC", "border": 1})
    sheet.conditional_format(*answers, {"type": "no_errors", "format": colour})
    if form.words:
        sheet.data_validation(*answers, {"validate": "list", "source": list(map(_, form.words))})
    book.file.close()
    draft.replace(path)
