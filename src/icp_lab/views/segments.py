"""Segments in words, tables and pictures: what was found, how sure it is, and what sets each one apart."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import N_, _
from icp_lab.methods.layout import Layout
from icp_lab.methods.portraits import JOINT, UNKNOWN, Portraits
from icp_lab.methods.segments import FEWEST, FOUND_AGAIN, NO_SEGMENT, Segmentation
from icp_lab.rule import name_attribute, write_number
from icp_lab.views.customers import name_kind
from icp_lab.views.picture import COLOURS, About, Picture, paint
from icp_lab.views.prose import Prose
from icp_lab.views.table import Column, Table, say, say_interval

_MARKS = ("o", "s", "^", "D", "v", "P")
_SHADES = ("accent", "warn", "second", "grey", "ink")
_CELLS = 15

_WHY_NOT = {
    "too_few": N_("There are **no segments** to speak of: {n} customers are too few for a machine to group "
                  "(it takes {fewest}), and few enough to look at one by one."),
    "one_kind": N_("There are **no stable segments**: the {n} customers form one cloud without gaps."),
    "like_noise": N_("There are **no stable segments**: when the {n} customers are drawn again, their groups agree to "
                     "{stability}; in tables without any kinds it is up to {top}."),
    "unstable": N_("There are **no stable segments**: fewer than two groups of the {n} customers are found again when "
                   "the customers are drawn again."),
}  # fmt: skip


def tell_answer(segmentation: Segmentation) -> Prose:
    """Do the customers fall into kinds?"""
    words = {
        "n": segmentation.n, "fewest": FEWEST, "stability": say(segmentation.stability, "ratio"),
        "top": say(max(segmentation.noises, default=0.0), "ratio"), "k": len(segmentation.sizes),
        "held": int(segmentation.sizes.sum()),
    }  # fmt: skip
    if not segmentation.published:
        return Prose(_(_WHY_NOT[segmentation.reason]).format(**words))
    return Prose(_("The {n} customers fall into **{k} segments**, which hold {held} of them. When the customers are "
                   "drawn again the segments agree to {stability} (1 = always the same); in tables without any kinds "
                   "it is up to {top}.").format(**words))  # fmt: skip


def tell_use(segmentation: Segmentation) -> Prose:
    """What may be built on this?"""
    if segmentation.published:
        weakest = say(min(o for o in segmentation.overlap if o >= FOUND_AGAIN), "share")
        return Prose(_("The segments may be named and worked with. The one that is least sure keeps {weakest} of its "
                       "members, on average, when the customers are drawn again.").format(weakest=weakest))
    return Prose(_("Nothing should be named after groups that another sample would deal differently. What follows "
                   "counts customers by industry and size instead: plainer, and the same tomorrow."))  # fmt: skip


def tell_difference(portraits: Portraits) -> Prose:
    """Do the groups differ in how many of their customers are among the best?"""
    frame = portraits.frame
    known = frame[frame["known"] >= 10].sort_values(["share_best", "segment"], ascending=[False, True])
    if len(known) < 2:
        return Prose(_("Too few groups have ten customers or more: how they do cannot be compared."))
    top, rest = known.iloc[0], frame.drop(index=known.index[0])
    words = {
        "name": _name_group(top, portraits), "best": int(top["best"]), "known": int(top["known"]),
        "low": say(top["low"], "share"), "high": say(top["high"], "share"),
        "others": int(rest["best"].sum()), "of": int(rest["known"].sum()),
    }  # fmt: skip
    sentence = _("The best are most common in {name}: {best} of {known} (95 % interval {low} to {high}); "
                 "elsewhere {others} of {of}.").format(**words)  # fmt: skip
    if top["low"] <= known["high"].iloc[1:].max():
        sentence += " " + _("The intervals of the groups overlap, so that their order is not settled.")
    return Prose(sentence)


def tabulate_groups(portraits: Portraits, about: About) -> Table:
    """Which groups are there, how large are they, and how do they do?"""
    frame = portraits.frame if portraits.published else portraits.frame.head(_CELLS)
    frame = frame.assign(words=[_name_group(row, portraits) for _index, row in frame.iterrows()])
    rest = portraits.frame.iloc[len(frame):]
    note = _("Brackets: 95 % intervals. Best: of the customers of whom it can be told.")
    if len(rest):
        more = _("{k} smaller cells with {n} customers are not listed.")
        note = Prose(f"{note} {more.format(k=len(rest), n=int(rest['n'].sum()))}")
    columns = (
        Column("words", _("Segment") if portraits.published else _("Industry and size")),
        Column("n", _("Customers"), "integer"), Column("share", _("Share"), "share"),
        Column("known", _("Told"), "integer"), Column("best", _("Best"), "integer"),
        Column("share_best", _("Share of best"), "share", low="low", high="high"),
        Column("value", _("Median value"), "money", about.currency, low="value_low", high="value_high"),
    )  # fmt: skip
    title = _("The segments, the largest first") if portraits.published else _("Customers by industry and size")
    return Table(frame, columns, title=title, note=note)


def tabulate_traits(portraits: Portraits) -> Table:
    """What sets each segment apart from the other customers?"""
    rows = [_say_trait(trait) for trait in portraits.traits.to_dict("records")]
    columns = (
        Column("segment", _("Segment")), Column("trait", _("Trait")), Column("inside", _("Inside")),
        Column("outside", _("Elsewhere")), Column("n_inside", _("Known inside"), "integer"),
        Column("difference", _("Difference"), "number"),
    )  # fmt: skip
    note = _("Shares of customers, or medians of numbers. Difference: in standard deviations. No p-values: the "
             "segments were made from these very attributes.")  # fmt: skip
    frame = pd.DataFrame(rows, columns=[column.name for column in columns])
    return Table(frame, columns, title=_("What sets each segment apart"), note=note)


def tabulate_overlap(segmentation: Segmentation) -> Table:
    """How well is each group found again?"""
    kept = [overlap >= FOUND_AGAIN for overlap in segmentation.overlap]
    frame = pd.DataFrame({
        "group": [_("group {k}").format(k=i + 1) for i in range(len(kept))],
        "overlap": list(segmentation.overlap), "kept": pd.array(kept, dtype="boolean"),
    })  # fmt: skip
    columns = (
        Column("group", _("Group, by size")), Column("overlap", _("Found again (Jaccard)"), "number"),
        Column("kept", _("Firm enough"), "flag"),
    )  # fmt: skip
    note = _("Mean over the draws: customers in both, of those in either. {bar} is asked for.")
    return Table(frame, columns, title=_("How well each group is found again"), note=note.format(bar=FOUND_AGAIN))


def draw_stability(segmentation: Segmentation, about: About) -> Picture | Prose:
    """Are the groups more alike from sample to sample than groups in noise?"""
    noises, found, bar = np.sort(segmentation.noises), segmentation.stability, segmentation.bar
    if not len(noises):
        return Prose(_("So few customers were not drawn again: there is nothing to compare."))

    def draw(axes: Axes, narrow: bool) -> None:
        axes.plot(noises, np.zeros(len(noises)), "o-", color=COLOURS["grey"], linewidth=1, markersize=6, alpha=0.6)
        axes.axvline(bar, color=COLOURS["faint"], linewidth=2)
        axes.text(bar, 0.5, _("asked for"), color=COLOURS["grey"], ha="center")
        axes.plot([found], [1], "D", color=COLOURS["accent"], markersize=9)
        axes.set_yticks([0, 1], [_("tables without kinds"), _("these customers")])
        axes.set_ylim(-0.6, 1.6)
        axes.set_xlim(-0.05, 1.05)

    counts = _("{n} customers, {k} tables without kinds").format(n=segmentation.n, k=len(noises))
    alt = _("These customers: {found}. Tables without kinds: {ends}. Asked for: {bar}.").format(
        found=say(found, "ratio"), bar=say(bar, "ratio"), ends=say_interval(noises[0], noises[-1], "ratio")
    )
    title = (_("The groups are far more alike from sample to sample than in noise") if segmentation.published
             else _("The groups change from sample to sample as they do in noise") if found <= bar
             else _("The grouping agrees more than in noise, but not in two groups that last"))  # fmt: skip
    return paint(draw, title=title, alt=alt, foot=about.foot(counts), height=190,
                 subtitle=_("Mean agreement of groups found in draws of 80 % of the customers (adjusted Rand index)"))


def draw_map(portraits: Portraits, layout: Layout, about: About) -> Picture:
    """Who is near whom?"""
    places = portraits.members.merge(layout.frame, on="account_id").dropna(subset=["x", "y"])
    shown = portraits.frame[portraits.frame["segment"] != NO_SEGMENT] if portraits.published else portraits.frame[:0]
    labels = {str(row["segment"]): _name_group(row, portraits) for _i, row in shown.iterrows()}
    names, room = list(labels), 0.02 * float(np.ptp(places["y"])) if len(places) else 0.0

    def draw(axes: Axes, narrow: bool) -> None:
        others = places[~places["segment"].isin(names)]
        axes.plot(others["x"], others["y"], ".", color=COLOURS["grey"], markersize=4, alpha=0.7)
        for i, name in enumerate(names):
            here, shade = places[places["segment"] == name], COLOURS[_SHADES[i % len(_SHADES)]]
            mark, size = _MARKS[i % len(_MARKS)], 3.5 if narrow else 5
            axes.plot(here["x"], here["y"], mark, color=shade, markersize=size, alpha=0.45)
            label = name if narrow else labels[name]
            top = float(here["y"].quantile(0.95)) + room
            axes.text(float(here["x"].median()), top, label, ha="center", weight="bold")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines["bottom"].set_visible(False)
        axes.margins(x=0.12, y=0.08)

    title = (_("The {k} segments on a map of the customers").format(k=len(names)) if names
             else _("The map shows islands, but none of them is a segment"))  # fmt: skip
    return paint(draw, title=title, height=460, narrow_height=360,
                 alt=_("A mark a customer. Segments: {listed}").format(listed="; ".join(labels.values()) or _("none")),
                 subtitle=_("Each mark is a customer; near means alike. A picture only: distances between islands and "
                            "their shapes mean nothing, and no conclusion rests on it"),
                 foot=about.foot(_("{n} customers").format(n=len(places))))


def _name_group(row: pd.Series, portraits: Portraits) -> str:
    if row["segment"] == NO_SEGMENT:
        return _("in no segment")
    if portraits.published:
        return str(row["segment"]) if row["name"] == row["segment"] else f"{row['segment']} ({row['name']})"
    # What is on record of nobody (industry, or size) says nothing and is left out.
    parts = portraits.frame["segment"].astype(str).str.rsplit(JOINT, n=1, expand=True)
    told = [column for column in parts.columns if (parts[column] != UNKNOWN).any()]
    own = [str(parts.at[row.name, column]) for column in told]
    words = JOINT.join(name_kind(None if part == UNKNOWN else part) for part in own)
    return words or _("industry, size: not on record")


def _say_trait(trait: dict[Any, Any]) -> dict[Any, Any]:
    attribute, level = str(trait["attribute"]), str(trait["level"])
    name, words = name_attribute(attribute), {"True": _("yes"), "False": _("no")}
    ends = {side: say(trait[side], "share") if level else _write_median(trait[side], attribute)
            for side in ("inside", "outside")}  # fmt: skip
    return {**trait, **ends, "trait": f"{name}: {words.get(level, level)}" if level else name}


def _write_median(value: float, attribute: str) -> str:
    """Keep four figures of large numbers, so that years stay years, and three of small ones."""
    return write_number(float(f"{value:.{4 if abs(value) >= 1000 else 3}g}"), attribute)
