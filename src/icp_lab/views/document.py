"""The ICP document in sentences, tables and one picture: definition, evidence, who is in and out, limits."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import N_, _
from icp_lab.methods.document import Group, Standing
from icp_lab.rule import Rule, name_attribute
from icp_lab.views.picture import COLOURS, About, Picture, paint, plot_intervals
from icp_lab.views.prose import Prose, begin
from icp_lab.views.table import Column, Table, say, say_interval

VERDICTS = {
    "supported": N_("supported by the data"), "tentative": N_("tentative, a promising hypothesis"),
    "unsupported": N_("unsupported, carried on as a hypothesis"),
}
STATUSES = {"customer": N_("customer"), "lost": N_("lost"), "prospect": N_("prospect")}
FITS = {"in": N_("in the profile"), "out": N_("outside"), "unknown": N_("unknown")}
_REASONS = {
    "too_few": N_("there are too few cases of one kind to tell anything from chance"),
    "ruled_out": N_("the data are enough to say that no simple profile sets these cases apart by much"),
    "unstable": N_("another sample of the same customers would have given another profile"),
    "leaking": N_("a criterion seems to know the outcome, so that it cannot be trusted beforehand"),
    "edited": N_("the rule was changed after the data were seen, and later data have not tested it yet"),
}
_DONE = {
    "best": N_("became best customers"), "won": N_("were won"), "retained": N_("stayed"),
}
_WORTH_RULING_OUT = 3.0  # times the rate of all: to exclude more than that tells nobody anything
_CASES = {"best": N_("{n} customers"), "won": N_("{n} closed deals"), "retained": N_("{n} customers")}


def tell_definition(icp: dict[str, Any]) -> Prose:
    """Who are the ideal customers, in one sentence?"""
    rule = Rule.from_profile(icp)
    words = rule.words() if rule.criteria else ""
    if icp.get("criteria"):
        return Prose(_("Our ideal customers: **{criteria}**.").format(criteria=words))
    if words:
        sentence = _("The data do not carry a profile. Working hypothesis, not a finding: **{criteria}**.")
        return Prose(sentence.format(criteria=words))
    return Prose(_("The data do not carry a profile, and no hypothesis stands out."))


def tell_lead(icp: dict[str, Any]) -> Prose:
    """What stands first: who the ideal customers are, else what is ruled out and which hypothesis is left?"""
    return Prose(f"{tell_ruled_out(icp)} {tell_definition(icp)}".strip())


def tell_headline(icp: dict[str, Any]) -> Prose:
    """How does the profile read in a sentence or two, and how sure is it?"""
    return Prose(f"{tell_definition(icp)} {tell_lift(icp)}" if icp.get("criteria") else tell_lead(icp))


def say_verdict(icp: dict[str, Any]) -> str:
    """Name the verdict, as it stands beside its shape."""
    return begin(_(VERDICTS[icp["verdict"]]))


def tell_verdict(icp: dict[str, Any]) -> Prose:
    """How far do the data carry the definition, and why no further?"""
    reasons = [_(_REASONS[code]) for code in icp.get("verdict_reason") or [] if code in _REASONS]
    if icp["verdict"] == "supported":
        return Prose(_("**Supported**: it held on customers that the search had not seen, and shuffled "
                       "data hardly ever give as much."))
    word = _("Tentative") if icp["verdict"] == "tentative" else _("Unsupported")
    joined = _("; ").join(reasons) or _("the evidence is not enough yet")
    return Prose(_("**{verdict}**: {reasons}.").format(verdict=word, reasons=joined))


def tell_lift(icp: dict[str, Any]) -> Prose:
    """How much more often do cases inside come out well, on cases that the search did not see?"""
    evidence = icp.get("evidence") or {}
    if not _is_number(evidence.get("lift")):
        return Prose(_("No lift can be stated from these cases."))
    sentence = _("On cases the search had not seen, those inside {done} {lift} times as often as all cases "
                 "({interval}; {n}).")
    return Prose(sentence.format(
        done=_done(icp), lift=say(evidence["lift"], "ratio"), n=_cases(icp, evidence.get("n")),
        interval=say_interval(evidence.get("lift_low"), evidence.get("lift_high"), "ratio"),
    ))


def tell_counts(icp: dict[str, Any], standing: Standing) -> Prose:
    """Of the cases inside, how many came out well, and of those outside?"""
    inside, outside = standing.inside, standing.outside
    if not inside.n or not outside.n:
        return Prose(_("There are no cases with a known outcome on both sides of the profile to count."))
    sentence = _("Of {inside} inside, **{yes}** {done} ({share}; {interval}). Outside, **{other}** of {outside} "
                 "({other_share}; {other_interval}).")
    return Prose(sentence.format(
        inside=_cases(icp, inside.n), yes=say(inside.yes, "integer"), done=_done(icp), share=say(inside.share, "share"),
        interval=say_interval(inside.low, inside.high, "share"), other=say(outside.yes, "integer"),
        outside=say(outside.n, "integer"), other_share=say(outside.share, "share"),
        other_interval=say_interval(outside.low, outside.high, "share"),
    ))


def tell_ruled_out(icp: dict[str, Any]) -> Prose:
    """Which effects do the data exclude? Empty where they exclude none."""
    evidence = icp.get("evidence") or {}
    limit = evidence.get("excluded_above")
    if icp.get("criteria") or limit is None or not limit <= _WORTH_RULING_OUT:
        return Prose("")
    if "ruled_out" in (icp.get("verdict_reason") or []):
        sentence = _("**Ruled out, and that is a result**: with {n}, no single attribute on record raises the rate to "
                     "more than {limit} times that of all (95 %, all attributes together).")
        return Prose(sentence.format(n=_cases(icp, evidence.get("n")), limit=say(limit, "ratio")))
    sentence = _("**Ruled out**: with {n}, no single attribute that covers enough of them raises the rate to more than "
                 "{limit} times that of all (95 %, all attributes together).")
    return Prose(sentence.format(n=_cases(icp, evidence.get("n")), limit=say(limit, "ratio")))


def tell_settling(icp: dict[str, Any], standing: Standing) -> Prose:
    """How could the question be settled, and how many cases does that take?"""
    n = standing.inside.n + standing.outside.n
    evidence = icp.get("evidence") or {}
    if not n:
        return Prose(_("What is missing first is cases whose outcome is known."))
    if "ruled_out" in (icp.get("verdict_reason") or []):
        return Prose(_("More cases of the same kind would not change that. What can: an attribute that is not on "
                       "record yet, collected for firms that are approached from now on."))
    if not evidence.get("needed"):
        return Prose(_("A pilot settles it: approach firms inside and outside the hypothesis alike, and count."))
    sentence = _("To tell a rate {lift} times that of all from chance (80 % power), this one hypothesis needs about "
                 "**{needed}** cases with a known outcome, and new ones: the {n} at hand have shaped it.")
    if icp["verdict"] == "supported":
        sentence = _("Later cases go on testing it: about **{needed}** new ones with a known outcome would tell a rate "
                     "{lift} times that of all from chance (80 % power).")
    lift = say(evidence["needed_lift"], "ratio")
    return Prose(sentence.format(lift=lift, needed=say(evidence["needed"], "integer"), n=say(n, "integer")))


def tell_outcomes(icp: dict[str, Any]) -> list[Prose]:
    """How does the same rule do on the other outcomes, and with size held fixed?"""
    evidence = icp.get("evidence") or {}
    sentences = {
        "best": N_("On becoming a best customer: {lift} times ({interval}; {n})."),
        "won": N_("On winning deals: {lift} times ({interval}; {n})."),
        "retained": N_("On staying: {lift} times ({interval}; {n})."),
    }
    known = [(_(sentences[name]), name, one) for name, one in (evidence.get("outcomes") or {}).items()]
    size = evidence.get("size_fixed")
    if size:
        sentence = _("Among firms of the same size, on the data that shaped the rule: {lift} times ({interval}; {n}).")
        known.append((sentence, icp.get("outcome"), size))
    return [
        Prose(sentence.format(
            lift=say(one["lift"], "ratio"), n=_cases({"outcome": name}, one["n"]),
            interval=say_interval(one["lift_low"], one["lift_high"], "ratio"),
        ))
        for sentence, name, one in known if _is_number(one.get("lift"))
    ]


def tell_next_step(icp: dict[str, Any]) -> Prose:
    """Given the verdict, what is to be done now?"""
    sentences = {
        "supported": N_("Work by it, keep a small share of effort outside it, and look again on {date}."),
        "tentative": N_("Try it on a small scale before budgets move, and look again on {date}."),
        "unsupported": N_("Do not move budgets on it. Carry the hypothesis into a pilot, and look again on {date}."),
    }
    return Prose(_(sentences[icp["verdict"]]).format(date=icp["next_review"]))


def tell_limits(icp: dict[str, Any], standing: Standing) -> list[Prose]:
    """Which things does the definition not say?"""
    unknown = int((standing.frame["fit"] == "unknown").sum())
    missing = _("For {n} of {all} accounts a value is missing, so that they are neither in nor out.")
    limits = [
        Prose(_("It describes who did well so far. It does not show that the attributes are the cause.")),
        Prose(_("Counts on the data that shaped the profile flatter it; plan with the ratio on unseen cases.")),
    ]
    if unknown:
        limits.append(Prose(missing.format(n=say(unknown, "integer"), all=say(len(standing.frame), "integer"))))
    misses = len(standing.winners_outside())
    if misses:
        sentence = _("{n} best customers are outside it and stay on the watch-list: a good lead is a good lead.")
        limits.append(Prose(sentence.format(n=say(misses, "integer"))))
    return limits


def tell_avoid(icp: dict[str, Any]) -> Prose:
    """Whom to avoid, as far as the data carry it?"""
    avoid = icp.get("avoid") or {}
    if not avoid.get("criteria"):
        return Prose(_("No profile of firms to avoid is claimed: those that did not fit have too little in common."))
    sentence = _("Firms that did not fit: **{criteria}** ({verdict}).")
    words = Rule.from_dicts(avoid["criteria"]).words()
    return Prose(sentence.format(criteria=words, verdict=_(VERDICTS[avoid["verdict"]])))


def tabulate_criteria(icp: dict[str, Any]) -> Table:
    """Which criteria make up the profile, and how often does another sample choose the same attribute?"""
    stability = (icp.get("evidence") or {}).get("stability") or {}
    rows = [
        (name_attribute(criterion.attribute), criterion.words(), stability.get(criterion.attribute))
        for criterion in Rule.from_profile(icp).criteria
    ]
    frame = pd.DataFrame(rows, columns=["attribute", "criterion", "stability"]).astype({"stability": "float64"})
    columns = (
        Column("attribute", _("Attribute")), Column("criterion", _("Criterion")),
        Column("stability", _("Chosen again in resamples"), "share"),
    )
    claimed = bool(icp.get("criteria"))
    title = _("All of these must hold") if claimed else _("The working hypothesis: all of these would have to hold")
    return Table(frame, columns, title=title)


def tabulate_standing(standing: Standing) -> Table:
    """How many accounts are in, out and unknown?"""
    counts = standing.counts[standing.counts[list(FITS)].sum(axis=1) > 0]
    frame = counts.assign(status=[_(STATUSES[status]) for status in counts["status"]])
    columns = (Column("status", _("Accounts")), *(Column(fit, _(words), "integer") for fit, words in FITS.items()))
    note = _("All accounts, also those whose outcome is not known yet, which the evidence leaves out. Unknown: a value "
             "that the profile asks for is missing, and no other criterion failed.")
    return Table(frame, columns, title=_("Accounts inside, outside and unknown"), note=note)


def tabulate_inside(rows: pd.DataFrame, about: About) -> Table:
    """Which accounts show what the profile means?"""
    return _tabulate_accounts(rows, about, _("Inside, the most successful first"), ("score", "best"))


def tabulate_outside(rows: pd.DataFrame, about: About) -> Table:
    """Why are these large customers outside?"""
    return _tabulate_accounts(rows, about, _("Outside, the most valuable first"), ("best", "failed"))


def tabulate_winners(rows: pd.DataFrame, about: About, most: int = 0) -> Table:
    """Which best customers does the profile miss, and by what?

    `most` limits the rows shown (0: all); the title counts them all.
    """
    shown = rows.head(most or len(rows))
    title = _("{n} best customers outside the profile") if len(shown) == len(rows) else _(
        "{n} best customers outside the profile, the first {shown}")
    title = title.format(n=say(len(rows), "integer"), shown=say(len(shown), "integer"))
    return _tabulate_accounts(shown, about, title, ("score", "failed"))


def _tabulate_accounts(rows: pd.DataFrame, about: About, title: str, more: tuple[str, ...]) -> Table:
    frame = rows.assign(
        name=rows["name"].fillna(rows["account_id"]),
        failed=[_name_attributes(text) for text in rows["failed"]],
    )
    columns = {
        "score": Column("score", _("Success, 0 to 1"), "number"), "best": Column("best", _("Best"), "flag"),
        "failed": Column("failed", _("Outside because of")),
    }
    first = (Column("name", _("Account")), Column("value", _("Customer value"), "money", about.currency))
    return Table(frame, (*first, *(columns[name] for name in more)), title=title)


def draw_sides(icp: dict[str, Any], standing: Standing, about: About) -> Picture:
    """How did cases inside and outside the profile come out?"""
    groups = [standing.inside, standing.outside]
    labels = [_("Inside"), _("Outside")]
    shown = [group.share * 100 if group.n else float("nan") for group in groups]
    top = max((group.high for group in groups if group.n), default=1.0) * 100

    def draw(axes: Axes, narrow: bool) -> None:
        ends = [(group.low * 100, group.high * 100) for group in groups]
        plot_intervals(axes, labels, shown, ends, colours=[COLOURS["accent"], COLOURS["grey"]])
        for row, group in enumerate(groups):
            spot = (group.high * 100 if group.n else 0, row)
            axes.annotate(_label(group, narrow), spot, (8, 0), textcoords="offset points", va="center")
        axes.set_xticks([tick for tick in range(0, 101, 10 if top < 40 else 20) if tick <= max(top, 10)])
        axes.set_xlim(0, top * (1.65 if narrow else 1.35))
        axes.set_xlabel("%")

    measure = _("Share of cases that {done}, on the data that shaped the rule; 95 % intervals")
    return paint(
        draw, height=150, title=str(tell_contrast(icp, standing)),
        subtitle=measure.format(done=_done(icp)),
        foot=about.foot(_("{cases} inside or outside").format(cases=_cases(icp, sum(group.n for group in groups)))),
        alt=_("Inside: {inside}. Outside: {outside}.").format(
            inside=_label(groups[0], False), outside=_label(groups[1], False)),
    )


def tell_contrast(icp: dict[str, Any], standing: Standing) -> Prose:
    """Do cases inside come out better than those outside, in the data at hand?"""
    inside, outside = standing.inside, standing.outside
    if not inside.n or not outside.n:
        return Prose(_("There is nothing to compare yet"))
    if inside.low <= outside.high and outside.low <= inside.high:
        return Prose(_("Inside and outside cannot be told apart by their outcome"))
    return Prose(_("Inside, {share} {done}; outside, {other}").format(
        share=say(inside.share, "share"), done=_done(icp), other=say(outside.share, "share")))


def _label(group: Group, narrow: bool) -> str:
    if not group.n:
        return _("no cases")
    counts = _("{yes} of {n}").format(yes=say(group.yes, "integer"), n=say(group.n, "integer"))
    return counts if narrow else f"{say(group.share, 'share')}, {counts}"


def _done(icp: dict[str, Any]) -> str:
    return _(_DONE[icp.get("outcome") or "best"])


def _cases(icp: dict[str, Any], n: object) -> str:
    return _(_CASES[icp.get("outcome") or "best"]).format(n=say(n, "integer"))


def _name_attributes(text: str) -> str:
    return _(", ").join(name_attribute(name.strip()) for name in str(text).split(",") if name.strip())


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and value == value  # noqa: PLR0124  (not a number is unequal to itself)
