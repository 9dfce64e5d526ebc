"""Segments in words, tables and pictures: what was found, how sure it is, and what sets each one apart."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.portraits import JOINT, UNKNOWN, Layout, Portraits
from icp_lab.methods.segments import FEWEST, FOUND_AGAIN, NO_SEGMENT, Segmentation
from icp_lab.rule import name_attribute
from icp_lab.views.customers import name_kind
from icp_lab.views.effects import say_median
from icp_lab.views.picture import COLOURS, About, Picture, mark_some
from icp_lab.views.table import Table, say
from icp_lab.views.words import Prose, join, lay_out, phrase, show, tell

_MARKS = ("o", "s", "^", "D", "v", "P")
_SHADES = ("accent", "warn", "second", "grey", "ink")
_CELLS = 15


def tell_answer(segmentation: Segmentation) -> Prose:
    """Tell whether the customers fall into kinds.

    Parameters
    ----------
    segmentation : Segmentation
        The segments, or why there are none.

    Returns
    -------
    Prose
        With how well the groups are found again, here and in tables without kinds.

    Examples
    --------
    >>> frame = pd.DataFrame({"segment": ["none", "none"]})
    >>> tell_answer(Segmentation(False, "one_kind", 0.2, 0.2, 0.4, (0.1, 0.3), (), 310, (), frame))
    There are **no stable segments**: the 310 customers form one cloud without gaps.
    """
    return phrase("segmented", segmentation.reason, n=segmentation.n, fewest=FEWEST, k=len(segmentation.sizes),
                  held=segmentation.sizes.sum(), stability=segmentation.stability,
                  top=max(segmentation.noises, default=0.0))


def tell_use(segmentation: Segmentation) -> Prose:
    """Tell what may be built on the segments.

    Parameters
    ----------
    segmentation : Segmentation
        The segments, or why there are none.

    Returns
    -------
    Prose
        With the weakest of the groups that are found again; or what is counted instead.

    Examples
    --------
    >>> frame = pd.DataFrame({"segment": ["S1", "S2"]})
    >>> tell_use(Segmentation(True, "published", 0.93, 0.2, 0.4, (0.1, 0.3), (0.9, 0.8), 80, ("industry",), frame))
    The segments may be named and worked with. The one that is least sure keeps 80 % of its members, on average, when
    the customers are drawn again.
    """
    if not segmentation.published:
        return phrase("segments_for", "nothing")
    return phrase("segments_for", "naming", weakest=min(one for one in segmentation.overlap if one >= FOUND_AGAIN))


def tell_difference(portraits: Portraits) -> Prose:
    """Tell whether the groups differ in how many of their customers are among the best.

    Parameters
    ----------
    portraits : Portraits
        Who is in each group, and how they do.

    Returns
    -------
    Prose
        The group with most against all others, in counts; groups with fewer than ten customers are not compared.

    Examples
    --------
    >>> frame = pd.DataFrame({"segment": ["S1", "S2"], "name": ["SaaS", "Retail"], "known": [50, 30], "best": [25, 3],
    ...                       "share_best": [0.5, 0.1], "low": [0.37, 0.03], "high": [0.63, 0.26]})
    >>> tell_difference(Portraits(frame, pd.DataFrame(), pd.DataFrame(), published=True))
    The best are most common in S1 (SaaS): 25 of 50 (95 % interval 37 % to 63 %); elsewhere 3 of 30.
    """
    frame = portraits.frame
    known = frame[frame["known"] >= 10].sort_values(["share_best", "segment"], ascending=[False, True])
    if len(known) < 2:
        return phrase("segments_differ", "too_few")
    top, rest = known.iloc[0], frame.drop(index=known.index[0])
    most = phrase("segments_differ", "most", **{key: top[key] for key in ("best", "known", "low", "high")},
                  name=_name_group(top, portraits), others=rest["best"].sum(), of=rest["known"].sum())
    overlap = top["low"] <= known["high"].iloc[1:].max()
    return join(most, phrase("segments_differ", "overlap") if overlap else "")


def tabulate_groups(portraits: Portraits, about: About) -> Table:
    """Show which groups there are, how large they are, and how they do.

    Parameters
    ----------
    portraits : Portraits
        Segments; or where none are published cells of industry and size, of which the largest are listed.
    about : About
        The currency of the values.

    Returns
    -------
    Table
        A row a group, the largest first.

    Examples
    --------
    >>> from datetime import date
    >>> frame = pd.DataFrame({"segment": ["S1"], "name": ["SaaS"], "n": [40], "share": [0.5], "known": [40],
    ...                       "best": [12], "share_best": [0.3], "low": [0.18], "high": [0.45], "value": [9e3],
    ...                       "value_low": [8e3], "value_high": [1e4], "value_n": [40]})
    >>> found = Portraits(frame, pd.DataFrame(), pd.DataFrame(), published=True)
    >>> tabulate_groups(found, About(date(2026, 6, 30), "EUR", "Demo")).cells()
    [['S1 (SaaS)', '40', '50', '40', '12', '30 (18 to 45)', '9,000 (8,000 to 10,000)']]
    """
    shown = portraits.frame if portraits.published else portraits.frame.head(_CELLS)
    rest = portraits.frame.iloc[len(shown):]
    title, head = ((_("The segments, the largest first"), _("Segment")) if portraits.published else
                   (_("Customers by industry and size"), _("Industry and size")))
    return lay_out("segments", shown.assign(words=[_name_group(row, portraits) for _place, row in shown.iterrows()]),
                   title=title, words=head, currency=about.currency,
                   note=phrase("segments_differ", "unlisted", k=len(rest), n=rest["n"].sum()) if len(rest) else "")


def tabulate_traits(portraits: Portraits) -> Table:
    """Show what sets each segment apart from the other customers.

    Parameters
    ----------
    portraits : Portraits
        The segments with their traits.

    Returns
    -------
    Table
        A row a trait, the clearest first; shares in percent, numbers as medians. No rows where there are no segments.

    Examples
    --------
    >>> trait = {"segment": "S1", "attribute": "exports", "level": "True", "inside": 0.9, "outside": 0.2, "low": None,
    ...          "high": None, "n_inside": 40, "n_outside": 40, "difference": 1.4}
    >>> tabulate_traits(Portraits(pd.DataFrame(), pd.DataFrame([trait]), pd.DataFrame(), published=True)).cells()[0][:4]
    ['S1', 'exports: yes', '90 %', '20 %']
    """
    rows = [_say_trait(trait) for trait in portraits.traits.to_dict("records")]
    return lay_out("traits", pd.DataFrame(rows, columns=[*portraits.traits.columns, "trait"]))


def tabulate_overlap(segmentation: Segmentation) -> Table:
    """Show how well each group is found again when the customers are drawn anew.

    Parameters
    ----------
    segmentation : Segmentation
        The groups, also those that were not published.

    Returns
    -------
    Table
        A row a group, the largest first: mean Jaccard, 0 to 1, and whether that is enough.

    Examples
    --------
    >>> found = Segmentation(False, "unstable", 0.4, 0.2, 0.4, (0.1, 0.3), (0.9, 0.3), 80, (), pd.DataFrame())
    >>> tabulate_overlap(found).cells()
    [['group 1', '0.90', 'yes'], ['group 2', '0.30', 'no']]
    """
    groups = [tell(_("group {k}"), k=place) for place in range(1, len(segmentation.overlap) + 1)]
    frame = pd.DataFrame({"group": groups, "overlap": list(segmentation.overlap)})
    return lay_out("redrawn", frame.assign(kept=(frame["overlap"] >= FOUND_AGAIN).astype("boolean")), bar=FOUND_AGAIN)


def draw_stability(segmentation: Segmentation, about: About) -> Picture | Prose:
    """Draw whether the groups are more alike from sample to sample than groups in noise.

    Parameters
    ----------
    segmentation : Segmentation
        The groups and what tables without kinds give.
    about : About
        Day and source, for the foot.

    Returns
    -------
    Picture or Prose
        A mark for these customers, one a table without kinds, a line at what is asked for; a sentence where the
        customers were too few to be drawn again.

    Examples
    --------
    >>> from datetime import date
    >>> found = Segmentation(False, "too_few", 0.0, 0.0, 0.0, (), (), 12, (), pd.DataFrame())
    >>> draw_stability(found, About(date(2026, 6, 30), "EUR", "Demo"))
    So few customers were not drawn again: there is nothing to compare.
    """
    noises, found, bar = np.sort(segmentation.noises), segmentation.stability, segmentation.bar
    if not len(noises):
        return phrase("nothing", "draws")

    def draw(axes: Axes, narrow: bool) -> None:
        axes.plot(noises, np.zeros(len(noises)), "o-", color=COLOURS["grey"], linewidth=1, markersize=6, alpha=0.6)
        axes.axvline(bar, color=COLOURS["faint"], linewidth=2)
        axes.text(bar, 0.5, _("asked for"), color=COLOURS["grey"], ha="center")
        axes.plot([found], [1], "D", color=COLOURS["accent"], markersize=9)
        axes.set_yticks([0, 1], [_("tables without kinds"), _("these customers")])
        axes.set_ylim(-0.6, 1.6)
        axes.set_xlim(-0.05, 1.05)

    title = "published" if segmentation.published else "noise" if found <= bar else "between"
    return show("segments_redrawn", draw, about, title=title, height=190, n=segmentation.n, k=len(noises), found=found,
                bar=bar, ends=(noises[0], noises[-1]))


def draw_map(portraits: Portraits, layout: Layout, about: About) -> Picture:
    """Draw who is near whom.

    Parameters
    ----------
    portraits : Portraits
        Which customer is in which segment.
    layout : Layout
        Where each account lies; those without a place are not drawn.
    about : About
        Day and source, for the foot.

    Returns
    -------
    Picture
        A mark a customer, segments by shape and colour; of very many only some are marked, as the foot says.

    Examples
    --------
    >>> from datetime import date
    >>> members = pd.DataFrame({"account_id": ["a", "b"], "segment": ["S1", "S1"]})
    >>> frame = pd.DataFrame({"segment": ["S1"], "name": ["SaaS"]})
    >>> layout = Layout(pd.DataFrame({"account_id": ["a", "b"], "x": [0.1, 0.4], "y": [0.3, -0.2]}))
    >>> found = Portraits(frame, pd.DataFrame(), members, published=True)
    >>> draw_map(found, layout, About(date(2026, 6, 30), "EUR", "Demo")).alt
    A mark a customer. Segments: S1 (SaaS)
    """
    places = portraits.members.merge(layout.frame, on="account_id").dropna(subset=["x", "y"])
    places, some = mark_some(places)
    shown = portraits.frame[portraits.frame["segment"] != NO_SEGMENT] if portraits.published else portraits.frame[:0]
    labels = {str(row["segment"]): _name_group(row, portraits) for _place, row in shown.iterrows()}
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

    return show("segments_map", draw, about, title="segments" if names else "islands", height=460, narrow_height=360,
                counts=some, k=len(names), n=len(places), listed="; ".join(labels.values()) or _("none"))


def _name_group(row: pd.Series, portraits: Portraits) -> str:
    if row["segment"] == NO_SEGMENT:
        return _("in no segment")
    if portraits.published:
        return str(row["segment"]) if row["name"] == row["segment"] else f"{row['segment']} ({row['name']})"
    # What is on record of nobody (industry, or size) says nothing and is left out.
    parts = portraits.frame["segment"].astype(str).str.rsplit(JOINT, n=1, expand=True)
    own = parts.loc[:, (parts != UNKNOWN).any()].T[row.name]
    words = JOINT.join(name_kind(None if part == UNKNOWN else part) for part in own)
    return words or _("industry, size: not on record")


def _say_trait(trait: dict[Any, Any]) -> dict[Any, Any]:
    attribute, level = str(trait["attribute"]), str(trait["level"])
    name, words = name_attribute(attribute), {"True": _("yes"), "False": _("no")}
    ends = {side: say(trait[side], "share") if level else say_median(trait[side], attribute)
            for side in ("inside", "outside")}
    called = _("{attribute}: {level}").format(attribute=name, level=words.get(level, level)) if level else name
    return {**trait, **ends, "trait": called}

