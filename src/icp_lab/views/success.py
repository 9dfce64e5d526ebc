"""Which customers are the best, in sentences, tables and pictures; and on how many cases a profile will rest."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.outcomes import Outcomes
from icp_lab.methods.success import MEASURES, Measures, Success
from icp_lab.views.customers import name_kind
from icp_lab.views.picture import COLOURS, About, Picture, add_note, mark_some, name_rows, write_percent
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, join, lay_out, name, names, phrase, show, tabulate

_CLOSEST = 25  # customers whose place under other weights is drawn


def tell_success(success: Success) -> Prose:
    """Say how many are best, on what, and how much of the choice hangs on the weights.

    Parameters
    ----------
    success : Success
        Which customers are the best.

    Returns
    -------
    Prose
        Counts; where nobody is best, why.

    Examples
    --------
    >>> frame = pd.DataFrame({"best": [True, False, False]})
    >>> tell_success(Success(frame, pd.DataFrame(), ("revenue",), 1, 0, 1, "none"))
    **1 of 3 customers are best, measured on 1 of 5 measures.** 1 of them stay among the best under at least 80 % of
    other weightings, 0 under fewer than half.
    >>> tell_success(Success(frame.tail(2), pd.DataFrame(), (), 0, 0, 0, "none"))
    **No customer can be called best**: none of the five measures of success can be had from the tables.
    """
    best = int(success.frame["best"].sum())
    if not best:
        return phrase("best", "nobody", why=phrase("best", "gone" if success.measured else "unmeasured"))
    return join(phrase("best", "some", best=best, n=len(success.frame), k=len(success.measured)),
                phrase("best", "firm" if success.firm else "wavering", firm=success.firm, wavering=success.wavering))


def tabulate_measures(measures: Measures) -> Table:
    """Show on which of the five measures success can be measured, and for how many.

    Parameters
    ----------
    measures : Measures
        What each customer's success is measured on.

    Returns
    -------
    Table
        A row a measure; of a missing one, what it needs.

    Examples
    --------
    >>> frame = pd.DataFrame(dict.fromkeys(MEASURES, [1.0, None]))
    >>> tabulate_measures(Measures(frame, ("revenue",), "")).cells()[:2]
    [['Revenue', 'yes', 'revenue of the last twelve months', '1'], ['Margin', 'no', 'needs costs in the revenue table',
    '1']]
    """
    what = {**names("measure_missing"), **{code: name("measure", code) for code in measures.measured}}
    frame = pd.DataFrame({"measure": MEASURES, "what": [what[code] for code in MEASURES],
                          "used": pd.array([code in measures.measured for code in MEASURES], "boolean"),
                          "n": [int(measures.frame[code].notna().sum()) for code in MEASURES]})
    use = phrase("best", "use", use=name("use", measures.use_of)) if measures.use_of else ""
    return lay_out("measures", frame, k=len(measures.measured), note=use)


def tabulate_best(success: Success, customers: pd.DataFrame, rows: int) -> Table | Prose:
    """Show who the best are, on what, and how firmly.

    Parameters
    ----------
    success : Success
        Which customers are the best.
    customers : DataFrame
        The artifact: `account_id`, `name`, `industry` and `size_band`.
    rows : int
        Customers shown at most.

    Returns
    -------
    Table or Prose
        A row a customer, the highest score first; a sentence where nobody is best.

    Examples
    --------
    >>> firms = pd.DataFrame({"account_id": ["a"], "name": ["Blue"], "industry": ["SaaS"], "size_band": ["10-49"]})
    >>> frame = pd.DataFrame({"account_id": ["a"], "best": pd.array([False], "boolean"), "score": [0.4]})
    >>> tabulate_best(Success(frame, pd.DataFrame(), ("revenue",), 0, 0, 0, "none"), firms, 15)
    There is nobody to list yet; the measures below say what would have to be collected.
    """
    frame = success.frame.merge(customers[["account_id", "name", "industry", "size_band"]], on="account_id", how="left")
    frame = frame[frame["best"].fillna(False)].sort_values(["score", "account_id"], ascending=[False, True]).head(rows)
    return tabulate("best", frame.assign(size_band=frame["size_band"].map(name_kind)), n=len(success.frame))


def tell_opinions(success: Success) -> Prose:
    """Say what the opinions of colleagues changed.

    Parameters
    ----------
    success : Success
        Which customers are the best, and for which reason.

    Returns
    -------
    Prose
        Nominations and vetoes with what came of them; that the choice rests on the figures, where there were none.

    Examples
    --------
    >>> frame = pd.DataFrame({"opinion": ["nominated", "vetoed", "none"]})
    >>> reasons = pd.DataFrame({"reason": ["nominated", "vetoed", "top_share"]})
    >>> tell_opinions(Success(frame, reasons, ("revenue",), 1, 0, 1, "none"))
    Colleagues nominated 1 customers and advised against 1. 1 came in thanks to a nomination, 1 lost their place to a
    veto; 1 of the best need no opinion to be best.
    """
    counts = success.frame["opinion"].value_counts()
    heard = int(counts.drop("none", errors="ignore").sum())
    if not heard:
        return phrase("opinions", "none")
    by_reason = success.reasons["reason"].value_counts()
    return phrase("opinions", "some", nominated=counts.get("nominated", 0), vetoed=counts.get("vetoed", 0),
                  inside=by_reason.get("nominated", 0), out=by_reason.get("vetoed", 0), same=success.without_opinions)


def draw_give_get(success: Success, customers: pd.DataFrame, about: About) -> Picture | Prose:
    """Show whether those who get the most out of the product give the most to us.

    Parameters
    ----------
    success : Success
        Which customers are the best; `get` and `give` are 0 to 1.
    customers : DataFrame
        The artifact: `account_id` and `name`.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture or Prose
        A mark a customer, three thousand at most; a sentence where either side is not on record.

    Examples
    --------
    >>> from datetime import date
    >>> frame = pd.DataFrame({"account_id": ["a"], "get": [None], "give": [0.4]})
    >>> firms, about = pd.DataFrame({"account_id": ["a"], "name": ["Blue"]}), About(date(2026, 6, 30), "EUR", "Demo")
    >>> draw_give_get(Success(frame, pd.DataFrame(), ("revenue",), 0, 0, 0, "none"), firms, about)
    What customers get is not on record (satisfaction, use), or what they give is not (revenue, margin, tenure), so the
    two sides cannot be set against each other.
    """
    frame = success.frame.merge(customers[["account_id", "name"]], on="account_id", how="left")
    frame = frame.dropna(subset=["get", "give"])
    if not len(frame):
        return phrase("nothing", "give_get")
    best = frame["best"].fillna(False).to_numpy(dtype=bool)
    both = int((best & (frame["get"] >= 0.5) & (frame["give"] >= 0.5)).sum())
    shown, some = mark_some(frame)
    mine = shown["best"].fillna(False).to_numpy(dtype=bool)

    def draw(axes: Axes, narrow: bool) -> None:
        axes.plot(shown["get"][~mine], shown["give"][~mine], "o", color=COLOURS["faint"], markersize=4)
        axes.plot(shown["get"][mine], shown["give"][mine], "D", color=COLOURS["accent"], markersize=5)
        for row in shown[mine].nlargest(0 if narrow else 1, "score").to_dict("records"):
            add_note(axes, str(row["name"]), (row["get"], row["give"]), -6, 4, ha="right", va="baseline")
        axes.axvline(0.5, color=COLOURS["grey"], linewidth=0.8)
        axes.axhline(0.5, color=COLOURS["grey"], linewidth=0.8)
        axes.set_xlabel(_("what they get: satisfaction and use"))
        axes.set_ylabel(_("what they give: revenue, margin, tenure"))
        write_percent(axes.xaxis, axes.yaxis)

    return show("give_get", draw, about, height=420, narrow_height=340, counts=some, both=both, best=best.sum(),
                n=len(frame))


def draw_robustness(success: Success, customers: pd.DataFrame, about: About) -> Picture | Prose:
    """Show how often each customer would be among the best if the weights were others.

    Parameters
    ----------
    success : Success
        Which customers are the best; `robustness` is the share of weightings, 0 to 1.
    customers : DataFrame
        The artifact: `account_id` and `name`.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture or Prose
        The 25 customers closest to a half; a sentence where no weighting makes anybody best.

    Examples
    --------
    >>> from datetime import date
    >>> frame = pd.DataFrame({"account_id": ["a"], "best": [False], "robustness": [0.0]})
    >>> firms, about = pd.DataFrame({"account_id": ["a"], "name": ["Blue"]}), About(date(2026, 6, 30), "EUR", "Demo")
    >>> draw_robustness(Success(frame, pd.DataFrame(), ("revenue",), 0, 0, 0, "none"), firms, about)
    Nothing is measured, so no weights can be varied.
    """
    frame = success.frame.merge(customers[["account_id", "name"]], on="account_id", how="left")
    frame = frame[(frame["robustness"] > 0) & ~frame["best"].isna()]
    if not len(frame):
        return phrase("nothing", "robustness")
    wavering = (frame["robustness"] - 0.5).abs().sort_values(kind="stable").index[:_CLOSEST]
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
    """Show why each case counts as it does, by each outcome that the tables allow.

    Parameters
    ----------
    outcomes : Outcomes
        Cases with the reason for their answer.

    Returns
    -------
    Table
        A row an outcome and reason, the outcome that is drafted on first.

    Examples
    --------
    >>> reasons = pd.DataFrame({"outcome": ["best"], "reason": ["top_share"], "positive": ["yes"], "n": [12]})
    >>> tabulate_reasons(Outcomes(reasons, reasons, "best", reasons, reasons)).cells()
    [['best customers', 'yes', 'in the top share by score', '12']]
    """
    reasons = outcomes.reasons
    order = {"order": reasons["positive"].map(list(names("answer")).index),
             "drafted": reasons["outcome"] != outcomes.chosen}
    return lay_out("case_reasons", reasons.assign(**order).sort_values(
        ["drafted", "outcome", "order", "n"], ascending=[True, True, True, False], kind="stable", ignore_index=True))


def tell_cases(outcomes: Outcomes) -> Prose:
    """Say on how many cases the search for a profile rests.

    Parameters
    ----------
    outcomes : Outcomes
        The cases of the chosen outcome count.

    Returns
    -------
    Prose
        Yes, no and unknown; with fewer than ten of either kind, that these are too few.

    Examples
    --------
    >>> cases = pd.DataFrame({"positive": ["yes"] * 12 + ["no"] * 40 + ["unknown"] * 3})
    >>> tell_cases(Outcomes(cases, cases, "best", cases, cases))
    The profile is drafted on **best customers**: 12 cases came out well, 40 did not, 3 are unknown and left out.
    """
    yes, no, unknown = (int(outcomes.cases["positive"].eq(answer).sum()) for answer in ("yes", "no", "unknown"))
    return join(phrase("cases", "some", outcome=name("outcome", outcomes.chosen), yes=yes, no=no, unknown=unknown),
                phrase("cases", "too_few") if min(yes, no) < 10 else "")
