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
    """Where the data lean: one level of one attribute.

    Parameters
    ----------
    rule : Rule
        The level, as a rule of one criterion.
    lift : Lift
        Its lift.
    shrunk : float
        What is left of the lift after shrinking.
    top : float
        The upper end of an interval that holds for all levels looked at together.

    Examples
    --------
    >>> lift = Lift(2.0, 1.2, 3.3, n=200, positives=40, covered=50.0, covered_positives=20.0, groups=200)
    >>> Lean(Rule.from_dicts([{"attribute": "exports", "is": True}]), lift, shrunk=1.6, top=4.1).shrunk
    1.6
    """

    rule: Rule
    lift: Lift
    shrunk: float
    top: float


def shrink_leans(rules: list[Rule], lifts: list[Lift], tops: list[float]) -> tuple[Lean, ...]:
    """Estimate how much of each level's lift would be left on new customers.

    Parameters
    ----------
    rules : list of Rule
        What each level says.
    lifts : list of Lift
        Its lift.
    tops : list of float
        The upper end of its simultaneous interval.

    Returns
    -------
    tuple of Lean
        Strongest first.

    Notes
    -----
    Empirical Bayes: log lifts are drawn towards 0 by tau2 / (tau2 + se2), tau2 by the method of moments
    (DerSimonian and Laird, 1986).

    Examples
    --------
    >>> rules = [Rule.from_dicts([{"attribute": name, "is": True}]) for name in ("exports", "partner", "listed")]
    >>> lifts = [Lift(lift, lift / 1.3, lift * 1.3, 400, 80, 100.0, 20 * lift, 400) for lift in (2.0, 1.1, 0.9)]
    >>> [round(lean.shrunk, 2) for lean in shrink_leans(rules, lifts, [3.0, 2.0, 1.5])]
    [1.86, 1.09, 0.91]
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
    """A rule that the search found in shuffled data, and how good it looked there.

    Parameters
    ----------
    rule : Rule
        The rule.
    lift : float
        Its lift on the shuffled data that it was found in.
    covered, positives : int
        The cases that it covers there, and how many of them count as good.

    Examples
    --------
    >>> NoisyRule(Rule.from_dicts([{"attribute": "exports", "is": True}]), lift=2.8, covered=14, positives=7).lift
    2.8
    """

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

    Examples
    --------
    >>> NO_NOISE.shuffles, NO_NOISE.lifts
    (0, ())
    """

    lifts: tuple[float, ...]
    paper_lifts: tuple[float, ...]
    rules: tuple[NoisyRule, ...]
    shuffles: int
    agreements: tuple[float, ...]


NO_NOISE = Noise((), (), (), 0, ())


@dataclass(frozen=True)
class Alternative:
    """Another rule that is nearly as good.

    Parameters
    ----------
    rule : Rule
        The rule, which is about other attributes than the best one.
    covered, positives : int
        The cases that it covers, and how many of them came out well.
    overlap : float
        The Jaccard index of its cases with those of the best rule, 0 to 1.

    Examples
    --------
    >>> rule = Rule.from_dicts([{"attribute": "exports", "is": True}])
    >>> Alternative(rule, covered=40, positives=18, overlap=0.7).overlap
    0.7
    """

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
    verdict : {'supported', 'tentative', 'unsupported'}
        What the checks allow to say.
    verdict_reason : tuple of str
        Codes for why it is no more: too_few, ruled_out, unstable, leaking, edited.
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
        Of each attribute the share of bootstraps whose best rule uses it.
    agreement : float
        How much the cases of bootstraps' best rules agree with those of this one (mean Jaccard, 0 to 1).
    noise : Noise
        What shuffled data give.
    alternatives : tuple of Alternative
        Rules that are nearly as good.
    interchangeable : dict of str to tuple of str
        For an attribute of the rule the others that could stand in its place and take in nearly the same cases.
    leans : tuple of Lean
        Single levels, strongest first.
    excluded_above : float
        No single level that covers enough cases has a lift above this (95 %, all levels together).
    leaking : dict of str to str
        Of each attribute that is refused why: it knows the outcome (codes of `find_leaks`).
    ignored : tuple of str
        Attributes that could not be used: without variation, or dates.
    needed : int
        Cases that would show a lift of `needed_lift` with 80 % power, were the profile as wide as this one.
    needed_lift : float
        The lift that `needed` cases would show.
    showable : float
        The smallest lift that a search of this many cases could show with 80 % power, were the profile a fifth of them.
    holdout : Lift or None
        The lift on the latest cases of a rule found on the earlier ones; None without times.
    reasons : tuple of str
        Codes of the checks passed and failed, in order: noise, interval, stability, each `+` or `-`.

    Examples
    --------
    >>> from icp_lab.methods.evidence import find_icp
    >>> found = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> found.verdict, found.verdict_reason, found.n
    ('unsupported', ('too_few',), 2)
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
        """Give a row a criterion: what it says and how often bootstraps choose its attribute.

        Returns
        -------
        DataFrame
            The columns criterion (words), attribute and stability (0 to 1; NaN where it was not asked).

        Examples
        --------
        >>> from icp_lab.methods.declared import test_icp
        >>> rule = Rule.from_dicts([{"attribute": "age", "min": 2}])
        >>> test_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([False, True]), rule).frame["criterion"].tolist()
        ['age at least 2']
        """
        rows = [(c.words(), c.attribute, self.stability.get(c.attribute, math.nan)) for c in self.rule.criteria]
        return pd.DataFrame(rows, columns=["criterion", "attribute", "stability"])

    @property
    def evidence(self) -> dict[str, Any]:
        """Give what icp.yml says of it: counts, lift with interval, p, and how often other samples chose a criterion.

        Returns
        -------
        dict of str to object
            By name: n, best, covered, covered_best, lift, lift_low, lift_high, p_value, and stability by attribute.

        Examples
        --------
        >>> from icp_lab.methods.declared import test_icp
        >>> rule = Rule.from_dicts([{"attribute": "age", "min": 2}])
        >>> test_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([False, True]), rule).evidence["covered"]
        1
        """
        names = ("n", "best", "covered", "covered_best", "lift", "lift_low", "lift_high", "p_value")
        figures = {name: getattr(self, name) for name in names}
        return figures | {"stability": {a: self.stability.get(a, 0.0) for a in self.rule.attributes}}

    @property
    def caption(self) -> str:
        """Say rule and verdict in a line.

        Returns
        -------
        str
            The verdict, the rule in words, and how many cases are known.

        Examples
        --------
        >>> from icp_lab.methods.evidence import find_icp
        >>> find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False])).caption
        'unsupported: every account (n = 2)'
        """
        return f"{self.verdict}: {self.rule.words()} (n = {self.n})"
