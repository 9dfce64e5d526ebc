"""The drafted profile in sentences, tables and pictures: counts first, noise beside them, tests folded away."""

import math
from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.confounding import Confounding
from icp_lab.methods.draft import AttributeGroups, OutcomeLifts, SizeFixed
from icp_lab.methods.evidence import FIRM
from icp_lab.methods.finding import Finding
from icp_lab.methods.leaks import Leaks
from icp_lab.methods.lift import Lift
from icp_lab.methods.profile import Additions, MoreProfiles
from icp_lab.rule import Rule, name_attribute
from icp_lab.views.contrasts import tell_confounding
from icp_lab.views.picture import COLOURS, About, Picture, paint, plot_intervals
from icp_lab.views.prose import Prose, begin, join, tell
from icp_lab.views.table import Table, say, say_interval
from icp_lab.views.words import lay_out, name, names

NO_EXCESS = 0.1  # a ratio this close to one leaves nothing that size could explain
LOOSE = 1 - FIRM
_SHADES = {"firm": "accent", "wobbly": "second", "loose": "grey"}


def _cases(outcome: str, n: float) -> str:
    return tell(name("cases", outcome), n=say(n, "integer"))


def tell_reach(finding: Finding, outcome: str, reach: tuple[float, float]) -> Prose:
    """Before looking: which profile could so many cases show at all?"""
    search, declared = reach
    sentence = (_("Before looking: with {n}, of which {best} {done}, a search could show a profile only if its cases "
                  "do so more than {search} times as often as all; a rule that was declared beforehand, more than "
                  "{declared} times.") if math.isfinite(search) else
                _("Before looking: {n}, of which {best} {done}, are too few for a search to show any profile, however "
                  "good; a rule that was declared beforehand could be shown if its cases do so more than {declared} "
                  "times as often as all.") if math.isfinite(declared) else
                _("Before looking: {n}, of which {best} {done}, are too few to show any profile, searched for or "
                  "declared beforehand."))
    return tell(sentence, n=_cases(outcome, finding.n), best=finding.best, done=name("done", outcome),
                search=say(search, "ratio"), declared=say(declared, "ratio"))


def tell_headline(finding: Finding, outcome: str) -> Prose:
    """Which profile was found, in a sentence, and how sure is it?"""
    words, done = finding.rule.words(), name("done", outcome)
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
    tested = finding.noise.shuffles > 0  # else `fitted` is on the very cases that made the rule
    if not tested or not math.isfinite(fitted.rate_inside) or not math.isfinite(fitted.rate_outside):
        return Prose(_("Of {n} with a known outcome, {best} {done}.").format(
            n=_cases(outcome, finding.n), best=say(finding.best, "integer"), done=name("done", outcome)))
    base = 10 if min(fitted.rate_inside, fitted.rate_outside) >= 0.1 else 100
    low, high = fitted.rate_inside_ends
    sentence = _("Of {base} inside, about **{inside}** {done} ({low} to {high}); of {base} outside, about "
                 "**{outside}**. Counted on {n}, each by a rule found without it; about {covered} of them were inside.")
    return Prose(sentence.format(
        base=base, inside=say(round(fitted.rate_inside * base), "integer"), done=name("done", outcome),
        low=say(round(low * base), "integer"), high=say(round(high * base), "integer"),
        outside=say(round(fitted.rate_outside * base), "integer"), n=_cases(outcome, finding.n),
        covered=say(round(fitted.covered), "integer")))


def tell_checks(finding: Finding) -> Prose:
    """Which of the three checks did it pass?"""
    few = _("There are fewer than ten cases of one kind, so nothing was tested.")
    return Prose(" ".join(name("check", code) for code in finding.reasons) if finding.noise.shuffles else few)


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


def draw_lift(finding: Finding, outcome: str, about: About) -> Picture | Prose:
    """How does the profile's lift stand against what noise reaches?"""
    if not finding.noise.shuffles:
        return Prose(_("Nothing was tested, so that there is nothing to hold against chance."))
    lifts = sorted(finding.noise.lifts)

    def draw(axes: Axes, narrow: bool) -> None:
        if lifts:
            axes.axvspan(lifts[0], lifts[-1], color=COLOURS["faint"], alpha=0.5, linewidth=0)
            axes.annotate(_("chance reaches this far"), (lifts[-1], 1), (6, 0), textcoords="offset points", va="center",
                          color=COLOURS["grey"])
        axes.plot(lifts, [1.0] * len(lifts), linestyle="none", marker="|", markersize=18, color=COLOURS["grey"])
        labels = [_("this profile"), _("in shuffled data")]
        ends = [(finding.lift_low, finding.lift_high), (math.nan, math.nan)]
        plot_intervals(axes, labels, [finding.lift, math.nan], ends, reference=1.0)
        if math.isfinite(finding.lift):
            axes.annotate(say(finding.lift, "ratio"), (finding.lift, 0), (0, 9), textcoords="offset points",
                          ha="center", color=COLOURS["accent"])
        axes.set_ylim(1.6, -0.8)
        top = max(end for end in (finding.lift_high, *lifts[-1:], 1.5) if math.isfinite(end))
        axes.set_xlim(0, top * (1.5 if narrow else 1.1))
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
    return paint(draw, title=title, subtitle=subtitle, foot=about.foot(counts), alt=alt, height=190)


