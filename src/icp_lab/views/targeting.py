"""Whom to approach, in words and tables: tiers, warmth, what to find out first, and the next step."""

import re
from typing import Any

import pandas as pd

from icp_lab.locale import _
from icp_lab.methods.engagement import CAP, Decay
from icp_lab.methods.enrichment import Enriched
from icp_lab.methods.targeting import Targets
from icp_lab.rule import name_attribute
from icp_lab.views.personas import name_persona
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, join, lay_out, name, names, phrase, tabulate

_SHOWN, _NAMED = 25, 5  # rows of a list on a page, and reasons named in each; the files hold all
_POINTS = re.compile(r"(.+?) ([+-]\d+)(?:, |$)")


def tell_enriched(enriched: Enriched) -> Prose:
    """Tell how much of what leads do not say is known elsewhere.

    Parameters
    ----------
    enriched : Enriched
        The leads with what accounts and directory add.

    Returns
    -------
    Prose
        The gaps, and how many of them were filled; what to collect without leads.

    Examples
    --------
    >>> gaps = pd.DataFrame({"attribute": ["employees"], "gaps": [12], "account": [3], "reference": [4]})
    >>> tell_enriched(Enriched(pd.DataFrame(index=range(40)), gaps, matched=9, found=15))
    Of 40 leads 9 are accounts of ours, and the reference knows 15. They fill **7** of 12 gaps.
    """
    filled = enriched.frame[["account", "reference"]].sum().sum()
    return phrase("enriched", "told" if len(enriched.table) else "nothing", n=len(enriched.table), filled=int(filled),
                  gaps=int(enriched.frame["gaps"].sum()), matched=enriched.matched, found=enriched.found)


def tabulate_enriched(enriched: Enriched) -> Table | Prose:
    """Show which gaps of the leads were filled, and from where.

    Parameters
    ----------
    enriched : Enriched
        The leads with what accounts and directory add.

    Returns
    -------
    Table or Prose
        A row an attribute that some lead lacks; empty where none does.

    Examples
    --------
    >>> gaps = pd.DataFrame({"attribute": ["age", "region"], "gaps": [12, 0], "account": [3, 0], "reference": [4, 0]})
    >>> tabulate_enriched(Enriched(pd.DataFrame(index=range(40)), gaps, matched=9, found=15)).cells()
    [['age', '12', '3', '4']]
    """
    rows = enriched.frame[enriched.frame["gaps"] > 0] if len(enriched.table) else enriched.frame.head(0)
    return tabulate("enriched", rows)


def tell_list(targets: Targets) -> Prose:
    """Tell how many companies are on the list, and how many in each tier.

    Parameters
    ----------
    targets : Targets
        Whom to approach, in what order.

    Returns
    -------
    Prose
        With the points at which tiers begin; what to collect where nobody is on the list.

    Examples
    --------
    >>> row = {"id": "a", "kind": "lead", "listed": True, "points": 70, "engagement": 3, "tier": "A"}
    >>> tell_list(Targets(pd.DataFrame([row]), ({"name": "A", "min_fit": 60},), pd.DataFrame(), room=4))
    **1** companies are on the list, 1 of them leads. Tier A: 1 with at least 60 points. There is room for 4 companies:
    tier A holds no more than that, tier B up to twice as many behind them.
    """
    if (chosen := targets.list).empty:
        return phrase("listed", "nothing")
    counts = chosen["tier"].value_counts()
    tiers = {one["name"]: one["min_fit"] for one in targets.tiers}
    told = [phrase("listed", "tier", tier=tier, n=int(counts.get(tier, 0)), least=least)
            for tier, least in tiers.items() if tier != "C"]
    return join(phrase("listed", "told", n=len(chosen), leads=int(chosen["kind"].eq("lead").sum()), tiers=told),
                phrase("listed", "room" if targets.room else "shares", room=targets.room),
                phrase("listed", "unknown", n=int(counts[""])) if "" in counts else "")


def tell_decay(decay: Decay) -> Prose:
    """Tell how fast a touch loses its weight.

    Parameters
    ----------
    decay : Decay
        The half-life, and what it was estimated from.

    Returns
    -------
    Prose
        The days with their interval; or that they are a convention.

    Examples
    --------
    >>> tell_decay(Decay(14.0, 9.0, 20.0, 2.0, 60, 300, True, pd.DataFrame()))
    A touch loses half of its weight in **14 days** (9 to 20), by 60 leads of 300 that became opportunities; a fresh one
    makes the chance 2.0 times as high. More than 5 fresh touches count as 5.
    """
    return phrase("decay", "estimated" if decay.estimated else "convention", days=decay.half_life,
                  ends=(decay.low, decay.high), ratio=decay.ratio, n=decay.events, units=decay.units, cap=CAP)


