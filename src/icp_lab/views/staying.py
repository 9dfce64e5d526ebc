"""Who stays: how long customers of each level stay, in a picture and a table."""

from textwrap import fill

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from icp_lab.locale import _
from icp_lab.methods.staying import Staying
from icp_lab.rule import Criterion
from icp_lab.views.picture import COLOURS, About, Picture, write_percent
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, begin, lay_out, phrase, show, tell

_MOST = 6  # panels that can still be taken in at a glance


def draw_staying(staying: Staying, about: About) -> Picture | Prose:
    """Show how long customers of each level stay, in the attribute that tells most of it.

    Parameters
    ----------
    staying : Staying
        Customers by level, and how many of each stayed; up to six levels are drawn, the largest.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture or Prose
        A curve with its interval a level; a sentence where no attribute could be looked at.

    Examples
    --------
    >>> from datetime import date
    >>> nothing = Staying(pd.DataFrame(), pd.DataFrame(), 24, 0, 0, 0)
    >>> draw_staying(nothing, About(date(2026, 6, 30), "EUR", "Demo"))
    Too few customers left, or too little is known of them, to say who stays.
    """
    if not staying.tried:
        return phrase("nothing", "curves")
    first = staying.frame[staying.frame["rank"] == 0]
    levels = first.loc[sorted(first["n"].nlargest(_MOST).index)]
    labels = [_name_level(row) for _place, row in levels.iterrows()]
    curves = [staying.curves[staying.curves["place"] == place] for place in levels.index]

    def draw(sheet: Figure, narrow: bool) -> None:
        columns = 2 if narrow else min(len(levels), 3)
        rows = -(-len(levels) // columns)
        panels = sheet.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
        for axes in panels[len(levels):]:
            axes.set_axis_off()
        for place, axes in enumerate(panels[:len(levels)]):
            for curve in curves:
                axes.step(curve["month"] / 12, curve["stayed"], where="post", color=COLOURS["grey"], linewidth=0.8)
            mine, label = curves[place], f"{begin(labels[place])} ({levels['n'].iloc[place]})"
            axes.fill_between(mine["month"] / 12, mine["stayed_low"], mine["stayed_high"], step="post", alpha=0.2,
                              color=COLOURS["accent"], linewidth=0)
            axes.step(mine["month"] / 12, mine["stayed"], where="post", color=COLOURS["accent"])
            axes.set_title(fill(label, (17 if narrow else 27) // (1 if label.isascii() else 2)))
            axes.set_ylim(0, 1)
            write_percent(axes.yaxis)
            axes.xaxis.set_major_locator(MaxNLocator(3 if narrow else 5, integer=True))

    told = first.dropna(subset=["stayed"])
    best, worst = first.iloc[0], first.iloc[max(len(told) - 1, 0)]  # levels that nobody was seen of so long come last
    return show(
        "staying", draw, about, figure=True, title="told" if first["distinct"].any() else "unexplained",
        height=40 + 190 * -(-len(levels) // 3), narrow_height=60 + 190 * -(-len(levels) // 2),
        best=_name_level(best), share=best["stayed"], interval=(best["stayed_low"], best["stayed_high"]),
        worst=begin(_name_level(worst)), other=worst["stayed"], ends=(worst["stayed_low"], worst["stayed_high"]),
        months=staying.months, n=staying.n, left=staying.left, tried=staying.tried, levels=", ".join(labels))


def tabulate_staying(staying: Staying, most: int = 12) -> Table | Prose:
    """Show which share of each level stayed, and which attributes tell who stays.

    Parameters
    ----------
    staying : Staying
        Customers by level, and how many of each stayed.
    most : int, default 12
        Levels shown at most; the note says so where there are more.

    Returns
    -------
    Table or Prose
        A row a level, the attribute of the strongest evidence first; a sentence where no attribute could be looked at.

    Examples
    --------
    >>> level = {"attribute": "industry", "kind": "set", "value": "SaaS", "yes": True, "start": None, "end": None,
    ...          "n": 60, "left": 9, "stayed": 0.85, "stayed_low": 0.73, "stayed_high": 0.92, "p_value": 0.001,
    ...          "adjusted": 0.004, "distinct": True}
    >>> staying = Staying(pd.DataFrame([level, level | {"value": "Retail"}]), pd.DataFrame(), 24, 90, 30, 4)
    >>> table = tabulate_staying(staying, most=1)
    >>> table.cells(), table.note[-21:]
    ([['industry SaaS', '60', '9', '85 (73 to 92)', 'yes']], 'Shown: 1 of 2 levels.')
    """
    if not staying.tried:
        return phrase("nothing", "staying")
    frame, n = staying.frame.head(most), len(staying.frame)
    frame = frame.assign(level=[_name_level(row) for _place, row in frame.iterrows()])
    note = tell(_("Shown: {rows} of {n} levels."), rows=len(frame), n=n) if len(frame) < n else ""
    return lay_out("staying", frame, months=staying.months, tried=staying.tried, note=note)


def _name_level(row: pd.Series) -> str:
    level = row.to_dict()
    start, end = (None if pd.isna(level[key]) else float(f"{level[key]:.4g}") for key in ("start", "end"))
    claim = Criterion(level["attribute"], level["kind"], start, end, (level["value"],), bool(level["yes"])).words()
    return claim if level["yes"] or level["kind"] == "is" else _("{criterion}: no").format(criterion=claim)
