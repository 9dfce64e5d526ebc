"""What is tried: the known cases of one outcome, and how they are shuffled, split and drawn again.

Cases of one group (an account's deals, a parent's companies) stay together when they are shuffled, split and drawn
again. Every draw has a number and comes out of the seed and that number alone, so that the order of computing changes
nothing.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from icp_lab.methods.codes import encode_candidates
from icp_lab.methods.result import Codes
from icp_lab.methods.search import LEAST_CASES, LEAST_SHARE, Counts, Units

SHUFFLE, SPLIT, DRAW = 1, 2, 3


@dataclass(frozen=True)
class Trial:
    """Hand over the known cases of one outcome, sorted by stratum, group and id.

    Parameters
    ----------
    index : Index
        Ids of the cases in that order.
    units : Units
        Whole groups where all cases of a group share their attributes, else single cases.
    unit : ndarray of int
        Number of the unit of each case.
    positive : ndarray of int
        For each case 1 where it came out well, else 0.
    group : ndarray of int
        Number of the group of each case.
    unit_group : ndarray of int
        Number of the group of each unit.
    unit_stratum : ndarray of int
        Number of the stratum of each unit.
    unknown : int
        Cases whose outcome is not known; they are left out.

    Examples
    --------
    >>> answers = pd.Series([True, False, None], dtype="boolean")
    >>> trial = prepare_trial(pd.DataFrame({"size": [1.0, 2.0, 3.0]}), answers)
    >>> trial.n, trial.unknown
    (2, 1)
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
        """Count the cases whose outcome is known.

        Examples
        --------
        >>> answers = pd.Series([True, False, None], dtype="boolean")
        >>> trial = prepare_trial(pd.DataFrame({"size": [1.0, 2.0, 3.0]}), answers)
        >>> trial.n
        2
        """
        return len(self.positive)

    @property
    def best(self) -> int:
        """Count those of them that came out well.

        Examples
        --------
        >>> answers = pd.Series([True, False, None], dtype="boolean")
        >>> trial = prepare_trial(pd.DataFrame({"size": [1.0, 2.0, 3.0]}), answers)
        >>> trial.best
        1
        """
        return int(self.positive.sum())

    @property
    def groups(self) -> int:
        """Count the groups that they form.

        Examples
        --------
        >>> cases = pd.DataFrame({"size": [1.0, 2.0, 3.0]})
        >>> prepare_trial(cases, pd.Series([True, False, True]), groups=pd.Series(["a", "a", "b"])).groups
        2
        """
        return int(self.unit_group.max()) + 1 if len(self.unit_group) else 0

    @cached_property
    def _strata(self) -> tuple[Codes, ...]:
        return tuple(np.flatnonzero(self.unit_stratum == s) for s in np.unique(self.unit_stratum))

    def shuffle(self, seed: int, number: int) -> tuple[Counts, Counts]:
        """Deal the outcomes out anew among units of one stratum, as if they had nothing to do with the attributes.

        Parameters
        ----------
        seed : int
            Start of the random numbers.
        number : int
            Number of the shuffle, which it comes out of together with the seed.

        Returns
        -------
        tuple of (ndarray of int, ndarray of int)
            Cases and positive ones a unit, in a new order.

        Examples
        --------
        >>> trial = prepare_trial(pd.DataFrame({"size": np.arange(6.0)}), pd.Series([True, True] + [False] * 4))
        >>> cases, positives = trial.shuffle(seed=0, number=1)
        >>> positives.sum().item()
        2
        """
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
        """Deal the units into folds, groups whole, with about equal shares of positive cases.

        Parameters
        ----------
        seed : int
            Start of the random numbers.
        number : int
            Number of the split, which it comes out of together with the seed.
        folds : int
            How many folds, 2 or more.

        Returns
        -------
        ndarray of int
            Number of the fold of each unit, from 0.

        Examples
        --------
        >>> trial = prepare_trial(pd.DataFrame({"size": np.arange(6.0)}), pd.Series([True, True] + [False] * 4))
        >>> np.bincount(trial.split(seed=0, number=0, folds=2)).tolist()
        [3, 3]
        """
        rng = np.random.default_rng([seed, SPLIT, number])
        cases = np.bincount(self.unit_group, self.units.cases, minlength=self.groups)
        share = np.bincount(self.unit_group, self.units.positives, minlength=self.groups) / np.maximum(cases, 1)
        order = rng.permutation(self.groups)
        order = order[np.argsort(share[order], kind="stable")]
        fold = np.empty(self.groups, dtype=np.int64)
        fold[order] = np.arange(self.groups) % folds
        return fold[self.unit_group]

    def draw(self, seed: int, number: int) -> Counts:
        """Draw the groups again with replacement (a bootstrap).

        Parameters
        ----------
        seed : int
            Start of the random numbers.
        number : int
            Number of the draw, which it comes out of together with the seed.

        Returns
        -------
        ndarray of int
            How often each unit came.

        Examples
        --------
        >>> trial = prepare_trial(pd.DataFrame({"size": np.arange(6.0)}), pd.Series([True, True] + [False] * 4))
        >>> trial.draw(seed=0, number=0).sum().item()
        6
        """
        rng = np.random.default_rng([seed, DRAW, number])
        times: Counts = np.bincount(rng.integers(0, self.groups, self.groups), minlength=self.groups)[self.unit_group]
        return times


def prepare_trial(cases: pd.DataFrame, positive: pd.Series, *, groups: pd.Series | None = None,
                  strata: pd.Series | None = None, min_covered: int | None = None) -> Trial:
    """Tell which cases are counted, and what belongs together.

    Parameters
    ----------
    cases : DataFrame
        A row a case on a unique index, a column a candidate attribute.
    positive : Series
        Nullable boolean on the same index; unknown ones are left out and counted.
    groups : Series or None, default None
        Key of cases that belong together, on the same index; None where each stands for itself.
    strata : Series or None, default None
        Key of cases among which outcomes are shuffled, on the same index; None where that is among all.
    min_covered : int or None, default None
        Fewest cases that a rule may cover; by default the greater of 10 and 2 % of the known cases.

    Returns
    -------
    Trial
        The known cases, what is counted of them, and their groups and strata.

    Raises
    ------
    ValueError
        When the index has duplicates, or `positive`, `groups` or `strata` do not cover it.

    Examples
    --------
    >>> cases = pd.DataFrame({"size": [1.0, 2.0, 3.0]}, index=["a", "b", "c"])
    >>> trial = prepare_trial(cases, pd.Series([True, False, None], cases.index, dtype="boolean"))
    >>> trial.index.tolist(), trial.units.least_cases
    (['a', 'b'], 10)
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
