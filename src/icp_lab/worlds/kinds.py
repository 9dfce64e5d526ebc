"""The kinds of company in the synthetic world, and what is planted in them: `world.toml`, typed."""

from types import SimpleNamespace
from typing import Any

from icp_lab.locale.declared import read_declared


class Kind(SimpleNamespace):
    """Hold a kind of company: its share of all accounts and how its attributes are distributed; see `world.toml`.

    Examples
    --------
    >>> KINDS[0].name, KINDS[0].share, KINDS[0].employees  # median, and spread of the logarithm
    ('scaleup', 0.32, (210, 0.72))
    """


_WORLD = read_declared("icp_lab.worlds", "world.toml")
KINDS: tuple[Kind, ...] = tuple(Kind(**kind) for kind in _WORLD["kinds"])
PROFILE: tuple[dict[str, Any], ...] = _WORLD["profile"]
NEGATIVE: tuple[dict[str, Any], ...] = _WORLD["negative"]
REGIONS: dict[str, tuple[str, str]] = _WORLD["regions"]
MISSING: dict[str, float] = _WORLD["missing"]
HEADERS: dict[str, str] = _WORLD["headers"]
