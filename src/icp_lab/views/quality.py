"""What was collected, what became of it, what each column is worth, and what to put right first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from matplotlib.axes import Axes

from icp_lab.intake.facts import REASONS, Intake
from icp_lab.locale import _
from icp_lab.methods.quality import Fixes, Quality
from icp_lab.study.candidates import REFUSALS
from icp_lab.study.history import Begun
from icp_lab.views.picture import COLOURS, About, Picture, add_note, name_rows, write_percent
from icp_lab.views.table import Table, say
from icp_lab.views.words import Prose, join, lay_out, name, names, phrase, say_count, show, tabulate

FIRST = 5


def draw_waterfall(intake: Intake, about: About) -> Picture:
    """How many rows of each table are used, and how many fell away on the way?"""
    tables = intake.tables
    notes = [say_count(row["used"], row["read"]) for row in tables.to_dict("records")]
    shares = tables[["used", "set_aside", "left_out"]].div(tables["read"].clip(lower=1), axis=0)

    def draw(axes: Axes, narrow: bool) -> None:
        start = shares["used"] * 0
        for part, colour in zip(shares, ("accent", "warn", "faint"), strict=True):
            axes.barh(range(len(tables)), shares[part], left=start, color=COLOURS[colour], height=0.6)
            start = start + shares[part]
        for row, note in enumerate(notes):
            add_note(axes, note, (1, row))
        name_rows(axes, tables["table"].tolist())
        axes.set_xlim(0, 1.5 if narrow else 1.2)
        axes.set_xticks([0, 0.5, 1])
        write_percent(axes.xaxis)

    listed = [f"{table}: {note}" for table, note in zip(tables["table"], notes, strict=True)]
    return show("waterfall", draw, about, height=70 + 28 * len(tables), used=tables["used"].sum(),
                read=tables["read"].sum(), tables=len(tables), listed=listed)


def tabulate_intake(intake: Intake) -> Table:
    """What became of the rows of each file?"""
    table, tables = lay_out("intake", intake.tables), intake.tables
    kept = tables[tables["duplicates"] > tables["set_aside"]]
    if kept.empty:
        return table
    named = [f"{row['table']} ({say(row['duplicates'], 'integer')})" for _i, row in kept.iterrows()]
    return replace(table, note=join(phrase("intake", "repeated", tables=named), table.note))


def tabulate_set_aside(intake: Intake) -> Table:
    """Why were rows set aside, or cells made missing?"""
    return lay_out("set_aside", intake.reasons.assign(words=[_(REASONS[code]) for code in intake.reasons["reason"]]))


def tabulate_decisions(intake: Intake) -> Table | Prose:
    """What did the lab decide by itself while it read?"""
    return tabulate("decisions", intake.decisions, n=len(intake.decisions))


def tell_begun(begun: Begun) -> Prose:
    """Are deals judged as they began, or as they were exported?"""
    return phrase("begun", "told" if begun.told else "untold", told=begun.told, changed=begun.changed)


def tabulate_quality(quality: Quality) -> Table:
    """What is each column worth, and what is to be done about it?"""
    frame = quality.frame[quality.frame["filled"] > 0]
    words = [_say_verdict(row, quality.customers) for row in frame.to_dict("records")]
    to_do = frame["verdict"].map(names("to_do")).fillna("")
    return lay_out("quality", frame.assign(words=words, to_do=to_do), customers=quality.customers)


def _say_verdict(row: Mapping[Any, Any], customers: int) -> str:
    verdict, outcome = str(row["verdict"]), str(row["outcome"])
    if verdict in REFUSALS:
        return _(REFUSALS[verdict])
    sides = {"first": name("outcome_first", outcome), "other": name("outcome_other", outcome)} if outcome else {}
    code = "sparse_deals" if verdict == "sparse" and row["table"] == "deals" else verdict
    return phrase("column_verdict", code, customers=customers, ends=(row["low"], row["high"]), **sides, **row)


def tabulate_fixes(fixes: Fixes, about: About) -> Table | Prose:
    """Which repairs of the data would add most?"""
    frame = fixes.frame.head(FIRST)
    rows: list[Any] = frame.to_dict("records")
    what = [phrase("fix", row["kind"], **row) for row in rows]
    return tabulate("fixes", frame.assign(what=what, to_do=frame["kind"].map(names("repair"))),
                    currency=about.currency, n=len(fixes.frame), first=len(frame))
