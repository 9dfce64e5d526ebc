"""Which leads and accounts now, in what order, whom in them, and what to find out first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.methods.committees import place_people
from icp_lab.methods.customers import fill_table
from icp_lab.methods.enrichment import Enriched
from icp_lab.methods.result import Codes, Shown, add_shares
from icp_lab.methods.score import BASE, LEAST_KNOWN, Card, add_points, score_rows

SHARES = {"A": 0.1, "B": 0.4}  # of the list, from the top, where nobody says how many can be looked after
ROOMS = {"A": 1.0, "B": 3.0}  # the same in times the accounts that there is room for
RECENT = 90  # days in which something that happened is news


@dataclass(frozen=True)
class Targets(Shown):
    """Tell whom to approach, in what order.

    Parameters
    ----------
    frame : DataFrame
        The artifact `scores`.
    tiers : tuple of dict of str to object
        As in icp.yml, highest first: `name` and `min_fit` (points).
    fields : DataFrame
        A row an attribute of the score: `attribute`, `unknown` (companies on the list without a value), `up` and `down`
        (how many of them are expected to change into a higher, a lower tier once it is known).
    room : int
        Companies that there is room for; 0: nobody has said.

    Examples
    --------
    >>> scores = pd.DataFrame({"id": ["a"], "tier": ["A"], "points": [70], "engagement": [3], "listed": [True]})
    >>> Targets(scores, ({"name": "A", "min_fit": 60},), pd.DataFrame(), room=0).tiers[0]["min_fit"]
    60
    """

    frame: pd.DataFrame
    tiers: tuple[dict[str, Any], ...]
    fields: pd.DataFrame
    room: int

    @property
    def list(self) -> pd.DataFrame:
        """List the companies that are approached: open leads and prospects, by tier, points and warmth.

        Examples
        --------
        >>> scores = pd.DataFrame({"id": ["a", "b"], "points": [50, 70], "engagement": 0, "listed": True})
        >>> Targets(scores, (), pd.DataFrame(), room=0).list["id"].tolist()
        ['b', 'a']
        """
        return self.frame.loc[self.frame["listed"].astype(bool)].sort_values(
            ["points", "engagement", "id"], ascending=[False, False, True], kind="stable")


def choose_targets(  # noqa: PLR0913  (what a list is made of, all of it named)
    card: Card, attributes: pd.DataFrame, enriched: Enriched, *, customers: pd.DataFrame, leads: pd.DataFrame,
    engaged: pd.DataFrame, pilot: pd.DataFrame, room: float = 0) -> Targets:
    """Score all accounts and leads, and tell which of them belong to which tier.

    Parameters
    ----------
    card : Card
        From `fit_card`.
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    enriched : Enriched
        From `enrich_leads`.
    customers : DataFrame
        The artifact: account_id, status.
    leads : DataFrame
        The table: lead_id, account_id, converted.
    engaged : DataFrame
        From `score_engagement`.
    pilot : DataFrame
        The table: whom it holds out is not approached.
    room : float, default 0
        Companies that sales can look after; 0: not known, the tiers are shares of the list.

    Returns
    -------
    Targets
        Listed are leads that are not converted and are no account of ours, and accounts that are prospects. A company
        of which less than half is known that the points tell apart has no tier.

    Examples
    --------
    >>> from icp_lab.methods.score import Points
    >>> from icp_lab.rule import Criterion
    >>> ids, none = ["a", "b", "c"], pd.DataFrame()
    >>> points = (Points(Criterion.flag("exports"), 10, -10),)
    >>> card = Card(points, none, {"exports": 100.0}, none, 0, 0, np.nan, np.nan, np.nan, False)
    >>> firms = pd.DataFrame({"exports": [True, False, True]}, index=ids)
    >>> customers = pd.DataFrame({"account_id": ids, "status": ["prospect", "prospect", "customer"]})
    >>> leads = pd.DataFrame(columns=["lead_id", "account_id", "converted"])
    >>> engaged = pd.DataFrame({"engagement": [4], "warm": ["warm"]}, index=["b"])
    >>> targets = choose_targets(card, firms, Enriched(firms[:0], none, 0, 0), customers=customers, leads=leads,
    ...                          engaged=engaged, pilot=none)
    >>> targets.list[["id", "points", "warm"]].values.tolist()
    [['a', 60, 'none'], ['b', 40, 'warm']]
    """
    status = customers.set_index("account_id")["status"].reindex(attributes.index)
    named = leads.set_index("lead_id").reindex(enriched.table.index)
    waiting = named["converted"].isna() & ~named["account_id"].isin(attributes.index)
    parts = (("account", attributes, status.eq("prospect")), ("lead", enriched.table, waiting))
    scored = [score_rows(card, table).assign(kind=kind, listed=listed.astype("boolean"), id=table.index.astype("str"))
              for kind, table, listed in parts]
    frame = pd.concat(scored, ignore_index=True).sort_values(["kind", "id"], ignore_index=True)
    warm = engaged.reindex(frame["id"]).set_axis(frame.index)
    frame["engagement"], frame["warm"] = warm["engagement"].fillna(0).astype("int64"), warm["warm"].fillna("none")
    drawn = fill_table(pilot, "pilot")
    held_out = drawn.loc[drawn["arm"].str.strip().str.lower().eq("holdout"), "unit_id"]
    frame["listed"] &= ~frame["id"].isin(held_out)
    tiers = _cut_tiers(frame.loc[frame["listed"], "points"], card, room)
    names, least = np.array([one["name"] for one in tiers]), np.array([one["min_fit"] for one in tiers])
    at = (frame["points"].to_numpy()[:, None] < least).sum(axis=1)
    reached = pd.Series(names[np.minimum(at, len(names) - 1)], dtype="str")
    frame["tier"] = reached.where(frame["known"] >= LEAST_KNOWN, "")
    table = pd.concat([attributes, enriched.table])
    table = table.loc[table.index.isin(frame.loc[frame["listed"], "id"])]
    return Targets(frame, tiers, _weigh_fields(card, table, attributes, least), int(room))


def _cut_tiers(points: pd.Series, card: Card, room: float) -> tuple[dict[str, Any], ...]:
    """Set the least points of each tier so that no more belong to it than there is room for; the last takes all."""
    ordered = np.sort(points.to_numpy())[::-1]
    worst = BASE + sum(min(one.met, one.failed, 0) for one in card.points)
    tiers: list[dict[str, Any]] = []
    for name, share in SHARES.items():
        size = min(len(ordered), round(room * ROOMS[name] if room else len(ordered) * share))
        fits = [least for least in np.unique(ordered) if (ordered >= least).sum() <= size]
        least = int(min(fits, default=ordered[0] if len(ordered) else BASE))
        tiers += [] if tiers and least >= tiers[-1]["min_fit"] else [{"name": name, "min_fit": least}]
    return (*tiers, {"name": "C", "min_fit": int(min(worst, tiers[-1]["min_fit"] - 1))})


def _weigh_fields(card: Card, table: pd.DataFrame, attributes: pd.DataFrame, least: Codes) -> pd.DataFrame:
    """Ask of each field how many companies change their tier once it is known, as it is spread among our accounts."""
    points, rows = BASE + add_points(card.points, table).sum(axis=1).to_numpy(), []
    spread = add_points(card.points, attributes)
    for name in map(str, spread.columns):
        unknown = points[table[name].isna().to_numpy()]
        shares = spread.loc[attributes[name].notna(), name].value_counts(normalize=True)
        now = (unknown[:, None] >= least).sum(axis=1)
        then = [(share, ((unknown + worth)[:, None] >= least).sum(axis=1)) for worth, share in shares.items()]
        rows.append((name, len(unknown), *(sum(float(share * change(new, now).sum()) for share, new in then)
                                           for change in (np.greater, np.less))))
    frame = pd.DataFrame(rows, columns=["attribute", "unknown", "up", "down"])
    return frame.sort_values(["up", "attribute"], ascending=[False, True], ignore_index=True)


def plan_accounts(  # noqa: PLR0913  (who is there, who listens, what happened)
    targets: Targets, personas: list[dict[str, Any]], *, leads: pd.DataFrame, contacts: pd.DataFrame,
    touches: pd.DataFrame, triggers: pd.DataFrame, as_of: date, most: int = 50) -> pd.DataFrame:
    """Plan whom to approach first, whom in them, about what, and what the next step is.

    Parameters
    ----------
    targets : Targets
        From `choose_targets`.
    personas : list of dict of str to object
        As in the record `personas`.
    leads, contacts : DataFrame
        The tables; a lead is a person too, by its title.
    touches : DataFrame
        From `list_touches`.
    triggers : DataFrame
        The table: lead_id or account_id, kind, date.
    as_of : date
        Today.
    most : int, default 50
        How many companies at most, tier A first.

    Returns
    -------
    DataFrame
        The artifact `abm`, without names. `next`: fill (too little is known), find (nobody of a persona is on record),
        call (a persona is there and warm), revive (it was), begin (it never heard from us).

    Examples
    --------
    >>> scores = pd.DataFrame({"id": ["l1"], "kind": "lead", "tier": "A", "points": 70, "engagement": 0, "warm": "none",
    ...                        "missing": "", "listed": True})
    >>> leads = pd.DataFrame({"lead_id": ["l1"], "title": ["VP Sales"]})
    >>> people = pd.DataFrame(columns=["contact_id", "account_id", "department", "seniority", "buying_role"])
    >>> day = pd.Timestamp("2026-03-05")
    >>> touches = pd.DataFrame({"unit": ["l1"], "contact_id": [None], "date": day, "content": "demo"})
    >>> news = pd.DataFrame({"lead_id": ["l1"], "account_id": [None], "kind": "funding", "date": day})
    >>> plan_accounts(Targets(scores, (), scores, 0), [{"id": "p1", "department": "sales", "buying_role": "decider"}],
    ...     leads=leads, contacts=people, touches=touches, triggers=news, as_of=date(2026, 3, 31))[
    ...     ["id", "personas", "active", "trigger", "next"]].values.tolist()
    [['l1', 'p1', 'p1', 'funding', 'begin']]
    """
    chosen = targets.list[targets.list["tier"].ne("C")].head(most)
    people = pd.concat([contacts.assign(unit=contacts["account_id"]), leads.assign(unit=leads["lead_id"])])
    placed = place_people(people[people["unit"].isin(chosen["id"])].reindex(
        columns=["unit", "contact_id", "title", "department", "seniority", "buying_role"]))
    ids = {f"{one['department']}.{one['buying_role']}": str(one["id"]) for one in personas} | {
        str(one["kind"]): str(one["id"]) for one in personas if "kind" in one}
    placed = placed.assign(persona=placed["kind"].map(ids))
    recent = touches[touches["date"] >= pd.Timestamp(as_of - timedelta(days=RECENT))]
    here = placed[placed["contact_id"].isin(recent["contact_id"]) | (placed["contact_id"].isna() & placed["unit"].isin(
        recent["unit"]))].groupby("unit")["persona"]
    known = placed.groupby("unit")["persona"]
    last = touches.sort_values("date", kind="stable").drop_duplicates("unit", keep="last").set_index("unit")
    news = triggers.assign(unit=triggers["lead_id"].fillna(triggers["account_id"])).sort_values("date", kind="stable")
    news = news[news["date"] >= pd.Timestamp(as_of - timedelta(days=2 * RECENT))].drop_duplicates("unit", keep="last")
    frame = chosen[["id", "kind", "tier", "points", "engagement", "warm", "missing"]].assign(
        place=np.arange(1, len(chosen) + 1))
    for name, each in (("personas", known), ("active", here)):
        told = each.agg(lambda ids: ", ".join(sorted({*ids.dropna()})))
        frame[name] = frame["id"].map(told).fillna("").astype("str")
    frame = frame.join(news.set_index("unit")[["kind", "date"]].set_axis(["trigger", "trigger_date"], axis=1), on="id")
    frame = frame.join(last[["date", "content"]].set_axis(["touched", "content"], axis=1), on="id")
    ways = ((frame["tier"].eq(""), "fill"), (frame["personas"].eq(""), "find"), (frame["warm"].eq("warm"), "call"),
            (frame["warm"].eq("cooling"), "revive"))
    frame["next"] = np.select([holds for holds, _way in ways], [way for _holds, way in ways], "begin")
    return frame


def watch_winners(coverage: pd.DataFrame, cases: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Find the customers that came out well although they are outside the profile.

    Parameters
    ----------
    coverage : DataFrame
        The artifact `agreed_coverage`: account_id, fit, failed.
    cases : DataFrame
        The artifact `cases`: account_id, positive.
    frame : DataFrame
        The artifact `scores`.

    Returns
    -------
    DataFrame
        Columns `account_id`, `failed` (criteria), `points`, and `alike`, winners that fail the same criteria; the most
        of one failed criterion first.

    Examples
    --------
    >>> coverage = pd.DataFrame({"account_id": ["a", "b"], "fit": ["out", "in"], "failed": ["industry", ""]})
    >>> cases = pd.DataFrame({"account_id": ["a", "b"], "positive": "yes"})
    >>> scores = pd.DataFrame({"id": ["a", "b"], "kind": "account", "points": [41, 66]})
    >>> watch_winners(coverage, cases, scores).values.tolist()
    [['a', 'industry', 41, 1]]
    """
    won = cases.loc[cases["positive"].eq("yes"), "account_id"].unique()
    rows = coverage[coverage["fit"].eq("out") & coverage["account_id"].isin(won)][["account_id", "failed"]]
    points = frame[frame["kind"].eq("account")].set_index("id")["points"]
    rows = rows.assign(points=rows["account_id"].map(points), alike=rows.groupby("failed")["failed"].transform("size"))
    return rows.sort_values(["alike", "failed", "points", "account_id"], ascending=[False, True, False, True],
                            ignore_index=True)


