"""Refusals about profiles: rules as text, icp.yml, accounts that nobody knows."""

from collections.abc import Iterable

from icp_lab.errors.base import LabError, Place, ask_nearest, utter
from icp_lab.locale import _


def _nearest(word: str, known: Iterable[str]) -> str:
    """Name the known word that a reader most likely meant, else list some."""
    words = sorted(known)
    return ask_nearest(word, words) or (_("Known are: {words}.").format(words=", ".join(words[:20])) if words else "")


def cannot_read_rule(text: str, why: str) -> LabError:
    """Refuse a rule in text form that is not in the grammar."""
    return utter("icp.cannot_read_rule", text=text, why=why)


def bound_not_in_grammar(text: str, attribute: str) -> LabError:
    """Refuse > and <=, which an interval min <= x < max cannot say."""
    return cannot_read_rule(text, _("{attribute} is compared with > or <=, but an interval includes its lower bound "
                                    "and excludes its upper one: use >= and <.").format(attribute=attribute))


def too_many_criteria(count: int, most: int) -> LabError:
    """Refuse a rule that nobody could keep in mind."""
    return utter("icp.too_many_criteria", count=count, most=most)


def bad_criterion(found: str, place: Place | None = None) -> LabError:
    """Refuse a criterion that is not one of the four kinds."""
    return utter("icp.bad_criterion", place, found=found)


def unknown_attribute(attribute: str, known: Iterable[str], place: Place | None = None) -> LabError:
    """Refuse a criterion on an attribute that the table does not have."""
    return utter("icp.unknown_attribute", place, attribute=attribute, remedy=_nearest(attribute, known))


def wrong_kind(attribute: str, kind: str, value: str) -> LabError:
    """Refuse to compare a column with a criterion of another kind."""
    return utter("icp.wrong_kind", attribute=attribute, value=value, kind=kind)


def not_a_profile(file: str, why: str, row: int | None = None) -> LabError:
    """Refuse a file that is not an icp.yml."""
    return utter("icp.not_a_profile", Place(file=file, row=row), why=why)


def unknown_key(key: str, known: Iterable[str], place: Place) -> LabError:
    """Refuse a key that icp.yml does not know."""
    return utter("icp.unknown_key", place, key=key, remedy=_nearest(key, known))


def wrong_value(key: str, value: str, allowed: Iterable[str], place: Place) -> LabError:
    """Refuse a value that a key of icp.yml cannot have."""
    nearest = ask_nearest(value, allowed)
    return utter("icp.wrong_value", place, key=key, value=value, words=", ".join(allowed), remedy=nearest)


def nothing_to_adopt(out: str) -> LabError:
    """Refuse to adopt a definition that no run has made."""
    return utter("icp.nothing_to_adopt", out=out)


def no_such_version(version: str, known: Iterable[str]) -> LabError:
    """Refuse to roll back to a version that is not kept."""
    return utter("icp.no_such_version", version=version, remedy=_nearest(version, known))


def name_of_several(name: str, accounts: Iterable[str]) -> LabError:
    """Refuse to choose among accounts of one name."""
    return utter("icp.name_of_several", name=name, accounts=", ".join(accounts))


def no_such_account(account: str, known: Iterable[str]) -> LabError:
    """Refuse to explain an account that the study does not have."""
    return utter("icp.no_such_account", account=account, remedy=_nearest(account, known))


def not_scorable(file: str, suffixes: Iterable[str]) -> LabError:
    """Refuse to score a file of another kind, or into one."""
    return utter("icp.not_scorable", file=file, suffixes=", ".join(suffixes))


def same_file(file: str) -> LabError:
    """Refuse to write the scores over the file that they are of."""
    return utter("icp.same_file", file=file)


def name_taken(file: str, column: str) -> LabError:
    """Refuse a file that has a column that scoring adds."""
    return utter("icp.name_taken", Place(file), column=column)


def nothing_to_score() -> LabError:
    """Refuse to score by a profile without criteria."""
    return utter("icp.nothing_to_score")


def bad_points(found: str) -> LabError:
    """Refuse points or tiers that are no numbers."""
    return utter("icp.bad_points", found=found)


def cannot_score(file: str, why: str) -> LabError:
    """Say what stopped the scoring of a file; nothing was written."""
    return utter("icp.cannot_score", Place(file), why=why)
