"""How two groups of accounts differ: sentences, a table, and a forest plot of what survives the number of tries."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from icp_lab.locale import _
from icp_lab.methods.association import Association
from icp_lab.methods.confounding import Confounding
from icp_lab.methods.contrast import Contrast
from icp_lab.methods.negatives import Groups, Negatives
from icp_lab.rule import name_attribute, write_number
from icp_lab.views.picture import COLOURS, About, Picture, paint, plot_intervals
from icp_lab.views.prose import Prose, begin, join, tell
from icp_lab.views.table import MISSING, Column, Table, say, say_interval
from icp_lab.views.words import lay_out, name, names

_SIZES = {"employees", "annual_revenue"}
_MOST_PAIRS = 4
_MOST_ROWS = 9  # of each kind in a forest plot; the table has them all


def tell_groups(groups: Groups, negatives: Negatives) -> Prose:
    """Who is held against whom, and what may not be concluded from it?"""
    first = _("best customers") if groups.best_are == "best" else _("customers without a negative sign")
    return join(
        tell(_("Held against each other: {best} {first}, {negative} negative accounts and {ordinary} ordinary "
               "customers; nobody is in two groups."), best=len(groups.best), first=first,
             negative=len(groups.negative), ordinary=len(groups.ordinary)),
        tell(_("Left out, as they are among the best and show a negative sign as well: {n}."),
             n=len(groups.best_but_negative)) if groups.best_but_negative else "",
        _("**These data hold nobody who left and nobody who never bought.** What follows compares "
          "those who stayed with each other; it cannot tell who would have failed. Collect the tables "
          "churn and deals (with the lost ones) first.") if not negatives.with_failures else "")


def tell_clearest(contrast: Contrast) -> Prose:
    """What is the clearest difference between the groups, in counts and with its interval?"""
    first, second = _name_groups(contrast)
    early = contrast.frame[contrast.frame["before_sale"]]
    held = early[early["distinct"]]
    if contrast.frame.empty:
        return Prose(_("There are too few accounts of one kind to compare them."))
    if held.empty:
        return tell(_("None of {n} differences between {first} and {second} accounts that are known before the sale is "
                      "clearly more than chance."), n=len(early), first=first, second=second)
    row = held.iloc[0]
    words = {**_figures(row), "label": _label(row), "first": first, "second": second}
    if row["measure"] == "risk_ratio":
        return tell(_("The clearest difference, {label}, is {ratio} times as common among {first} accounts ({share}) "
                      "as among {second} ones ({other}); 95 % interval {interval}."),
                    share=say(row["share_first"], "share"), other=say(row["share_second"], "share"), **words)
    return tell(_("The clearest difference: take one {first} and one {second} account, and in {share} of such pairs "
                  "the {first} one has more {label} (95 % interval {interval})."), **words)


def tell_contrast(contrast: Contrast, negatives: Negatives | None = None) -> Prose:
    """What sets the two groups apart, as far as multiplicity allows to say?"""
    first, second = _name_groups(contrast)
    held = contrast.frame[contrast.frame["distinct"]]
    if held.empty:
        return tell_clearest(contrast)
    survivors = contrast.comparison == "best_negative" and negatives and not negatives.with_failures
    sentence = (_("{held} of {tried} differences between {first} and {second} accounts are more than chance: {names}.")
                if survivors else
                _("{held} of {tried} differences distinguish {first} from {second} accounts, in: {names}."))
    return join(
        tell(sentence, held=f"**{say(len(held), 'integer')}**", tried=len(contrast.frame), first=first, second=second,
             names=_(", ").join(dict.fromkeys(map(name_attribute, held["attribute"])))),
        tell(_("Of those called so, up to {q} may still be chance."), q=say(contrast.q, "share")))


def tell_value(contrast: Contrast) -> Prose:
    """Which figures does value follow?"""
    held = contrast.frame[contrast.frame["distinct"] & (contrast.frame["measure"] == "cliffs_delta")]
    rows = held[held["effect"] > 0].to_dict("records")
    if not rows:
        return tell_contrast(contrast)
    held_names = [row["attribute"] for row in rows]
    sizes = _(", ").join(name_attribute(name) for name in held_names if name in _SIZES)
    said = [tell(_("size ({names})"), names=sizes)] if sizes else []
    attributes = _(", ").join([*said, *(name_attribute(name) for name in held_names if name not in _SIZES)])
    pairs = _("; ").join(tell(_("{label} in {share} of such pairs ({interval})"), label=_label(row), **_figures(row))
                         for row in rows[:_MOST_PAIRS])
    sentence = _("**Value, which is what a customer brings in revenue, follows {names}.** Take one customer of high "
                 "value and one other, and the one of high value has more {pairs}.")
    return join(tell(sentence, names=attributes, pairs=pairs), tell_contrast(contrast))


def tabulate_contrast(contrast: Contrast, most: int = 1000) -> Table:
    """How do the groups differ in each attribute?"""
    first, second = _name_groups(contrast)
    frame = _write_rows(contrast.frame.head(most), label=_label, effect=_say_effect, holds=_say_holds,
                        first=partial(_say_middle, "first"), second=partial(_say_middle, "second"))
    skipped = contrast.skipped["reason"].map(names("skipped")).value_counts()
    left = "; ".join(f"{reason}: {count}" for reason, count in skipped.items()) or _("nothing")
    cut = tell(_("Shown: {rows} of {n} differences."), rows=len(frame), n=len(contrast.frame))
    title = begin(tell(_("{first} against {second}, strongest evidence first"), first=first, second=second))
    return lay_out("contrast", frame, title=title, note=cut if len(frame) < len(contrast.frame) else "", left=left,
                   first=first, second=second)


def draw_contrast(contrast: Contrast, about: About) -> Picture | Prose:
    """Which differences are there, how sure is each, and which survive the number of tries?"""
    early = contrast.frame[contrast.frame["before_sale"]]
    parts = [(measure, early[early["measure"] == measure].head(_MOST_ROWS).sort_values("effect", ascending=False))
             for measure in ("risk_ratio", "cliffs_delta")]
    parts = [(measure, rows) for measure, rows in parts if len(rows)]
    if not parts:
        return Prose(_("Nothing could be compared."))
    first, second = _name_groups(contrast)

    def draw(figure: Figure, narrow: bool) -> None:
        sizes = [len(rows) + 1.4 for _measure, rows in parts]
        panels = figure.subplots(len(sizes), 1, squeeze=False, gridspec_kw={"height_ratios": sizes})[:, 0]
        for axes, (measure, rows) in zip(panels, parts, strict=True):
            ratio = measure == "risk_ratio"
            _draw_forest(axes, rows, ratio, narrow)
            axes.set_title(_("Times as common") if ratio else _("Share of pairs with more"))

    rows_shown = sum(len(rows) for _measure, rows in parts)
    return paint(
        draw, figure=True, height=70 + 30 * rows_shown + 60 * len(parts),
        title=_title(contrast),
        subtitle=tell(_("What is known before the sale, with 95 % intervals; right of the line: more among {first} "
                        "accounts. Filled dot: holds after all tries, as {held} of {tried} do; open diamond: may be "
                        "chance"), first=first, held=early["distinct"].sum(), tried=len(early)),
        foot=about.foot(tell(_("{first}: {n}, {second}: {m} accounts"), first=first, n=contrast.n_first,
                             second=second, m=contrast.n_second)),
        alt="; ".join(tell(_("{label}: {effect}"), label=_label(row), effect=_say_effect(row))
                      for _measure, rows in parts for row in rows.to_dict("records")))


def _title(contrast: Contrast) -> str:
    """Say the clearest difference that is known before the sale as a finding."""
    first, second = _name_groups(contrast)
    held = contrast.frame[contrast.frame["distinct"] & contrast.frame["before_sale"]]
    if held.empty:
        return tell(_("No difference between {first} and {second} accounts is clearly more than chance"),
                    first=first, second=second)
    row = held.iloc[0]
    words = {"label": _label(row), "first": first, "second": second}
    if row["measure"] == "risk_ratio":
        return begin(tell(_("{label}, in {share} of {first} accounts and {other} of {second} ones"), **words,
                          share=say(row["share_first"], "share"), other=say(row["share_second"], "share")))
    return begin(tell(_("{label}: in {share} of pairs the {first} account has more than the {second} one"), **words,
                      share=say(_pairs(row["effect"]), "share")))


def _draw_forest(axes: Axes, frame: pd.DataFrame, ratio: bool, narrow: bool) -> None:
    rows = frame.to_dict("records")
    low, middle, high = ([_place(row[end], ratio) for row in rows] for end in ("low", "effect", "high"))
    colours = [COLOURS["accent"] if row["distinct"] else COLOURS["grey"] for row in rows]
    plot_intervals(axes, [_shorten(_label(row), narrow) for row in rows], middle, list(zip(low, high, strict=True)),
                   colours=colours, reference=0 if ratio else 0.5,
                   unsure=[place for place, row in enumerate(rows) if not row["distinct"]])
    for place, row in enumerate(() if narrow else rows):
        axes.annotate(_say_holds(row), (1, place), (6, 0), va="center", xycoords=("axes fraction", "data"),
                      textcoords="offset points", color=colours[place], annotation_clip=False)
    if ratio:
        far = max(1, *(abs(math.floor(end)) for end in axes.get_xlim()))
        ticks = [tick for tick in range(-far, far + 1) if far <= 2 or tick % 2 == 0]
        axes.set_xticks(ticks, [f"{2 ** tick}" if tick >= 0 else f"1/{2 ** -tick}" for tick in ticks])
        axes.set_xlim(min(axes.get_xlim()[0], -0.3), max(axes.get_xlim()[1], 0.3))
    else:
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _position: f"{share * 100:.0f} %"))
    axes.xaxis.set_minor_locator(NullLocator())


def _place(effect: float, ratio: bool) -> float:
    """Tell where an effect is drawn: ratios by doublings, those beyond 32 times at the edge."""
    return math.log2(min(max(effect, 1 / 32), 32)) if ratio else _pairs(effect)


def _pairs(delta: float) -> float:
    """Say Cliff's delta as the share of pairs in which the first has more, ties split."""
    return (delta + 1) / 2


