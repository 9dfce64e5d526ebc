"""The best customers in sentences, tables and pictures."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.outcomes import Outcomes
from icp_lab.methods.success import MEASURES, Measures, Success
from icp_lab.views.customers import name_kind
from icp_lab.views.picture import COLOURS, About, Picture, add_note, name_rows, write_percent
from icp_lab.views.prose import Prose, join
from icp_lab.views.table import Table
from icp_lab.views.words import lay_out, name, names, phrase, show


def tell_success(success: Success) -> Prose:
    """How many are best, on what, and how much of the choice hangs on the weights?"""
    best = int(success.frame["best"].sum())
    if not best:
        return phrase("best", "nobody", why=phrase("best", "gone" if success.measured else "unmeasured"))
    return join(phrase("best", "some", best=best, n=len(success.frame), k=len(success.measured)),
                phrase("best", "firm" if success.firm else "wavering", firm=success.firm, wavering=success.wavering))


def tabulate_measures(measures: Measures) -> Table:
    """On which of the five measures can success be measured, and for how many?"""
    what = {**names("measure_missing"), **{code: name("measure", code) for code in measures.measured}}
    frame = pd.DataFrame({
        "measure": MEASURES, "what": [what[code] for code in MEASURES],
        "used": pd.array([code in measures.measured for code in MEASURES], "boolean"),
        "n": [int(measures.frame[code].notna().sum()) for code in MEASURES]})
    use = phrase("best", "use", use=name("use", measures.use_of)) if measures.use_of else ""
    return lay_out("measures", frame, k=len(measures.measured), note=use)


def tabulate_ranking(success: Success, customers: pd.DataFrame, rows: int) -> Table | Prose:
    """Who are the best, on what, and how firmly?"""
    if not success.frame["best"].any():
        return phrase("nothing", "ranking")
    frame = success.frame.merge(customers[["account_id", "name", "industry", "size_band"]], on="account_id", how="left")
    frame = frame[frame["best"].fillna(False)].sort_values(["score", "account_id"], ascending=[False, True]).head(rows)
    return lay_out("best", n=len(success.frame), frame=frame.assign(
        name=frame["name"].fillna(frame["account_id"]), size_band=[name_kind(band) for band in frame["size_band"]]))


def tell_opinions(success: Success) -> Prose:
    """What did the opinions of colleagues change?"""
    counts = success.frame["opinion"].value_counts()
    heard = int(counts.drop("none", errors="ignore").sum())
    if not heard:
        return phrase("opinions", "none")
    by_reason = success.reasons["reason"].value_counts()
    return phrase("opinions", "some", nominated=counts.get("nominated", 0), vetoed=counts.get("vetoed", 0),
                  inside=by_reason.get("nominated", 0), out=by_reason.get("vetoed", 0), same=success.without_opinions)


def draw_give_get(success: Success, customers: pd.DataFrame, about: About) -> Picture | Prose:
    """Do those who get the most out of the product give the most to us?"""
    frame = success.frame.merge(customers[["account_id", "name"]], on="account_id", how="left")
    frame = frame.dropna(subset=["get", "give"])
    if not len(frame):
        return phrase("nothing", "give_get")
    best = frame["best"].fillna(False).to_numpy(dtype=bool)
    both = int((best & (frame["get"] >= 0.5) & (frame["give"] >= 0.5)).sum())

    def draw(axes: Axes, narrow: bool) -> None:
        axes.plot(frame["get"][~best], frame["give"][~best], "o", color=COLOURS["faint"], markersize=4)
        axes.plot(frame["get"][best], frame["give"][best], "D", color=COLOURS["accent"], markersize=5)
        for row in frame[best].nlargest(0 if narrow else 1, "score").to_dict("records"):
            add_note(axes, str(row["name"]), (row["get"], row["give"]), -6, 4, ha="right", va="baseline")
        axes.axvline(0.5, color=COLOURS["grey"], linewidth=0.8)
        axes.axhline(0.5, color=COLOURS["grey"], linewidth=0.8)
        axes.set_xlabel(_("what they get: satisfaction and use"))
        axes.set_ylabel(_("what they give: revenue, margin, tenure"))
        write_percent(axes.xaxis, axes.yaxis)

    return show("give_get", draw, about, height=420, narrow_height=340, both=both, best=best.sum(), n=len(frame))


def draw_robustness(success: Success, customers: pd.DataFrame, about: About, rows: int = 25) -> Picture | Prose:
    """How often would each customer be among the best if the weights were others?"""
    frame = success.frame.merge(customers[["account_id", "name"]], on="account_id", how="left")
    frame = frame[(frame["robustness"] > 0) & ~frame["best"].isna()]
    if not len(frame):
        return phrase("nothing", "robustness")
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
        name_rows(axes, shown)
        axes.axvline(0.5, color=COLOURS["grey"], linewidth=0.8)
        axes.set_xlim(0, 1.02)
        write_percent(axes.xaxis)

    return show("robustness", draw, about, title="firm" if success.firm else "wavering",
                height=90 + 20 * max(len(frame), 2), firm=success.firm, best=success.frame["best"].sum(),
                n=len(frame), all=len(success.frame))


def tabulate_reasons(outcomes: Outcomes) -> Table:
    """Why does each case count as it does, by each outcome that the tables allow?"""
    reasons = outcomes.reasons
    order = {"order": reasons["positive"].map(list(names("answer")).index),
             "drafted": reasons["outcome"] != outcomes.chosen}
    return lay_out("case_reasons", reasons.assign(**order).sort_values(
        ["drafted", "outcome", "order", "n"], ascending=[True, True, True, False], kind="stable", ignore_index=True))


def tell_cases(outcomes: Outcomes) -> Prose:
    """On how many cases does the search for a profile rest?"""
    yes, no, unknown = (int(outcomes.cases["positive"].eq(answer).sum()) for answer in ("yes", "no", "unknown"))
    return join(phrase("cases", "some", outcome=name("outcome", outcomes.chosen), yes=yes, no=no, unknown=unknown),
                phrase("cases", "too_few") if min(yes, no) < 10 else "")
