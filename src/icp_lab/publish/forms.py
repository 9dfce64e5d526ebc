"""Forms for people: a workbook a form, with a list to choose the answer from."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from icp_lab.locale import _
from icp_lab.publish.book import Book
from icp_lab.study.corrections import Form


def write_form(path: Path, form: Form, rows: Sequence[Mapping[str, str]]) -> None:
    """Write the form in which people are asked: a row a question, what helps to answer it, and a cell for the answer.

    Parameters
    ----------
    path : Path
        File to write; it appears whole or not at all. Its folder is made where it is not there.
    form : Form
        What is asked, and which answers may be chosen.
    rows : Sequence of Mapping of str to str
        Texts by the names of the form's columns; a column may be left out, and an answer that stands there is kept.

    Examples
    --------
    >>> import tempfile
    >>> from python_calamine import CalamineWorkbook
    >>> form = Form("same", {"one": "this", "other": "that", "same": "same?"}, ("one", "other"), {"yes": (), "no": ()})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_form(Path(folder) / "same.xlsx", form, [{"one": "Acme", "other": "ACME Inc.", "same": "yes"}])
    ...     CalamineWorkbook.from_path(Path(folder) / "same.xlsx").get_sheet_by_index(0).to_python()
    [['this', 'that', 'same?'], ['Acme', 'ACME Inc.', 'yes']]
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
