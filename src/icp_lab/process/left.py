"""What the steps of a report left behind, by its name."""

from pathlib import Path
from typing import Any

from icp_lab.artifacts import BY_NAME as ARTIFACT
from icp_lab.artifacts.manifest import folder_of
from icp_lab.artifacts.store import read_artifact
from icp_lab.process import WRITER
from icp_lab.process.keys import find_entry


def find_artifact(out: Path, name: str) -> Any:
    """Read what a step left under a name.

    Parameters
    ----------
    out : Path
        The report's folder.
    name : str
        Name of an artifact that has a writer.

    Returns
    -------
    object
        A DataFrame or a dict, as the artifact is a table or a record; None where its step has not run.

    Raises
    ------
    LabError
        When the file does not hold what is declared.

    Examples
    --------
    >>> find_artifact(Path("nowhere"), "draft") is None
    True
    """
    return read_artifact(folder_of(out, WRITER[name]), ARTIFACT[name]) if find_entry(out, name) else None
