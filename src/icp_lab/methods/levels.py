"""One attribute at a time: where the data lean, what they exclude, and which attribute tells too much."""

from itertools import compress, pairwise

import numpy as np
from numpy.typing import NDArray

from icp_lab.methods.codes import MEMBER, MISSING, SET, YES_NO, Feature
from icp_lab.methods.lift import Lean, lift_of, shrink_leans
from icp_lab.methods.search import Step
from icp_lab.methods.trial import Trial
from icp_lab.rule import Rule

QUARTERS = 4


def scan_levels(trial: Trial) -> tuple[Lean, ...]:
    """How much does each level of each attribute differ, taken alone?

    Parameters
    ----------
    trial
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
