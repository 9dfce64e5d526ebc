"""Tables of cases with a planted rule, and tables without any: what tests and benchmarks hold the search against.

Two generators that share no attribute: `firms` (the one the search was tuned on) and `ledger` (held back). Both draw
thirty attributes; a planted rule has two criteria that cover about a quarter of the cases (`wide`) or three that cover
about a twelfth (`narrow`); positive cases are one in five overall and three times as many inside.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from icp_lab.rule import Criterion, Rule

BASE, LIFT = 0.2, 3.0
WIDE, NARROW = "wide", "narrow"
COVERS = {WIDE: (2, 0.25), NARROW: (3, 0.08)}
GENERATORS = ("firms", "ledger")
NULLS = ("plain", "correlated", "missing", "missing_by_size", "long_tails", "lists", "parents")
FRESH = 20_000


@dataclass(frozen=True)
class Planted:
    """A table with its truth: `fresh` is a large complete table of the same kind, `true_lift` measures a rule there."""

    cases: pd.DataFrame
    positive: pd.Series
    rule: Rule
    fresh: pd.DataFrame
    groups: pd.Series | None = None

    def jaccard(self, rule: Rule) -> float:
        """Compare whom a rule takes in with whom the truth takes in."""
        if not rule.criteria:
            return 0.0
        found, true = (r.mask(self.fresh).fillna(False).to_numpy(dtype=bool) for r in (rule, self.rule))
        return float((found & true).sum() / max(1, (found | true).sum()))

    def true_lift(self, rule: Rule) -> float:
        """Give P(positive given inside) / P(positive), free of the chance of outcomes."""
        true = self.rule.mask(self.fresh).fillna(False).to_numpy(dtype=bool)
        chance = _chances(true)
        inside = rule.mask(self.fresh).fillna(False).to_numpy(dtype=bool)
        return float(chance[inside].mean() / chance.mean()) if inside.any() else float("nan")

    def false_criteria(self, rule: Rule) -> int:
        """Count the criteria on attributes that the truth does not use."""
        return sum(c.attribute not in self.rule.attributes for c in rule.criteria)


def make_planted(n: int, kind: str, seed: int, *, generator: str = "firms", missing: float = 0.0) -> Planted:
    """Draw a table of n cases with a planted rule."""
    rng = np.random.default_rng([seed, GENERATORS.index(generator), n, list(COVERS).index(kind)])
    draw = {"firms": _draw_firms, "ledger": _draw_ledger}[generator]
    fresh = draw(rng, FRESH)
    rule = _plant_rule(rng, fresh, kind, generator)
    cases = draw(rng, n)
    positive = pd.Series(rng.random(n) < _chances(rule.mask(cases).to_numpy(dtype=bool), rule.mask(fresh).mean()))
    return Planted(_blank(rng, cases, missing), positive, rule, fresh)


def make_null(n: int, variant: str, seed: int) -> Planted:
    """Draw a table in which the outcome has nothing to do with any attribute."""
    rng = np.random.default_rng([seed, 99, n, NULLS.index(variant)])
    positive = pd.Series(rng.permutation(n) < round(BASE * n))
    groups = None
    if variant == "parents":
        parent = np.sort(rng.integers(0, n // 3, n))
        cases = _draw_firms(rng, n).iloc[parent].reset_index(drop=True)
        positive = pd.Series((rng.random(n) < BASE)[parent])
        groups = pd.Series(parent)
    elif variant == "correlated":
        cases = _draw_correlated(rng, n)
    elif variant == "lists":
        cases = _draw_ledger(rng, n, lists=8)
    elif variant == "long_tails":
        cases = pd.DataFrame({f"x{i:02}": np.exp(rng.standard_t(2, n) * 1.5).round(2) for i in range(30)})
    else:
        cases = _draw_firms(rng, n)
    if variant == "missing":
        cases = _blank(rng, cases, 0.3)
    if variant == "missing_by_size":
        share = cases["employees"].rank(pct=True).to_numpy()
        cases = _blank(rng, cases, 0.6 * (1 - share), keep=("employees",))
    return Planted(cases, positive, Rule(), cases, groups)


def _chances(inside: np.ndarray, cover: float | None = None) -> np.ndarray:
    cover = float(inside.mean()) if cover is None else float(cover)
    return np.where(inside, BASE * LIFT, (BASE - cover * BASE * LIFT) / (1 - cover))


def _blank(rng: np.random.Generator, cases: pd.DataFrame, share: object, keep: tuple[str, ...] = ()) -> pd.DataFrame:
    if not np.any(share):
        return cases
    blanked = {}
    for name, column in cases.items():
        gone = rng.random(len(cases)) < share
        nullable = column.astype("boolean") if column.dtype == bool else column
        blanked[name] = nullable if name in keep else nullable.mask(gone)
    return pd.DataFrame(blanked)


def _draw_firms(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Companies: size runs through several numbers; categories of six to ten levels; a few flags."""
    size = rng.normal(size=n)
    columns: dict[str, object] = {
        "employees": np.exp(4.5 + 1.2 * size).round() + 1,
        "annual_revenue": np.exp(15 + 1.1 * size + 0.5 * rng.normal(size=n)).round(-3),
        "founded_year": (2024 - np.exp(2.5 + 0.7 * rng.normal(size=n))).clip(1900).round(),
        "it_budget_share": rng.beta(2, 20, n).round(3),
        "growth": (0.1 + 0.2 * rng.standard_t(4, n)).round(3),
    }
    for number in range(11):
        mixed = 0.4 * size + rng.normal(size=n) if number % 3 == 0 else rng.normal(size=n)
        columns[f"n{number:02}"] = (np.exp(mixed) if number % 2 else 10 + 3 * mixed).round(2)
    levels = (8, 6, 10, 5, 7, 9, 4, 6)
    names = ("industry", "region", "segment_code", "ownership", "c04", "c05", "c06", "c07")
    for name, count in zip(names, levels, strict=True):
        weights = np.linspace(2, 1, count)
        picked = rng.choice(count, n, p=weights / weights.sum())
        columns[name] = np.array([f"{name[:3]}{i}" for i in range(count)])[picked]
    for number in range(6):
        columns[f"flag{number}"] = rng.random(n) < (0.5 if number % 2 else 0.4)
    frame = pd.DataFrame(columns)
    return frame.astype(dict.fromkeys(names, "str"))


