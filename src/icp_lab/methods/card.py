"""Which points make the score: learnt from the cases whose outcome is known, and tried on those left out."""

from dataclasses import replace
from itertools import pairwise
from math import log
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import beta, rankdata
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from icp_lab.methods.codes import cut_points
from icp_lab.methods.profile import ANSWERS, join_cases
from icp_lab.methods.result import Codes, Flags, Floats, add_shares
from icp_lab.methods.score import BASE, LEVEL, Card, Points, add_points
from icp_lab.methods.search import search_rules
from icp_lab.rule import Criterion, Rule

DOUBLING = 10  # points that double the odds
UNIT = DOUBLING / log(2)
FEWEST = 10  # cases of either kind: with fewer nothing is learnt
_BINS, _COMMON, _MOST = 5, 8, 12  # bins of a number; cases that make a level worth points; members of a list
_STRENGTHS = tuple(10.0 ** np.arange(-2.5, 1.0, 0.5))
_FIRM = 2.0  # the profile's own criteria are shrunken less by this factor squared
_CLEAR = 3.0  # standard errors: the strength was chosen on the same cases
# What a case left out tells of the card made of all cases, which is not quite the one that judged it: measured.
_JUDGED = 0.9
_FOLDS, _BANDS, _BANDED = 10, 5, 40  # bands at most, and cases that make one


def fit_card(  # noqa: PLR0913  (what is known, what holds, and how it is drawn)
    attributes: pd.DataFrame, cases: pd.DataFrame, rule: Rule, *, searched: bool = True, bootstraps: int = 200,
    seed: int = 0) -> Card:
    """Fit the points that each attribute deserves, by the cases whose outcome is known.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id: numbers, text, yes/no, lists.
    cases : DataFrame
        The artifact `cases`: case_id, account_id, positive (yes, no, unknown).
    rule : Rule
        The profile that holds: its criteria are always on the card.
    searched : bool, default True
        True where the rule was found in these cases. It is then searched anew in each part that judges the score.
    bootstraps : int, default 200
        Draws of accounts behind the intervals, 1 or more.
    seed : int, default 0
        Start of the random numbers.

    Returns
    -------
    Card
        Without points, and `predicts` false, where either kind has fewer than 10 cases.

    Notes
    -----
    Log-odds with a ridge penalty, chosen among seven by ten folds of whole accounts (Hoerl and
    Kennard, 1970; shrinkage for few cases: Riley and others, 2019), centred so that an unknown value adds nothing;
    10 points double the odds, rounded to whole points. What a score is worth is counted in bands of cases left
    out, joined where a higher one would be worse (isotonic: Zadrozny and Elkan, 2002); intervals after Jeffreys, by
    account.

    Examples
    --------
    >>> ids = [f"{n:03}" for n in range(200)]
    >>> firms = pd.DataFrame({"exports": [n % 2 == 0 for n in range(200)]}, index=ids)
    >>> cases = pd.DataFrame({"case_id": ids, "account_id": ids})
    >>> cases["positive"] = ["yes" if n % 2 == 0 and n % 3 or n % 11 == 1 else "no" for n in range(200)]
    >>> card = fit_card(firms, cases, Rule((Criterion.flag("exports"),)), searched=False, bootstraps=20)
    >>> card.predicts, card.points[0].met > 0 > card.points[0].failed
    (True, True)
    """
    known = cases[cases["positive"].isin(list(ANSWERS))].sort_values("case_id")
    table, answers, _groups = join_cases(attributes[sorted(attributes.columns)], known)
    positive, account = answers.to_numpy(dtype=bool), pd.factorize(known["account_id"], sort=True)[0]
    n, hits = len(positive), int(positive.sum())
    if min(hits, n - hits) < FEWEST:
        return Card((), _describe((), table, positive), {}, pd.DataFrame(), n, hits, np.nan, np.nan, np.nan, False)
    fold, unseen = _deal(account, positive, seed), np.zeros((len(_STRENGTHS), n))
    for part in range(_FOLDS):
        here = fold != part
        own = search_rules(table[here], positive[here])[0] if searched and rule.criteria else rule
        for place, points in enumerate(_weigh(table[here], positive[here], own, _STRENGTHS)):
            unseen[place, ~here] = add_points(points, table[~here]).sum(axis=1)
    best = int(np.argmax([_sort_out(score, positive, np.ones((1, n)))[0] for score in unseen]))
    (points,), score = _weigh(table, positive, rule, _STRENGTHS[best:best + 1]), unseen[best]
    drawn = _draw_accounts(account, bootstraps, seed)
    sorted_out = _sort_out(score, positive, drawn)
    predicts = bool(sorted_out[0] > _CLEAR * sorted_out[1:].std())
    spread = {str(name): float(own.var(ddof=0)) for name, own in add_points(points, table).items()}
    return Card(points, _describe(points, table, positive), spread, _band(score, positive, account), n, hits,
                *_lift_top(score, positive, drawn), predicts)


