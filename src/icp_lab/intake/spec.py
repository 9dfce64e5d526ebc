"""Where a table comes from and how it is mapped: one entry of `tables:` in study.yml, checked and plain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icp_lab.intake.databases import Query
    from icp_lab.intake.formats import Section

# Words of `units:` and what a number in them is multiplied by.
UNITS: dict[str, float] = {
    "円": 1, "千円": 1e3, "万円": 1e4, "百万円": 1e6, "億円": 1e8, "十億円": 1e9,
    "人": 1, "千人": 1e3, "万人": 1e4,
    "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "percent": 0.01, "%": 0.01,
}


@dataclass(frozen=True)
class Join:
    """Columns taken over from another table, many-to-one.

    Parameters
    ----------
    table : str
        The table that is joined from; one of the study's, or one of `other_tables`, which are only joined from.
    on : str
        The column that tells in both tables which rows belong together.
    take : tuple of str
        The columns taken over; one that is there already is replaced.

    Examples
    --------
    >>> Join("products", on="product", take=("line",)).take
    ('line',)
    """

    table: str
    on: str
    take: tuple[str, ...]


@dataclass(frozen=True)
class Spec:
    """A table's source and mapping: one entry of `tables:` in study.yml.

    Parameters
    ----------
    table : str
        The table's name.
    files : tuple of Path
        Files that are read one below the other; empty where a query stands in their place.
    shown : tuple of str
        What each file, or the query, is called in messages.
    query : Query or None, default None
        Asked in place of files.
    encoding : str, default ''
        Encoding of the files; empty where it is to be found.
    delimiter : str, default ''
        What parts their cells; empty where it is to be found.
    sheet : str, default ''
        The sheet of a workbook; empty for the first.
    columns : dict of str to str, optional
        Columns of the study and their headers; `row` numbers the rows.
    set : dict of str to (str or None), optional
        Columns that hold the same in every row; None is missing.
    where : dict of str to (tuple of str), optional
        Columns and the words of which a row must hold one to be read.
    drop_duplicates : bool, default False
        Whether rows that are there before are dropped.
    dialect : Section or None, default None
        What the format named says of the table.
    one_row : str, default ''
        Keep one row a key: `latest` in the file, or the latest by a column of days; empty keeps all.
    values : dict of str to (dict of str to (str or None)), optional
        Columns, their words in the file, and what each word becomes; None is missing.
    scale : dict of str to float, optional
        Columns of numbers and what these are multiplied by.
    units : tuple of str, default ()
        Columns of `scale` that a unit was named for: a cell with a unit of its own keeps that.
    dates : dict of str to str, optional
        Columns of days and their order of day, month and year, one of `ORDERS`.
    join : Join or None, default None
        Columns taken over from another table.
    lines : dict of (tuple of str) to int, optional
        The line of study.yml of each key, for messages.

    Examples
    --------
    >>> spec = Spec("deals", (Path("deals.csv"),), ("deals.csv",), columns={"stage": "Status"}, lines={("columns",): 7})
    >>> spec.columns["stage"], spec.line("columns", "stage")
    ('Status', 7)
    """

    table: str
    files: tuple[Path, ...]
    shown: tuple[str, ...]
    query: "Query | None" = None
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    set: dict[str, str | None] = field(default_factory=dict)
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    drop_duplicates: bool = False
    dialect: "Section | None" = None
    one_row: str = ""
    values: dict[str, dict[str, str | None]] = field(default_factory=dict)
    scale: dict[str, float] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    dates: dict[str, str] = field(default_factory=dict)
    join: Join | None = None
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)

    def line(self, *keys: str) -> int | None:
        """Give the line of study.yml where a key of this table stands.

        Parameters
        ----------
        *keys : str
            The key with those above it, from the table on, such as "columns", "stage".

        Returns
        -------
        int or None
            The line, from 1, of the key or else of what it is missing in; None where the table stands in no study.yml.

        Examples
        --------
        >>> spec = Spec("deals", (), (), lines={(): 4, ("join",): 9})
        >>> spec.line("join", "on"), spec.line("where"), Spec("deals", (), ()).line("where")
        (9, 4, None)
        """
        return find_line(self.lines, keys)


def find_line(lines: Mapping[tuple[str, ...], int], at: tuple[str, ...]) -> int | None:
    """Find the line of a path of keys.

    Parameters
    ----------
    lines : mapping of (tuple of str) to int
        The line of each path of keys that is there, from 1.
    at : tuple of str
        The path.

    Returns
    -------
    int or None
        What is missing has the line of what it is missing in; None where that has none either.

    Examples
    --------
    >>> lines = {("tables",): 3, ("tables", "deals"): 5}
    >>> find_line(lines, ("tables", "deals", "where", "stage")), find_line(lines, ("name",))
    (5, None)
    """
    while at and at not in lines:
        at = at[:-1]
    return lines.get(at)
