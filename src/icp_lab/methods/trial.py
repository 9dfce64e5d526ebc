"""Cases made ready to be tried: what is counted together, and how they are shuffled, split and drawn again.

Cases of one group (an account's deals, a parent's companies) stay together in all three. Every draw has a number and
comes out of the seed and that number alone, so that the order of computing changes nothing.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from icp_lab.methods.codes import encode_candidates
from icp_lab.methods.search import LEAST_CASES, LEAST_SHARE, Counts, Units

SHUFFLE, SPLIT, DRAW = 1, 2, 3


@dataclass(frozen=True)
class Trial:
    """The known cases of one outcome, sorted by stratum, group and id.

    `units` are whole groups where all cases of a group share their attributes, else single cases.
    """

    index: pd.Index
    units: Units
    unit: NDArray[np.int64]
    positive: NDArray[np.int64]
    group: NDArray[np.int64]
    unit_group: NDArray[np.int64]
    unit_stratum: NDArray[np.int64]
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
    def _strata(self) -> tuple[NDArray[np.int64], ...]:
        return tuple(np.flatnonzero(self.unit_stratum == s) for s in np.unique(self.unit_stratum))

    def shuffle(self, seed: int, number: int) -> tuple[Counts, Counts]:
        """Deal the outcomes out anew among units of one stratum, as if they had nothing to do with the attributes."""
        rng = np.random.default_rng([seed, SHUFFLE, number])
        order = np.arange(len(self.unit_group))
        for members in self._strata:
            order[members] = rng.permutation(members) if self.groups == len(order) else self._blocks(rng, members)
        return self.units.cases[order], self.units.positives[order]

    def _blocks(self, rng: np.random.Generator, members: NDArray[np.int64]) -> NDArray[np.int64]:
        """Shuffle whole groups whose members differ in attributes: their outcomes move in one piece."""
        names, start = np.unique(self.unit_group[members], return_index=True)
        pieces = np.split(members, np.sort(start)[1:])
        return np.concatenate([pieces[i] for i in rng.permutation(len(names))])

    def split(self, seed: int, number: int, folds: int) -> NDArray[np.int64]:
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
