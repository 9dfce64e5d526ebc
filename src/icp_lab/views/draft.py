"""The drafted profile in sentences, tables and pictures: counts first, noise beside them, tests folded away."""

import math
from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.artifacts import make_id
from icp_lab.locale import _
from icp_lab.methods.confounding import Confounding
from icp_lab.methods.draft import AttributeGroups, OutcomeLifts, SizeFixed
from icp_lab.methods.evidence import FIRM
from icp_lab.methods.finding import Finding
from icp_lab.methods.leaks import Leaks
from icp_lab.methods.profile import Additions, MoreProfiles
from icp_lab.rule import Rule, name_attribute
from icp_lab.views.contrasts import tell_confounding
from icp_lab.views.picture import COLOURS, About, Picture, add_note, name_rows, plot_intervals, write_percent
from icp_lab.views.table import Table, say
from icp_lab.views.words import Prose, begin, join, lay_out, name, phrase, say_count, show, tell

NO_EXCESS = 0.1  # a ratio this close to one leaves nothing that size could explain
LOOSE = 1 - FIRM
_DRAWN, _LEANS = 8, 6  # attributes in a picture, rows of a table
_SHADES = {"firm": "accent", "wobbly": "second", "loose": "grey"}


def _cases(outcome: str, n: float) -> str:
    return tell(name("cases", outcome), n=say(n, "integer"))


def _words(finding: Finding, outcome: str) -> dict[str, Any]:
    """Collect what the sentences on a finding name: its cases, its rule, and its lift with the interval."""
    return {"n": _cases(outcome, finding.n), "best": finding.best, "done": name("done", outcome),
            "rule": finding.rule.words(), "ratio": finding.lift, "ends": (finding.lift_low, finding.lift_high)}


def tell_reach(finding: Finding, outcome: str, reach: tuple[float, float]) -> Prose:
    """Before looking: which profile could so many cases show at all?"""
    search, declared = reach
    shown = "search" if math.isfinite(search) else "declared" if math.isfinite(declared) else "nothing"
    return phrase("reach", shown, search=search, declared=declared, **_words(finding, outcome))


def tell_headline(finding: Finding, outcome: str) -> Prose:
    """Which profile was found, in a sentence, and how sure is it?"""
    words = _words(finding, outcome) | {"limit": finding.excluded_above}
    if finding.verdict == "supported":
        return phrase("headline", "supported", **words | {"rule": begin(finding.rule.words())})
    refused = "ruled_out" if "ruled_out" in finding.verdict_reason else "too_few"
    return phrase("headline", "tentative" if finding.verdict == "tentative" else refused, **words)


def tell_counts(finding: Finding, outcome: str) -> Prose:
    """Of ten cases inside and ten outside, how many came out well?"""
    fitted = finding.fitted
    tested = finding.noise.shuffles > 0  # else `fitted` is on the very cases that made the rule
    if not tested or not math.isfinite(fitted.rate_inside) or not math.isfinite(fitted.rate_outside):
        return phrase("counts", "all", **_words(finding, outcome))
    base = 10 if min(fitted.rate_inside, fitted.rate_outside) >= 0.1 else 100
    low, high = (round(base * end) for end in fitted.rate_inside_ends)
    return phrase("counts", "sides", base=base, low=low, high=high, inside=round(base * fitted.rate_inside),
                  outside=round(base * fitted.rate_outside), covered=round(fitted.covered), **_words(finding, outcome))


def tell_checks(finding: Finding) -> Prose:
    """Which of the three checks did it pass?"""
    return (join(*(name("check", code) for code in finding.reasons)) if finding.noise.shuffles
            else phrase("headline", "untested"))


def tell_noise(finding: Finding) -> list[Prose]:
    """Which rules does the search find where there is nothing to find?"""
    rules = [phrase("noise", "one", rule=begin(noisy.rule.words()), positives=noisy.positives, covered=noisy.covered,
                    ratio=noisy.lift) for noisy in finding.noise.rules]
    return [phrase("noise", "these"), *rules, phrase("noise", "real", ratio=finding.paper_lift)] if rules else []


