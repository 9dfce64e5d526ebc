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
    """Columns taken over from another table, many-to-one."""

    table: str
    on: str
    take: tuple[str, ...]


@dataclass(frozen=True)
class Spec:
    """A table's source and mapping; `lines` gives the line of study.yml of each key, for messages.

    `dialect` is what the format named says of the table; `one_row` keeps one row a key: "latest" in the file, or by a
    column. `query` stands in place of files.
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
        """Give the line of study.yml where a key of this table stands."""
        return find_line(self.lines, keys)


def find_line(lines: Mapping[tuple[str, ...], int], at: tuple[str, ...]) -> int | None:
    """Find the line of a path of keys; what is missing has the line of what it is missing in."""
    while at and at not in lines:
        at = at[:-1]
    return lines.get(at)
