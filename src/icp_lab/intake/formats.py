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
from icp_lab.locale import N_
from icp_lab.locale.declared import read_declared
from icp_lab.tables import BY_NAME

if TYPE_CHECKING:
    import duckdb

    from icp_lab.intake.files import Raw
    from icp_lab.intake.spec import Spec

GENERIC = "generic"
FORMATS = ("hubspot", "salesforce", "ledger", "kintone", "sansan", GENERIC)
"""The formats of the house, the more telling first."""

SURETIES: dict[str, str] = {
    "stated": N_("stated by you"), "seen": N_("seen in real exports"), "documented": N_("as its maker documents it"),
    "common": N_("usual in many systems"), "remembered": N_("from experience, to be checked"),
}
"""How sure it is that a header feeds a column, by code."""

Note = tuple[str, str, dict[str, str | int]]
"""A decision: its code, the column it bears on, and its words."""

_KEYS = ("columns", "values", "tell", "after_sale", "exclude")
ROW = "row"


@dataclass(frozen=True)
class Section:
    """What a format says of one table.

    `columns` gives for each column its headers, best first, and how sure each is; `values` for each column what folded
    words mean; `derive` how columns follow from others; `tell` names columns of which a file of this table has one;
    `after_sale` and `exclude` name headers that are no criteria.
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
    sections = {table: _read_section(name, said) for table, said in content.items()}
    return {table: _add_own_names(table, sections.get(table)) for table in BY_NAME} if name == GENERIC else sections


def _add_own_names(table: str, section: Section | None) -> Section:
    """Let the columns' own names count too, before the words that others use."""
    said = section or Section(GENERIC, {}, {})
    own = {column: {column: "common"} for column in BY_NAME[table].by_name}
    return replace(said, columns={c: {**own.get(c, {}), **said.columns.get(c, {})} for c in {**own, **said.columns}})


def _read_own(path: Path) -> dict[str, Any]:
    place = Place(f"dialects/{path.name}")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:  # ValueError: not TOML, or not text
        raise utter("study.bad_format", place, problem=str(error).splitlines()[0]) from error
    for table, said in content.items():
        unknown = [key for key in said if key not in _KEYS] if table in BY_NAME and isinstance(said, dict) else [table]
        if unknown or not all(isinstance(said.get(key, {}), dict) for key in ("columns", "values")):
            raise utter("study.bad_format", place, problem=", ".join(unknown) or table)
    return content


def _read_section(name: str, said: dict[str, Any]) -> Section:
    values = {column: {fold(word): meaning for meaning, words in words_of.items() for word in _list(words)}
              for column, words_of in said.get("values", {}).items()}
    columns = {column: _list(headers) for column, headers in said.get("columns", {}).items()}
    rest = {key: tuple(said.get(key, ())) for key in ("tell", "after_sale", "exclude")}
    return Section(name, columns, values, said.get("derive", {}), **rest)


def _list(said: Any) -> dict[str, str]:
    """Give each word and how sure it is; a study's own format may list words, or say one, without that."""
    if isinstance(said, dict):
        return {str(word): surety for surety, words in said.items() for word in words}
    return dict.fromkeys(map(str, said if isinstance(said, list | tuple) else [said]), "stated")


def map_headers(section: Section, headers: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Which header feeds which column, and how sure is that? A unit in brackets behind a header does not count.

    Examples
    --------
    >>> map_headers(read_format("hubspot")["deals"], ["Record ID", "Deal Stage", "Amount (k)"])
    {'stage': ('Deal Stage', 'seen'), 'deal_id': ('Record ID', 'seen'), 'amount': ('Amount (k)', 'seen')}
    """
    known = {ROW: ROW}
    for header in headers:
        known.setdefault(fold(header), header)
        if find_unit(header):
            known.setdefault(fold(_bare(header)), header)
    found = {}
    for column, aliases in section.columns.items():
        hit = next(((known[fold(alias)], sure) for alias, sure in aliases.items() if fold(alias) in known), None)
        if hit:
            found[column] = hit
    return found


def find_unit(header: str) -> str:
    """Which unit stands in brackets behind a header? `金額（千円）` is in 千円; empty where none does."""
    unit = re.search(r"[(\[]([^()\[\]]+)[)\]]$", unicodedata.normalize("NFKC", header).strip())
    return unit[1] if unit and unit[1] in UNITS else ""


def _bare(header: str) -> str:
    return re.sub(r"[(\[][^()\[\]]+[)\]]$", "", unicodedata.normalize("NFKC", header).strip())


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
    units = {column: UNITS[find_unit(header)] for column, header in columns.items() if find_unit(header)}
    notes: list[Note] = []
    if added := ", ".join(f"{column} = {header}" for column, header in found.items() if column not in spec.columns):
        notes.append(("format", "", {"format": spec.dialect.format, "columns": added}))
    return replace(spec, columns=columns, values=values, scale={**units, **spec.scale}), notes
