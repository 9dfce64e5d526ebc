"""What a notebook's file says of itself: its code, prose and parameters. No Jupyter.

The parameters cell is the one place where parameters are declared, in papermill's convention; a test holds this reading
and papermill's equal.
"""

import ast
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import icp_lab
from icp_lab.errors.base import Place, utter
from icp_lab.process.declared import BY_NAME, NOTEBOOKS

_RANGE = re.compile(r"(-?[\d.]+) to (-?[\d.]+)\s*$")
_CHOICES = re.compile(r"\bone of (.+)$")
# The kinds of parameters, and what a value of each may be.
KINDS: dict[str, tuple[type, ...]] = {
    "bool": (bool,), "int": (int,), "float": (float, int), "str": (str,), "list": (list,), "dict": (dict,)}


@dataclass(frozen=True)
class Parameter:
    """Hold a parameter as its cell declares it.

    Parameters
    ----------
    name : str
        What the cell assigns to.
    kind : str
        One of `KINDS`: bool, int, float, str, list, dict.
    default : object
        The value in the cell.
    meaning : str
        The comment behind it, its range or choices included.
    low, high : float or None, default None
        Ends of the range, which may be reached; None where the comment does not end in `low to high`.
    choices : tuple of str, default ()
        The words behind `one of`; empty where any value of the kind may be.

    Examples
    --------
    >>> read_parameters('relative_to: str = "none"  # compare within, one of none, size_band', "02")[0].choices
    ('none', 'size_band')
    """

    name: str
    kind: str
    default: Any
    meaning: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotebookFile:
    """Read a notebook as it lies on disk; nothing of it is run.

    Parameters
    ----------
    path : Path
        The `.ipynb` file; it is read when first asked for, and once.

    Raises
    ------
    LabError
        When what is asked for needs the file, and it is missing or no notebook.

    Examples
    --------
    >>> file = NotebookFile(Path("notebooks/02_best_customers.ipynb"))
    >>> file.title, file.parameters[0].name
    ('The best customers', 'top_share')
    """

    path: Path

    @property
    def name(self) -> str:
        """Name the notebook as the process does.

        Returns
        -------
        str
            The name of the file without its ending.

        Examples
        --------
        >>> NotebookFile(Path("notebooks/05_market.ipynb")).name
        '05_market'
        """
        return self.path.stem

    @cached_property
    def _cells(self) -> list[dict[str, Any]]:
        try:
            cells: list[dict[str, Any]] = json.loads(self.path.read_text(encoding="utf-8"))["cells"]
            return [{**cell, "source": "".join(cell["source"])} for cell in cells]
        except (OSError, ValueError, LookupError, TypeError) as error:
            fault = f"{type(error).__name__}: {error}"
            raise utter("run.notebook_unreadable", Place(str(self.path)), fault=fault) from error

    def _sources(self, kind: str) -> tuple[str, ...]:
        return tuple(cell["source"] for cell in self._cells if cell.get("cell_type") == kind)

    @cached_property
    def code(self) -> tuple[str, ...]:
        """Give the sources of the code cells.

        Returns
        -------
        tuple of str
            In the order of the file, the parameters cell among them.

        Examples
        --------
        >>> "step.open" in "".join(NotebookFile(Path("notebooks/05_market.ipynb")).code)
        True
        """
        return self._sources("code")

    @cached_property
    def prose(self) -> tuple[str, ...]:
        """Give the sources of the Markdown cells.

        Returns
        -------
        tuple of str
            In the order of the file.

        Examples
        --------
        >>> NotebookFile(Path("notebooks/05_market.ipynb")).prose[0].startswith("# ")
        True
        """
        return self._sources("markdown")

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Give the parameters that the notebook declares.

        Returns
        -------
        tuple of Parameter
            In the order of the cell that is tagged `parameters`; none where there is no such cell.

        Raises
        ------
        LabError
            When the cell holds something other than literal assignments.

        Examples
        --------
        >>> [each.name for each in NotebookFile(Path("notebooks/01_customer_base.ipynb")).parameters][:2]
        ['years', 'horizon']
        """
        return next((read_parameters(cell["source"], self.name) for cell in self._cells
                     if "parameters" in cell.get("metadata", {}).get("tags", [])), ())

    @cached_property
    def title(self) -> str:
        """Give the text of the first heading.

        Returns
        -------
        str
            Without the `#`; the notebook's name where it has no heading of the first level.

        Examples
        --------
        >>> NotebookFile(Path("notebooks/05_market.ipynb")).title
        'The market'
        """
        heading = re.search(r"^# (.+)$", "\n".join(self.prose), re.MULTILINE)
        return heading[1].strip() if heading else self.name


def find_notebooks() -> Path:
    """Find where the house's notebooks lie: in the installed package, or in the checkout around it.

    Returns
    -------
    Path
        A folder; it may be missing where neither is there.

    Examples
    --------
    >>> (find_notebooks() / "01_customer_base.ipynb").is_file()
    True
    """
    package = Path(icp_lab.__file__).parent
    installed = package / "notebooks"
    return installed if installed.is_dir() else package.parents[1] / "notebooks"


def read_parameters(source: str, notebook: str) -> tuple[Parameter, ...]:
    """Read which parameters a parameters cell declares.

    Parameters
    ----------
    source : str
        Source of the cell.
    notebook : str
        Name of the notebook, for messages.

    Returns
    -------
    tuple of Parameter
        In the order of the cell; range and choices are taken from the comment behind each value.

    Raises
    ------
    LabError
        When a line is no assignment of a literal value.

    Examples
    --------
    >>> read_parameters("top_share: float = 0.15  # share called best, 0.05 to 0.5", "02")[0].high
    0.5
    """
    try:
        lines = re.split(r"\r\n?|\n", source)  # as Python does, which keeps other breaks of lines within a text
        return tuple(_declare(statement, lines) for statement in ast.parse(source).body)
    except (SyntaxError, ValueError) as error:
        raise utter("run.parameters_unfit", notebook=notebook, fault=error) from error


def _declare(statement: ast.stmt, lines: list[str]) -> Parameter:
    match statement:
        case ast.AnnAssign(ast.Name(name), annotation, ast.expr() as value):
            default, kind = ast.literal_eval(value), ast.unparse(annotation)
        case ast.Assign([ast.Name(name), *_], value):
            default, kind = (given := ast.literal_eval(value)), type(given).__name__
        case _:
            raise ValueError(ast.unparse(statement))
    if kind not in KINDS:
        raise ValueError(f"{name}: {kind}")
    behind = lines[(statement.end_lineno or 1) - 1].encode()[statement.end_col_offset:].decode()
    meaning = behind.partition("#")[2].lstrip("# ").strip()
    bounds, choices = _RANGE.search(meaning), _CHOICES.search(meaning)
    low, high = (float(bounds[1]), float(bounds[2])) if bounds else (None, None)
    words = tuple(word.strip() for word in re.split(r",| or ", choices[1]) if word.strip()) if choices else ()
    return Parameter(name, kind, default, meaning, low, high, words)


def list_notebooks(study: Path, house: Path | None = None) -> tuple[NotebookFile, ...]:
    """List the notebooks that a study runs: the house's in the order of the process, then the analyst's own by name.

    Parameters
    ----------
    study : Path
        Folder of the study; the analyst's own lie in its `notebooks`.
    house : Path or None, default None
        Folder of the house's notebooks; the package's own unless told.

    Returns
    -------
    tuple of NotebookFile
        Those of the house as far as their files are there.

    Raises
    ------
    LabError
        When one of the analyst's has the name of one of the house's.

    Examples
    --------
    >>> [file.name for file in list_notebooks(Path("data/demo"))][:2]
    ['01_customer_base', '02_best_customers']
    """
    folder = house or find_notebooks()
    files = tuple(NotebookFile(folder / f"{notebook.name}.ipynb") for notebook in NOTEBOOKS)
    own = tuple(NotebookFile(path) for path in sorted((study / "notebooks").glob("*.ipynb")))
    for file in own:
        if file.name in BY_NAME:
            raise utter("run.notebook_doubled", Place(str(file.path)), name=file.name)
    return tuple(file for file in files if file.path.is_file()) + own
