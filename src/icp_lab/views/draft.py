"""The drafted profile in sentences, tables and pictures: counts first, noise beside them, tests folded away."""

import math

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import N_, _
from icp_lab.methods.draft import AttributeGroups, OutcomeLifts, SizeFixed
from icp_lab.methods.evidence import FIRM
from icp_lab.methods.finding import Finding
from icp_lab.methods.lift import Lift
from icp_lab.rule import name_attribute
from icp_lab.views.picture import COLOURS, About, Picture, paint, plot_intervals
from icp_lab.views.prose import Prose, begin
from icp_lab.views.table import Column, Table, say, say_interval

_CASES = {"best": N_("{n} customers"), "won": N_("{n} closed deals"), "retained": N_("{n} customers")}
_DONE = {"best": N_("became best customers"), "won": N_("were won"), "retained": N_("stayed")}
NO_EXCESS = 0.1  # a ratio this close to one leaves nothing that size could explain
OUTCOMES = {"best": N_("is a best customer"), "won": N_("is won"), "retained": N_("stays")}
_GROUPS = {"basic": N_("basic"), "technical": N_("technical"), "organizational": N_("organisational"),
           "financial": N_("financial")}
_USES = {"criterion": N_("criterion"), "candidate": N_("looked at, not chosen"), "excluded": N_("excluded"),
         "leaking": N_("refused: it tells the outcome"), "unusable": N_("unusable: no variation")}
_CHECKS = {
    "noise+": N_("The search found more than it finds in shuffled data."),
    "noise-": N_("The search finds as much in shuffled data."),
    "interval+": N_("On cases that the search had not seen the ratio stays above one."),
    "interval-": N_("On cases that the search had not seen the ratio may be one: no difference."),
    "stability+": N_("Other samples of the same cases give the same attributes."),
    "stability-": N_("Other samples of the same cases give other attributes."),
}


def _cases(outcome: str, n: float) -> str:
    return _(_CASES[outcome]).format(n=say(n, "integer"))


def tell_headline(finding: Finding, outcome: str) -> Prose:
    """Which profile was found, in a sentence, and how sure is it?"""
    words, done = finding.rule.words(), _(_DONE[outcome])
    ratio, ends = say(finding.lift, "ratio"), say_interval(finding.lift_low, finding.lift_high, "ratio")
    if finding.verdict == "supported":
        return Prose(_("**{rule}**: such cases {done} {ratio} times as often as all ({ends}), counted on cases that "
                       "the search had not seen.").format(rule=begin(words), done=done, ratio=ratio, ends=ends))
    if finding.verdict == "tentative":
        return Prose(_("A promising hypothesis, not yet a finding: **{rule}**. Such cases {done} {ratio} times as "
                       "often as all ({ends}), counted on cases that the search had not seen.").format(
                           rule=words, done=done, ratio=ratio, ends=ends))
    if "ruled_out" in finding.verdict_reason:
        return Prose(_("No profile is claimed, and that is a result: with {n}, no attribute raises the rate above "
                       "**{limit} times** that of all.").format(
                           n=_cases(outcome, finding.n), limit=say(finding.excluded_above, "ratio")))
    return Prose(_("No profile is claimed: {n} with a known outcome, of which {best} {done}, are too few to tell a "
                   "profile from chance.").format(n=_cases(outcome, finding.n), best=say(finding.best, "integer"),
                                                  done=done))


def tell_counts(finding: Finding, outcome: str) -> Prose:
    """Of ten cases inside and ten outside, how many came out well?"""
    fitted = finding.fitted
    if not math.isfinite(fitted.rate_inside) or not math.isfinite(fitted.rate_outside):
        return Prose(_("Of {n} with a known outcome, {best} {done}.").format(
            n=_cases(outcome, finding.n), best=say(finding.best, "integer"), done=_(_DONE[outcome])))
    base = 10 if min(fitted.rate_inside, fitted.rate_outside) >= 0.1 else 100
    low, high = fitted.rate_inside_ends
    sentence = _("Of {base} inside, about **{inside}** {done} ({low} to {high}); of {base} outside, about "
                 "**{outside}**. Counted on {n}, each by a rule found without it; about {covered} of them were inside.")
    return Prose(sentence.format(
        base=base, inside=say(round(fitted.rate_inside * base), "integer"), done=_(_DONE[outcome]),
        low=say(round(low * base), "integer"), high=say(round(high * base), "integer"),
        outside=say(round(fitted.rate_outside * base), "integer"), n=_cases(outcome, finding.n),
        covered=say(round(fitted.covered), "integer")))


