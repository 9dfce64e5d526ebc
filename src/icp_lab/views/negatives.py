"""Who did not fit, why, and what they have in common: sentences, tables and a picture."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from icp_lab.locale import _
from icp_lab.methods.avoid import Failures
from icp_lab.methods.contrast import Contrast
from icp_lab.methods.finding import Finding
from icp_lab.methods.negatives import Negatives
from icp_lab.methods.profile import Additions
from icp_lab.methods.reasons import Reasons
from icp_lab.views.contrasts import tell_clearest
from icp_lab.views.draft import draw_additions, draw_stability, tell_additions, tell_stability
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals, write_percent
from icp_lab.views.table import Column, Table, say
from icp_lab.views.words import Prose, join, lay_out, name, names, phrase, show, tell


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
    doubts = join(phrase("negative", "blind", signs=list(blind)) if len(blind) else "",
                  phrase("negative", "set_aside", n=aside) if aside else "")
    return doubts or phrase("nothing", "doubts")


# Reasons


def tell_reasons(reasons: Reasons) -> Prose:
    """Which reason is named most, on leaving and on not buying?"""
    sentences = []
    for source in ("churn", "lost"):
        part = reasons.frame[(reasons.frame["source"] == source) & (reasons.frame["group"] != "unknown")]
        if part["accounts"].sum() > 0:
            top = part.sort_values("accounts", ascending=False, kind="stable").iloc[0]
            sentences.append(phrase(
                "negative", "reason", of=top["of"], source=name("reason_source", source), share=top["share"],
                interval=(top["low"], top["high"]), group=name("reason_group", top["group"]),
                n=f"**{say(top['accounts'], 'integer')}**"))
    return join(*sentences) or phrase("nothing", "said")


def _name_codes(frame: pd.DataFrame) -> pd.DataFrame:
    """Write the sources and groups of reasons in words."""
    return frame.assign(source=frame["source"].map(names("reason_source")),
                        group=frame["group"].map(names("reason_group")))


def tabulate_reasons(reasons: Reasons) -> Table:
    """How many accounts name which kind of reason, and where do they say it?"""
    silent = reasons.silent.loc[reasons.silent["source"] != "tickets", "accounts"].sum()
    return lay_out("reasons", _name_codes(reasons.frame), silent=int(silent))


def draw_reasons(reasons: Reasons, about: About) -> Picture | Prose:
    """Which reasons are named, with intervals?"""
    rows = reasons.frame[reasons.frame["source"] != "tickets"]
    sources = list(dict.fromkeys(rows["source"]))
    if not sources:
        return phrase("nothing", "reasons")

    def draw(figure: Figure, narrow: bool) -> None:
        panels = figure.subplots(len(sources), 1, sharex=True, squeeze=False)[:, 0]
        for axes, source in zip(panels, sources, strict=False):
            part = rows[rows["source"] == source]
            _draw_shares(axes, part)
            axes.set_xlim(0, min(1.0, 1.2 * float(rows["high"].max())))
            axes.set_title(tell(_("Said {source}, {n} accounts"), source=name("reason_source", source),
                                n=part["of"].iloc[0]))
        write_percent(panels[-1].xaxis)

    said = [f"{row['source']} {say(row['of'], 'integer')}"
            for row in _name_codes(rows.drop_duplicates("source")).to_dict("records")]
    known = rows[(rows["group"] != "unknown") & (rows["accounts"] > 0)]
    tops = known.loc[known.groupby("source", sort=False)["accounts"].idxmax()]
    parts = [tell(_("{source}: {group} ({share:share})"), source=row["source"], group=row["group"], share=row["share"])
             for row in _name_codes(tops).to_dict("records")]
    return show("reasons", draw, about, figure=True, height=60 + 170 * len(sources),
                title="named" if parts else "none", parts=_("; ").join(parts), listed=said,
                alt="; ".join(f"{row['source']}, {row['group']}: {say(row['share'], 'share')}"
                              for row in _name_codes(rows).to_dict("records")))


def _draw_shares(axes: Axes, part: pd.DataFrame) -> None:
    colours = [COLOURS["grey"] if group == "unknown" else COLOURS["accent"] for group in part["group"]]
    axes.barh(range(len(part)), part["share"], height=0.62, color=COLOURS["faint"], zorder=1)
    plot_intervals(axes, [name("reason_group", group) for group in part["group"]], part["share"].tolist(),
                   list(zip(part["low"], part["high"], strict=True)), colours=colours,
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
    return lay_out("groupings", _name_codes(rows), note=note)


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
