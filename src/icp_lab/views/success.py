"""The best customers in sentences, tables and pictures."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from icp_lab.locale import N_, _
from icp_lab.methods.outcomes import Outcomes
from icp_lab.methods.success import MEASURES, Measures, Success
from icp_lab.views.customers import name_kind
from icp_lab.views.picture import COLOURS, About, Picture, paint
from icp_lab.views.prose import Prose
from icp_lab.views.table import Column, Table, say

_MEASURES = {
    "revenue": N_("revenue of the last twelve months"), "margin": N_("margin of the last twelve months"),
    "satisfaction": N_("satisfaction"), "usage": N_("degree of use"), "tenure": N_("length of the relationship"),
}
_SHORT = {"revenue": N_("Revenue"), "margin": N_("Margin"), "satisfaction": N_("Satisfaction"), "usage": N_("Usage"),
          "tenure": N_("Tenure")}
_USES = {"seats": N_("users over seats"), "events": N_("events a month"), "users": N_("active users")}
_MISSING = {
    "revenue": N_("needs revenue, or amounts of deals"), "margin": N_("needs costs in the revenue table"),
    "satisfaction": N_("needs the satisfaction table"), "usage": N_("needs the usage table"),
    "tenure": N_("needs a start: customer_since, or dates of revenue or deals"),
}
_REASONS = {
    "top_share": N_("in the top share by score"), "nominated": N_("in the top share thanks to a nomination"),
    "vetoed": N_("in the top share, but a colleague advises against it"), "left": N_("it left"),
    "below_top": N_("below the top share"), "too_young": N_("too young to tell"),
    "not_measured": N_("too little is measured to tell"),
    "won": N_("the deal was won"), "lost": N_("the deal was lost"), "open": N_("the deal is still open"),
    "stayed": N_("it stayed"), "left_later": N_("it left, but later than the window"),
    "left_undated": N_("it left on an unknown day"),
}
_OUTCOMES = {"best": N_("best customers"), "won": N_("won deals"), "retained": N_("customers that stay")}
_ANSWERS = {"yes": N_("yes"), "no": N_("no"), "unknown": N_("unknown")}
_OPINIONS = {"nominated": N_("nominated"), "vetoed": N_("advised against"), "none": ""}


def tell_success(success: Success) -> Prose:
    """How many are best, on what, and how much of the choice hangs on the weights?"""
    best = int(success.frame["best"].sum())
    if not best:
        return Prose(_("**No customer can be called best**: {why}.").format(
            why=_("none of the five measures of success can be had from the tables") if not success.measured
            else _("nobody measured well enough is still here")))
    told = _("**{best} of {n} customers are best, measured on {k} of 5 measures.**").format(
        best=say(best, "integer"), n=say(len(success.frame), "integer"), k=len(success.measured))
    sentence = _("{firm} of them stay among the best under at least 80 % of other weightings, {wavering} under fewer "
                 "than half.")
    if not success.firm:
        sentence = _("None of them stays among the best under at least 80 % of other weightings, and {wavering} do so "
                     "under fewer than half.")
    return Prose(f"{told} {sentence}".format(
        firm=say(success.firm, "integer"), wavering=say(success.wavering, "integer")))


def tabulate_measures(measures: Measures) -> Table:
    """On which of the five measures can success be measured, and for how many?"""
    rows = [(_(_SHORT[name]), _(_MEASURES[name]) if name in measures.measured else _(_MISSING[name]),
             name in measures.measured, int(measures.frame[name].notna().sum())) for name in MEASURES]
    frame = pd.DataFrame(rows, columns=["measure", "what", "used", "n"]).astype({"used": "boolean"})
    return Table(
        frame, (Column("measure", _("Measure")), Column("used", _("Used"), "flag"), Column("what", _("What it is")),
                Column("n", _("Customers with a value"), "integer")),
        title=_("Success is measured on {k} of 5 measures").format(k=len(measures.measured)),
        note=_("Use is measured by {use}.").format(use=_(_USES[measures.use_of])) if measures.use_of else "")


def tabulate_ranking(success: Success, customers: pd.DataFrame, rows: int) -> Table | Prose:
    """Who are the best, on what, and how firmly?"""
    if not success.frame["best"].any():
        return Prose(_("There is nobody to list yet; the measures below say what would have to be collected."))
    frame = success.frame.merge(customers[["account_id", "name", "industry", "size_band"]], on="account_id", how="left")
    frame = frame[frame["best"].fillna(False)].sort_values(["score", "account_id"], ascending=[False, True]).head(rows)
    frame = frame.assign(name=frame["name"].fillna(frame["account_id"]),
                         size_band=[name_kind(band) for band in frame["size_band"]],
                         opinion=[_(_OPINIONS[code]) for code in frame["opinion"]])
    columns = (Column("name", _("Customer")), Column("industry", _("Industry")), Column("size_band", _("Size")),
               Column("score", _("Score"), "share"), *(Column(name, _(_SHORT[name]), "share") for name in MEASURES),
               Column("opinion", _("Opinion")), Column("robustness", _("Best under other weights"), "share"))
    there = tuple(each for each in columns if (frame[each.name].notna() & (frame[each.name] != "")).any())
    return Table(frame, there or columns, title=_("The best customers"),
                 note=_("Score and measures are percentiles among {n} customers: 100 is the highest.").format(
                     n=len(success.frame)))


def tell_opinions(success: Success) -> Prose:
    """What did the opinions of colleagues change?"""
    counts = success.frame["opinion"].value_counts()
    heard = int(counts.drop("none", errors="ignore").sum())
    if not heard:
        return Prose(_("No colleague has nominated or advised against a customer: the choice rests on the figures."))
    by_reason = success.reasons["reason"].value_counts()
    sentence = _("Colleagues nominated {nominated} customers and advised against {vetoed}. {inside} came in thanks to "
                 "a nomination, {out} lost their place to a veto; {same} of the best need no opinion to be best.")
    return Prose(sentence.format(
        nominated=int(counts.get("nominated", 0)), vetoed=int(counts.get("vetoed", 0)),
        inside=int(by_reason.get("nominated", 0)), out=int(by_reason.get("vetoed", 0)), same=success.without_opinions))


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

    title = _("{both} of {best} best customers get and give more than the middle customer").format(
        both=both, best=int(best.sum()))
    return paint(
        draw, title=title,
        subtitle=_("Percentiles among customers; diamonds are the best customers"), height=420, narrow_height=340,
        foot=about.foot(_("{n} customers measured on both sides").format(n=len(frame))),
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

    title = _("{firm} of {best} best customers stay best under nearly any weights").format(
        firm=success.firm, best=int(success.frame["best"].sum()))
    if not success.firm:
        title = _("No customer stays best under nearly any weights")
    return paint(
        draw, title=title,
        subtitle=_("Share of weightings that put a customer among the best, for those closest to the line; diamonds "
                   "are the best as chosen"),
        foot=about.foot(_("{n} customers shown of {all}").format(n=len(frame), all=len(success.frame))),
        alt=_("A row a customer, with the share of weightings under which it is best"),
        height=90 + 20 * max(len(frame), 2))


def tabulate_reasons(outcomes: Outcomes) -> Table:
    """Why does each case count as it does, by each outcome that the tables allow?"""
    frame = outcomes.reasons.assign(
        outcome=[_(_OUTCOMES[code]) for code in outcomes.reasons["outcome"]],
        why=[_(_REASONS[code]) for code in outcomes.reasons["reason"]],
        positive=[_(_ANSWERS[code]) for code in outcomes.reasons["positive"]])
    order = outcomes.reasons["positive"].map({code: place for place, code in enumerate(_ANSWERS)})
    frame = frame.assign(order=order, drafted=outcomes.reasons["outcome"] != outcomes.chosen).sort_values(
        ["drafted", "outcome", "order", "n"], ascending=[True, True, True, False], kind="stable", ignore_index=True)
    columns = (Column("outcome", _("Outcome")), Column("positive", _("Came out well")), Column("why", _("Why")),
               Column("n", _("Cases"), "integer"))
    return Table(frame, columns, title=_("The cases of every outcome, and why they count so"))


def tell_cases(outcomes: Outcomes) -> Prose:
    """On how many cases does the search for a profile rest?"""
    cases = outcomes.cases["positive"].value_counts()
    yes, no = int(cases.get("yes", 0)), int(cases.get("no", 0))
    sentence = _("The profile is drafted on **{outcome}**: {yes} cases came out well, {no} did not, {unknown} are "
                 "unknown and left out.")
    text = sentence.format(outcome=_(_OUTCOMES[outcomes.chosen]), yes=say(yes, "integer"), no=say(no, "integer"),
                           unknown=say(int(cases.get("unknown", 0)), "integer"))
    if min(yes, no) < 10:
        text += " " + _("That is too few of one kind: no profile can be supported on them.")
    return Prose(text)
