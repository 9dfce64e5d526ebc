"""What the steps of a report left behind, by its name."""

from pathlib import Path
from typing import Any

from icp_lab.artifacts import BY_NAME as ARTIFACT
from icp_lab.artifacts.manifest import folder_of
from icp_lab.artifacts.store import read_artifact
from icp_lab.process import WRITER
from icp_lab.process.keys import find_entry


def find_artifact(out: Path, name: str) -> Any:
    """What did a step leave under this name: a table, a record, or None where it has not run?"""
    return read_artifact(folder_of(out, WRITER[name]), ARTIFACT[name]) if find_entry(out, name) else None
