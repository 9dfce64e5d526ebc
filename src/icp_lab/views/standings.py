"""Who is inside the profile and who is not: counts, tables, a picture, limits, and who is approached first."""

from math import nan
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from icp_lab.locale import _
from icp_lab.methods.document import Standing
from icp_lab.rule import name_attribute
from icp_lab.views.document import count_cases
from icp_lab.views.picture import COLOURS, About, Picture, plot_intervals, write_percent
from icp_lab.views.table import Table, say
from icp_lab.views.words import Prose, lay_out, name, names, phrase, say_count, show


def tell_counts(icp: dict[str, Any], standing: Standing) -> Prose:
    """Say how many cases came out well inside, and how many outside.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml: its `outcome`.
    standing : Standing
        Where every account stands, with the cases on either side.

    Returns
    -------
    Prose
        Counts with the 95 % interval of either share; that there are no two sides where one has no case.

    Examples
    --------
    >>> from icp_lab.methods.document import Group
    >>> standing = Standing(pd.DataFrame(), pd.DataFrame(), Group(30, 50, 0.46, 0.72), Group(5, 50, 0.04, 0.21))
    >>> tell_counts({"outcome": "best"}, standing)
    Of 50 customers inside, **30** became best customers (60 %; 46 to 72 %). Outside, **5** of 50 customers (10 %; 4 to
    21 %).
    """
    inside, outside = standing.inside, standing.outside
    if not inside.n or not outside.n:
        return phrase("nothing", "sides")
    return phrase("profile", "sides", inside=count_cases(icp, inside.n), yes=inside.yes, share=inside.share,
                  done=name("done", icp.get("outcome") or "best"), interval=(inside.low, inside.high),
                  other=outside.yes, outside=count_cases(icp, outside.n), other_share=outside.share,
                  other_interval=(outside.low, outside.high))


def tell_settling(icp: dict[str, Any], standing: Standing) -> Prose:
    """Say how the question could be settled, and how many cases that takes.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml.
    standing : Standing
        Where every account stands; its known cases are counted.

    Returns
    -------
    Prose
        A number of cases, a pilot, or that more of the same would change nothing.

    Examples
    --------
    >>> from icp_lab.methods.document import Group
    >>> standing = Standing(pd.DataFrame(), pd.DataFrame(), Group(30, 50, 0.46, 0.72), Group(5, 50, 0.04, 0.21))
    >>> tell_settling({"verdict": "tentative", "evidence": {"needed": 240, "needed_lift": 1.5}}, standing)
    To tell a rate 1.5 times that of all from chance (80 % power), this one hypothesis needs about **240** cases with a
    known outcome, and new ones: the 100 at hand have shaped it.
    """
    n, evidence = standing.inside.n + standing.outside.n, icp.get("evidence") or {}
    ruled_out = "ruled_out" in (icp.get("verdict_reason") or [])
    way = ("no_cases" if not n else "ruled_out" if ruled_out else "pilot" if not evidence.get("needed")
           else "supported" if icp["verdict"] == "supported" else "open")
    return phrase("settling", way, lift=say(evidence.get("needed_lift"), "ratio"),
                needed=say(evidence.get("needed"), "integer"), n=n)


def tell_limits(icp: dict[str, Any], standing: Standing) -> list[Prose]:
    """Say which things the definition does not say.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml.
    standing : Standing
        Where every account stands; the unknown ones and the best outside are counted.

    Returns
    -------
    list of Prose
        That it names no cause and flatters itself; then both counts, as far as they are not 0.

    Examples
    --------
    >>> from icp_lab.methods.document import Group
    >>> rows = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "fit": ["in", "unknown"],
    ...                      "best": [True, False], "score": 0.5, "value": 1.0})
    >>> limits = tell_limits({}, Standing(rows, pd.DataFrame(), Group(1, 1, 0.2, 1.0), Group(0, 0, nan, nan)))
    >>> len(limits), limits[-1]
    (3, For 1 of 2 accounts a value is missing, so that they are neither in nor out.)
    """
    unknown, misses = (standing.frame["fit"] == "unknown").sum(), len(standing.winners_outside())
    counts = {"cause": 1, "flattery": 1, "unknown": unknown, "misses": misses}
    return [phrase("limit", code, n=n, all=len(standing.frame)) for code, n in counts.items() if n]


