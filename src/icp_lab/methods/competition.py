"""Who else is there: whom they go after, how much of our profile they want, how often we win against each; trends."""

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import betaln

from icp_lab.methods.customers import fill_table
from icp_lab.methods.result import Floats, Shown, bound_shares
from icp_lab.rule import Rule, name_attribute

_WIDE = 1e12
_MONTH = 30.4375


@dataclass(frozen=True)
class Competition(Shown):
    """Who goes after whom, and who wins.

    Parameters
    ----------
    frame : DataFrame
        A row a competitor: the columns of the table; `targets` (does it name a target that can be compared?), `hits` of
        our `n` accounts that fit and are inside its target, `overlap` with overlap_low and overlap_high;
        `won` of `deals` in which it was named, `rate` (shrunken) with low and high.
    segments : DataFrame
        A row a competitor and kind of account: `kind`, won, deals, rate, low, high.
    overall : float
        Share of all closed deals that were won.
    named : dict of str to int
        Of closed deals: named_won of won, named_lost of lost ones name a competitor.

    Examples
    --------
    >>> closed = pd.DataFrame({"account_id": ["a", "b"], "stage": ["won", "lost"], "competitor": ["Other", None]})
    >>> none = pd.DataFrame({"account_id": ["a", "b"], "industry": "x"})
    >>> compare_competitors(pd.DataFrame(), closed, none, pd.DataFrame(), Rule()).named
    {'named_won': 1, 'won': 1, 'named_lost': 0, 'lost': 1}
    """

    frame: pd.DataFrame
    segments: pd.DataFrame
    overall: float
    named: dict[str, int]


def shrink_rates(won: Floats, n: Floats) -> Floats:
    """Estimate the rates of groups that are alike, with intervals.

    Parameters
    ----------
    won : ndarray of float
        Deals won of each group.
    n : ndarray of float
        Deals of each group.

    Returns
    -------
    ndarray of float
        A row a group: posterior mean, and the ends of the 95 % interval.

    Notes
    -----
    Beta-binomial: each group's rate is from a beta distribution whose mean and weight are not known and are averaged
    over, by how well they explain all groups (a grid: mean 0.02 to 0.98, shrinkage 1 / (1 + weight) uniform; the
    model: Gelman and others, 2013, section 5.3). Groups with few deals are drawn to the others.

    Examples
    --------
    >>> shrink_rates(np.array([0.0, 5.0, 40.0]), np.array([1.0, 10.0, 80.0])).round(2)[:, 0].tolist()
    [0.37, 0.49, 0.5]
    """
    steps = np.linspace(0.02, 0.98, 30)
    mean, pull = (grid.ravel()[:, None] for grid in np.meshgrid(steps, steps))
    weight = (1 - pull) / pull
    a, b = mean * weight, (1 - mean) * weight
    fit = (betaln(a + won, b + n - won) - betaln(a, b)).sum(axis=1)
    likely = np.exp(fit - fit.max())[:, None]
    likely /= likely.sum()
    middle = ((a + won) / (a + b + n) * likely).sum(axis=0)
    spots = (np.arange(400) + 0.5) / 400
    ends = []
    for k, m in zip(won, n, strict=True):
        heights = (a + k - 1) * np.log(spots) + (b + m - k - 1) * np.log1p(-spots) - betaln(a + k, b + m - k)
        below = (np.exp(heights) * likely).sum(axis=0).cumsum()
        ends.append(np.interp((0.025, 0.975), below / below[-1], spots))
    return np.column_stack([middle, np.array(ends).reshape(len(won), 2)])


def compare_competitors(  # noqa: PLR0913  (their table, and what of ours it is held against)
    competitors: pd.DataFrame, deals: pd.DataFrame, customers: pd.DataFrame, attributes: pd.DataFrame, rule: Rule, *,
    kind: str = "industry") -> Competition:
    """Say whom competitors go after, how much of our profile that is, and how often we win against each, and where.

    Parameters
    ----------
    competitors : DataFrame
        The table: name, target_industry (tuples), target_employees_min, target_employees_max. May be empty.
    deals : DataFrame
        The table: account_id, stage, competitor. May be empty.
    customers : DataFrame
        The artifact `customers`: account_id, and the column `kind`.
    attributes : DataFrame
        Attributes of our accounts, indexed by account_id.
    rule : Rule
        The profile.
    kind : str, default 'industry'
        The column of customers that tells segments apart: industry, size_band, region.

    Returns
    -------
    Competition
        Declared competitors by name, then those that are only named in deals.

    Notes
    -----
    Overlap is the share of our accounts meeting the profile that are in the competitor's industries and between its
    sizes (Wilson, 1927). Win rates count closed deals, and are shrunken among competitors, and within each among kinds
    (`shrink_rates`). Where competitors are noted in lost deals alone there is no rate. Where they are noted more often
    in lost ones, a rate may say when somebody wrote it down, and not who wins.

    Examples
    --------
    >>> firms = pd.DataFrame({"industry": ["SaaS", "Bank"]}, index=["a", "b"])
    >>> closed = pd.DataFrame({"account_id": ["a", "a", "b"], "stage": ["won", "lost", "won"], "competitor": "Other"})
    >>> other = pd.DataFrame({"name": ["Other"], "target_industry": [("saas",)]})
    >>> us = firms.reset_index(names="account_id")
    >>> compare_competitors(other, closed, us, firms, Rule()).frame[["hits", "n", "won", "deals"]].values.tolist()
    [[1.0, 2.0, 2.0, 3.0]]
    """
    frame = fill_table(competitors, "competitors").sort_values("name", kind="stable", ignore_index=True)
    inside = attributes[rule.mask(attributes).fillna(False).astype(bool)]
    met = [_meet_target(row, inside) for _place, row in frame.iterrows()]
    frame["targets"] = [one is not None for one in met]
    frame["n"] = [np.nan if one is None else one.notna().sum() for one in met]
    frame["hits"] = [np.nan if one is None else one.sum() for one in met]
    frame["overlap"] = frame["hits"] / frame["n"].where(frame["n"] > 0)
    frame["overlap_low"], frame["overlap_high"] = bound_shares(frame["hits"], frame["n"])
    closed = deals[deals["stage"].isin(["won", "lost"])].assign(won=lambda rows: rows["stage"] == "won")
    closed = closed.assign(kind=closed["account_id"].map(customers.set_index("account_id")[kind]),
                           key=closed["competitor"].str.strip().str.casefold())
    rates = _rate(closed.dropna(subset="key"), ["key"])
    unknown = rates[~rates["key"].isin(frame["name"].str.casefold())]
    called = closed.dropna(subset="key").groupby("key")["competitor"].first()
    extra = pd.DataFrame({"name": list(unknown["key"].map(called)), "targets": False})
    frame = pd.concat([frame, extra], ignore_index=True)
    key = frame["name"].str.casefold()
    frame["key"] = key.mask(key.duplicated())  # who stands twice goes after two targets, and has its rates once
    split = [_rate(rows, ["key", "kind"]) for _key, rows in closed.dropna(subset=["key", "kind"]).groupby("key")
             if closed.loc[closed["key"].notna(), "won"].any()]
    segments = pd.concat([_rate(closed.iloc[:0], ["key", "kind"]), *split], ignore_index=True)
    names = frame.dropna(subset="key").set_index("key")["name"]
    named, won = closed["key"].notna(), closed["won"]
    said = {name: int(side.sum()) for name, side in (
        ("named_won", named & won), ("won", won), ("named_lost", named & ~won), ("lost", ~won))}
    if not said["named_won"]:
        rates[["rate", "low", "high"]] = np.nan
    return Competition(frame.merge(rates, on="key", how="left").drop(columns="key"),
                       segments.assign(name=segments["key"].map(names)).drop(columns="key"),
                       float(won.mean()) if len(closed) else np.nan, said)


