"""Refusals about profiles: rules as text, icp.yml, accounts that nobody knows."""

from collections.abc import Iterable
from difflib import get_close_matches

from icp_lab.errors.base import LabError, Place
from icp_lab.locale import _


def _nearest(word: str, known: Iterable[str]) -> str:
    """Name the known word that a reader most likely meant, else list some."""
    words = sorted(known)
    return _guess(word, words) or (_("Known are: {words}.").format(words=", ".join(words[:20])) if words else "")


def _guess(word: str, known: Iterable[str]) -> str:
    """Name the known word that a reader most likely meant, or nothing."""
    plain = {each.casefold(): each for each in sorted(known)}
    close = get_close_matches(word.casefold(), plain, n=1)
    return _("Did you mean {word}?").format(word=plain[close[0]]) if close else ""


def cannot_read_rule(text: str, why: str) -> LabError:
    """Refuse a rule in text form that is not in the grammar."""
    return LabError(
        _("The rule {text!r} cannot be read: {why}").format(text=text, why=why),
        rule=_("A rule is criteria joined by 'and', such as: employees >= 100 and employees < 500 and "
               "industry in ('SaaS', 'Fintech') and 'Salesforce' in tech_stack and exports and not dealer."),
        remedy=_("Write names with spaces or signs between backticks: `annual revenue` >= 5."),
    )


def bound_not_in_grammar(text: str, attribute: str) -> LabError:
    """Refuse > and <=, which an interval min <= x < max cannot say."""
    return cannot_read_rule(text, _("{attribute} is compared with > or <=, but an interval includes its lower bound "
                                    "and excludes its upper one: use >= and <.").format(attribute=attribute))


def too_many_criteria(count: int, most: int) -> LabError:
    """Refuse a rule that nobody could keep in mind."""
    return LabError(
        _("The rule has {count} criteria.").format(count=count),
        rule=_("At most {most} criteria, so that everybody can keep the profile in mind.").format(most=most),
        remedy=_("Leave out those that matter least."),
    )


def bad_criterion(found: str, place: Place | None = None) -> LabError:
    """Refuse a criterion that is not one of the four kinds."""
    return LabError(
        _("{found} is not a criterion.").format(found=found),
        rule=_("A criterion names an attribute and one of: min and/or max (numbers, min < max), in (a list of texts), "
               "has (a text), is (yes or no)."),
        remedy=_("For example: {{attribute: employees, min: 100, max: 500}}."), place=place,
    )


def unknown_attribute(attribute: str, known: Iterable[str], place: Place | None = None) -> LabError:
    """Refuse a criterion on an attribute that the table does not have."""
    return LabError(
        _("There is no attribute {attribute}.").format(attribute=attribute),
        rule=_("A criterion is about a column of the table that it is applied to."),
        remedy=_nearest(attribute, known), place=place,
    )


def wrong_kind(attribute: str, kind: str, value: str) -> LabError:
    """Refuse to compare a column with a criterion of another kind."""
    return LabError(
        _("{attribute} holds {value!r}, which the criterion cannot be compared with.").format(
            attribute=attribute, value=value),
        rule=_("A criterion of kind {kind} needs a column of that kind.").format(kind=kind),
        remedy=_("Correct the column's type in study.yml, or the criterion."),
    )


def not_a_profile(file: str, why: str, row: int | None = None) -> LabError:
    """Refuse a file that is not an icp.yml."""
    return LabError(
        _("This is not a profile: {why}").format(why=why),
        rule=_("icp.yml is YAML with at least schema, name and criteria."),
        remedy=_("Compare it with the icp.yml of a report, or roll back to a former version."),
        place=Place(file=file, row=row),
    )


def unknown_key(key: str, known: Iterable[str], place: Place) -> LabError:
    """Refuse a key that icp.yml does not know."""
    return LabError(
        _("The key {key} is unknown here.").format(key=key), rule=_("Every key of icp.yml is one of the listed ones."),
        remedy=_nearest(key, known), place=place,
    )


def wrong_value(key: str, value: str, allowed: Iterable[str], place: Place) -> LabError:
    """Refuse a value that a key of icp.yml cannot have."""
    return LabError(
        _("{key} is {value!r}.").format(key=key, value=value),
        rule=_("Allowed are: {words}.").format(words=", ".join(allowed)), remedy=_guess(value, allowed), place=place,
    )


def nothing_to_adopt(out: str) -> LabError:
    """Refuse to adopt a definition that no run has made."""
    return LabError(
        _("There is no icp.yml in {out}.").format(out=out), rule=_("What a finished run proposes can be adopted."),
        remedy=_("Run the report first: icp-lab report."),
    )


def no_such_version(version: str, known: Iterable[str]) -> LabError:
    """Refuse to roll back to a version that is not kept."""
    return LabError(
        _("There is no version {version}.").format(version=version),
        rule=_("Former versions are kept in the study's folder icp."), remedy=_nearest(version, known),
    )


def name_of_several(name: str, accounts: Iterable[str]) -> LabError:
    """Refuse to choose among accounts of one name."""
    return LabError(
        _("Several accounts have the name {name}: {accounts}.").format(name=name, accounts=", ".join(accounts)),
        remedy=_("Name one by its account_id."),
    )


def no_such_account(account: str, known: Iterable[str]) -> LabError:
    """Refuse to explain an account that the study does not have."""
    return LabError(
        _("There is no account {account}.").format(account=account), rule=_("Name it by its account_id or its name."),
        remedy=_nearest(account, known),
    )


def not_scorable(file: str, suffixes: Iterable[str]) -> LabError:
    """Refuse to score a file of another kind, or into one."""
    return LabError(
        _("{file} is neither CSV nor Parquet.").format(file=file),
        rule=_("Files that are scored end in one of: {suffixes}.").format(suffixes=", ".join(suffixes)),
    )


def same_file(file: str) -> LabError:
    """Refuse to write the scores over the file that they are of."""
    return LabError(_("{file} would be written over by its own scores.").format(file=file),
                    remedy=_("Name another file to write."))


def name_taken(file: str, column: str) -> LabError:
    """Refuse a file that has a column that scoring adds."""
    return LabError(
        _("The file has a column {column} already, which scoring adds.").format(column=column),
        remedy=_("Score the file as it was before, or leave out the columns that begin with icp_."), place=Place(file),
    )


def nothing_to_score() -> LabError:
    """Refuse to score by a profile without criteria."""
    return LabError(
        _("The profile has no criteria."),
        rule=_("Scoring asks the criteria that a profile claims, else those under evidence.refused, as a hypothesis."),
        remedy=_("Write criteria into it, or score by another version."),
    )


def bad_points(found: str) -> LabError:
    """Refuse points or tiers that are no numbers."""
    return LabError(
        _("{found} gives no points.").format(found=found),
        rule=_("score holds base and points, each a criterion with the numbers met and failed; a tier has a name and "
               "the number min_fit."),
    )


def cannot_score(file: str, why: str) -> LabError:
    """Say what stopped the scoring of a file; nothing was written."""
    return LabError(_("The file could not be scored: {why}").format(why=why),
                    remedy=_("Nothing was written. Put the file right, or make room, and try once more."),
                    place=Place(file))
