"""The ICP document in sentences: the definition, its evidence and verdict, what is ruled out, what to do next."""

from typing import Any

import pandas as pd

from icp_lab.locale import _
from icp_lab.rule import Rule, name_attribute
from icp_lab.views.table import Table, say, say_interval
from icp_lab.views.words import Prose, begin, join, lay_out, name, names, phrase, tell

MARKS = {"supported": "●", "tentative": "◐", "unsupported": "◇"}  # a verdict is a word and a shape
_WORTH_RULING_OUT = 3.0  # times the rate of all: to exclude more than that tells nobody anything


def tell_definition(icp: dict[str, Any]) -> Prose:
    """Say in one sentence who the ideal customers are.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml.

    Returns
    -------
    Prose
        A hypothesis is worded as one, and never as a finding; it says so too where there is not even that.

    Examples
    --------
    >>> claim = [{"attribute": "employees", "min": 100}]
    >>> tell_definition({"criteria": claim})
    Our ideal customers: **employees at least 100**.
    >>> tell_definition({"criteria": [], "evidence": {"refused": claim}})
    The data do not carry a profile. Working hypothesis, not a finding: **employees at least 100**.
    """
    rule = Rule.from_profile(icp)
    claim = "claimed" if icp.get("criteria") else "refused" if rule.criteria else "none"
    return phrase("profile", claim, criteria=rule.words())


def tell_lead(icp: dict[str, Any]) -> Prose:
    """Say what stands first: who the ideal customers are, else what is ruled out and which hypothesis is left.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml.

    Returns
    -------
    Prose
        What is ruled out, where anything is, and the definition.

    Examples
    --------
    >>> evidence = {"refused": [{"attribute": "employees", "min": 100}], "n": 100, "excluded_above": 1.6}
    >>> tell_lead({"criteria": [], "evidence": evidence})
    **Ruled out**: with 100 customers, no single attribute that covers enough of them raises the rate to more than 1.6
    times that of all (95 %, all attributes together). The data do not carry a profile. Working hypothesis, not a
    finding: **employees at least 100**.
    """
    return join(tell_ruled_out(icp), tell_definition(icp))


def tell_headline(icp: dict[str, Any]) -> Prose:
    """Say the profile in a sentence or two, and how sure it is.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml.

    Returns
    -------
    Prose
        The definition with its lift; where nothing is claimed, what `tell_lead` says.

    Examples
    --------
    >>> evidence = {"n": 100, "lift": 2.5, "lift_low": 1.6, "lift_high": 3.9}
    >>> tell_headline({"criteria": [{"attribute": "employees", "min": 100}], "evidence": evidence, "outcome": "best"})
    Our ideal customers: **employees at least 100**. On cases the search had not seen, those inside became best
    customers 2.5 times as often as all cases (1.6 to 3.9; 100 customers).
    """
    return join(tell_definition(icp), tell_lift(icp)) if icp.get("criteria") else tell_lead(icp)


def say_verdict(icp: dict[str, Any]) -> str:
    """Name the verdict, as it stands beside its shape.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml; only `verdict` is read.

    Returns
    -------
    str
        With a capital letter, in the reader's language.

    Examples
    --------
    >>> say_verdict({"verdict": "supported"}), MARKS["supported"]
    ('Supported by the data', '●')
    """
    return begin(name("verdict", icp["verdict"]))


def tell_verdict(icp: dict[str, Any]) -> Prose:
    """Say how far the data carry the definition, and why no further.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml: `verdict`, and the codes of `verdict_reason`; codes without words are passed
        over.

    Returns
    -------
    Prose
        The verdict with its reasons.

    Examples
    --------
    >>> tell_verdict({"verdict": "unsupported", "verdict_reason": ["too_few"]})
    **Unsupported**: there are too few cases of one kind to tell anything from chance.
    """
    known = names("verdict_reason")
    reasons = _("; ").join(known[code] for code in icp.get("verdict_reason") or [] if code in known)
    return phrase("verdict_told", icp["verdict"], reasons=reasons or _("the evidence is not enough yet"))