def _deal(account: Codes, positive: Flags, seed: int) -> Codes:
    """Deal accounts into folds, with about equal shares of positive cases."""
    share = np.bincount(account, positive) / np.bincount(account)
    order = np.random.default_rng([seed, 0]).permutation(len(share))
    fold = np.empty(len(share), dtype=np.int64)
    fold[order[np.argsort(share[order], kind="stable")]] = np.arange(len(share)) % _FOLDS
    return fold[account]


def _draw_accounts(account: Codes, times: int, seed: int) -> Floats:
    """Count each case as it is, and as often as its account comes up in each of some draws with replacement."""
    rng, size = np.random.default_rng([seed, 1]), int(account.max()) + 1
    drawn = [np.bincount(rng.integers(0, size, size), minlength=size)[account] for _time in range(times)]
    return np.vstack([np.ones(len(account)), *drawn])


def _list_levels(table: pd.DataFrame, rule: Rule) -> list[tuple[Criterion, ...]]:
    """List what is weighed: a criterion that holds or fails, or levels of an attribute of which one holds."""
    others = table.drop(columns=list(rule.attributes))
    found = [levels for name in map(str, others.columns) for levels in _split(name, others[name])]
    return [(one,) for one in rule.criteria] + found


def _split(name: str, column: pd.Series) -> list[tuple[Criterion, ...]]:
    """Split an attribute into levels that are common enough to say something."""
    known = column.dropna()
    if column.dtype.kind == "M" or known.empty:
        return []
    if pd.api.types.is_bool_dtype(column):
        return [(Criterion.flag(name),)] if _COMMON <= known.sum() <= len(known) - _COMMON else []
    if pd.api.types.is_numeric_dtype(column):
        values = np.sort(known.to_numpy(dtype=np.float64))
        edges = sorted({float(f"{cut:.2g}") for cut in cut_points(values, _BINS) if f"{cut:.2g}" != f"{values[0]:.2g}"})
        return [tuple(Criterion.between(name, *both) for both in pairwise([None, *edges, None]))] if edges else []
    if column.dtype == object:
        counts = known.explode().value_counts()
        common = counts[(counts >= _COMMON) & (counts <= len(known) - _COMMON)].index[:_MOST]
        return [(Criterion.has(name, str(each)),) for each in sorted(common)]
    counts = known.value_counts()
    levels = sorted(map(str, counts[counts >= _COMMON].index))
    return [tuple(Criterion.one_of(name, [each]) for each in levels)] if len(levels) > 1 else []


class _Block(NamedTuple):
    """Levels as columns: what each level says (`says`), what the average case says, and the columns of the cases."""

    levels: tuple[Criterion, ...]
    says: Floats
    mean: Floats
    columns: Floats


def _lay_columns(table: pd.DataFrame, levels: tuple[Criterion, ...], firm: bool) -> _Block:
    """Lay out levels: those of a number as steps from one to the next; a case without a level is the average one."""
    checks = [one.check(table[one.attribute]) for one in levels]
    met, known = np.column_stack([hit for hit, _known in checks]), checks[0][1]
    size = len(levels)
    says = np.array([[1.0], [0.0]]) if size == 1 else np.eye(size) if levels[0].kind == "set" else np.tril(
        np.ones((size, size)), -1)[:, :-1]
    place = np.where(met[:, 0], 0, 1) if size == 1 else met.argmax(axis=1)
    told = known & (met.any(axis=1) if size > 1 else True)
    said = says[place] * (_FIRM if firm else 1.0)
    mean = said[told].mean(axis=0) if told.any() else np.zeros(says.shape[1])
    return _Block(levels, says * (_FIRM if firm else 1.0), mean, np.where(told[:, None], said - mean, 0.0))


