"""Who is listening now: touches that count less the longer they are past, with how fast taken from the data."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.stats import chi2

from icp_lab.methods.result import Codes, Flags, Floats, Shown

CAP = 5.0  # touches as of today beyond which more say nothing new
DEFAULT = 30.0  # days in which a touch loses half of its weight, where the data cannot tell
FEWEST = 20  # outcomes with fewer of which nothing is estimated
MOST_OUTCOMES, MOST_OPEN = 1000, 500  # beyond which outcomes, and leads open at one, are drawn at random
_GRID = np.geomspace(2, 256, 43)
_STEPS = 25


@dataclass(frozen=True)
class Decay(Shown):
    """How fast a touch loses its weight.

    Parameters
    ----------
    half_life, low, high : float
        Days in which a touch loses half of its weight, with the 95 % interval; NaN ends where it was not estimated.
    ratio : float
        Times the chance that a fresh touch makes of the outcome at any time; NaN where it was not estimated.
    events, units : int
        Outcomes and units that they are estimated from.
    estimated : bool
        Whether touches go before outcomes, more clearly than chance allows. If not, `half_life` is a convention.
    frame : DataFrame
        A row a half-life: `half_life`, `fits` (log-likelihood over that of touches without effect).

    Examples
    --------
    >>> touches = pd.DataFrame({"unit": ["a"], "date": pd.to_datetime(["2026-06-01"])})
    >>> leads = pd.DataFrame({"lead_id": ["a"], "created": pd.to_datetime(["2026-05-01"]), "converted": pd.NaT})
    >>> found = estimate_decay(touches, leads, as_of=date(2026, 6, 30))
    >>> found.estimated, found.half_life
    (False, 30.0)
    """

    half_life: float
    low: float
    high: float
    ratio: float
    events: int
    units: int
    estimated: bool
    frame: pd.DataFrame


def list_touches(engagement: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """List which touch was with whom.

    Parameters
    ----------
    engagement : DataFrame
        The table: account_id, lead_id, contact_id, date, kind, channel, content. A touch with a contact belongs to the
        contact's account.
    contacts : DataFrame
        The table: contact_id, account_id.

    Returns
    -------
    DataFrame
        A row a touch with a day, by unit and day: `unit` (lead, else account), contact_id, date, kind, channel,
        content.

    Examples
    --------
    >>> touches = pd.DataFrame({"lead_id": [None, "L1"], "account_id": [None, "b"], "contact_id": ["p", None],
    ...                         "date": pd.Timestamp("2026-06-01"), "kind": "called", "channel": "", "content": ""})
    >>> list_touches(touches, pd.DataFrame({"contact_id": ["p"], "account_id": ["a"]}))["unit"].tolist()
    ['L1', 'a']
    """
    account = engagement["contact_id"].map(contacts.set_index("contact_id")["account_id"]).astype("str")
    unit = engagement["lead_id"].fillna(engagement["account_id"]).fillna(account)
    kept = engagement.assign(unit=unit)[["unit", "contact_id", "date", "kind", "channel", "content"]]
    return kept[unit.notna() & kept["date"].notna()].sort_values(["unit", "date"], kind="stable")


def estimate_decay(touches: pd.DataFrame, leads: pd.DataFrame, *, as_of: date) -> Decay:
    """Estimate how fast a touch loses its weight, by the touches that went before leads became opportunities.

    Parameters
    ----------
    touches : DataFrame
        The touches: `list_touches`.
    leads : DataFrame
        The table: lead_id, created, converted.
    as_of : date
        The day up to which leads were watched.

    Returns
    -------
    Decay
        The half-life with its interval, or 30 days by convention where the data cannot tell.

    Notes
    -----
    The partial likelihood of Cox (1972) on calendar time: at each conversion the warmth of that lead against that of
    all leads open on that day, warmth being the touches of days before, each halved every half-life, up to `CAP`. The
    half-life is the best of a grid from 2 to 256 days; its interval is by likelihood ratio, and it counts as estimated
    where two parameters more are clearer than chance (5 %). Of several touches in a day one counts. Of more than 1,000
    outcomes so many are drawn at random, and at each of them 500 of the leads open on that day, which costs next to no
    precision (nested case-control: Goldstein and Langholz, 1992); `events` says how many outcomes were used.

    Examples
    --------
    >>> days = pd.date_range("2025-01-01", periods=200, freq="2D")
    >>> names = [f"L{n:03}" for n in range(200)]
    >>> leads = pd.DataFrame({"lead_id": names, "created": pd.Timestamp("2024-12-01"),
    ...                       "converted": days.where(np.arange(200) % 4 == 0)})
    >>> touches = pd.DataFrame({"unit": names, "date": days - pd.Timedelta(days=3)})
    >>> found = estimate_decay(touches, leads, as_of=date(2026, 6, 30))
    >>> found.estimated, found.events
    (True, 50)
    """
    known = leads[leads["created"].notna()].sort_values("lead_id")
    happened = known.loc[known["converted"].notna(), ["lead_id", "converted"]]
    used = min(len(happened), MOST_OUTCOMES)
    nothing = Decay(DEFAULT, np.nan, np.nan, np.nan, used, len(known), estimated=False,
                    frame=pd.DataFrame({"half_life": [], "fits": []}))
    day = _count_days(touches["date"], as_of)
    place = pd.Index(known["lead_id"]).get_indexer(touches["unit"])
    both = np.unique(np.column_stack([day, place])[place >= 0], axis=0)
    if len(happened) < FEWEST or not len(both):
        return nothing
    began, ended = (_count_days(known[name].fillna(pd.Timestamp(as_of) + pd.Timedelta(days=1)), as_of)
                    for name in ("created", "converted"))
    fits, slopes = _profile(_list_risks(both, began, ended, known["converted"].notna().to_numpy()))
    best = int(fits.argmax())
    inside = _GRID[fits >= fits[best] - chi2.ppf(0.95, 1) / 2]
    if fits[best] < chi2.ppf(0.95, 2) / 2 or slopes[best] <= 0:
        return nothing
    return Decay(float(_GRID[best]), float(inside.min()), float(inside.max()), float(np.exp(slopes[best])),
                 used, len(known), estimated=True, frame=pd.DataFrame({"half_life": _GRID, "fits": fits}))


def _count_days(dates: pd.Series, as_of: date) -> Floats:
    return np.asarray((pd.to_datetime(dates) - pd.Timestamp(as_of)).dt.days, dtype=np.float64)


def _list_risks(touched: Floats, began: Floats, ended: Floats, happened: Flags) -> list[tuple[Floats, Floats]]:
    """Give, for each outcome, the warmth of the one that it happened to, and of all that it could have happened to."""
    risks, rng = [], np.random.default_rng(0)
    touched = touched[np.lexsort((touched[:, 0], touched[:, 1]))]
    first = np.searchsorted(touched[:, 1], np.arange(len(began) + 1))
    for one in _draw(np.flatnonzero(happened), MOST_OUTCOMES, rng):
        day = ended[one]
        open_then = _draw(np.flatnonzero((began <= day) & (ended >= day)), MOST_OPEN, rng)
        units = np.union1d(open_then, [one])
        before = touched[np.concatenate([np.arange(first[unit], first[unit + 1]) for unit in units])]
        before = before[before[:, 0] < day]
        weights = 0.5 ** ((day - before[:, :1]) / _GRID)
        unit = np.searchsorted(units, before[:, 1])
        warmth: Floats = np.minimum([np.bincount(unit, each, len(units)) for each in weights.T], CAP)
        all_ = units if len(open_then) == MOST_OPEN else open_then  # those drawn, and the one that it happened to
        risks.append((warmth[:, np.searchsorted(units, one)], warmth[:, np.searchsorted(units, all_)]))
    return risks


def _draw(places: Codes, most: int, rng: np.random.Generator) -> Codes:
    """Draw so many at random where there are more."""
    return places if len(places) <= most else np.sort(rng.choice(places, most, replace=False))


def _profile(risks: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Fit the slope for each half-life (Newton's method); the gain in log-likelihood over none, and the slope."""
    slope = np.zeros(len(_GRID))
    for _step in range(_STEPS):
        score, spread = np.zeros((2, len(_GRID)))
        for own, all_ in risks:
            weight = np.exp(slope[:, None] * all_)
            weight /= weight.sum(axis=1, keepdims=True)
            mean = (weight * all_).sum(axis=1)
            score += own - mean
            spread += (weight * all_ ** 2).sum(axis=1) - mean ** 2
        slope += np.clip(score / np.maximum(spread, 1e-9), -1, 1)
    gains = sum(slope * own - np.log(np.exp(slope[:, None] * all_).mean(axis=1)) for own, all_ in risks)
    return np.asarray(gains, dtype=np.float64), slope