def judge_targets(frame: pd.DataFrame, leads: pd.DataFrame) -> pd.DataFrame:
    """Tell whether leads with more points became opportunities more often.

    Parameters
    ----------
    frame : DataFrame
        The artifact `scores`.
    leads : DataFrame
        The table: lead_id, converted. The points have not seen what became of leads.

    Returns
    -------
    DataFrame
        A row a tier: `n`, `converted`, their `share`, and its 95 % interval (Wilson, 1927) `low` and `high`.

    Notes
    -----
    Plain shares of the tiers of today: a lead that was scored after it converted counts too.

    Examples
    --------
    >>> scores = pd.DataFrame({"id": ["l1", "l2"], "kind": "lead", "tier": ["A", "B"]})
    >>> leads = pd.DataFrame({"lead_id": ["l1", "l2"], "converted": pd.to_datetime(["2026-01-05", None])})
    >>> judge_targets(scores, leads)[["tier", "n", "converted"]].values.tolist()
    [['A', 1, 1], ['B', 1, 0]]
    """
    told = frame[frame["kind"].eq("lead")].merge(leads[["lead_id", "converted"]], left_on="id", right_on="lead_id")
    found = told.assign(yes=told["converted"].notna()).groupby("tier")["yes"].agg(n="size", converted="sum")
    return add_shares(found.reset_index(), "converted", "n")


