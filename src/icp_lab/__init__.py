"""ICP lab: from a company's own exports to an Ideal Customer Profile, with the evidence for it."""

from importlib import import_module
from typing import Any

_EXPORTS = {
    "find_icp": "icp_lab.methods.evidence", "test_icp": "icp_lab.methods.declared",
    "try_rule": "icp_lab.icp.tries", "load_icp": "icp_lab.icp", "open_study": "icp_lab.study"}
_MODULES = ("step", "worlds")
__all__ = ["find_icp", "load_icp", "open_study", "step", "test_icp", "try_rule", "worlds"]


def __getattr__(name: str) -> Any:
    """Load what the package offers when it is first asked for, so that `import icp_lab` costs nothing."""
    if name in _MODULES:
        return import_module(f"icp_lab.{name}")
    if name in _EXPORTS:
        return getattr(import_module(_EXPORTS[name]), name)
    raise AttributeError(f"module 'icp_lab' has no attribute {name!r}")
