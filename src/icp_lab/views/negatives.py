"""Who did not fit, why, and what they have in common: sentences, tables and a picture."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from icp_lab.artifacts import make_id
from icp_lab.locale import _
from icp_lab.methods.association import Association
from icp_lab.methods.avoid import Failures
from icp_lab.methods.contrast import Contrast
from icp_lab.methods.finding import Finding
from icp_lab.methods.negatives import Negatives
from icp_lab.methods.profile import Additions
from icp_lab.methods.reasons import Reasons
from icp_lab.rule import name_attribute
from icp_lab.views.additions import draw_additions, tell_additions
from icp_lab.views.contrasts import tell_clearest
from icp_lab.views.draft import draw_stability, tell_stability
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals, write_percent
from icp_lab.views.table import Column, Table, say
from icp_lab.views.words import Prose, join, lay_out, name, names, phrase, show, tell

_FEWEST = 5  # accounts that give a reason, if it is to have a column of its own


def tell_negatives(negatives: Negatives, contrast: Contrast) -> Prose:
    """Who did not fit, and what is the clearest difference from the best, in a sentence?"""
    if not negatives.ids:
        return phrase("nothing", "negatives")
    n = f"**{say(len(negatives.ids), 'integer')}**"
    return join(phrase("negative", "some", n=n, all=negatives.accounts), tell_clearest(contrast))


def tabulate_signs(negatives: Negatives) -> Table:
    """How many accounts show which sign, out of how many that it can be told of?"""
    measure = negatives.use_measure
    note = phrase("negative", "low_use", measure=name("use", measure)) if measure else ""
    return lay_out("signs", negatives.signs, note=note)


def tabulate_overlap(negatives: Negatives) -> Table | Prose:
    """How many accounts show two signs at once?"""
    shows = negatives.signs.set_index("sign")["negative"]
    if (shows > 0).sum() < 2:
        return phrase("nothing", "overlap")
    both = {frozenset((row["first"], row["second"])): row["both"] for row in negatives.overlap.to_dict("records")}
    called = {sign: words for sign, words in names("sign").items() if shows[sign]}
    rows = [{"sign": called[one], **{other: shows[one] if one == other else both[frozenset((one, other))]
                                     for other in called}} for one in called]
    return lay_out("sign_overlap", pd.DataFrame(rows),
                   more=tuple(Column(sign, words, "integer") for sign, words in called.items()))


def tell_doubts(negatives: Negatives) -> Prose:
    """What was set aside or cannot be told?"""
    blind = negatives.signs.loc[negatives.signs["judged"] == 0, "sign"].map(names("sign"))
    aside = negatives.answers_set_aside
    return join(phrase("negative", "blind", signs=list(blind)) if len(blind) else "",
                phrase("negative", "set_aside", n=aside) if aside else "") or phrase("nothing", "doubts")


# Reasons


def tell_reasons(reasons: Reasons) -> Prose:
    """Which reason is named most, on leaving and on not buying?"""
    return join(*(phrase(
        "negative", "reason", of=top["of"], source=name("reason_source", top["source"]), share=top["share"],
        interval=(top["low"], top["high"]), group=name("reason_group", top["group"]),
        n=f"**{say(top['accounts'], 'integer')}**") for top in _find_tops(reasons))) or phrase("nothing", "said")


def _find_tops(reasons: Reasons) -> list[dict[Any, Any]]:
    """Find the reasons named most, on leaving and on not buying."""
    rows = reasons.frame[reasons.frame["source"].ne("tickets") & reasons.frame["accounts"].gt(0)]
    return rows.loc[rows.groupby("source", sort=False)["accounts"].idxmax()].to_dict("records")


def tabulate_reasons(reasons: Reasons) -> Table:
    """How many accounts name which kind of reason, and where do they say it?"""
    silent = reasons.silent.loc[reasons.silent["source"] != "tickets", "accounts"].sum()
    first = ~reasons.frame["group"].duplicated()
    anchors = [make_id("negatives", f"reason_group={group}") for group in reasons.frame["group"]]
    return lay_out("reasons", reasons.frame.assign(anchor=pd.Series(anchors, reasons.frame.index).where(first)),
                   silent=int(silent))


def draw_reasons(reasons: Reasons, about: About) -> Picture | Prose:
    """Which reasons are named, with intervals?"""
    rows = reasons.frame[reasons.frame["source"] != "tickets"]
    parts = [part for _source, part in rows.groupby("source", sort=False)]
    if not parts:
        return phrase("nothing", "reasons")
    sources = [name("reason_source", part["source"].iloc[0]) for part in parts]

    def draw(figure: Figure, narrow: bool) -> None:
        panels = figure.subplots(len(parts), 1, sharex=True, squeeze=False)[:, 0]
        for axes, source, part in zip(panels, sources, parts, strict=True):
            _draw_shares(axes, part)
            axes.set_xlim(0, min(1.0, 1.2 * float(rows["high"].max())))
            axes.set_title(tell(_("Said {source}, {n} accounts"), source=source, n=part["of"].iloc[0]))
        write_percent(panels[-1].xaxis)

    tops = [tell(_("{source}: {group} ({share:share})"), source=name("reason_source", top["source"]),
                 group=name("reason_group", top["group"]), share=top["share"]) for top in _find_tops(reasons)]
    return show("reasons", draw, about, figure=True, height=60 + 170 * len(parts),
                title="named" if tops else "none", parts=_("; ").join(tops),
                listed=[f"{source} {say(part['of'].iloc[0], 'integer')}"
                        for source, part in zip(sources, parts, strict=True)],
                alt="; ".join(f"{name('reason_source', row['source'])}, {name('reason_group', row['group'])}: "
                              f"{say(row['share'], 'share')}" for row in rows.to_dict("records")))


def _draw_shares(axes: Axes, part: pd.DataFrame) -> None:
    colours = [COLOURS["grey"] if group == "other" else COLOURS["accent"] for group in part["group"]]
    axes.barh(range(len(part)), part["share"], height=0.62, color=COLOURS["faint"], zorder=1)
    plot_intervals(axes, [name("reason_group", group) for group in part["group"]],
                   part[["share", "low", "high"]].to_numpy(), colours=colours,
                   notes=[say(count, "integer") for count in part["accounts"]])


def tabulate_groupings(reasons: Reasons, *, show_texts: bool = False) -> Table:
    """Which statement went to which group, and by which word?

    Parameters
    ----------
    reasons
        The grouped reasons.
    show_texts
        List free texts as well. They may name people, so that a page meant for sharing leaves them out.
    """
    rows = reasons.statements if show_texts else reasons.statements[~reasons.statements["free"]]
    hidden = len(reasons.statements) - len(rows)
    note = phrase("negative", "hidden" if hidden else "first", hidden=hidden)
    by = [phrase("negative", "by_hand", n=row["people"]) if row["people"] else
          row["words"] or phrase("negative", "unread") for row in rows.to_dict("records")]
    groups = rows["group"].map(names("reason_group"))
    doubtful = groups.map(lambda group: phrase("negative", "doubtful", group=group))
    return lay_out("groupings", rows.assign(by=by, group=doubtful.where(rows["unsure"], groups)), note=note)


def tell_groupings(reasons: Reasons) -> Prose:
    """How far can the grouping be trusted: what is unsure, and what do people say to it?"""
    if reasons.statements.empty:
        return phrase("nothing", "said")
    rows: list[Any] = reasons.checked.to_dict("records")
    checked = [phrase("negative", row["against"], interval=(row["low"], row["high"]),
                      ends=(row["alpha_low"], row["alpha_high"]), **row) for row in rows]
    return join(phrase("negative", "unsure", n=len(reasons.statements), unsure=reasons.statements["unsure"].sum()),
                *checked)


def tell_reason_kinds(association: Association, q: float) -> Prose:
    """Do some kinds of accounts give other reasons than others?"""
    tried, found = (list(map(name_attribute, frame["attribute"].drop_duplicates()))
                    for frame in (association.frame, association.frame[association.frame["distinct"]]))
    if not tried:
        return phrase("nothing", "compared")
    return phrase("negative", "by_kind" if found else "alike", names=found or tried, q=q,
                  n=sum(association.groups.values()))


def tabulate_reason_kinds(crossed: pd.DataFrame, attribute: str) -> Table | Prose:
    """Which kinds of accounts give which reasons, with intervals?"""
    rows = crossed[crossed.groupby("group")["accounts"].transform("sum") >= _FEWEST].to_dict("records")
    if not rows:
        return phrase("nothing", "reasons")
    wide = {row["level"]: {"level": row["level"], "of": row["of"]} for row in rows}
    for row in rows:
        wide[row["level"]] |= {f"{end} {row['group']}": row[end] for end in ("share", "low", "high")}
    given = dict.fromkeys(row["group"] for row in rows)
    columns = tuple(Column(f"share {each}", name("reason_group", each), "share", low=f"low {each}", high=f"high {each}")
                    for each in given)
    return lay_out("reasons_by", pd.DataFrame(wide.values()), more=columns, kind=name_attribute(attribute))


# The negative profile


def tell_failures(failures: Failures) -> Prose:
    """Among whom is a negative profile looked for, and who counts as having failed there?"""
    return phrase("failed_among", failures.among, n=len(failures.negative), signs=failures.min_signs,
                others=len(failures.others))


def tell_avoid_profile(finding: Finding) -> Prose:
    """What do accounts that did not fit have in common, counts before ratios, and how far does that carry?"""
    verdict = name("verdict", finding.verdict)
    if not finding.covered:
        return phrase("avoided", "nobody", n=finding.n, best=finding.best, verdict=verdict)
    return phrase("avoided", "profile", covered=finding.covered, rule=finding.rule.words(), verdict=verdict,
                  inside=finding.covered_best, rest=finding.n - finding.covered, lift=finding.lift,
                  outside=finding.best - finding.covered_best, interval=(finding.lift_low, finding.lift_high))


def weigh_avoid(finding: Finding, additions: Additions, about: About) -> list[Picture | Prose]:
    """Would another sample say the same, and what does each criterion add? Only where a profile is claimed."""
    if finding.verdict == "unsupported":
        return [phrase("nothing", "weighed")]
    return [draw_stability(finding, "failed", about), tell_stability(finding),
            draw_additions(additions, "failed", about), *tell_additions(additions, "failed")]
