"""The search for the rule that sets the positive cases apart: a beam over conjunctions, judged by evidence less price.

One pass over the rows that a rule covers fills, for every feature at once, a table of counts by code. Out of it come
the best interval (all pairs of bins that can be best) and the best set of categories (prefixes of the categories in
order of their rate), so that neither is ever pre-cut (Mampaey et al., ICDM 2012). The compiled part is in `_kernels`.
"""

import math
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.methods._kernels import LOW, NOTHING, QUALITY, find_rivals, run_beam, tabulate_entropy
from icp_lab.methods.bounds import settle_bounds
from icp_lab.methods.codes import INTERVAL, MISSING, SET, SLOTS, YES_NO, Encoded, Feature, encode_candidates
from icp_lab.methods.result import Codes, Flags, Floats
from icp_lab.rule import Rule

Counts = Codes
# A criterion in codes: feature, lowest code, highest code, bits of the codes in a set.
Step = tuple[int, int, int, int]

ATTRIBUTE_PRICE, DETAIL_PRICE = 1.0, 0.6  # of naming an attribute, and its bounds or levels, per nat; docs/method.md
BEAM, POLISHED, MAX_SET = 10, 3, 5
LEAST_CASES, LEAST_SHARE = 10, 0.02


@dataclass(frozen=True)
class Units:
    """Hand over what is counted: rows of equal standing (cases, or whole groups of cases with one set of attributes).

    Parameters
    ----------
    frame : DataFrame
        A row a unit, a column a candidate attribute.
    encoded : Encoded
        The same as small codes.
    cases : ndarray of int
        How many cases each unit stands for.
    positives : ndarray of int
        How many of these came out well.
    least_cases : int
        Fewest cases that a rule may cover.

    Examples
    --------
    >>> from icp_lab.methods.trial import prepare_trial
    >>> units = prepare_trial(pd.DataFrame({"employees": np.arange(200.0)}), pd.Series(np.arange(200) >= 150)).units
    >>> units.cases.sum().item(), units.positives.sum().item()
    (200, 50)
    """

    frame: pd.DataFrame
    encoded: Encoded
    cases: Counts
    positives: Counts
    least_cases: int

    def covered(self, steps: tuple[Step, ...]) -> Flags:
        """Tell which units meet a rule in codes; a missing value never does.

        Parameters
        ----------
        steps : tuple of tuple of 4 int
            Criteria in codes: feature, lowest code, highest code, bits of the codes in a set.

        Returns
        -------
        ndarray of bool
            A flag a unit.

        Examples
        --------
        >>> from icp_lab.methods.trial import prepare_trial
        >>> units = prepare_trial(pd.DataFrame({"employees": np.arange(200.0)}), pd.Series(np.arange(200) >= 150)).units
        >>> units.covered(()).all().item()  # no criterion takes all in
        True
        """
        inside = np.ones(len(self.cases), dtype=bool)
        for number, low, high, bits in steps:
            column = self.encoded.codes[:, number]
            if self.encoded.features[number].kind == SET:
                inside &= np.array([bits >> code & 1 for code in range(SLOTS)], dtype=bool)[column]
            else:
                inside &= (column >= low) & (column <= high) & (column != MISSING)
        return inside


@dataclass(frozen=True)
class Candidate:
    """Hand over a rule that the search came upon, and what it covers.

    Parameters
    ----------
    quality : float
        Gain in log-likelihood, net of the price of saying the rule, in nats.
    steps : tuple of tuple of 4 int
        Criteria in codes, as for `Units.covered`.
    cases : int
        Cases inside.
    positives : int
        Those of them that came out well.

    Examples
    --------
    >>> NO_CANDIDATE.quality, NO_CANDIDATE.steps
    (0.0, ())
    """

    quality: float
    steps: tuple[Step, ...]
    cases: int
    positives: int


NO_CANDIDATE = Candidate(0.0, (), 0, 0)