def tell_lift(finding: Finding) -> Prose:
    """In plain words: is the profile more than luck?"""
    if not finding.noise.lifts:
        return Prose("")
    near = finding.lift_low <= max(finding.noise.lifts)
    sentence = (_("Deal the outcomes out by lot, and a profile found in the same way reaches {low} to {high} times the "
                  "rate of all. This one reaches **{ratio} times**, and luck hardly ever does as well.")
                if "noise+" in finding.reasons and not near else
                _("Deal the outcomes out by lot, and a profile found in the same way reaches {low} to {high} times the "
                  "rate of all. This one reaches **{ratio} times**. Some deals come near, yet luck hardly ever finds a "
                  "rule with as much behind it, cases and difference together.") if "noise+" in finding.reasons else
                _("Deal the outcomes out by lot, and a profile found in the same way reaches {low} to {high} times the "
                  "rate of all. This one reaches **{ratio} times**, and luck does as well too often to build on it."))
    return tell(sentence, ratio=say(finding.lift, "ratio"), low=say(min(finding.noise.lifts), "ratio"),
                high=say(max(finding.noise.lifts), "ratio"))


def _firmness(share: float) -> str:
    return "firm" if share >= FIRM else "wobbly" if share >= LOOSE else "loose"


def draw_stability(finding: Finding, outcome: str, about: About, most: int = 8) -> Picture | Prose:
    """How often would other samples choose the same attributes?"""
    if not finding.stability:
        return Prose(_("Nothing was tested, so that other samples were not drawn."))
    own = {attribute: finding.stability.get(attribute, 0.0) for attribute in finding.rule.attributes}
    others = sorted(set(finding.stability.items()) - set(own.items()), key=lambda pair: (-pair[1], pair[0]))
    shares = sorted(own.items(), key=lambda pair: (-pair[1], pair[0])) + others[:max(0, most - len(own))]
    labels = [name_attribute(attribute) for attribute, _share in shares]
    words = [tell(_("{share}, {firmness}"), share=say(share, "share"), firmness=name("firmness", _firmness(share)))
             if attribute in own else say(share, "share") for attribute, share in shares]

    def draw(axes: Axes, narrow: bool) -> None:
        colours = [COLOURS[_SHADES[_firmness(share)] if attribute in own else "faint"] for attribute, share in shares]
        axes.barh(range(len(shares)), [100 * share for _attribute, share in shares], color=colours, height=0.6)
        for place, (_attribute, share) in enumerate(shares):
            axes.annotate(words[place], (100 * share, place), (5, 0), textcoords="offset points", va="center")
        for line in (FIRM, LOOSE):
            axes.axvline(100 * line, color=COLOURS["ink"], linewidth=0.8, zorder=0)
        axes.set_yticks(range(len(shares)), labels)
        axes.invert_yaxis()
        axes.set_xlim(0, 150 if narrow else 125)
        axes.set_xticks([0, 20, 40, 60, 80, 100])
        axes.set_xlabel(_("% of resamples") if narrow else _("% of resamples whose best rule uses the attribute"))

    foot = about.foot(_cases(outcome, finding.n))
    return paint(draw, title=_title_stability(finding), foot=foot, height=90 + 34 * max(1, len(shares)),
                 alt="; ".join(f"{label}: {word}" for label, word in zip(labels, words, strict=True)) or _("no rule"),
                 subtitle=_("The profile's own attributes in colour; from the right line on firm, left of the left one "
                            "loose"))


def _title_stability(finding: Finding) -> str:
    return (_("Other samples would pick out much the same cases") if "stability+" in finding.reasons else
            _("Other samples would pick out other cases"))


