"""Job titles in English and Japanese: the department, the rank and the part in buying that they tell of."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from unicodedata import normalize

from duckdb import DuckDBPyConnection as Con

from icp_lab.intake.facts import Facts
from icp_lab.intake.sql import quoted
from icp_lab.locale.declared import read_declared
from icp_lab.tables import BY_NAME, Column


class Words:
    """Labels, each with the words that stand for it: regular expressions over small letters after NFKC.

    A word of Latin letters stands alone, any other one anywhere; of words that overlap the longer holds.

    Parameters
    ----------
    labels : mapping of str to (iterable of str)
        The words of each label.

    Examples
    --------
    >>> Words({"retail": ("小売", "shops?"), "bank": ("bank",)}).find("a shop in a bank, no banker")
    ['retail', 'bank']
    """

    def __init__(self, labels: Mapping[str, Iterable[str]]) -> None:
        """Write all words as one expression, the longest first; behind each an empty group tells which one it was."""
        each = sorted(((word, label) for label in labels for word in labels[label]),
                      key=lambda pair: (not pair[0][0].isascii(), -len(pair[0])))
        plain = [re.sub(r"\((?!\?)", "(?:", word) + "()" for word, _label in each]
        latin = sum(word[0].isascii() for word, _label in each)
        alone = rf"(?<![a-z0-9])(?:{'|'.join(plain[:latin])})(?![a-z0-9])" if latin else "(?!)"
        self.pattern, self._places = re.compile("|".join([alone, *plain[latin:]])), [label for _word, label in each]

    def find(self, text: str) -> list[str]:
        """Give the labels of the words that stand in a text.

        Parameters
        ----------
        text : str
            A text in small letters, after NFKC.

        Returns
        -------
        list of str
            In the order of the words in the text; a label for each word, so that one may come twice.

        Examples
        --------
        >>> Words({"it": ("情報システム",), "sales": ("sales", "情報")}).find("sales 情報システム sales")
        ['sales', 'it', 'sales']
        """
        return [self._places[(found.lastindex or 1) - 1] for found in self.pattern.finditer(text)]


@dataclass(frozen=True, slots=True)
class Title:
    """What a job title says; empty where it says nothing.

    Parameters
    ----------
    department : str, default ''
        One of the departments of `lexicon/titles.toml`, or `other`.
    seniority : str, default ''
        One of executive, head, manager and staff.
    buying_role : str, default ''
        One of decider, influencer, user, buyer and gatekeeper: an assumption from the other two.

    Examples
    --------
    >>> read_title("Assistant to the CEO")
    Title(department='', seniority='staff', buying_role='gatekeeper')
    """

    department: str = ""
    seniority: str = ""
    buying_role: str = ""


_PIECES = re.compile(r"[,;:/|、・(){}\[\]]| (?:&|and|[-–—]) |兼")
_WHOSE = re.compile(r"\b(?:reporting )?to (?:the )?\w.*")  # an assistant to the CEO is no CEO


@cache
def _read_words() -> tuple[dict[str, Words], dict[str, str], list[str]]:
    """Give the words by section, the part in buying by department and rank, and the ranks from high to low."""
    known = dict(read_declared("icp_lab.intake", "lexicon/titles.toml"))
    roles = known.pop("buying")
    return {name: Words(labels) for name, labels in known.items()}, roles, list(known["seniority"])


@lru_cache(maxsize=100_000)
def read_title(text: str) -> Title:
    """Tell which department, rank and part in buying a job title speaks of.

    Parameters
    ----------
    text : str
        A title as it stands on a card, in English or Japanese.

    Returns
    -------
    Title
        `department`: one of the departments of `lexicon/titles.toml`; `seniority`: executive (an officer of the
        company, a vice president included), head (of a department or a plant), manager (of a section or a team) or
        staff; `buying_role`: decider, influencer, user, buyer or gatekeeper. Each is empty where no word tells; a
        department that no word tells of is `other`.

    Notes
    -----
    The highest rank holds. The first piece of a title that names a department does, and of several words in a piece
    the last: an IT procurement manager buys. The part in buying follows from department and rank as the parts of a
    buying centre do (Webster and Wind, 1972); it is an assumption until somebody has asked.

    Examples
    --------
    >>> read_title("VP of Sales & Marketing")
    Title(department='sales', seniority='executive', buying_role='decider')
    >>> read_title("情報システム部 課長")
    Title(department='it', seniority='manager', buying_role='influencer')
    """
    words, roles, ranks = _read_words()
    plain = " ".join(normalize("NFKC", text).casefold().replace(".", "").replace("sr ", "").split())
    own = _WHOSE.sub("", plain)
    said = words["departments_first"].find(own)
    said += [label for piece in _PIECES.split(own) for label in words["departments"].find(piece)[-1:]]
    rest = words["neutral"].pattern.sub(" ", words["seniority"].pattern.sub(" ", own))
    said += list(filter(None, words["departments_else"].find(own)))[-1:] + ["other"] * any(map(str.isalpha, rest))
    department = next(iter(said), "")
    seniority = min(filter(None, words["seniority"].find(own)), key=ranks.index, default="")
    role = next((roles[key] for key in (f"{department}/{seniority}", f"{department}/*", f"*/{seniority}")
                 if key in roles), "")
    if seniority not in ("executive", "head") and words["gatekeepers"].find(plain):
        role = "gatekeeper"
    return Title(department, seniority, role)


def fill_titles(con: Con, columns: tuple[Column, ...], facts: Facts) -> tuple[Column, ...]:
    """Fill department, seniority and buying_role of the loaded contacts from their titles, where they are empty.

    Parameters
    ----------
    con : DuckDBPyConnection
        A connection that holds the table `contacts`, which is changed.
    columns : tuple of Column
        The columns of the table; nothing is done where `title` is not among them.
    facts : Facts
        Where it is noted how many cells of each column were filled.

    Returns
    -------
    tuple of Column
        The same with those added that the table lacked. A cell that somebody filled stays.

    Examples
    --------
    >>> import duckdb
    >>> con, facts = duckdb.connect(), Facts("contacts", "contacts.csv", read=1)
    >>> _ = con.execute("CREATE TABLE contacts AS SELECT 'VP of Sales' AS title, 'marketing' AS department")
    >>> columns = tuple(BY_NAME["contacts"].by_name[name] for name in ("title", "department"))
    >>> [column.name for column in fill_titles(con, columns, facts)]
    ['title', 'department', 'seniority', 'buying_role']
    >>> con.table("contacts").fetchall(), len(facts.decisions)
    ([('VP of Sales', 'marketing', 'executive', 'decider')], 2)
    """
    contacts, there = BY_NAME["contacts"].by_name, {column.name for column in columns}
    if "title" not in there:
        return columns
    titles = [title for (title,) in con.execute("SELECT DISTINCT title FROM contacts WHERE title <> ''").fetchall()]
    for column in (part.name for part in fields(Title)):
        cell, says = quoted(column), {title: getattr(read_title(title), column) for title in titles}
        says = {title: word for title, word in says.items() if word}
        if not says:
            continue
        if column not in there:
            con.execute(f"ALTER TABLE contacts ADD COLUMN {cell} VARCHAR")
            columns = (*columns, contacts[column])
        ((n,),) = con.execute(
            f"UPDATE contacts SET {cell} = t.says FROM (SELECT unnest($1) AS title, unnest($2) AS says) t "
            f"WHERE contacts.title = t.title AND {cell} IS NULL", [list(says), list(says.values())]).fetchall()
        if n:
            title = min(says)
            facts.decide("titles", column, n=n, example=title, value=says[title])
    return columns