def tell_lift(icp: dict[str, Any]) -> Prose:
    """Say how much more often cases inside come out well.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml; of a declared or edited one it is said that the search did not find it.

    Returns
    -------
    Prose
        The lift with its interval and n; that there is none where the evidence has no figure.

    Examples
    --------
    >>> tell_lift({"evidence": {"n": 100, "lift": 2.5, "lift_low": 1.6, "lift_high": 3.9}, "outcome": "won"})
    On cases the search had not seen, those inside were won 2.5 times as often as all cases (1.6 to 3.9; 100 closed
    deals).
    """
    evidence = icp.get("evidence") or {}
    if not is_number(evidence.get("lift")):
        return phrase("nothing", "lift")
    edited = icp.get("basis") == "declared" or "edited" in (icp.get("verdict_reason") or [])
    return phrase("profile", "edited" if edited else "lift", done=name("done", icp.get("outcome") or "best"),
                  n=count_cases(icp, evidence.get("n")), **_say_lift(evidence))


def _say_lift(found: dict[str, Any]) -> dict[str, str]:
    return {"lift": say(found["lift"], "ratio"),
            "interval": say_interval(found.get("lift_low"), found.get("lift_high"), "ratio")}


def tell_ruled_out(icp: dict[str, Any]) -> Prose:
    """Say which effects the data exclude.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml; `excluded_above` of its evidence is the limit.

    Returns
    -------
    Prose
        An empty sentence where a profile is claimed, or where no more than three times the rate of all is excluded.

    Examples
    --------
    >>> tell_ruled_out({"criteria": [], "evidence": {"n": 100, "excluded_above": 1.6}})
    **Ruled out**: with 100 customers, no single attribute that covers enough of them raises the rate to more than 1.6
    times that of all (95 %, all attributes together).
    >>> tell_ruled_out({"criteria": [], "evidence": {"n": 100, "excluded_above": 18.4}}) == ""
    True
    """
    evidence = icp.get("evidence") or {}
    limit = evidence.get("excluded_above")
    if icp.get("criteria") or limit is None or not limit <= _WORTH_RULING_OUT:
        return Prose("")
    return phrase("ruled_out", "all" if "ruled_out" in (icp.get("verdict_reason") or []) else "covering",
                  n=count_cases(icp, evidence.get("n")), limit=say(limit, "ratio"))


def tell_outcomes(icp: dict[str, Any]) -> Prose:
    """Say how the same rule does on the other outcomes, and with size held fixed.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml: `outcomes` and `size_fixed` of its evidence.

    Returns
    -------
    Prose
        A sentence for each that has a lift; empty where none has.

    Examples
    --------
    >>> tell_outcomes({"evidence": {"outcomes": {"won": {"n": 80, "lift": 1.2, "lift_low": 0.9, "lift_high": 1.6}}}})
    On winning deals: 1.20 times (0.9 to 1.6; 80 closed deals).
    """
    return join(*[tell(name("lift_on", on), n=count_cases(icp if on == "same_size" else {"outcome": on}, one["n"]),
                       **_say_lift(one)) for on, one in _find_outcomes(icp).items()])


def list_lifts(icp: dict[str, Any]) -> list[tuple[str, str, tuple[float, float, float]]]:
    """List how much more often things go well inside, outcome by outcome.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml.

    Returns
    -------
    list of tuple
        The outcome, its n in words, and the lift with the ends of its interval; the own outcome first, size held fixed
        last.

    Examples
    --------
    >>> list_lifts({"outcome": "won", "evidence": {"n": 80, "lift": 1.2, "lift_low": 0.9, "lift_high": 1.6}})
    [('Deals won', 80 closed deals, (1.2, 0.9, 1.6))]
    """
    own, evidence = icp.get("outcome") or "best", icp.get("evidence") or {}
    whole = all(is_number(evidence.get(end)) for end in ("lift", "lift_low", "lift_high"))
    found = {own: evidence if whole else None, **_find_outcomes(icp)}
    return [(names("lift_short")[on], count_cases({"outcome": own if on == "same_size" else on}, one["n"]),
             (one["lift"], one["lift_low"], one["lift_high"])) for on, one in found.items() if one]


def _find_outcomes(icp: dict[str, Any]) -> dict[str, Any]:
    evidence = icp.get("evidence") or {}
    known = {**(evidence.get("outcomes") or {}), "same_size": evidence.get("size_fixed") or {}}
    return {on: one for on, one in known.items() if is_number(one.get("lift"))}


