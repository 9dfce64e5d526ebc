"""Refusals of the search for segments."""

from collections.abc import Sequence

from icp_lab.errors.base import LabError, ask_nearest, utter


def unknown_attribute(name: str, known: Sequence[str]) -> LabError:
    """An attribute is left out that is not among the candidates anyway."""
    nearest = ask_nearest(name, known)
    return utter("segments.unknown_attribute", name=repr(name), names=", ".join(known), remedy=nearest)