def tell_stability(finding: Finding) -> Prose:
    """In plain words: would another sample have led to the same customers?"""
    noise = finding.noise.agreements
    if not noise:
        return Prose("")
    loose = [name_attribute(one) for one in finding.rule.attributes if finding.stability.get(one, 0.0) < LOOSE]
    return join(
        tell(_("Had we had other customers like these, the profile drawn from them would share **{agreement}** of its "
               "companies with this one. Profiles found in shuffled data share {low} to {high}."),
             agreement=say(finding.agreement, "share"), low=say(min(noise), "share"), high=say(max(noise), "share")),
        tell(_("Loose, so that another sample may well name something else instead: {names}."),
             names=_(", ").join(loose)) if loose else "")


def draw_additions(additions: Additions, outcome: str, about: About) -> Picture | Prose:
    """What does each criterion add: how did those fare whom it alone keeps out?"""
    rows: list[Any] = additions.frame.to_dict("records")
    if len(rows) < 2:
        return Prose(_("There is no criterion to look at."))
    inside, *alone = rows
    labels = [_("inside the profile"), *[criterion.words() for criterion in additions.rule.criteria]]
    counts = [tell(_("{yes} of {n}"), yes=row["positives"], n=row["n"]) for row in rows]
    idle = [label for label, row in zip(labels[1:], alone, strict=True) if not row["low"] < inside["share"]]

    def draw(axes: Axes, narrow: bool) -> None:
        shown = [fill(label, 20 if label.isascii() else 10) if narrow else label for label in labels]
        ends = [(100 * row["low"], 100 * row["high"]) for row in rows]
        colours = [COLOURS["accent"], *[COLOURS["grey"]] * len(alone)]
        plot_intervals(axes, shown, [100 * row["share"] for row in rows], ends, colours=colours)
        for place, row in enumerate(rows):
            spot = 100 * row["high"] if row["n"] else 0
            axes.annotate(counts[place], (spot, place), (7, 0), textcoords="offset points", va="center")
        axes.set_xlim(0, 1.4 * max(100 * row["high"] for row in rows if row["n"]))
        axes.set_xlabel("%")

    clear = all(row["high"] < inside["low"] for row in alone)
    title = (_("Of those whom a single criterion keeps out, clearly fewer {done}") if clear else
             _("{criterion}: those whom it keeps out {done} no less often") if idle else
             _("Of those whom a single criterion keeps out, fewer {done}, but not clearly in every case"))
    title = tell(title, criterion=begin(idle[0]) if idle else "", done=name("done", outcome))
    return paint(draw, title=title, height=90 + 36 * len(rows), narrow_height=90 + 56 * len(rows),
                 foot=about.foot(_cases(outcome, additions.n)),
                 subtitle=tell(_("Share that {done}, inside and among those that only the criterion named keeps out; "
                                 "95 % intervals"), done=name("done", outcome)),
                 alt="; ".join(f"{label}: {count}" for label, count in zip(labels, counts, strict=True)))


def tell_additions(additions: Additions, outcome: str) -> list[Prose]:
    """In plain words: what would we get without each criterion?"""
    inside, *alone = additions.frame.to_dict("records")
    said = []
    for criterion, row in zip(additions.rule.criteria, alone, strict=True):
        words = {"criterion": begin(criterion.words()), "n": _cases(outcome, row["n"]),
                 "done": name("done", outcome), "positives": row["positives"], "share": say(row["share"], "share"),
                 "inside": say(inside["share"], "share")}
        sentence = (_("**{criterion}**: without it the profile would take in {n} more, of which {positives} {done} "
                      "({share}; inside it is {inside}).") if row["n"] else
                    _("**{criterion}**: it keeps out nobody whom the others would let in."))
        instead = _(", ").join(map(name_attribute, row["instead"]))
        said.append(join(tell(sentence, **words), tell(_("In its place could stand, with nearly the same cases: "
                                                         "{names}."), names=instead) if instead else ""))
    return said


def tabulate_rule(finding: Finding) -> Table:
    """Which criteria make up the profile?"""
    tested = bool(finding.stability)
    shares = finding.frame["stability"].fillna(0)
    frame = finding.frame.assign(
        firmness=[name("firmness", _firmness(share)) if tested else "" for share in shares])
    return lay_out("rule", frame, title="" if finding.verdict != "unsupported" else _("The best rule found, refused"))


def tabulate_leans(finding: Finding, most: int = 6) -> Table:
    """Where do the data lean, one attribute at a time?"""
    rows = [{"level": lean.rule.words(), "n": lean.lift.covered, "lift": lean.lift.lift, "low": lean.lift.low,
             "high": lean.lift.high, "shrunk": lean.shrunk} for lean in finding.leans[:most]]
    return lay_out("leans", pd.DataFrame(rows, columns=["level", "n", "lift", "low", "high", "shrunk"]))