def tell_order(icp: dict[str, Any], score: dict[str, Any] | None) -> Prose:
    """Say in which order companies are approached.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml; where it holds no `score`, the points of this run are for another profile.
    score : dict of str to object or None
        The artifact; None or without points: there is no order.

    Returns
    -------
    Prose
        The three attributes that weigh most, the tiers, and whether points tell who comes out well; empty without an
        order.

    Examples
    --------
    >>> points = [{"criterion": {"attribute": "employees", "min": 100}, "met": 7, "failed": -5}]
    >>> tiers = [{"name": "A", "min_fit": 55}, {"name": "B", "min_fit": 0}]
    >>> icp = {"score": {"base": 50, "points": points}, "tiers": tiers}
    >>> tell_order(icp, {"score": {"points": points}, "predicts": True})
    A company starts at 50 points, and 1 attributes add some or take some away, most of all employees. Tier A begins at
    55.
    >>> tell_order({}, None) == ""
    True
    """
    if not score or not score["score"]["points"]:
        return Prose("")
    if "score" not in icp:
        return phrase("order", "other")
    weight = {str(one["criterion"]["attribute"]): 0 for one in icp["score"]["points"]}
    for one in icp["score"]["points"]:
        weight[one["criterion"]["attribute"]] += abs(one["met"]) + abs(one["failed"])
    first = sorted(weight, key=lambda name: (-weight[name], name))[:3]
    tiers = [phrase("order", "tier", tier=one["name"], least=one["min_fit"]) for one in icp["tiers"][:-1]]
    return phrase("order", "tells" if score["predicts"] else "blind", base=icp["score"]["base"], n=len(weight),
                  first=list(map(name_attribute, first)), tiers=tiers)


def tabulate_standing(standing: Standing) -> Table:
    """Show how many accounts are in, out and unknown.

    Parameters
    ----------
    standing : Standing
        Where every account stands; `counts` is shown.

    Returns
    -------
    Table
        A row a status; one without any account is left out.

    Examples
    --------
    >>> from icp_lab.methods.document import Group
    >>> counts = pd.DataFrame({"status": ["customer", "lost"], "in": [12, 0], "out": [80, 0], "unknown": [8, 0]})
    >>> tabulate_standing(Standing(pd.DataFrame(), counts, Group(0, 0, nan, nan), Group(0, 0, nan, nan))).cells()
    [['customer', '12', '80', '8']]
    """
    return lay_out("standing", standing.counts[standing.counts[list(names("fit"))].sum(axis=1) > 0])


def tabulate_inside(rows: pd.DataFrame, about: About) -> Table:
    """Show accounts that tell what the profile means.

    Parameters
    ----------
    rows : DataFrame
        Accounts inside, as `Standing.examples_inside` gives them.
    about : About
        The study; its currency stands over the money.

    Returns
    -------
    Table
        A row an account, in the order given.

    Examples
    --------
    >>> from datetime import date
    >>> rows = pd.DataFrame({"account_id": ["a"], "name": ["Blue"], "status": ["customer"], "met": ["employees"],
    ...                      "score": [0.9], "value": [1e5], "best": [True], "churned": [False]})
    >>> tabulate_inside(rows, About(date(2026, 6, 30), "EUR", "Demo")).cells()
    [['Blue', '100', '0.90', 'yes']]
    """
    return lay_out("inside", rows, currency=about.currency)