def draw_lift(finding: Finding, outcome: str, about: About) -> Picture | Prose:
    """How does the profile's lift stand against what noise reaches?"""
    if not finding.noise.shuffles:
        return phrase("nothing", "tested")
    lifts = sorted(finding.noise.lifts)

    def draw(axes: Axes, narrow: bool) -> None:
        if lifts:
            axes.axvspan(lifts[0], lifts[-1], color=COLOURS["faint"], alpha=0.5, linewidth=0)
            add_note(axes, _("chance reaches this far"), (lifts[-1], 1), color=COLOURS["grey"])
        axes.plot(lifts, [1.0] * len(lifts), linestyle="none", marker="|", markersize=18, color=COLOURS["grey"])
        found = [(finding.lift, finding.lift_low, finding.lift_high), [math.nan] * 3]
        plot_intervals(axes, [_("this profile"), _("in shuffled data")], found, reference=1.0)
        if math.isfinite(finding.lift):
            add_note(axes, say(finding.lift, "ratio"), (finding.lift, 0), 0, 9, ha="center", va="baseline",
                     color=COLOURS["accent"])
        axes.set_ylim(1.6, -0.8)
        top = max(end for end in (finding.lift_high, *lifts[-1:], 1.5) if math.isfinite(end))
        axes.set_xlim(0, top * (1.5 if narrow else 1.1))
        axes.set_xlabel(_("times the rate of all") if narrow else _("times as often as all cases (1 = no difference)"))

    above = finding.lift_low > max([1.0, *lifts[-1:]])
    return show("lift", draw, about, title="above" if above else "near" if finding.lift_low > 1 else "within",
                height=190, shuffles=len(lifts), all=finding.noise.shuffles, low=min(lifts, default=None),
                high=max(lifts, default=None), **_words(finding, outcome))


def tell_lift(finding: Finding) -> Prose:
    """In plain words: is the profile more than luck?"""
    lifts = finding.noise.lifts
    if not lifts:
        return Prose("")
    luck = "often" if "noise+" not in finding.reasons else "near" if finding.lift_low <= max(lifts) else "hardly"
    return phrase("luck", luck, ratio=finding.lift, low=min(lifts), high=max(lifts))


def _firmness(share: float) -> str:
    return "firm" if share >= FIRM else "wobbly" if share >= LOOSE else "loose"


def draw_stability(finding: Finding, outcome: str, about: About) -> Picture | Prose:
    """How often would other samples choose the same attributes?"""
    if not finding.stability:
        return phrase("nothing", "samples")
    own = {attribute: finding.stability.get(attribute, 0.0) for attribute in finding.rule.attributes}
    others = sorted(set(finding.stability.items()) - set(own.items()), key=lambda pair: (-pair[1], pair[0]))
    shares = sorted(own.items(), key=lambda pair: (-pair[1], pair[0])) + others[:max(0, _DRAWN - len(own))]
    labels = [name_attribute(attribute) for attribute, _share in shares]
    notes = [phrase("another_sample", "chosen", share=share, firmness=name("firmness", _firmness(share)))
             if attribute in own else say(share, "share") for attribute, share in shares]

    def draw(axes: Axes, narrow: bool) -> None:
        colours = [COLOURS[_SHADES[_firmness(share)] if attribute in own else "faint"] for attribute, share in shares]
        axes.barh(range(len(labels)), [100 * share for _attribute, share in shares], color=colours, height=0.6)
        for row, (text, (_attribute, share)) in enumerate(zip(notes, shares, strict=True)):
            add_note(axes, text, (100 * share, row))
        name_rows(axes, labels)
        for line in (FIRM, LOOSE):
            axes.axvline(100 * line, color=COLOURS["ink"], linewidth=0.8, zorder=0)
        axes.set_xlim(0, 150 if narrow else 125)
        axes.set_xticks([0, 20, 40, 60, 80, 100])
        axes.set_xlabel(_("% of resamples") if narrow else _("% of resamples whose best rule uses the attribute"))

    return show("stability", draw, about, title="firm" if "stability+" in finding.reasons else "loose",
                counts=_cases(outcome, finding.n), height=90 + 34 * max(1, len(shares)),
                alt="; ".join(map(": ".join, zip(labels, notes, strict=True))) or _("no rule"))


def tell_stability(finding: Finding) -> Prose:
    """In plain words: would another sample have led to the same customers?"""
    noise = finding.noise.agreements
    if not noise:
        return Prose("")
    loose = [name_attribute(one) for one in finding.rule.attributes if finding.stability.get(one, 0.0) < LOOSE]
    return join(phrase("another_sample", "shares", agreement=finding.agreement, low=min(noise), high=max(noise)),
                phrase("another_sample", "loose", names=loose) if loose else "")


def draw_additions(additions: Additions, outcome: str, about: About) -> Picture | Prose:
    """What does each criterion add: how did those fare whom it alone keeps out?"""
    frame = additions.frame
    if len(frame) < 2:
        return phrase("nothing", "additions")
    inside, alone = frame.iloc[0], frame.iloc[1:]
    labels = [_("inside the profile"), *[criterion.words() for criterion in additions.rule.criteria]]
    counts = list(map(say_count, frame["positives"], frame["n"]))
    idle = [label for label, low in zip(labels[1:], alone["low"], strict=True) if not low < inside["share"]]

    def draw(axes: Axes, narrow: bool) -> None:
        shown = [fill(label, 20 if label.isascii() else 10) if narrow else label for label in labels]
        colours = [COLOURS["accent"], *[COLOURS["grey"]] * len(alone)]
        plot_intervals(axes, shown, frame[["share", "low", "high"]].to_numpy(), colours=colours, notes=counts)
        axes.set_xlim(0, 1.4 * frame["high"].max())
        write_percent(axes.xaxis)

    title = "clear" if (alone["high"] < inside["low"]).all() else "idle" if idle else "unclear"
    return show("additions", draw, about, title=title, height=90 + 36 * len(frame), narrow_height=90 + 56 * len(frame),
                criterion="".join(idle[:1]), done=name("done", outcome), counts=_cases(outcome, additions.n),
                alt="; ".join(map(": ".join, zip(labels, counts, strict=True))))