def tell_size(size: SizeFixed, rule: Rule) -> Prose:
    """Does best just mean big?"""
    ends = say_interval(size.fixed.low, size.fixed.high, "ratio")
    if size.bands < 2:
        return Prose(_("The size of the companies is not on record in bands, so that it cannot be held fixed here."))
    if not math.isfinite(size.left):
        return Prose(_("There is no excess inside the profile that size could explain."))
    if abs(size.plain.lift - 1) < NO_EXCESS:
        return Prose(_("The profile hardly lies above the rate of all ({plain} times on the same cases), so that there "
                       "is next to nothing for size to explain.").format(plain=say(size.plain.lift, "ratio")))
    word = (_("Best does not just mean big") if size.left >= 0.67 else _("Size explains a part of it")
            if size.left >= 0.33 else _("Size explains most of it"))
    sentence = _("**{word}**: {plain} times on the same cases becomes {fixed} times ({ends}) when companies of one "
                 "size band are compared with each other.")
    meant = _("The profile asks for a certain size itself, so that a part of this is as it should be.")
    return join(tell(sentence, word=word, plain=say(size.plain.lift, "ratio"), fixed=say(size.fixed.lift, "ratio"),
                     ends=ends), meant if {"employees", "annual_revenue"} & {*rule.attributes} else "")


def tell_alike(confounding: Confounding) -> Prose:
    """Which criteria are mostly something else?"""
    if (confounding.frame["kind"] == "explained").any():
        return tell_confounding(confounding)
    if not confounding.tried:
        return Prose(_("No criterion is clear enough by itself to ask what else could explain it, or nothing else on "
                       "record goes with the outcome."))
    return tell(_("No criterion vanishes among companies that are alike in something else; {n} pairs of a criterion "
                  "and something else were looked at."), n=confounding.tried)


def tabulate_outcomes(outcomes: OutcomeLifts) -> Table:
    """How does the profile do on every outcome?"""
    return lay_out("outcomes", outcomes.frame.assign(outcome=outcomes.frame["outcome"].map(names("outcome_is"))))


def tell_more(more: MoreProfiles, outcome: str) -> Prose:
    """Is there another ideal customer, unlike the first?"""
    found = [tell(_("**{rule}**: {ratio} times ({ends}), among {n} outside the profiles before it."),
                  rule=begin(one.rule.words()), ratio=say(one.lift, "ratio"), n=_cases(outcome, one.n),
                  ends=say_interval(one.lift_low, one.lift_high, "ratio")) for one in more.findings]
    last = more.stopped
    if not found and last is None:
        return Prose(_("No second profile is looked for before the first is supported."))
    return join(*found, tell(_("Among the {n} that are left, {best} {done}; the search finds no further profile there "
                               "that the data support."), n=_cases(outcome, last.n), best=last.best,
                             done=name("done", outcome)) if last else "")


def tabulate_groups(groups: AttributeGroups) -> Table:
    """Which attributes of the four groups were looked at?"""
    frame = groups.frame
    called = names("attribute_group")
    return lay_out("attributes", frame.assign(
        group=[called.get(code, code) for code in frame["group"]], use=frame["use"].map(names("attribute_use")),
        attribute=frame["attribute"].map(name_attribute)))


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
            group=name("attribute_group", empty[0]))))
    elif len(gaps):
        said.append(Prose(_("Collect first: **{attribute}**, known for {share} of accounts.").format(
            attribute=name_attribute(gaps.iloc[0]["attribute"]), share=say(gaps.iloc[0]["filled"], "share"))))
    return said


def tell_leaks(leaks: Leaks) -> Prose:
    """Which attributes were refused because they know the outcome, which only sound like it?"""
    rows = leaks.frame.drop_duplicates("attribute").to_dict("records")
    refused = [tell(_("{attribute} ({reason})"), attribute=name_attribute(row["attribute"]),
                    reason=name("suspicion", row["suspicion"])) for row in rows if row["refused"]]
    named = [name_attribute(row["attribute"]) for row in rows
             if not row["refused"] and row["attribute"] not in leaks.insisted]
    insisted = [name_attribute(one) for one in leaks.insisted]
    return join(
        tell(_("Refused as criteria, for they know the outcome: **{names}**. Such a field is usually filled after the "
               "fact."), names=_(", ").join(refused)) if refused else
        _("No attribute tells the outcome by itself, as one written down afterwards would."),
        tell(_("Suspected by their names alone, and not refused: {names}. Ask whoever fills them whether they are "
               "known before the sale."), names=_(", ").join(named)) if named else "",
        tell(_("Used all the same, because the study insists: {names}."), names=_(", ").join(insisted))
        if insisted else "")


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
