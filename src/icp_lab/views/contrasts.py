"""How two groups of accounts differ: sentences, a table, a forest plot of what survives the tries; who stays."""

import math
import re
from collections.abc import Callable, Iterable
from functools import partial
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from icp_lab.artifacts import make_id
from icp_lab.locale import _
from icp_lab.methods.association import Association
from icp_lab.methods.confounding import Confounding
from icp_lab.methods.contrast import Contrast
from icp_lab.methods.negatives import Groups, Negatives
from icp_lab.methods.staying import Staying
from icp_lab.rule import Criterion, name_attribute, write_number
from icp_lab.views.picture import COLOURS, About, Picture, add_note, plot_intervals, write_percent
from icp_lab.views.table import MISSING, Column, Table, say
from icp_lab.views.words import Prose, begin, join, lay_out, name, names, phrase, show, tabulate, tell

_SIZES = {"employees", "annual_revenue"}
_MOST_PAIRS, _MOST_EXPLAINED, _MOST_LISTED = 4, 3, 12
_MOST_ROWS = 9  # of each kind in a forest plot; the table has them all


def tell_groups(groups: Groups, negatives: Negatives) -> Prose:
    """Who is held against whom, and what may not be concluded from it?"""
    return join(
        phrase("groups", "held", first=phrase("groups", groups.best_are), best=len(groups.best),
               negative=len(groups.negative), ordinary=len(groups.ordinary)),
        phrase("groups", "both", n=len(groups.best_but_negative)) if groups.best_but_negative else "",
        "" if negatives.with_failures else phrase("groups", "survivors"))


def tell_clearest(contrast: Contrast) -> Prose:
    """What is the clearest difference between the groups, in counts and with its interval?"""
    measure, words = _find_clearest(contrast)
    return phrase("clearest", measure, **words) if len(contrast.frame) else phrase("nothing", "compared")


def _find_clearest(contrast: Contrast) -> tuple[str, dict[str, Any]]:
    """Pick the clearest difference that is known before the sale: its measure and the words that tell it."""
    early = contrast.frame[contrast.frame["before_sale"]]
    held = early[early["distinct"]]
    words = {**_name_groups(contrast), "tried": len(early), "held": len(held)}
    return (held["measure"].iloc[0], words | _figures(held.iloc[0])) if len(held) else ("none", words)


def tell_contrast(contrast: Contrast, negatives: Negatives | None = None) -> Prose:
    """What sets the two groups apart, as far as multiplicity allows to say?"""
    held = contrast.frame[contrast.frame["distinct"]]
    if held.empty:
        return tell_clearest(contrast)
    survivors = contrast.comparison == "best_negative" and negatives and not negatives.with_failures
    return join(
        phrase("apart", "survivors" if survivors else "differ", held=f"**{say(len(held), 'integer')}**",
               tried=len(contrast.frame), names=_name_each(held["attribute"]), **_name_groups(contrast)),
        phrase("apart", "q", q=contrast.q))


def tell_value(contrast: Contrast) -> Prose:
    """Which figures does value follow?"""
    held = contrast.frame[contrast.frame["distinct"] & (contrast.frame["measure"] == "cliffs_delta")]
    rows = held[held["effect"] > 0].to_dict("records")
    if not rows:
        return tell_contrast(contrast)
    sizes = _name_each(row["attribute"] for row in rows if row["attribute"] in _SIZES)
    others = _name_each(row["attribute"] for row in rows if row["attribute"] not in _SIZES)
    pairs = _("; ").join(phrase("value", "pair", **_figures(row)) for row in rows[:_MOST_PAIRS])
    follows = [phrase("value", "size", names=sizes), *others] if sizes else others
    return join(phrase("value", "follows", names=follows, pairs=pairs), tell_contrast(contrast))


def tabulate_contrast(contrast: Contrast, most: int = 1000) -> Table:
    """How do the groups differ in each attribute?"""
    groups, rows = _name_groups(contrast), min(most, len(contrast.frame))
    frame = _write_rows(contrast.frame.head(rows), label=_label, effect=_say_effect, holds=_say_holds,
                        first=partial(_say_middle, "first"), second=partial(_say_middle, "second"))
    keys = frame[["attribute", "level"]].fillna("").to_numpy().tolist()
    frame["anchor"] = [make_id("contrasts", contrast.comparison, *key) for key in keys]
    skipped = contrast.skipped["reason"].map(names("skipped")).value_counts()
    reasons = [_("{label}: {effect}").format(label=reason, effect=count) for reason, count in skipped.items()]
    left = _("; ").join(reasons) or _("nothing")
    note = phrase("apart", "shown", rows=rows, n=len(contrast.frame)) if rows < len(contrast.frame) else ""
    return lay_out("contrast", frame, title=begin(phrase("apart", "title", **groups)), left=left, note=note, **groups)


