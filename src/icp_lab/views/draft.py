"""The drafted profile in sentences, tables and pictures: counts first, noise beside them, tests folded away."""

import math
from typing import Any

from matplotlib.axes import Axes

from icp_lab.artifacts import make_id
from icp_lab.locale import _
from icp_lab.methods.evidence import FIRM
from icp_lab.methods.finding import Finding
from icp_lab.rule import name_attribute
from icp_lab.views.document import count_cases
from icp_lab.views.picture import COLOURS, About, Picture, add_note, name_rows, plot_intervals
from icp_lab.views.table import Table, say
from icp_lab.views.words import Prose, begin, join, lay_out, name, phrase, show

LOOSE = 1 - FIRM
_DRAWN = 8  # attributes in a picture
_SHADES = {"firm": "accent", "wobbly": "second", "loose": "grey"}


def collect_words(finding: Finding, outcome: str) -> dict[str, Any]:
    """Collect what the sentences on a finding name: its cases, its rule, and its lift with the interval.

    Parameters
    ----------
    finding : Finding
        What was found.
    outcome : str
        The outcome that the profile is drafted on, such as `best`.

    Returns
    -------
    dict of str to object
        Words for `phrase`: `n`, `best`, `done`, `rule`, `ratio` and `ends`.

    Examples
    --------
    >>> import pandas as pd
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> words = collect_words(finding, "best")
    >>> words["n"], words["best"], words["done"]
    (2 customers, 1, 'became best customers')
    """
    return {"n": count_cases({"outcome": outcome}, finding.n), "best": finding.best, "done": name("done", outcome),
            "rule": finding.rule.words(), "ratio": finding.lift, "ends": (finding.lift_low, finding.lift_high)}


def tell_headline(finding: Finding, outcome: str) -> Prose:
    """Say in a sentence which profile was found, and how sure it is.

    Parameters
    ----------
    finding : Finding
        What was found.
    outcome : str
        The outcome that the profile is drafted on, such as `best`.

    Returns
    -------
    Prose
        An unsupported profile is not named: it is said what is ruled out, or that the cases are too few.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import pandas as pd
    >>> from icp_lab.rule import Rule
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> tell_headline(finding, "best")
    No profile is claimed: 2 customers with a known outcome, of which 1 became best customers, are too few to tell a
    profile from chance.
    >>> rule = Rule.from_dicts([{"attribute": "exports", "is": True}])
    >>> found = replace(finding, n=300, verdict="supported", rule=rule)
    >>> tell_headline(replace(found, lift=2.4, lift_low=1.6, lift_high=3.5), "best")
    **Exports: yes**: such cases became best customers 2.4 times as often as all (1.6 to 3.5), counted on cases that the
    search had not seen.
    """
    words = collect_words(finding, outcome) | {"limit": finding.excluded_above}
    if finding.verdict == "supported":
        return phrase("headline", "supported", **words | {"rule": begin(finding.rule.words())})
    refused = "ruled_out" if "ruled_out" in finding.verdict_reason else "too_few"
    return phrase("headline", "tentative" if finding.verdict == "tentative" else refused, **words)


def tell_counts(finding: Finding, outcome: str) -> Prose:
    """Say of ten cases inside and ten outside how many came out well.

    Parameters
    ----------
    finding : Finding
        What was found; of a hundred where either share is under one in ten.
    outcome : str
        The outcome that the profile is drafted on, such as `best`.

    Returns
    -------
    Prose
        Counts of cases that the search had not seen; where nothing was tested, of all cases.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import pandas as pd
    >>> from icp_lab.methods.lift import Lift
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> lift = Lift(2.0, 1.2, 3.3, n=200, positives=40, covered=50.0, covered_positives=20.0, groups=200)
    >>> found = replace(finding, n=200, best=40, noise=replace(finding.noise, shuffles=99), fitted=lift)
    >>> tell_counts(found, "best")
    Of 10 inside, about **4** became best customers (3 to 5); of 10 outside, about **1**. Counted on 200 customers, each
    by a rule found without it; about 50 of them were inside.
    """
    fitted = finding.fitted
    tested = finding.noise.shuffles > 0  # else `fitted` is on the very cases that made the rule
    if not tested or not math.isfinite(fitted.rate_inside) or not math.isfinite(fitted.rate_outside):
        return phrase("counts", "all", **collect_words(finding, outcome))
    base = 10 if min(fitted.rate_inside, fitted.rate_outside) >= 0.1 else 100
    low, high = (round(base * end) for end in fitted.rate_inside_ends)
    return phrase("counts", "sides", base=base, low=low, high=high, inside=round(base * fitted.rate_inside),
                  outside=round(base * fitted.rate_outside), covered=round(fitted.covered),
                  **collect_words(finding, outcome))


