"""Which criteria describe the best, and does that hold on cases that the search never saw?

The whole search is tested, not its winner: shuffled outcomes show what it finds in noise, cross-fitting what its rules
are worth on other cases, bootstraps whether it would choose the same cases again.
"""

import math
from dataclasses import replace
from itertools import compress, pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from icp_lab.methods.codes import MEMBER, MISSING, SET, YES_NO, Feature
from icp_lab.methods.exhaustive import rank_conjunctions
from icp_lab.methods.finding import NO_NOISE, Alternative, Finding, Lean, Verdict, shrink_leans
from icp_lab.methods.leaks import find_leaks
from icp_lab.methods.lift import lift_of
from icp_lab.methods.resampling import ALPHA, REPEATS, compare_noise, cross_fit, hold_out, lift_of_units, redraw
from icp_lab.methods.search import Candidate, Engine, Step, make_engine
from icp_lab.methods.trial import Trial, prepare_trial
from icp_lab.rule import Rule

# An attribute that this share of bootstraps choose is firm; one below 0.4 is loose.
FIRM = 0.6
# Fewest cases of either kind for a search.
ENOUGH = 10
LEAST_GROUPS = 5
# Attributes stand for each other where their cases agree by this Jaccard, at a cost of at most this many nats.
ALIKE, CLOSE = 0.8, 2.0
LEANS, ALTERNATIVES, TERMS = 12, 4, 40
# A lift that no level exceeds for certain counts as ruled out from here downwards; see docs/method.md.
RULED_OUT = 1.5
# Level of a single test that is about as strict as 0.05 for a whole search over thirty attributes.
SEARCHED = 5e-5


def find_icp(  # noqa: PLR0913  (the contract's signature)
    cases: pd.DataFrame, positive: pd.Series, *, groups: pd.Series | None = None,
    strata: pd.Series | None = None, time: pd.Series | None = None,
    attributes: "tuple[str, ...] | list[str] | None" = None, leaks: dict[str, str] | None = None, max_criteria: int = 5,
    min_covered: int | None = None, permutations: int = 999, folds: int = 5, bootstraps: int = 100, seed: int = 0,
) -> Finding:
    """Find the few criteria that describe the positive cases, and tell whether they would hold on other cases.

    Parameters
    ----------
    cases : DataFrame
        A row a case on a unique index; numbers, text, booleans, or tuples of text.
    positive : Series
        Nullable boolean on the same index; unknown ones are left out and counted.
    groups : Series or None, default None
        Key of cases that belong together: kept together in folds, shuffles and bootstraps.
    strata : Series or None, default None
        Key of cases among which outcomes may be exchanged, such as cohorts.
    time : Series or None, default None
        Dates of the cases, for a test on the latest 30 %.
    attributes : tuple of str or list of str or None, default None
        The candidate columns; all by default.
    leaks : dict of str to str or None, default None
        Attributes that are refused, with the code of the suspicion, where `find_leaks` was asked beforehand.
    max_criteria : int, default 5
        Most criteria of a rule, 1 to 5.
    min_covered : int or None, default None
        Fewest cases that a rule may cover; by default 10 or 2 %, whichever is more.
    permutations : int, default 999
        Shuffles for the test of the whole search; 0 leaves it out.
    folds : int, default 5
        Parts for cross-fitting, 2 to 10.
    bootstraps : int, default 100
        Resamples for the test of stability; 0 leaves it out.
    seed : int, default 0
        The number that all chance comes from.

    Returns
    -------
    Finding
        The best rule with its verdict, its lift on cases that it had not seen, what noise reaches, and near-equals.

    Notes
    -----
    `supported` needs all three: p <= 0.05 for the whole search against shuffles (`compare_noise`); a 95 % interval of
    the cross-fitted lift above 1; and bootstraps whose rules agree with this one, case by case, more than they do in
    all but two of 19 shuffles. `tentative`: one of the first two. Rules found on parts of the cases are a little worse
    than the rule found on all: where p <= 0.05 the interval's upper end is therefore that of the rule on its own cases,
    if that is higher. How often it then holds the true lift is measured in docs/method.md.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> cases = pd.DataFrame({"employees": rng.integers(1, 1000, 400), "age": rng.integers(1, 50, 400)})
    >>> positive = pd.Series(rng.random(400) < np.where(cases["employees"] >= 700, 0.6, 0.1))
    >>> find_icp(cases, positive, permutations=99, bootstraps=20).verdict
    'supported'
    """
    chosen = cases[sorted(cases.columns if attributes is None else attributes)]
    refused = find_leaks(chosen, positive, groups=groups).refused if leaks is None else leaks
    kept = chosen[sorted(set(chosen.columns) - set(refused))]
    trial = prepare_trial(kept, positive, groups=groups, strata=strata, min_covered=min_covered)
    engine = make_engine(trial.units, max_criteria)
    counts = trial.units.cases, trial.units.positives
    first = engine.best(*counts)
    blank = _describe(trial, engine, first, refused)
    if min(trial.best, trial.n - trial.best) < ENOUGH or not first.steps:
        return _judge(blank)
    p_value, noise = compare_noise(trial, engine, first, (permutations, folds, seed))
    fitted = cross_fit(trial, engine, counts, (folds, seed, REPEATS))
    again = redraw(trial, engine, (first, *counts), bootstraps, seed)
    needed_lift, needed = plan_cases(trial.best / trial.n, fitted.covered / trial.n)
    return _judge(replace(
        blank, p_value=p_value, noise=noise, fitted=fitted, lift=fitted.lift, lift_low=fitted.low,
        lift_high=max(fitted.high, blank.fitted.high) if p_value <= ALPHA else fitted.high,
        stability=again.attributes, agreement=again.agreement, needed=needed, needed_lift=needed_lift,
        alternatives=_list_alternatives(trial, engine, first),
        interchangeable=_list_interchangeable(trial, engine, first),
        holdout=None if time is None else hold_out(trial, engine, time, ENOUGH)))