def tabulate_association(association: Association, best_are: str = "best", most: int = 12) -> Table | Prose:
    """How do all groups of accounts differ, side by side?"""
    frame = association.frame.head(most)
    if frame.empty:
        return Prose(_("There are too few accounts of one kind to compare them."))
    measures = np.where(frame["level"] != "", "risk_ratio", "cliffs_delta")
    frame = _write_rows(frame.assign(measure=measures, start=math.nan), label=_label, holds=_say_holds,
                        **{group: partial(_say_figure, group) for group in association.groups})
    called = names("group")
    called["best"] = called[best_are]
    heads = tuple(Column(group, tell(_("{group}, n = {n}"), group=begin(called[group]), n=n))
                  for group, n in association.groups.items())
    return lay_out("association", frame, more=heads, held=association.frame["distinct"].sum(),
                   n=len(association.frame))


def tell_confounding(confounding: Confounding, most: int = 3) -> Prose:
    """Which differences are mostly another attribute, seen from its side?"""
    found = confounding.frame[confounding.frame["kind"] == "explained"].drop_duplicates("attribute")
    sentence = _("**{label}** is confounded with **{held}**: {crude} becomes {effect} when {fixed} is held fixed.")
    told = [tell(sentence, label=_label(row), held=_name_held(row), fixed=name_attribute(row["held"]),
                 crude=_say_crude(row), effect=_say_effect(row))
            for row in found.head(most).to_dict("records")]
    if not confounding.tried:
        return Prose(_("No two clear differences that could explain each other are on record."))
    if not told:
        return tell(_("No clear difference that is known before the sale is explained by another attribute on record; "
                      "{n} pairs were looked at."), n=confounding.tried)
    return join(*told, tell(_("Not to be read as causes, because most of the difference is gone among accounts that "
                              "are alike in something else: {names}."),
                            names=_(", ").join(map(name_attribute, found["attribute"]))))


