"""Two arms: how large they have to be, and how their shares compare, however often one looks."""

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint, samplesize_proportions_2indep_onetail

from icp_lab.methods.result import bound_gap

ALPHA, POWER = 0.05, 0.8
SINGLE = float(norm.isf(ALPHA / 2))  # standard errors to either side where one looks once
_PLANNED = 50  # events of two equal arms about which the bar is lowest
_RHO = _PLANNED / 4 / 8.2  # so says Howard et al. (2021) for alpha = 0.05
_FLOWS = (0.5, 1, 2, 5, 10)  # times the leads a month, for the table of the story


def find_bar(hits: float, n: float, others: float, m: float) -> float:
    """Find how many standard errors away from nought a difference counts, whenever and how often one looks.

    Parameters
    ----------
    hits, n : float
        Events and units of the one arm.
    others, m : float
        Events and units of the other arm.

    Returns
    -------
    float
        What takes the place of the 1.96 of a single look.

    Notes
    -----
    The two-sided normal mixture (Robbins, 1970; Howard, Ramdas, McAuliffe and Sekhon, 2021), as a confidence sequence
    that holds asymptotically (Waudby-Smith et al., 2024), at the information n m / (n + m) p (1 - p), p the share of
    both arms together. It holds while more units come in, and while the same units are followed for longer. With equal
    arms the sum of who of the next to convert is in the pilot, less one half, is sub-Gaussian with a quarter an event,
    so that few events do not break it.

    Examples
    --------
    >>> [round(find_bar(each, 10_000, each, 10_000), 2) for each in (2, 25, 200)]
    [4.05, 3.04, 3.21]
    """
    share = (hits + others) / (n + m)
    known = max(n * m / (n + m) * share * (1 - share), 0.05)  # before the first event there is none
    return float(np.sqrt((1 + _RHO / known) * np.log((1 + known / _RHO) / ALPHA**2)))


def compare_arms(hits: int, n: int, others: int, m: int, *, bar: float | None = None) -> dict[str, float]:
    """Compare how much more often it happened in an arm of n than in one of m.

    Parameters
    ----------
    hits, n : int
        Events and units of the pilot.
    others, m : int
        Events and units of the control.
    bar : float or None, default None
        Standard errors to either side; left out: those that hold whenever one looks (`find_bar`).

    Returns
    -------
    dict of str to float
        Difference `gap` with its ends `low` and `high`, and `ratio` with `ratio_low` and `ratio_high`: their ends say
        the same of nought and of one. The ratio is infinite where only the pilot has events, missing where
        neither arm has one.

    Notes
    -----
    Wilson (1927) intervals of both shares at `bar` standard errors, combined to a difference by Newcombe (1998, method
    10) and to a ratio by Donner and Zou (2012): both from the same interval of p - R q, so that they never disagree.

    Examples
    --------
    >>> [round(each, 2) for each in compare_arms(56, 70, 48, 80, bar=1.959964).values()]
    [0.2, 0.05, 0.33, 1.33, 1.08, 1.66]
    """
    bar = find_bar(hits, n, others, m) if bar is None else bar
    p, q = hits / n, others / m
    (low, high), (under, over) = (proportion_confint(k, size, 2 * norm.sf(bar), method="wilson")
                                  for k, size in ((hits, n), (others, m)))
    least, most = bound_gap((p, low, high), (q, under, over))
    found = {"gap": p - q, "low": least, "high": most, "ratio": p / q if q else np.inf if p else np.nan}
    for end, sign, near, far in (("ratio_low", -1, low, over), ("ratio_high", 1, high, under)):
        root = np.sqrt(max((p * q) ** 2 - near * (2 * p - near) * far * (2 * q - far), 0.0))
        found[end] = float((p * q + sign * root) / (far * (2 * q - far))) if far > 1e-12 else np.inf
    return found