def tabulate_outside(rows: pd.DataFrame, about: About) -> Table:
    """Show large customers that are outside, and why.

    Parameters
    ----------
    rows : DataFrame
        Customers outside, as `Standing.examples_outside` gives them; `failed` names what they do not meet.
    about : About
        The study; its currency stands over the money.

    Returns
    -------
    Table
        A row a customer, in the order given.

    Examples
    --------
    >>> from datetime import date
    >>> rows = pd.DataFrame({"account_id": ["b"], "name": [None], "status": ["customer"],
    ...                      "failed": ["employees, industry"], "score": [0.8], "value": [2e5],
    ...                      "best": [True], "churned": [False]})
    >>> tabulate_outside(rows, About(date(2026, 6, 30), "EUR", "Demo")).cells()
    [['b', '200', 'yes', 'employees, industry']]
    """
    return lay_out("outside", rows, currency=about.currency)


def tabulate_winners(rows: pd.DataFrame, about: About, most: int = 0) -> Table:
    """Show which best customers the profile misses, and by what.

    Parameters
    ----------
    rows : DataFrame
        Best customers outside, as `Standing.winners_outside` gives them.
    about : About
        The study; its currency stands over the money.
    most : int, default 0
        Rows shown at most; 0: all. The title counts them all.

    Returns
    -------
    Table
        A row a customer, in the order given.

    Examples
    --------
    >>> from datetime import date
    >>> rows = pd.DataFrame({"account_id": ["a", "b"], "name": ["Blue", None], "failed": ["industry", "employees"],
    ...                      "score": [0.9, 0.8], "value": [1e5, 2e5]})
    >>> table = tabulate_winners(rows, About(date(2026, 6, 30), "EUR", "Demo"), most=1)
    >>> table.title, table.cells()
    (2 best customers outside the profile, the first 1, [['Blue', '100', '0.90', 'industry']])
    """
    shown = rows.head(most or len(rows))
    cut = phrase("profile", "winners", n=len(rows), shown=len(shown)) if len(shown) < len(rows) else ""
    return lay_out("winners", shown, title=cut, n=len(rows), currency=about.currency)


def draw_sides(icp: dict[str, Any], standing: Standing, about: About) -> Picture:
    """Show how cases inside and outside the profile came out.

    Parameters
    ----------
    icp : dict of str to object
        The definition, as in icp.yml: its `outcome`.
    standing : Standing
        Where every account stands, with the cases on either side.
    about : About
        What the foot says beside the counts.

    Returns
    -------
    Picture
        Two shares with their intervals; the title says so where these overlap, or where a side has no case.

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.document import Group
    >>> standing = Standing(pd.DataFrame(), pd.DataFrame(), Group(30, 50, 0.46, 0.72), Group(5, 50, 0.04, 0.21))
    >>> draw_sides({"outcome": "best"}, standing, About(date(2026, 6, 30), "EUR", "Demo")).title
    'Inside, 60 % became best customers; outside, 10 %'
    """
    inside, outside = groups = standing.inside, standing.outside
    found = [(group.share, group.low, group.high) if group.n else (nan, nan, nan) for group in groups]
    counts = [say_count(group.yes, group.n) if group.n else _("no cases") for group in groups]
    shares = [f"{say(group.share, 'share')}, " if group.n else "" for group in groups]
    top = max((group.high for group in groups if group.n), default=1.0)

    def draw(axes: Axes, narrow: bool) -> None:
        notes = counts if narrow else list(map("".join, zip(shares, counts, strict=True)))
        plot_intervals(axes, [_("Inside"), _("Outside")], found, colours=[COLOURS["accent"], COLOURS["grey"]],
                       notes=notes)
        axes.set_xlim(0, top * (1.65 if narrow else 1.35))
        axes.set_xticks([tick / 10 for tick in range(0, 11, 1 if top < 0.4 else 2) if tick <= max(10 * top, 1)])
        write_percent(axes.xaxis)

    title = ("empty" if not inside.n or not outside.n else
             "alike" if inside.low <= outside.high and outside.low <= inside.high else "apart")
    return show("sides", draw, about, height=150, title=title, share=say(inside.share, "share"),
                done=name("done", icp.get("outcome") or "best"), other=say(outside.share, "share"),
                cases=count_cases(icp, inside.n + outside.n), inside=shares[0] + counts[0],
                outside=shares[1] + counts[1])
