"""Writing and reading artifacts: typed Parquet for tables, JSON for records, both checked against their declaration."""

import json
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from icp_lab.artifacts.declared import DTYPES, Field, RecordArtifact, TableArtifact
from icp_lab.artifacts.manifest import Entry, digest_file, digest_text, write_text
from icp_lab.errors import LabError, Place, utter
from icp_lab.locale import _


def write_artifact(folder: Path, artifact: TableArtifact | RecordArtifact, content: object) -> Entry:
    """Keep an artifact in the folder of its step, checked against its declaration.

    Parameters
    ----------
    folder : Path
        Folder of the step, which is there.
    artifact : TableArtifact or RecordArtifact
        Its declaration.
    content : object
        A frame for a table, a mapping for a record.

    Returns
    -------
    Entry
        File name, digest of its bytes and of its content, rows.

    Raises
    ------
    LabError
        When the content is not as declared.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from icp_lab.artifacts.declared import BY_NAME
    >>> with TemporaryDirectory() as folder:
    ...     told = pd.DataFrame({"account_id": ["b", "a"], "status": ["lost", "customer"]})
    ...     entries = [write_artifact(Path(folder), BY_NAME["customers"], rows) for rows in (told, told.iloc[::-1])]
    >>> entries[0].file, entries[0].rows, entries[0].content == entries[1].content  # whatever the order of rows
    ('customers.parquet', 2, True)
    """
    if isinstance(artifact, TableArtifact):
        frame = check_table(artifact, content)
        path = folder / f"{artifact.name}.parquet"
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path)
        return Entry(path.name, digest_file(path), _hash_table(artifact, frame), len(frame))
    record = check_record(artifact, content)
    path = folder / f"{artifact.name}.json"
    write_text(path, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    return Entry(path.name, digest_file(path), digest_text(json.dumps(record, sort_keys=True)), 1)


def read_artifact(folder: Path, artifact: TableArtifact | RecordArtifact) -> pd.DataFrame | dict[str, Any]:
    """Read what the step in this folder wrote, checked against the declaration.

    Parameters
    ----------
    folder : Path
        Folder of the step.
    artifact : TableArtifact or RecordArtifact
        The declaration.

    Returns
    -------
    DataFrame or dict of str to object
        As `check_table` or `check_record` give it.

    Raises
    ------
    LabError
        When the file does not hold what is declared.
    OSError
        When there is no such file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from icp_lab.artifacts.declared import BY_NAME
    >>> with TemporaryDirectory() as folder:
    ...     told = {"criteria": [], "verdict": "unsupported", "evidence": {"lift": math.nan}}
    ...     _ = write_artifact(Path(folder), BY_NAME["avoid"], told)
    ...     read_artifact(Path(folder), BY_NAME["avoid"])["evidence"]
    {'lift': None}
    """
    if isinstance(artifact, TableArtifact):
        return check_table(artifact, pq.read_table(folder / f"{artifact.name}.parquet").to_pandas())
    return check_record(artifact, json.loads((folder / f"{artifact.name}.json").read_text(encoding="utf-8")))


def check_table(artifact: TableArtifact, content: object) -> pd.DataFrame:
    """Check that a frame holds what the artifact declares.

    Parameters
    ----------
    artifact : TableArtifact
        The declaration.
    content : object
        A frame: declared columns only, in any order; those that are not required may be left out.

    Returns
    -------
    DataFrame
        The declared columns in their order and types, sorted by key; optional columns that are not there are missing.

    Raises
    ------
    LabError
        Naming the first column that does not fit, and how.

    Examples
    --------
    >>> from icp_lab.artifacts.declared import BY_NAME
    >>> told = pd.DataFrame({"status": ["lost", "customer"], "account_id": ["b", "a"]})
    >>> frame = check_table(BY_NAME["customers"], told)
    >>> frame["account_id"].tolist(), str(frame["churned"].dtype)
    (['a', 'b'], 'boolean')
    >>> check_table(BY_NAME["customers"], told.assign(status="best"))
    Traceback (most recent call last):
        ...
    icp_lab.errors.base.LabError: column status: The artifact customers does not fit its declaration: ...
    """
    if not isinstance(content, pd.DataFrame):
        raise _refuse(artifact.name, "", _("it is a {kind}, not a table").format(kind=type(content).__name__))
    declared = {field.name for field in artifact.fields}
    for column in content.columns:
        if column not in declared:
            raise _refuse(artifact.name, str(column), _("the column is not declared"))
    columns = {field.name: _check_column(artifact, field, content) for field in artifact.fields}
    frame = pd.DataFrame(columns).sort_values(list(artifact.key), kind="stable", ignore_index=True)
    doubled = frame.duplicated(list(artifact.key))
    if doubled.any():
        first = ", ".join(str(value) for value in frame.loc[doubled, list(artifact.key)].iloc[0])
        raise _refuse(artifact.name, ", ".join(artifact.key), _("{key} stands there twice").format(key=first))
    return frame


def check_record(artifact: RecordArtifact, content: object) -> dict[str, Any]:
    """Check that a mapping holds what the artifact declares.

    Parameters
    ----------
    artifact : RecordArtifact
        The declaration.
    content : object
        A mapping with all required keys, and any others.

    Returns
    -------
    dict of str to object
        The same as plain JSON values: dates as ISO text, tuples as lists, missing and infinite numbers as null.

    Raises
    ------
    LabError
        Naming the first key that is missing, or the value that is none of JSON's.

    Examples
    --------
    >>> from icp_lab.artifacts.declared import BY_NAME
    >>> told = {"criteria": (), "verdict": "", "evidence": {"on": date(2026, 3, 31), "lift": math.inf}}
    >>> check_record(BY_NAME["avoid"], told)
    {'criteria': [], 'verdict': '', 'evidence': {'on': '2026-03-31', 'lift': None}}
    """
    if not isinstance(content, Mapping):
        raise _refuse(artifact.name, "", _("it is a {kind}, not a record").format(kind=type(content).__name__))
    for key in artifact.required:
        if key not in content:
            raise _refuse(artifact.name, key, _("the key is missing"))
    return {str(key): _plain(each, artifact.name) for key, each in content.items()}


def _refuse(name: str, column: str, fault: str) -> LabError:
    return utter("run.artifact_unfit", Place(column=column), name=name, fault=fault)


def _plain(value: Any, artifact: str) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str) or value is pd.NA or value is pd.NaT:
        return None if value is pd.NA or value is pd.NaT else value
    if isinstance(value, date):
        return str(value.date() if isinstance(value, pd.Timestamp) else value)
    if isinstance(value, Mapping):
        return {str(key): _plain(each, artifact) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, artifact) for each in value]
    raise _refuse(artifact, "", _("{value} is none of JSON's values").format(value=repr(value)))