def tell_next_step(icp: dict[str, Any]) -> Prose:
    """Say what is to be done now, given the verdict.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml: `verdict` and `next_review`.

    Returns
    -------
    Prose
        The step, with the day of the next review where it names one.

    Examples
    --------
    >>> tell_next_step({"verdict": "supported", "next_review": "2026-09-30"})
    Work by it, keep a small share of effort outside it, and look again on 2026-09-30.
    """
    return tell(name("next_step", icp["verdict"]), date=icp["next_review"])


def tell_avoid(icp: dict[str, Any]) -> Prose:
    """Say whom to avoid, as far as the data carry it.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml: its `avoid`.

    Returns
    -------
    Prose
        The negative profile with verdict and lift; that there is none where `avoid` is empty.

    Examples
    --------
    >>> evidence = {"n": 120, "lift": 2.5, "lift_low": 1.5, "lift_high": 3.5}
    >>> avoid = {"criteria": [{"attribute": "region", "in": ["EU"]}], "verdict": "tentative", "evidence": evidence}
    >>> tell_avoid({"avoid": avoid})
    **Region EU** (tentative, a promising hypothesis). On cases the search had not seen, those inside proved a poor fit
    2.5 times as often as all cases (1.5 to 3.5; 120 accounts).
    >>> tell_avoid({})
    No profile of firms to avoid is claimed: those that did not fit have too little in common.
    """
    if not icp.get("avoid"):
        return phrase("nothing", "avoid")
    return _tell_profile(icp["avoid"], "failed")


def tell_further(icp: dict[str, Any]) -> list[Prose]:
    """Say which further profiles there are, each with a lift and a verdict of its own.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml: its `more`, and the `outcome` that their lifts are on.

    Returns
    -------
    list of Prose
        A paragraph a profile; none where there is no `more`.

    Examples
    --------
    >>> other = {"criteria": [{"attribute": "region", "in": ["EU"]}], "verdict": "supported", "evidence": {}}
    >>> tell_further({"more": [other], "outcome": "won"})
    [**Region EU** (supported by the data). No lift can be stated from these cases.]
    """
    return [_tell_profile(one, icp["outcome"]) for one in icp.get("more") or []]


def _tell_profile(icp: dict[str, Any], outcome: str) -> Prose:
    return join(phrase("profile", "other", criteria=begin(Rule.from_dicts(icp["criteria"]).words()),
                       verdict=name("verdict", icp["verdict"])), tell_lift({**icp, "outcome": outcome}))


def tabulate_criteria(icp: dict[str, Any]) -> Table:
    """Show which criteria make up the profile, and how often another sample chooses the same attribute.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml; without claimed criteria those of the working hypothesis, under a title that says
        so.

    Returns
    -------
    Table
        A row a criterion; a dash where it is not known how often its attribute is chosen again.

    Examples
    --------
    >>> criteria = [{"attribute": "employees", "min": 100}, {"attribute": "industry", "in": ["SaaS"]}]
    >>> tabulate_criteria({"criteria": criteria, "evidence": {"stability": {"employees": 0.8}}}).cells()
    [['employees', 'employees at least 100', '80'], ['industry', 'industry SaaS', '–']]
    """
    stability = (icp.get("evidence") or {}).get("stability") or {}
    rows = [(name_attribute(one.attribute), one.words(), stability.get(one.attribute))
            for one in Rule.from_profile(icp).criteria]
    frame = pd.DataFrame(rows, columns=["attribute", "criterion", "stability"]).astype({"stability": "float64"})
    return lay_out("criteria", frame, title="" if icp.get("criteria") else phrase("profile", "hypothesis"))


def count_cases(icp: dict[str, Any], n: object) -> str:
    """Write a number of cases in words of the outcome.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml; without `outcome`, `best` is taken.
    n : object
        How many; a dash stands for a missing number.

    Returns
    -------
    str
        Such as customers, or closed deals.

    Examples
    --------
    >>> count_cases({"outcome": "won"}, 1200), count_cases({"outcome": "best"}, None)
    (1,200 closed deals, – customers)
    """
    return tell(name("cases", icp.get("outcome") or "best"), n=say(n, "integer"))


def is_number(value: object) -> bool:
    """Tell whether this is a figure, and not the lack of one.

    Parameters
    ----------
    value : object
        A value out of icp.yml.

    Returns
    -------
    bool
        False for NaN and for anything that is neither int nor float.

    Examples
    --------
    >>> is_number(1.5), is_number(float("nan")), is_number(None)
    (True, False, False)
    """
    return isinstance(value, (int, float)) and value == value  # noqa: PLR0124  (not a number is unequal to itself)