def tell_additions(additions: Additions, outcome: str) -> list[Prose]:
    """In plain words: what would we get without each criterion?"""
    inside, *alone = additions.frame.to_dict("records")
    said = []
    for criterion, row in zip(additions.rule.criteria, alone, strict=True):
        told = phrase("without", "more" if row["n"] else "nobody", criterion=begin(criterion.words()),
                      n=_cases(outcome, row["n"]), done=name("done", outcome), positives=row["positives"],
                      share=row["share"], inside=inside["share"])
        instead = [name_attribute(one) for one in row["instead"]]
        said.append(join(told, phrase("without", "instead", names=instead) if instead else ""))
    return said


def tabulate_rule(finding: Finding) -> Table:
    """Which criteria make up the profile?"""
    shares = finding.frame["stability"].fillna(0)
    firm = [name("firmness", _firmness(share)) if finding.stability else "" for share in shares]
    names = finding.frame["attribute"]
    anchors = names.map(lambda one: make_id("criteria", one)).where(~names.duplicated())
    return lay_out("rule", finding.frame.assign(firmness=firm, anchor=anchors),
                   title="" if finding.verdict != "unsupported" else phrase("headline", "refused"))


def tabulate_leans(finding: Finding) -> Table:
    """Where do the data lean, one attribute at a time?"""
    rows = [{"level": lean.rule.words(), "n": lean.lift.covered, "lift": lean.lift.lift, "low": lean.lift.low,
             "high": lean.lift.high, "shrunk": lean.shrunk} for lean in finding.leans[:_LEANS]]
    return lay_out("leans", pd.DataFrame(rows, columns=["level", "n", "lift", "low", "high", "shrunk"]))


def tell_size(size: SizeFixed, rule: Rule) -> Prose:
    """Does best just mean big?"""
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
    """Which criteria are mostly something else?"""
    if (confounding.frame["kind"] == "explained").any():
        return tell_confounding(confounding)
    return phrase("alike", "none" if confounding.tried else "untried", n=confounding.tried)


def tabulate_outcomes(outcomes: OutcomeLifts) -> Table:
    """How does the profile do on every outcome?"""
    return lay_out("outcomes", outcomes.frame)


def tell_more(more: MoreProfiles, outcome: str) -> Prose:
    """Is there another ideal customer, unlike the first?"""
    found = [phrase("another_profile", "one", **_words(one, outcome) | {"rule": begin(one.rule.words())})
             for one in more.findings]
    found += [phrase("another_profile", "stopped", **_words(more.stopped, outcome))] if more.stopped else []
    return join(*found) if found else phrase("another_profile", "untried")


def tabulate_groups(groups: AttributeGroups) -> Table:
    """Which attributes of the four groups were looked at?"""
    return lay_out("attributes", groups.frame)


def tell_next(finding: Finding, groups: AttributeGroups) -> list[Prose]:
    """What would settle it, and what is to be collected first?"""
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


def tell_leaks(leaks: Leaks) -> Prose:
    """Which attributes were refused because they know the outcome, which only sound like it?"""
    rows = leaks.frame.drop_duplicates("attribute").to_dict("records")
    refused = [phrase("leaks", "one", attribute=name_attribute(row["attribute"]),
                      reason=name("suspicion", row["suspicion"])) for row in rows if row["refused"]]
    suspected = [row["attribute"] for row in rows if not row["refused"] and row["attribute"] not in leaks.insisted]
    kinds = {"suspected": suspected, "insisted": leaks.insisted}
    return join(phrase("leaks", "refused" if refused else "none", names=refused), *(
        phrase("leaks", kind, names=list(map(name_attribute, found))) for kind, found in kinds.items() if found))


def tell_holdout(finding: Finding) -> Prose:
    """Does a rule found on earlier cases hold on the latest?"""
    late = finding.holdout
    return (phrase("latest", "tested", ratio=late.lift, ends=(late.low, late.high), n=int(late.n)) if late
            else phrase("latest", "undated"))


def tell_method(finding: Finding) -> Prose:
    """Which figures stand behind the verdict, for who wants them?"""
    paper = sorted(finding.noise.paper_lifts)
    return phrase("method", "figures", p=finding.p_value, shuffles=finding.noise.shuffles, unknown=finding.unknown,
                  paper=paper[len(paper) // 2] if paper else None)