@dataclass(frozen=True)
class Engine:
    """Search rules over one set of units; `make_engine` prepares it, and several threads may use it at once.

    Parameters
    ----------
    units : Units
        What is counted.
    depth : int
        Most criteria of a rule.
    _static, _limits : object
        What does not change from search to search: codes and prices of the features, and widths.

    Examples
    --------
    >>> from icp_lab.methods.trial import prepare_trial
    >>> units = prepare_trial(pd.DataFrame({"employees": np.arange(200.0)}), pd.Series(np.arange(200) >= 150)).units
    >>> make_engine(units, max_criteria=2).depth
    2
    """

    units: Units
    depth: int
    _static: tuple[Any, ...] = field(repr=False)
    _limits: Counts = field(repr=False)

    def run(self, cases: Counts, positives: Counts, most: int = 1) -> list[Candidate]:
        """Find the rules that describe the positive cases best.

        Parameters
        ----------
        cases : ndarray of int
            Cases a unit; a unit with no case takes no part.
        positives : ndarray of int
            Those of them that came out well.
        most : int, default 1
            How many candidates to give, 1 or more.

        Returns
        -------
        list
            The candidates in falling order of quality; a quality of 0 or less means that the rule does not pay its
            price. Empty when no rule has enough cases.

        Notes
        -----
        Quality = gain in binomial log-likelihood by telling cases inside from those outside, less the price of saying
        the rule (Proenca et al., DMKD 2022, price rules in the same currency). Cases of which it cannot be told count
        with a rate between both, by the share of them to be expected inside.

        Examples
        --------
        >>> from icp_lab.methods.trial import prepare_trial
        >>> units = prepare_trial(pd.DataFrame({"employees": np.arange(200.0)}), pd.Series(np.arange(200) >= 150)).units
        >>> found = make_engine(units, max_criteria=2).run(units.cases, units.positives, most=2)
        >>> found[0].cases, found[0].positives
        (58, 50)
        """
        rows = np.flatnonzero(cases > 0).astype(np.int32)
        n, k = int(cases.sum()), int(positives.sum())
        if k in (0, n) or not len(self.units.encoded.features):
            return []
        quality, length, steps, sizes = run_beam(
            self.units.encoded.codes, cases | positives << 32, rows, *self._static, self._limits
        )
        found: dict[tuple[Step, ...], Candidate] = {}
        for i in np.argsort(-np.round(quality, 9), kind="stable"):
            if length[i] and len(found) < most:
                said = tuple(sorted((int(a), int(b), int(c), int(d)) for a, b, c, d in steps[i, : length[i]]))
                found.setdefault(said, Candidate(float(quality[i]), said, int(sizes[i, 0]), int(sizes[i, 1])))
        return list(found.values())

    def best(self, cases: Counts, positives: Counts) -> Candidate:
        """Give the best rule, or the empty one where there is none.

        Parameters
        ----------
        cases : ndarray of int
            Cases a unit.
        positives : ndarray of int
            Those of them that came out well.

        Returns
        -------
        Candidate
            The first of `run`.

        Examples
        --------
        >>> from icp_lab.methods.trial import prepare_trial
        >>> units = prepare_trial(pd.DataFrame({"employees": np.arange(200.0)}), pd.Series(np.arange(200) >= 150)).units
        >>> make_engine(units, max_criteria=2).best(units.cases, units.positives).positives
        50
        """
        found = self.run(cases, positives)
        return found[0] if found else NO_CANDIDATE

    def say(self, candidate: Candidate, cases: Counts, positives: Counts) -> Rule:
        """Say a candidate as a rule, its bounds settled on the cases that it was found in.

        Parameters
        ----------
        candidate : Candidate
            From `run`.
        cases : ndarray of int
            Cases a unit, as they were when it was found.
        positives : ndarray of int
            Those of them that came out well.

        Returns
        -------
        Rule
            The rule, its criteria in order of their attributes.

        Examples
        --------
        >>> from icp_lab.methods.trial import prepare_trial
        >>> units = prepare_trial(pd.DataFrame({"employees": np.arange(200.0)}), pd.Series(np.arange(200) >= 150)).units
        >>> engine, counts = make_engine(units, max_criteria=2), (units.cases, units.positives)
        >>> engine.say(engine.best(*counts), *counts).words("en")
        'employees at least 150'
        """
        features = self.units.encoded.features
        criteria = [features[f].criterion(low, high, bits) for f, low, high, bits in candidate.steps]
        rule = Rule(tuple(sorted(criteria, key=lambda c: (c.attribute, c.values))))
        return settle_bounds(rule, self.units.frame, cases, positives)

    def price(self, step: Step) -> float:
        """Give the price of a criterion in a rule.

        Parameters
        ----------
        step : tuple of 4 int
            The criterion in codes.

        Returns
        -------
        float
            What it takes to say it, in nats.

        Examples
        --------
        >>> from icp_lab.methods.trial import prepare_trial
        >>> units = prepare_trial(pd.DataFrame({"employees": np.arange(200.0)}), pd.Series(np.arange(200) >= 150)).units
        >>> engine = make_engine(units, max_criteria=2)
        >>> engine.price((0, 1, 3, 0)) > engine.price((0, 0, 3, 0))  # two bounds cost more than one
        True
        """
        kinds, sizes, prices, choose, _table = self._static
        number, low, high, bits = step
        if kinds[number] == SET:
            return float(prices[number, 0] + choose[sizes[number], bits.bit_count()])
        ends = int(low > 0) + int(high < sizes[number] - 1)
        return float(prices[number, ends if kinds[number] == INTERVAL else 0])

    def list_rivals(self, candidate: Candidate, at: int) -> list[tuple[float, Step]]:
        """List the criteria that could stand in place of one.

        Parameters
        ----------
        candidate : Candidate
            The rule.
        at : int
            Place of the criterion in it, from 0.

        Returns
        -------
        list of tuple of (float, tuple of 4 int)
            Gain (nats, net of the criterion's price) and criterion in codes, best first.

        Examples
        --------
        >>> from icp_lab.methods.trial import prepare_trial
        >>> units = prepare_trial(pd.DataFrame({"employees": np.arange(200.0)}), pd.Series(np.arange(200) >= 150)).units
        >>> engine = make_engine(units, max_criteria=1)
        >>> len(engine.list_rivals(engine.best(units.cases, units.positives), at=0))
        1
        """
        cases, positives = self.units.cases, self.units.positives
        found = np.zeros((len(self.units.encoded.features), 7))
        rows = np.flatnonzero(cases > 0).astype(np.int32)
        find_rivals(self.units.encoded.codes, cases | positives << 32, rows, self._static, self._limits,
                    np.array(candidate.steps, dtype=np.int64), at, found, True)
        rivals = [(float(row[QUALITY]), (f, int(row[1]), int(row[2]), int(row[3]))) for f, row in enumerate(found)
                  if row[QUALITY] > NOTHING / 2]
        return sorted(rivals, key=lambda rival: (-round(rival[0], 9), rival[1]))