def _list_alternatives(trial: Trial, engine: Engine, first: Candidate) -> tuple[Alternative, ...]:
    """List the next best rules, of all that the beam's criteria can form, each on other attributes than before."""
    counts, units = (trial.units.cases, trial.units.positives), trial.units
    steps = list(dict.fromkeys(step for found in engine.run(*counts, most=TERMS) for step in found.steps))[:TERMS]
    if (units.cases != 1).any():
        return ()
    ranked = rank_conjunctions(
        np.array([units.covered((step,)) for step in steps]), units.positives.astype(bool),
        prices=np.array([engine.price(step) for step in steps]), depth=min(engine.depth, len(first.steps) + 1),
        keep=TERMS, least=units.least_cases)
    mine, seen, listed = units.covered(first.steps), [{step[0] for step in first.steps}], []
    for one in ranked:
        chosen = tuple(steps[i] for i in one.conditions)
        names = {step[0] for step in chosen}
        if one.quality <= 0 or any(names >= other for other in seen) or len(names) < len(chosen):
            continue
        seen.append(names)
        theirs = units.covered(chosen)
        rule = engine.say(Candidate(one.quality, chosen, one.cases, one.positives), *counts)
        listed.append(Alternative(rule, one.cases, one.positives, _overlap(trial, mine, theirs)))
    return tuple(listed[:ALTERNATIVES])


def _overlap(trial: Trial, mine: Any, theirs: Any) -> float:
    both, either = (int(trial.units.cases[cover].sum()) for cover in (mine & theirs, mine | theirs))
    return both / either if either else 0.0


def _list_interchangeable(trial: Trial, engine: Engine, first: Candidate) -> dict[str, tuple[str, ...]]:
    """Find for each attribute of the rule those that could stand in its place and take in nearly the same cases."""
    units = trial.units
    features, mine = units.encoded.features, units.covered(first.steps)
    used, found = {features[step[0]].attribute for step in first.steps}, {}
    for at, step in enumerate(first.steps):
        rivals = engine.list_rivals(first, at)
        others: tuple[Step, ...] = first.steps[:at] + first.steps[at + 1 :]
        names = [features[rival[0]].attribute for gain, rival in rivals if gain >= rivals[0][0] - CLOSE
                 and _overlap(trial, mine, units.covered((*others, rival))) >= ALIKE]
        stand_ins = tuple(dict.fromkeys(name for name in names if name not in used))
        if stand_ins:
            found[features[step[0]].attribute] = stand_ins
    return found