def size_pilot(base: float, times: float, *, share: float = 0.5) -> tuple[int, int]:
    """Size a pilot: how many units must be drawn to see an effect of this size in four of five pilots.

    Parameters
    ----------
    base : float
        Share of the control that converts, above 0.
    times : float
        The effect: how many times as many of the pilot convert; `base * times` is below 1.
    share : float, default 0.5
        Share of the units that are drawn into the pilot.

    Returns
    -------
    tuple of 2 int
        Units of all arms together: where one looks once, on the day planned; and where one may look at any time.

    Notes
    -----
    Two-sided at 5 %, power 80 %, without continuity correction (Fleiss, 1981; statsmodels). Where one may look at any
    time the level is that of `find_bar` at the end; looks before only add power.

    Examples
    --------
    >>> size_pilot(0.05, 2.0), size_pilot(0.2, 1.5)
    ((870, 1702), (588, 1188))
    """
    ratio = (1 - share) / share

    def need(alpha: float) -> float:
        return float(samplesize_proportions_2indep_onetail(
            base * (times - 1), base, POWER, ratio=ratio, alpha=alpha, alternative="two-sided"))

    once = n = need(ALPHA)
    for _round in range(4):  # the bar hardly depends on n
        n = need(2 * norm.sf(find_bar(base * times * n, n, base * ratio * n, ratio * n)))
    fixed, anytime = (int(np.ceil(each) + np.ceil(ratio * each)) for each in (once, n))
    return fixed, anytime


def find_least(base: float, n: int, *, share: float = 0.5) -> tuple[float, float]:
    """Find how large an effect must be for a pilot of n units to see it.

    Parameters
    ----------
    base : float
        Share of the control that converts, above 0.
    n : int
        Units of all arms together.
    share : float, default 0.5
        Share of the units that are drawn into the pilot.

    Returns
    -------
    tuple of 2 float
        The smallest effect (times as many) with one look, and looking at any time; NaN where none is large enough.

    Notes
    -----
    The sizes of `size_pilot`, for 120 effects from 1.02 up to the one that converts nearly all.

    Examples
    --------
    >>> [round(each, 1) for each in find_least(0.05, 870)]
    [2.0, 2.5]
    """
    effects = np.geomspace(1.02, 0.999 / base, 120)
    enough = np.array([size_pilot(base, times, share=share) for times in effects]) <= n
    once, anytime = (float(effects[seen.argmax()]) if seen.any() else np.nan for seen in enough.T)
    return once, anytime


def check_story(before: float, after: float, fall: float, *, flow: float, months: int = 6) -> pd.DataFrame:
    """Check what it takes to believe that conversion has risen from here to there.

    Parameters
    ----------
    before, after : float
        Share of leads that convert, above 0 and below 1, `after` the larger.
    fall : float
        How much less a customer costs after, above 0 and below 1.
    flow : float
        Leads a month.
    months : int, default 6
        Months that the story took; as many before.

    Returns
    -------
    DataFrame
        A row a flow, half of it to ten times as much: `flow`, `leads` in each of the two spans, `others` before and
        `hits` after that such shares come to, their `ratio` with its 95 % interval `ratio_low` and `ratio_high`, and
        the months, before and after together, in which four of five tries show such an effect: with one look `once`,
        looking at any time `anytime`. In each row `before`, `after` and `fall`, and as `earlier` and `later` how many
        customers, before and after, it takes to see that each costs so much less.

    Notes
    -----
    Two spans are compared as if by lot, which takes for granted that nothing else changed between them. At the same
    spending costs fall as customers grow in number: two counts, whose logarithms are compared at 5 % with a power of
    80 % (Gu, Ng, Tang and Schucany, 2008).

    Examples
    --------
    >>> story = check_story(0.012, 0.038, 0.4, flow=100)
    >>> story.loc[1, ["leads", "others", "hits", "once", "anytime", "earlier", "later"]].tolist()
    [600.0, 7.0, 23.0, 11.3, 21.66, 49.0, 82.0]
    """
    rows, (once, anytime), more = [], size_pilot(before, after / before), 1 / (1 - fall)
    earlier = int(np.ceil((SINGLE + norm.ppf(POWER)) ** 2 * (1 + 1 / more) / np.log(more) ** 2))
    for each in np.array(_FLOWS) * flow:
        n, others, hits = round(each * months), round(before * each * months), round(after * each * months)
        found = compare_arms(hits, n, others, n, bar=SINGLE)
        rows.append({"flow": each, "leads": n, "others": others, "hits": hits, **found, "once": once / each,
                     "anytime": anytime / each})
    return pd.DataFrame(rows).assign(before=before, after=after, fall=fall, earlier=earlier,
                                     later=int(np.ceil(earlier * more)))
