"""Whom to talk to: companies out of the best that differ as much as they can, and two kinds of people in each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from icp_lab.intake.titles import read_title
from icp_lab.methods.customers import BAND_PLACES, SIZE_BANDS, fill_table
from icp_lab.methods.result import Codes, Floats, Shown

# What the companies are to differ in, and in which order a reason is told.
SPREAD = ("industry", "size_band", "segment")
# Who answers for the money, and who works with the thing: each has a guide of its own.
KINDS = ("management", "practitioner")
FEWEST = 5

_LEADS = ("executive", "head")
# What a part in buying tells of the rank where nothing else does.
_RANK_OF = {"decider": "executive", "user": "staff", "influencer": "staff", "champion": "staff", "buyer": "staff"}
_FAILED = (*SPREAD[:2], "reason_group")  # those that left or never bought differ in why
# What of each artifact is asked of an account.
_TOLD = {"success": ["score", "best"], "segments": ["segment"], "negatives": ["reason_group"]}
_FARTHEST = len(SIZE_BANDS) - 1


@dataclass(frozen=True)
class Interviewees(Shown):
    """Whom we talk to.

    Parameters
    ----------
    frame : DataFrame
        A row an account, in the form of the artifact `interviewees`: account_id, part (chosen, stand_in, former, lost),
        place (order of the choice), stands_in_for, reasons (codes: only_ or first_ and what it brings, of `SPREAD` or
        reason_group), industry, size_band, segment, reason_group, alike (accounts of its kind that are nearer to nobody
        else chosen), management and practitioner (people known of each kind).
    deciders : DataFrame
        A row a person to talk to, in the form of the artifact `deciders`: account_id, place, kind (management,
        practitioner), contact_id (missing = still to be found), department, seniority, buying_role.
    best : int
        How many best customers there are.
    levels : DataFrame
        A row a word of `SPREAD`: by, best (how many levels the best have), chosen (how many the chosen ones have).

    Examples
    --------
    >>> firms = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "industry": ["x", "y"]})
    >>> success = pd.DataFrame({"account_id": ["a", "b"], "score": [0.9, 0.8], "best": True})
    >>> found = choose_interviewees(firms, success, *[pd.DataFrame()] * 3, interviews=1, stand_ins=0)
    >>> found.best, found.deciders[["account_id", "kind"]].values.tolist()
    (2, [['a', 'management'], ['a', 'practitioner']])
    """

    frame: pd.DataFrame
    deciders: pd.DataFrame
    best: int
    levels: pd.DataFrame

    @property
    def chosen(self) -> pd.DataFrame:
        """Give the rows of those to talk to, without stand-ins.

        Returns
        -------
        DataFrame
            Rows of `frame`: the chosen ones, former customers and lost accounts.

        Examples
        --------
        >>> rows = pd.DataFrame({"account_id": ["a", "b"], "part": ["chosen", "stand_in"]})
        >>> Interviewees(rows, rows, 2, rows).chosen["account_id"].tolist()
        ['a']
        """
        return self.frame[self.frame["part"] != "stand_in"]


def choose_interviewees(  # noqa: PLR0913  (what is known of a company lies in five tables)
    customers: pd.DataFrame, success: pd.DataFrame, segments: pd.DataFrame, negatives: pd.DataFrame,
    contacts: pd.DataFrame, *, interviews: int = 8, stand_ins: int = 2, former: int = 0, lost: int = 0,
    deciders: int = 2) -> Interviewees:
    """Choose the companies to talk to, so that they differ in industry, size and segment, and the people in each.

    Parameters
    ----------
    customers : DataFrame
        The artifact `customers`: account_id, status, churned, lapsed, industry, size_band.
    success : DataFrame
        The artifact `success`: account_id, score, best.
    segments : DataFrame
        The artifact `segments`: account_id, segment. May be empty, as may those below.
    negatives : DataFrame
        The artifact `negatives`: account_id, reason_group. Former and lost ones are spread over their reasons, too.
    contacts : DataFrame
        A row a person: contact_id, account_id, title, department, seniority, buying_role.
    interviews : int, default 8
        Best customers to talk to, 5 to 10; all of them where there are fewer.
    stand_ins : int, default 2
        Stand-ins for each of them, 0 to 3.
    former, lost : int, default 0
        Former customers and lost accounts to talk to besides, 0 to 5.
    deciders : int, default 2
        People to talk to in each, 1 to 4: in turn of the management and of those who work with it.

    Returns
    -------
    Interviewees
        The companies in the order of the choice, their stand-ins, former and lost ones, and the people.

    Notes
    -----
    Each next company is of an industry that is not there yet, as long as there is one, and of a size that is not;
    among these it is the one that brings all best customers nearest to somebody who is talked to (facility location by
    greedy choice: Cornuejols, Fisher and Nemhauser, 1977); then the one where more kinds of people are known, then the
    more successful one, then the smaller id. Distance: Gower (1971) over industry and segment (same or not)
    and size (bands apart); what is not known counts as different. A segment that industry and size tell already does
    not count. A stand-in is the nearest one left, and stands in for one only.

    Examples
    --------
    >>> firms = pd.DataFrame({"account_id": list("abc"), "status": "customer", "industry": ["x", "x", "y"]})
    >>> success = pd.DataFrame({"account_id": list("abc"), "score": [0.9, 0.8, 0.7], "best": True})
    >>> none = pd.DataFrame()
    >>> chosen = choose_interviewees(firms, success, none, none, none, interviews=2)
    >>> chosen.frame[["account_id", "reasons", "part"]]
      account_id         reasons      part
    0          a  first_industry    chosen
    1          c   only_industry    chosen
    2          b                  stand_in
    """
    people = _sort_people(fill_table(contacts, "contacts"))
    everybody = fill_table(customers, "customers").sort_values("account_id")
    for table, name in ((success, "success"), (segments, "segments"), (negatives, "negatives")):
        everybody = everybody.merge(fill_table(table, name)[["account_id", *_TOLD[name]]], how="left", on="account_id")
    for kind in KINDS:
        counts = people.loc[people["kind"] == kind, "account_id"].value_counts()
        everybody[kind] = everybody["account_id"].map(counts).fillna(0).astype("int64")
    is_customer, left = everybody["status"] == "customer", everybody[["churned", "lapsed"]].fillna(False).any(axis=1)
    best = everybody[everybody["best"].fillna(False) & is_customer]
    frame = pd.concat([
        _choose(best, "chosen", interviews, stand_ins),
        _choose(everybody[is_customer & left], "former", former, 0, _FAILED),
        _choose(everybody[everybody["status"] == "lost"], "lost", lost, 0, _FAILED)], ignore_index=True)
    mine = frame[frame["part"] == "chosen"]
    levels = pd.DataFrame({"by": SPREAD, "best": best[list(SPREAD)].nunique().to_numpy(),
                           "chosen": mine[list(SPREAD)].nunique().to_numpy()})
    return Interviewees(frame, _name_deciders(frame, people, deciders), len(best), levels)


def tell_kinds(people: pd.DataFrame) -> "pd.Series[str]":
    """Tell whether a person leads or works with the thing: by rank, else by the title, else by the part in buying.

    Parameters
    ----------
    people : DataFrame
        Columns seniority, title and role (part in buying); a text that says nothing may be missing.

    Returns
    -------
    Series
        One of `KINDS`; missing where nothing tells.

    Examples
    --------
    >>> people = pd.DataFrame({"seniority": ["VP", None], "title": [None, "Clerk"], "role": ["user", "decider"]})
    >>> tell_kinds(people).tolist()
    ['management', 'practitioner']
    """
    known = people.astype(object).where(people.notna(), "")
    ranks = [read_title(rank).seniority or read_title(title).seniority or _RANK_OF.get(role, "")
             for rank, title, role in zip(known["seniority"], known["title"], known["role"], strict=True)]
    return pd.Series([KINDS[rank not in _LEADS] if rank else None for rank in ranks], people.index, dtype="str")


def _sort_people(contacts: pd.DataFrame) -> pd.DataFrame:
    """Give the people with their kind; of each kind who has most to say of a purchase stands first."""
    kind = tell_kinds(contacts.rename(columns={"buying_role": "role"})).fillna(KINDS[1])
    second = ~contacts["buying_role"].isin(["decider", "user", "champion"])
    return contacts.assign(kind=kind, second=second).sort_values(["account_id", "kind", "second", "contact_id"])


def _measure(cells: pd.DataFrame) -> Floats:
    """Measure how unlike kinds of companies are, 0 to 1 (Gower); what is not known of both counts as different."""
    apart = np.zeros((len(cells), len(cells)))
    for by in cells:
        band = cells[by].map(BAND_PLACES)
        ordered = band.notna().any()
        one = (band if ordered else pd.Series(pd.factorize(cells[by])[0])).where(cells[by].notna()).to_numpy(float)
        gap = np.nan_to_num(np.abs(one[:, None] - one), nan=_FARTHEST)
        apart += np.minimum(gap / _FARTHEST, 1) if ordered else gap > 0
    return apart / cells.shape[1]


def _choose(pool: pd.DataFrame, part: str, n: int, stand_ins: int, by: tuple[str, ...] = SPREAD) -> pd.DataFrame:
    """Choose so many of a pool, and for each so many that are most like it."""
    pool = pool.assign(reach=(pool[list(KINDS)] > 0).sum(axis=1))
    pool = pool.sort_values(["reach", "score", "account_id"], ascending=[False, False, True], ignore_index=True)
    told = by == SPREAD and pool.groupby([*by[:2]], dropna=False)[by[2]].nunique().le(1).all()
    kinds = pool.groupby([*by[:2 if told else 3]], dropna=False)
    cell, cells = np.asarray(kinds.ngroup(), dtype=np.int64), kinds.size().index.to_frame(index=False)
    apart, weight = _measure(cells), np.bincount(cell, minlength=len(cells))
    chosen = _spread(cell, cells, apart, weight, n)
    left, places = [row for row in range(len(pool)) if row not in chosen], [(row, "") for row in chosen]
    for row in chosen * stand_ins:
        if left:
            left.remove(other := min(left, key=lambda one: (apart[cell[row], cell[one]], one)))
            places.append((other, pool["account_id"][row]))
    rows = pool.loc[[row for row, _whom in places]].reset_index(drop=True)
    nearer = apart[:, cell[chosen]].argmin(axis=1) if chosen else cell[:0]
    alike = [int(weight[nearer == place].sum()) for place in range(len(chosen))]
    rest = len(rows) - len(chosen)
    return rows.assign(
        part=[part] * len(chosen) + ["stand_in"] * rest, stands_in_for=[whom for _row, whom in places],
        place=range(1, len(rows) + 1), alike=[*alike, *[0] * rest],
        reasons=[*_reason(rows[:len(chosen)], pool, cells.columns.tolist()), *[""] * rest],
    )[["account_id", "part", "place", "stands_in_for", "reasons", *SPREAD, "reason_group", "alike", *KINDS]]


def _spread(cell: Codes, cells: pd.DataFrame, apart: Floats, weight: Codes, n: int) -> list[int]:
    """Choose rows by turns: a new industry, a new size, and then who brings all nearest to somebody chosen."""
    chosen, left, nearest = list[int](), list(range(len(cell))), np.ones(len(apart))
    while left and len(chosen) < n:
        gain = (weight[:, None] * np.maximum(nearest[:, None] - apart, 0)).sum(axis=0).round(9)
        new = [cells[by].notna() & ~cells[by].isin(cells[by][cell[chosen]]) for by in SPREAD[:2]]
        worth = list(zip(*new, gain, strict=True))
        left.remove(row := max(left, key=lambda one: (worth[cell[one]], -one)))
        chosen.append(row)
        nearest = np.minimum(nearest, apart[:, cell[row]])
    return chosen


def _reason(chosen: pd.DataFrame, pool: pd.DataFrame, by: Sequence[str]) -> list[str]:
    """Give for each of the chosen the codes of what it brings that nobody chosen before it does."""
    alone = {name: pool[name].value_counts().eq(1) for name in by}
    new = {name: ~chosen[name].duplicated() & chosen[name].notna() for name in by}
    return [",".join(f"{'only' if alone[name][row[name]] else 'first'}_{name}" for name in by if new[name].iloc[place])
            for place, row in enumerate(chosen.to_dict("records"))]


def _name_deciders(frame: pd.DataFrame, people: pd.DataFrame, deciders: int) -> pd.DataFrame:
    """Name the people to talk to in each account, with an empty row for each who is still to be found."""
    turns = pd.DataFrame([(turn + 1, KINDS[turn % 2], turn // 2) for turn in range(deciders)],
                         columns=["place", "kind", "turn"])
    people = people.assign(turn=people.groupby(["account_id", "kind"]).cumcount())
    wanted = frame[["account_id"]].merge(turns, how="cross")
    told = ["account_id", "kind", "turn", "contact_id", "department", "seniority", "buying_role"]
    return wanted.merge(people[told], how="left", on=told[:3]).drop(columns="turn")
