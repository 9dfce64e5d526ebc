"""Who did not fit: the signs that the tables allow, side by side, and the reason where one is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import pandas as pd

from icp_lab.methods import events, success
from icp_lab.methods.customers import fill_table
from icp_lab.methods.reasons import Reasons
from icp_lab.methods.result import Shown, add_shares

SIGNS = ("churned", "lapsed", "low_use", "low_satisfaction", "lost", "avoided")
# Columns of accounts that say themselves who did not fit: no contrast may be read off them.
DEFINING = ("churned", "customer_since")


# The highest answer of each scale that counts as unhappy; of NPS it is the line of its detractors.
UNHAPPY_AT = {"nps": 6.0, "csat5": 2.0, "csat10": 4.0, "ces7": 3.0}

_FEWEST_MONTHS = 3  # who has just begun cannot have used much yet


@dataclass(frozen=True)
class Negatives(Shown):
    """Tell who did not fit, and by which sign.

    Parameters
    ----------
    frame : DataFrame
        A row a negative account: account_id and a flag a sign; `name_reasons` makes the artifact `negatives` of it.
    signs : DataFrame
        A row a sign: sign, judged (accounts that it can be said of), negative, only (negative by no other sign), share
        of the judged with its 95 % interval low and high; low use has none, as its share is set and not found.
    overlap : DataFrame
        A row a pair of signs: first, second, both.
    use_measure : str
        What use is measured by: seats, events, users, or empty.
    answers_set_aside : int
        Answers of an unknown scale or outside of it.
    accounts : int
        Customers and lost accounts.
    with_failures : bool
        Do the data hold any account that left, lapsed or never bought? If not they know survivors only.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "churned": [True, False]})
    >>> none = pd.DataFrame()
    >>> found = find_negatives(customers, none, none, none, as_of=date(2025, 1, 1))
    >>> found.signs.loc[found.signs["sign"] == "churned", ["judged", "negative", "only"]].values.tolist()
    [[2, 1, 1]]
    >>> found.accounts, found.with_failures
    (2, True)
    """

    frame: pd.DataFrame
    signs: pd.DataFrame
    overlap: pd.DataFrame
    use_measure: events.Use
    answers_set_aside: int
    accounts: int
    with_failures: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """Give the ids of the negative accounts.

        Examples
        --------
        >>> customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "churned": [True, False]})
        >>> none = pd.DataFrame()
        >>> find_negatives(customers, none, none, none, as_of=date(2025, 1, 1)).ids
        ('a',)
        """
        return tuple(self.frame["account_id"])


@dataclass(frozen=True)
class Groups:
    """Tell which accounts are held against each other.

    Parameters
    ----------
    best, negative, ordinary : tuple of str
        Ids, sorted; nobody is in two of them.
    best_are : str
        Text `best`; or `customers`, where the tables know no best ones and those who are not negative stand in for
        them.
    best_but_negative : tuple of str
        Best customers that also show a negative sign: they are in no group.
    lost : tuple of str, default ()
        Those of the negative ones that never bought.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b", "c"], "status": ["customer", "customer", "lost"]})
    >>> outcomes = pd.DataFrame({"account_id": ["a", "b"], "outcome": "best", "positive": ["yes", "no"]})
    >>> groups = form_groups(customers, outcomes, pd.DataFrame({"account_id": ["c"]}))
    >>> groups.best, groups.ordinary, groups.negative
    (('a',), ('b',), ('c',))
    """

    best: tuple[str, ...]
    negative: tuple[str, ...]
    ordinary: tuple[str, ...]
    best_are: str
    best_but_negative: tuple[str, ...]
    lost: tuple[str, ...] = ()

    @property
    def four(self) -> dict[str, tuple[str, ...]]:
        """Give best, ordinary, negative and lost accounts; customers that failed and those that never bought are two.

        Examples
        --------
        >>> Groups(("a",), ("b", "c"), (), "best", (), lost=("c",)).four
        {'best': ('a',), 'ordinary': (), 'negative': ('b',), 'lost': ('c',)}
        """
        failed = _sorted(set(self.negative) - set(self.lost))
        return {"best": self.best, "ordinary": self.ordinary, "negative": failed, "lost": self.lost}


def find_negatives(  # noqa: PLR0913  (each table carries a sign of its own)
    customers: pd.DataFrame, usage: pd.DataFrame, satisfaction: pd.DataFrame, opinions: pd.DataFrame, *,
    as_of: date, low_use_share: float = 0.2, recent_months: int = 12, unhappy_at: Mapping[str, float] | None = None,
) -> Negatives:
    """Find the accounts that did not fit, and the signs by which each did not.

    Parameters
    ----------
    customers : DataFrame
        The artifact `customers`: account_id, status, churned, churned_on, lapsed, tenure_months.
    usage : DataFrame
        Use in a period, or an event: account_id, date, active_users, seats, events. May be empty, as may those below.
    satisfaction : DataFrame
        A row an answer: account_id, date, score, answer_scale (nps, csat5, csat10, ces7).
    opinions : DataFrame
        What a colleague holds: account_id, verdict (best, good, avoid).
    as_of : date
        The day up to which we look.
    low_use_share : float, default 0.2
        Share of the customers with a reading that counts as low use, 0 to 0.5.
    recent_months : int, default 12
        Months before `as_of`, or before the day a customer left, in which use and answers count, 1 to 36.
    unhappy_at : Mapping of str to float or None, default None
        The highest answer of each scale that counts as unhappy; `UNHAPPY_AT` when left out.

    Returns
    -------
    Negatives
        Negative accounts with their signs, and of how many accounts each sign could be told.

    Notes
    -----
    Low use is relative: the bottom share by the reading of `measure_use`; the first three months are not judged.
    Accounts that tie are in the bottom share together or not at all (mean ranks).
    Satisfaction is low when the answers lie, on average and each measured on its own scale, at or below the line of
    that scale. Advised against: more colleagues say avoid than say best or good. What cannot be told is not negative;
    `signs.judged` says of how many accounts it can be told. Interval of a share: Wilson (1927).

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "churned": [True, False]})
    >>> none = pd.DataFrame()
    >>> find_negatives(customers, none, none, none, as_of=date(2025, 1, 1)).frame[["account_id", "churned", "lost"]]
      account_id  churned   lost
    0          a     True  False
    """
    base = fill_table(customers, "customers").sort_values("account_id").set_index("account_id")
    is_customer = base["status"] == "customer"
    settled = base[is_customer & ~(base["tenure_months"] < _FEWEST_MONTHS)]
    use, measure = events.measure_use(usage, settled, as_of, recent_months)
    last = base.loc[is_customer, "churned_on"].fillna(pd.Timestamp(as_of)).rename("last")
    above_line, aside = _measure_satisfaction(satisfaction, last, recent_months, UNHAPPY_AT | dict(unhappy_at or {}))
    flags = pd.DataFrame({
        "churned": base["churned"].where(is_customer), "lapsed": base["lapsed"].where(is_customer),
        "low_use": (use.rank(pct=True) <= low_use_share).astype("boolean").where(use.notna()),
        "low_satisfaction": (above_line <= 0).astype("boolean").where(above_line.notna()),
        "lost": (base["status"] == "lost").astype("boolean").where(base["status"] != "prospect"),
        "avoided": _read_opinions(opinions, base.index)}).astype("boolean")
    told = flags.fillna(False).astype(bool)
    negative = told[told.any(axis=1)]
    pairs = [(*pair, int(negative[[*pair]].all(axis=1).sum())) for pair in combinations(SIGNS, 2)]
    return Negatives(frame=negative.reset_index(), signs=_count_signs(flags, negative),
                     overlap=pd.DataFrame(pairs, columns=["first", "second", "both"]), use_measure=measure,
                     answers_set_aside=aside, accounts=int((base["status"] != "prospect").sum()),
                     with_failures=bool(told[["churned", "lapsed", "lost"]].to_numpy().any()))


def _measure_satisfaction(satisfaction: pd.DataFrame, last: pd.Series, months: int, unhappy_at: dict[str, float],
                          ) -> tuple[pd.Series, int]:
    """Take how far above the line of unhappiness each account answers on average, as a share of the scale."""
    rows = fill_table(satisfaction, "satisfaction").join(last, on="account_id")
    lines = pd.DataFrame(success.SCALES, ["low", "high"]).T.assign(line=pd.Series(unhappy_at))
    low, high, line = lines.reindex(rows["answer_scale"]).set_axis(rows.index).to_numpy().T
    usable = rows["score"].between(low, high)
    rows["above_line"] = (rows["score"] - line) / (high - low)
    recent = ~(rows["date"] > rows["last"]) & ~(rows["date"] <= rows["last"] - pd.DateOffset(months=months))
    return rows[usable & recent].groupby("account_id")["above_line"].mean().reindex(last.index), int((~usable).sum())


def _read_opinions(opinions: pd.DataFrame, ids: pd.Index) -> pd.Series:
    votes = fill_table(opinions, "opinions")
    against = votes["verdict"].map({"avoid": 1, "good": -1, "best": -1})
    return (against.groupby(votes["account_id"]).sum(min_count=1) > 0).astype("boolean").reindex(ids)


def _count_signs(flags: pd.DataFrame, negative: pd.DataFrame) -> pd.DataFrame:
    alone = negative[negative.sum(axis=1) == 1]
    counts = pd.DataFrame({"judged": flags.count(), "negative": negative.sum(), "only": alone.sum()})
    signs = add_shares(counts.loc[list(SIGNS)].rename_axis("sign").reset_index(), "negative", "judged")
    signs.loc[signs["sign"] == "low_use", ["low", "high"]] = float("nan")  # the share is what the sign is defined by
    return signs


def name_reasons(negatives: pd.DataFrame, reasons: Reasons) -> pd.DataFrame:
    """Tell why each negative account did not fit, as far as the data say.

    Parameters
    ----------
    negatives : DataFrame
        `Negatives.frame`.
    reasons : Reasons
        Why accounts left or did not buy, by `group_reasons`.

    Returns
    -------
    pandas.DataFrame
        The artifact `negatives`: with reason_group (unknown where nothing is said) and reason.

    Examples
    --------
    >>> from icp_lab.methods.reasons import group_reasons
    >>> left, none = pd.DataFrame({"account_id": ["a"], "reason": ["pricing"]}), pd.DataFrame()
    >>> reasons = group_reasons(left, none, none)
    >>> name_reasons(pd.DataFrame({"account_id": ["a", "b"], "churned": True}), reasons)["reason_group"].tolist()
    ['price', 'unknown']
    """
    said = reasons.by_account.set_index("account_id")
    group = negatives["account_id"].map(said["reason_group"]).astype("str").fillna("unknown")
    return negatives.assign(reason_group=group, reason=negatives["account_id"].map(said["reason"]).astype("str"))


def form_groups(customers: pd.DataFrame, outcomes: pd.DataFrame, negatives: pd.DataFrame) -> Groups:
    """Tell which accounts are the best, the negative and the ordinary ones, with nobody in two groups.

    Parameters
    ----------
    customers : DataFrame
        The artifact `customers`: account_id, status.
    outcomes : DataFrame
        The artifact `outcomes`: account_id, outcome, positive. Best are the yes of the outcome `best`.
    negatives : DataFrame
        The artifact `negatives`: account_id.

    Returns
    -------
    Groups
        Best and negative without those that are both; ordinary: all other customers whose outcome `best` is known.

    Notes
    -----
    Where the tables know no best customer, all customers that are not negative stand in and nobody is ordinary.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b", "c"], "status": ["customer", "customer", "lost"]})
    >>> outcomes = pd.DataFrame({"account_id": ["a", "b"], "outcome": "best", "positive": ["yes", "no"]})
    >>> form_groups(customers, outcomes, pd.DataFrame({"account_id": ["c"]})).negative
    ('c',)
    """
    cases = outcomes[outcomes["outcome"] == "best"]
    best = set(cases.loc[cases["positive"] == "yes", "account_id"])
    unlike = set(cases.loc[cases["positive"] == "no", "account_id"])
    negative = set(negatives["account_id"])
    lost = _sorted(negative & set(customers.loc[customers["status"] == "lost", "account_id"]) - best)
    if best:
        return Groups(_sorted(best - negative), _sorted(negative - best), _sorted(unlike - negative), "best",
                      _sorted(best & negative), lost)
    kept = set(customers.loc[customers["status"] == "customer", "account_id"]) - negative
    return Groups(_sorted(kept), _sorted(negative), (), "customers", (), lost)


def _sorted(ids: set[str]) -> tuple[str, ...]:
    return tuple(sorted(ids))