def tabulate_grid(targets: Targets) -> Table | Prose:
    """Show how many companies of each tier are listening now.

    Parameters
    ----------
    targets : Targets
        Whom to approach, in what order.

    Returns
    -------
    Table or Prose
        A row a tier, a column a warmth; empty where nobody is on the list.

    Examples
    --------
    >>> rows = pd.DataFrame({"id": ["a", "b"], "listed": True, "points": [70, 65], "engagement": [30, 0], "tier": "A",
    ...                      "warm": ["warm", "none"]})
    >>> tabulate_grid(Targets(rows, ({"name": "A", "min_fit": 60},), pd.DataFrame(), room=0))
    Fit and engagement
    Tier  Warm  Cooling  No touch
    A        1        0         1
    Companies on the list. Warm: the touches are worth at least one of today; cooling: less than that.
    """
    if (chosen := targets.list).empty:
        return Prose("")
    grid = chosen.groupby(["tier", "warm"]).size().unstack(fill_value=0).reindex(
        columns=list(names("warm")), fill_value=0).astype("int64").reset_index()
    grid = grid.sort_values("tier", key=lambda tier: tier.replace("", "~"), ignore_index=True)
    return lay_out("grid", grid.assign(tier=grid["tier"].replace("", name("untiered", "none"))))


def tabulate_list(targets: Targets, called: pd.Series) -> Table | Prose:
    """List who stands at the top, and why.

    Parameters
    ----------
    targets : Targets
        Whom to approach, in what order.
    called : Series
        The name of an id, where it may be shown.

    Returns
    -------
    Table or Prose
        The first 25 companies in a tier; empty where there are none.

    Examples
    --------
    >>> row = {"id": "L1", "kind": "lead", "listed": True, "points": 70, "engagement": 10, "warm": "warm", "tier": "A",
    ...        "reasons": "tech_stack +12, employees -2", "missing": "", "probability": 0.5, "low": 0.4, "high": 0.6}
    >>> found = Targets(pd.DataFrame([row]), ({"name": "A", "min_fit": 60},), pd.DataFrame(), room=0)
    >>> tabulate_list(found, pd.Series({"L1": "Bee"})).cells()
    [['Bee', 'lead', 'A', '70', '50 (40 to 60)', 'warm', 'tech stack +12, employees −2', '–']]
    """
    rows = targets.list[targets.list["tier"].ne("")].head(_SHOWN)
    rows = rows.assign(**{column: rows[column].map(_name_attributes) for column in ("reasons", "missing")})
    return tabulate("targets", rows, account=called)


def _name_attributes(codes: str) -> str:
    """Say attributes that stand one after the other, with the points of each; the lightest are added up."""
    # A company's own column may hold blanks and commas.
    parts = _POINTS.findall(codes) or [(one, "") for one in codes.split(", ") if one]
    said = [f"{name_attribute(one)} {points.replace('-', '−')}".strip() for one, points in parts]
    if len(said) <= _NAMED or not parts[0][1]:
        return _(", ").join(said)
    rest = f"{sum(int(points) for _one, points in parts[_NAMED:]):+d}".replace("-", "−").replace("+0", "±0")
    return _(", ").join([*said[:_NAMED], phrase("rest", "points", n=len(said) - _NAMED, points=rest)])


def tabulate_judged(judged: pd.DataFrame) -> Table | Prose:
    """Show whether leads of a higher tier became opportunities more often.

    Parameters
    ----------
    judged : DataFrame
        A row a tier, as `judge_targets` gives it.

    Returns
    -------
    Table or Prose
        Those in no tier are left out; empty without leads that are settled.

    Examples
    --------
    >>> tabulate_judged(pd.DataFrame({"tier": ["A", ""], "n": [20, 9], "converted": [8, 1], "share": [0.4, 0.1],
    ...                               "low": [0.2, 0.0], "high": [0.6, 0.4]})).cells()
    [['A', '20', '8', '40 (20 to 60)']]
    """
    return tabulate("judged", judged[judged["tier"].ne("")])