def tell_checks(finding: Finding) -> Prose:
    """Which of the three checks did it pass?"""
    few = _("There are fewer than ten cases of one kind, so nothing was tested.")
    return Prose(" ".join(_(_CHECKS[code]) for code in finding.reasons) if finding.noise.shuffles else few)


def tell_noise(finding: Finding) -> list[Prose]:
    """Which rules does the search find where there is nothing to find?"""
    if not finding.noise.rules:
        return []
    said = [Prose(_("The same search, on the same cases with their outcomes dealt out at random, came up with these. "
                    "They mean nothing, and look good all the same:"))]
    sentence = _("**{rule}**: {positives} of {covered}, on paper {ratio} times as often as all.")
    said += [Prose(sentence.format(rule=begin(noisy.rule.words()), positives=say(noisy.positives, "integer"),
                                   covered=say(noisy.covered, "integer"), ratio=say(noisy.lift, "ratio")))
             for noisy in finding.noise.rules]
    real = _("The rule that was found in the real data, counted in the same flattering way: {ratio} times.")
    return [*said, Prose(real.format(ratio=say(finding.paper_lift, "ratio")))]


def draw_lift(finding: Finding, outcome: str, about: About) -> Picture:
    """How does the profile's lift stand against what noise reaches?"""
    lifts = sorted(finding.noise.lifts)

    def draw(axes: Axes, narrow: bool) -> None:
        axes.plot(lifts, [1.0] * len(lifts), linestyle="none", marker="|", markersize=18, color=COLOURS["grey"])
        labels = [_("this profile"), _("in shuffled data")]
        ends = [(finding.lift_low, finding.lift_high), (math.nan, math.nan)]
        plot_intervals(axes, labels, [finding.lift, math.nan], ends, reference=1.0)
        axes.set_xlabel(_("times the rate of all") if narrow else _("times as often as all cases (1 = no difference)"))

    above = finding.lift_low > max([1.0, *lifts[-1:]])
    title = (_("The profile lies above everything that shuffled data reach") if above else
             _("The profile lies above one, but shuffled data come near") if finding.lift_low > 1 else
             _("The profile cannot be told from what shuffled data give"))
    counts = _("{n}; {shuffles} of {all} shuffles are drawn").format(
        n=_cases(outcome, finding.n), shuffles=len(lifts), all=finding.noise.shuffles)
    alt = _("Lift of the profile {ratio} with interval {ends}; shuffled data give {low} to {high}.").format(
        ratio=say(finding.lift, "ratio"), ends=say_interval(finding.lift_low, finding.lift_high, "ratio"),
        low=say(lifts[0] if lifts else None, "ratio"), high=say(lifts[-1] if lifts else None, "ratio"))
    subtitle = _("Lift on cases that the search had not seen, with its 95 % interval; each stroke is a shuffle")
    return paint(draw, title=title, subtitle=subtitle, foot=about.foot(counts), alt=alt, height=170)


