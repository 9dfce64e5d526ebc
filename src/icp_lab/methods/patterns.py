"""What one group of customers shares more often than another, with intervals, and no claim that noise would make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from icp_lab.locale import _
from icp_lab.methods.customers import tell_left
from icp_lab.methods.rates import adjust_holm, bound_difference, bound_share
from icp_lab.methods.result import Shown

Topic = Literal["value", "loyalty", "best"]
COLUMNS = ("attribute", "kind", "level", "low", "high", "k_first", "n_first", "share_first", "first_low",
           "first_high", "k_second", "n_second", "share_second", "difference", "difference_low", "difference_high",
           "ratio", "p_value")


@dataclass(frozen=True)
class Groups:
    """Which customers are held against which?

    Parameters
    ----------
    topic
        value: high value against the others; loyalty: stayed against left; best: best against other customers.
    first, second
        Ids of their accounts.
    """

    topic: Topic
    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True)
class Patterns(Shown):
    """What does the first group share more often, or less, than the second?

    Parameters
    ----------
    frame
        A row a trait: attribute, kind (category, member, flag, range), level (empty for ranges and flags), low and high
        (of a range), hits and n and share in both groups, difference of shares with its interval, ratio, p_value,
        p_adjusted, and `holds`: is the adjusted p-value at most 0.05? Strongest evidence first.
    topic
        Which groups.
    n_first, n_second
        Accounts in the groups.
    """

    frame: pd.DataFrame
    topic: Topic
    n_first: int
    n_second: int

    @property
    def caption(self) -> str:
        """Say how many traits were looked at and how many hold."""
        return _("{n} traits looked at, {held} hold").format(n=len(self.frame), held=int(self.frame["holds"].sum()))


class _Trait(NamedTuple):
    attribute: str
    kind: str
    level: str
    low: float
    high: float
    has: pd.Series
    known: pd.Series


def pick_valuable(customers: pd.DataFrame, share: float) -> Groups:
    """Which customers are of high value, and which are the others?

    Parameters
    ----------
    customers
        The artifact `customers`; those without a value are in neither group.
    share
        Share of customers of high value, 0 to 1.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "value": [1.0, 2.0]})
    >>> pick_valuable(customers, 0.5).first
    ('b',)
    """
    valued = customers[(customers["status"] == "customer") & customers["value"].notna()]
    ranked = valued.sort_values(["value", "account_id"], ascending=[False, True])["account_id"].tolist()
    places = round(share * len(ranked))
    return Groups("value", tuple(ranked[:places]), tuple(ranked[places:]))


def pick_loyal(customers: pd.DataFrame, months: float) -> Groups:
    """Which customers stayed for long, and which had the time to but left?

    Parameters
    ----------
    customers
        The artifact `customers`.
    months
        How long is long. Customers that began later than so many months ago and are still here are in neither group.

    Returns
    -------
    Groups
        Where nobody is known to have left, the second group is everybody who has not been here for so long.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b", "c"], "status": "customer",
    ...                           "tenure_months": [40.0, 3.0, 5.0],
    ...                           "churned": pd.array([False, True, False], "boolean"),
    ...                           "lapsed": pd.array([None] * 3, "boolean")})
    >>> pick_loyal(customers, 24).first, pick_loyal(customers, 24).second
    (('a',), ('b',))
    """
    ours = customers[(customers["status"] == "customer") & customers["tenure_months"].notna()].sort_values("account_id")
    left = tell_left(ours).fillna(False).astype(bool)
    long = ours["tenure_months"] >= months
    others = ~long & left if left.any() else ~long
    return Groups("loyalty", tuple(ours.loc[long, "account_id"]), tuple(ours.loc[others, "account_id"]))


def pick_best(success: pd.DataFrame) -> Groups:
    """Which customers are best, and which are known not to be?

    Parameters
    ----------
    success
        The artifact `success`: account_id, best.

    Examples
    --------
    >>> success = pd.DataFrame({"account_id": ["a", "b", "c"], "best": pd.array([True, False, None], "boolean")})
    >>> pick_best(success)
    Groups(topic='best', first=('a',), second=('b',))
    """
    ids, best = success["account_id"], success["best"]
    return Groups("best", tuple(ids[best.fillna(False)]), tuple(ids[~best.fillna(True)]))


def find_patterns(
    attributes: pd.DataFrame, names: Sequence[str], groups: Groups, *, fewest: int = 10,
) -> Patterns:
    """What do the customers of one group share more often than those of another?

    Parameters
    ----------
    attributes
        A row an account, indexed by its id: numbers, text, flags, or tuples of text.
    names
        Columns to look at.
    groups
        Who is held against whom.
    fewest
        Accounts with a value that each group needs, and accounts in both that a trait needs, to be looked at.

    Returns
    -------
    Patterns
        All traits looked at.

    Notes
    -----
    A trait is a category, a member of a list, a flag that is yes, or a quarter of a number's range among both groups.
    A missing value is left out of its own trait. Shares carry Wilson intervals, differences Newcombe's; a trait holds
    when Fisher's exact test, adjusted for all traits looked at (Holm, 1979), stays at or below 0.05: where nothing
    differs, at most one search in twenty claims anything.

    Examples
    --------
    >>> attributes = pd.DataFrame({"industry": ["SaaS"] * 20 + ["Retail"] * 20}, index=[f"a{i:02}" for i in range(40)])
    >>> groups = Groups("value", tuple(attributes.index[:20]), tuple(attributes.index[20:]))
    >>> find_patterns(attributes, ["industry"], groups).frame[["level", "ratio", "holds"]].to_numpy().tolist()
    [['Retail', 0.0, True], ['SaaS', inf, True]]
    """
    both = attributes.reindex([*groups.first, *groups.second])
    is_first = pd.Series(np.arange(len(both)) < len(groups.first), both.index)
    rows = [_compare(trait, is_first) for name in names if name in both for trait in _list_traits(both[name], fewest)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame = frame[(frame["n_first"] >= fewest) & (frame["n_second"] >= fewest)]
    frame["p_adjusted"] = adjust_holm(frame["p_value"].to_numpy(dtype=np.float64))
    frame["holds"] = frame["p_adjusted"] <= 0.05
    frame = frame.sort_values(["p_value", "attribute", "level", "low"], kind="stable").reset_index(drop=True)
    return Patterns(frame, groups.topic, len(groups.first), len(groups.second))


def _list_traits(column: pd.Series, fewest: int) -> Iterator[_Trait]:
    name, known = str(column.name), column.notna()
    if pd.api.types.is_bool_dtype(column.dtype):
        yield _Trait(name, "flag", "", np.nan, np.nan, column.fillna(False).astype(bool), known)
    elif pd.api.types.is_numeric_dtype(column.dtype):
        yield from _list_ranges(column, known)
    else:
        kind = "member" if any(isinstance(value, tuple) for value in column[known].head(20)) else "category"
        levels = column[known].astype("object").explode().dropna()
        counts = levels.groupby(levels).size()
        for level in sorted(counts.index[counts >= fewest], key=str):
            has = pd.Series(column.index.isin(levels.index[levels == level]), column.index)
            yield _Trait(name, kind, str(level), np.nan, np.nan, has, known)


def _list_ranges(column: pd.Series, known: pd.Series) -> Iterator[_Trait]:
    cuts = np.unique(column[known].quantile([0, 0.25, 0.5, 0.75, 1]).to_numpy(dtype=np.float64))
    for place, (low, high) in enumerate(pairwise(cuts)):
        last = place == len(cuts) - 2
        has = (column >= low) & ((column <= high) if last else (column < high))
        yield _Trait(str(column.name), "range", "", float(low), float(high), has.fillna(False).astype(bool), known)


def _compare(trait: _Trait, is_first: pd.Series) -> tuple[object, ...]:
    has, known = trait.has.to_numpy(dtype=bool), trait.known.to_numpy(dtype=bool)
    mine = is_first.to_numpy(dtype=bool)
    k_first, n_first = int((has & known & mine).sum()), int((known & mine).sum())
    k_second, n_second = int((has & known & ~mine).sum()), int((known & ~mine).sum())
    one, other = (k / n if n else np.nan for k, n in ((k_first, n_first), (k_second, n_second)))
    p_value = float(fisher_exact(np.array([[k_first, n_first - k_first], [k_second, n_second - k_second]]))[1])
    return (*trait[:5], k_first, n_first, one, *bound_share(k_first, n_first), k_second, n_second, other, one - other,
            *bound_difference((k_first, n_first), (k_second, n_second)), one / other if other else np.inf, p_value)
