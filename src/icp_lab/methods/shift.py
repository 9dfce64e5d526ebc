"""Have our customers changed since the last version? Tests that know how few have come since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import chdtrc, erfc, ndtri, xlogy
from scipy.stats import rankdata, zscore

from icp_lab.methods.customers import BAND_PLACES, REVENUE_BANDS, SIZE_BANDS
from icp_lab.methods.effects import SMALL, as_numbers, estimate_delta, is_numeric
from icp_lab.methods.encoding import spread_levels
from icp_lab.methods.result import Flags, Floats, Shown, bound_difference

FEWEST = 20  # new customers that say something; they are looked for up to a year back
LEVEL = 0.04  # chance of any alarm in a quarter in which nothing has changed: below 5 % in a thousand quarters too
_WEIGHTS = {"size_band": 10.0, "industry": 3.0}  # the two shifts that everybody asks for have more of the error rate
_CUTS, _AT_ONCE = 50, 2_000_000
_QUARTER = pd.DateOffset(months=3)
_COLUMNS = ["attribute", "level", "kind", "before", "now", "gap", "low", "high", "n_before", "n_now", "chance",
            "shifted"]


@dataclass(frozen=True)
class Shifts(Shown):
    """Tell which attributes of new customers differ from those of the customers before.

    Parameters
    ----------
    frame : DataFrame
        A row an attribute (numbers, size bands), or a level of one: attribute, level (empty for numbers), kind (up,
        down, spread; new, grew, shrank), before and now (median, or share with the level), gap with its 95 % interval
        low and high (Cliff's delta, or difference of shares), n_before, n_now (customers with a value), chance (of as
        strong a sign anywhere where nothing has changed), shifted. The strongest sign first.
    start, line : date
        First day of the customers before, and of the new ones.
    n_before, n_now : int
        Customers on either side.
    undated : int
        Customers whose beginning is not known.
    visible : float
        Difference in a share that would be seen four times in five, where half have the level; missing without a test.
    bands : tuple of str, default SIZE_BANDS
        The size bands, by whose places before and now say their median.

    Examples
    --------
    >>> nothing = pd.DataFrame({"attribute": [], "shifted": []})
    >>> found = Shifts(nothing, date(2023, 1, 1), date(2026, 1, 1), 90, 12, 0, float("nan"))
    >>> found.n_before, found.n_now
    (90, 12)
    """

    frame: pd.DataFrame
    start: date
    line: date
    n_before: int
    n_now: int
    undated: int
    visible: float
    bands: tuple[str, ...] = SIZE_BANDS


    def to_dict(self) -> dict[str, Any]:
        """Say it as the artifact `validation` keeps it.

        Returns
        -------
        dict of str to object
            Keys `line` (the day, as YYYY-MM-DD), `n_before`, `n_now`, and `shifted`, a row of `frame` each.

        Examples
        --------
        >>> nothing = pd.DataFrame({"attribute": [], "shifted": []})
        >>> Shifts(nothing, date(2023, 1, 1), date(2026, 1, 1), 90, 12, 0, float("nan")).to_dict()
        {'line': '2026-01-01', 'n_before': 90, 'n_now': 12, 'shifted': []}
        """
        shifted = self.frame[self.frame["shifted"].astype(bool)].to_dict("records")
        return {"line": self.line.isoformat(), "n_before": self.n_before, "n_now": self.n_now, "shifted": shifted}


class _Part(NamedTuple):
    """An attribute as columns whose sums over customers decide, and how its tests read them."""

    attribute: str
    kind: str  # number, band, levels, members
    levels: tuple[str, ...]
    columns: Floats
    known: Flags


def find_shifts(  # noqa: PLR0913  (who came when, what is known of them, and how it is tested)
    attributes: pd.DataFrame, customers: pd.DataFrame, *, as_of: date, since: str = "", months: int = 3,
    before_months: int = 36, shuffles: int = 1999, seed: int = 0) -> Shifts:
    """Find out whether customers that came since the last version differ from those that came before it.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    customers : DataFrame
        The artifact `customers`: account_id, status, since, size_band.
    as_of : date
        The day up to which we look.
    since : str, default ''
        Day of the last version, as YYYY-MM-DD; empty where there is none.
    months : int, default 3
        Months of new customers where there is no version, 1 to 12.
    before_months : int, default 36
        Months before these with which they are compared, 1 or more.
    shuffles : int, default 1999
        Shuffles of new and old, 1 or more.
    seed : int, default 0
        Start of the random numbers of the shuffles.

    Returns
    -------
    Shifts
        Where fewer than 20 customers are new, quarters before are counted with them, up to a year in all; where even
        these are fewer than 20, or there are fewer than 20 before, nothing is tested and the frame is empty.

    Notes
    -----
    Numbers: the largest distance of the two distributions at fiftieths (Kolmogorov and Smirnov). Size bands: the rank
    sum, a trend (Wilcoxon, 1945). Categories: the divergence of Jensen and Shannon (Lin, 1991), for all levels and for
    each against the rest. Each statistic is put on the scale of its large-sample p, and the smallest of them all is
    compared with the smallest in shuffles of who is new (Westfall and Young, 1993, step one): exact at any n, one rate
    of false alarms for all attributes. Intervals are not adjusted. A year of foundation is counted as the age at the
    start, since whoever came earlier was founded earlier.

    Examples
    --------
    >>> ids = [f"{i:03}" for i in range(200)]
    >>> began = pd.to_datetime(["2025-03-01"] * 120 + ["2026-05-01"] * 80)
    >>> customers = pd.DataFrame({"account_id": ids, "status": "customer", "since": began, "size_band": None})
    >>> firms = pd.DataFrame({"industry": ["A", "B"] * 60 + ["A", "B", "C", "C"] * 20}, index=ids)
    >>> find_shifts(firms, customers, as_of=date(2026, 6, 30)).frame[["level", "kind", "before", "now", "shifted"]][:1]
      level kind  before  now  shifted
    0     C  new     0.0  0.5     True
    """
    base = customers[customers["status"] == "customer"].sort_values("account_id").set_index("account_id")
    end, began = pd.Timestamp(as_of) + pd.DateOffset(days=1), base["since"].where(base["since"] <= pd.Timestamp(as_of))
    line = pd.Timestamp(since) if since and since <= as_of.isoformat() else end - pd.DateOffset(months=months)
    while (began >= line).sum() < FEWEST and line > end - 4 * _QUARTER:
        line = max(line - _QUARTER, end - 4 * _QUARTER)
    start = line - pd.DateOffset(months=before_months)
    dated = base[began >= start]
    new = (dated["since"] >= line).to_numpy(dtype=bool)
    told = (start.date(), line.date(), int((~new).sum()), int(new.sum()), int(base["since"].isna().sum()))
    table = attributes.reindex(dated.index).assign(size_band=dated["size_band"])
    if "founded_year" in table:
        table["age_at_start"] = dated["since"].dt.year - table.pop("founded_year")
    parts = [part for name in sorted(map(str, table.columns)) for part in _lay_out(name, table[name])]
    if min(told[2:4]) < FEWEST or not parts:
        return Shifts(pd.DataFrame(columns=_COLUMNS), *told, float("nan"))
    scales = np.vstack([np.hstack([_judge(part, held) / _WEIGHTS.get(part.attribute, 1) for part in parts])
                        for held in _shuffle(new, shuffles, seed)])
    least = np.sort(scales.min(axis=1))
    chance = iter(np.searchsorted(least, scales[0] * (1 + 1e-9), side="right") / len(least))
    rows = [row for part in parts for row in _describe(part, table[part.attribute], new, [
        next(chance) for _test in range(len(part.levels) + (part.kind == "levels"))])]
    frame = pd.DataFrame(rows, columns=_COLUMNS).sort_values(
        ["chance", "gap", "attribute", "level"], ascending=[True, False, True, True], ignore_index=True)
    reach = ndtri(0.8) - ndtri(np.quantile(least, LEVEL) / 2)
    return Shifts(frame, *told, float(reach * np.sqrt(0.25 / told[2] + 0.25 / told[3])),
                  REVENUE_BANDS if dated["size_band"].isin(REVENUE_BANDS).any() else SIZE_BANDS)


def _lay_out(name: str, column: pd.Series) -> Iterator[_Part]:
    """Lay an attribute out in columns; one that never differs has none."""
    known = column.notna().to_numpy(dtype=bool)
    if column[known].nunique() < 2:
        return
    if name == "size_band" or is_numeric(column):
        numbers, kind = _number(column), "band" if name == "size_band" else "number"
        cuts = np.unique(np.nanquantile(numbers, np.arange(_CUTS) / _CUTS, method="lower"))
        ranks = zscore(rankdata(numbers, nan_policy="omit"), nan_policy="omit")
        columns = ranks[:, None] if kind == "band" else np.less_equal.outer(numbers, cuts)
        yield _Part(name, kind, ("",), np.nan_to_num(np.asarray(columns, dtype=np.float64)), known)
        return
    held = spread_levels(column.map({True: "yes", False: "no"}) if pd.api.types.is_bool_dtype(column) else column)
    levels = held.columns[held.sum().between(SMALL, known.sum() - SMALL)]
    # Of two that complement each other one is looked at.
    levels = levels[held.shape[1] == 2 and column.dtype != object:]
    if len(levels):
        kind = "levels" if column.dtype != object and held.shape[1] > 2 else "members"
        yield _Part(name, kind, tuple(levels), held[levels].fillna(0.0).to_numpy(), known)


def _number(column: pd.Series) -> Floats:
    """Take numbers, and size bands as their places; missing ones stay missing."""
    return as_numbers(column.map(BAND_PLACES).astype("float64") if column.name == "size_band" else column)


def _shuffle(new: Flags, shuffles: int, seed: int) -> Iterator[Floats]:
    """Give who is new, as it is and shuffled, a row each; not more at once than fits."""
    rng, size = np.random.default_rng(seed), max(1, _AT_ONCE // len(new))
    yield np.asarray(new[None, :], dtype=np.float64)
    for done in range(0, shuffles, size):
        yield np.asarray(rng.permuted(np.tile(new, (min(size, shuffles - done), 1)), axis=1), dtype=np.float64)


def _judge(part: _Part, held: Floats) -> Floats:
    """Put the tests of an attribute on the scale of their large-sample p, a row a shuffle."""
    total, whole = part.columns.sum(axis=0), int(part.known.sum())
    now, n_now = held @ part.columns, (held @ part.known)[:, None]
    n_before = whole - n_now
    if part.kind == "band":
        return np.asarray(erfc(np.abs(now) / np.sqrt(2 * np.maximum(n_now * n_before, 0.5) / (whole - 1))))
    if part.kind == "number":
        apart = np.abs(now / np.maximum(n_now, 1) - (total - now) / np.maximum(n_before, 1)).max(axis=1, keepdims=True)
        return np.asarray(2 * np.exp(-2 * apart**2 * n_now * n_before / whole))
    outer, rare = _mix(n_now, whole), (n_now - now.sum(axis=1, keepdims=True), whole - total.sum())
    each = _mix(now, total) + _mix(n_now - now, whole - total) - outer
    every = _mix(now, total).sum(axis=1, keepdims=True) + (_mix(*rare) if part.kind == "levels" else 0.0) - outer
    scales = [chdtrc(1, np.maximum(2 * each, 0.0)), chdtrc(len(total) - (rare[1] == 0), np.maximum(2 * every, 0.0))]
    return np.hstack(scales[:1 + (part.kind == "levels")])


def _mix(now: Floats, total: Any) -> Floats:
    return np.asarray(xlogy(now, now) + xlogy(total - now, total - now) - xlogy(total, total))


def _describe(part: _Part, column: pd.Series, new: Flags, chance: list[float]) -> Iterator[tuple[Any, ...]]:
    """Say of an attribute, or of each level, what it was, what it is, and how far apart the two are."""
    old, now = part.known & ~new, part.known & new
    m, n = int(old.sum()), int(now.sum())
    if part.levels == ("",):
        values = _number(column)
        if min(n, m) > 1:
            delta = estimate_delta(values[now], values[old])
            kind = "up" if delta[1] > 0 else "down" if delta[2] < 0 else "spread"
            yield (part.attribute, "", kind, np.median(values[old]), np.median(values[now]), *delta, m, n, *chance,
                   chance[0] <= LEVEL)
        return
    counts = [(int(has[now].sum()), int(has[old].sum())) for has in part.columns.T]
    gaps = [a / max(n, 1) - b / max(m, 1) for a, b in counts]
    strongest = int(np.argmax(np.abs(gaps)))  # it speaks for the attribute as a whole
    for place, (a, b) in enumerate(counts):
        own = min(chance[place], chance[-1]) if part.kind == "levels" and place == strongest else chance[place]
        kind = ("grew" if b else "new") if gaps[place] > 0 else "shrank"
        yield (part.attribute, part.levels[place], kind, b / max(m, 1), a / max(n, 1), gaps[place],
               *bound_difference(a, n, b, m), m, n, own, own <= LEVEL)
