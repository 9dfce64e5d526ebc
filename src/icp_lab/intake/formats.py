"""Formats: how known systems call their columns and words (`dialects/NAME.toml`), and which of them a file is in."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from icp_lab.errors import Place, refusals, utter
from icp_lab.intake.spec import UNITS
from icp_lab.locale.declared import read_declared
from icp_lab.tables import BY_NAME

GENERIC = "generic"
# The formats of the house, the more telling first.
FORMATS = ("hubspot", "salesforce", "ledger", "kintone", "sansan", GENERIC)

# How sure it may be that a header feeds a column, and what that counts for where a file fits several tables.
SURETIES = {"stated": 1.0, "seen": 1.0, "documented": 1.0, "remembered": 0.8, "common": 0.7}

_SHAPE = {"columns": dict, "values": dict, "tell": list, "after_sale": list, "exclude": list}
ROW = "row"


@dataclass(frozen=True)
class Section:
    """What a format says of one table.

    Parameters
    ----------
    format : str
        The format's name.
    columns : dict of str to (dict of str to str)
        For each column its headers, best first, and how sure each is, as a word of `SURETIES`.
    values : dict of str to (dict of str to str)
        For each column what folded words mean.
    derive : dict of str to dict, optional
        How columns follow from others: `sql` over the columns that it `needs`, and the `note` that says so.
    tell : tuple of str, default ()
        Columns of which a file of this table has one.
    after_sale : tuple of str, default ()
        Folded headers that are no criteria, since they know the outcome.
    exclude : tuple of str, default ()
        Folded headers that are no criteria for another reason.

    Examples
    --------
    >>> section = read_format("hubspot")["deals"]
    >>> section.values["stage"][fold("Closed Won")], section.derive["closed"]["needs"]
    ('won', ('stage', 'closed'))
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

    Parameters
    ----------
    word : str
        A header, or a word of a column.

    Returns
    -------
    str
        The same for all its spellings; not for showing.

    Examples
    --------
    >>> fold("Ｒecord　ID") == fold("record_id")
    True
    """
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", word)).casefold()


def read_format(name: str, folder: Path | None = None) -> dict[str, Section]:
    """Tell what a format says of each table.

    Parameters
    ----------
    name : str
        The format: one of `FORMATS`, or one of the study's own.
    folder : Path or None, default None
        The study's folder, whose `dialects/NAME.toml` goes before the house's; None where there is none.

    Returns
    -------
    dict of str to Section
        By table, those that it says something of; `generic` speaks of all.

    Raises
    ------
    LabError
        There is no such format, or the study's own file is not as it should be.

    Examples
    --------
    >>> list(read_format("ledger"))
    ['revenue', 'accounts']
    >>> read_format("hubspott")
    Traceback (most recent call last):
        ...
    icp_lab.errors.base.LabError: ... Did you mean `hubspot`?
    """
    own = folder / "dialects" / f"{name}.toml" if folder and re.fullmatch(r"[\w -]{1,80}", name) else None
    if own and own.is_file() and folder and own.resolve().is_relative_to(folder.resolve()):
        content = _read_own(own)
    elif name in FORMATS:
        content = read_declared("icp_lab.intake", f"dialects/{name}.toml")
    else:
        raise utter("study.unknown_format", name=name, words=refusals.list_words(FORMATS),
                    remedy=refusals.nearest(name, FORMATS))
    tables = BY_NAME if name == GENERIC else content
    return {table: _read_section(name, table, content.get(table, {})) for table in tables}


def _read_own(path: Path) -> dict[str, Any]:
    place = Place(f"dialects/{path.name}")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:  # ValueError: not TOML, or not text
        raise utter("study.bad_format", place, problem=str(error).splitlines()[0]) from error
    for table, said in content.items():
        parts, wrong = (said, []) if table in BY_NAME and isinstance(said, dict) else ({}, [table])
        wrong += [key for key, each in parts.items() if not isinstance(each, _SHAPE.get(key, ()))]
        if wrong := wrong or [key for key, each in parts.get("values", {}).items() if not isinstance(each, dict)]:
            raise utter("study.bad_format", place, problem=f"[{table}] {', '.join(wrong)}" if parts else f"[{table}]")
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
    """Tell which header feeds which column, and how sure that is.

    Parameters
    ----------
    section : Section
        What a format says of the table.
    headers : iterable of str
        The headers of a file. A unit in brackets behind one does not count; one may feed several columns.

    Returns
    -------
    dict of str to (tuple of 2 str)
        For each column that was found its header and a word of `SURETIES`; the header `row` numbers the rows.

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
    """Tell which unit stands in brackets behind a header.

    Parameters
    ----------
    header : str
        A header in any width.

    Returns
    -------
    tuple of 2 str
        The header without the unit, and the unit, one of `UNITS`; the whole header and an empty text where none is.

    Examples
    --------
    >>> part_unit("金額（千円）"), part_unit("Country (billing)")
    (('金額', '千円'), ('Country (billing)', ''))
    """
    parts = re.fullmatch(r"(.*)[(\[]([^()\[\]]+)[)\]]", unicodedata.normalize("NFKC", header).strip(), re.DOTALL)
    return (parts[1], parts[2]) if parts and parts[2] in UNITS else (header, "")


