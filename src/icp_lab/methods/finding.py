"""What a search for a profile hands out: the finding, the noise it stands against, and what else was seen."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from icp_lab.methods.lift import Lean, Lift
from icp_lab.methods.result import Shown
from icp_lab.rule import Rule

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
    lifts
        Cross-fitted lifts of shuffled data: comparable with the finding's lift.
    paper_lifts
        Lifts of the best rules on the very data that they were found in.
    rules
        Some of those, the best-looking first.
    shuffles
        How many shuffles the p-value rests on.
    agreements
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
    rule
        The best rule found whatever the verdict; no criteria: true everywhere.
    verdict, verdict_reason
        `supported`, `tentative` or `unsupported`, and codes for why: too_few, ruled_out, unstable, leaking, edited.
    n, best, unknown
        Known cases, positive ones, and cases left out because their outcome is unknown.
    covered, covered_best, covered_groups
        Cases and positive ones inside `rule`, on the data that it was found in, and how many groups they come from.
    lift, lift_low, lift_high
        Cross-fitted P(positive | inside) / P(positive), 95 % interval; NaN where it cannot be had.
    fitted
        The same with its counts.
    paper_lift
        The lift of `rule` on the data that it was found in; too good by construction.
    p_value
        How often the whole search does as well in shuffled data.
    stability
        Attribute -> share of bootstraps whose best rule uses it.
    agreement
        How much the cases of bootstraps' best rules agree with those of this one (mean Jaccard, 0 to 1).
    noise, alternatives, leans
        What shuffled data give; near-equals; single levels, strongest first.
    excluded_above
        No single level that covers enough cases has a lift above this (95 %, all levels together).
    interchangeable
        Attribute of the rule -> others that could stand in its place and take in nearly the same cases.
    leaking
        Attribute -> why it is refused: it knows the outcome (codes of `find_leaks`).
    ignored
        Attributes that could not be used: without variation, or dates.
    showable
        The smallest lift that a search of this many cases could show with 80 % power, were the profile a fifth of them.
    needed
        Cases that would show a lift of `needed_lift` with 80 % power, were the profile as wide as this one.
    holdout
        The lift on the latest cases of a rule found on the earlier ones; None without times.
    reasons
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
