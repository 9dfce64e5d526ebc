"""The nine steps of the documented process, their sub-items and their notebooks: `declared.toml` is the one list.

Navigation, checklist, run order, docs and tests derive from `STEPS` and `NOTEBOOKS`.
A notebook that is declared here but whose file does not exist is not in this version, and so are its sub-items.
"""

from dataclasses import dataclass

from icp_lab.locale.declared import read_declared


@dataclass(frozen=True)
class Item:
    """Name a lettered sub-item of the process, answered in one section of one notebook.

    Parameters
    ----------
    id : str
        Its number and letter.
    title : str
        What it is about, a sentence of the catalogue.
    notebook : str
        Name of the notebook.

    Examples
    --------
    >>> first = STEPS[0].items[0]
    >>> first.id, first.notebook
    ('1a', '01_customer_base')
    """

    id: str
    title: str
    notebook: str


@dataclass(frozen=True)
class Step:
    """Name one of the nine steps.

    Parameters
    ----------
    number : int
        From 1 to 9.
    title : str
        What it is about, a sentence of the catalogue.
    items : tuple of Item
        Its sub-items, in their order.

    Examples
    --------
    >>> [step.number for step in STEPS]
    [1, 2, 3, 4, 5, 6, 7, 8, 9]
    """

    number: int
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Notebook:
    """Say of a notebook what it reads and writes; the question that it answers stands in its file.

    Parameters
    ----------
    name : str
        Name of its file without the ending.
    step : int
        The step that it belongs to, from 1.
    title : str
        What it is called, a sentence of the catalogue.
    tables : tuple of str, default ()
        Tables of the study that it may read, and words of `tables.BESIDE`.
    reads : tuple of str, default ()
        Artifacts of other notebooks that it may read.
    writes : tuple of str, default ()
        Artifacts that it writes; each has one writer.

    Examples
    --------
    >>> BY_NAME["06b_draft_icp"].writes
    ('draft', 'coverage')
    """

    name: str
    step: int
    title: str
    tables: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


_DECLARED = read_declared("icp_lab.process", "declared.toml")
NOTEBOOKS: tuple[Notebook, ...] = tuple(Notebook(**notebook) for notebook in _DECLARED["notebooks"])
STEPS: tuple[Step, ...] = tuple(
    Step(**step | {"items": tuple(Item(**item) for item in step["items"])}) for step in _DECLARED["steps"])

BY_NAME: dict[str, Notebook] = {notebook.name: notebook for notebook in NOTEBOOKS}
ITEMS: dict[str, Item] = {item.id: item for step in STEPS for item in step.items}
WRITER: dict[str, str] = {artifact: notebook.name for notebook in NOTEBOOKS for artifact in notebook.writes}


def needs(name: str) -> tuple[str, ...]:
    """Name the notebooks whose artifacts a notebook reads, in run order.

    Parameters
    ----------
    name : str
        Name of one of the house's notebooks.

    Returns
    -------
    tuple of str
        Those right before it, not what these need in turn.

    Examples
    --------
    >>> needs("06b_draft_icp")
    ('01_customer_base', '02_best_customers', '06a_segments')
    """
    writers = {WRITER[artifact] for artifact in BY_NAME[name].reads}
    return tuple(notebook.name for notebook in NOTEBOOKS if notebook.name in writers)
