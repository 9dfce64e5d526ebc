"""Which criteria describe the best, and does that hold on cases that the search never saw?

The whole search is tested, not its winner: shuffled outcomes show what it finds in noise, cross-fitting what its rules
are worth on other cases, bootstraps whether it would choose the same attributes again.
"""

import math
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import hypergeom

from icp_lab.methods.finding import NO_NOISE, Alternative, Finding, Noise, NoisyRule, Verdict
from icp_lab.methods.levels import exclude_above, find_leaks, scan_levels
from icp_lab.methods.lift import Floats, Lift, lift_of
from icp_lab.methods.search import NO_CANDIDATE, Candidate, Counts, Engine, make_engine
from icp_lab.methods.trial import Trial, prepare_trial
from icp_lab.rule import Rule

ALPHA, FIRM = 0.05, 0.6
ENOUGH = 10
"""Fewest cases of either kind for a verdict other than `unsupported`."""
REPEATS, NOISE_RUNS, NOISE_RULES, SURE, LEANS = 4, 49, 3, 10, 12
RULED_OUT = 1.5
"""A lift that no level exceeds for certain counts as ruled out from here downwards; see docs/method.md."""


def find_icp(  # noqa: PLR0913  (the contract's signature)
    cases: pd.DataFrame,
    positive: "pd.Series[Any]",
    *,
    groups: "pd.Series[Any] | None" = None,
    strata: "pd.Series[Any] | None" = None,
    time: "pd.Series[Any] | None" = None,
    attributes: "tuple[str, ...] | list[str] | None" = None,
    max_criteria: int = 5,
    min_covered: int | None = None,
    permutations: int = 999,
    folds: int = 5,
    bootstraps: int = 100,
    seed: int = 0,
) -> Finding:
    """Which few criteria describe the positive cases, and would that hold on other cases?

    Parameters
    ----------
    cases
        A row a case on a unique index; numbers, text, booleans, or tuples of text.
    positive
        Nullable boolean on the same index; unknown ones are left out and counted.
    groups
        Key of cases that belong together: kept together in folds, shuffles and bootstraps.
    strata
        Key of cases among which outcomes may be exchanged, such as cohorts.
    time
        Dates of the cases, for a test on the latest 30 %.
    attributes
        The candidate columns; all by default.
    max_criteria, min_covered
        Most criteria (1 to 5), and fewest cases that a rule may cover (default: 10 or 2 %, whichever is more).
    permutations, folds, bootstraps, seed
        Size of the test of the whole search (0 to leave it out), of cross-fitting (2 to 10) and of the test of
        stability; and the number that all chance comes from.

    Returns
    -------
    Finding

    Notes
    -----
    `supported` needs all three: p <= 0.05 for the whole search against shuffles (the statistic is the best rule's
    quality; counting stops after 10 shuffles as good: Besag and Clifford, 1991), a 95 % interval of the cross-fitted
    lift above 1, and every attribute chosen in at least 60 % of bootstraps. `tentative`: one of the first two.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> cases = pd.DataFrame({"employees": rng.integers(1, 1000, 400), "age": rng.integers(1, 50, 400)})
    >>> positive = pd.Series(rng.random(400) < np.where(cases["employees"] >= 700, 0.6, 0.1))
    >>> find_icp(cases, positive, permutations=99, bootstraps=20).verdict
    'supported'
    """
    chosen = sorted(cases.columns if attributes is None else attributes)
    trial = prepare_trial(cases[chosen], positive, groups=groups, strata=strata, min_covered=min_covered)
    leaks = find_leaks(trial)
    trial = trial.without(set(leaks))
    engine = make_engine(trial.units, max_criteria)
    found = engine.run(trial.units.cases, trial.units.positives)
    first = found[0] if found else NO_CANDIDATE
    blank = _describe(trial, first, leaks)
    if min(trial.best, trial.n - trial.best) < ENOUGH or not first.steps:
        return _judge(blank)
    p_value, noise = _compare_noise(trial, engine, first, (permutations, folds, seed))
    fitted = cross_fit(trial, engine, (trial.units.cases, trial.units.positives), (folds, seed, REPEATS))
    needed_lift, needed = plan_cases(trial.best / trial.n, fitted.covered / trial.n)
    return _judge(replace(
        blank, p_value=p_value, noise=noise, fitted=fitted, lift=fitted.lift, lift_low=fitted.low,
        lift_high=fitted.high, stability=_redraw(trial, engine, bootstraps, seed), needed=needed,
        needed_lift=needed_lift, alternatives=_list_alternatives(trial, found),
        holdout=None if time is None else _hold_out(trial, engine, time),
    ))


