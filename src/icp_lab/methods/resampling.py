"""The search run again: on shuffles, on parts of the cases, on bootstraps, and on the earlier cases alone."""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import pandas as pd
from scipy.stats import binom

from icp_lab.methods.finding import Noise, NoisyRule
from icp_lab.methods.lift import Lift, lift_of
from icp_lab.methods.result import Flags, Floats
from icp_lab.methods.search import Candidate, Counts, Engine
from icp_lab.methods.trial import Trial

ALPHA = 0.05
# Shuffles as good as the data after which counting stops: p is known well enough, and it is not small.
SURE = 10
# Counting also stops when so few shuffles are as good that p > 0.05 would be this improbable.
CLEAR = 1e-4
REPEATS, NOISE_RUNS, NOISE_RULES, NOISE_DRAWS = 4, 19, 3, 5
BATCH = 16


@dataclass(frozen=True)
class Redrawn:
    """Tell what bootstraps choose: which attributes, and how much their cases agree with the rule's.

    Parameters
    ----------
    attributes : dict of str to float
        Share of bootstraps that use each attribute, 0 to 1, by its name.
    agreement : float
        Mean share of cases inside both rules among those inside either (Jaccard), 0 to 1; NaN without bootstraps.

    Examples
    --------
    >>> Redrawn({"employees": 0.9}, agreement=0.7).attributes
    {'employees': 0.9}
    """

    attributes: dict[str, float]
    agreement: float


def _spread(task: Callable[[int], Any], count: int) -> Iterator[Any]:
    """Do numbered tasks on all cores, a batch ahead of whoever takes the results, in order."""
    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        for start in range(0, count, BATCH):
            yield from pool.map(task, range(start, min(start + BATCH, count)))


def cross_fit(trial: Trial, engine: Engine, counts: tuple[Counts, Counts], plan: tuple[int, int, int]) -> Lift:
    """Estimate the lift that rules have on cases that they were not found on.

    Parameters
    ----------
    trial : Trial
        The known cases.
    engine : Engine
        The search over them.
    counts : tuple of (ndarray of int, ndarray of int)
        Cases and positive ones a unit, as they are or shuffled.
    plan : tuple of 3 int
        Folds, seed, and how many times the cases are dealt into folds anew; counts are averaged over these.

    Returns
    -------
    Lift
        The lift with its interval and counts; a case counts as inside by the share of repeats that put it there.

    Notes
    -----
    Cross-fitting (Stone, 1974): each case is judged by a rule that was searched without its fold, and whole groups are
    in one fold. Folds are dealt anew and the counts averaged, since with few cases one deal decides much. The interval
    is that of `lift_of`.

    Examples
    --------
    >>> from icp_lab.methods.search import make_engine
    >>> from icp_lab.methods.trial import prepare_trial
    >>> cases = pd.DataFrame({"employees": np.arange(200.0)})
    >>> trial = prepare_trial(cases, cases["employees"].ge(150))
    >>> engine = make_engine(trial.units, max_criteria=2)
    >>> cross_fit(trial, engine, (trial.units.cases, trial.units.positives), (5, 0, 1)).lift > 3
    True
    """
    folds, seed, repeats = plan
    cases, positives = counts
    inside = np.zeros(len(cases), dtype=np.float64)
    for repeat in range(repeats):
        fold = trial.split(seed, repeat, folds)
        for each in range(folds):
            held = fold == each
            rule = engine.best(np.where(held, 0, cases), np.where(held, 0, positives))
            inside[held] += trial.units.covered(rule.steps)[held] / repeats
    return lift_of_units(trial, inside, cases, positives)


