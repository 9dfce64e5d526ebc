"""A second look at a draft: what else it might be, other outcomes and profiles, what was left out, what to collect."""

import math

import pandas as pd

from icp_lab.methods.confounding import Confounding
from icp_lab.methods.draft import AttributeGroups, OutcomeLifts, SizeFixed
from icp_lab.methods.finding import Finding
from icp_lab.methods.leaks import Leaks
from icp_lab.methods.profile import MoreProfiles
from icp_lab.rule import Rule, name_attribute
from icp_lab.views.contrasts import tell_confounding
from icp_lab.views.draft import collect_words
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, begin, join, lay_out, name, phrase

NO_EXCESS = 0.1  # a ratio this close to one leaves nothing that size could explain
_LEANS = 6  # rows of a table


def tell_reach(finding: Finding, outcome: str, reach: tuple[float, float]) -> Prose:
    """Say before anybody looks which profile so many cases could show at all.

    Parameters
    ----------
    finding : Finding
        The search, of which the number of cases counts.
    outcome : str
        The outcome that the profile is drafted on, such as `best`.
    reach : tuple of 2 float
        The smallest lift that a search could show, and a declared rule; NaN where none could.

    Returns
    -------
    Prose
        Both lifts, or what the cases are too few for.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> tell_reach(replace(finding, n=40, best=8), "best", (math.nan, 2.6))
    Before looking: 40 customers, of which 8 became best customers, are too few for a search to show any profile,
    however good; a rule that was declared beforehand could be shown if its cases do so more than 2.6 times as often as
    all.
    """
    search, declared = reach
    shown = "search" if math.isfinite(search) else "declared" if math.isfinite(declared) else "nothing"
    return phrase("reach", shown, search=search, declared=declared, **collect_words(finding, outcome))


def tell_size(size: SizeFixed, rule: Rule) -> Prose:
    """Say whether best just means big.

    Parameters
    ----------
    size : SizeFixed
        The lift on all cases, and with size bands held fixed.
    rule : Rule
        The profile; where it is about size itself, that is said.

    Returns
    -------
    Prose
        How much of the lift is left, as far as there are two bands and an excess to explain.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from icp_lab.methods.lift import Lift
    >>> plain = Lift(2.4, 1.6, 3.5, n=200, positives=40, covered=50.0, covered_positives=24.0, groups=200)
    >>> tell_size(SizeFixed(plain, replace(plain, lift=2.2, low=1.4, high=3.3), 0.86, 4), Rule())
    **Best does not just mean big**: 2.4 times on the same cases becomes 2.2 times (1.4 to 3.3) when companies of one
    size band are compared with each other.
    >>> tell_size(SizeFixed(plain, plain, math.nan, 1), Rule())
    The size of the companies is not on record in bands, so that it cannot be held fixed here.
    """
    plain, fixed = size.plain.lift, size.fixed
    if size.bands < 2 or not math.isfinite(size.left):
        return phrase("size", "unknown" if size.bands < 2 else "no_excess")
    if abs(plain - 1) < NO_EXCESS:
        return phrase("size", "hardly", plain=plain)
    word = phrase("size", "not" if size.left >= 0.67 else "part" if size.left >= 0.33 else "most")
    meant = {"employees", "annual_revenue"} & {*rule.attributes}
    return join(phrase("size", "fixed", word=word, plain=plain, fixed=fixed.lift, ends=(fixed.low, fixed.high)),
                phrase("size", "meant") if meant else "")


def tell_alike(confounding: Confounding) -> Prose:
    """Say which criteria are mostly something else.

    Parameters
    ----------
    confounding : Confounding
        What is left of each criterion when another attribute is held fixed.

    Returns
    -------
    Prose
        What `tell_confounding` says, where a criterion vanishes; else that none does, or that there was nothing to hold
        fixed.

    Examples
    --------
    >>> tell_alike(Confounding(pd.DataFrame({"kind": []}), 6))
    No criterion vanishes among companies that are alike in something else; 6 pairs of a criterion and something else
    were looked at.
    >>> tell_alike(Confounding(pd.DataFrame({"kind": []}), 0))
    No criterion is clear enough by itself to ask what else could explain it, or nothing else on record goes with the
    outcome.
    """
    if (confounding.frame["kind"] == "explained").any():
        return tell_confounding(confounding)
    return phrase("alike", "none" if confounding.tried else "untried", n=confounding.tried)


