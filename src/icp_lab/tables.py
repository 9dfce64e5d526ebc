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
    """Declare a column of an input table.

    Parameters
    ----------
    name : str
        The lab's name for it.
    meaning : str
        What it says: a sentence part of the catalogue.
    kind : str, default 'text'
        What it holds: text, number, integer, money (in the study's currency), date, flag (a missing value is unknown),
        or list (several texts in a cell).
    required : bool, default False
        True where the table is refused without the column, and a row without the value is set aside.
    unit : str, default ''
        Unit of a number, such as people or year.
    role : str, default 'value'
        What it may be used for: only an `attribute` of accounts can become a criterion, `after_sale` is known too late
        for one, `verdict` is what the lab itself said before; else identity, person, key or value.
    group : str, default ''
        One of `GROUPS`, for an attribute.
    choices : tuple of str, default ()
        The only values that it may have; any where empty.
    low, high : float or None, default None
        Least and greatest value; a cell beyond is made missing.
    future : bool, default False
        True where dates after as_of are allowed.
    lasting : bool, default False
        True where a sale hardly changes it, so that today's value may stand for the one before the sale.
    headers : tuple of str, default ()
        Headers by which it is known in every file, whatever the system.

    Examples
    --------
    >>> column = BY_NAME["accounts"].by_name["employees"]
    >>> column.kind, column.unit, column.low
    ('integer', 'people', 0)
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
        """Tell which end of a band the column holds.

        Returns
        -------
        str
            Text `min` or `max`; empty for a column that is no end of a band.

        Examples
        --------
        >>> [column.side for column in BY_NAME["market"].columns if column.name.startswith("employees")]
        ['min', 'max']
        """
        return self.name[-3:] if self.name.endswith(("_min", "_max")) else ""


@dataclass(frozen=True)
class Table:
    """Declare an input table.

    Parameters
    ----------
    name : str
        Its name in study.yml.
    row : str
        What a row is: a sentence part of the catalogue.
    columns : tuple of Column
        Its columns, in the order of the templates.
    key : str, default ''
        Column that tells rows apart; empty where none does.
    strict : bool, default False
        True where one key with two different rows is an error.
    one_of : tuple of str, default ()
        Columns of which each row must fill one.
    extra : bool, default False
        True where other columns of a file are kept as attributes.

    Examples
    --------
    >>> BY_NAME["accounts"].key, BY_NAME["accounts"].strict, BY_NAME["revenue"].key
    ('account_id', True, '')
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
        """Find a column by its name.

        Returns
        -------
        dict of str to Column
            The columns in their order.

        Examples
        --------
        >>> BY_NAME["deals"].by_name["stage"].choices
        ('won', 'lost', 'open')
        """
        return {column.name: column for column in self.columns}

    @property
    def required(self) -> tuple[str, ...]:
        """Name the columns that must be there.

        Returns
        -------
        tuple of str
            Their names; a table without them is refused.

        Examples
        --------
        >>> BY_NAME["accounts"].required
        ('account_id',)
        """
        return tuple(column.name for column in self.columns if column.required)

    @property
    def asked(self) -> tuple[Column, ...]:
        """Give the columns that people fill: all but those that say what the lab has said before.

        Returns
        -------
        tuple of Column
            What templates and forms ask for, in their order.

        Examples
        --------
        >>> accounts = BY_NAME["accounts"]
        >>> "icp_fit" in accounts.by_name, "icp_fit" in [column.name for column in accounts.asked]
        (True, False)
        """
        return tuple(column for column in self.columns if column.role != "verdict")

    @property
    def dtypes(self) -> dict[str, str]:
        """Tell what each column holds in a frame.

        Returns
        -------
        dict of str to str
            Types as pandas names them, by column; a count is a float, so that it can be missing.

        Examples
        --------
        >>> [BY_NAME["accounts"].dtypes[name] for name in ("name", "employees", "tech_stack")]
        ['str', 'float64', 'object']
        """
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
