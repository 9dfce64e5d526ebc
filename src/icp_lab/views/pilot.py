"""A pilot in words and tables: what it takes, who is drawn, how it went; and what a story of others rests on."""

from typing import Any

import pandas as pd

from icp_lab.locale import _
from icp_lab.methods.pilot import ARMS, Plan, Reading
from icp_lab.views.picture import About
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, join, lay_out, phrase, say_count, tabulate


def tell_plan(plan: Plan) -> Prose:
    """Tell how large the pilot must be, and what the companies drawn can show.

    Parameters
    ----------
    plan : Plan
        How a pilot would go that starts today.

    Returns
    -------
    Prose
        Or why there is none: a pilot is on, the effect cannot be, or no base rate is known.

    Examples
    --------
    >>> terms = {"worth": 2.0, "low": 0.05, "high": 0.17, "running": "2026-06-01", "n": 100, "hits": 10, "weeks": 12}
    >>> tell_plan(Plan(pd.DataFrame({"times": [2.0]}), pd.DataFrame(), terms))
    A pilot is on since 2026-06-01. Nobody is drawn anew before its 12 weeks are over, so that two pilots cannot blur
    each other.
    """
    terms, needed = plan.terms, plan.frame[plan.frame["times"] == plan.terms["worth"]]
    words = {**terms, "units": len(plan.draw), "ends": (terms["low"], terms["high"])}
    if terms["running"] or needed.empty:
        code = "running" if terms["running"] else "beyond" if terms["hits"] else "nothing"
        return phrase("pilot_plan", code, **words)
    least = "too_few" if pd.isna(terms["least_anytime"]) else "least"
    return join(phrase("pilot_plan", "size", **words, **needed[["once", "anytime"]].iloc[0].astype(int)),
                phrase("pilot_plan", least, **words),
                "" if pd.isna(terms["closing"]) else phrase("pilot_plan", "closing", **words))


def tabulate_sizes(plan: Plan) -> Table | Prose:
    """Show how many companies and weeks each effect takes.

    Parameters
    ----------
    plan : Plan
        How a pilot would go that starts today.

    Returns
    -------
    Table or Prose
        A row an effect; empty where no base rate is known.

    Examples
    --------
    >>> rows = pd.DataFrame({"times": [3.0], "share": [0.3], "once": [140], "anytime": [290], "weeks": [12.0]})
    >>> tabulate_sizes(Plan(rows, pd.DataFrame(), {"n": 100, "flow": 4.5, "weeks": 12})).cells()
    [['3.00', '30', '140', '290', '12']]
    """
    return tabulate("pilot_sizes", plan.frame, **plan.terms)


def tabulate_drawn(plan: Plan) -> Table | Prose:
    """Show how many companies of each stratum are drawn into which arm.

    Parameters
    ----------
    plan : Plan
        The draw, and its terms.

    Returns
    -------
    Table or Prose
        A row a stratum, small companies first; empty where nothing is drawn.

    Examples
    --------
    >>> draw = pd.DataFrame({"stratum": ["A 100-249", "A 50-99", "B ?"], "arm": ["pilot", "control", "holdout"]})
    >>> tabulate_drawn(Plan(pd.DataFrame(), draw, {"mark": "draw-1", "seed": 0})).cells()
    [['A 50-99', '0', '1', '0'], ['A 100-249', '1', '0', '0'], ['B, size not known', '0', '0', '1']]
    """
    if plan.draw.empty:
        return Prose("")
    counts = pd.crosstab(plan.draw["stratum"], plan.draw["arm"]).reindex(columns=[*ARMS], fill_value=0)
    order = sorted(counts.index, key=lambda one: (one[0], len(one.split("-")[0]), one))  # A 50-99 before A 100-249
    rows = counts.loc[order].reset_index()
    rows["stratum"] = rows["stratum"].str.replace(" ?", _(", size not known"), regex=False)
    return lay_out("pilot_drawn", rows, **plan.terms)