def lift_of_units(trial: Trial, inside: Floats, cases: Counts, positives: Counts) -> Lift:
    """Measure a lift where each unit stands for several cases: a unit is a row that is written out that often.

    Parameters
    ----------
    trial : Trial
        The known cases, and which groups they form.
    inside : ndarray of float
        Share of each unit that is inside, 0 to 1.
    cases : ndarray of int
        Cases a unit, 0 or more.
    positives : ndarray of int
        Those of them that came out well.

    Returns
    -------
    Lift
        The lift with its interval and counts.

    Examples
    --------
    >>> from icp_lab.methods.trial import prepare_trial
    >>> cases = pd.DataFrame({"employees": np.arange(200.0)})
    >>> trial = prepare_trial(cases, cases["employees"].ge(150))
    >>> inside = (cases["employees"].to_numpy() >= 100).astype(float)[trial.index]
    >>> round(lift_of_units(trial, inside, trial.units.cases, trial.units.positives).lift, 2)
    2.0
    """
    group, w = np.repeat(trial.unit_group, cases), np.repeat(inside, cases)
    y = (np.arange(len(group)) < np.repeat(np.cumsum(cases) - cases + positives, cases)).astype(np.float64)
    return lift_of(w, y, stratum=np.zeros(len(w), dtype=np.int64), group=group)


def compare_noise(trial: Trial, engine: Engine, first: Candidate, plan: tuple[int, int, int]) -> tuple[float, Noise]:
    """Tell how often the search does as well in shuffles, and what it finds there.

    Parameters
    ----------
    trial : Trial
        The known cases.
    engine : Engine
        The search over them.
    first : Candidate
        The best rule in the data.
    plan : tuple of 3 int
        Most shuffles, folds, seed.

    Returns
    -------
    tuple
        The p-value of the whole search and what was found in noise.

    Notes
    -----
    The statistic is the quality of the best rule. Counting stops after ten shuffles as good (Besag and Clifford, 1991),
    or when it is clear that p lies below 0.05 (in the spirit of Gandy, 2009).

    Examples
    --------
    >>> from icp_lab.methods.search import make_engine
    >>> from icp_lab.methods.trial import prepare_trial
    >>> cases = pd.DataFrame({"employees": np.arange(200.0)})
    >>> trial = prepare_trial(cases, cases["employees"].ge(150))
    >>> engine = make_engine(trial.units, max_criteria=1)
    >>> first = engine.best(trial.units.cases, trial.units.positives)
    >>> p_value, noise = compare_noise(trial, engine, first, (30, 2, 0))
    >>> p_value < 0.05, noise.shuffles
    (True, 30)
    """
    most, folds, seed = plan
    as_good, shuffles, found = 0, 0, []
    for best in _spread(lambda number: engine.best(*trial.shuffle(seed, number)), most):
        as_good += best.quality >= first.quality - 1e-9
        shuffles += 1
        if best.steps:
            found.append((-round(best.quality, 9), shuffles - 1, best))
        if shuffles > NOISE_RUNS and (as_good >= SURE or binom.cdf(as_good, shuffles, ALPHA) < CLEAR):
            break
    p_value = as_good / shuffles if as_good >= SURE else (as_good + 1) / (shuffles + 1)
    rules = []
    for _quality, number, best in sorted(found, key=lambda entry: entry[:2])[:NOISE_RULES]:
        rule = engine.say(best, *trial.shuffle(seed, number))
        rules.append(NoisyRule(rule, _paper_lift(trial, best), best.cases, best.positives))
    again = list(_spread(lambda number: _repeat_noise(trial, engine, (number, folds, seed)), min(NOISE_RUNS, most)))
    lifts = tuple(lift for lift, _agreement in again if math.isfinite(lift))
    paper = tuple(_paper_lift(trial, best) for _quality, _number, best in found)
    return p_value, Noise(lifts, paper, tuple(rules), shuffles, tuple(agreement for _lift, agreement in again))


def _paper_lift(trial: Trial, best: Candidate) -> float:
    return best.positives / best.cases * trial.n / trial.best


def _repeat_noise(trial: Trial, engine: Engine, plan: tuple[int, int, int]) -> tuple[float, float]:
    """Judge one shuffle as the data are judged: its cross-fitted lift, and how much its bootstraps agree with it."""
    number, folds, seed = plan
    counts = trial.shuffle(seed, number)
    lift = cross_fit(trial, engine, counts, (folds, seed, 1)).lift
    return lift, redraw(trial, engine, (engine.best(*counts), *counts), NOISE_DRAWS, seed + number).agreement