def tabulate_outcomes(outcomes: OutcomeLifts) -> Table:
    """Show how the profile does on every outcome.

    Parameters
    ----------
    outcomes : OutcomeLifts
        Its lift on every outcome that the tables allow.

    Returns
    -------
    Table
        A row an outcome; the one that it was found on is marked.

    Examples
    --------
    >>> row = {"outcome": "won", "drafted_on": False, "lift": 1.2, "low": 0.9, "high": 1.6, "n": 80, "positives": 20,
    ...        "covered": 30, "covered_positives": 9}
    >>> tabulate_outcomes(OutcomeLifts(pd.DataFrame([row]), {})).cells()
    [['is won', '80', '30', '9', '1.20 (0.90 to 1.60)', 'no']]
    """
    return lay_out("outcomes", outcomes.frame)


def tell_more(more: MoreProfiles, outcome: str) -> Prose:
    """Say whether there is another ideal customer, unlike the first.

    Parameters
    ----------
    more : MoreProfiles
        Further profiles that are supported, and the search at which it ended.
    outcome : str
        The outcome that the profile is drafted on, such as `best`.

    Returns
    -------
    Prose
        A paragraph a profile, and where the search ended; that it waits for a first one, where there is none.

    Examples
    --------
    >>> tell_more(MoreProfiles((), None), "best")
    No second profile is looked for before the first is supported.
    """
    found = [phrase("another_profile", "one", **collect_words(one, outcome) | {"rule": begin(one.rule.words())})
             for one in more.findings]
    found += [phrase("another_profile", "stopped", **collect_words(more.stopped, outcome))] if more.stopped else []
    return join(*found) if found else phrase("another_profile", "untried")


def tabulate_leans(finding: Finding) -> Table:
    """Show where the data lean, one attribute at a time.

    Parameters
    ----------
    finding : Finding
        What was found; the six strongest of its `leans` are shown.

    Returns
    -------
    Table
        A row a level: its cases, its lift, and what is left of that after shrinking.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> from icp_lab.methods.finding import Lean
    >>> from icp_lab.methods.lift import Lift
    >>> lift = Lift(2.0, 1.2, 3.3, n=200, positives=40, covered=50.0, covered_positives=20.0, groups=200)
    >>> lean = Lean(Rule.from_dicts([{"attribute": "exports", "is": True}]), lift, shrunk=1.6, top=4.1)
    >>> tabulate_leans(replace(finding, leans=(lean,))).cells()
    [['exports: yes', '50', '2.00 (1.20 to 3.30)', '1.60']]
    """
    rows = [{"level": lean.rule.words(), "n": lean.lift.covered, "lift": lean.lift.lift, "low": lean.lift.low,
             "high": lean.lift.high, "shrunk": lean.shrunk} for lean in finding.leans[:_LEANS]]
    return lay_out("leans", pd.DataFrame(rows, columns=["level", "n", "lift", "low", "high", "shrunk"]))


def tabulate_groups(groups: AttributeGroups) -> Table:
    """Show which attributes of the four groups were looked at.

    Parameters
    ----------
    groups : AttributeGroups
        A row an attribute, and the tables that would bring more.

    Returns
    -------
    Table
        By group, with how many cases have a value and what became of the attribute.

    Examples
    --------
    >>> row = {"group": "basic", "attribute": "employees", "filled": 0.9, "use": "criterion", "stability": 0.8}
    >>> tabulate_groups(AttributeGroups(pd.DataFrame([row]), {})).cells()
    [['basic', 'employees', '90', 'criterion', '80']]
    """
    return lay_out("attributes", groups.frame)


