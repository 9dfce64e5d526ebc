"""The ICP document in sentences, tables and one picture: definition, evidence, who is in and out, limits."""

from math import nan
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.document import Standing
from icp_lab.rule import Rule, name_attribute
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals, write_percent
from icp_lab.views.table import Table, say, say_interval
from icp_lab.views.words import Prose, begin, join, lay_out, name, names, phrase, say_count, show, tell

MARKS = {"supported": "●", "tentative": "◐", "unsupported": "◇"}  # a verdict is a word and a shape
_WORTH_RULING_OUT = 3.0  # times the rate of all: to exclude more than that tells nobody anything


def tell_definition(icp: dict[str, Any]) -> Prose:
    """Who are the ideal customers, in one sentence?"""
    rule = Rule.from_profile(icp)
    claim = "claimed" if icp.get("criteria") else "refused" if rule.criteria else "none"
    return phrase("profile", claim, criteria=rule.words())


def tell_lead(icp: dict[str, Any]) -> Prose:
    """What stands first: who the ideal customers are, else what is ruled out and which hypothesis is left?"""
    return join(tell_ruled_out(icp), tell_definition(icp))


def tell_headline(icp: dict[str, Any]) -> Prose:
    """How does the profile read in a sentence or two, and how sure is it?"""
    return join(tell_definition(icp), tell_lift(icp)) if icp.get("criteria") else tell_lead(icp)


def say_verdict(icp: dict[str, Any]) -> str:
    """Name the verdict, as it stands beside its shape."""
    return begin(name("verdict", icp["verdict"]))


def tell_verdict(icp: dict[str, Any]) -> Prose:
    """How far do the data carry the definition, and why no further?"""
    known = names("verdict_reason")
    reasons = _("; ").join(known[code] for code in icp.get("verdict_reason") or [] if code in known)
    return phrase("verdict_told", icp["verdict"], reasons=reasons or _("the evidence is not enough yet"))


def tell_lift(icp: dict[str, Any]) -> Prose:
    """How much more often do cases inside come out well, on cases that the search did not see or on its own?"""
    evidence = icp.get("evidence") or {}
    if not is_number(evidence.get("lift")):
        return phrase("nothing", "lift")
    edited = icp.get("basis") == "declared" or "edited" in (icp.get("verdict_reason") or [])
    return phrase("profile", "edited" if edited else "lift", done=_done(icp), n=_cases(icp, evidence.get("n")),
                  **_say_lift(evidence))


def _say_lift(found: dict[str, Any]) -> dict[str, str]:
    return {"lift": say(found["lift"], "ratio"),
            "interval": say_interval(found.get("lift_low"), found.get("lift_high"), "ratio")}


def tell_counts(icp: dict[str, Any], standing: Standing) -> Prose:
    """Of the cases inside, how many came out well, and of those outside?"""
    inside, outside = standing.inside, standing.outside
    if not inside.n or not outside.n:
        return phrase("nothing", "sides")
    return phrase("profile", "sides", inside=_cases(icp, inside.n), yes=inside.yes, done=_done(icp), share=inside.share,
                  interval=(inside.low, inside.high), other=outside.yes, outside=_cases(icp, outside.n),
                  other_share=outside.share, other_interval=(outside.low, outside.high))


def tell_ruled_out(icp: dict[str, Any]) -> Prose:
    """Which effects do the data exclude? Empty where they exclude none."""
    evidence = icp.get("evidence") or {}
    limit = evidence.get("excluded_above")
    if icp.get("criteria") or limit is None or not limit <= _WORTH_RULING_OUT:
        return Prose("")
    return phrase("ruled_out", "all" if _is_ruled_out(icp) else "covering", n=_cases(icp, evidence.get("n")),
                limit=say(limit, "ratio"))


def _is_ruled_out(icp: dict[str, Any]) -> bool:
    return "ruled_out" in (icp.get("verdict_reason") or [])


