"""Spelling variants of categories become one; industries, countries and prefectures are known by many names."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal
from unicodedata import normalize

from duckdb import DuckDBPyConnection as Con

from icp_lab.intake.facts import Facts
from icp_lab.intake.sql import quoted
from icp_lab.intake.titles import Words
from icp_lab.locale.declared import read_declared
from icp_lab.tables import Column

# A column with more different texts holds no categories.
MOST_VALUES = 1_000

_RARE, _FREQUENT, _FEW = 0.2, 0.05, 5
_LONG = 9  # letters of a word that is put right although nobody in the column spells it so
_NAMES = frozenset({"city"})  # two towns may differ by a letter
_EXCEPT = re.compile(r"\((?:except|excluding|other than)[^)]*\)|\([^)]*除く\)")
# What words that are spelled right stand for, and how they are written, by their key.
_Spelled = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Folding:
    """One spelling of a column that was taken for another.

    Parameters
    ----------
    column : str
        The column.
    value : str
        The text as it stood there.
    becomes : str
        The text that it was taken for.
    n : int
        Rows that held it.

    Examples
    --------
    >>> Folding("industry", "Retial", "Retail", n=2).becomes
    'Retail'
    """

    column: str
    value: str
    becomes: str
    n: int


def _plain(text: str) -> str:
    """Make width, case, accents, blanks and punctuation one; between digits (1-10, 11-0) punctuation stays."""
    folded = re.sub("[\u0300-\u036f]", "", normalize("NFD", normalize("NFKC", text).casefold()))
    folded = normalize("NFC", folded).replace("&", "and")
    kept = re.sub(r"\s|(?<=[ァ-ー]{3})ー(?![ァ-ー])", "", folded)
    return kept if re.search(r"\d", kept) else re.sub(r"[-‐-―_.,'’/・·、()]", "", kept) or kept


@cache
def _read_industries() -> tuple[Words, Words, _Spelled, frozenset[str]]:
    known = dict(read_declared("icp_lab.intake", "lexicon/industries.toml"))
    spelled, unclear, apart = known.pop("spelled"), known.pop("unclear"), frozenset(known.pop("apart"))
    labels = {f"{each.get('jsic', name)}/{each.get('naics', '')}": each for name, each in known.items()}
    activity, field = ({label: each.get(part, ()) for label, each in labels.items()} for part in ("activity", "field"))
    return (Words(activity), Words(field | {"": unclear}), {_plain(word): (_plain(word), word) for word in spelled},
            apart)


@cache
def _read_places() -> tuple[Mapping[str, str], Mapping[str, str], _Spelled]:
    """Give the codes of countries and of prefectures by the keys of their names, and how countries are spelled."""
    from babel import Locale  # noqa: PLC0415  (only studies with countries need it)
    from babel.core import get_global  # noqa: PLC0415

    known = read_declared("icp_lab.intake", "lexicon/places.toml")
    english, japanese = ({code: name for code, name in Locale(language).territories.items() if len(code) == 2}
                         for language in ("en", "ja"))
    names = [(alias, codes[0]) for alias, codes in get_global("territory_aliases").items() if len(codes) == 1]
    names += [(name, code) for each in (english, japanese) for code, name in each.items()]
    names += [(code, code) for code in english]
    names += [(name, code) for code, more in known["countries"].items() for name in more]
    regions = {_plain(name): f"\t{code}" for code, more in known["prefectures"].items() for name in more}
    return ({_plain(name): f"\t{code}" for name, code in names}, regions,
            {_plain(name): (f"\t{code}", name) for code, name in english.items()})


def map_industry(text: str, scheme: Literal["jsic", "naics"] = "jsic") -> str:
    """Tell which division of a classification an industry falls into.

    Parameters
    ----------
    text : str
        An industry in anybody's words, English or Japanese.
    scheme : {'jsic', 'naics'}, default 'jsic'
        `jsic`: a division of the Japan Standard Industrial Classification, A to S; `naics`: a sector of the North
        American one, two digits, or two joined by a hyphen.

    Returns
    -------
    str
        The code; empty where no word tells, or the words tell of several.

    Notes
    -----
    What a company does settles it before what it deals in: a wholesaler of machinery is a wholesaler. The words and
    their sources stand in `lexicon/industries.toml`.

    Examples
    --------
    >>> map_industry("自動車部品製造業"), map_industry("Retail", "naics"), map_industry("Technology")
    ('E', '44-45', '')
    """
    plain = " ".join(_EXCEPT.sub(" ", normalize("NFKC", text).casefold()).split())
    for words in _read_industries()[:2]:
        codes = {label.split("/")[scheme == "naics"] for label in words.find(plain) if label}
        if codes:
            return codes.pop() if len(codes) == 1 else ""
    return ""


def is_country(text: str) -> bool:
    """Tell whether a text is the name of a country, in English or Japanese.

    Parameters
    ----------
    text : str
        A text in any case and width. Codes are not looked at: CA may be California.

    Returns
    -------
    bool
        True for any of the names by which a country is known here.

    Examples
    --------
    >>> is_country("United States"), is_country("Oregon"), is_country("日本"), is_country("CA")
    (True, False, True, False)
    """
    return (len(text) > 3 or not text.isascii()) and _plain(text) in _read_places()[0]


def _is_known(column: str, value: str) -> bool:
    """Tell whether a text is a word that is easily taken for another, or made of known words of industries alone."""
    apart = _plain(value) in _read_industries()[3]
    if column != "industry" or apart or len(value) > 200:  # a text that long is no word, and slow to look through
        return apart
    rest = re.sub(r"\b(?:and|of|the|industry|sector)\b", " ", normalize("NFKC", value).casefold())
    for words in _read_industries()[:2]:
        rest = words.pattern.sub(" ", rest)
    return not any(map(str.isalpha, rest))


def find_foldings(counts: Mapping[str, int], column: str, told: Mapping[str, str] | None = None,
                  before: Mapping[str, int] | None = None) -> dict[str, str]:
    """Tell which texts of a column are one category, written in several ways.

    Parameters
    ----------
    counts : mapping of str to int
        The texts of the column and how many rows hold each.
    column : str
        Its name: `country` and `region` are read as places, `industry` by the words of industries.
    told : mapping of str to str, optional
        What people said that a text becomes; itself where it is to be left alone.
    before : mapping of str to int, optional
        The same column of a table that was read before, whose spellings hold.

    Returns
    -------
    dict of str to str
        What each text becomes that does not stay. Texts that differ by width, case, blanks, accents or punctuation,
        and names of one country or prefecture, take the spelling that is most frequent. A rare text of Latin letters
        becomes a frequent one that differs by one letter of 5 or more, by two of 10 or more, never in its first letter
        or a digit; one of 9 or more that differs by one letter from a word of the lexicon becomes that word.

    Notes
    -----
    Letters are counted as by Damerau (1964): one left out, put in, changed, or two turned round (optimal string
    alignment). Rare: not over a fifth of the other's rows, and not
    5 % of all, or under 5 rows. Two words that are known to be right are never one. The order of rows does not matter.

    Examples
    --------
    >>> find_foldings({"Retail": 9, "retail": 2, "Retial": 1, "Technolgy": 3}, "industry")
    {'retail': 'Retail', 'Retial': 'Retail', 'Technolgy': 'Technology'}
    """
    said, sizes = told or {}, Counter(before or {})
    for value, n in counts.items():
        sizes[said.get(value, value)] += n
    fixed, groups = {*said, *said.values()}, defaultdict[str, list[str]](list)
    places, spelled = _know(column)
    for value in sorted(sizes):
        groups[places.get(_plain(value), _plain(value))].append(value)
    names = {key: min(values, key=lambda value: (value not in (before or {}), -sizes[value], value))
             for key, values in groups.items()}
    right = {} if column in _NAMES else _put_right(
        Counter({key: sum(sizes[value] for value in values) for key, values in groups.items()}), spelled,
        {key for key, name in names.items() if key.startswith("\t") or _is_known(column, name)})
    words = dict(spelled.values())
    becomes = {value: names[to] if (to := right.get(key, key)) in names else _write_like(names[key], words[to])
               for key, values in groups.items() for value in values if value not in fixed}
    final = {value: becomes.get(said.get(value, value), said.get(value, value)) for value in counts}
    return {value: final[value] for value in counts if final[value] != value}


def _know(column: str) -> tuple[Mapping[str, str], _Spelled]:
    """Give what is known of a column: what its keys stand for, and which words are spelled right."""
    if column == "industry":
        return {}, _read_industries()[2]
    if column in ("country", "region"):
        countries, regions, spelled = _read_places()
        return (countries, spelled) if column == "country" else (regions, {})
    return {}, {}


def _put_right(sizes: Counter[str], spelled: _Spelled, known: set[str]) -> dict[str, str]:
    """Find the keys that are others, spelled wrong."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415  (only where there are categories)
    from rapidfuzz.process import extract  # noqa: PLC0415

    frequent, right = max(_FEW, _FREQUENT * sizes.total()), dict[str, str]()
    by_letter = defaultdict[str, set[str]](set)
    for word in (*sizes, *spelled):
        by_letter[word[:1]].add(word)
    for key in sorted(sizes, key=lambda key: (-sizes[key], key)):
        if len(key) < _FEW or not key.isascii() or key in known:
            continue
        near = extract(key, by_letter[key[0]] - {key}, scorer=OSA.distance, limit=None,
                       score_cutoff=1 if len(key) < 2 * _FEW else 2)
        fits: dict[str, float] = {}
        for word, distance, _place in near:
            stands = spelled[word][0] if word in spelled else word
            rare = sizes[key] < frequent and sizes[key] <= _RARE * sizes[stands]
            if re.findall(r"\d", word) == re.findall(r"\d", key) and (
                    rare or (word in spelled and distance == 1 and len(key) >= _LONG)):
                fits[stands] = min(distance, fits.get(stands, distance))
        best = [word for word, distance in fits.items() if distance == min(fits.values())]
        if len(best) == 1:
            right[key] = right.get(best[0], best[0])
    return right


