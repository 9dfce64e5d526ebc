"""Who did not fit, and why: sentences, tables and a picture."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from icp_lab.artifacts import make_id
from icp_lab.locale import _
from icp_lab.methods.association import Association
from icp_lab.methods.contrast import Contrast
from icp_lab.methods.negatives import Negatives
from icp_lab.methods.reasons import Reasons
from icp_lab.rule import name_attribute
from icp_lab.views.contrasts import tell_clearest
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals, write_percent
from icp_lab.views.table import Column, Table, say
from icp_lab.views.words import Prose, join, lay_out, name, names, phrase, show, tell

_FEWEST = 5  # accounts that give a reason, if it is to have a column of its own


def tell_negatives(negatives: Negatives, contrast: Contrast) -> Prose:
    """Tell who did not fit, and the clearest difference from the best, in a sentence.

    Parameters
    ----------
    negatives : Negatives
        Who did not fit, by which sign.
    contrast : Contrast
        The best held against those that did not fit.

    Returns
    -------
    Prose
        How many of how many accounts, and the difference; a sentence where nobody shows a sign.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.contrast import compare_groups
    >>> from icp_lab.methods.negatives import find_negatives
    >>> customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "churned": [True, False]})
    >>> found = find_negatives(customers, *[pd.DataFrame()] * 3, as_of=date(2025, 12, 31))
    >>> tell_negatives(found, compare_groups(pd.DataFrame({"age": [1.0, 2.0]}, index=["a", "b"]), ["b"], ["a"]))
    **1** of 2 accounts show a sign of not fitting. There are too few accounts of one kind to compare them.
    """
    if not negatives.ids:
        return phrase("nothing", "negatives")
    n = f"**{say(len(negatives.ids), 'integer')}**"
    return join(phrase("negative", "some", n=n, all=negatives.accounts), tell_clearest(contrast))


def tabulate_signs(negatives: Negatives) -> Table:
    """Show how many accounts show which sign, out of how many that it can be told of.

    Parameters
    ----------
    negatives : Negatives
        Who did not fit, by which sign.

    Returns
    -------
    Table
        A row a sign, with its share and interval.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.negatives import find_negatives
    >>> customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "churned": [True, False]})
    >>> tabulate_signs(find_negatives(customers, *[pd.DataFrame()] * 3, as_of=date(2025, 12, 31))).cells()[0]
    ['left', '2', '1', '1', '50 (9 to 91)']
    """
    measure = negatives.use_measure
    note = phrase("negative", "low_use", measure=name("use", measure)) if measure else ""
    return lay_out("signs", negatives.signs, note=note)


def tabulate_overlap(negatives: Negatives) -> Table | Prose:
    """Show how many accounts show two signs at once.

    Parameters
    ----------
    negatives : Negatives
        Who did not fit, by which sign.

    Returns
    -------
    Table or Prose
        A row and a column a sign that anybody shows; a sentence where fewer than two show.

    Examples
    --------
    >>> signs = pd.DataFrame({"sign": [*names("sign")], "negative": [9, 4, 0, 0, 0, 0]})
    >>> both = pd.DataFrame({"first": ["churned"], "second": ["lapsed"], "both": [3]})
    >>> tabulate_overlap(Negatives(pd.DataFrame(), signs, both, "", 0, 80, True)).cells()
    [['left', '9', '3'], ['stopped ordering', '3', '4']]
    """
    shows = negatives.signs.set_index("sign")["negative"]
    if (shows > 0).sum() < 2:
        return phrase("nothing", "overlap")
    both = {frozenset((row["first"], row["second"])): row["both"] for row in negatives.overlap.to_dict("records")}
    called = {sign: words for sign, words in names("sign").items() if shows[sign]}
    rows = [{"sign": called[one], **{other: shows[one] if one == other else both[frozenset((one, other))]
                                     for other in called}} for one in called]
    return lay_out("sign_overlap", pd.DataFrame(rows),
                   more=tuple(Column(sign, words, "integer") for sign, words in called.items()))


def tell_doubts(negatives: Negatives) -> Prose:
    """Tell what was set aside or cannot be told.

    Parameters
    ----------
    negatives : Negatives
        Who did not fit, by which sign.

    Returns
    -------
    Prose
        Signs that can be told of nobody, and answers that do not count; or that there are no doubts.

    Examples
    --------
    >>> signs = pd.DataFrame({"sign": ["churned", "low_use"], "judged": [80, 0]})
    >>> tell_doubts(Negatives(pd.DataFrame(), signs, pd.DataFrame(), "", 3, 80, True))
    This cannot be told of any account: low use. 3 answers are of no known scale, or outside of it, and do not count.
    """
    blind = negatives.signs.loc[negatives.signs["judged"] == 0, "sign"].map(names("sign"))
    aside = negatives.answers_set_aside
    return join(phrase("negative", "blind", signs=list(blind)) if len(blind) else "",
                phrase("negative", "set_aside", n=aside) if aside else "") or phrase("nothing", "doubts")


# Reasons


def tell_reasons(reasons: Reasons) -> Prose:
    """Tell which reason is named most, on leaving and on not buying.

    Parameters
    ----------
    reasons : Reasons
        The statements as they were grouped.

    Returns
    -------
    Prose
        A sentence for each, with counts and interval; or that no account says why.

    Examples
    --------
    >>> from icp_lab.methods.reasons import group_reasons
    >>> churn = pd.DataFrame({"account_id": ["a", "b"], "reason": ["Too expensive", "too expensive!"]})
    >>> tell_reasons(group_reasons(churn, pd.DataFrame(), pd.DataFrame()))
    Of 2 accounts that gave a reason on leaving, **2** name: price (100 %; 34 to 100 %).
    """
    return join(*(phrase(
        "negative", "reason", of=top["of"], source=name("reason_source", top["source"]), share=top["share"],
        interval=(top["low"], top["high"]), group=name("reason_group", top["group"]),
        n=f"**{say(top['accounts'], 'integer')}**") for top in _find_tops(reasons))) or phrase("nothing", "said")


def _find_tops(reasons: Reasons) -> list[dict[Any, Any]]:
    """Find the reasons named most, on leaving and on not buying."""
    rows = reasons.frame[reasons.frame["source"].ne("tickets") & reasons.frame["accounts"].gt(0)]
    return rows.loc[rows.groupby("source", sort=False)["accounts"].idxmax()].to_dict("records")


def tabulate_reasons(reasons: Reasons) -> Table:
    """Show how many accounts name which kind of reason, and where they say it.

    Parameters
    ----------
    reasons : Reasons
        The statements as they were grouped.

    Returns
    -------
    Table
        A row a source and group; the note counts those that left without a word.

    Examples
    --------
    >>> from icp_lab.methods.reasons import group_reasons
    >>> churn = pd.DataFrame({"account_id": ["a", "b"], "reason": ["Too expensive", None]})
    >>> tabulate_reasons(group_reasons(churn, pd.DataFrame(), pd.DataFrame())).cells()[1]
    ['on leaving', 'price', '1', '1', '100 (21 to 100)']
    """
    silent = reasons.silent.loc[reasons.silent["source"] != "tickets", "accounts"].sum()
    first = ~reasons.frame["group"].duplicated()
    anchors = [make_id("negatives", f"reason_group={group}") for group in reasons.frame["group"]]
    return lay_out("reasons", reasons.frame.assign(anchor=pd.Series(anchors, reasons.frame.index).where(first)),
                   silent=int(silent))


def draw_reasons(reasons: Reasons, about: About) -> Picture | Prose:
    """Draw which reasons are named, with intervals.

    Parameters
    ----------
    reasons : Reasons
        The statements as they were grouped; those in tickets are not drawn.
    about : About
        Day and source, for the foot.

    Returns
    -------
    Picture or Prose
        A panel on leaving and one on not buying; what to collect where nobody says why.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.reasons import group_reasons
    >>> draw_reasons(group_reasons(*[pd.DataFrame()] * 3), About(date(2026, 6, 30), "EUR", "Demo"))
    What to collect: with each customer that leaves and each deal that is lost, one line in the customer's own words.
    """
    rows = reasons.frame[reasons.frame["source"] != "tickets"]
    parts = [part for _source, part in rows.groupby("source", sort=False)]
    if not parts:
        return phrase("nothing", "reasons")
    sources = [name("reason_source", part["source"].iloc[0]) for part in parts]

    def draw(figure: Figure, narrow: bool) -> None:
        panels = figure.subplots(len(parts), 1, sharex=True, squeeze=False)[:, 0]
        for axes, source, part in zip(panels, sources, parts, strict=True):
            _draw_shares(axes, part)
            axes.set_xlim(0, min(1.0, 1.2 * float(rows["high"].max())))
            axes.set_title(tell(_("Said {source}, {n} accounts"), source=source, n=part["of"].iloc[0]))
        write_percent(panels[-1].xaxis)

    tops = [tell(_("{source}: {group} ({share:share})"), source=name("reason_source", top["source"]),
                 group=name("reason_group", top["group"]), share=top["share"]) for top in _find_tops(reasons)]
    return show("reasons", draw, about, figure=True, height=60 + 170 * len(parts), parts=_("; ").join(tops),
                title="named" if tops else "none", listed=[f"{source} {say(part['of'].iloc[0], 'integer')}"
                        for source, part in zip(sources, parts, strict=True)],
                alt="; ".join(f"{name('reason_source', row['source'])}, {name('reason_group', row['group'])}: "
                              f"{say(row['share'], 'share')}" for row in rows.to_dict("records")))


def _draw_shares(axes: Axes, part: pd.DataFrame) -> None:
    colours = [COLOURS["grey"] if group == "other" else COLOURS["accent"] for group in part["group"]]
    axes.barh(range(len(part)), part["share"], height=0.62, color=COLOURS["faint"], zorder=1)
    plot_intervals(axes, [name("reason_group", group) for group in part["group"]],
                   part[["share", "low", "high"]].to_numpy(), colours=colours,
                   notes=[say(count, "integer") for count in part["accounts"]])


def tabulate_groupings(reasons: Reasons, *, show_texts: bool = False) -> Table:
    """List which statement went to which group, and by which word.

    Parameters
    ----------
    reasons : Reasons
        The statements as they were grouped.
    show_texts : bool, default False
        List free texts as well. They may name people, so that a page meant for sharing leaves them out.

    Returns
    -------
    Table
        A row a different statement, unsure ones first; the note counts those that are hidden.

    Examples
    --------
    >>> from icp_lab.methods.reasons import group_reasons
    >>> churn = pd.DataFrame({"account_id": ["a", "b"], "reason": ["Too expensive", "qwerty"]})
    >>> tabulate_groupings(group_reasons(churn, pd.DataFrame(), pd.DataFrame())).cells()
    [['qwerty', 'on leaving', 'other, unsure', 'no word of the list', '1'], ['Too expensive', 'on leaving', 'price',
    'too expensive', '1']]
    """
    rows = reasons.statements if show_texts else reasons.statements[~reasons.statements["free"]]
    hidden = len(reasons.statements) - len(rows)
    note = phrase("negative", "hidden" if hidden else "first", hidden=hidden)
    by = [phrase("negative", "by_hand", n=row["people"]) if row["people"] else
          row["words"] or phrase("negative", "unread") for row in rows.to_dict("records")]
    groups = rows["group"].map(names("reason_group"))
    doubtful = groups.map(lambda group: phrase("negative", "doubtful", group=group))
    return lay_out("groupings", rows.assign(by=by, group=doubtful.where(rows["unsure"], groups)), note=note)


def tell_groupings(reasons: Reasons) -> Prose:
    """Tell how far the grouping can be trusted: what is unsure, and what people say to it.

    Parameters
    ----------
    reasons : Reasons
        The statements as they were grouped, and the comparisons that people's corrections allow.

    Returns
    -------
    Prose
        A sentence a comparison; or that no account says why.

    Examples
    --------
    >>> from icp_lab.methods.reasons import group_reasons
    >>> churn = pd.DataFrame({"account_id": ["a", "b"], "reason": ["Too expensive", "qwerty"]})
    >>> tell_groupings(group_reasons(churn, pd.DataFrame(), pd.DataFrame()))
    Of 2 different statements 1 might as well give another reason: they stand first in to_fill/corrections/reasons.xlsx,
    where a person settles them.
    """
    if reasons.statements.empty:
        return phrase("nothing", "said")
    rows: list[Any] = reasons.checked.to_dict("records")
    checked = [phrase("negative", row["against"], interval=(row["low"], row["high"]),
                      ends=(row["alpha_low"], row["alpha_high"]), **row) for row in rows]
    return join(phrase("negative", "unsure", n=len(reasons.statements), unsure=reasons.statements["unsure"].sum()),
                *checked)


def tell_reason_kinds(association: Association, q: float) -> Prose:
    """Tell whether some kinds of accounts give other reasons than others.

    Parameters
    ----------
    association : Association
        The traits of accounts held against the reasons they give.
    q : float
        Share of false finds that is put up with, 0 to 1.

    Returns
    -------
    Prose
        The traits along which reasons differ by more than chance; a sentence where none could be compared.

    Examples
    --------
    >>> found = pd.DataFrame({"attribute": ["industry", "region"], "distinct": [True, False]})
    >>> tell_reason_kinds(Association(found, {"price": 30, "support": 30}), 0.1)
    The reasons given differ by more than chance would bring along these traits: industry (Benjamini-Hochberg, q = 10 %;
    60 accounts).
    """
    tried, found = (list(map(name_attribute, frame["attribute"].drop_duplicates()))
                    for frame in (association.frame, association.frame[association.frame["distinct"]]))
    if not tried:
        return phrase("nothing", "compared")
    return phrase("negative", "by_kind" if found else "alike", names=found or tried, q=q,
                  n=sum(association.groups.values()))


def tabulate_reason_kinds(crossed: pd.DataFrame, attribute: str) -> Table | Prose:
    """Show which kinds of accounts give which reasons, with intervals.

    Parameters
    ----------
    crossed : DataFrame
        A row a level and group, as `cross_reasons` gives it.
    attribute : str
        Code of the attribute whose levels are the kinds.

    Returns
    -------
    Table or Prose
        A row a kind, a column a reason that five accounts or more gave; what to collect where there is none.

    Examples
    --------
    >>> crossed = pd.DataFrame({"level": ["Law"], "group": "price", "accounts": [6], "of": [8], "share": [0.75],
    ...                         "low": [0.41], "high": [0.93]})
    >>> tabulate_reason_kinds(crossed, "industry")
    The reasons by industry
    Kind      price (%)  Accounts
    Law   75 (41 to 93)         8
    Share of the accounts of a row that gave a reason for leaving or not buying, with 95 % intervals; each account
    counts once. Reasons that fewer than five accounts gave have no column.
    """
    rows = crossed[crossed.groupby("group")["accounts"].transform("sum") >= _FEWEST].to_dict("records")
    if not rows:
        return phrase("nothing", "reasons")
    wide = {row["level"]: {"level": row["level"], "of": row["of"]} for row in rows}
    for row in rows:
        wide[row["level"]] |= {f"{end} {row['group']}": row[end] for end in ("share", "low", "high")}
    given = dict.fromkeys(row["group"] for row in rows)
    columns = tuple(Column(f"share {each}", name("reason_group", each), "share", low=f"low {each}", high=f"high {each}")
                    for each in given)
    return lay_out("reasons_by", pd.DataFrame(wide.values()), more=columns, kind=name_attribute(attribute))