def cross_fit(trial: Trial, engine: Engine, counts: tuple[Counts, Counts], plan: tuple[int, int, int]) -> Lift:
    """Which lift do rules have on cases that they were not found on?

    Parameters
    ----------
    trial, engine
        The known cases and the search over them.
    counts
        Cases and positive ones a unit, as they are or shuffled.
    plan
        Folds, seed, and how many times the cases are dealt into folds anew; counts are averaged over these.
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
    return _lift_of_units(trial, inside, cases, positives)


def _lift_of_units(trial: Trial, inside: Floats, cases: Counts, positives: Counts) -> Lift:
    """Measure a lift where each unit stands for `cases` cases: a unit is a row that is written out that often."""
    if (cases == 1).all():
        y, w, group = positives.astype(np.float64), inside, trial.unit_group
    else:
        group = np.repeat(trial.unit_group, cases)
        w = np.repeat(inside, cases)
        ends = np.cumsum(cases)
        y = (np.arange(len(group)) < np.repeat(ends - cases + positives, cases)).astype(np.float64)
    return lift_of(w, y, stratum=np.zeros(len(w), dtype=np.int64), group=group)


def _compare_noise(
    trial: Trial, engine: Engine, first: Candidate, plan: tuple[int, int, int]
) -> tuple[float, Noise]:
    """Search shuffled data: how often is the best rule as good, and what do such rules look like?"""
    permutations, folds, seed = plan
    as_good, shuffles, rules, lifts = 0, 0, [], []
    for number in range(permutations):
        cases, positives = trial.shuffle(seed, number)
        best = engine.best(cases, positives)
        as_good += best.quality >= first.quality - 1e-9
        shuffles += 1
        if best.steps:
            lift = best.positives / best.cases * trial.n / trial.best
            rules.append((best, NoisyRule(best.rule(trial.units.encoded), lift, best.cases, best.positives)))
        if number < NOISE_RUNS:
            lifts.append(cross_fit(trial, engine, (cases, positives), (folds, seed, 1)).lift)
        if as_good >= SURE and number >= NOISE_RUNS:
            break
    p_value = as_good / shuffles if as_good >= SURE else (as_good + 1) / (shuffles + 1)
    rules.sort(key=lambda pair: (-round(pair[0].quality, 9), pair[1].rule.key))
    shown = tuple(rule for _candidate, rule in rules[:NOISE_RULES])
    paper = tuple(rule.lift for _candidate, rule in rules)
    return p_value, Noise(tuple(v for v in lifts if math.isfinite(v)), paper, shown, shuffles)


def _redraw(trial: Trial, engine: Engine, bootstraps: int, seed: int) -> dict[str, float]:
    """In which share of bootstraps does the best rule use each attribute?"""
    used: Counter[str] = Counter()
    for number in range(bootstraps):
        used.update(engine.best(*trial.draw(seed, number)).rule(trial.units.encoded).attributes)
    return {name: used[name] / bootstraps for name in sorted(used)}


def _list_alternatives(trial: Trial, found: list[Candidate], most: int = 4) -> tuple[Alternative, ...]:
    """List the next best rules that pay their price, each on other attributes than those before."""
    first = trial.units.covered(found[0].steps)
    seen = {found[0].rule(trial.units.encoded).attributes}
    listed = []
    for candidate in found[1:]:
        rule = candidate.rule(trial.units.encoded)
        if candidate.quality <= 0 or rule.attributes in seen:
            continue
        seen.add(rule.attributes)
        cover = trial.units.covered(candidate.steps)
        both, either = (int(trial.units.cases[m].sum()) for m in (first & cover, first | cover))
        listed.append(Alternative(rule, candidate.cases, candidate.positives, both / either if either else 0.0))
    return tuple(listed[:most])


def _hold_out(trial: Trial, engine: Engine, time: "pd.Series[Any]", share: float = 0.3) -> Lift | None:
    """Find a rule on the earlier cases and measure it on the latest; None when either part is too small."""
    when = pd.to_datetime(time.reindex(trial.index)).to_numpy(dtype="datetime64[s]")
    known = ~np.isnat(when)
    if known.mean() < 0.8:
        return None
    late = known & (when > np.sort(when[known])[int((1 - share) * (known.sum() - 1))])
    early, y = known & ~late, trial.positive
    size = len(trial.units.cases)
    if min(y[late].sum(), y[early].sum(), (1 - y[late]).sum(), (1 - y[early]).sum()) < ENOUGH:
        return None
    cases = np.bincount(trial.unit[early], minlength=size).astype(np.int64)
    positives = np.bincount(trial.unit[early], y[early], minlength=size).astype(np.int64)
    inside = trial.units.covered(engine.best(cases, positives).steps)[trial.unit[late]].astype(np.float64)
    group = np.unique(trial.group[late], return_inverse=True)[1]
    return lift_of(inside, y[late].astype(np.float64), stratum=np.zeros(int(late.sum()), dtype=np.int64), group=group)


def _describe(trial: Trial, first: Candidate, leaks: dict[str, float]) -> Finding:
    """Say what was found, before anything is known about how sure it is."""
    rate = trial.best / trial.n if trial.n else math.nan
    needed_lift, needed = plan_cases(rate, 0.2)
    nothing = Lift(math.nan, math.nan, math.nan, trial.n, trial.best, 0.0, 0.0, trial.groups)
    leans, found = scan_levels(trial), first.cases > 0
    return Finding(
        rule=first.rule(trial.units.encoded), verdict="unsupported", verdict_reason=(), n=trial.n, best=trial.best,
        unknown=trial.unknown, covered=first.cases, covered_best=first.positives, lift=math.nan, lift_low=math.nan,
        lift_high=math.nan, fitted=nothing, paper_lift=first.positives / first.cases / rate if found else math.nan,
        p_value=math.nan, stability={}, noise=NO_NOISE, alternatives=(), leans=leans[:LEANS],
        excluded_above=exclude_above(leans), leaking=leaks, ignored=trial.units.encoded.ignored, needed=needed,
        needed_lift=needed_lift, holdout=None, reasons=(),
    )


def _judge(finding: Finding) -> Finding:
    """Put the verdict and its reasons to what was found."""
    noise, interval = finding.p_value <= ALPHA, finding.lift_low > 1
    stable = bool(finding.rule.criteria) and all(finding.stability.get(a, 0.0) >= FIRM for a in finding.rule.attributes)
    checks = tuple(name + "-+"[passed] for name, passed in
                   (("noise", noise), ("interval", interval), ("stability", stable)))
    reason: tuple[str, ...] = ()
    verdict: Verdict = "unsupported"
    if noise or interval:
        verdict = "supported" if noise and interval and stable else "tentative"
        reason = () if stable else ("unstable",)
    else:
        reason = (_why_nothing(finding),)
    return replace(finding, verdict=verdict, verdict_reason=reason, reasons=checks)


def _why_nothing(finding: Finding) -> str:
    """Tell "there is nothing of size" from "it cannot be told"."""
    if min(finding.best, finding.n - finding.best) < ENOUGH:
        return "too_few"
    if finding.leaking and not finding.rule.criteria:
        return "leaking"
    limit = min(RULED_OUT, (1 + finding.n / finding.best) / 2)
    return "ruled_out" if max(finding.excluded_above, finding.lift_high) <= limit else "too_few"


def plan_cases(rate: float, cover: float) -> tuple[float, int]:
    """How many cases would settle it?

    Parameters
    ----------
    rate
        Share of positive cases, 0 to 1.
    cover
        Share of cases inside the profile.

    Returns
    -------
    tuple
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