def _describe(trial: Trial, engine: Engine, first: Candidate, leaks: dict[str, str]) -> Finding:
    """Say what was found, before anything is known about how sure it is."""
    rate = trial.best / trial.n if trial.n else math.nan
    needed_lift, needed = plan_cases(rate, 0.2)
    counts = trial.units.cases, trial.units.positives
    rule = engine.say(first, *counts)
    inside = rule.mask(trial.units.frame).fillna(False).to_numpy(dtype=bool)
    covered, hits = int(trial.units.cases[inside].sum()), int(trial.units.positives[inside].sum())
    leans, found = _scan_levels(trial), first.cases > 0
    plain = lift_of_units(trial, inside.astype(np.float64), *counts)
    return Finding(
        rule=rule, verdict="unsupported", verdict_reason=(), n=trial.n, best=trial.best, unknown=trial.unknown,
        covered=covered if found else 0, covered_best=hits if found else 0,
        covered_groups=len(np.unique(trial.unit_group[inside])) if found else 0, lift=math.nan, lift_low=math.nan,
        lift_high=math.nan, fitted=plain, paper_lift=plain.lift if found else math.nan, p_value=math.nan, stability={},
        agreement=math.nan, noise=NO_NOISE, alternatives=(), interchangeable={}, leans=leans[:LEANS],
        excluded_above=max((lean.top for lean in leans), default=math.nan), leaking=leaks,
        ignored=trial.units.encoded.ignored, needed=needed, needed_lift=needed_lift,
        showable=find_showable(trial.n, rate), holdout=None, reasons=())


def _judge(finding: Finding) -> Finding:
    """Put the verdict and its reasons to what was found."""
    noise = finding.p_value <= ALPHA
    interval = finding.lift_low > 1 and finding.covered_groups >= LEAST_GROUPS
    ranked = sorted(finding.noise.agreements)
    stable = len(ranked) > 2 and finding.agreement > ranked[-3]
    checks = tuple(name + "-+"[passed] for name, passed in
                   (("noise", noise), ("interval", interval), ("stability", stable)))
    if not (noise or interval):
        return replace(finding, verdict_reason=(_why_nothing(finding),), reasons=checks)
    verdict: Verdict = "supported" if noise and interval and stable else "tentative"
    return replace(finding, verdict=verdict, verdict_reason=() if stable else ("unstable",), reasons=checks)


def _why_nothing(finding: Finding) -> str:
    """Tell "there is nothing of size" from "it cannot be told"."""
    if min(finding.best, finding.n - finding.best) < ENOUGH:
        return "too_few"
    if finding.leaking and not finding.rule.criteria:
        return "leaking"
    limit = min(RULED_OUT, (1 + finding.n / finding.best) / 2)
    return "ruled_out" if max(finding.excluded_above, finding.lift_high) <= limit else "too_few"


def plan_cases(rate: float, cover: float) -> tuple[float, int]:
    """Plan how many cases would settle it.

    Parameters
    ----------
    rate : float
        Share of positive cases, 0 to 1.
    cover : float
        Share of cases inside the profile, 0 to 1; taken as 0.05 to 0.5.

    Returns
    -------
    tuple of (float, int)
        The lift to be shown, 2 or half way to the greatest possible, and the cases that show it in 80 % of samples.

    Notes
    -----
    Two proportions, two-sided 5 %, normal approximation (Fleiss, Levin and Paik, 2003).

    Examples
    --------
    >>> plan_cases(0.15, 0.2)
    (2.0, 262)
    """
    if not 0 < rate < 1:
        return math.nan, 0
    lift = min(2.0, (1 + 1 / rate) / 2)
    cover = min(max(cover, 0.05), 0.5)
    inside = rate * lift
    outside = max((rate - cover * inside) / (1 - cover), 0.001)
    spread = inside * (1 - inside) / cover + outside * (1 - outside) / (1 - cover)
    return lift, math.ceil((1.96 + 0.84) ** 2 * spread / (inside - outside) ** 2)


