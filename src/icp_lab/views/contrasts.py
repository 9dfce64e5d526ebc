"""How two groups of accounts differ: sentences, a table, a forest plot of what survives the tries."""

import math
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from icp_lab.artifacts import make_id
from icp_lab.locale import _
from icp_lab.methods.association import Association
from icp_lab.methods.confounding import Confounding
from icp_lab.methods.contrast import Contrast
from icp_lab.methods.negatives import Groups, Negatives
from icp_lab.rule import name_attribute
from icp_lab.views.effects import collect_figures, join_level, label_row, say_effect, say_figure, say_holds, share_pairs
from icp_lab.views.picture import COLOURS, About, Picture, add_note, plot_intervals, write_percent
from icp_lab.views.table import Column, Table, say
from icp_lab.views.words import Prose, begin, join, lay_out, name, names, phrase, show, tabulate, tell

_SIZES = {"employees", "annual_revenue"}
_MOST_PAIRS, _MOST_EXPLAINED, _MOST_LISTED = 4, 3, 12
_MOST_ROWS = 9  # of each kind in a forest plot; the table has them all


def tell_groups(groups: Groups, negatives: Negatives) -> Prose:
    """Say who is held against whom, and what may not be concluded from it.

    Parameters
    ----------
    groups : Groups
        The accounts on either side; best ones that also show a negative sign are in no group.
    negatives : Negatives
        Whether the data hold any account that left or never bought; if not, they know survivors only.

    Returns
    -------
    Prose
        Counts of the groups with what has to be kept in mind.

    Examples
    --------
    >>> signs = Negatives(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), "", 0, 5, True)
    >>> tell_groups(Groups(("a", "b"), ("c",), ("d",), "best", ("e",)), signs)
    Held against each other: 2 best customers, 1 negative accounts and 1 ordinary customers; nobody is in two groups.
    Left out, as they are among the best and show a negative sign as well: 1.
    """
    return join(phrase("groups", "held", first=phrase("groups", groups.best_are), best=len(groups.best),
                       negative=len(groups.negative), ordinary=len(groups.ordinary)),
                phrase("groups", "both", n=len(groups.best_but_negative)) if groups.best_but_negative else "",
                "" if negatives.with_failures else phrase("groups", "survivors"))


def tell_clearest(contrast: Contrast) -> Prose:
    """Say the clearest difference between the groups, in counts and with its interval.

    Parameters
    ----------
    contrast : Contrast
        How two groups differ; only what is known before the sale counts here.

    Returns
    -------
    Prose
        The clearest that survives the number of tries; that none does, or that there was nothing to compare.

    Examples
    --------
    >>> row = {"attribute": "industry", "level": "SaaS", "start": math.nan, "measure": "risk_ratio", "effect": 2.5,
    ...        "low": 1.6, "high": 3.9, "share_first": 0.5, "share_second": 0.2, "before_sale": True, "distinct": True}
    >>> tell_clearest(Contrast(pd.DataFrame([row]), pd.DataFrame(), "best_negative", 40, 50, 0.1))
    The clearest difference: “industry: SaaS” is 2.5 times as common among best accounts (50 %) as among negative ones
    (20 %; 95 % interval 1.6 to 3.9).
    """
    measure, words = _find_clearest(contrast)
    return phrase("clearest", measure, **words) if len(contrast.frame) else phrase("nothing", "compared")


def _find_clearest(contrast: Contrast) -> tuple[str, dict[str, Any]]:
    """Pick the clearest difference that is known before the sale: its measure and the words that tell it."""
    early = contrast.frame[contrast.frame["before_sale"]]
    held = early[early["distinct"]]
    words = {**_name_groups(contrast), "tried": len(early), "held": len(held)}
    return (held["measure"].iloc[0], words | collect_figures(held.iloc[0])) if len(held) else ("none", words)


