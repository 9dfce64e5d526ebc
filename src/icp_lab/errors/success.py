"""Refusals of the choice of best customers."""

from collections.abc import Sequence

from icp_lab.errors.base import LabError, utter


def unknown_measure(name: str, known: Sequence[str]) -> LabError:
    """A weight is given to something that is not a measure of success."""
    return utter("success.unknown_measure", name=repr(name), names=", ".join(known))


def no_weight(measured: Sequence[str]) -> LabError:
    """Every measure that the tables allow has weight 0, or a weight is below 0."""
    return utter("success.no_weight", names=", ".join(measured))
