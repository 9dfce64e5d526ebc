"""The Jupyter session around a step: what was executed in it, its parameters' values, how results are shown."""

import ast
from typing import Any

from IPython import get_ipython
from IPython.display import display

from icp_lab.pages.render import render_picture, render_prose, render_table
from icp_lab.process.notebook import NotebookFile
from icp_lab.views import picture, table, words

_SHOWN = ((table.Table, render_table), (picture.Picture, render_picture), (words.Prose, render_prose))


def register_views() -> None:
    """Let tables, pictures and sentences show themselves as HTML where a cell ends in one; nothing outside Jupyter.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from unittest.mock import patch
    >>> from IPython.core.formatters import DisplayFormatter
    >>> shell = SimpleNamespace(display_formatter=DisplayFormatter())
    >>> with patch("icp_lab.step.session.get_ipython", lambda: shell):
    ...     register_views()
    >>> shell.display_formatter.formatters["text/html"](words.Prose("**12** firms"))
    '<p class="prose"><strong>12</strong> firms</p>'
    """
    shell = get_ipython()
    if shell is not None:
        for kind, render in _SHOWN:
            shell.display_formatter.formatters["text/html"].for_type(kind, render)


def show_html(html: str, text: str) -> None:
    """Show a piece of HTML of the lab's own, with the words that stand for it where there is no HTML.

    Parameters
    ----------
    html : str
        The HTML; what comes from data is escaped in it already.
    text : str
        The words; where they are empty, nothing is printed outside Jupyter.

    Examples
    --------
    >>> show_html("<p>12 firms</p>", "12 firms")
    12 firms
    """
    if get_ipython() is not None:
        display({"text/html": html, "text/plain": text}, raw=True)  # type: ignore[no-untyped-call]
    elif text:
        print(text)


def show(*views: object) -> None:
    """Show results one after the other.

    Parameters
    ----------
    *views : object
        Tables, pictures, sentences, or results that show themselves; outside Jupyter each is printed.

    Examples
    --------
    >>> show(words.Prose("**12** firms"), 12)
    **12** firms
    12
    """
    for view in views:
        display(view) if get_ipython() is not None else print(view)  # type: ignore[no-untyped-call]


def parameter_values(file: NotebookFile) -> dict[str, Any]:
    """Give the values that a notebook's parameters have now.

    Parameters
    ----------
    file : NotebookFile
        The notebook's file, which declares them.

    Returns
    -------
    dict of str to object
        By name: the values of the session, else the defaults.

    Raises
    ------
    LabError
        When the file or its parameters cell cannot be read.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from unittest.mock import patch
    >>> from icp_lab.process.notebook import find_notebooks
    >>> file = NotebookFile(find_notebooks() / "02_best_customers.ipynb")
    >>> shell = SimpleNamespace(user_ns={"top_share": 0.2})  # what the analyst set in JupyterLab
    >>> with patch("icp_lab.step.session.get_ipython", lambda: shell):
    ...     inside = parameter_values(file)["top_share"]
    >>> inside, parameter_values(file)["top_share"]
    (0.2, 0.15)
    """
    shell = get_ipython()
    values = shell.user_ns if shell is not None else {}
    return {parameter.name: values.get(parameter.name, parameter.default) for parameter in file.parameters}


def ran_as_written(file: NotebookFile) -> bool:
    """Tell whether this session ran the notebook's cells as they stand in its file, in order, after its parameters.

    Only then do its artifacts follow from the file and the parameters. Cells run twice, left out, changed or added
    make the answer no; the runner then runs the notebook again.

    Parameters
    ----------
    file : NotebookFile
        The notebook's file.

    Returns
    -------
    bool
        False outside Jupyter too.

    Raises
    ------
    LabError
        When the file or its parameters cell cannot be read.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from unittest.mock import patch
    >>> from icp_lab.process.notebook import find_notebooks
    >>> file = NotebookFile(find_notebooks() / "02_best_customers.ipynb")
    >>> for cells in (file.code, file.code[:-1]):  # the last one is left out
    ...     shell = SimpleNamespace(history_manager=SimpleNamespace(input_hist_raw=["", *cells]))
    ...     with patch("icp_lab.step.session.get_ipython", lambda: shell):
    ...         ran_as_written(file)
    True
    False
    """
    shell = get_ipython()
    if shell is None:
        return False
    names = {parameter.name for parameter in file.parameters}
    written = _outline(file.code, names)
    executed = [cell for cell in shell.history_manager.input_hist_raw if cell.strip()]
    opened = [place for place, cell in enumerate(executed) if written and cell.strip() == written[0]]
    return bool(opened) and _outline(tuple(executed[opened[-1]:]), names) == written


def _outline(cells: tuple[str, ...], names: set[str]) -> list[str]:
    """List the cells, with one mark for parameter cells in a row: their values count by themselves."""
    marked = ["(parameters)" if _is_parameters(cell, names) else cell.strip() for cell in cells if cell.strip()]
    return [cell for place, cell in enumerate(marked) if cell != "(parameters)" or marked[place - 1 : place] != [cell]]


def _is_parameters(cell: str, names: set[str]) -> bool:
    """Is this cell nothing but values for declared parameters, as the parameters cell and papermill's own are?"""
    try:
        statements = ast.parse(cell).body
    except SyntaxError:
        return False
    return bool(statements) and all(_assigned(statement) <= names and _assigned(statement) for statement in statements)


def _assigned(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return {statement.target.id}
    if isinstance(statement, ast.Assign):
        return {target.id if isinstance(target, ast.Name) else "" for target in statement.targets}
    return set()