def tabulate_fields(targets: Targets) -> Table | Prose:
    """Show which field is to be filled first.

    Parameters
    ----------
    targets : Targets
        The list, with a row an attribute in `fields`.

    Returns
    -------
    Table or Prose
        Attributes that some company lacks, with how many would change tier; empty where none does.

    Examples
    --------
    >>> fields = pd.DataFrame({"attribute": ["employees"], "unknown": [12], "up": [2.4], "down": [1.1]})
    >>> tabulate_fields(Targets(pd.DataFrame(), (), fields, room=0)).cells()
    [['employees', '12', '2', '1']]
    """
    return tabulate("fields", targets.fields[targets.fields["unknown"] > 0])


def tabulate_plan(plan: pd.DataFrame, personas: list[dict[str, Any]], called: pd.Series) -> Table | Prose:
    """List who matters in each company, what happened there, and what comes next.

    Parameters
    ----------
    plan : DataFrame
        A row a company, as `plan_accounts` gives it.
    personas : list of dict
        The personas of the definition; people are shown by role, names are in private files.
    called : Series
        The name of an id, where it may be shown.

    Returns
    -------
    Table or Prose
        The first 25 companies; or the sentence that there is none.

    Examples
    --------
    >>> tabulate_plan(pd.DataFrame(columns=["personas", "active"]), [], pd.Series(dtype="str"))
    There is no company to plan for yet.
    """
    roles = {str(one["id"]): name_persona(one) for one in personas}
    rows = plan.head(_SHOWN)
    for column in ("personas", "active"):
        said = [", ".join(roles.get(one, one) for one in ids.split(", ") if one) for ids in rows[column]]
        rows = rows.assign(**{column: said})
    return tabulate("plan", rows, account=called)


def tabulate_winners(winners: pd.DataFrame, called: pd.Series) -> Table | Prose:
    """List which customers came out well although they are outside.

    Parameters
    ----------
    winners : DataFrame
        A row a customer, as `watch_winners` gives it.
    called : Series
        The name of an id, where it may be shown.

    Returns
    -------
    Table or Prose
        The first 25 of them; or the sentence that there is none.

    Examples
    --------
    >>> tabulate_winners(pd.DataFrame(), pd.Series(dtype="str"))
    No customer outside the profile came out well, or nobody is outside.
    """
    return tabulate("outside_winners", winners.head(_SHOWN), account=called, n=len(winners))


def tabulate_lookalikes(alike: pd.DataFrame, called: pd.Series) -> Table | Prose:
    """Show whom the first of the list resemble: of those that came out well, and of those that did not.

    Parameters
    ----------
    alike : DataFrame
        A row a company with its neighbours: id, best, failures (ids), best_distance, failure_distance.
    called : Series
        The name of an id, where it may be shown.

    Returns
    -------
    Table or Prose
        With which of the two is nearer; empty where nobody could be compared.

    Examples
    --------
    >>> alike = pd.DataFrame({"id": ["L1"], "best": ["a, b"], "best_distance": [0.2], "failures": ["c"],
    ...                       "failure_distance": [0.5]})
    >>> tabulate_lookalikes(alike, pd.Series({"L1": "Bee", "a": "Ado"})).cells()
    [['Bee', 'Ado, b', '0.20', 'c', '0.50', 'yes']]
    """
    names_of = {column: [_(", ").join(called.get(one, one) for one in ids.split(", ")) for ids in alike[column]]
                for column in ("best", "failures")}
    nearer = alike["best_distance"] < alike["failure_distance"]
    return tabulate("lookalikes", alike.assign(**names_of, nearer=nearer), account=called)


def tabulate_matrix(said: dict[str, Any]) -> Table | Prose:
    """Show which persona is told what, before anybody is a lead.

    Parameters
    ----------
    said : dict of str to object
        The record `personas` or a definition, in words as `word_icp` gives it.

    Returns
    -------
    Table or Prose
        A row a persona; in a gap stands what to ask. A sentence where no persona is known.

    Examples
    --------
    >>> one = {"name": "Decider in sales", "pains": ["No plan"], "goals": [], "channels": ["fair"], "objections": []}
    >>> tabulate_matrix({"personas": [one]}).cells()[0][:3]
    ['Decider in sales', 'No plan', 'Which goal of this person can we say something new on?']
    """
    fields = {"content": "pains", "leadership": "goals", "awareness": "channels", "education": "objections"}
    rows = [{"persona": one["name"]} | {kind: _("; ").join(map(str, one[field][:2])) or phrase("gap", kind)
                                        for kind, field in fields.items()} for one in said.get("personas") or []]
    return tabulate("matrix", pd.DataFrame(rows))