def tell_reading(reading: Reading) -> Prose:
    """Tell whether the pilot did better, and whether the list may be trusted.

    Parameters
    ----------
    reading : Reading
        How the pilot went, counting everybody as drawn.

    Returns
    -------
    Prose
        The verdict on the first outcome: better, worse or inconclusive; and what weakens it.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.pilot import read_pilot
    >>> drawn = pd.DataFrame({"unit_id": [f"u{i:02}" for i in range(80)], "arm": ["pilot", "control"] * 40,
    ...                       "lead": [True, False] * 40})
    >>> tell_reading(read_pilot(drawn, as_of=date(2026, 6, 30)))
    Of 40 companies drawn into the pilot 40 became leads, of 40 left alone 0: a difference of 100 points (72 to 100), or
    ∞ times as many (5.0 to ∞). Whoever was drawn counts, reached or not, and the range holds however often one has
    looked. **The pilot does better.** The list carries no mark of its draw, so that nobody can tell whether it is as it
    was drawn.
    >>> tell_reading(read_pilot(drawn.head(0), as_of=date(2026, 6, 30)))
    There is no pilot yet. Where step 8a could draw one its list lies in to_fill: with what became of each company
    filled in and collected with “icp-lab collect”, it comes back as the table pilot.
    """
    if reading.frame.empty:
        return phrase("pilot_read", "unnamed" if len(reading.arms) else "nothing")
    lead: Any = reading.frame.iloc[0].to_dict()
    words = {**reading.terms, **lead, "gap": 100 * lead["gap"], "ends": (100 * lead["low"], 100 * lead["high"]),
             "ratios": (lead["ratio_low"], lead["ratio_high"])}
    codes = (lead["verdict"], reading.terms["intact"], *(code for code in ("crossed", "earlier") if words[code]))
    return join(*(phrase("pilot_read", code, **words) for code in ("told", *codes)))


def tabulate_reading(reading: Reading) -> Table | Prose:
    """Show how often each outcome happened in the pilot, and among who was left alone.

    Parameters
    ----------
    reading : Reading
        How the pilot went, counting everybody as drawn.

    Returns
    -------
    Table or Prose
        A row an outcome, with the difference and its interval; empty where there is nothing to compare.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.pilot import read_pilot
    >>> drawn = pd.DataFrame({"unit_id": list("abcd"), "arm": ["pilot", "control"] * 2, "lead": [True, False] * 2})
    >>> tabulate_reading(read_pilot(drawn, as_of=date(2026, 6, 30))).cells()
    [['became a lead', '2 of 2', '0 of 2', '100 (−35 to 100)', '∞ (0.31 to ∞)', 'inconclusive', '100 (7 to 100)'],
    ['became a customer', '0 of 2', '0 of 2', '0 (−99 to 99)', '–', 'inconclusive', '0 (−66 to 66)']]
    """
    if (frame := reading.frame).empty:
        return Prose("")
    return lay_out("pilot_reading", frame.assign(
        gap_once=frame["gap"], ours=list(map(say_count, frame["hits"], frame["n"])),
        theirs=list(map(say_count, frame["others"], frame["m"]))))


def tabulate_arms(reading: Reading, about: About) -> Table | Prose:
    """Show how many of each arm were reached, and what was spent on them.

    Parameters
    ----------
    reading : Reading
        How the pilot went, counting everybody as drawn.
    about : About
        The currency of the costs.

    Returns
    -------
    Table or Prose
        A row an arm; empty where there is no pilot.

    Examples
    --------
    >>> from datetime import date
    >>> arms = pd.DataFrame({"arm": ["pilot"], "n": [100], "reached": [80], "lead": [20], "won": [4], "spent": [40.0]})
    >>> tabulate_arms(Reading(pd.DataFrame(), arms, {}), About(date(2026, 6, 30), "USD", "Demo"))
    The arms
    Arm    Drawn  Reached  Leads  Won  Spent on each (USD)
    pilot    100       80     20    4                   40
    """
    return tabulate("pilot_arms", reading.arms, currency=about.currency)


def tabulate_story(story: pd.DataFrame) -> Table:
    """Show out of how many a story of others would be told, and how long it takes to believe it.

    Parameters
    ----------
    story : DataFrame
        One row, as `check_story` gives it.

    Returns
    -------
    Table
        A row an amount of leads, with what chance allows.

    Examples
    --------
    >>> from icp_lab.methods.experiment import check_story
    >>> table = tabulate_story(check_story(0.012, 0.038, 0.4, flow=100))
    >>> table.columns[0].head, table.cells()[0]
    (Leads a month, ['50', '4', '11', '2.75 (0.91 to 8.13)', '23', '43'])
    """
    told: Any = story.iloc[0].to_dict()
    return lay_out("story", story, **told)