def _check_column(artifact: TableArtifact, field: Field, content: pd.DataFrame) -> Any:
    if field.name not in content.columns:
        if field.required:
            raise _refuse(artifact.name, field.name, _("the column is missing"))
        return pd.Series(None, index=range(len(content)), dtype=DTYPES[field.kind])
    column = _convert(artifact, field, content[field.name].reset_index(drop=True))
    if (field.required or field.name in artifact.key) and column.isna().any():
        row = int(column.isna().idxmax()) + 1
        raise _refuse(artifact.name, field.name, _("row {row} has no value").format(row=row))
    if field.choices and (odd := column.notna() & ~column.isin(field.choices)).any():
        value, choices = repr(column[odd.idxmax()]), ", ".join(field.choices)
        raise _refuse(artifact.name, field.name, _("{value} is none of {choices}").format(value=value, choices=choices))
    return column


def _convert(artifact: TableArtifact, field: Field, column: Any) -> Any:
    """Bring a column to its declared type where that loses nothing."""
    if not _is_like(field.kind, column):
        fault = _("it holds {given}, not {kind}").format(given=column.dtype, kind=field.kind)
        raise _refuse(artifact.name, field.name, fault)
    if column.isna().all():
        return pd.Series(None, index=column.index, dtype=DTYPES[field.kind])
    try:
        if field.kind == "date":
            return pd.to_datetime(column).dt.normalize().astype(DTYPES["date"])
        converted = column.astype(DTYPES[field.kind])
    except (TypeError, ValueError) as error:
        raise _refuse(artifact.name, field.name, str(error)) from error
    if field.kind == "integer" and field.required and not converted.isna().any():
        return converted.astype("int64")
    return converted


def _is_like(kind: str, column: Any) -> bool:
    types = pd.api.types
    if (isinstance(column.dtype, pd.StringDtype) and kind == "text") or (
            types.is_datetime64_any_dtype(column.dtype) and kind == "date"):
        return True  # its type says it of each value
    filled = column.dropna()
    if isinstance(column.dtype, pd.CategoricalDtype):
        filled = pd.Series(filled.tolist())
    kinds: dict[str, Any] = {"text": str, "flag": bool | np.bool_, "date": date}  # a Timestamp is a date
    if filled.empty or kind in kinds:
        return all(isinstance(value, kinds[kind]) for value in filled)
    return types.is_numeric_dtype(filled) and not types.is_bool_dtype(filled)


def _hash_table(artifact: TableArtifact, frame: pd.DataFrame) -> str:
    """Hash the values, not the file: another version of the Parquet writer gives the same hash."""
    rows = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return digest_text(artifact.name, *frame.columns, rows.tobytes().hex())
