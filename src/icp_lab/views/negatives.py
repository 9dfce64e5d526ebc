"""Who did not fit, why, and what they have in common: sentences, tables and a picture."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from icp_lab.locale import N_, _
from icp_lab.methods.avoid import Failures
from icp_lab.methods.contrast import Contrast
from icp_lab.methods.finding import Finding
from icp_lab.methods.negatives import SIGNS, Negatives
from icp_lab.methods.reasons import Reasons
from icp_lab.views.contrasts import tell_clearest
from icp_lab.views.document import VERDICTS
from icp_lab.views.picture import COLOURS, About, Picture, paint, plot_intervals
from icp_lab.views.prose import Prose
from icp_lab.views.table import Column, Table, say, say_interval

SIGN_NAMES = {
    "churned": N_("left"), "lapsed": N_("stopped ordering"), "low_use": N_("low use"),
    "low_satisfaction": N_("low satisfaction"), "lost": N_("never bought"), "avoided": N_("advised against"),
}
GROUP_NAMES = {
    "product": N_("product does not fit"), "price": N_("price"), "support": N_("support"), "other": N_("other"),
    "unknown": N_("not to be told"),
}
SOURCE_NAMES = {
    "churn": N_("on leaving"), "lost": N_("on not buying"), "tickets": N_("in tickets of negative accounts"),
}
_USE = {
    "users_per_seat": N_("share of seats in use"), "users": N_("users"), "events": N_("events a month"),
}


def tell_negatives(negatives: Negatives, contrast: Contrast) -> Prose:
    """Who did not fit, and what is the clearest difference from the best, in a sentence?"""
    if not negatives.ids:
        return Prose(_("No account shows a sign of not fitting, as far as these tables tell."))
    sentence = _("{n} of {all} accounts show a sign of not fitting.")
    told = sentence.format(n=f"**{say(len(negatives.ids), 'integer')}**", all=say(negatives.accounts, "integer"))
    return Prose(f"{told} {tell_clearest(contrast)}")


def tabulate_signs(negatives: Negatives) -> Table:
    """How many accounts show which sign, out of how many that it can be told of?"""
    frame = negatives.signs.assign(sign=[_(SIGN_NAMES[sign]) for sign in negatives.signs["sign"]])
    note = _("Told of: accounts for which the tables allow to say yes or no. Only: no other sign.")
    if negatives.use_measure:
        low = _("Low use is the lowest part by {measure}; how many is set beforehand, so it carries no interval.")
        note = Prose(f"{note} {low.format(measure=_(_USE[negatives.use_measure]))}")
    columns = (
        Column("sign", _("Sign")), Column("judged", _("Told of"), "integer"),
        Column("negative", _("Show it"), "integer"), Column("only", _("Only this one"), "integer"),
        Column("share", _("Share"), "share", low="low", high="high"),
    )
    return Table(frame, columns, title=_("Who did not fit, by which sign"), note=note)


def tabulate_overlap(negatives: Negatives) -> Table | Prose:
    """How many accounts show two signs at once?"""
    if (negatives.signs["negative"] > 0).sum() < 2:
        return Prose(_("Fewer than two of the signs show at all, so that none can overlap."))
    both = {(row["first"], row["second"]): row["both"] for row in negatives.overlap.to_dict("records")}
    shown = [sign for sign in SIGNS if negatives.signs.set_index("sign").loc[sign, "negative"]]
    rows = [[_(SIGN_NAMES[one]), *(_overlap(both, negatives, one, other) for other in shown)] for one in shown]
    frame = pd.DataFrame(rows, columns=["sign", *shown])
    columns = (Column("sign", _("Sign")), *(Column(sign, _(SIGN_NAMES[sign]), "integer") for sign in shown))
    return Table(frame, columns, title=_("The signs overlap: accounts that show both"),
                 note=_("Where a sign meets itself stands the number of accounts that show it."))


def _overlap(both: dict[tuple[str, str], int], negatives: Negatives, one: str, other: str) -> int:
    if one == other:
        return int(negatives.signs.set_index("sign").loc[one, "negative"])  # type: ignore[arg-type]
    return both[(one, other)] if (one, other) in both else both[(other, one)]


def tell_doubts(negatives: Negatives) -> Prose:
    """What was set aside or cannot be told?"""
    blind = [_(SIGN_NAMES[sign]) for sign in negatives.signs.loc[negatives.signs["judged"] == 0, "sign"]]
    sentences = []
    if blind:
        sentences.append(_("This cannot be told of any account: {signs}.").format(signs=_(", ").join(blind)))
    if negatives.answers_set_aside:
        sentences.append(_("{n} answers are of no known scale, or outside of it, and do not count.").format(
            n=say(negatives.answers_set_aside, "integer")))
    return Prose(" ".join(sentences) or _("Every sign can be told of some accounts, and no answer was set aside."))


# Reasons


def tell_reasons(reasons: Reasons) -> Prose:
    """Which reason is named most, on leaving and on not buying?"""
    sentences = []
    for source in ("churn", "lost"):
        part = reasons.frame[(reasons.frame["source"] == source) & (reasons.frame["group"] != "unknown")]
        if part["accounts"].sum() > 0:
            top = part.sort_values("accounts", ascending=False, kind="stable").iloc[0]
            sentence = _("Of {of} accounts that gave a reason {source}, {n} name: {group} ({share}; {interval}).")
            sentences.append(sentence.format(
                of=say(top["of"], "integer"), source=_(SOURCE_NAMES[source]),
                n=f"**{say(top['accounts'], 'integer')}**",
                group=_(GROUP_NAMES[top["group"]]), share=say(top["share"], "share"),
                interval=say_interval(top["low"], top["high"], "share")))
    return Prose(" ".join(sentences) or _("No account says why it left or did not buy."))


def tabulate_reasons(reasons: Reasons) -> Table:
    """How many accounts name which kind of reason, and where do they say it?"""
    frame = reasons.frame.assign(source=[_(SOURCE_NAMES[source]) for source in reasons.frame["source"]],
                                 group=[_(GROUP_NAMES[group]) for group in reasons.frame["group"]])
    silent = int(reasons.silent.loc[reasons.silent["source"] != "tickets", "accounts"].sum())
    note = _("An account may name several. Not counted, as they left or let a deal go without a word: {silent}.")
    columns = (
        Column("source", _("Said")), Column("group", _("Reason")), Column("accounts", _("Accounts"), "integer"),
        Column("of", _("Out of"), "integer"), Column("share", _("Share"), "share", low="low", high="high"),
    )
    note = note.format(silent=say(silent, "integer"))
    return Table(frame, columns, title=_("The reasons that were given"), note=note)


def draw_reasons(reasons: Reasons, about: About) -> Picture | Prose:
    """Which reasons are named, with intervals?"""
    rows = reasons.frame[reasons.frame["source"] != "tickets"]
    sources = list(dict.fromkeys(rows["source"]))
    if not sources:
        return Prose(_("What to collect: with each customer that leaves and each deal that is lost, one line in the "
                       "customer's own words."))

    def draw(figure: Figure, narrow: bool) -> None:
        panels = figure.subplots(len(sources), 1, sharex=True, squeeze=False)[:, 0]
        for axes, source in zip(panels, sources, strict=False):
            part = rows[rows["source"] == source]
            _draw_shares(axes, part)
            axes.set_xlim(0, min(100.0, float(rows["high"].max()) * 120))
            title = _("Said {source}, {n} accounts")
            axes.set_title(title.format(source=_(SOURCE_NAMES[source]), n=part["of"].iloc[0]))
        panels[-1].set_xlabel("%")

    first = rows.drop_duplicates("source")
    said = _(", ").join(f"{_(SOURCE_NAMES[source])} {say(n, 'integer')}"
                        for source, n in zip(first["source"], first["of"], strict=True))
    return paint(
        draw, figure=True, height=60 + 170 * len(sources), title=_title_reasons(rows),
        subtitle=_("Share of the accounts that gave a reason, with 95 % intervals; an account may name several"),
        foot=about.foot(_("Accounts that gave a reason: {counts}").format(counts=said)),
        alt="; ".join(f"{_(SOURCE_NAMES[row['source']])}, {_(GROUP_NAMES[row['group']])}: {say(row['share'], 'share')}"
                      for row in rows.to_dict("records")))


def _draw_shares(axes: Axes, part: pd.DataFrame) -> None:
    colours = [COLOURS["grey"] if group == "unknown" else COLOURS["accent"] for group in part["group"]]
    labels = [_(GROUP_NAMES[group]) for group in part["group"]]
    axes.barh(range(len(part)), part["share"] * 100, height=0.62, color=COLOURS["faint"], zorder=1)
    ends = [(low * 100, high * 100) for low, high in zip(part["low"], part["high"], strict=True)]
    plot_intervals(axes, labels, list(part["share"] * 100), ends, colours=colours)
    for place, (count, (_low, high)) in enumerate(zip(part["accounts"], ends, strict=True)):
        axes.annotate(say(count, "integer"), (high, place), (6, 0), textcoords="offset points", va="center",
                      color=COLOURS["grey"])


def _title_reasons(rows: pd.DataFrame) -> str:
    known = rows[rows["group"] != "unknown"]
    if known["accounts"].sum() == 0:
        return _("No reason was given that can be grouped")
    tops = known.loc[known.groupby("source", sort=False)["accounts"].idxmax()]
    parts = [_("{source}: {group} ({share})").format(
        source=_(SOURCE_NAMES[row["source"]]), group=_(GROUP_NAMES[row["group"]]), share=say(row["share"], "share"))
        for row in tops.to_dict("records")]
    return _("Named most {parts}").format(parts=_("; ").join(parts))


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
    frame = rows.assign(source=[_(SOURCE_NAMES[source]) for source in rows["source"]],
                        group=[_(GROUP_NAMES[group]) for group in rows["group"]])
    columns = (Column("said", _("Statement")), Column("source", _("Said")), Column("group", _("Put under")),
               Column("word", _("Because of the word")), Column("accounts", _("Accounts"), "integer"))
    note = (_("Statements without a group come first. {hidden} different free texts were grouped too and are not "
              "listed, as they may name people; show_texts lists them.")
            if hidden else _("Statements without a group come first."))
    return Table(frame, columns, title=_("Every statement and where it was put"),
                 note=note.format(hidden=say(hidden, "integer")))


# The negative profile


def tell_failures(failures: Failures) -> Prose:
    """Among whom is a negative profile looked for, and who counts as having failed there?"""
    if failures.among == "accounts":
        sentence = _("No customer shows a negative sign, so the {n} accounts that never bought stand in for those that "
                     "did not fit, against {others} customers.")
    else:
        sentence = _("Looked for among customers: {n} that show at least {signs} of the signs, against {others} "
                     "others. Accounts that never bought take no part, because not to buy and not to fit are "
                     "different things.")
    return Prose(sentence.format(n=say(len(failures.negative), "integer"), signs=say(failures.min_signs, "integer"),
                                 others=say(len(failures.others), "integer")))


def tell_avoid_profile(finding: Finding) -> Prose:
    """What do accounts that did not fit have in common, counts before ratios, and how far does that carry?"""
    verdict = _(VERDICTS[finding.verdict])
    if not finding.covered:
        sentence = _("No negative profile: {n} accounts, {best} of them negative, are too few to look for one "
                     "({verdict}).")
        return Prose(sentence.format(
            n=say(finding.n, "integer"), best=say(finding.best, "integer"), verdict=verdict))
    sentence = _("Of {covered} accounts with **{rule}**, {inside} did not fit; of the {rest} others, {outside}. On "
                 "accounts that the search had not seen, not fitting is {lift} times as common inside as overall (95 % "
                 "interval {interval}). Verdict: **{verdict}**.")
    return Prose(sentence.format(
        covered=say(finding.covered, "integer"), rule=finding.rule.words(), inside=say(finding.covered_best, "integer"),
        rest=say(finding.n - finding.covered, "integer"), outside=say(finding.best - finding.covered_best, "integer"),
        lift=say(finding.lift, "ratio"), interval=say_interval(finding.lift_low, finding.lift_high, "ratio"),
        verdict=verdict))


def tabulate_avoid(finding: Finding) -> Table:
    """Which criteria make up the candidate negative profile, and how often do resamples choose them?"""
    columns = (Column("criterion", _("Criterion")), Column("stability", _("Chosen again in resamples"), "share"))
    return Table(finding.frame, columns, title=_("The candidate negative profile: all of these together"))