def _weigh(table: pd.DataFrame, positive: Flags, rule: Rule, strengths: tuple[float, ...]) -> list[tuple[Points, ...]]:
    """Weigh all levels together, once for each strength of what the data may say against the average."""
    blocks = [_lay_columns(table, levels, firm=place < len(rule.criteria))
              for place, levels in enumerate(_list_levels(table, rule))]
    if not blocks or positive.all() or not positive.any():
        return [()] * len(strengths)
    columns = np.hstack([block.columns for block in blocks])
    ends = np.cumsum([block.columns.shape[1] for block in blocks])[:-1]
    made = []
    for strength in strengths:
        fitted = LogisticRegression(C=strength, solver="newton-cholesky").fit(columns, positive)
        weights = np.split(fitted.coef_[0] * UNIT, ends)
        made.append(tuple(one for place, (block, own) in enumerate(zip(blocks, weights, strict=True))
                          for one in _give_points(block, own, always=place < len(rule.criteria))))
    return made


def _give_points(block: _Block, weights: Floats, always: bool) -> list[Points]:
    """Round what each level is worth to whole points, and say levels that are worth the same as one."""
    worth = np.rint((block.says - block.mean) @ weights).astype(int).tolist()
    if len(block.levels) == 1:
        return [Points(block.levels[0], *worth)] if any(worth) or always else []
    if len(set(worth)) == 1:
        return []
    made: list[Points] = []
    for level, points in zip(block.levels, worth, strict=True):
        alike = [at for at, one in enumerate(made) if one.met == points]
        if level.kind == "set" and alike:
            values = (*made[alike[0]].criterion.values, *level.values)
            made[alike[0]] = Points(Criterion.one_of(level.attribute, values), points, 0)
        elif level.kind == "interval" and made and made[-1].met == points:
            made[-1] = Points(replace(made[-1].criterion, max=level.max), points, 0)
        else:
            made.append(Points(level, points, 0))
    return [one for one in made if one.met]


def _sort_out(score: Floats, positive: Flags, weights: Floats) -> Floats:
    """How much higher do positive cases rank than the others, for each row of weights?"""
    rank = rankdata(score)
    own, others = ((weights * side) @ rank / np.maximum(weights @ side, 1) for side in (positive, ~positive))
    return np.asarray(own - others, dtype=np.float64)


def _band(score: Floats, positive: Flags, account: Codes) -> pd.DataFrame:
    """Count what became of cases by the score that they got unseen, in bands in which a higher one is no worse."""
    frame = pd.DataFrame({"score": score + BASE, "positive": positive, "account": account})
    bands = pd.qcut(frame["score"], min(_BANDS, max(1, len(frame) // _BANDED)), duplicates="drop").cat.codes
    share = IsotonicRegression().fit_transform(bands, frame["positive"])
    made = frame.groupby(pd.factorize(share, sort=True)[0]).agg(
        least=("score", "min"), most=("score", "max"), n=("positive", "size"), positives=("positive", "sum"),
        accounts=("account", "nunique"))
    worth = made["accounts"] * _JUDGED  # cases of one account tell as much as one
    hits = worth * made["positives"] / made["n"]
    ends = {end: beta.ppf(at, hits + 0.5, worth - hits + 0.5)
            for end, at in (("low", (1 - LEVEL) / 2), ("high", (1 + LEVEL) / 2))}
    return made.assign(share=(hits + 0.5) / (worth + 1), **ends).reset_index(drop=True)


def _lift_top(score: Floats, positive: Flags, weights: Floats) -> tuple[float, float, float]:
    """Set the share of positives in the tenth with the most points over that of all; ties count in part."""
    order = np.argsort(-score, kind="stable")
    held, hit = weights[:, order], positive[order] * 1.0
    level = pd.factorize(score[order])[0]
    hits = np.stack([np.bincount(level, row * hit) for row in held])
    size = np.stack([np.bincount(level, row) for row in held])
    before = np.cumsum(size, axis=1) - size
    part = np.clip((size.sum(axis=1, keepdims=True) / 10 - before) / np.maximum(size, 1), 0, 1)
    with np.errstate(invalid="ignore"):
        lifts = 10 * (part * hits).sum(axis=1) / hits.sum(axis=1)
    low, high = np.nanquantile(lifts[1:], [0.025, 0.975])
    return float(lifts[0]), float(low), float(high)


def _describe(points: tuple[Points, ...], table: pd.DataFrame, positive: Flags) -> pd.DataFrame:
    """Set beside the points of each criterion how the cases did that meet it."""
    rows = []
    for one in points:
        met = one.criterion.check(table[one.criterion.attribute])[0]
        rows.append((one.criterion.attribute, one.criterion, one.met, one.failed, met.sum(), positive[met].sum()))
    frame = pd.DataFrame(rows, columns=["attribute", "criterion", "met", "failed", "n", "positives"])
    return add_shares(frame, "positives", "n")
