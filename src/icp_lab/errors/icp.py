"""Refusals about rules and profiles that several places utter."""

from collections.abc import Iterable

from icp_lab.errors.base import LabError, Place, name_nearest, utter


def too_many_criteria(count: int, most: int) -> LabError:
    """Refuse a rule that nobody could keep in mind."""
    return utter("icp.too_many_criteria", count=count, most=most)


def bad_criterion(found: str, place: Place | None = None) -> LabError:
    """Refuse a criterion that is not one of the four kinds."""
    return utter("icp.bad_criterion", place, found=found)


def unknown_attribute(attribute: str, known: Iterable[str], place: Place | None = None) -> LabError:
    """Refuse a criterion on an attribute that the table does not have."""
    return utter("icp.unknown_attribute", place, attribute=attribute, remedy=name_nearest(attribute, known))


def wrong_kind(attribute: str, kind: str, value: str) -> LabError:
    """Refuse to compare a column with a criterion of another kind."""
    return utter("icp.wrong_kind", attribute=attribute, value=value, kind=kind)