def tell_checks(finding: Finding) -> Prose:
    """Say which of the three checks the profile passed.

    Parameters
    ----------
    finding : Finding
        What was found; `reasons` are the checks: noise, interval, stability.

    Returns
    -------
    Prose
        A sentence a check; where nothing was tested, that.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import pandas as pd
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> tell_checks(finding)
    There are fewer than ten cases of one kind, so nothing was tested.
    >>> tested = replace(finding.noise, shuffles=99)
    >>> tell_checks(replace(finding, noise=tested, reasons=("noise+", "interval-", "stability+")))
    The search found more than it finds in shuffled data. On cases that the search had not seen the ratio may be one: no
    difference. Other samples of the same cases pick out much the same companies.
    """
    return (join(*(name("check", code) for code in finding.reasons)) if finding.noise.shuffles
            else phrase("headline", "untested"))


def tell_noise(finding: Finding) -> list[Prose]:
    r"""Say which rules the search finds where there is nothing to find.

    Parameters
    ----------
    finding : Finding
        What was found, and what shuffled data give.

    Returns
    -------
    list of Prose
        A heading, some rules found in shuffled data, and the profile beside them; none where nothing was tested.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import pandas as pd
    >>> from icp_lab.methods.finding import NoisyRule
    >>> from icp_lab.rule import Rule
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> noisy = NoisyRule(Rule.from_dicts([{"attribute": "exports", "is": True}]), lift=2.8, covered=14, positives=7)
    >>> print(*tell_noise(replace(finding, noise=replace(finding.noise, rules=(noisy,)), paper_lift=2.9)), sep="\n")
    The same search, on the same cases with their outcomes dealt out at random, came up with these. They mean nothing,
    and look good all the same:
    **Exports: yes**: 7 of 14, on paper 2.8 times as often as all.
    The rule that was found in the real data, counted in the same flattering way: 2.9 times.
    """
    rules = [phrase("noise", "one", rule=begin(noisy.rule.words()), positives=noisy.positives, covered=noisy.covered,
                    ratio=noisy.lift) for noisy in finding.noise.rules]
    return [phrase("noise", "these"), *rules, phrase("noise", "real", ratio=finding.paper_lift)] if rules else []


def draw_lift(finding: Finding, outcome: str, about: About) -> Picture | Prose:
    """Show how the profile's lift stands against what noise reaches.

    Parameters
    ----------
    finding : Finding
        What was found, and what shuffled data give.
    outcome : str
        The outcome that the profile is drafted on, such as `best`.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture or Prose
        The lift with its interval over those of shuffles; a sentence where nothing was tested.

    Examples
    --------
    >>> import pandas as pd
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> from datetime import date
    >>> draw_lift(finding, "best", About(date(2026, 6, 30), "EUR", "Demo"))
    Nothing was tested, so that there is nothing to hold against chance.
    """
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
                high=max(lifts, default=None), **collect_words(finding, outcome))