def tell_settling(icp: dict[str, Any], standing: Standing) -> Prose:
    """How could the question be settled, and how many cases does that take?"""
    n, evidence = standing.inside.n + standing.outside.n, icp.get("evidence") or {}
    way = ("no_cases" if not n else "ruled_out" if _is_ruled_out(icp) else "pilot" if not evidence.get("needed")
           else "supported" if icp["verdict"] == "supported" else "open")
    return phrase("settling", way, lift=say(evidence.get("needed_lift"), "ratio"),
                needed=say(evidence.get("needed"), "integer"), n=n)


def tell_outcomes(icp: dict[str, Any]) -> Prose:
    """How does the same rule do on the other outcomes, and with size held fixed?"""
    return join(*[tell(name("lift_on", on), n=_cases(icp if on == "same_size" else {"outcome": on}, one["n"]),
                       **_say_lift(one)) for on, one in _find_outcomes(icp).items()])


def list_lifts(icp: dict[str, Any]) -> list[tuple[str, str, tuple[float, float, float]]]:
    """How much more often do things go well inside? Outcome by outcome, with its n, its lift and the ends of that."""
    own, evidence = icp.get("outcome") or "best", icp.get("evidence") or {}
    whole = all(is_number(evidence.get(end)) for end in ("lift", "lift_low", "lift_high"))
    found = {own: evidence if whole else None, **_find_outcomes(icp)}
    return [(names("lift_short")[on], _cases({"outcome": own if on == "same_size" else on}, one["n"]),
             (one["lift"], one["lift_low"], one["lift_high"])) for on, one in found.items() if one]


def _find_outcomes(icp: dict[str, Any]) -> dict[str, Any]:
    evidence = icp.get("evidence") or {}
    known = {**(evidence.get("outcomes") or {}), "same_size": evidence.get("size_fixed") or {}}
    return {on: one for on, one in known.items() if is_number(one.get("lift"))}


def tell_order(icp: dict[str, Any], score: dict[str, Any] | None) -> Prose:
    """In which order are companies approached? `score` is the artifact."""
    if not score or not score["score"]["points"]:
        return Prose("")
    if "score" not in icp:
        return phrase("order", "other")
    weight = {str(one["criterion"]["attribute"]): 0 for one in icp["score"]["points"]}
    for one in icp["score"]["points"]:
        weight[one["criterion"]["attribute"]] += abs(one["met"]) + abs(one["failed"])
    first = sorted(weight, key=lambda name: (-weight[name], name))[:3]
    tiers = [phrase("order", "tier", tier=one["name"], least=one["min_fit"]) for one in icp["tiers"][:-1]]
    return phrase("order", "tells" if score["predicts"] else "blind", base=icp["score"]["base"], n=len(weight),
                  first=list(map(name_attribute, first)), tiers=tiers)


def tell_next_step(icp: dict[str, Any]) -> Prose:
    """Given the verdict, what is to be done now?"""
    return tell(name("next_step", icp["verdict"]), date=icp["next_review"])


def tell_limits(icp: dict[str, Any], standing: Standing) -> list[Prose]:
    """Which things does the definition not say?"""
    unknown, misses = (standing.frame["fit"] == "unknown").sum(), len(standing.winners_outside())
    counts = {"cause": 1, "flattery": 1, "unknown": unknown, "misses": misses}
    return [phrase("limit", code, n=n, all=len(standing.frame)) for code, n in counts.items() if n]


def tell_avoid(icp: dict[str, Any]) -> Prose:
    """Whom to avoid, as far as the data carry it?"""
    if not icp.get("avoid"):
        return phrase("nothing", "avoid")
    return _tell_profile(icp["avoid"], "failed")


def tell_further(icp: dict[str, Any]) -> list[Prose]:
    """Which further profiles are there, each with a lift and a verdict of its own?"""
    return [_tell_profile(one, icp["outcome"]) for one in icp.get("more") or []]


