"""The search for the rule that sets the positive cases apart: a beam over conjunctions, judged by evidence less price.

One pass over the rows that a rule covers fills, for every feature at once, a table of counts by code. Out of it come
the best interval (all pairs of bins that can be best) and the best set of categories (prefixes of the categories in
order of their rate), so that neither is ever pre-cut (Mampaey et al., ICDM 2012). The compiled part is in `kernels`.

Cases of one group (an account's deals, a parent's companies) stay together when they are shuffled, split and drawn
again. Every draw has a number and comes out of the seed and that number alone, so that the order of computing changes
nothing.
"""

import math
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.methods.beam import find_rivals, run_beam
from icp_lab.methods.bounds import settle_bounds
from icp_lab.methods.codes import INTERVAL, MISSING, SET, SLOTS, YES_NO, Encoded, Feature, encode_candidates
from icp_lab.methods.kernels import LOW, NOTHING, QUALITY, tabulate_entropy
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
    """What is counted: rows of equal standing (cases, or whole groups of cases with one set of attributes)."""

    frame: pd.DataFrame
    encoded: Encoded
    cases: Counts
    positives: Counts
    least_cases: int

    def covered(self, steps: tuple[Step, ...]) -> Flags:
        """Tell which units meet a rule in codes; a missing value never does."""
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
    """A rule that the search came upon: its quality (nats, net of its price) and what it covers."""

    quality: float
    steps: tuple[Step, ...]
    cases: int
    positives: int


NO_CANDIDATE = Candidate(0.0, (), 0, 0)


