"""Who takes part in a decision: where people stand, in the words of the title reader, and who was named in it."""

from functools import cache, lru_cache
from typing import Any
from unicodedata import normalize

import pandas as pd

from icp_lab.intake.titles import Words, read_title
from icp_lab.locale.declared import read_declared

SAID = ("title", "department", "seniority", "buying_role")


@cache
def _read_words() -> tuple[Words, dict[str, str], dict[str, Any]]:
    declared = read_declared("icp_lab.methods", "personas.toml")
    return Words(declared["parts"]), declared["roles"], read_declared("icp_lab.intake", "lexicon/titles.toml")


def read_part(text: object) -> str:
    """Read which part in buying some words name.

    Parameters
    ----------
    text : object
        Words as people wrote them, in English or Japanese; anything but text is none.

    Returns
    -------
    str
        A part: decider, champion, influencer, user, buyer, gatekeeper or blocker; empty where none is named.

    Examples
    --------
    >>> read_part("Economic Buyer"), read_part("決裁者"), read_part("none of these"), read_part(None)
    ('decider', 'decider', '', '')
    """
    return next(iter(_read_words()[0].find(normalize("NFKC", text).casefold())), "") if isinstance(text, str) else ""


def _read_code(text: str, kind: str) -> str:
    """Take a word that is one of the lab's own codes as it is: `management` is no job title."""
    return text.casefold() if text.casefold() in _read_words()[2][kind] else ""


@lru_cache(maxsize=100_000)
def _place(title: str, department: str, seniority: str, role: str) -> tuple[str, str, str]:
    _words, roles, codes = _read_words()
    told, part = read_title(title), read_part(role)
    said = _read_code(department, "departments") or read_title(department).department
    rank = _read_code(seniority, "seniority") or read_title(seniority).seniority or told.seniority
    where = next((each for each in (said, told.department) if each not in ("", "other")), said or told.department)
    places = (f"{where}/{rank}", f"{where}/*", f"*/{rank}") if where else ()
    assumed = next((codes["buying"][place] for place in places if place in codes["buying"]), "")
    return where, rank, roles.get(part, part) or told.buying_role or assumed


def place_people(people: pd.DataFrame) -> pd.DataFrame:
    """Tell where each person stands, in the words of the title reader.

    Parameters
    ----------
    people : DataFrame
        Any of title, department, seniority and buying_role, as people wrote them; other columns stay.

    Returns
    -------
    DataFrame
        The same with `department`, `seniority` and `role` (decider, influencer, user, buyer, gatekeeper) as codes,
        empty where nothing tells, and `kind`: department and role, empty where one is.

    Notes
    -----
    What somebody wrote down goes before what the title tells. Kinds are department x role: where nobody wrote a role
    down rank tells it, and a kind for each rank as well would have too few people to say anything of.

    Examples
    --------
    >>> place_people(pd.DataFrame({"title": ["VP Sales", "情報システム部 課長"]}))["kind"].tolist()
    ['sales.decider', 'it.influencer']
    """
    said = people.reindex(columns=list(SAID)).astype("str").fillna("")
    placed: Any = pd.DataFrame([_place(*row) for row in said.itertuples(index=False)], index=people.index, dtype="str",
                               columns=["department", "seniority", "role"])
    known = (placed["department"] != "") & (placed["role"] != "")
    return people.assign(**placed, kind=(placed["department"] + "." + placed["role"]).where(known, ""))


def form_committees(people: pd.DataFrame, customers: pd.DataFrame, deals: pd.DataFrame,
                    deal_contacts: pd.DataFrame) -> pd.DataFrame:
    """Tell who took part in which decision, and how it ended.

    Parameters
    ----------
    people : DataFrame
        As `place_people` gives them: contact_id, account_id, kind, role.
    customers : DataFrame
        The artifact: account_id, status.
    deals, deal_contacts : DataFrame
        The tables; empty where the study has none.

    Returns
    -------
    DataFrame
        A row a person in a decision: case, won, account_id, contact_id, kind, `part` (what the deal says of it, else
        the person's role), and the `basis`: deals, or accounts where no closed deal says who took part.

    Notes
    -----
    One decision an account, so that decisions are independent: its first closed deal in which somebody is named. A
    deal in which nobody is named is unknown, not empty. By accounts: whom customers and lost accounts have on record.

    Examples
    --------
    >>> people = place_people(pd.DataFrame({"contact_id": ["x"], "account_id": ["a"], "title": ["VP Sales"]}))
    >>> deals = pd.DataFrame({"deal_id": ["1"], "account_id": ["a"], "stage": ["won"], "closed": pd.NaT})
    >>> named = pd.DataFrame({"deal_id": ["1"], "contact_id": ["x"], "role": ["user"]})
    >>> form_committees(people, pd.DataFrame(), deals, named)[["case", "won", "kind", "part", "basis"]].values.tolist()
    [['1', True, 'sales.decider', 'user', 'deals']]
    """
    closed = deals.loc[deals["stage"].isin(["won", "lost"]), ["deal_id", "account_id", "stage", "closed"]]
    parts = deal_contacts[["deal_id", "contact_id", "role"]].drop_duplicates(["deal_id", "contact_id"])
    seats: Any = parts.rename(columns={"role": "said"}).merge(closed, on="deal_id").merge(
        people[["contact_id", "kind", "role"]], on="contact_id")
    if len(seats):
        seats = seats.sort_values(["closed", "deal_id", "contact_id"], na_position="last")
        seats = seats[seats["deal_id"] == seats.groupby("account_id")["deal_id"].transform("first")]
        said = seats["said"].map(read_part)
        seats = seats.assign(case=seats["deal_id"], won=seats["stage"] == "won", basis="deals",
                             part=said.where(said != "", seats["role"]))
    else:
        known = customers.loc[customers["status"].isin(["customer", "lost"]), ["account_id", "status"]]
        seats = people.merge(known, on="account_id").sort_values("contact_id")
        seats = seats.assign(case=seats["account_id"], won=seats["status"] == "customer", basis="accounts",
                             part=seats["role"])
    kept: pd.DataFrame = seats[["case", "won", "account_id", "contact_id", "kind", "part", "basis"]]
    return kept.reset_index(drop=True)