def _draw_ledger(rng: np.random.Generator, n: int, lists: int = 2) -> pd.DataFrame:
    """Buyers of a wholesaler: counts with many ties, uneven categories with a long tail, shares, lists of products."""
    columns: dict[str, object] = {}
    base = rng.gamma(1.5, 1.0, n)
    for number in range(6):
        columns[f"orders{number}"] = rng.poisson(base * (3 + 4 * number)).astype(float)
    for number in range(5):
        columns[f"share{number}"] = np.where(rng.random(n) < 0.15, 0.0, rng.beta(1.5, 3, n)).round(2)
    for number in range(5):
        columns[f"age{number}"] = rng.uniform(0, 40, n).round(1)
    texts = []
    for number in range(7):
        count = (4, 15, 30, 6, 20, 12, 8)[number]
        weights = 1 / np.arange(1, count + 1) ** (0.6 + 0.1 * number)
        picked = rng.choice(count, n, p=weights / weights.sum())
        columns[f"kind{number}"] = np.array([f"k{number}-{i:02}" for i in range(count)])[picked]
        texts.append(f"kind{number}")
    for number in range(7 - lists if lists > 5 else 5):
        columns[f"yes{number}"] = rng.random(n) < 0.3 + 0.1 * number
    frame = pd.DataFrame(columns).astype(dict.fromkeys(texts, "str"))
    for number in range(lists):
        chances = rng.uniform(0.1, 0.55, 8)
        held = rng.random((n, 8)) < chances
        products = np.array([f"p{number}{i}" for i in range(8)])
        frame[f"products{number}"] = pd.Series([tuple(products[row]) for row in held], dtype=object)
    return frame


def _draw_correlated(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Thirty attributes out of three factors: numbers, and categories that cut the same factors."""
    factors = rng.normal(size=(n, 3))
    columns: dict[str, object] = {}
    for number in range(20):
        columns[f"x{number:02}"] = (0.9 * factors[:, number % 3] + 0.44 * rng.normal(size=n)).round(3)
    frame = pd.DataFrame(columns)
    for number in range(10):
        blend = 0.9 * factors[:, number % 3] + 0.44 * rng.normal(size=n)
        frame[f"c{number}"] = pd.qcut(blend, 6, labels=[f"l{i}" for i in range(6)]).astype("str")
    return frame


def _plant_rule(rng: np.random.Generator, fresh: pd.DataFrame, kind: str, generator: str) -> Rule:
    """Draw rules until one has the cover that is wanted, and needs each of its criteria."""
    count, cover = COVERS[kind]
    each = cover ** (1 / count)
    for _ in range(10_000):
        names = rng.choice(fresh.columns, count, replace=False)
        criteria = [_plant_criterion(rng, fresh[name], each, generator) for name in names]
        if any(c is None for c in criteria):
            continue
        rule = Rule(tuple(criteria))
        if abs(rule.mask(fresh).mean() / cover - 1) < 0.1:
            return rule
    raise RuntimeError("no rule of that cover")


def _plant_criterion(
    rng: np.random.Generator, column: pd.Series, share: float, generator: str
) -> Criterion | None:
    name = str(column.name)
    wanted = float(np.clip(share * rng.uniform(0.8, 1.25), 0.25, 0.7))
    if column.dtype == bool:
        return Criterion.flag(name, yes=bool(rng.random() < 0.7))
    if column.dtype == object:
        return Criterion.has(name, str(rng.choice(sorted({m for row in column.head(500) for m in row}))))
    if pd.api.types.is_numeric_dtype(column):
        low = rng.uniform(0.1, 0.9 - wanted) if rng.random() < 0.5 else (0.0 if rng.random() < 0.5 else 1 - wanted)
        ends = [float(np.quantile(column, q, method="lower")) for q in (low, low + wanted)]
        if generator == "ledger":
            ends = [float(f"{end:.2g}") for end in ends]
        bounds = (None if low == 0 else ends[0], None if low + wanted >= 1 - 1e-9 else ends[1])
        return None if None not in bounds and bounds[0] >= bounds[1] else Criterion.between(name, *bounds)
    shares = column.value_counts(normalize=True)
    order = rng.permutation(len(shares))
    reached = shares.iloc[order].cumsum()
    chosen = reached.index[: int((reached < wanted).sum()) + 1]
    return Criterion.one_of(name, list(chosen)) if 2 <= len(chosen) <= 4 else None