_ENOUGH = 3  # headers known, where a file has so many: an id and a name fit nearly every list

Formats = dict[str, dict[str, Section]]


@dataclass(frozen=True)
class Match:
    """A file taken for a table.

    Parameters
    ----------
    table : str
        The table.
    section : Section
        What the format that was recognised says of it.
    columns : dict of str to (tuple of 2 str)
        For each column its header and how sure that is, as a word of `SURETIES`.

    Examples
    --------
    >>> section = read_format("generic")["accounts"]
    >>> match = Match("accounts", section, map_headers(section, ["Customer ID", "業種"]))
    >>> match.columns["industry"], match.score
    (('業種', 'common'), 1.4)
    """

    table: str
    section: Section
    columns: dict[str, tuple[str, str]]

    @property
    def score(self) -> float:
        """Weigh what was recognised.

        Returns
        -------
        float
            Sum of `SURETIES` over the columns that a header feeds: up to 1 a column.

        Examples
        --------
        >>> columns = {"stage": ("Deal Stage", "seen"), "amount": ("Value", "common"), "deal_id": ("row", "common")}
        >>> Match("deals", read_format("generic")["deals"], columns).score
        1.7
        """
        return sum(SURETIES[sure] for header, sure in self.columns.values() if header != ROW)


def recognise_file(headers: Sequence[str], formats: Formats) -> Match | None:
    """Tell which table of which format has the headers of a file.

    Parameters
    ----------
    headers : sequence of str
        The headers of one file.
    formats : dict of str to (dict of str to Section)
        What each format says of each table; of two that fit as well the first is taken. What the format of the file
        does not know is looked up in the one called generic.

    Returns
    -------
    Match or None
        None where no table has its required columns among them.

    Examples
    --------
    >>> formats = {name: read_format(name) for name in FORMATS}
    >>> match = recognise_file(["得意先コード", "得意先名", "売上日", "金額"], formats)
    >>> match.table, match.section.format, match.columns["amount"]
    ('revenue', 'ledger', ('金額', 'common'))
    >>> recognise_file(["Fruit", "Weight"], formats) is None
    True
    """
    matches = [Match(table, section, map_headers(section, headers))
               for sections in formats.values() for table, section in sections.items()]
    fitting = [match for match in matches if _fits(match, headers)]
    best = max(fitting, key=lambda match: match.score, default=None)
    if best is None:
        return best
    used = {header for header, _sure in best.columns.values()}
    more = map_headers(formats[GENERIC][best.table], [header for header in headers if header not in used])
    added = {column: hit for column, hit in more.items()
             if column not in best.columns and hit[0] != ROW and not column.startswith("_")}
    return replace(best, columns={**best.columns, **added})


def _fits(match: Match, headers: Sequence[str]) -> bool:
    table, found = BY_NAME[match.table], match.columns
    known = {header for header, _sure in found.values()}
    return (set(table.required) <= set(found) and len(known) >= min(_ENOUGH, len(headers))
            and all(not any_of or any(column in found for column in any_of)
                    for any_of in (table.one_of, match.section.tell)))


def take_accounts(match: Match, headers: Sequence[str], formats: Formats) -> Match:
    """Tell which accounts a file of deals or revenue speaks of.

    Parameters
    ----------
    match : Match
        The file taken for its own table, with a column `account_id`.
    headers : sequence of str
        Its headers.
    formats : dict of str to (dict of str to Section)
        What each format says of each table, the one called generic among them.

    Returns
    -------
    Match
        The columns of accounts among the headers; only `account_id` is shared with the file's own table.

    Examples
    --------
    >>> formats = {name: read_format(name) for name in FORMATS}
    >>> headers = ["得意先コード", "得意先名", "売上日", "金額"]
    >>> take_accounts(recognise_file(headers, formats), headers, formats).columns
    {'account_id': ('得意先コード', 'common'), 'name': ('得意先名', 'common')}
    """
    section = formats[match.section.format].get("accounts") or formats[GENERIC]["accounts"]
    spoken_for = {header for column, (header, _sure) in match.columns.items() if column != "account_id"}
    columns = {column: hit for column, hit in map_headers(section, headers).items() if hit[0] not in spoken_for}
    return Match("accounts", section, {**columns, "account_id": match.columns["account_id"]})
