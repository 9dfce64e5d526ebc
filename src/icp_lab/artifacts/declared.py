"""What the steps hand each other: typed tables (Parquet) and records (JSON), free of language.

They are declared once, in `declared.toml` beside this file. An artifact is checked against its declaration when it is
written and again when it is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from icp_lab.locale.declared import read_declared
from icp_lab.tables import TABLES

# flag = nullable boolean, a missing value is *unknown*; number = float, missing allowed where `required` is false.
Kind = Literal["text", "number", "integer", "flag", "date"]

# What a column of each kind holds in a frame.
DTYPES: dict[Kind, Any] = {
    "text": "str", "number": "float64", "integer": "Int64", "flag": "boolean", "date": "datetime64[s]"}


@dataclass(frozen=True)
class Field:
    """Declare a column of an artifact table.

    Parameters
    ----------
    name : str
        Name of the column.
    meaning : str
        What it says.
    kind : str, default 'text'
        What it holds: text, number, integer, flag or date.
    required : bool, default False
        True where no value may be missing.
    choices : tuple of str, default ()
        The only values that it may have; any where empty.

    Examples
    --------
    >>> BY_NAME["cases"].fields[0].name
    'case_id'
    """

    name: str
    meaning: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableArtifact:
    """Declare a table that a notebook writes.

    Parameters
    ----------
    name : str
        Name of the artifact.
    row : str
        What a row is.
    key : tuple of str
        Columns that tell rows apart and order them.
    fields : tuple of Field
        Its columns.

    Examples
    --------
    >>> BY_NAME["cases"].row, BY_NAME["cases"].key
    ("a case of the study's outcome", ('case_id',))
    """

    name: str
    row: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]

    @property
    def dtypes(self) -> dict[str, str]:
        """Tell what each column holds in a frame.

        Returns
        -------
        dict of str to str
            Types as pandas names them, by column.

        Examples
        --------
        >>> BY_NAME["cases"].dtypes["case_id"]
        'str'
        """
        return {field.name: DTYPES[field.kind] for field in self.fields}


@dataclass(frozen=True)
class RecordArtifact:
    """Declare a JSON object that a notebook writes.

    Parameters
    ----------
    name : str
        Name of the artifact.
    meaning : str
        What it says.
    required : tuple of str
        Keys that are always there.

    Examples
    --------
    >>> BY_NAME["draft"].required[:3]
    ('schema', 'name', 'verdict')
    """

    name: str
    meaning: str
    required: tuple[str, ...]


def _read_artifacts() -> Iterator[TableArtifact | RecordArtifact]:
    declared = read_declared("icp_lab.artifacts", "declared.toml")
    for name, own in declared.items():
        fields = own.get("fields", {})
        if isinstance(fields, str):  # the same as another's
            fields = declared[fields]["fields"]
        told = {"fields": tuple(Field(field, **each) for field, each in fields.items())}
        yield TableArtifact(name, **own | told) if fields else RecordArtifact(name, **own)


ARTIFACTS: tuple[TableArtifact | RecordArtifact, ...] = tuple(_read_artifacts())
BY_NAME = {artifact.name: artifact for artifact in ARTIFACTS}
# What the columns of each table of a study, and of each artifact, hold in a frame.
DTYPES_OF: dict[str, dict[str, str]] = {
    declared.name: declared.dtypes for declared in (*TABLES, *ARTIFACTS) if not isinstance(declared, RecordArtifact)}


def make_id(artifact: str, *key: object) -> str:
    """Make the id that leads to a row of an artifact: its name and key.

    Parameters
    ----------
    artifact : str
        Name of the artifact.
    *key : object
        Values of the key, in their order; a slash inside one is written %2F, a per cent sign %25.

    Returns
    -------
    str
        The parts, joined by slashes.

    Examples
    --------
    >>> make_id("contrasts", "best_negative", "industry", "R/D")
    'contrasts/best_negative/industry/R%2FD'
    """
    return "/".join([artifact, *(str(part).replace("%", "%25").replace("/", "%2F") for part in key)])
