"""Kinds of people in the accounts: what their part has to do with the outcome, and the few to speak to."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from icp_lab.artifacts import make_id
from icp_lab.intake.titles import read_title
from icp_lab.locale.declared import read_declared
from icp_lab.methods.committees import form_committees, place_people
from icp_lab.methods.contrast import compare_groups
from icp_lab.methods.effects import SMALL
from icp_lab.methods.result import Shown, bound_share

MOST = 7  # personas that anybody may ask for
LISTED = 3  # titles, channels, codes of a field on a card
HEARD: dict[str, tuple[str, ...]] = read_declared("icp_lab.methods", "personas.toml")["heard"]
TESTED = ["ratio", "low", "high", "p_value", "q_value", "distinct"]
_KINDS = ["kind", "department", "role", "part", "people", "accounts", "titles", "ranks", "won", "share_won", "won_low",
          "won_high", "lost", "share_lost", "lost_low", "lost_high"]
_WAYS = ["kind", "field", "code", "reached", "of", "share", "share_low", "share_high", "others"]
_HEARD = ["kind", "field", "code", "name", "companies", "of", "quote", "passages"]
_QUOTE = ["text", "consent", "department", "seniority", "industry"]
_LENGTH = 140  # characters that a quote on a card is best to have


@dataclass(frozen=True)
class Personas(Shown):
    """Tell who decides, uses and blocks in the accounts, and whom to speak to.

    Parameters
    ----------
    frame : DataFrame
        A row a kind of person: `kind`, `department`, `role`, `part` (what deals say most often, else the role);
        `people`, `accounts`, `titles` and `ranks` (the commonest); decisions in which one took part, `won` and `lost`,
        with their shares (`share_won`, 0 to 1) and Wilson intervals (`won_low`, `won_high`, ...); the `ratio` of the
        shares with `low`, `high`, `p_value`, `q_value` where tested, and `distinct`. Commonest in won ones first.
    chosen : tuple of str
        Kinds of the personas, in the order in which they were chosen.
    reach : DataFrame
        A row a kind that could have been chosen, in order: `kind`, `share` of the parts in won decisions that it and
        those before it fill (0 to 1).
    ways : DataFrame
        A row a chosen kind and a way of reaching it: `field` (channels, behaviour), `code`, people `reached` of those
        with any touch, `share` with `share_low`, `share_high` (Wilson), and the share of all `others`.
    heard : DataFrame
        A row a chosen kind and a thing that such people said: `field`, `code`, `name`, `companies` of those `of` that
        were heard, a `quote` that may be shown (its text, consent, and whose it is), ids of `passages`.
    committees : DataFrame
        Won decisions, then lost ones: how many, `n`, and how many `people` are named in one, on average.
    basis : str
        Decisions are `deals`; or `accounts`, where no deal says who took part.
    assumed : bool
        True where the parts in buying say no more than the titles do.
    asked : int
        Personas asked for.
    placed : int
        People that could be placed.
    n : int
        People in all.

    Examples
    --------
    >>> nothing = pd.DataFrame()
    >>> Personas(nothing, ("sales.decider",), nothing, nothing, nothing, nothing, "deals", False, 2, 40, 50).chosen
    ('sales.decider',)
    """

    frame: pd.DataFrame
    chosen: tuple[str, ...]
    reach: pd.DataFrame
    ways: pd.DataFrame
    heard: pd.DataFrame
    committees: pd.DataFrame
    basis: str
    assumed: bool
    asked: int
    placed: int
    n: int


def find_personas(  # noqa: PLR0913  (every table that knows of people)
    contacts: pd.DataFrame, customers: pd.DataFrame, *, deals: pd.DataFrame, deal_contacts: pd.DataFrame,
    engagement: pd.DataFrame, passages: pd.DataFrame, themes: pd.DataFrame, personas: int = 2, q: float = 0.10,
) -> Personas:
    """Find who takes part in decisions, whose part goes with winning or losing, and which few are worth a page each.

    Parameters
    ----------
    contacts : DataFrame
        The table; empty where the study has none, as those below.
    customers : DataFrame
        The artifact `customers`: account_id, status, industry.
    deals, deal_contacts, engagement : DataFrame
        The tables of these names.
    passages, themes : DataFrame
        The artifacts of these names.
    personas : int, default 2
        How many personas to make at most, 1 to 7.
    q : float, default 0.1
        Accepted share of false finds among those called distinct, 0 to 1.

    Returns
    -------
    Personas
        Kinds of people with their parts in decisions, and of the chosen ones how to reach them and what they say.

    Notes
    -----
    Shares of won and of lost decisions with a kind of person are compared as levels are in `compare_groups`. A persona
    is chosen by the parts it fills: each in turn is the kind that plays most of the parts in won decisions (decider,
    user, ...) which no kind chosen before it plays there; the usual greedy cover (Nemhauser et al., 1978). A kind that
    fewer than five accounts have is not chosen. That a kind is seen more often where deals were won is no cause: people
    who are won over make themselves known. Of ways of reaching a kind those count that its people use about as often as
    all others do, or more often: not those of which the interval ends below the share of the others.

    Examples
    --------
    >>> from icp_lab.methods.customers import fill_table
    >>> ids = [f"a{n}" for n in range(10)]
    >>> people = fill_table(pd.DataFrame({"contact_id": ids, "account_id": ids, "title": "VP Sales"}), "contacts")
    >>> firms = pd.DataFrame({"account_id": ids, "status": ["customer", "lost"] * 5, "industry": "SaaS"})
    >>> none = {name: fill_table(pd.DataFrame(), name)
    ...         for name in ("deals", "deal_contacts", "engagement", "passages", "themes")}
    >>> find_personas(people, firms, **none).frame[["kind", "won", "lost", "distinct"]].values.tolist()
    [['sales.decider', 5, 5, False]]
    """
    people = place_people(contacts).sort_values("contact_id", ignore_index=True)
    known = people[people["kind"] != ""]
    seats = form_committees(people, customers, deals, deal_contacts)
    frame = compare_kinds(known, seats, q)
    reach = order_kinds(seats[seats["won"]], frame.loc[frame["accounts"] >= SMALL, "kind"].tolist())
    chosen = tuple(reach["kind"].head(personas))
    named: Any = seats.groupby(["won", "case"]).size().groupby("won").agg(["size", "mean"])
    named = named.set_axis(["n", "people"], axis=1).reindex([True, False], fill_value=0).reset_index(drop=True)
    return Personas(
        frame, chosen, reach, _count_ways(known, engagement, chosen), _hear_people(chosen, passages, themes, customers),
        named, basis=str(next(iter(seats["basis"]), "accounts")), asked=personas, placed=len(known), n=len(people),
        assumed=_is_told_by_title(contacts) and not deal_contacts["role"].notna().any())


def _is_told_by_title(contacts: pd.DataFrame) -> bool:
    told = contacts[["title", "buying_role"]].dropna().drop_duplicates()
    return all(read_title(row.title).buying_role == row.buying_role for row in told.itertuples())


def compare_kinds(people: pd.DataFrame, seats: pd.DataFrame, q: float) -> pd.DataFrame:
    """Compare in which share of won and of lost decisions each kind of person took part.

    Parameters
    ----------
    people : DataFrame
        As `place_people` gives them, those with a kind.
    seats : DataFrame
        As `form_committees` gives them.
    q : float
        Accepted share of false finds among those called distinct, 0 to 1.

    Returns
    -------
    DataFrame
        The `frame` of `Personas`.

    Notes
    -----
    Shares are compared as levels are in `compare_groups`, with kinds as members of a list; intervals of a share are
    Wilson's (1927). Decisions are taken as independent.

    Examples
    --------
    >>> people = pd.DataFrame({"contact_id": ["x", "y"], "account_id": ["a", "b"], "title": ["CEO", None],
    ...                        "role": "decider", "kind": "sales.decider", "seniority": "executive"})
    >>> seats = people.assign(case=["1", "2"], won=[True, False], part="decider")
    >>> compare_kinds(people, seats, q=0.1)[["kind", "people", "won", "lost"]].values.tolist()
    [['sales.decider', 2, 1, 1]]
    """
    cases = seats.groupby("case").agg(won=("won", "first"), kind=("kind", lambda each: tuple(sorted({*each} - {""}))))
    sides = [cases.index[cases["won"] == side].tolist() for side in (True, False)]
    rows = []
    for kind, one in people.groupby("kind"):
        seen = seats[seats["kind"] == kind]
        row = {"kind": kind, "department": str(kind).split(".")[0], "role": one["role"].iloc[0], "people": len(one),
               "part": next(iter(_list_commonest(seen["part"])), one["role"].iloc[0]), "ranks": one["seniority"],
               "accounts": one["account_id"].nunique(), "titles": one["title"]}
        row |= {key: _list_commonest(row[key]) for key in ("titles", "ranks")}
        for side, ids in zip(("won", "lost"), sides, strict=True):
            k = seen.loc[seen["case"].isin(ids), "case"].nunique()
            row |= {side: k, f"share_{side}": k / len(ids) if ids else float("nan")}
            row[f"{side}_low"], row[f"{side}_high"] = bound_share(k, len(ids))
        rows.append(row)
    tests = compare_groups(cases[["kind"]], *sides, comparison="best", q=q).frame.rename(columns={"effect": "ratio"})
    frame = pd.DataFrame(rows, columns=_KINDS).join(tests.set_index("level")[TESTED], on="kind")
    return frame.assign(distinct=frame["distinct"].eq(True)).sort_values(
        ["won", "people", "kind"], ascending=[False, False, True], ignore_index=True)


def _list_commonest(values: Any) -> tuple[str, ...]:
    counts = Counter(value for value in values.dropna() if value)
    return tuple(sorted(counts, key=lambda value: (-counts[value], value))[:LISTED])


def order_kinds(won: pd.DataFrame, kinds: Collection[str]) -> pd.DataFrame:
    """Order kinds by how much of the parts in won decisions each fills that those before it do not.

    Parameters
    ----------
    won : DataFrame
        A row a person in a won decision: `case`, `part`, `kind`.
    kinds : Collection of str
        Kinds that may be chosen.

    Returns
    -------
    DataFrame
        Columns `kind`, and `share` of the parts filled by it and those before it, 0 to 1.

    Notes
    -----
    The usual greedy cover (Nemhauser, Wolsey and Fisher, 1978): each next kind fills the most parts still open; it ends
    where none fills any, or with seven.

    Examples
    --------
    >>> won = pd.DataFrame({"case": ["a", "a", "b"], "part": ["decider", "user", "decider"],
    ...                     "kind": ["sales.decider", "it.user", "sales.decider"]})
    >>> order_kinds(won, ["it.user", "sales.decider"])["kind"].tolist()
    ['sales.decider', 'it.user']
    """
    told = won[won["part"] != ""]
    every = set(zip(told["case"], told["part"], strict=True))
    fills = {str(kind): set(zip(one["case"], one["part"], strict=True)) for kind, one in told.groupby("kind")}
    left, filled, rows = sorted(set(kinds) & set(fills)), set[Any](), list[tuple[str, float]]()
    while left and len(rows) < MOST:
        best = max(left, key=lambda kind: len(fills[kind] - filled))
        if fills[best] <= filled:
            break
        filled |= fills[best]
        left.remove(best)
        rows.append((best, len(filled) / len(every)))
    return pd.DataFrame(rows, columns=["kind", "share"]).astype({"kind": "str", "share": "float64"})


def _count_ways(people: pd.DataFrame, engagement: pd.DataFrame, chosen: Sequence[str]) -> pd.DataFrame:
    """Through what, and with what, were people of each chosen kind reached? The `ways` of `Personas`."""
    touched, rows = engagement.merge(people[["contact_id", "kind"]], on="contact_id", suffixes=("_of_touch", "")), []
    for field, column in (("channels", "channel"), ("behaviour", "kind_of_touch")):
        told = touched.dropna(subset=[column]).groupby("kind")["contact_id"].nunique()
        counts: Any = touched.groupby([column, "kind"])["contact_id"].nunique()
        rows += [(kind, field, code, k, told[kind], k / told[kind], *bound_share(k, told[kind]),
                  (counts[code].sum() - k) / max(told.sum() - told[kind], 1))
                 for (code, kind), k in counts.items() if kind in chosen]
    return pd.DataFrame(rows, columns=_WAYS).sort_values(
        ["kind", "field", "reached", "code"], ascending=[True, True, False, True], ignore_index=True)


def _hear_people(chosen: Sequence[str], passages: pd.DataFrame, themes: pd.DataFrame, customers: pd.DataFrame,
                ) -> pd.DataFrame:
    """What did people of each chosen kind say, by the field of a persona that it speaks to? Companies are counted."""
    industries = customers[["account_id", "industry"]].dropna()
    ordered = passages.sort_values(["interview", "passage"]).merge(industries, "left", "account_id")
    said = place_people(ordered.rename(columns={"role": "buying_role"}))
    said = said.assign(company=said["account_id"].fillna(said["interview"]), code=said["codes"].str.split(r",\s*"))
    told, rows = said.explode("code").merge(themes[["code", "name", "belongs"]], on="code"), []
    for (kind, code, name, belongs), each in told.groupby(["kind", "code", "name", "belongs"]):
        ids = tuple(make_id("passages", row.interview, row.passage) for row in each.head(LISTED).itertuples())
        counts = (each["company"].nunique(), said.loc[said["kind"] == kind, "company"].nunique())
        shown = each[each["consent"].isin(["quote", "anonymous"])][_QUOTE].fillna("").to_dict("records")
        quote = min(shown, key=lambda one: abs(len(one["text"]) - _LENGTH), default=None)
        rows += [(kind, field, code, name, *counts, quote, ids) for field, words in HEARD.items()
                 if belongs in words and kind in chosen]
    return pd.DataFrame(rows, columns=_HEARD).sort_values(
        ["kind", "field", "companies", "code"], ascending=[True, True, False, True], ignore_index=True)


def compose_personas(found: Personas) -> dict[str, Any]:
    """Say the personas for later steps, in codes, with what each field rests on.

    Parameters
    ----------
    found : Personas
        From `find_personas`.

    Returns
    -------
    dict
        The artifact `personas`: `personas`, each with id and its fields (those of which nothing is known are absent),
        `evidence` (ids) and `confidence` by field (data, interview, assumption); `kinds`, `ways` and `heard`: the rows
        that the ids lead to.

    Examples
    --------
    >>> nothing = pd.DataFrame()
    >>> compose_personas(Personas(nothing, (), nothing, nothing, nothing, nothing, "deals", False, 2, 0, 0))["personas"]
    []
    """
    rows = {row["kind"]: row for row in found.frame.to_dict("records")}
    return {"personas": [_describe(f"p{place}", rows[kind], found) for place, kind in enumerate(found.chosen, 1)],
            **{name: frame.to_dict("records")
               for name, frame in (("kinds", found.frame), ("ways", found.ways), ("heard", found.heard))}}


def _describe(name: str, row: dict[Any, Any], found: Personas) -> dict[str, Any]:
    kind = row["kind"]
    fields = {"titles": list(row["titles"]), "department": row["department"], "seniority": list(row["ranks"]),
              "buying_role": row["part"], "authority": row["part"]}
    confidence = dict.fromkeys(fields, "data") | {"authority": "assumption"} | (
        {"buying_role": "assumption"} if found.assumed else {})
    evidence = [make_id("personas", "kinds", kind)]
    for field, ways in found.ways[(found.ways["kind"] == kind) & (found.ways["reached"] >= SMALL)].groupby("field"):
        fields[str(field)] = codes = ways.loc[ways["share_high"] >= ways["others"], "code"].head(LISTED).tolist()
        confidence[str(field)] = "data"
        evidence += [make_id("personas", "ways", kind, str(field), code) for code in codes]
    for field, each in found.heard[found.heard["kind"] == kind].groupby("field"):
        if field not in fields or field == "authority":
            said = each.head(LISTED)
            fields[str(field)], confidence[str(field)] = said[_HEARD[2:7]].to_dict("records"), "interview"
            evidence += [make_id("personas", "heard", kind, str(field), code) for code in said["code"]]
    return {"id": name, "kind": kind, **fields, "evidence": evidence, "confidence": confidence}