def _tell_profile(icp: dict[str, Any], outcome: str) -> Prose:
    return join(phrase("profile", "other", criteria=begin(Rule.from_dicts(icp["criteria"]).words()),
                       verdict=name("verdict", icp["verdict"])), tell_lift({**icp, "outcome": outcome}))


def tabulate_criteria(icp: dict[str, Any]) -> Table:
    """Which criteria make up the profile, and how often does another sample choose the same attribute?"""
    stability = (icp.get("evidence") or {}).get("stability") or {}
    rows = [(name_attribute(one.attribute), one.words(), stability.get(one.attribute))
            for one in Rule.from_profile(icp).criteria]
    frame = pd.DataFrame(rows, columns=["attribute", "criterion", "stability"]).astype({"stability": "float64"})
    return lay_out("criteria", frame, title="" if icp.get("criteria") else phrase("profile", "hypothesis"))


def tabulate_standing(standing: Standing) -> Table:
    """How many accounts are in, out and unknown?"""
    return lay_out("standing", standing.counts[standing.counts[list(names("fit"))].sum(axis=1) > 0])


def tabulate_inside(rows: pd.DataFrame, about: About) -> Table:
    """Which accounts show what the profile means?"""
    return lay_out("inside", rows, currency=about.currency)


def tabulate_outside(rows: pd.DataFrame, about: About) -> Table:
    """Why are these large customers outside?"""
    return lay_out("outside", rows, currency=about.currency)


def tabulate_winners(rows: pd.DataFrame, about: About, most: int = 0) -> Table:
    """Which best customers does the profile miss, and by what?

    `most` limits the rows shown (0: all); the title counts them all.
    """
    shown = rows.head(most or len(rows))
    cut = phrase("profile", "winners", n=len(rows), shown=len(shown)) if len(shown) < len(rows) else ""
    return lay_out("winners", shown, title=cut, n=len(rows), currency=about.currency)


def draw_sides(icp: dict[str, Any], standing: Standing, about: About) -> Picture:
    """How did cases inside and outside the profile come out?"""
    inside, outside = groups = standing.inside, standing.outside
    found = [(group.share, group.low, group.high) if group.n else (nan, nan, nan) for group in groups]
    counts = [say_count(group.yes, group.n) if group.n else _("no cases") for group in groups]
    shares = [f"{say(group.share, 'share')}, " if group.n else "" for group in groups]
    top = max((group.high for group in groups if group.n), default=1.0)

    def draw(axes: Axes, narrow: bool) -> None:
        notes = counts if narrow else list(map("".join, zip(shares, counts, strict=True)))
        plot_intervals(axes, [_("Inside"), _("Outside")], found, colours=[COLOURS["accent"], COLOURS["grey"]],
                       notes=notes)
        axes.set_xlim(0, top * (1.65 if narrow else 1.35))
        axes.set_xticks([tick / 10 for tick in range(0, 11, 1 if top < 0.4 else 2) if tick <= max(10 * top, 1)])
        write_percent(axes.xaxis)

    title = ("empty" if not inside.n or not outside.n else
             "alike" if inside.low <= outside.high and outside.low <= inside.high else "apart")
    return show("sides", draw, about, height=150, title=title, done=_done(icp), share=say(inside.share, "share"),
                other=say(outside.share, "share"), cases=_cases(icp, inside.n + outside.n),
                inside=shares[0] + counts[0], outside=shares[1] + counts[1])


def _done(icp: dict[str, Any]) -> str:
    return name("done", icp.get("outcome") or "best")


def _cases(icp: dict[str, Any], n: object) -> str:
    return tell(name("cases", icp.get("outcome") or "best"), n=say(n, "integer"))


def is_number(value: object) -> bool:
    """Is this a figure, and not the lack of one?"""
    return isinstance(value, (int, float)) and value == value  # noqa: PLR0124  (not a number is unequal to itself)