def make_engine(units: Units, max_criteria: int) -> Engine:
    """Prepare the search for rules of at most so many criteria over some units.

    Parameters
    ----------
    units : Units
        What is counted.
    max_criteria : int
        Most criteria of a rule, 1 to 5.

    Returns
    -------
    Engine
        The search.

    Raises
    ------
    ValueError
        When there are more cases than the compiled search counts.

    Examples
    --------
    >>> from icp_lab.methods.trial import prepare_trial
    >>> units = prepare_trial(pd.DataFrame({"employees": np.arange(200.0)}), pd.Series(np.arange(200) >= 150)).units
    >>> make_engine(units, max_criteria=3).depth
    3
    """
    if len(units.cases) and units.cases.sum() > LOW:
        raise ValueError("more cases than the search counts")
    features = units.encoded.features
    kinds = np.array([f.kind for f in features], dtype=np.int64)
    sizes = np.array([f.size for f in features], dtype=np.int64)
    attributes = len(units.encoded.attributes)
    prices = np.array([_price_feature(feature, attributes) for feature in features]).reshape(-1, 3)
    limits = np.array([units.least_cases, max_criteria, BEAM, MAX_SET, POLISHED], dtype=np.int64)
    return Engine(units, max_criteria, (kinds, sizes, prices, DETAIL_PRICE * _binomials(), tabulate_entropy()), limits)


def search_rules(cases: pd.DataFrame, positive: Flags, *, max_criteria: int = 5,
                 most: int = 1) -> list[Rule]:
    """Find the rules that describe the positive cases best, with nothing said of how sure that is.

    Parameters
    ----------
    cases : DataFrame
        A row a case; columns as for `encode_candidates`.
    positive : ndarray of bool
        Which came out well, a flag a row.
    max_criteria : int, default 5
        Most criteria of a rule, 1 to 5.
    most : int, default 1
        How many rules to give, 1 or more.

    Returns
    -------
    list of Rule
        Best first; the whole protocol around it is `find_icp`.

    Examples
    --------
    >>> cases = pd.DataFrame({"employees": np.arange(1.0, 401.0), "age": np.tile(np.arange(20.0), 20)})
    >>> search_rules(cases, cases["employees"].ge(300).to_numpy())[0].words("en")
    'employees at least 300'
    """
    counts, hits = np.ones(len(cases), dtype=np.int64), np.asarray(positive, dtype=np.int64)
    least = max(LEAST_CASES, round(LEAST_SHARE * len(cases)))
    engine = make_engine(Units(cases, encode_candidates(cases), counts, hits, least), max_criteria)
    return [engine.say(candidate, counts, hits) for candidate in engine.run(counts, hits, most)]


def _price_feature(feature: Feature, attributes: int) -> tuple[float, float, float]:
    """Price a criterion by the nats that it takes to say it: as such, and for intervals with one bound and with two."""
    own = ATTRIBUTE_PRICE * math.log(max(1, attributes)) + DETAIL_PRICE * math.log(max(1, feature.choices))
    if feature.kind == INTERVAL:
        pairs = feature.size * (feature.size - 1) / 2
        one, two = math.log(2 * feature.size), 0.7 + math.log(max(1.0, pairs))
        return own, own + DETAIL_PRICE * one, own + DETAIL_PRICE * two
    detail = math.log(min(MAX_SET, feature.size)) if feature.kind == SET else 0.7 * (feature.kind == YES_NO)
    return own + DETAIL_PRICE * detail, 0.0, 0.0


@cache
def _binomials() -> Floats:
    table = np.zeros((SLOTS + 1, SLOTS + 1))
    for a in range(SLOTS + 1):
        for b in range(a + 1):
            table[a, b] = math.lgamma(a + 1) - math.lgamma(b + 1) - math.lgamma(a - b + 1)
    return table
