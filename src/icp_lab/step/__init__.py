"""What a notebook holds while it runs: its study, what other steps left for it, and where its own results go.

The first code cell of every notebook is `from icp_lab import step; here = step.open("01_customer_base")`.
"""

import os
from html import escape
from pathlib import Path

from icp_lab.errors.base import ask_nearest, utter
from icp_lab.locale import set_language
from icp_lab.process import BY_NAME
from icp_lab.process.notebook import NotebookFile, find_notebooks
from icp_lab.step.here import Here
from icp_lab.step.session import register_views
from icp_lab.study import open_study

__all__ = ["Here", "find_place", "open"]
# Set by the runner alone: the folder in which this step is prepared, and the notebook's file.
STAGE, FILE = "ICP_LAB_STAGE", "ICP_LAB_NOTEBOOK"


def open(name: str) -> Here:
    """Open a notebook's step: say what it has to work with.

    Study, output and language come from ICP_LAB_STUDY, ICP_LAB_OUT and ICP_LAB_LANGUAGE; without them the notebook
    works on the demo of the checkout that it lies in.

    Parameters
    ----------
    name : str
        The notebook's file name without its ending.

    Returns
    -------
    Here
        The study, the artifacts of other steps, and where this one's go.

    Raises
    ------
    LabError
        When there is no such notebook, or the study cannot be opened.

    Examples
    --------
    >>> from icp_lab import step
    >>> step.open("01_customer_base").study.name
    'Demo'
    """
    path, out = find_place(Path.cwd())
    study = open_study(path)
    language = os.environ.get("ICP_LAB_LANGUAGE") or study.language
    set_language(language)
    register_views()
    return Here(_find_file(name, path), study, out, language, os.environ.get(STAGE, ""))


def find_place(start: Path) -> tuple[Path, Path]:
    """Find the study that a notebook in this folder reads, and the folder that it writes to.

    Parameters
    ----------
    start : Path
        Folder of the notebook, or of the process.

    Returns
    -------
    tuple of Path
        What the environment says, else the demo of the checkout, else the folder itself.

    Examples
    --------
    >>> study, out = find_place(Path.cwd())
    >>> study.is_absolute(), out.is_absolute()
    (True, True)
    """
    around = [folder for folder in (start, *start.parents) if (folder / "data" / "demo" / "study.yml").is_file()]
    root = around[0] if around else start
    given = os.environ.get("ICP_LAB_STUDY", "")
    study = Path(given) if given else (root / "data" / "demo" if around else start)
    folder = study.parent if study.suffix in (".yml", ".yaml") else study
    out = os.environ.get("ICP_LAB_OUT", "")
    return study.resolve(), (Path(out) if out else root / "reports" / folder.resolve().name).resolve()


def _find_file(name: str, study: Path) -> NotebookFile:
    """Find the notebook that the runner runs, else the house's of this name, else the analyst's own."""
    folder = study.parent if study.is_file() else study
    given = Path(os.environ.get(FILE, ""))
    if given.stem == name:
        return NotebookFile(given)
    for path in (find_notebooks() / f"{name}.ipynb", folder / "notebooks" / f"{name}.ipynb"):
        if path.is_file():
            return NotebookFile(path)
    names, said = tuple(BY_NAME), escape(name)
    raise utter("run.notebook_unknown", name=said, names=names, remedy=ask_nearest(said, names))
