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
    "text": "str", "number": "float64", "integer": "Int64", "flag": "boolean", "date": "datetime64[s]",
}


@dataclass(frozen=True)
class Field:
    """A column of an artifact table."""

    name: str
    meaning: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableArtifact:
    """A table that a notebook writes: a row is what `row` says, `key` tells rows apart and orders them."""

    name: str
    row: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]

    @property
    def dtypes(self) -> dict[str, str]:
        """Tell what each column holds in a frame."""
        return {field.name: DTYPES[field.kind] for field in self.fields}


@dataclass(frozen=True)
class RecordArtifact:
    """A JSON object that a notebook writes; `required` keys are always there."""

    name: str
    meaning: str
    required: tuple[str, ...]


def _read_artifact(name: str, declared: dict[str, Any], fields: dict[str, Any]) -> TableArtifact | RecordArtifact:
    if not fields:
        return RecordArtifact(name, **declared)
    return TableArtifact(name, **declared | {"fields": tuple(Field(field, **own) for field, own in fields.items())})


def _read_artifacts() -> Iterator[TableArtifact | RecordArtifact]:
    declared = read_declared("icp_lab.artifacts", "declared.toml")
    for name, each in declared.items():
        fields = each.get("fields", {})
        yield _read_artifact(name, each, declared[fields]["fields"] if isinstance(fields, str) else fields)


ARTIFACTS: tuple[TableArtifact | RecordArtifact, ...] = tuple(_read_artifacts())
BY_NAME = {artifact.name: artifact for artifact in ARTIFACTS}
# What the columns of each table of a study, and of each artifact, hold in a frame.
DTYPES_OF: dict[str, dict[str, str]] = {
    declared.name: declared.dtypes for declared in (*TABLES, *ARTIFACTS) if not isinstance(declared, RecordArtifact)}


def make_id(artifact: str, *key: object) -> str:
    """Which id leads to a row of an artifact? Its name and key; a slash inside a part is written %2F.

    Examples
    --------
    >>> make_id("contrasts", "best_negative", "industry", "R/D")
    'contrasts/best_negative/industry/R%2FD'
    """
    return "/".join([artifact, *(str(part).replace("%", "%25").replace("/", "%2F") for part in key)])