def tell_lift(finding: Finding) -> Prose:
    """Say in plain words whether the profile is more than luck.

    Parameters
    ----------
    finding : Finding
        What was found, and what shuffled data give.

    Returns
    -------
    Prose
        The lift beside the range that luck reaches; empty where nothing was tested.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import pandas as pd
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> noise = replace(finding.noise, lifts=(0.7, 1.0, 1.4), shuffles=3)
    >>> tell_lift(replace(finding, noise=noise, lift=2.4, lift_low=1.6, reasons=("noise+",)))
    Deal the outcomes out by lot, and a profile found in the same way reaches 0.70 to 1.40 times the rate of all. This
    one reaches **2.4 times**, and luck hardly ever does as well.
    """
    lifts = finding.noise.lifts
    if not lifts:
        return Prose("")
    luck = "often" if "noise+" not in finding.reasons else "near" if finding.lift_low <= max(lifts) else "hardly"
    return phrase("luck", luck, ratio=finding.lift, low=min(lifts), high=max(lifts))


def _firmness(share: float) -> str:
    return "firm" if share >= FIRM else "wobbly" if share >= LOOSE else "loose"


def draw_stability(finding: Finding, outcome: str, about: About) -> Picture | Prose:
    """Show how often other samples would choose the same attributes.

    Parameters
    ----------
    finding : Finding
        What was found; `stability` has the share of resamples by attribute.
    outcome : str
        The outcome that the profile is drafted on, such as `best`.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture or Prose
        A bar an attribute, those of the profile first, eight at most beside them; a sentence where nothing was tested.

    Examples
    --------
    >>> import pandas as pd
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> from datetime import date
    >>> draw_stability(finding, "best", About(date(2026, 6, 30), "EUR", "Demo"))
    Nothing was tested, so that other samples were not drawn.
    """
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
                counts=count_cases({"outcome": outcome}, finding.n), height=90 + 34 * max(1, len(shares)),
                alt="; ".join(map(": ".join, zip(labels, notes, strict=True))) or _("no rule"))


def tell_stability(finding: Finding) -> Prose:
    """Say in plain words whether another sample would have led to the same customers.

    Parameters
    ----------
    finding : Finding
        What was found, and what shuffled data give.

    Returns
    -------
    Prose
        How far resamples agree, and which attributes are loose; empty where nothing was tested.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import pandas as pd
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> noise = replace(finding.noise, agreements=(0.1, 0.3))
    >>> tell_stability(replace(finding, noise=noise, agreement=0.7))
    Had we had other customers like these, the profile drawn from them would share **70 %** of its companies with this
    one. Profiles found in shuffled data share 10 % to 30 %.
    """
    noise = finding.noise.agreements
    if not noise:
        return Prose("")
    loose = [name_attribute(one) for one in finding.rule.attributes if finding.stability.get(one, 0.0) < LOOSE]
    return join(phrase("another_sample", "shares", agreement=finding.agreement, low=min(noise), high=max(noise)),
                phrase("another_sample", "loose", names=loose) if loose else "")


def tabulate_rule(finding: Finding) -> Table:
    """Show which criteria make up the profile.

    Parameters
    ----------
    finding : Finding
        What was found.

    Returns
    -------
    Table
        A row a criterion, with how often its attribute is chosen again; unsupported ones stand under a title that says
        so.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import pandas as pd
    >>> from icp_lab.methods.evidence import find_icp
    >>> from icp_lab.rule import Rule
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> rule = Rule.from_dicts([{"attribute": "exports", "is": True}])
    >>> table = tabulate_rule(replace(finding, rule=rule, stability={"exports": 0.9}))
    >>> table.title, table.cells()
    (The best rule found, refused, [['exports: yes', '90', 'firm']])
    """
    shares = finding.frame["stability"].fillna(0)
    firm = [name("firmness", _firmness(share)) if finding.stability else "" for share in shares]
    names = finding.frame["attribute"]
    anchors = names.map(lambda one: make_id("criteria", one)).where(~names.duplicated())
    return lay_out("rule", finding.frame.assign(firmness=firm, anchor=anchors),
                   title="" if finding.verdict != "unsupported" else phrase("headline", "refused"))
