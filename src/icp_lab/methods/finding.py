"""What a search for a profile hands out: the finding, its lift, the noise it stands against, and what else was seen."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.special import ndtri

from icp_lab.methods.lift import Lift
from icp_lab.methods.result import Shown
from icp_lab.rule import Rule


@dataclass(frozen=True)
class Lean:
    """Where do the data lean? One level of one attribute, with its lift and what is left of it after shrinking.

    `top` is the upper end of an interval that holds for all levels looked at together.
    """

    rule: Rule
    lift: Lift
    shrunk: float
    top: float


def shrink_leans(rules: list[Rule], lifts: list[Lift], tops: list[float]) -> tuple[Lean, ...]:
    """How much of each level's lift would be left on new customers?

    Parameters
    ----------
    rules : list of Rule
        A level each: what it says, its lift, the upper end of its simultaneous interval.
    lifts : list of Lift
        A level each: what it says, its lift, the upper end of its simultaneous interval.
    tops : list of float
        A level each: what it says, its lift, the upper end of its simultaneous interval.

    Returns
    -------
    tuple of Lean
        Strongest first.

    Notes
    -----
    Empirical Bayes: log lifts are drawn towards 0 by tau2 / (tau2 + se2), tau2 by the method of moments
    (DerSimonian and Laird, 1986).
    """
    usable = [i for i, one in enumerate(lifts) if one.low > 0 and math.isfinite(one.high)]
    if not usable:
        return ()
    x = np.array([math.log(lifts[i].lift) for i in usable])
    width = 2 * float(ndtri(0.975))
    variance = np.array([((math.log(lifts[i].high / lifts[i].low)) / width) ** 2 + 1e-12 for i in usable])
    weight = 1 / variance
    tau2 = max(0.0, (float((weight * x**2).sum()) - len(x)) / float(weight.sum()))
    leans = [Lean(rules[i], lifts[i], math.exp(v * tau2 / (tau2 + s)), tops[i])
             for i, v, s in zip(usable, x, variance, strict=True)]
    return tuple(sorted(leans, key=lambda lean: (-round(lean.shrunk, 9), -round(lean.lift.lift, 9), lean.rule.key)))


Verdict = Literal["supported", "tentative", "unsupported"]


@dataclass(frozen=True)
class NoisyRule:
    """A rule that the search found in shuffled data, and how good it looked there."""

    rule: Rule
    lift: float
    covered: int
    positives: int


@dataclass(frozen=True)
class Noise:
    """What the same search reaches where there is nothing to find.

    Parameters
    ----------
    lifts : tuple of float
        Cross-fitted lifts of shuffled data: comparable with the finding's lift.
    paper_lifts : tuple of float
        Lifts of the best rules on the very data that they were found in.
    rules : tuple of NoisyRule
        Some of those, the best-looking first.
    shuffles : int
        How many shuffles the p-value rests on.
    agreements : tuple of float
        How much bootstraps of shuffled data agree with the rule found in them: mean Jaccard of their cases.
    """

    lifts: tuple[float, ...]
    paper_lifts: tuple[float, ...]
    rules: tuple[NoisyRule, ...]
    shuffles: int
    agreements: tuple[float, ...]


NO_NOISE = Noise((), (), (), 0, ())


@dataclass(frozen=True)
class Alternative:
    """Another rule that is nearly as good; `overlap` is the Jaccard index of its cases with those of the rule."""

    rule: Rule
    covered: int
    positives: int
    overlap: float


@dataclass(frozen=True)
class Finding(Shown):
    """What was found, how sure that is, and what noise reaches.

    Parameters
    ----------
    rule : Rule
        The best rule found whatever the verdict; no criteria: true everywhere.
    verdict : Verdict
        `supported`, `tentative` or `unsupported`, and codes for why: too_few, ruled_out, unstable, leaking, edited.
    verdict_reason : tuple of str
        `supported`, `tentative` or `unsupported`, and codes for why: too_few, ruled_out, unstable, leaking, edited.
    n, best, unknown : int
        Known cases, positive ones, and cases left out because their outcome is unknown.
    covered, covered_best, covered_groups : int
        Cases and positive ones inside `rule`, on the data that it was found in, and how many groups they come from.
    lift, lift_low, lift_high : float
        Cross-fitted P(positive | inside) / P(positive), 95 % interval; NaN where it cannot be had.
    fitted : Lift
        The same with its counts.
    paper_lift : float
        The lift of `rule` on the data that it was found in; too good by construction.
    p_value : float
        How often the whole search does as well in shuffled data.
    stability : dict of str to float
        Attribute -> share of bootstraps whose best rule uses it.
    agreement : float
        How much the cases of bootstraps' best rules agree with those of this one (mean Jaccard, 0 to 1).
    noise : Noise
        What shuffled data give; near-equals; single levels, strongest first.
    alternatives : tuple of Alternative
        What shuffled data give; near-equals; single levels, strongest first.
    leans : tuple of Lean
        What shuffled data give; near-equals; single levels, strongest first.
    excluded_above : float
        No single level that covers enough cases has a lift above this (95 %, all levels together).
    interchangeable : dict of str to tuple of str
        Attribute of the rule -> others that could stand in its place and take in nearly the same cases.
    leaking : dict of str to str
        Attribute -> why it is refused: it knows the outcome (codes of `find_leaks`).
    ignored : tuple of str
        Attributes that could not be used: without variation, or dates.
    showable : float
        The smallest lift that a search of this many cases could show with 80 % power, were the profile a fifth of them.
    needed : int
        Cases that would show a lift of `needed_lift` with 80 % power, were the profile as wide as this one.
    holdout : Lift or None
        The lift on the latest cases of a rule found on the earlier ones; None without times.
    reasons : tuple of str
        Codes of the checks passed and failed, in order: noise, interval, stability, each `+` or `-`.
    """

    rule: Rule
    verdict: Verdict
    verdict_reason: tuple[str, ...]
    n: int
    best: int
    unknown: int
    covered: int
    covered_best: int
    covered_groups: int
    lift: float
    lift_low: float
    lift_high: float
    fitted: Lift
    paper_lift: float
    p_value: float
    stability: dict[str, float]
    agreement: float
    noise: Noise
    alternatives: tuple[Alternative, ...]
    interchangeable: dict[str, tuple[str, ...]]
    leans: tuple[Lean, ...]
    excluded_above: float
    leaking: dict[str, str]
    ignored: tuple[str, ...]
    needed: int
    needed_lift: float
    showable: float
    holdout: Lift | None
    reasons: tuple[str, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """A row a criterion: what it says and how often bootstraps choose its attribute."""
        rows = [(c.words(), c.attribute, self.stability.get(c.attribute, math.nan)) for c in self.rule.criteria]
        return pd.DataFrame(rows, columns=["criterion", "attribute", "stability"])

    @property
    def evidence(self) -> dict[str, Any]:
        """What icp.yml says of it: counts, lift with its interval, p, and how often other samples chose a criterion."""
        names = ("n", "best", "covered", "covered_best", "lift", "lift_low", "lift_high", "p_value")
        figures = {name: getattr(self, name) for name in names}
        return figures | {"stability": {a: self.stability.get(a, 0.0) for a in self.rule.attributes}}

    @property
    def caption(self) -> str:
        """Say rule and verdict in a line."""
        return f"{self.verdict}: {self.rule.words()} (n = {self.n})"