@dataclass(frozen=True)
class Engine:
    """The search, made ready for one set of units; its methods may be called from several threads."""

    units: Units
    depth: int
    _static: tuple[Any, ...] = field(repr=False)
    _limits: Counts = field(repr=False)

    def run(self, cases: Counts, positives: Counts, most: int = 1) -> list[Candidate]:
        """Which rules describe the positive cases best?

        Parameters
        ----------
        cases, positives
            Counts a unit; a unit with no case takes no part.
        most
            How many candidates to give.

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
        """Give the best rule, or the empty one where there is none."""
        found = self.run(cases, positives)
        return found[0] if found else NO_CANDIDATE

    def say(self, candidate: Candidate, cases: Counts, positives: Counts) -> Rule:
        """Say a candidate as a rule, its bounds settled on the cases that it was found in."""
        features = self.units.encoded.features
        criteria = [features[f].criterion(low, high, bits) for f, low, high, bits in candidate.steps]
        rule = Rule(tuple(sorted(criteria, key=lambda c: (c.attribute, c.values))))
        return settle_bounds(rule, self.units.frame, cases, positives)

    def price(self, step: Step) -> float:
        """Give the price of a criterion in a rule (nats)."""
        kinds, sizes, prices, choose, _table = self._static
        number, low, high, bits = step
        if kinds[number] == SET:
            return float(prices[number, 0] + choose[sizes[number], bits.bit_count()])
        ends = int(low > 0) + int(high < sizes[number] - 1)
        return float(prices[number, ends if kinds[number] == INTERVAL else 0])

    def list_rivals(self, candidate: Candidate, at: int) -> list[tuple[float, Step]]:
        """Which criteria could stand in place of one? Gain (nats, net of the criterion's price), best first."""
        cases, positives = self.units.cases, self.units.positives
        found = np.zeros((len(self.units.encoded.features), 7))
        rows = np.flatnonzero(cases > 0).astype(np.int32)
        find_rivals(self.units.encoded.codes, cases | positives << 32, rows, self._static, self._limits,
                    np.array(candidate.steps, dtype=np.int64), at, found, True)
        rivals = [(float(row[QUALITY]), (f, int(row[1]), int(row[2]), int(row[3]))) for f, row in enumerate(found)
                  if row[QUALITY] > NOTHING / 2]
        return sorted(rivals, key=lambda rival: (-round(rival[0], 9), rival[1]))


def make_engine(units: Units, max_criteria: int) -> Engine:
    """Prepare the search for rules of at most `max_criteria` criteria over some units."""
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
    """Which rules describe the positive cases best, with nothing said of how sure that is?

    Parameters
    ----------
    cases
        A row a case; columns as for `encode_candidates`.
    positive
        Which came out well.
    max_criteria, most
        Most criteria of a rule, and how many rules to give.

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


SHUFFLE, SPLIT, DRAW = 1, 2, 3


@dataclass(frozen=True)
class Trial:
    """The known cases of one outcome, sorted by stratum, group and id.

    `units` are whole groups where all cases of a group share their attributes, else single cases.
    """

    index: pd.Index
    units: Units
    unit: Codes
    positive: Codes
    group: Codes
    unit_group: Codes
    unit_stratum: Codes
    unknown: int

    @property
    def n(self) -> int:
        """Cases whose outcome is known."""
        return len(self.positive)

    @property
    def best(self) -> int:
        """How many of them came out well."""
        return int(self.positive.sum())

    @property
    def groups(self) -> int:
        """How many groups they form."""
        return int(self.unit_group.max()) + 1 if len(self.unit_group) else 0

    @cached_property
    def _strata(self) -> tuple[Codes, ...]:
        return tuple(np.flatnonzero(self.unit_stratum == s) for s in np.unique(self.unit_stratum))

    def shuffle(self, seed: int, number: int) -> tuple[Counts, Counts]:
        """Deal the outcomes out anew among units of one stratum, as if they had nothing to do with the attributes."""
        rng = np.random.default_rng([seed, SHUFFLE, number])
        order = np.arange(len(self.unit_group))
        for members in self._strata:
            order[members] = rng.permutation(members) if self.groups == len(order) else self._blocks(rng, members)
        return self.units.cases[order], self.units.positives[order]

    def _blocks(self, rng: np.random.Generator, members: Codes) -> Codes:
        """Shuffle whole groups whose members differ in attributes: their outcomes move in one piece."""
        names, start = np.unique(self.unit_group[members], return_index=True)
        pieces = np.split(members, np.sort(start)[1:])
        return np.concatenate([pieces[i] for i in rng.permutation(len(names))])

    def split(self, seed: int, number: int, folds: int) -> Codes:
        """Deal the units into folds, groups whole, with about equal shares of positive cases."""
        rng = np.random.default_rng([seed, SPLIT, number])
        cases = np.bincount(self.unit_group, self.units.cases, minlength=self.groups)
        share = np.bincount(self.unit_group, self.units.positives, minlength=self.groups) / np.maximum(cases, 1)
        order = rng.permutation(self.groups)
        order = order[np.argsort(share[order], kind="stable")]
        fold = np.empty(self.groups, dtype=np.int64)
        fold[order] = np.arange(self.groups) % folds
        return fold[self.unit_group]

    def draw(self, seed: int, number: int) -> Counts:
        """Draw the groups again with replacement (a bootstrap): how often each unit came."""
        rng = np.random.default_rng([seed, DRAW, number])
        times: Counts = np.bincount(rng.integers(0, self.groups, self.groups), minlength=self.groups)[self.unit_group]
        return times


def prepare_trial(cases: pd.DataFrame, positive: pd.Series, *, groups: pd.Series | None = None,
                  strata: pd.Series | None = None, min_covered: int | None = None) -> Trial:
    """Which cases are counted, and what belongs together?

    Parameters
    ----------
    cases
        A row a case on a unique index, a column a candidate attribute.
    positive
        Nullable boolean on the same index; unknown ones are left out and counted.
    groups, strata
        Keys on the same index, or None.
    min_covered
        Fewest cases that a rule may cover; by default the greater of 10 and 2 % of the known cases.

    Returns
    -------
    Trial

    Raises
    ------
    ValueError
        When the index has duplicates, or `positive`, `groups` or `strata` do not cover it.
    """
    if not cases.index.is_unique:
        raise ValueError("cases need a unique index")
    kept = positive.reindex(cases.index).astype("boolean").dropna()
    table = pd.DataFrame({
        "stratum": 0 if strata is None else pd.factorize(strata.loc[kept.index], sort=True, use_na_sentinel=False)[0],
        "group": kept.index.astype("str") if groups is None else groups.loc[kept.index].astype("str"),
        "id": kept.index.astype("str"), "positive": kept.astype("int64"),
    }, index=kept.index).sort_values(["stratum", "group", "id"])
    group = pd.factorize(table["group"])[0].astype(np.int64)
    chosen = cases.loc[table.index]
    encoded = encode_candidates(chosen)
    least = min_covered or max(LEAST_CASES, round(LEAST_SHARE * len(table)))
    y = table["positive"].to_numpy(dtype=np.int64)
    first = np.unique(group, return_index=True)[1]
    alike = bool((encoded.codes == encoded.codes[first][group]).all())
    shared = groups is not None and len(first) < len(group) and alike
    unit = group if shared else np.arange(len(group), dtype=np.int64)
    rows = first if shared else np.arange(len(group))
    size, hits = np.bincount(unit).astype(np.int64), np.bincount(unit, y).astype(np.int64)
    if shared:
        chosen, encoded = chosen.iloc[first], replace(encoded, codes=np.ascontiguousarray(encoded.codes[first]))
    units = Units(chosen, encoded, size, hits, least)
    stratum = table["stratum"].to_numpy(dtype=np.int64)
    return Trial(table.index, units, unit, y, group, group[rows], stratum[rows], len(cases) - len(kept))