def redraw(trial: Trial, engine: Engine, found: tuple[Candidate, Counts, Counts], bootstraps: int, seed: int,
           ) -> Redrawn:
    """Find out whether another sample would have chosen the same attributes, and the same cases.

    Parameters
    ----------
    trial : Trial
        The known cases.
    engine : Engine
        The search over them.
    found : tuple of (Candidate, ndarray of int, ndarray of int)
        The rule, and the cases and positive ones a unit that it was found in.
    bootstraps : int
        How many samples to draw, 0 or more.
    seed : int
        Start of the random numbers that they come from.

    Returns
    -------
    Redrawn
        Shares of bootstraps by attribute, and their agreement with the rule.

    Notes
    -----
    A bootstrap of whole groups (Efron, 1979): the search is run again on each draw. How alike two rules are is the
    Jaccard index of the cases that they cover; what they are called plays no part in it.

    Examples
    --------
    >>> from icp_lab.methods.search import make_engine
    >>> from icp_lab.methods.trial import prepare_trial
    >>> cases = pd.DataFrame({"employees": np.arange(200.0)})
    >>> trial = prepare_trial(cases, cases["employees"].ge(150))
    >>> engine = make_engine(trial.units, max_criteria=1)
    >>> counts = trial.units.cases, trial.units.positives
    >>> redraw(trial, engine, (engine.best(*counts), *counts), bootstraps=5, seed=0).attributes
    {'employees': 1.0}
    """
    first, cases, positives = found
    mine = trial.units.covered(first.steps)

    def search_again(number: int) -> tuple[set[str], float]:
        times = trial.draw(seed, number)
        best = engine.best(cases * times, positives * times)
        theirs = trial.units.covered(best.steps)
        either = int(cases[mine | theirs].sum())
        names = {trial.units.encoded.features[step[0]].attribute for step in best.steps}
        return names, int(cases[mine & theirs].sum()) / either if either else 0.0

    used: Counter[str] = Counter()
    agreements = []
    for names, agreement in _spread(search_again, bootstraps):
        used.update(names)
        agreements.append(agreement)
    shares = {name: used[name] / bootstraps for name in sorted(used)}
    return Redrawn(shares, float(np.mean(agreements)) if agreements else math.nan)


def hold_out(trial: Trial, engine: Engine, time: pd.Series, least: int, share: float = 0.3) -> Lift | None:
    """Find out whether a rule found on the earlier cases holds on the latest.

    Parameters
    ----------
    trial : Trial
        The known cases.
    engine : Engine
        The search over them.
    time : Series
        When each case began, on the index of the cases.
    least : int
        Fewest cases of either outcome in either part, 1 or more.
    share : float, default 0.3
        Share of the cases that are the latest, 0 to 1.

    Returns
    -------
    Lift or None
        The lift among the latest; None when either part is too small, or fewer than 80 % of the cases have a day.

    Notes
    -----
    The latest are those after the day by which all but `share` of the dated cases had begun; a case of that very day is
    early. The rule is searched on the early ones alone.

    Examples
    --------
    >>> from icp_lab.methods.search import make_engine
    >>> from icp_lab.methods.trial import prepare_trial
    >>> cases = pd.DataFrame({"employees": np.tile(np.arange(100.0), 3)})
    >>> trial = prepare_trial(cases, cases["employees"].ge(75))
    >>> days = pd.Series(pd.date_range("2025-01-01", periods=300))
    >>> round(hold_out(trial, make_engine(trial.units, max_criteria=1), days, least=5).lift, 1)
    3.6
    """
    when = pd.to_datetime(time.reindex(trial.index)).to_numpy(dtype="datetime64[s]")
    known = ~np.isnat(when)
    if known.mean() < 0.8:
        return None
    late = known & (when > np.sort(when[known])[int((1 - share) * (known.sum() - 1))])
    early, y = known & ~late, trial.positive
    size = len(trial.units.cases)
    if min(y[late].sum(), y[early].sum(), (1 - y[late]).sum(), (1 - y[early]).sum()) < least:
        return None
    cases = np.bincount(trial.unit[early], minlength=size).astype(np.int64)
    positives = np.bincount(trial.unit[early], y[early], minlength=size).astype(np.int64)
    inside: Flags = trial.units.covered(engine.best(cases, positives).steps)[trial.unit[late]]
    group = np.unique(trial.group[late], return_inverse=True)[1]
    return lift_of(inside.astype(np.float64), y[late].astype(np.float64),
                   stratum=np.zeros(int(late.sum()), dtype=np.int64), group=group)
