"""The input tables, declared once in `tables.toml`: what a row is, its columns, their types, units and meanings.

Templates, checks, typing and the reference documentation derive from `TABLES`.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from icp_lab.locale.declared import read_declared

# flag = yes/no, a missing value is unknown; list = several texts in a cell; money is in the study's currency.
Kind = Literal["text", "number", "integer", "money", "date", "flag", "list"]

# What a column of each kind holds in a frame.
DTYPES: dict[Kind, Any] = {
    "text": "str", "number": "float64", "integer": "float64", "money": "float64", "date": "datetime64[s]",
    "flag": "boolean", "list": "object"}

# What a column may be used for: only an `attribute` of accounts can become a criterion. `verdict`: our own word.
Role = Literal["identity", "person", "key", "attribute", "after_sale", "verdict", "value"]

# The groups of attributes that a profile is written in.
GROUPS = ("basic", "technical", "organizational", "financial", "pains", "triggers", "goals")


@dataclass(frozen=True)
class Column:
    """A column of an input table.

    `future` allows dates after as_of, `lasting` says that a sale hardly changes it, `headers` are known in every file.
    """

    name: str
    meaning: str
    kind: Kind = "text"
    required: bool = False
    unit: str = ""
    role: Role = "value"
    group: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    future: bool = False
    lasting: bool = False
    headers: tuple[str, ...] = ()

    @property
    def side(self) -> str:
        """Tell which end of a band the column holds: min, max, or none."""
        return self.name[-3:] if self.name.endswith(("_min", "_max")) else ""


@dataclass(frozen=True)
class Table:
    """An input table.

    `key` tells rows apart, `strict` says that one key with two different rows is an error, `one_of` names columns
    of which each row must fill one, `extra` says that other columns are kept as attributes.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    key: str = ""
    strict: bool = False
    one_of: tuple[str, ...] = ()
    extra: bool = False

    @property
    def by_name(self) -> dict[str, Column]:
        """Find a column by its name."""
        return {column.name: column for column in self.columns}

    @property
    def required(self) -> tuple[str, ...]:
        """Name the columns that must be there."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def asked(self) -> tuple[Column, ...]:
        """Give the columns that people fill: all but those that say what the lab has said before."""
        return tuple(column for column in self.columns if column.role != "verdict")

    @property
    def dtypes(self) -> dict[str, str]:
        """Tell what each column holds in a frame."""
        return {column.name: DTYPES[column.kind] for column in self.columns}


def _read_table(name: str, declared: dict[str, Any], common: dict[str, Any]) -> Table:
    columns = {column: own if "meaning" in own else common[column] | own for column, own in declared["columns"].items()}
    return Table(name, **declared | {"columns": tuple(Column(column, **own) for column, own in columns.items())})


_DECLARED = read_declared("icp_lab", "tables.toml")
# How attributes that many companies record are named to a reader; any other is shown as the study names it.
KNOWN_ATTRIBUTES: tuple[str, ...] = _DECLARED.pop("known_attributes")
# Headers of further columns that name people, or say how to reach them.
PERSON_HEADER = re.compile(_DECLARED.pop("person_header"))

_COMMON = _DECLARED.pop("common")
TABLES: tuple[Table, ...] = tuple(_read_table(name, declared, _COMMON) for name, declared in _DECLARED.items())
# What people write beside study.yml, by the word that stands for it among the tables that a notebook reads.
BESIDE: dict[str, tuple[str, ...]] = {
    "hypotheses": ("hypotheses.yml", "icp.yml", "icp/*"),
    "interviews": ("interviews/*.md", "codebook.yml", "coders/*"), "ballots": ("review/*.xlsx", "decisions.csv")}
# Where what is needed to write it lies: in the study, or in the report.
GIVEN_IN = {"hypotheses": "hypotheses.yml", "interviews": "to_fill/interviews", "ballots": "to_fill/review"}
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
