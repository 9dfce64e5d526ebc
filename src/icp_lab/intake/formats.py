"""Formats: what known systems call their columns and words; `dialects/NAME.toml` declares each, or a study its own."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icp_lab.errors import Place, utter
from icp_lab.errors import study as errors
from icp_lab.intake.spec import UNITS
from icp_lab.locale.declared import read_declared
from icp_lab.tables import BY_NAME

if TYPE_CHECKING:
    import duckdb

    from icp_lab.intake.files import Raw
    from icp_lab.intake.spec import Spec

GENERIC = "generic"
# The formats of the house, the more telling first.
FORMATS = ("hubspot", "salesforce", "ledger", "kintone", "sansan", GENERIC)

# How sure it may be that a header feeds a column, and what that counts for where a file fits several tables.
SURETIES = {"stated": 1.0, "seen": 1.0, "documented": 1.0, "remembered": 0.8, "common": 0.7}

# A decision: its code, the column it bears on, and its words.
Note = tuple[str, str, dict[str, str | int]]

_SHAPE = {"columns": dict, "values": dict, "tell": list, "after_sale": list, "exclude": list}
ROW = "row"


@dataclass(frozen=True)
class Section:
    """What a format says of one table.

    `columns` gives for each column its headers, best first, and how sure each is; `values` for each column what folded
    words mean; `derive` how columns follow from others; `tell` names columns of which a file of this table has one;
    `after_sale` and `exclude` name folded headers that are no criteria.
    """

    format: str
    columns: dict[str, dict[str, str]]
    values: dict[str, dict[str, str]]
    derive: dict[str, dict[str, Any]] = field(default_factory=dict)
    tell: tuple[str, ...] = ()
    after_sale: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


def fold(word: str) -> str:
    """Bring spellings of one header together: width, case, blanks, hyphens and underscores do not count.

    Examples
    --------
    >>> fold("Ｒecord　ID") == fold("record_id")
    True
    """
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", word)).casefold()


def read_format(name: str, folder: Path | None = None) -> dict[str, Section]:
    """What does a format say of each table? A study's own `dialects/NAME.toml` goes before the house's.

    Raises
    ------
    LabError
        There is no such format, or the study's own file is not as it should be.
    """
    own = folder / "dialects" / f"{name}.toml" if folder else None
    if own and own.is_file():
        content = _read_own(own)
    elif name in FORMATS:
        content = read_declared("icp_lab.intake", f"dialects/{name}.toml")
    else:
        raise utter("study.unknown_format", name=name, words=errors.list_words(FORMATS),
                    remedy=errors.nearest(name, FORMATS))
    tables = BY_NAME if name == GENERIC else content
    return {table: _read_section(name, table, content.get(table, {})) for table in tables}


def _read_own(path: Path) -> dict[str, Any]:
    place = Place(f"dialects/{path.name}")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:  # ValueError: not TOML, or not text
        raise utter("study.bad_format", place, problem=str(error).splitlines()[0]) from error
    for table, said in content.items():
        parts = said if table in BY_NAME and isinstance(said, dict) else {table: said}
        wrong = [key for key, each in parts.items() if not isinstance(each, _SHAPE.get(key, ()))]
        if wrong := wrong or [key for key, each in parts.get("values", {}).items() if not isinstance(each, dict)]:
            raise utter("study.bad_format", place, problem=f"[{table}] {', '.join(wrong)}")
    return content


def _read_section(name: str, table: str, said: dict[str, Any]) -> Section:
    """Read what is said of a table; in the generic format its columns' own names go before the words of others."""
    columns = {column: {column: "common"} for column in BY_NAME[table].by_name} if name == GENERIC else {}
    for column, headers in said.get("columns", {}).items():
        columns[column] = {**columns.get(column, {}), **_list(headers)}
    values = {column: {fold(word): meaning for meaning, words in words_of.items() for word in _list(words)}
              for column, words_of in said.get("values", {}).items()}
    late, never = (tuple(map(fold, map(str, said.get(key, ())))) for key in ("after_sale", "exclude"))
    return Section(name, columns, values, said.get("derive", {}), tuple(said.get("tell", ())), late, never)


def _list(said: Any, surety: str = "stated") -> dict[str, str]:
    """Give each word and how sure it is; a study's own format may list words, or say one, without that."""
    if isinstance(said, dict):
        return {word: sure for key, words in said.items() for word, sure in _list(words, key).items()}
    return dict.fromkeys(map(str, said if isinstance(said, list | tuple) else [said]),
                         surety if surety in SURETIES else "stated")


def map_headers(section: Section, headers: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Which header feeds which column, and how sure is that? A unit in brackets behind a header does not count.

    Examples
    --------
    >>> map_headers(read_format("hubspot")["deals"], ["Record ID", "Deal Stage", "Amount (k)"])
    {'stage': ('Deal Stage', 'seen'), 'deal_id': ('Record ID', 'seen'), 'amount': ('Amount (k)', 'seen')}
    """
    known = {ROW: ROW}
    for header in headers:
        for spelling in (header, part_unit(header)[0]):
            known.setdefault(fold(spelling), header)
    found: dict[str, tuple[str, str]] = {}
    for column, aliases in section.columns.items():
        for alias in filter(lambda alias: fold(alias) in known, aliases):
            found.setdefault(column, (known[fold(alias)], aliases[alias]))
    return found


def part_unit(header: str) -> tuple[str, str]:
    """Which unit stands in brackets behind a header? `金額（千円）` is 金額 in 千円; empty where none does."""
    parts = re.fullmatch(r"(.*)[(\[]([^()\[\]]+)[)\]]", unicodedata.normalize("NFKC", header).strip(), re.DOTALL)
    return (parts[1], parts[2]) if parts and parts[2] in UNITS else (header, "")


def read_words(con: "duckdb.DuckDBPyConnection", raw: "Raw", header: str) -> dict[str, int]:
    """Which words stand in a column, and how often, the most frequent first?"""
    cell = f"trim(c{raw.headers.index(header)})"
    counted = f"SELECT {cell}, count(*) FROM {raw.name} WHERE {cell} <> '' GROUP BY ALL ORDER BY 2 DESC, 1"
    return dict(con.execute(counted).fetchall())


def apply_format(con: "duckdb.DuckDBPyConnection", spec: "Spec", raw: "Raw") -> tuple["Spec", list[Note]]:
    """Write out for the headers and words of a file what its format says; what study.yml says itself goes first."""
    if spec.dialect is None:
        return spec, []
    found = {column: header for column, (header, _sure) in map_headers(spec.dialect, raw.headers).items()}
    columns = {**found, **spec.columns}
    values = dict(spec.values)
    for column, meanings in spec.dialect.values.items():
        if (header := columns.get(column)) in raw.headers and column not in spec.set:
            known = {word: meanings[fold(word)] for word in read_words(con, raw, str(header)) if fold(word) in meanings}
            values[column] = {**known, **spec.values.get(column, {})}
    units = {column: UNITS[unit] for column, header in columns.items() if (unit := part_unit(header)[1])}
    added = ", ".join(f"{column} = {header}" for column, header in found.items() if column not in spec.columns)
    notes: list[Note] = [("format", "", {"format": spec.dialect.format, "columns": added})] if added else []
    return replace(spec, columns=columns, values=values, scale={**units, **spec.scale}), notes