def tell_contrast(contrast: Contrast, negatives: Negatives | None = None) -> Prose:
    """Say what sets the two groups apart, as far as the number of tries allows.

    Parameters
    ----------
    contrast : Contrast
        How two groups differ.
    negatives : Negatives or None, default None
        Whether the data know failures at all; if they do not, survivors alone are compared, and that is said.

    Returns
    -------
    Prose
        The attributes that differ; where none does, what `tell_clearest` says.

    Examples
    --------
    >>> row = {"attribute": "industry", "measure": "risk_ratio", "distinct": True}
    >>> tell_contrast(Contrast(pd.DataFrame([row]), pd.DataFrame(), "best_negative", 40, 50, 0.1))
    **1** of 1 differences distinguish best from negative accounts, in: industry. Of those called so, up to 10 % may
    still be chance.
    """
    held = contrast.frame[contrast.frame["distinct"]]
    if held.empty:
        return tell_clearest(contrast)
    survivors = contrast.comparison == "best_negative" and negatives and not negatives.with_failures
    return join(phrase("apart", "survivors" if survivors else "differ", held=f"**{say(len(held), 'integer')}**",
                       tried=len(contrast.frame), names=_name_each(held["attribute"]), **_name_groups(contrast)),
                phrase("apart", "q", q=contrast.q))


def tell_value(contrast: Contrast) -> Prose:
    """Say which figures value follows.

    Parameters
    ----------
    contrast : Contrast
        Customers of high value against the others.

    Returns
    -------
    Prose
        Numbers in which the former have more, size first; where there are none, what `tell_contrast` says.

    Examples
    --------
    >>> row = {"attribute": "employees", "level": "", "start": math.nan, "measure": "cliffs_delta", "effect": 0.4,
    ...        "low": 0.2, "high": 0.6, "distinct": True}
    >>> tell_value(Contrast(pd.DataFrame([row]), pd.DataFrame(), "value", 40, 160, 0.1))
    **Value, which is what a customer brings in revenue, follows size (employees).** Take one customer of high value and
    one other, and the one of high value has more employees in 70 % of such pairs (60 to 80 %). **1** of 1 differences
    distinguish high-value from remaining accounts, in: employees. Of those called so, up to 10 % may still be chance.
    """
    held = contrast.frame[contrast.frame["distinct"] & (contrast.frame["measure"] == "cliffs_delta")]
    rows = held[held["effect"] > 0].to_dict("records")
    if not rows:
        return tell_contrast(contrast)
    sizes = _name_each(row["attribute"] for row in rows if row["attribute"] in _SIZES)
    others = _name_each(row["attribute"] for row in rows if row["attribute"] not in _SIZES)
    pairs = _("; ").join(phrase("value", "pair", **collect_figures(row)) for row in rows[:_MOST_PAIRS])
    follows = [phrase("value", "size", names=sizes), *others] if sizes else others
    return join(phrase("value", "follows", names=follows, pairs=pairs), tell_contrast(contrast))


def tabulate_contrast(contrast: Contrast, most: int = 1000) -> Table:
    """Show how the groups differ in each attribute.

    Parameters
    ----------
    contrast : Contrast
        How two groups differ, the strongest evidence first.
    most : int, default 1000
        Rows shown at most; the note says so where there are more.

    Returns
    -------
    Table
        A row an attribute or level, and in the note what was not tested and why.

    Examples
    --------
    >>> row = {"attribute": "industry", "level": "SaaS", "start": math.nan, "measure": "risk_ratio", "effect": 2.5,
    ...        "low": 1.6, "high": 3.9, "share_first": 0.5, "share_second": 0.2, "n_first": 40, "n_second": 50,
    ...        "p_value": 0.001, "q_value": 0.004, "before_sale": True, "distinct": True}
    >>> skipped = pd.DataFrame({"reason": ["rare"]})
    >>> tabulate_contrast(Contrast(pd.DataFrame([row]), skipped, "best_negative", 40, 50, 0.1)).cells()
    [['industry: SaaS', '50 %', '20 %', '40', '50', '2.5 times as common (1.6 to 3.9)', 'holds']]
    """
    groups, rows = _name_groups(contrast), min(most, len(contrast.frame))
    frame = _write_rows(contrast.frame.head(rows), label=label_row, effect=say_effect, holds=say_holds,
                        first=partial(_say_middle, "first"), second=partial(_say_middle, "second"))
    keys = frame[["attribute", "level"]].fillna("").to_numpy().tolist()
    frame["anchor"] = [make_id("contrasts", contrast.comparison, *key) for key in keys]
    skipped = contrast.skipped["reason"].map(names("skipped")).value_counts()
    reasons = [_("{label}: {effect}").format(label=reason, effect=count) for reason, count in skipped.items()]
    left = _("; ").join(reasons) or _("nothing")
    note = phrase("apart", "shown", rows=rows, n=len(contrast.frame)) if rows < len(contrast.frame) else ""
    return lay_out("contrast", frame, title=begin(phrase("apart", "title", **groups)), left=left, note=note, **groups)


