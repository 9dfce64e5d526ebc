"""The best customers in sentences, tables and pictures."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from icp_lab.locale import _
from icp_lab.methods.outcomes import Outcomes
from icp_lab.methods.success import MEASURES, Measures, Success
from icp_lab.views.customers import name_kind
from icp_lab.views.picture import COLOURS, About, Picture, paint
from icp_lab.views.prose import Prose, join, tell
from icp_lab.views.table import Table
from icp_lab.views.words import lay_out, name, names


def tell_success(success: Success) -> Prose:
    """How many are best, on what, and how much of the choice hangs on the weights?"""
    best = int(success.frame["best"].sum())
    if not best:
        return tell(_("**No customer can be called best**: {why}."),
                    why=_("none of the five measures of success can be had from the tables") if not success.measured
                    else _("nobody measured well enough is still here"))
    sentence = _("{firm} of them stay among the best under at least 80 % of other weightings, {wavering} under fewer "
                 "than half.")
    if not success.firm:
        sentence = _("None of them stays among the best under at least 80 % of other weightings, and {wavering} do so "
                     "under fewer than half.")
    return join(tell(_("**{best} of {n} customers are best, measured on {k} of 5 measures.**"), best=best,
                     n=len(success.frame), k=len(success.measured)),
                tell(sentence, firm=success.firm, wavering=success.wavering))


def tabulate_measures(measures: Measures) -> Table:
    """On which of the five measures can success be measured, and for how many?"""
    what = {**names("measure_missing"), **{code: name("measure", code) for code in measures.measured}}
    frame = pd.DataFrame({
        "measure": [name("measure_short", code) for code in MEASURES], "what": [what[code] for code in MEASURES],
        "used": pd.array([code in measures.measured for code in MEASURES], "boolean"),
        "n": [int(measures.frame[code].notna().sum()) for code in MEASURES]})
    use = _("Use is measured by {use}.")
    return lay_out("measures", frame, k=len(measures.measured),
                   note=tell(use, use=name("use", measures.use_of)) if measures.use_of else "")


def tabulate_ranking(success: Success, customers: pd.DataFrame, rows: int) -> Table | Prose:
    """Who are the best, on what, and how firmly?"""
    if not success.frame["best"].any():
        return Prose(_("There is nobody to list yet; the measures below say what would have to be collected."))
    frame = success.frame.merge(customers[["account_id", "name", "industry", "size_band"]], on="account_id", how="left")
    frame = frame[frame["best"].fillna(False)].sort_values(["score", "account_id"], ascending=[False, True]).head(rows)
    return lay_out("best", n=len(success.frame), frame=frame.assign(
        name=frame["name"].fillna(frame["account_id"]), size_band=[name_kind(band) for band in frame["size_band"]],
        opinion=frame["opinion"].map(names("opinion"))))


def tell_opinions(success: Success) -> Prose:
    """What did the opinions of colleagues change?"""
    counts = success.frame["opinion"].value_counts()
    heard = int(counts.drop("none", errors="ignore").sum())
    if not heard:
        return Prose(_("No colleague has nominated or advised against a customer: the choice rests on the figures."))
    by_reason = success.reasons["reason"].value_counts()
    return tell(_("Colleagues nominated {nominated} customers and advised against {vetoed}. {inside} came in thanks to "
                  "a nomination, {out} lost their place to a veto; {same} of the best need no opinion to be best."),
                nominated=counts.get("nominated", 0), vetoed=counts.get("vetoed", 0),
                inside=by_reason.get("nominated", 0), out=by_reason.get("vetoed", 0), same=success.without_opinions)


def draw_give_get(success: Success, customers: pd.DataFrame, about: About) -> Picture | Prose:
    """Do those who get the most out of the product give the most to us?"""
    frame = success.frame.merge(customers[["account_id", "name"]], on="account_id", how="left")
    frame = frame.dropna(subset=["get", "give"])
    if not len(frame):
        return Prose(_("What customers get is not on record (satisfaction, use), or what they give is not (revenue, "
                       "margin, tenure), so the two sides cannot be set against each other."))
    best = frame["best"].fillna(False).to_numpy(dtype=bool)
    named = frame[best].nlargest(1, "score")
    both = int((best & (frame["get"] >= 0.5) & (frame["give"] >= 0.5)).sum())

    def draw(axes: Axes, narrow: bool) -> None:
        axes.plot(frame["get"][~best], frame["give"][~best], "o", color=COLOURS["faint"], markersize=4)
        axes.plot(frame["get"][best], frame["give"][best], "D", color=COLOURS["accent"], markersize=5)
        for _place, row in named.iloc[:0 if narrow else 1].iterrows():
            axes.annotate(str(row["name"]), (row["get"], row["give"]), (-6, 4), textcoords="offset points",
                          ha="right", color=COLOURS["ink"])
        axes.axvline(0.5, color=COLOURS["grey"], linewidth=0.8)
        axes.axhline(0.5, color=COLOURS["grey"], linewidth=0.8)
        axes.set_xlabel(_("what they get: satisfaction and use"))
        axes.set_ylabel(_("what they give: revenue, margin, tenure"))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0))

    return paint(
        draw, height=420, narrow_height=340,
        title=tell(_("{both} of {best} best customers get and give more than the middle customer"), both=both,
                   best=best.sum()),
        subtitle=_("Percentiles among customers; diamonds are the best customers"),
        foot=about.foot(tell(_("{n} customers measured on both sides"), n=len(frame))),
        alt=_("A point a customer; the best lie to the upper right"))


def draw_robustness(success: Success, customers: pd.DataFrame, about: About, rows: int = 25) -> Picture | Prose:
    """How often would each customer be among the best if the weights were others?"""
    frame = success.frame.merge(customers[["account_id", "name"]], on="account_id", how="left")
    frame = frame[(frame["robustness"] > 0) & ~frame["best"].isna()]
    if not len(frame):
        return Prose(_("Nothing is measured, so no weights can be varied."))
    wavering = (frame["robustness"] - 0.5).abs().sort_values(kind="stable").index[:rows]
    frame = frame.loc[wavering].sort_values(["robustness", "account_id"], ascending=[False, True])
    labels = frame["name"].fillna(frame["account_id"]).tolist()
    best = frame["best"].fillna(False).to_numpy(dtype=bool)
    places = np.arange(len(frame))

    def draw(axes: Axes, narrow: bool) -> None:
        shown = [label if not narrow or len(label) < 16 else label[:15] + "…" for label in labels]
        shades = [COLOURS["accent"] if flag else COLOURS["grey"] for flag in best]
        axes.hlines(places, 0, frame["robustness"].to_numpy(), colors=shades, linewidth=2)
        for flag, mark in ((True, "D"), (False, "o")):
            mine = best == flag
            axes.plot(frame["robustness"][mine], places[mine], mark, color=COLOURS["accent" if flag else "grey"])
        axes.set_yticks(places, shown)
        axes.set_ylim(len(places) - 0.4, -0.6)
        axes.axvline(0.5, color=COLOURS["grey"], linewidth=0.8)
        axes.set_xlim(0, 1.02)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))

    sentence = (_("{firm} of {best} best customers stay best under nearly any weights") if success.firm
                else _("No customer stays best under nearly any weights"))
    return paint(
        draw, height=90 + 20 * max(len(frame), 2),
        title=tell(sentence, firm=success.firm, best=int(success.frame["best"].sum())),
        subtitle=_("Share of weightings that put a customer among the best, for those closest to the line; diamonds "
                   "are the best as chosen"),
        foot=about.foot(tell(_("{n} customers shown of {all}"), n=len(frame), all=len(success.frame))),
        alt=_("A row a customer, with the share of weightings under which it is best"))


def tabulate_reasons(outcomes: Outcomes) -> Table:
    """Why does each case count as it does, by each outcome that the tables allow?"""
    reasons, answers = outcomes.reasons, names("answer")
    frame = reasons.assign(
        outcome=reasons["outcome"].map(names("outcome")), why=reasons["reason"].map(names("case_reason")),
        positive=reasons["positive"].map(answers), order=reasons["positive"].map(list(answers).index),
        drafted=reasons["outcome"] != outcomes.chosen)
    return lay_out("case_reasons", frame.sort_values(
        ["drafted", "outcome", "order", "n"], ascending=[True, True, True, False], kind="stable", ignore_index=True))


def tell_cases(outcomes: Outcomes) -> Prose:
    """On how many cases does the search for a profile rest?"""
    yes, no, unknown = (int(outcomes.cases["positive"].eq(answer).sum()) for answer in ("yes", "no", "unknown"))
    sentence = _("The profile is drafted on **{outcome}**: {yes} cases came out well, {no} did not, {unknown} are "
                 "unknown and left out.")
    few = _("That is too few of one kind: no profile can be supported on them.") if min(yes, no) < 10 else ""
    return join(tell(sentence, outcome=name("outcome", outcomes.chosen), yes=yes, no=no, unknown=unknown), few)