def take_listed(targets: Targets, attributes: pd.DataFrame, enriched: Enriched) -> pd.DataFrame:
    """Tell what is known of the companies on the list, in its order.

    Parameters
    ----------
    targets : Targets
        From `choose_targets`.
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    enriched : Enriched
        From `enrich_leads`.

    Returns
    -------
    DataFrame
        Attributes, indexed by id.

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": [9.0, 40.0]}, index=["a", "b"])
    >>> scores = pd.DataFrame({"id": ["b", "a"], "kind": "account", "points": [50, 70], "engagement": 0})
    >>> scores["listed"] = True
    >>> take_listed(Targets(scores, (), scores, 0), firms, Enriched(firms[:0], firms, 0, 0)).index.tolist()
    ['a', 'b']
    """
    known = pd.concat({"account": attributes, "lead": enriched.table})
    return known.loc[pd.MultiIndex.from_frame(targets.list[["kind", "id"]])].droplevel(0)


def name_companies(accounts: pd.DataFrame, leads: pd.DataFrame, privacy: Mapping[str, str]) -> pd.Series:
    """Name each account and each lead as a page calls it: by its name, or by its id where the study hides names.

    Parameters
    ----------
    accounts : DataFrame
        The table: account_id, name.
    leads : DataFrame
        The table: lead_id, company.
    privacy : Mapping of str to str
        What study.yml says of it: `companies` may be `pseudonyms`.

    Returns
    -------
    Series
        Names by id; the id where there is no name.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["a"], "name": ["Acme"]})
    >>> leads = pd.DataFrame({"lead_id": ["l"], "company": ["Bolt"]})
    >>> name_companies(accounts, leads, {}).to_dict(), name_companies(accounts, leads, {"companies": "pseudonyms"})["a"]
    ({'a': 'Acme', 'l': 'Bolt'}, 'a')
    """
    called: pd.Series = pd.concat([accounts.set_index("account_id")["name"], leads.set_index("lead_id")["company"]])
    if privacy.get("companies") == "pseudonyms":
        called[:] = None
    return called.fillna(pd.Series(called.index, index=called.index))