def tell_leaks(leaks: Leaks) -> Prose:
    """Say which attributes were refused because they know the outcome, and which only sound like it.

    Parameters
    ----------
    leaks : Leaks
        Suspicions by attribute, and what the study uses all the same.

    Returns
    -------
    Prose
        The refused ones with the reason; then those that are suspected by name only, and those insisted on.

    Examples
    --------
    >>> rows = {"attribute": ["lost_reason", "renewals"], "suspicion": ["missing", "name"], "refused": [True, False]}
    >>> tell_leaks(Leaks(pd.DataFrame(rows)))
    Refused as criteria, for they know the outcome: **lost reason (filled only where the case came out one way)**. Such
    a field is usually filled after the fact. Suspected by their names alone, and not refused: renewals. Ask whoever
    fills them whether they are known before the sale.
    """
    rows = leaks.frame.drop_duplicates("attribute").to_dict("records")
    refused = [phrase("leaks", "one", attribute=name_attribute(row["attribute"]),
                      reason=name("suspicion", row["suspicion"])) for row in rows if row["refused"]]
    suspected = [row["attribute"] for row in rows if not row["refused"] and row["attribute"] not in leaks.insisted]
    kinds = {"suspected": suspected, "insisted": leaks.insisted}
    return join(phrase("leaks", "refused" if refused else "none", names=refused), *(
        phrase("leaks", kind, names=list(map(name_attribute, found))) for kind, found in kinds.items() if found))


def tell_holdout(finding: Finding) -> Prose:
    """Say whether a rule found on earlier cases holds on the latest.

    Parameters
    ----------
    finding : Finding
        What was found; its `holdout` is None where the cases have no times.

    Returns
    -------
    Prose
        The lift on the latest cases; that they cannot be told, without times.

    Examples
    --------
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> tell_holdout(finding)
    The dates do not allow a test on the latest cases.
    """
    late = finding.holdout
    return (phrase("latest", "tested", ratio=late.lift, ends=(late.low, late.high), n=int(late.n)) if late
            else phrase("latest", "undated"))


def tell_method(finding: Finding) -> Prose:
    """Say which figures stand behind the verdict, for who wants them.

    Parameters
    ----------
    finding : Finding
        What was found, and what shuffled data give.

    Returns
    -------
    Prose
        The p-value, shuffles, cases of unknown outcome, and the middle lift of rules found in shuffles.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> noise = replace(finding.noise, shuffles=999, paper_lifts=(1.9, 2.1, 2.6))
    >>> tell_method(replace(finding, p_value=0.012, noise=noise))
    p = 0.012 for the whole search against 999 shuffles. The best rule of a typical shuffle looks 2.1 times as good as
    all on its own data. Left out because their outcome is unknown: 0.
    """
    paper = sorted(finding.noise.paper_lifts)
    return phrase("method", "figures", p=finding.p_value, shuffles=finding.noise.shuffles, unknown=finding.unknown,
                  paper=paper[len(paper) // 2] if paper else None)


def tell_next(finding: Finding, groups: AttributeGroups) -> list[Prose]:
    """Say what would settle it, and what is to be collected first.

    Parameters
    ----------
    finding : Finding
        What was found; `needed` cases would show a lift of `needed_lift`.
    groups : AttributeGroups
        A row an attribute, and by group the tables that would bring some where it has none.

    Returns
    -------
    list of Prose
        How many cases, unless more is ruled out; and the group without attributes, else the attribute with most gaps.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> rows = pd.DataFrame({"attribute": ["employees"], "filled": [0.4]})
    >>> groups = AttributeGroups(rows, {"technical": ("reference",)})
    >>> tell_next(replace(finding, needed=240, needed_lift=1.5), groups)
    [To show a ratio of 1.5 for one stated profile of this width takes about **240** new cases with a known outcome.,
    Collect first: an attribute of the group **technical**; the study has none.]
    """
    said = []
    if "ruled_out" in finding.verdict_reason:
        said.append(phrase("collect", "known"))
    elif finding.needed:
        said.append(phrase("collect", "cases", lift=finding.needed_lift, n=finding.needed))
    gaps = groups.frame[groups.frame["filled"] < 0.7].sort_values(["filled", "attribute"])
    empty = [group for group, tables in groups.lacking.items() if tables]
    if empty:
        said.append(phrase("collect", "group", group=name("attribute_group", empty[0])))
    elif len(gaps):
        said.append(phrase("collect", "attribute", attribute=name_attribute(gaps["attribute"].iloc[0]),
                           share=gaps["filled"].iloc[0]))
    return said