def _write_like(value: str, word: str) -> str:
    return word[0].upper() + word[1:] if value[0].isupper() else word


def fold_categories(con: Con, table: str, columns: Iterable[Column], told: Mapping[tuple[str, str], str],
                    facts: Facts) -> list[Folding]:
    """Fold the categories of a loaded table's text attributes, and say each folding.

    Parameters
    ----------
    con : DuckDBPyConnection
        A connection that holds the table, which is changed, and `accounts`, whose spellings hold in other tables.
    table : str
        The table's name.
    columns : iterable of Column
        Its columns; of these the attributes of free text are looked at, and only such as have at most `MOST_VALUES`
        different texts.
    told : mapping of tuple of 2 str to str
        What people said, by (column, text): what the text becomes, or itself where it is to be left alone.
    facts : Facts
        Where each folding is noted.

    Returns
    -------
    list of Folding
        Those that nobody told, to be asked about.

    Examples
    --------
    >>> import duckdb
    >>> con, facts = duckdb.connect(), Facts("accounts", "accounts.csv", read=4)
    >>> _ = con.execute("CREATE TABLE accounts AS SELECT unnest(['Retail', 'Retail', 'retail', 'Shops']) AS industry")
    >>> industry = Column("industry", "", role="attribute")
    >>> fold_categories(con, "accounts", [industry], {("industry", "Shops"): "Retail"}, facts)
    [Folding(column='industry', value='retail', becomes='Retail', n=1)]
    >>> con.sql("SELECT industry, count(*) FROM accounts GROUP BY ALL").fetchall(), len(facts.decisions)
    ([('Retail', 4)], 2)
    """
    done = []
    there = con.table("accounts").columns if table != "accounts" else ()
    for name in (each.name for each in columns
                 if each.role == "attribute" and each.kind == "text" and not each.choices):
        cell = quoted(name)
        counts = _count_values(con, table, cell)
        said = {value: becomes for (column, value), becomes in told.items() if column == name}
        if len(counts) > MOST_VALUES:
            continue
        before = _count_values(con, "accounts", cell) if name in there else {}
        if not (becomes := find_foldings(counts, name, said, before)):
            continue
        con.execute(f"UPDATE {table} SET {cell} = f.becomes FROM (SELECT unnest($1) AS value, unnest($2) AS becomes) f "
                    f"WHERE {cell} = f.value", [list(becomes), list(becomes.values())])
        for value, word in sorted(becomes.items()):
            facts.decide("folded", name, n=counts[value], value=value, becomes=word)
            if value not in said:
                done.append(Folding(name, value, word, counts[value]))
    return done


def _count_values(con: Con, table: str, cell: str) -> dict[str, int]:
    values = f"SELECT {cell}, count(*) FROM {table} WHERE {cell} IS NOT NULL GROUP BY ALL LIMIT {MOST_VALUES + 1}"
    return dict(con.execute(values).fetchall())
