"""Who has left, by which definition, and how long customers stay: sentences, tables and a picture."""

from textwrap import fill

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from icp_lab.locale import _
from icp_lab.methods.customers import CustomerBase
from icp_lab.methods.staying import Staying
from icp_lab.methods.value import Worth
from icp_lab.rule import Criterion, write_number
from icp_lab.views.picture import COLOURS, About, Picture, write_percent
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, begin, lay_out, names, phrase, show, tabulate, tell

_MOST = 6  # panels that can still be taken in at a glance


def tabulate_leaving(base: CustomerBase) -> tuple[Table, ...]:
    """Show who has left by each definition that the tables allow, and where two of them contradict each other.

    Parameters
    ----------
    base : CustomerBase
        Its `definitions` and `contradictions`.

    Returns
    -------
    tuple of Table
        Definitions that say anything, and pairs of them; a table without rows is left out.

    Examples
    --------
    >>> none = pd.DataFrame()
    >>> rows = pd.DataFrame({"definition": ["churned_flag", "lapsed"], "told": [40, 0], "left": [4, 0],
    ...                      "used": [40, 0]})
    >>> [table.cells() for table in tabulate_leaving(CustomerBase(none, rows, none, none, "churned_flag"))]
    [[['accounts are flagged as churned', '40', '4', '40']]]
    """
    frames = {"definitions": base.definitions[base.definitions["told"] > 0], "contradictions": base.contradictions}
    return tuple(lay_out(kind, frame) for kind, frame in frames.items() if len(frame))


def tell_contradictions(base: CustomerBase) -> Prose:
    """Say whether the definitions of having left contradict each other, and which one is used.

    Parameters
    ----------
    base : CustomerBase
        Its pairs of definitions, and the one in use.

    Returns
    -------
    Prose
        The pair that differs most; that nothing tells who left, where no definition is in use.

    Examples
    --------
    >>> none = pd.DataFrame()
    >>> pairs = pd.DataFrame({"first": ["churned_flag"], "second": ["lapsed"], "only_first": [3], "only_second": [1]})
    >>> tell_contradictions(CustomerBase(none, none, pairs, none, "churned_flag"))
    **The definitions contradict each other**: "accounts are flagged as churned" and "no order for long, by its own
    rhythm" differ on 4 customers. In force: accounts are flagged as churned. All that follows on leaving rests on this
    choice.
    """
    if not base.definition:
        return phrase("contradicting", "untold")
    clash, called = count_clashes(base), names("definition")
    found = "alone" if clash.empty else "never" if not clash.any() else "often"
    worst = base.contradictions.iloc[int(clash.argmax())] if found == "often" else {"first": "", "second": ""}
    return phrase("contradicting", found, n=clash.max(), first=called.get(worst["first"]),
                second=called.get(worst["second"]),
                used=phrase("contradicting", "used", definition=called[base.definition]))


def count_clashes(base: CustomerBase) -> pd.Series:
    """Count, for each pair of definitions of having left, the customers on which they differ.

    Parameters
    ----------
    base : CustomerBase
        Its `contradictions`.

    Returns
    -------
    Series
        On their index.

    Examples
    --------
    >>> none = pd.DataFrame()
    >>> pairs = pd.DataFrame({"only_first": [3, 0], "only_second": [1, 0]})
    >>> count_clashes(CustomerBase(none, none, pairs, none, "")).tolist()
    [4, 0]
    """
    return base.contradictions[["only_first", "only_second"]].sum(axis=1)


def tabulate_lapses(base: CustomerBase) -> Table | Prose:
    """Show what the choice of the factor k decides.

    Parameters
    ----------
    base : CustomerBase
        Its `lapses`, a row a factor: after so many own intervals without an order a customer has lapsed.

    Returns
    -------
    Table or Prose
        A row a factor with the share lapsed; a sentence where nobody's rhythm is known.

    Examples
    --------
    >>> none = pd.DataFrame()
    >>> lapses = pd.DataFrame({"factor": [2.0, 3.0], "told": [40, 40], "lapsed": [12, 6]})
    >>> tabulate_lapses(CustomerBase(none, none, none, lapses, "lapsed")).cells()
    [['2.00', '12', '40', '30'], ['3.00', '6', '40', '15']]
    """
    told = base.lapses["told"]
    if not told.any():
        return phrase("nothing", "lapses")
    return lay_out("lapses", base.lapses.assign(share=base.lapses["lapsed"] / told.where(told > 0)))


def tell_lifetime(worth: Worth) -> Prose:
    """Say how long customers stay.

    Parameters
    ----------
    worth : Worth
        What each customer is worth; `lifetime` is None where nobody can be said to have left.

    Returns
    -------
    Prose
        Expected years with their interval, no further than value is counted; that there is no lifetime, without one.

    Examples
    --------
    >>> from icp_lab.methods.staying import Lifetime
    >>> none = pd.DataFrame()
    >>> life = Lifetime(40, 6, 3.8, 3.1, 4.4, 5.0, none)
    >>> tell_lifetime(Worth(none, none, life, "contracts", 3, True, 0, 0))
    6 of 40 customers left. Whoever is a customer today is expected to stay 3.80 more years (3.10 to 4.40), counted no
    further than 5 years ahead.
    """
    life = worth.lifetime
    if life is None:
        return phrase("nothing", "lifetime")
    return phrase("base", "lifetime", left=life.left, n=life.customers, years=life.years,
                  horizon=write_number(life.horizon), interval=(life.years_low, life.years_high))


def tabulate_survival(worth: Worth) -> Table | Prose:
    """Show which share of customers is still here after one, two, three and five years.

    Parameters
    ----------
    worth : Worth
        What each customer is worth; `lifetime.survival` is shown.

    Returns
    -------
    Table or Prose
        A row a checkpoint with its interval; an empty sentence where nobody can be said to have left.

    Examples
    --------
    >>> from icp_lab.methods.staying import Lifetime
    >>> none = pd.DataFrame()
    >>> rows = pd.DataFrame({"month": [12], "at_risk": [30], "stayed": [0.9], "stayed_low": [0.75],
    ...                      "stayed_high": [0.96]})
    >>> life = Lifetime(40, 6, 3.8, 3.1, 4.4, 5.0, rows)
    >>> tabulate_survival(Worth(none, none, life, "contracts", 3, True, 0, 0)).cells()
    [['12', '30', '90 (75 to 96)']]
    """
    return tabulate("survival", worth.lifetime.survival if worth.lifetime else pd.DataFrame())


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
