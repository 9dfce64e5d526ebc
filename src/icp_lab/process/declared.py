"""The nine steps of the documented process, their sub-items and their notebooks: `declared.toml` is the one list.

Navigation, checklist, run order, docs and tests derive from `STEPS` and `NOTEBOOKS`.
A notebook that is declared here but whose file does not exist is not in this version, and so are its sub-items.
"""

from dataclasses import dataclass

from icp_lab.locale.declared import read_declared


@dataclass(frozen=True)
class Item:
    """A lettered sub-item of the process, answered in one section of one notebook."""

    id: str
    title: str
    notebook: str


@dataclass(frozen=True)
class Step:
    """One of the nine steps."""

    number: int
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Notebook:
    """A notebook: what it reads and writes; the question that it answers stands in its file.

    `tables` are study tables, `reads` artifacts of other notebooks, `writes` its own.
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
    """Name the notebooks whose artifacts a notebook reads, in run order."""
    writers = {WRITER[artifact] for artifact in BY_NAME[name].reads}
    return tuple(notebook.name for notebook in NOTEBOOKS if notebook.name in writers)
