"""Which customers succeed most, by the measures that the tables allow, and how much hangs on the weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from icp_lab.errors import utter
from icp_lab.methods.customers import fill_table, tell_left, until
from icp_lab.methods.events import Use, measure_use
from icp_lab.methods.result import Flags, Floats, Shown

MEASURES = ("revenue", "margin", "satisfaction", "usage", "tenure")
GET, GIVE = ("satisfaction", "usage"), ("revenue", "margin", "tenure")
# Lowest and highest answer of each scale; on all of them high is good.
SCALES = {"nps": (0.0, 10.0), "csat5": (1.0, 5.0), "csat10": (1.0, 10.0), "ces7": (1.0, 7.0)}

_FEWEST_IN_BAND = 10  # a percentile among fewer says little
_CHUNK = 50  # weightings scored at a time, to bound memory


@dataclass(frozen=True)
class Measures(Shown):
    """Hand over what each customer's success is measured on.

    Parameters
    ----------
    frame : DataFrame
        A row a customer: account_id, size_band, tenure_months, left (true where it left), and for each of `MEASURES`
        its raw value: revenue and margin in money a year, satisfaction 0 to 1, usage as share of seats in use or events
        a month, tenure in months.
    measured : tuple of str
        Names of the measures that the tables allow.
    use_of : str
        What use is measured by: seats, events, users, or empty.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "tenure_months": [12.0, 40.0]})
    >>> measure_success(customers, pd.DataFrame(), pd.DataFrame(), as_of=date(2025, 1, 1)).frame["tenure"].tolist()
    [12.0, 40.0]
    """

    frame: pd.DataFrame
    measured: tuple[str, ...]
    use_of: Use


@dataclass(frozen=True)
class Choice:
    """Hand over how the best are chosen.

    Parameters
    ----------
    top_share : float, default 0.15
        Share of customers with a place among the best, 0 to 1.
    weights : Mapping of str to float or None, default None
        Weight of each measure, 0 or more; one that is not named weighs nothing.
    relative_to : str, default 'none'
        Text `none`: percentiles among all customers; `size_band`: among customers of the same size.
    use_opinions : bool, default True
        True where nominations and vetoes count.
    nomination_lift : float, default 0.05
        What a nomination adds to the score, 0 to 1.
    window_months : int, default 12
        A customer younger than this that does not qualify yet is unknown, not ordinary.
    weight_draws : int, default 500
        Weightings drawn to see what hangs on the weights, 0 or more.
    seed : int, default 0
        Seed of those draws.

    Examples
    --------
    >>> Choice(top_share=0.2, weights={"revenue": 2.0, "satisfaction": 1.0}).top_share
    0.2
    """

    top_share: float = 0.15
    weights: Mapping[str, float] | None = None
    relative_to: str = "none"
    use_opinions: bool = True
    nomination_lift: float = 0.05
    window_months: int = 12
    weight_draws: int = 500
    seed: int = 0


@dataclass(frozen=True)
class Success(Shown):
    """Tell which customers are the best.

    Parameters
    ----------
    frame : DataFrame
        A row a customer, as in the artifact `success`.
    reasons : DataFrame
        A row a customer: account_id, reason (top_share, nominated, vetoed, left, below_top, too_young, not_measured).
    measured : tuple of str
        Names of the measures used.
    firm : int
        Of the best: in the top share under at least 80 % of weightings.
    wavering : int
        Of the best: in the top share under fewer than half of them.
    without_opinions : int
        Of the best: how many would have been chosen with no opinions heard.
    relative_to : str
        As chosen.

    Examples
    --------
    >>> frame = pd.DataFrame({"account_id": ["a", "b"], "size_band": "1-9", "tenure_months": [24.0, 30.0],
    ...                       "left": pd.array([False, False], "boolean"), "revenue": [1.0, 9.0]})
    >>> success = choose_best(Measures(frame, ("revenue",), ""), pd.DataFrame(), Choice(top_share=0.5))
    >>> success.firm, success.measured
    (1, ('revenue',))
    """

    frame: pd.DataFrame
    reasons: pd.DataFrame
    measured: tuple[str, ...]
    firm: int
    wavering: int
    without_opinions: int
    relative_to: str

    @property
    def marks(self) -> pd.DataFrame:
        """Hand out account_id, best and reason: what the cases of the outcome `best` are made of.

        Examples
        --------
        >>> frame = pd.DataFrame({"account_id": ["a", "b"], "size_band": "1-9", "tenure_months": [24.0, 30.0],
        ...                       "left": pd.array([False, False], "boolean"), "revenue": [1.0, 9.0]})
        >>> success = choose_best(Measures(frame, ("revenue",), ""), pd.DataFrame(), Choice(top_share=0.5))
        >>> success.marks.values.tolist()
        [['a', False, 'below_top'], ['b', True, 'top_share']]
        """
        return self.frame[["account_id", "best"]].merge(self.reasons, on="account_id")


def measure_success(customers: pd.DataFrame, usage: pd.DataFrame, satisfaction: pd.DataFrame, *, as_of: date,
                    ) -> Measures:
    """Measure how far each customer succeeds, on all that the tables allow.

    Parameters
    ----------
    customers : DataFrame
        The artifact `customers`.
    usage : DataFrame
        Use in a period, or an event: account_id, date, active_users, seats, events. May be empty, as may
        `satisfaction`.
    satisfaction : DataFrame
        A row an answer: account_id, score, answer_scale (nps, csat5, csat10, ces7; guessed from the highest answer
        where it is missing).
    as_of : date
        The day up to which we look.

    Returns
    -------
    Measures
        Raw values. Revenue and margin are those of the last twelve months, so that age does not count twice; of all
        time only where no payment carries a date.

    Notes
    -----
    Use is that of the last twelve months, as `measure_use` reads it. The five measures are those of the documented
    process (PROCESS 2a).

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "revenue_yearly": [5.0, 7.0]})
    >>> measure_success(customers, pd.DataFrame(), pd.DataFrame(), as_of=date(2025, 1, 1)).measured
    ('revenue',)
    """
    base = fill_table(customers, "customers")
    base = base[base["status"] == "customer"].sort_values("account_id").reset_index(drop=True)
    frame = base[["account_id", "size_band", "tenure_months"]].assign(left=tell_left(base))
    use, use_of = measure_use(usage, base.set_index("account_id"), as_of)
    answers = until(fill_table(satisfaction, "satisfaction"), "date", pd.Timestamp(as_of))
    money = base["revenue_yearly"] if base["revenue_yearly"].notna().any() else base["revenue"]
    happy = scale_answers(answers).groupby(answers["account_id"]).mean()
    raw = {"revenue": money, "margin": money * base["margin"] / base["revenue"].where(base["revenue"] > 0),
           "satisfaction": happy.reindex(base["account_id"]).array, "usage": use.array, "tenure": base["tenure_months"]}
    # Rounded so that the order of the rows that were added up cannot decide a tie.
    frame = frame.assign(**{name: pd.Series(values).round(9) for name, values in raw.items()})
    measured = tuple(name for name in MEASURES if frame[name].nunique() > 1)
    return Measures(frame=frame, measured=measured, use_of=use_of)


def choose_best(measures: Measures, opinions: pd.DataFrame, choice: Choice) -> Success:
    """Choose the best customers, and tell whether other weights would have chosen others.

    Parameters
    ----------
    measures : Measures
        From `measure_success`.
    opinions : DataFrame
        What colleagues hold: account_id, team, verdict (best, good, avoid). May be empty.
    choice : Choice
        How to choose.

    Returns
    -------
    Success
        Score, place and robustness of each customer.

    Raises
    ------
    LabError
        When a weight names no measure, or nothing measured has a weight.

    Notes
    -----
    The score is the weighted mean of percentiles (mid-ranks) over the measures that a customer has. Weightings are
    drawn from a Dirichlet distribution around the weights chosen: with equal weights every weighting is as likely as
    any other (cf. Butler, Jia and Dyer, 1997, on simulating weights). All customers with at least half of the weight
    measured are ranked, former ones too; a place that falls to one that left, or that a colleague vetoes, stays empty,
    so that much churn does not lower the bar for those who stayed. Ties go to the smaller account_id.

    Examples
    --------
    >>> frame = pd.DataFrame({"account_id": ["a", "b"], "size_band": "1-9", "tenure_months": [24.0, 30.0],
    ...                       "left": pd.array([False, False], "boolean"), "revenue": [1.0, 9.0]})
    >>> success = choose_best(Measures(frame, ("revenue",), ""), pd.DataFrame(), Choice(top_share=0.5))
    >>> success.frame["best"].tolist()
    [False, True]
    """
    weights = _check_weights(choice.weights, measures.measured)
    frame = measures.frame
    percentiles = _rank(frame, measures.measured, choice.relative_to)
    opinion = _sum_opinions(opinions, frame["account_id"])
    vetoed = (opinion == "vetoed").to_numpy() & choice.use_opinions
    lift = np.where(opinion == "nominated", choice.nomination_lift, 0.0) * choice.use_opinions
    values = percentiles[list(measures.measured)].to_numpy(dtype="float64")
    score = _score(values, weights[None, :])[:, 0]
    enough = np.where(np.isnan(values), 0.0, weights).sum(axis=1) >= weights.sum() / 2
    gone = frame["left"].fillna(False).to_numpy(dtype=bool)
    unmeasured = ~enough | np.isnan(score)
    barred = gone | vetoed
    places = round(choice.top_share * int((~unmeasured).sum()))
    top = _take_top(score + lift, unmeasured, places) & ~barred
    plain = _take_top(score, unmeasured, places) & ~gone
    robustness = _vary_weights(values, weights, (lift, unmeasured, barred), places, choice)
    marks = {"left": gone, "not_measured": unmeasured, "vetoed": vetoed & plain,
             "nominated": top & ~plain & (lift > 0), "top_share": top,
             "too_young": (frame["tenure_months"] < choice.window_months).to_numpy()}
    reasons = pd.Series(np.select([*marks.values()], [*marks], "below_top"), frame.index, dtype="str")
    placed = percentiles.reindex(columns=list(MEASURES)).astype("float64")
    table = pd.DataFrame({
        "account_id": frame["account_id"], "score": score, "measured": np.isfinite(values).sum(axis=1, dtype=float),
        **placed, "get": placed[[*GET]].mean(axis=1), "give": placed[[*GIVE]].mean(axis=1),
        "best": pd.Series(top, dtype="boolean").mask(reasons.isin(["too_young", "not_measured"])),
        "robustness": robustness, "opinion": opinion.array})
    held = robustness[top]
    return Success(frame=table, reasons=pd.DataFrame({"account_id": frame["account_id"], "reason": reasons}),
                   measured=measures.measured, firm=int((held >= 0.8).sum()), wavering=int((held < 0.5).sum()),
                   without_opinions=int((top & plain).sum()), relative_to=choice.relative_to)


def scale_answers(answers: pd.DataFrame) -> pd.Series:
    """Tell how good each answer is, on a scale from 0 to 1.

    Parameters
    ----------
    answers : DataFrame
        A row an answer: `score` and `answer_scale` (nps 0-10, csat5 1-5, csat10 1-10, ces7 1-7; missing is guessed from
        the highest answer).

    Returns
    -------
    pandas.Series
        0 (worst) to 1 (best); an answer outside its scale is missing.

    Notes
    -----
    The answer less the lowest of its scale, over the length of the scale; on every scale high is good.

    Examples
    --------
    >>> scale_answers(pd.DataFrame({"score": [3.0, 10.0, 6.0], "answer_scale": ["csat5", "nps", "csat5"]})).tolist()
    [0.5, 1.0, nan]
    """
    unnamed = answers.loc[answers["answer_scale"].isna(), "score"].max()
    named = answers["answer_scale"].fillna("csat5" if unnamed <= 5 else "ces7" if unnamed <= 7 else "nps")
    low, high = (named.map({scale: ends[side] for scale, ends in SCALES.items()}).astype("float64") for side in (0, 1))
    scaled = (answers["score"] - low) / (high - low)
    return scaled.where(scaled.between(0, 1))


def _check_weights(weights: Mapping[str, float] | None, measured: tuple[str, ...]) -> Floats:
    given = dict.fromkeys(MEASURES, 1.0) if weights is None else weights
    for name in given:
        if name not in MEASURES:
            raise utter("success.unknown_measure", name=repr(name), names=MEASURES)
    used = np.array([float(given.get(name, 0.0)) for name in measured])
    if min(given.values(), default=0.0) < 0 or (len(used) and used.sum() <= 0):
        raise utter("success.no_weight", names=measured)
    return used


def _rank(frame: pd.DataFrame, names: tuple[str, ...], relative_to: str) -> pd.DataFrame:
    """Turn values into percentiles; bands that are too small are ranked together with those of no band."""
    band = pd.Series("", frame.index, dtype="str")
    if relative_to == "size_band":
        sizes = frame["size_band"].map(frame["size_band"].value_counts())
        band = frame["size_band"].where(sizes >= _FEWEST_IN_BAND, "").fillna("")
    groups = frame[list(names)].groupby(band)
    return ((groups.rank() - 0.5) / groups.transform("count")).astype("float64")


def _score(values: Floats, weightings: Floats) -> Floats:
    """Average the percentiles that a customer has: a column for each weighting; rounded, so that ties are ties."""
    known = ~np.isnan(values)
    total = known.astype(np.float64) @ weightings.T
    points = np.where(known, values, 0.0) @ weightings.T
    mean: Floats = np.full(points.shape, np.nan)
    np.divide(points, total, out=mean, where=total > 0)
    return mean.round(12)


def _take_top(score: Floats, barred: Flags, places: int) -> Flags:
    """Mark the highest scores; rows are in order of account_id, and a stable sort leaves ties so."""
    order = np.argsort(np.where(barred, np.inf, -score), axis=0, kind="stable")[:places]
    top = np.zeros(score.shape, dtype=bool)
    np.put_along_axis(top, order, True, axis=0)
    return top & ~barred


def _vary_weights(values: Floats, weights: Floats, marks: tuple[Floats, Flags, Flags],
                  places: int, choice: Choice) -> Floats:
    """Count how often each customer is in the top share when the weights vary around those chosen."""
    lift, unmeasured, barred = marks
    free = weights > 0
    if not free.any() or choice.weight_draws < 1:
        return np.full(len(values), np.nan)
    weightings = np.zeros((choice.weight_draws, len(weights)))
    centre = weights[free] / weights[free].mean()
    weightings[:, free] = np.random.default_rng(choice.seed).dirichlet(centre, choice.weight_draws)
    hits = np.zeros(len(values))
    for start in range(0, choice.weight_draws, _CHUNK):
        score = _score(values, weightings[start:start + _CHUNK]) + lift[:, None]
        hits += _take_top(score, unmeasured[:, None] | np.isnan(score), places).sum(axis=1)
    return np.asarray(np.where(barred, 0.0, hits / choice.weight_draws), dtype=np.float64)


def _sum_opinions(opinions: pd.DataFrame, ids: pd.Series) -> pd.Series:
    """Sum up what colleagues hold: one veto outweighs any nomination."""
    opinions = fill_table(opinions, "opinions")
    nominated = ids.isin(opinions.loc[opinions["verdict"] == "best", "account_id"])
    vetoed = ids.isin(opinions.loc[opinions["verdict"] == "avoid", "account_id"])
    return pd.Series(np.select([vetoed, nominated], ["vetoed", "nominated"], "none"), ids.index, dtype="str")
