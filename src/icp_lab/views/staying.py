"""Who stays: the curves of the attribute that tells most of it, and all levels in a table."""

from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from icp_lab.locale import _
from icp_lab.methods.staying import Staying
from icp_lab.rule import Criterion
from icp_lab.views.picture import COLOURS, About, Picture, paint
from icp_lab.views.prose import Prose, begin, tell
from icp_lab.views.table import Table, say, say_interval
from icp_lab.views.words import lay_out

_MOST = 6  # panels that can still be taken in at a glance


def draw_staying(staying: Staying, about: About) -> Picture | Prose:
    """How long do customers of each level stay, in the attribute that tells most of it?"""
    if not staying.tried:
        return Prose(_("Too few customers left, or too little is known of them, to say who stays."))
    first = staying.frame[staying.frame["rank"] == 0]
    levels = first.loc[sorted(first["n"].nlargest(_MOST).index)]
    labels = [_name_level(row) for _place, row in levels.iterrows()]
    curves = [staying.curves[staying.curves["place"] == place] for place in levels.index]

    def draw(sheet: Figure, narrow: bool) -> None:
        columns = 2 if narrow else min(len(levels), 3)
        panels = sheet.subplots(-(-len(levels) // columns), columns, sharex=True, sharey=True, squeeze=False).flat
        for place, axes in enumerate(panels):
            if place >= len(levels):
                axes.set_axis_off()
                continue
            for curve in curves:
                axes.step(curve["month"] / 12, curve["stayed"], where="post", color=COLOURS["grey"], linewidth=0.8)
            mine, label = curves[place], f"{begin(labels[place])} ({levels['n'].iloc[place]})"
            axes.fill_between(mine["month"] / 12, mine["stayed_low"], mine["stayed_high"], step="post", alpha=0.2,
                              color=COLOURS["accent"], linewidth=0)
            axes.step(mine["month"] / 12, mine["stayed"], where="post", color=COLOURS["accent"])
            axes.set_title(fill(label, (17 if narrow else 27) // (1 if label.isascii() else 2)))
            axes.set_ylim(0, 1)
            axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
            axes.xaxis.set_major_locator(MaxNLocator(3 if narrow else 5, integer=True))

    rows = {narrow: -(-len(levels) // columns) for narrow, columns in ((False, 3), (True, 2))}
    return paint(
        draw, figure=True, title=_say_found(staying, first), height=40 + 190 * rows[False],
        narrow_height=60 + 190 * rows[True],
        subtitle=_("Share still here, by years since the start, with 95 % intervals; the other curves in grey"),
        foot=about.foot(tell(_("{n} customers, of whom {left} left; {tried} attributes and members of lists looked at"),
                             n=staying.n, left=staying.left, tried=staying.tried)),
        alt=_("A curve a level: {levels}").format(levels=", ".join(labels)))


def tabulate_staying(staying: Staying, most: int = 12) -> Table | Prose:
    """Which share of each level stayed, and which attributes tell who stays?"""
    if not staying.tried:
        return Prose(_("There is nothing to set side by side."))
    frame = staying.frame.head(most)
    frame = frame.assign(level=[_name_level(row) for _place, row in frame.iterrows()])
    more = tell(_("Shown: {rows} of {n} levels."), rows=len(frame), n=len(staying.frame))
    return lay_out("staying", frame, months=staying.months, tried=staying.tried,
                   note=more if len(frame) < len(staying.frame) else "")


def _say_found(staying: Staying, first: pd.DataFrame) -> str:
    if not first["distinct"].any():
        return tell(_("Who stays is left unexplained: none of {n} attributes differs by more than chance"),
                    n=staying.tried)
    told = first.dropna(subset=["stayed"])
    best, worst = first.iloc[0], first.iloc[max(len(told) - 1, 0)]  # levels that nobody was seen of so long come last
    return _("{best}: {share} ({interval}) are still here after {months} months. {worst}: {other} ({ends})").format(
        best=begin(_name_level(best)), share=say(best["stayed"], "share"), months=staying.months,
        interval=say_interval(best["stayed_low"], best["stayed_high"], "share"), worst=begin(_name_level(worst)),
        other=say(worst["stayed"], "share"), ends=say_interval(worst["stayed_low"], worst["stayed_high"], "share"))


def _name_level(row: "pd.Series[Any]") -> str:
    level = row.to_dict()
    start, end = (None if pd.isna(level[key]) else float(f"{level[key]:.4g}") for key in ("start", "end"))
    claim = Criterion(level["attribute"], level["kind"], start, end, (level["value"],), bool(level["yes"])).words()
    return claim if level["yes"] or level["kind"] == "is" else _("{criterion}: no").format(criterion=claim)
