"""Refusals of the search for segments."""

from collections.abc import Sequence
from difflib import get_close_matches

from icp_lab.errors.base import LabError
from icp_lab.locale import _


def unknown_attribute(name: str, known: Sequence[str]) -> LabError:
    """An attribute is left out that is not among the candidates anyway."""
    near = get_close_matches(name, known, n=1)
    return LabError(
        _("exclude names {name}, which is no attribute that could be used.").format(name=repr(name)),
        rule=_("The attributes are {names}.").format(names=", ".join(known)),
        remedy=_("Did you mean {near}?").format(near=near[0]) if near else _("Rename or remove it."),
    )