def score_engagement(touches: pd.DataFrame, decay: Decay, *, as_of: date) -> pd.DataFrame:
    """Score how warm each account or lead is today.

    Parameters
    ----------
    touches : DataFrame
        The touches: `list_touches`.
    decay : Decay
        How fast they lose their weight: `estimate_decay`.
    as_of : date
        Today.

    Returns
    -------
    DataFrame
        By unit: `touches` (days with one), `latest`, `engagement` (0 to 100: touches as of today, capped, in per cent
        of the cap), `warm` (none, cooling: less than one touch of today, warm).

    Notes
    -----
    The warmth of a unit is the sum of 0.5^(days past / half-life) over its days with a touch, up to `CAP` = 5.

    Examples
    --------
    >>> touches = pd.DataFrame({"unit": ["a", "a"], "date": pd.to_datetime(["2026-06-30", "2026-05-31"])})
    >>> decay = Decay(30.0, 20.0, 40.0, 2.0, 30, 400, True, pd.DataFrame())
    >>> score_engagement(touches, decay, as_of=date(2026, 6, 30))["engagement"].tolist()
    [30]
    """
    days = touches[["unit", "date"]].drop_duplicates()
    warmth = pd.Series(0.5 ** (-_count_days(days["date"], as_of) / decay.half_life), index=days.index)
    total = warmth.groupby(days["unit"]).sum().clip(upper=CAP)
    found = days.groupby("unit")["date"].agg(["size", "max"]).set_axis(["touches", "latest"], axis=1)
    return found.assign(engagement=(100 * total / CAP).round().astype("int64"),
                        warm=np.where(total >= 1, "warm", "cooling"))