def _meet_target(target: pd.Series, inside: pd.DataFrame) -> pd.Series | None:
    """Which of the accounts are in a competitor's target? None where it names none that can be compared."""
    wanted, low, high = (target[f"target_{name}"] for name in ("industry", "employees_min", "employees_max"))
    asked = []
    if isinstance(wanted, tuple | list) and "industry" in inside:
        known = inside["industry"].astype("str").where(inside["industry"].notna())
        theirs = known.str.casefold().isin({each.casefold() for each in wanted})
        asked.append(theirs.astype("boolean").mask(known.isna()))
    if not (pd.isna(low) and pd.isna(high)) and "employees" in inside:
        size = inside["employees"]
        within = size.ge(0 if pd.isna(low) else low) & size.lt(_WIDE if pd.isna(high) else high)
        asked.append(within.astype("boolean").mask(size.isna()))
    return None if not asked else asked[0] & asked[-1]


def _rate(closed: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    counts = closed.groupby(by)["won"].agg(won="sum", deals="size").reset_index()
    rates = shrink_rates(*(counts[name].to_numpy(dtype=np.float64) for name in ("won", "deals")))
    return counts.assign(rate=rates[:, 0], low=rates[:, 1], high=rates[:, 2])


def read_trends(trends: pd.DataFrame, attributes: pd.DataFrame, rule: Rule, *, as_of: date,
                lasts: int = 18) -> pd.DataFrame:
    """Read what moves in the market, how old the news is, and on which criteria of the profile it bears.

    Parameters
    ----------
    trends : DataFrame
        The table: date, statement, effect, source.
    attributes : DataFrame
        Attributes of our accounts: their names are looked for in the words of a trend.
    rule : Rule
        The profile; its values are looked for too.
    as_of : date
        The day up to which the study looks.
    lasts : int, default 18
        Months after which a statement is old.

    Returns
    -------
    DataFrame
        The trends, the newest first, with `months`, `old`, `criteria` of the profile and `others` (attributes outside
        it) that they name, comma-separated.

    Examples
    --------
    >>> news = pd.DataFrame({"date": pd.to_datetime(["2024-01-31"]), "statement": ["SaaS firms hire fewer employees"]})
    >>> rule = Rule.from_dicts([{"attribute": "industry", "in": ["SaaS"]}])
    >>> firms = pd.DataFrame(columns=["industry", "employees"])
    >>> read_trends(news, firms, rule, as_of=date(2026, 6, 30))[["criteria", "others", "old"]].values.tolist()
    [['industry', 'employees', True]]
    """
    frame = fill_table(trends, "trends")
    text = (frame["statement"].fillna("") + " " + frame["effect"].fillna("")).str.casefold()
    words = {name: {name.replace("_", " "), name_attribute(name)} for name in map(str, attributes.columns)}
    for criterion in rule.criteria:
        words.setdefault(criterion.attribute, set()).update(criterion.values)
    found = [[name for name, said in words.items() if any(_speaks(word, one) for word in said)] for one in text]
    held = [",".join(name for name in names if name in rule.attributes) for names in found]
    others = [",".join(name for name in names if name not in rule.attributes) for names in found]
    months = (pd.Timestamp(as_of) - frame["date"]).dt.days / _MONTH
    return frame.assign(months=months, old=months > lasts, criteria=held, others=others).sort_values(
        ["date", "statement"], ascending=[False, True], ignore_index=True)


def _speaks(word: str, text: str) -> bool:
    plain = re.escape(word.casefold())
    return re.search(rf"(?<![a-z]){plain}(?![a-z])" if word.isascii() else plain, text) is not None
