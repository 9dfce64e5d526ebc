"""The versions of a definition: adopted by name and with a reason, kept byte for byte, and put back."""

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml.comments import CommentedMap

from icp_lab.artifacts import DTYPES_OF
from icp_lab.artifacts.manifest import write_text
from icp_lab.errors.base import name_nearest, utter
from icp_lab.icp.profile import FILE, ICP, edit_yaml, load_icp
from icp_lab.process.left import find_artifact

FORMER, STOOD = "icp", "standings"


def adopt(study_folder: Path, out: Path, *, by: str, why: str, on: date) -> ICP:
    """Make a run's definition the study's.

    Parameters
    ----------
    study_folder : Path
        Folder of the study.
    out : Path
        Folder of the run whose icp.yml is adopted.
    by : str
        Who adopts it; kept in the history, as are the next two.
    why : str
        For which reason.
    on : date
        On which day.

    Returns
    -------
    ICP
        The adopted definition with its new version. The one before lies in `icp/VERSION.yml`, byte for byte, and where
        accounts stand by the new one in `icp/VERSION.csv`.

    Raises
    ------
    LabError
        When the run left no icp.yml, or one of the two is not valid.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from icp_lab.icp.profile import write_icp
    >>> with TemporaryDirectory() as study, TemporaryDirectory() as out:
    ...     write_icp(Path(out, "icp.yml"), {"schema": 1, "name": "Us", "criteria": []})
    ...     adopt(Path(study), Path(out), by="Ann", why="a first one", on=date(2026, 3, 31)).version
    '1'
    """
    proposed, current = out / FILE, study_folder / FILE
    if not proposed.is_file():
        raise utter("icp.nothing_to_adopt", out=out)
    load_icp(proposed)
    former = load_icp(current) if current.is_file() else None
    version = str(_next_version(study_folder, former))
    history = list((former.data.get("history") or []) if former else [])
    entry: dict[str, Any] = {"version": version, "date": on.isoformat(), "by": by, "why": why}

    def stamp(document: CommentedMap) -> None:
        entry["criteria"] = deepcopy(document.get("criteria") or [])  # not an alias: who edits one edits one
        document["version"] = version
        document["history"] = [*history, entry]

    text = edit_yaml(proposed, stamp)
    _keep(study_folder, former)
    if (stood := find_artifact(out, STOOD)) is not None:
        write_text(study_folder / FORMER / f"{version}.csv", stood.to_csv(index=False))
    write_text(current, text)  # last: a version in force is never without what belongs to it
    return load_icp(current)


def read_standings(study_folder: Path, version: str) -> pd.DataFrame:
    r"""Read where accounts stood when a version was adopted (icp/VERSION.csv).

    Parameters
    ----------
    study_folder : Path
        Folder of the study.
    version : str
        The version.

    Returns
    -------
    DataFrame
        The columns of the artifact `standings`, all as text; without rows where that is not kept.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_text(Path(folder, "icp", "1.csv"), "account_id,fit\nA1,in\n")
    ...     read_standings(Path(folder), "1")["fit"].tolist(), len(read_standings(Path(folder), "2"))
    (['in'], 0)
    """
    file = study_folder / FORMER / f"{version}.csv"
    kept = pd.read_csv(file, dtype=str, keep_default_na=False) if file.is_file() else pd.DataFrame()
    return kept.reindex(columns=list(DTYPES_OF[STOOD]), fill_value="")


def rollback(study_folder: Path, version: str) -> ICP:
    """Put a former version back in force, byte for byte; the present one is kept beside it.

    Parameters
    ----------
    study_folder : Path
        Folder of the study.
    version : str
        The version, as its file in `icp/` is called.

    Returns
    -------
    ICP
        The definition that is in force now.

    Raises
    ------
    LabError
        When that version is not kept.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from icp_lab.icp.profile import write_icp
    >>> with TemporaryDirectory() as study, TemporaryDirectory() as out:
    ...     write_icp(Path(out, "icp.yml"), {"schema": 1, "name": "Us", "criteria": []})
    ...     for why in ("a first one", "another"):
    ...         _ = adopt(Path(study), Path(out), by="Ann", why=why, on=date(2026, 3, 31))
    ...     rollback(Path(study), "1").version
    '1'
    """
    kept = study_folder / FORMER / f"{version}.yml"
    known = [file.stem for file in (study_folder / FORMER).glob("*.yml")]
    if version not in known:
        raise utter("icp.no_such_version", version=version, remedy=name_nearest(version, known))
    text = kept.read_bytes().decode()
    load_icp(kept)
    current = study_folder / FILE
    _keep(study_folder, load_icp(current) if current.is_file() else None)
    write_text(current, text)
    return load_icp(current)


def read_versions(study_folder: Path) -> tuple[dict[str, Any], ...]:
    r"""Read the former definitions that the study keeps beside the one in force (icp/*.yml).

    Parameters
    ----------
    study_folder : Path
        Folder of the study.

    Returns
    -------
    tuple of dict of str to object
        Their content, the latest first; one that was edited by hand has its file's name as `version` where it has none.

    Raises
    ------
    LabError
        When one of them is not valid.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for version in ("2", "10", "9"):
    ...         write_text(Path(folder, "icp", f"{version}.yml"), "schema: 1\nname: Us\ncriteria: []\n")
    ...     [one["version"] for one in read_versions(Path(folder))]
    ['10', '9', '2']
    """
    kept = sorted((study_folder / FORMER).glob("*.yml"), key=lambda file: (len(file.stem), file.stem), reverse=True)
    return tuple({"version": file.stem} | load_icp(file).data for file in kept)


def read_adopted(study_folder: Path) -> tuple[dict[str, Any], ...]:
    r"""Read which definitions the study has adopted: the one in force, then the others as `read_versions` has them.

    Parameters
    ----------
    study_folder : Path
        Folder of the study.

    Returns
    -------
    tuple of dict of str to object
        Their content; empty where none is in force.

    Raises
    ------
    LabError
        When one of them is not valid.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     before = read_adopted(Path(folder))
    ...     write_text(Path(folder, "icp.yml"), "schema: 1\nname: Us\ncriteria: []\nversion: '2'\n")
    ...     write_text(Path(folder, "icp", "1.yml"), "schema: 1\nname: Us\ncriteria: []\nversion: '1'\n")
    ...     before, [one["version"] for one in read_adopted(Path(folder))]
    ((), ['2', '1'])
    """
    if not (study_folder / FILE).is_file():
        return ()
    held = load_icp(study_folder / FILE).data
    return (held, *(one for one in read_versions(study_folder) if one != held))


def _next_version(study_folder: Path, former: ICP | None) -> int:
    names = [file.stem for file in (study_folder / FORMER).glob("*.yml")] + ([former.version] if former else [])
    return max((int(name) for name in names if name.isdigit()), default=0) + 1


def _keep(study_folder: Path, former: ICP | None) -> None:
    """Keep the definition in force under its version (0 without one); one that was edited since has its own name."""
    if former is None:
        return
    text, version, edits = (study_folder / FILE).read_bytes().decode(), former.version or "0", 0
    kept = study_folder / FORMER / f"{version}.yml"
    while kept.is_file() and kept.read_bytes().decode() != text:
        edits += 1
        kept = kept.with_name(f"{version}-edited-{edits}.yml")
    write_text(kept, text)