def find_showable(n: int, rate: float, cover: float = 0.2, level: float = SEARCHED) -> float:
    """Find the smallest lift that so many cases could show at all.

    Parameters
    ----------
    n : int
        Number of cases.
    rate : float
        Share of positive ones, 0 to 1.
    cover : float, default 0.2
        Share of cases inside the profile.
    level : float, default SEARCHED
        Level of the test: that of a search by default, 0.05 for a rule that was declared beforehand.

    Returns
    -------
    float
        The smallest lift found with 80 % power; NaN where even the greatest possible is too small.

    Notes
    -----
    As `plan_cases`, solved for the lift.

    Examples
    --------
    >>> round(find_showable(60, 0.2), 1), round(find_showable(60, 0.2, level=0.05), 1)
    (3.5, 2.4)
    """
    if not 0 < rate < 1 or not n:
        return math.nan
    lifts = np.linspace(1.01, min(1 / rate, 1 / cover), 400)
    inside = rate * lifts
    outside = (rate - cover * inside) / (1 - cover)
    error = np.sqrt((inside * (1 - inside) / cover + outside * (1 - outside) / (1 - cover)) / n)
    by_chance = math.sqrt(rate * (1 - rate) / (cover * (1 - cover) * n))
    enough = np.flatnonzero(inside - outside >= -float(ndtri(level)) * by_chance + float(ndtri(0.8)) * error)
    return float(lifts[enough[0]]) if len(enough) else math.nan


QUARTERS = 4


def _scan_levels(trial: Trial) -> tuple[Lean, ...]:
    """Measure how much each level of each attribute differs, taken alone.

    Parameters
    ----------
    trial : Trial
        The known cases.

    Returns
    -------
    tuple of Lean
        A category, yes or no, a member of a list, or about a quarter of the numbers each, where it covers enough
        cases to be a criterion; strongest first. `top` holds for all of them together (Bonferroni).
    """
    steps = [step for number, feature in enumerate(trial.units.encoded.features)
             for step in _levels(number, feature, trial.units.encoded.codes[:, number])]
    covers = [trial.units.covered((step,)) for step in steps]
    enough = [trial.units.least_cases <= trial.units.cases[cover].sum() < trial.n for cover in covers]
    confidence = 1 - 0.05 / max(1, sum(enough))
    y, stratum = trial.positive.astype(np.float64), np.zeros(trial.n, dtype=np.int64)
    rules, lifts, tops = [], [], []
    for step, cover in compress(zip(steps, covers, strict=True), enough):
        inside = cover[trial.unit].astype(np.float64)
        lifts.append(lift_of(inside, y, stratum=stratum, group=trial.group))
        tops.append(lift_of(inside, y, stratum=stratum, group=trial.group, confidence=confidence).high)
        rules.append(Rule((trial.units.encoded.features[step[0]].criterion(*step[1:]),)))
    return shrink_leans(rules, lifts, tops)


def _levels(number: int, feature: Feature, codes: NDArray[np.uint8]) -> list[Step]:
    if feature.kind == SET:
        return [(number, 0, 0, 1 << level) for level in range(feature.size)]
    if feature.kind == MEMBER:
        return [(number, 1, 1, 0)]
    if feature.kind == YES_NO:
        return [(number, 0, 0, 0), (number, 1, 1, 0)]
    known = np.sort(codes[codes != MISSING])
    cuts = sorted({int(known[len(known) * q // QUARTERS]) for q in range(1, QUARTERS)} - {0})
    ends = [0, *cuts, feature.size]
    spans = [(low, high - 1) for low, high in pairwise(ends)]
    return [(number, low, high, 0) for low, high in spans if high >= low and (low, high) != (0, feature.size - 1)]