def tabulate_confounding(confounding: Confounding) -> Table | Prose:
    """What is left of each difference when another attribute is held fixed?"""
    if confounding.frame.empty:
        return Prose("")
    frame = confounding.frame.assign(reading=confounding.frame["kind"].map(names("reading")))
    return lay_out("confounding", _write_rows(frame, label=_label, fixed=_name_held, before=_say_crude,
                                              after=_say_effect))


def _write_rows(frame: pd.DataFrame, **writers: Callable[[Any], str]) -> pd.DataFrame:
    """Write columns out of whole rows."""
    rows = frame.to_dict("records")
    return frame.assign(**{column: [write(row) for row in rows] for column, write in writers.items()})


def _say_crude(row: Any) -> str:
    """Write the effect as it is before anything is held fixed."""
    return _say_effect({**row, "effect": row["crude"], "low": row["crude_low"], "high": row["crude_high"]})


def _name_held(row: Any) -> str:
    attribute = name_attribute(row["held"])
    return f"{attribute}: {_(row['held_level'])}" if row["held_level"] else attribute


def _figures(row: Any) -> dict[str, str]:
    """Write an effect and its interval: a ratio of shares, or the share of pairs in which the first has more."""
    if row["measure"] == "cliffs_delta":
        low, middle, high = (_pairs(row[end]) for end in ("low", "effect", "high"))
        return {"share": say(middle, "share"), "interval": say_interval(low, high, "share")}
    return {"ratio": say(row["effect"], "ratio"), "interval": say_interval(row["low"], row["high"], "ratio")}


def _say_effect(row: Any) -> str:
    sentence = (_("{ratio} times as often ({interval})") if row["measure"] == "lift"
                else _("{ratio} times as common ({interval})") if row["measure"] == "risk_ratio"
                else _("more in {share} of pairs ({interval})"))
    return tell(sentence, **_figures(row))


def _say_middle(group: str, row: Any) -> str:
    return _say_figure(f"{'share' if row['measure'] == 'risk_ratio' else 'median'}_{group}", row)


def _say_figure(column: str, row: Any) -> str:
    """Write a share, or a median in the attribute's own unit."""
    figure = row[column]
    if math.isnan(figure):
        return MISSING
    return say(figure, "share") if row["measure"] == "risk_ratio" else write_number(figure, row["attribute"])


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
    return f"{attribute}: {_(row['level'])}" if row["level"] else attribute


def _shorten(label: str, narrow: bool) -> str:
    """Fit a label beside the drawing: on narrow pages the level stands below its attribute."""
    lines = label.split(": ", 1) if narrow else [label]
    most = 18 if narrow else 40
    return "\n".join(line if len(line) <= most else f"{line[:most - 1]}…" for line in lines)


def _name_groups(contrast: Contrast) -> tuple[str, str]:
    first, second = (name(f"{side}_group", contrast.comparison) for side in ("first", "second"))
    return first if contrast.first_are == "best" else _("customer"), second