def draw_contrast(contrast: Contrast, about: About) -> Picture | Prose:
    """Show which differences there are, how sure each is, and which survive the number of tries.

    Parameters
    ----------
    contrast : Contrast
        How two groups differ; of levels and of numbers nine each are drawn, as far as known before the sale.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture or Prose
        A forest plot for levels and one for numbers; a sentence where there is nothing to draw.

    Examples
    --------
    >>> from datetime import date
    >>> none = pd.DataFrame({"before_sale": pd.array([], "bool"), "measure": [], "effect": []})
    >>> contrast = Contrast(none, pd.DataFrame(), "best_negative", 3, 2, 0.1)
    >>> draw_contrast(contrast, About(date(2026, 6, 30), "EUR", "Demo"))
    Nothing could be compared.
    """
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
                alt="; ".join(tell(_("{label}: {effect}"), label=label_row(row), effect=say_effect(row))
                              for row in drawn.to_dict("records")))


def _draw_forest(axes: Axes, frame: pd.DataFrame, ratio: bool, narrow: bool) -> None:
    rows = frame.to_dict("records")
    found = [[_place(row[end], ratio) for end in ("effect", "low", "high")] for row in rows]
    colours = [COLOURS["accent"] if row["distinct"] else COLOURS["grey"] for row in rows]
    unsure = [place for place, row in enumerate(rows) if not row["distinct"]]
    plot_intervals(axes, [_shorten(label_row(row), narrow) for row in rows], found, colours=colours,
                   reference=0 if ratio else 0.5, unsure=unsure)
    for place, row in enumerate(() if narrow else rows):
        add_note(axes, say_holds(row), (1, place), xycoords=("axes fraction", "data"), color=colours[place],
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
    return math.log2(min(max(effect, 1 / 32), 32)) if ratio else share_pairs(effect)


def tabulate_association(association: Association, best_are: str = "best") -> Table | Prose:
    """Show how all groups of accounts differ, side by side.

    Parameters
    ----------
    association : Association
        Which attributes tell the groups apart; the twelve strongest are shown.
    best_are : str, default 'best'
        What the first group is: `best`, or `customers` where nobody is known to be best.

    Returns
    -------
    Table or Prose
        A row an attribute, a column a group; a sentence where there was nothing to compare.

    Examples
    --------
    >>> row = {"attribute": "industry", "level": "SaaS", "best": 0.5, "lost": 0.2, "effect": 0.3, "low": 0.1,
    ...        "high": 0.5, "n": 90, "p_value": 0.001, "q_value": 0.004, "distinct": True, "before_sale": True}
    >>> table = tabulate_association(Association(pd.DataFrame([row]), {"best": 40, "lost": 50}))
    >>> [head for head, _unit in table.heads()][:3], table.cells()[0][:3]
    ([Attribute, Best, n = 40, Lost, n = 50], ['industry: SaaS', '50 %', '20 %'])
    """
    frame = association.frame.head(_MOST_LISTED)
    if frame.empty:
        return phrase("nothing", "compared")
    measures = np.where(frame["level"] != "", "risk_ratio", "cliffs_delta")
    frame = _write_rows(frame.assign(measure=measures, start=math.nan), label=label_row, holds=say_holds,
                        **{group: partial(say_figure, group) for group in association.groups})
    called = names("group")
    called["best"] = called[best_are]
    heads = tuple(Column(group, tell(_("{group}, n = {n}"), group=begin(called[group]), n=n))
                  for group, n in association.groups.items())
    return lay_out("association", frame, more=heads, held=association.frame["distinct"].sum(), n=len(association.frame))


def tell_confounding(confounding: Confounding) -> Prose:
    """Say which differences are mostly another attribute, seen from its side.

    Parameters
    ----------
    confounding : Confounding
        What is left of each clear difference when another attribute is held fixed.

    Returns
    -------
    Prose
        Up to three of them, and what that says of causes; that none was found, or that there was nothing to try.

    Examples
    --------
    >>> row = {"attribute": "size", "level": "Big", "start": math.nan, "end": math.nan, "measure": "risk_ratio",
    ...        "held": "client", "held_level": "Current", "crude": 3.0, "crude_low": 2.0, "crude_high": 4.5,
    ...        "effect": 1.1, "low": 0.8, "high": 1.5, "n": 200, "moved": 0.9, "kind": "explained"}
    >>> tell_confounding(Confounding(pd.DataFrame([row]), 6))
    **size: Big** is confounded with **client: Current**: 3.0 times as common (2.0 to 4.5) becomes 1.10 times as common
    (0.8 to 1.5) when client is held fixed. Not to be read as causes, because most of the difference is gone among
    accounts that are alike in something else: size.
    """
    found = confounding.frame[confounding.frame["kind"] == "explained"].drop_duplicates("attribute")
    if not confounding.tried:
        return phrase("confounded", "untried")
    if found.empty:
        return phrase("confounded", "none", n=confounding.tried)
    told = [phrase("confounded", "one", label=label_row(row), held=_name_held(row), fixed=name_attribute(row["held"]),
                   crude=_say_crude(row), effect=say_effect(row))
            for row in found.head(_MOST_EXPLAINED).to_dict("records")]
    return join(*told, phrase("confounded", "causes", names=_name_each(found["attribute"])))


def tabulate_confounding(confounding: Confounding) -> Table | Prose:
    """Show what is left of each difference when another attribute is held fixed.

    Parameters
    ----------
    confounding : Confounding
        What is left of each clear difference.

    Returns
    -------
    Table or Prose
        A row a difference and attribute held fixed; an empty sentence where every difference stands.

    Examples
    --------
    >>> row = {"attribute": "size", "level": "Big", "start": math.nan, "end": math.nan, "measure": "risk_ratio",
    ...        "held": "client", "held_level": "Current", "crude": 3.0, "crude_low": 2.0, "crude_high": 4.5,
    ...        "effect": 1.1, "low": 0.8, "high": 1.5, "n": 200, "moved": 0.9, "kind": "explained"}
    >>> tabulate_confounding(Confounding(pd.DataFrame([row]), 6)).cells()
    [['size: Big', '3.0 times as common (2.0 to 4.5)', 'client: Current', '1.10 times as common (0.8 to 1.5)', '200',
    'mostly this']]
    """
    return tabulate("confounding", _write_rows(confounding.frame, label=label_row, fixed=_name_held, before=_say_crude,
                                               after=say_effect))


def _write_rows(frame: pd.DataFrame, **writers: Callable[[Any], str]) -> pd.DataFrame:
    """Write columns out of whole rows."""
    rows = frame.to_dict("records")
    return frame.assign(**{column: [write(row) for row in rows] for column, write in writers.items()})


def _say_crude(row: Any) -> str:
    """Write the effect as it is before anything is held fixed."""
    return say_effect({**row, "effect": row["crude"], "low": row["crude_low"], "high": row["crude_high"]})


def _name_held(row: Any) -> str:
    return join_level(name_attribute(row["held"]), row["held_level"])


def _shorten(label: str, narrow: bool) -> str:
    """Fit a label beside the drawing: on narrow pages the level stands below its attribute."""
    lines = re.split(": |：", label, maxsplit=1) if narrow else [label]
    most = 18 if narrow else 40
    return "\n".join(line if len(line) <= most else f"{line[:most - 1]}…" for line in lines)


def _say_middle(group: str, row: Any) -> str:
    return say_figure(f"{'share' if row['measure'] == 'risk_ratio' else 'median'}_{group}", row)


def _name_groups(contrast: Contrast) -> dict[str, Any]:
    first, second = (name(f"{side}_group", contrast.comparison) for side in ("first", "second"))
    return {"first": first if contrast.first_are == "best" else _("customer"), "second": second}


def _name_each(attributes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(map(name_attribute, attributes)))