def test_icp(
    cases: pd.DataFrame,
    positive: "pd.Series[Any]",
    rule: Rule,
    *,
    groups: "pd.Series[Any] | None" = None,
    declared_before: object = None,
) -> Finding:
    """Does a rule that was stated beforehand describe the positive cases?

    Parameters
    ----------
    cases, positive, groups
        As for `find_icp`; the rule's attributes must be among the columns.
    rule
        The stated rule.
    declared_before
        When it was declared: any value but None says that the data had no part in it. Without one the verdict is at
        most `tentative`, for the reason `edited`.

    Returns
    -------
    Finding
        Nothing is searched: `p_value` is of Fisher's exact test of "more often inside" (with groups: of 1,999
        shuffles of whole groups), the lift is that of the rule as stated. Cases for which the rule is unknown are
        outside.

    Examples
    --------
    >>> cases = pd.DataFrame({"employees": [10.0] * 40 + [200.0] * 20})
    >>> positive = pd.Series([True] * 4 + [False] * 36 + [True] * 12 + [False] * 8)
    >>> rule = Rule.from_dicts([{"attribute": "employees", "min": 100}])
    >>> test_icp(cases, positive, rule, declared_before="2025").verdict
    'supported'
    """
    trial = prepare_trial(cases[list(rule.attributes)], positive, groups=groups)
    inside = rule.mask(cases.loc[trial.index]).fillna(False).to_numpy(dtype=bool)
    y, flat = trial.positive.astype(np.float64), np.zeros(trial.n, dtype=np.int64)
    lift = lift_of(inside.astype(np.float64), y, stratum=flat, group=trial.group)
    covered, hits = int(inside.sum()), int(trial.positive[inside].sum())
    if groups is None:
        p_value = float(hypergeom.sf(hits - 1, trial.n, trial.best, covered))
    else:
        p_value = _shuffle_stated(trial, inside, hits)
    finding = replace(
        _describe(trial, NO_CANDIDATE, {}), rule=rule, covered=covered, covered_best=hits, fitted=lift, lift=lift.lift,
        lift_low=lift.low, lift_high=lift.high, paper_lift=lift.lift, p_value=p_value,
        stability=dict.fromkeys(rule.attributes, 1.0),
    )
    if declared_before is None and (finding := _judge(finding)).verdict != "unsupported":
        return replace(finding, verdict="tentative", verdict_reason=("edited",))
    return _judge_stated(finding)


test_icp.__test__ = False  # type: ignore[attr-defined]  # pytest would take the name for a test's


def _judge_stated(finding: Finding) -> Finding:
    """Judge a declared rule: the exact test alone decides, for nothing was chosen."""
    judged = _judge(finding)
    enough = min(finding.best, finding.n - finding.best) >= ENOUGH
    return replace(judged, verdict="supported", verdict_reason=()) if enough and finding.p_value <= ALPHA else judged


def _shuffle_stated(trial: Trial, inside: NDArray[np.bool_], hits: int, shuffles: int = 1999) -> float:
    """Shuffle whole groups: how often are as many positive cases inside?"""
    share = np.bincount(trial.unit, inside) / np.bincount(trial.unit)
    expected = [float((share * trial.shuffle(0, number)[1]).sum()) for number in range(shuffles)]
    return (1 + sum(value >= hits - 1e-9 for value in expected)) / (1 + shuffles)