def draw_contrast(contrast: Contrast, about: About) -> Picture | Prose:
    """Which differences are there, how sure is each, and which survive the number of tries?"""
    early = contrast.frame[contrast.frame["before_sale"]]
    parts = [(measure, early[early["measure"] == measure].head(_MOST_ROWS).sort_values("effect", ascending=False))
             for measure in ("risk_ratio", "cliffs_delta")]
    parts = [(measure, rows) for measure, rows in parts if len(rows)]
    if not parts:
        return phrase("nothing", "contrast")

    def draw(figure: Figure, narrow: bool) -> None:
        sizes = [len(rows) + 1.4 for _measure, rows in parts]
        panels = figure.subplots(len(sizes), 1, squeeze=False, gridspec_kw={"height_ratios": sizes})[:, 0]
        for axes, (measure, rows) in zip(panels, parts, strict=True):
            ratio = measure == "risk_ratio"
            _draw_forest(axes, rows, ratio, narrow)
            axes.set_title(_("Times as common") if ratio else _("Share of pairs with more"))

    measure, words = _find_clearest(contrast)
    drawn = pd.concat([rows for _measure, rows in parts])
    return show("contrast", draw, about, figure=True, title=measure, height=70 + 30 * len(drawn) + 60 * len(parts),
                n=contrast.n_first, m=contrast.n_second, **words,
                alt="; ".join(tell(_("{label}: {effect}"), label=_label(row), effect=_say_effect(row))
                              for row in drawn.to_dict("records")))


def _draw_forest(axes: Axes, frame: pd.DataFrame, ratio: bool, narrow: bool) -> None:
    rows = frame.to_dict("records")
    found = [[_place(row[end], ratio) for end in ("effect", "low", "high")] for row in rows]
    colours = [COLOURS["accent"] if row["distinct"] else COLOURS["grey"] for row in rows]
    unsure = [place for place, row in enumerate(rows) if not row["distinct"]]
    plot_intervals(axes, [_shorten(_label(row), narrow) for row in rows], found, colours=colours,
                   reference=0 if ratio else 0.5, unsure=unsure)
    for place, row in enumerate(() if narrow else rows):
        add_note(axes, _say_holds(row), (1, place), xycoords=("axes fraction", "data"), color=colours[place],
                 annotation_clip=False)
    if ratio:
        far = max(1, *(abs(math.floor(end)) for end in axes.get_xlim()))
        ticks = [tick for tick in range(-far, far + 1) if far <= 2 or tick % 2 == 0]
        axes.set_xticks(ticks, [f"{2 ** tick}" if tick >= 0 else f"1/{2 ** -tick}" for tick in ticks])
        axes.set_xlim(min(axes.get_xlim()[0], -0.3), max(axes.get_xlim()[1], 0.3))
    else:
        axes.set_xlim(0, 1)
        write_percent(axes.xaxis)
    axes.xaxis.set_minor_locator(NullLocator())


def _place(effect: float, ratio: bool) -> float:
    """Tell where an effect is drawn: ratios by doublings, those beyond 32 times at the edge."""
    return math.log2(min(max(effect, 1 / 32), 32)) if ratio else _pairs(effect)


def _pairs(delta: float) -> float:
    """Say Cliff's delta as the share of pairs in which the first has more, ties split."""
    return (delta + 1) / 2


def tabulate_association(association: Association, best_are: str = "best") -> Table | Prose:
    """How do all groups of accounts differ, side by side?"""
    frame = association.frame.head(_MOST_LISTED)
    if frame.empty:
        return phrase("nothing", "compared")
    measures = np.where(frame["level"] != "", "risk_ratio", "cliffs_delta")
    frame = _write_rows(frame.assign(measure=measures, start=math.nan), label=_label, holds=_say_holds,
                        **{group: partial(_say_figure, group) for group in association.groups})
    called = names("group")
    called["best"] = called[best_are]
    heads = tuple(Column(group, tell(_("{group}, n = {n}"), group=begin(called[group]), n=n))
                  for group, n in association.groups.items())
    return lay_out("association", frame, more=heads, held=association.frame["distinct"].sum(), n=len(association.frame))


