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
    """Draw how many rows of each table are used, and how many fell away on the way.

    Parameters
    ----------
    intake : Intake
        What became of the rows.
    about : About
        Day and source, for the foot.

    Returns
    -------
    Picture
        A bar a table: rows used, set aside, and left out as the study asks.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.intake.facts import Facts, collect_facts
    >>> intake = collect_facts([Facts("deals", "d.csv", read=1000, left_out=100, used=817)])
    >>> draw_waterfall(intake, About(date(2026, 6, 30), "EUR", "Demo")).title
    '817 of 1,000 rows are used'
    """
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
    """List what became of the rows of each file.

    Parameters
    ----------
    intake : Intake
        What became of the rows.

    Returns
    -------
    Table
        A row a table; the note names tables whose repeated rows still count.

    Examples
    --------
    >>> from icp_lab.intake.facts import Facts, collect_facts
    >>> table = tabulate_intake(collect_facts([Facts("deals", "d.csv", read=1000, used=1000, duplicates=20)]))
    >>> table.cells()
    [['deals', 'd.csv', '1,000', '0', '0', '1,000', '0', '20']]
    >>> table.note.partition(";")[0]
    '**Repeated rows still count in: deals (20)**'
    """
    table, tables = lay_out("intake", intake.tables), intake.tables
    kept = tables[tables["duplicates"] > tables["set_aside"]]
    if kept.empty:
        return table
    named = [f"{row['table']} ({say(row['duplicates'], 'integer')})" for _i, row in kept.iterrows()]
    return replace(table, note=join(phrase("intake", "repeated", tables=named), table.note))


def tabulate_set_aside(intake: Intake) -> Table:
    """List why rows were set aside, or cells made missing.

    Parameters
    ----------
    intake : Intake
        What became of the rows.

    Returns
    -------
    Table
        A row a table, reason and column.

    Examples
    --------
    >>> from icp_lab.intake.facts import Case, Facts, collect_facts
    >>> facts = Facts("deals", "d.csv", read=1000)
    >>> facts.add(Case("d.csv", 17, "account_id", "X", "unknown_account"))
    >>> tabulate_set_aside(collect_facts([facts])).cells()
    [['deals', 'the account is not in accounts', 'account_id', '1']]
    """
    return lay_out("set_aside", intake.reasons.assign(words=[_(REASONS[code]) for code in intake.reasons["reason"]]))


def tabulate_decisions(intake: Intake) -> Table | Prose:
    """List what the lab decided by itself while it read.

    Parameters
    ----------
    intake : Intake
        What became of the rows.

    Returns
    -------
    Table or Prose
        A row a decision, folded; or the sentence that there was none.

    Examples
    --------
    >>> from icp_lab.intake.facts import Facts, collect_facts
    >>> tabulate_decisions(collect_facts([Facts("deals", "d.csv", read=1000)]))
    The lab decided nothing by itself while it read.
    """
    return tabulate("decisions", intake.decisions, n=len(intake.decisions))


def tell_begun(begun: Begun) -> Prose:
    """Tell whether deals are judged as they began, or as they were exported.

    Parameters
    ----------
    begun : Begun
        The deals as their history tells them.

    Returns
    -------
    Prose
        With how many deals hold another amount now.

    Examples
    --------
    >>> import pandas as pd
    >>> tell_begun(Begun(pd.DataFrame(), ("amount",), told=12, changed=9))
    The history tells the first amount of 12 deals; **9 of them hold another amount now**. They are judged by the amount
    that they began with.
    >>> tell_begun(Begun(pd.DataFrame(), (), told=0, changed=0))
    No history of deals is kept, so deals are as they stood on the day of the export.
    """
    return phrase("begun", "told" if begun.told else "untold", told=begun.told, changed=begun.changed)


def tabulate_quality(quality: Quality) -> Table:
    """Show what each column is worth, and what is to be done about it.

    Parameters
    ----------
    quality : Quality
        The columns with their verdicts.

    Returns
    -------
    Table
        A row a column that holds something; the verdict in words, with its figures.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"table": "accounts", "column": "employees", "filled": 0.67, "distinct": 90, "verdict": "sparse",
    ...        "outcome": "", "lacking": 212, "since": "", "low": 0.0, "high": 0.0}
    >>> tabulate_quality(Quality(pd.DataFrame([row]), customers=640)).cells()
    [['employees', 'accounts', '67', '90', 'sparse: 212 of 640 customers lack it', '–', 'fill it for the customers']]
    """
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
    """Show which repairs of the data would add most.

    Parameters
    ----------
    fixes : Fixes
        The repairs, the one that adds most first.
    about : About
        The currency of the amounts.

    Returns
    -------
    Table or Prose
        The first `FIRST` of them; or the sentence that nothing has to be put right first.

    Examples
    --------
    >>> import pandas as pd
    >>> from datetime import date
    >>> row = {"kind": "fill", "table": "accounts", "file": "a.csv", "column": "size", "n": 20, "of": 640, "money": 0.0,
    ...        "gain": 0.01}
    >>> about = About(date(2026, 6, 30), "EUR", "Demo")
    >>> tabulate_fixes(Fixes(pd.DataFrame([row])), about).cells()
    [['20 of 640 customers have no size', 'a.csv', '0', 'Fill it, and the profile can decide on them', '1.0']]
    >>> tabulate_fixes(Fixes(pd.DataFrame(columns=["kind"])), about)
    Nothing has to be put right first: no row was set aside, and no customer lacks an attribute.
    """
    frame = fixes.frame.head(FIRST)
    rows: list[Any] = frame.to_dict("records")
    what = [phrase("fix", row["kind"], **row) for row in rows]
    return tabulate("fixes", frame.assign(what=what, to_do=frame["kind"].map(names("repair"))),
                    currency=about.currency, n=len(fixes.frame), first=len(frame))
