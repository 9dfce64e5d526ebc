"""Refusals of the choice of best customers."""

from collections.abc import Sequence

from icp_lab.errors.base import LabError
from icp_lab.locale import _


def unknown_measure(name: str, known: Sequence[str]) -> LabError:
    """A weight is given to something that is not a measure of success."""
    return LabError(
        _("weights names {name}, which is no measure of success.").format(name=repr(name)),
        rule=_("The measures are {names}.").format(names=", ".join(known)),
        remedy=_("Rename or remove it."))


def no_weight(measured: Sequence[str]) -> LabError:
    """Every measure that the tables allow has weight 0, or a weight is below 0."""
    return LabError(
        _("weights leaves nothing to measure success by."),
        rule=_("Weights are 0 or more, and one of {names} weighs more than 0.").format(names=", ".join(measured)),
        remedy=_("Give at least one of them a weight."))
