"""The kinds of company in the synthetic world, and what is planted in them: `world.toml`, typed."""

from dataclasses import dataclass
from typing import Any

from icp_lab.locale.declared import read_declared


@dataclass(frozen=True)
class Kind:
    """A kind of company: its share of all accounts and how its attributes are distributed.

    `employees` is (median, spread of the logarithm), `founded` and `maturity` are (mean, deviation), `growth` and
    `it_budget` (mean, deviation) of a share a year; dicts hold probabilities; `churn` the reasons for leaving.
    """

    name: str
    share: float
    industry: dict[str, float]
    employees: tuple[float, float]
    founded: tuple[float, float]
    maturity: tuple[float, float]
    growth: tuple[float, float]
    it_budget: tuple[float, float]
    exports: float
    dealer: float
    tech: dict[str, float]
    decision: dict[str, float]
    churn: dict[str, float]


_WORLD = read_declared("icp_lab.worlds", "world.toml")
KINDS: tuple[Kind, ...] = tuple(Kind(**kind) for kind in _WORLD["kinds"])
PROFILE: tuple[dict[str, Any], ...] = _WORLD["profile"]
NEGATIVE: tuple[dict[str, Any], ...] = _WORLD["negative"]
REGIONS: dict[str, tuple[str, str]] = _WORLD["regions"]
MISSING: dict[str, float] = _WORLD["missing"]
HEADERS: dict[str, str] = _WORLD["headers"]