def tell_confounding(confounding: Confounding) -> Prose:
    """Which differences are mostly another attribute, seen from its side?"""
    found = confounding.frame[confounding.frame["kind"] == "explained"].drop_duplicates("attribute")
    if not confounding.tried:
        return phrase("confounded", "untried")
    if found.empty:
        return phrase("confounded", "none", n=confounding.tried)
    told = [phrase("confounded", "one", label=_label(row), held=_name_held(row), fixed=name_attribute(row["held"]),
                   crude=_say_crude(row), effect=_say_effect(row))
            for row in found.head(_MOST_EXPLAINED).to_dict("records")]
    return join(*told, phrase("confounded", "causes", names=_name_each(found["attribute"])))


def tabulate_confounding(confounding: Confounding) -> Table | Prose:
    """What is left of each difference when another attribute is held fixed?"""
    return tabulate("confounding", _write_rows(confounding.frame, label=_label, fixed=_name_held, before=_say_crude,
                                               after=_say_effect))


def _write_rows(frame: pd.DataFrame, **writers: Callable[[Any], str]) -> pd.DataFrame:
    """Write columns out of whole rows."""
    rows = frame.to_dict("records")
    return frame.assign(**{column: [write(row) for row in rows] for column, write in writers.items()})


def _say_crude(row: Any) -> str:
    """Write the effect as it is before anything is held fixed."""
    return _say_effect({**row, "effect": row["crude"], "low": row["crude_low"], "high": row["crude_high"]})


def _name_held(row: Any) -> str:
    return _join_level(name_attribute(row["held"]), row["held_level"])


def _figures(row: Any) -> dict[str, Any]:
    """Collect the words of a difference: a ratio of two shares, or the share of pairs in which the first has more."""
    words = {"label": _label(row), "ratio": row["effect"], "interval": (row["low"], row["high"]),
             "share": row.get("share_first"), "other": row.get("share_second")}
    if row["measure"] == "cliffs_delta":
        words |= {"share": _pairs(row["effect"]), "interval": (_pairs(row["low"]), _pairs(row["high"]))}
    return words


def _say_effect(row: Any) -> str:
    return phrase("effect", row["measure"], **_figures(row))


def _say_middle(group: str, row: Any) -> str:
    return _say_figure(f"{'share' if row['measure'] == 'risk_ratio' else 'median'}_{group}", row)


def _say_figure(column: str, row: Any) -> str:
    """Write a share, or a median in the attribute's own unit."""
    figure = row[column]
    if math.isnan(figure):
        return MISSING
    return say(figure, "share") if row["measure"] == "risk_ratio" else say_median(figure, row["attribute"])


def say_median(value: float, attribute: str) -> str:
    """How is a median written? With four figures of large numbers, so that years stay years, and three of small ones.

    Examples
    --------
    >>> say_median(0.22853, "growth"), say_median(2011.0, "founded_year")
    ('0.229', '2011')
    """
    return write_number(float(f"{value:.{4 if abs(value) >= 1000 else 3}g}"), attribute)


def _say_holds(row: Any) -> str:
    return _("holds") if row["distinct"] else _("may be chance")


def _label(row: Any) -> str:
    if row["measure"] == "lift":
        return str(row["level"])
    attribute = name_attribute(row["attribute"])
    if not math.isnan(row["start"]):
        low, high = (write_number(float(f"{row[end]:.4g}"), row["attribute"]) for end in ("start", "end"))
        attribute = tell(_("{attribute} {low} to {high}"), attribute=attribute, low=low, high=high)
    if not row.get("before_sale", True):
        attribute = tell(_("{attribute} (known after the sale)"), attribute=attribute)
    return _join_level(attribute, row["level"])


def _join_level(attribute: str, level: str) -> str:
    return tell(_("{attribute}: {level}"), attribute=attribute, level=_(level)) if level else attribute


def _shorten(label: str, narrow: bool) -> str:
    """Fit a label beside the drawing: on narrow pages the level stands below its attribute."""
    lines = re.split(": |：", label, maxsplit=1) if narrow else [label]
    most = 18 if narrow else 40
    return "\n".join(line if len(line) <= most else f"{line[:most - 1]}…" for line in lines)


def _name_groups(contrast: Contrast) -> dict[str, Any]:
    first, second = (name(f"{side}_group", contrast.comparison) for side in ("first", "second"))
    return {"first": first if contrast.first_are == "best" else _("customer"), "second": second}


def _name_each(attributes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(map(name_attribute, attributes)))


_MOST = 6  # panels that can still be taken in at a glance


def draw_staying(staying: Staying, about: About) -> Picture | Prose:
    """How long do customers of each level stay, in the attribute that tells most of it?"""
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
    """Which share of each level stayed, and which attributes tell who stays?"""
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
