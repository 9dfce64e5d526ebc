"""Tables of customers with five planted kinds, and tables without any: what the grouping is held against.

Three generators that share no attribute: `mixture` and `traders` (looked at while choosing) and `readers` (held back
until everything was settled). All describe customers by ten numbers and eight categories, yes/no or lists; 15 % of the
rows belong to no kind and take each cell from another row.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

APART = {  # deviation of the kinds' centres, and how sharply categories tell the kinds apart
    ("mixture", "well"): (2.0, 0.3), ("mixture", "moderate"): (1.3, 0.7),
    ("traders", "well"): (1.8, 0.8), ("traders", "moderate"): (1.2, 0.6),
    ("readers", "well"): (1.0, 3.5), ("readers", "moderate"): (0.7, 2.5),
}  # fmt: skip
GENERATORS = ("mixture", "traders", "readers")
DISTANCES = ("well", "moderate")
NULLS = ("independent", "copula", "gradient", "long_tails", "missing", "thin_records", "lists")
SIZES = {
    "mixture": (0.26, 0.23, 0.20, 0.17, 0.14),
    "traders": (0.32, 0.24, 0.18, 0.14, 0.12),
    "readers": (0.28, 0.22, 0.18, 0.17, 0.15),
}
NO_KIND = 0.15
LEVELS = (4, 8, 5, 6, 3, 7, 4, 5)


@dataclass(frozen=True)
class Kinds:
    """A table of customers and the kind of each: 0 to 4, -1 = none."""

    table: pd.DataFrame
    kinds: np.ndarray


def make_kinds(n: int, apart: str, seed: int, generator: str = "mixture") -> Kinds:
    """Draw n customers of five kinds that lie `well` or `moderate` apart."""
    rng = np.random.default_rng([seed, GENERATORS.index(generator), n, DISTANCES.index(apart)])
    kinds = rng.choice(5, n, p=SIZES[generator])
    draw = {"mixture": _draw_mixture, "traders": _draw_traders, "readers": _draw_readers}[generator]
    table = draw(rng, kinds, *APART[generator, apart])
    stray = rng.random(n) < NO_KIND
    for name in table:
        column = table[name].to_numpy().copy()
        column[stray] = column[rng.integers(0, n, int(stray.sum()))]
        table[name] = pd.Series(column, table.index).astype(table[name].dtype)
    if generator == "traders":
        table = table.mask(rng.random(table.shape) < 0.1)
    return Kinds(table, np.where(stray, -1, kinds))


def make_cloud(n: int, variant: str, seed: int) -> pd.DataFrame:
    """Draw n customers without kinds."""
    rng = np.random.default_rng([seed, 99, n, NULLS.index(variant)])
    if variant == "independent":
        table = make_kinds(n, "well", seed, GENERATORS[seed % 2]).table
        return pd.DataFrame({name: column.to_numpy()[rng.permutation(n)] for name, column in table.items()}, _name(n))
    factors = rng.normal(size=(n, 3))
    numbers = factors @ rng.normal(size=(3, 10)) + rng.normal(size=(n, 10))
    if variant == "long_tails":
        numbers = np.exp(0.4 * numbers) * np.abs(rng.standard_t(2, (n, 1)))
    table = pd.DataFrame(numbers, _name(n), [f"number {i}" for i in range(10)])
    for i, levels in enumerate(LEVELS):
        blend = 0.8 * factors[:, i % 3] + 0.6 * rng.normal(size=n) if variant == "gradient" else rng.normal(size=n)
        ends = np.quantile(blend, np.cumsum(rng.dirichlet(np.full(levels, 3.0)))[:-1])
        table[f"category {i}"] = pd.array([f"level {k}" for k in np.searchsorted(ends, blend)], dtype="str")
    if variant == "missing":
        table = table.mask(rng.random(table.shape) < 0.3)
    if variant == "thin_records":  # of a third of the customers, little is known
        table = table.mask(rng.random(table.shape) < np.where(rng.random(n) < 0.3, 0.7, 0.05)[:, None])
    if variant == "lists":
        for i in range(4):
            table[f"list {i}"] = _draw_lists(rng, n, rng.uniform(0.05, 0.5, 8))
    return table


def _draw_mixture(rng: np.random.Generator, kinds: np.ndarray, spread: float, evenness: float) -> pd.DataFrame:
    """Normal numbers around centres; in each kind its own mix of the levels of each category."""
    numbers = (spread * rng.normal(size=(5, 10)))[kinds] + rng.normal(size=(len(kinds), 10))
    table = pd.DataFrame(numbers, _name(len(kinds)), [f"number {i}" for i in range(10)])
    for i, levels in enumerate(LEVELS):
        ends = np.cumsum(rng.dirichlet(np.full(levels, evenness), 5), axis=1)[kinds]
        drawn = (rng.random(len(kinds))[:, None] > ends[:, :-1]).sum(axis=1)
        table[f"category {i}"] = pd.array([f"level {k}" for k in drawn], dtype="str")
    return table


def _draw_traders(rng: np.random.Generator, kinds: np.ndarray, spread: float, share: float) -> pd.DataFrame:
    """Long-tailed numbers that hang together in each kind, four of them the same in all; a home level a category."""
    n = len(kinds)
    centres = spread * rng.normal(size=(5, 10)) * (np.arange(10) < 6)
    mixes = np.eye(10) + 0.35 * rng.normal(size=(5, 10, 10))
    drawn = centres[kinds] + np.einsum("ni,nij->nj", rng.normal(size=(n, 10)), mixes[kinds]) / 1.5
    table = pd.DataFrame(np.exp(0.7 * drawn) * 100, _name(n), [f"sum {i}" for i in range(10)])
    for i in range(7):
        homes = rng.integers(0, LEVELS[i], 5)[kinds]
        table[f"code {i}"] = pd.array(
            [f"code {k}" for k in np.where(rng.random(n) < share, homes, rng.integers(0, LEVELS[i], n))], dtype="str"
        )
    table["goods"] = _draw_lists(rng, n, np.where(rng.random((5, 8)) < 0.3, 0.3 + share / 2, 0.1)[kinds])
    return table


def _draw_readers(rng: np.random.Generator, kinds: np.ndarray, spread: float, contrast: float) -> pd.DataFrame:
    """Counts of use with many ties, and yes/no answers."""
    rates = np.exp(rng.uniform(0.5, 3, 10) + spread * rng.normal(size=(5, 10)))[kinds]
    counts = rng.poisson(rates * rng.gamma(8, 1 / 8, rates.shape)).astype(float)
    table = pd.DataFrame(counts, _name(len(kinds)), [f"count {i}" for i in range(10)])
    chances = 1 / (1 + np.exp(-contrast * rng.normal(size=(5, 8))))[kinds]
    for i in range(8):
        table[f"answer {i}"] = pd.array(rng.random(len(kinds)) < chances[:, i], dtype="boolean")
    return table


def _draw_lists(rng: np.random.Generator, n: int, chances: np.ndarray) -> pd.Series:
    names = np.array([f"item {i}" for i in range(8)])
    return pd.Series([tuple(names[row]) for row in rng.random((n, 8)) < chances], _name(n), dtype=object)


def _name(n: int) -> list[str]:
    return [f"A{i:05d}" for i in range(n)]