def draw_stability(finding: Finding, outcome: str, about: About, most: int = 8) -> Picture:
    """How often would other samples choose the same attributes?"""
    shares = sorted(finding.stability.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    names = [name_attribute(name) for name, _share in shares]
    colours = [COLOURS["accent"] if name in finding.rule.attributes else COLOURS["grey"] for name, _share in shares]

    def draw(axes: Axes, narrow: bool) -> None:
        axes.barh(range(len(shares)), [100 * share for _name, share in shares], color=colours, height=0.6)
        axes.axvline(100 * FIRM, color=COLOURS["ink"], linewidth=1)
        axes.set_yticks(range(len(shares)), names)
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.set_xlabel(_("% of resamples") if narrow else _("% of resamples whose best rule uses the attribute"))

    firm = [a for a in finding.rule.attributes if finding.stability.get(a, 0.0) >= FIRM]
    title = (_("Other samples would choose the same attributes") if len(firm) == len(finding.rule.attributes) and firm
             else _("Other samples would choose none of these attributes again") if not firm
             else _("Other samples would choose {firm} of the {all} attributes again").format(
                 firm=len(firm), all=len(finding.rule.attributes)))
    alt = "; ".join(_("{attribute} {share}").format(attribute=name, share=say(share, "share"))
                    for name, (_name, share) in zip(names, shares, strict=True))
    subtitle = _("The profile's own attributes in colour; the line marks what counts as firm")
    foot = about.foot(_cases(outcome, finding.n))
    height = 90 + 34 * max(1, len(shares))
    return paint(draw, title=title, subtitle=subtitle, foot=foot, alt=alt or title, height=height)


def tabulate_rule(finding: Finding) -> Table:
    """Which criteria make up the profile?"""
    frame = finding.frame.assign(attribute=[name_attribute(a) for a in finding.frame["attribute"]])
    title = _("The criteria; all must hold") if finding.verdict != "unsupported" else _("The best rule found, refused")
    note = _("Chosen again: share of resamples of the same cases whose best rule uses the attribute.")
    columns = (Column("criterion", _("Criterion")), Column("stability", _("Chosen again"), "share"))
    return Table(frame, columns, title=title, note=note)


def tabulate_leans(finding: Finding, most: int = 6) -> Table:
    """Where do the data lean, one attribute at a time?"""
    rows = [{"level": lean.rule.words(), "n": lean.lift.covered, "lift": lean.lift.lift, "low": lean.lift.low,
             "high": lean.lift.high, "shrunk": lean.shrunk} for lean in finding.leans[:most]]
    columns = (Column("level", _("Cases with")), Column("n", _("Cases"), "integer"),
               Column("lift", _("Times the rate of all"), "ratio", low="low", high="high"),
               Column("shrunk", _("Left after shrinking"), "ratio"))
    return Table(pd.DataFrame(rows, columns=["level", "n", "lift", "low", "high", "shrunk"]), columns,
                 title=_("Where the data lean, one attribute at a time"),
                 note=_("Shrinking draws each figure towards one by as much as the figures scatter by chance."))


def tabulate_alternatives(finding: Finding) -> Table | Prose:
    """Which other rules are nearly as good?"""
    if not finding.alternatives:
        return Prose(_("No other rule on other attributes comes near it."))
    rows = [{"rule": other.rule.words(), "covered": other.covered, "positives": other.positives,
             "overlap": other.overlap} for other in finding.alternatives]
    columns = (Column("rule", _("Rule")), Column("covered", _("Cases inside"), "integer"),
               Column("positives", _("Of these came out well"), "integer"),
               Column("overlap", _("Same cases as the profile"), "share"))
    return Table(pd.DataFrame(rows, columns=["rule", "covered", "positives", "overlap"]), columns,
                 title=_("Rules that are nearly as good"),
                 note=_("Counted on the data that they were found in: compare them with each other only."))


def tell_size(size: SizeFixed) -> Prose:
    """Does best just mean big?"""
    ends = say_interval(size.fixed.low, size.fixed.high, "ratio")
    if not math.isfinite(size.left):
        return Prose(_("There is no excess inside the profile that size could explain."))
    if abs(size.plain.lift - 1) < NO_EXCESS:
        return Prose(_("The profile hardly lies above the rate of all ({plain} times on the same cases), so that there "
                       "is next to nothing for size to explain.").format(plain=say(size.plain.lift, "ratio")))
    word = (_("Best does not just mean big") if size.left >= 0.67 else _("Size explains a part of it")
            if size.left >= 0.33 else _("Size explains most of it"))
    sentence = _("**{word}**: {plain} times on the same cases becomes {fixed} times ({ends}) when companies of one "
                 "size band are compared with each other.")
    return Prose(sentence.format(word=word, plain=say(size.plain.lift, "ratio"), fixed=say(size.fixed.lift, "ratio"),
                                 ends=ends))


def tabulate_outcomes(outcomes: OutcomeLifts) -> Table:
    """How does the profile do on every outcome?"""
    frame = outcomes.frame.assign(outcome=[_(OUTCOMES[name]) for name in outcomes.frame["outcome"]])
    columns = (Column("outcome", _("A case")), Column("n", _("Cases"), "integer"),
               Column("covered", _("Inside"), "integer"), Column("covered_positives", _("Of these yes"), "integer"),
               Column("lift", _("Times the rate of all"), "ratio", low="low", high="high"),
               Column("drafted_on", _("Drafted on it"), "flag"))
    return Table(frame, columns, title=_("The profile held against each outcome"),
                 note=_("The outcome that it was drafted on flatters here; the ratio on unseen cases stands above."))


def tabulate_groups(groups: AttributeGroups) -> Table:
    """Which attributes of the four groups were looked at?"""
    frame = groups.frame.assign(
        group=[_(_GROUPS.get(name, name)) for name in groups.frame["group"]],
        attribute=[name_attribute(name) for name in groups.frame["attribute"]],
        use=[_(_USES[name]) for name in groups.frame["use"]])
    columns = (Column("group", _("Group")), Column("attribute", _("Attribute")), Column("filled", _("Filled"), "share"),
               Column("use", _("Use")), Column("stability", _("Chosen in resamples"), "share"))
    return Table(frame, columns, title=_("What was looked at"), note=_("Filled: share of accounts with a value."))


def tell_next(finding: Finding, groups: AttributeGroups) -> list[Prose]:
    """What would settle it, and what is to be collected first?"""
    said = []
    if "ruled_out" in finding.verdict_reason:
        said.append(Prose(_("More cases of the same kind would not change the answer: what these attributes can do is "
                            "known. An attribute that is not on record yet could.")))
    elif finding.needed:
        sentence = _("To show a ratio of {lift} for one stated profile of this width takes about **{n}** new cases "
                     "with a known outcome.")
        said.append(Prose(sentence.format(lift=say(finding.needed_lift, "ratio"), n=say(finding.needed, "integer"))))
    gaps = groups.frame[groups.frame["filled"] < 0.7].sort_values(["filled", "attribute"])
    empty = [name for name, tables in groups.lacking.items() if tables]
    if empty:
        said.append(Prose(_("Collect first: an attribute of the group **{group}**; the study has none.").format(
            group=_(_GROUPS[empty[0]]))))
    elif len(gaps):
        said.append(Prose(_("Collect first: **{attribute}**, known for {share} of accounts.").format(
            attribute=name_attribute(gaps.iloc[0]["attribute"]), share=say(gaps.iloc[0]["filled"], "share"))))
    return said


def tell_leaks(finding: Finding) -> Prose:
    """Which attributes were refused because they tell the outcome?"""
    if not finding.leaking:
        return Prose(_("No attribute tells the outcome by itself, as one written down afterwards would."))
    names = _(", ").join(name_attribute(name) for name in finding.leaking)
    return Prose(_("Refused as criteria, for they tell the outcome nearly without fault: **{names}**. Such a field is "
                   "usually filled after the fact.").format(names=names))


def tell_holdout(finding: Finding) -> Prose:
    """Does a rule found on earlier cases hold on the latest?"""
    late: Lift | None = finding.holdout
    if late is None:
        return Prose(_("The dates do not allow a test on the latest cases."))
    return Prose(_("A rule found on the earlier cases gives {ratio} times ({ends}) on the latest {n}.").format(
        ratio=say(late.lift, "ratio"), ends=say_interval(late.low, late.high, "ratio"), n=say(late.n, "integer")))


def tell_method(finding: Finding) -> Prose:
    """Which figures stand behind the verdict, for who wants them?"""
    paper = sorted(finding.noise.paper_lifts)
    middle = paper[len(paper) // 2] if paper else None
    sentence = _("p = {p} for the whole search against {shuffles} shuffles. The best rule of a typical shuffle looks "
                 "{paper} times as good as all on its own data. Left out because their outcome is unknown: {unknown}.")
    return Prose(sentence.format(p=say(finding.p_value, "p"), shuffles=say(finding.noise.shuffles, "integer"),
                                 paper=say(middle, "ratio"), unknown=say(finding.unknown, "integer")))
