"""A pilot in words and tables: what it takes, who is drawn, how it went; and what a story of others rests on."""

from typing import Any

import pandas as pd

from icp_lab.locale import _
from icp_lab.methods.pilot import ARMS, Plan, Reading
from icp_lab.views.picture import About
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, join, lay_out, phrase, say_count, tabulate


def tell_plan(plan: Plan) -> Prose:
    """How large must the pilot be, and what can the companies drawn show?"""
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
    """How many companies and weeks does each effect take?"""
    return tabulate("pilot_sizes", plan.frame, **plan.terms)


def tabulate_drawn(plan: Plan) -> Table | Prose:
    """How many of each stratum are drawn into which arm?"""
    if plan.draw.empty:
        return Prose("")
    counts = pd.crosstab(plan.draw["stratum"], plan.draw["arm"]).reindex(columns=[*ARMS], fill_value=0)
    order = sorted(counts.index, key=lambda one: (one[0], len(one.split("-")[0]), one))  # A 50-99 before A 100-249
    rows = counts.loc[order].reset_index()
    rows["stratum"] = rows["stratum"].str.replace(" ?", _(", size not known"), regex=False)
    return lay_out("pilot_drawn", rows, **plan.terms)


def tell_reading(reading: Reading) -> Prose:
    """Did the pilot do better, and may the list be trusted?"""
    if reading.frame.empty:
        return phrase("pilot_read", "unnamed" if len(reading.arms) else "nothing")
    lead: Any = reading.frame.iloc[0].to_dict()
    words = {**reading.terms, **lead, "gap": 100 * lead["gap"], "ends": (100 * lead["low"], 100 * lead["high"]),
             "ratios": (lead["ratio_low"], lead["ratio_high"])}
    codes = (lead["verdict"], reading.terms["intact"], *(code for code in ("crossed", "earlier") if words[code]))
    return join(*(phrase("pilot_read", code, **words) for code in ("told", *codes)))


def tabulate_reading(reading: Reading) -> Table | Prose:
    """How often did each outcome happen in the pilot, and among who was left alone?"""
    if (frame := reading.frame).empty:
        return Prose("")
    return lay_out("pilot_reading", frame.assign(
        gap_once=frame["gap"], ours=list(map(say_count, frame["hits"], frame["n"])),
        theirs=list(map(say_count, frame["others"], frame["m"]))))


def tabulate_arms(reading: Reading, about: About) -> Table | Prose:
    """How many of each arm were reached, and what was spent on them?"""
    return tabulate("pilot_arms", reading.arms, currency=about.currency)


def tabulate_story(story: pd.DataFrame) -> Table:
    """Out of how many would such a story be told, and how long does it take to believe it?"""
    told: Any = story.iloc[0].to_dict()
    return lay_out("story", story, **told)
