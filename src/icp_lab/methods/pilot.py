"""A pilot: who is drawn into which arm before it starts, and how it reads afterwards."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.methods.customers import band_sizes, fill_table, until
from icp_lab.methods.experiment import SINGLE, compare_arms, find_least, size_pilot
from icp_lab.methods.kpis import trace_deals
from icp_lab.methods.result import Shown, bound_share
from icp_lab.methods.targeting import Targets

ARMS = ("pilot", "control", "holdout")
EFFECTS = (1.25, 1.5, 2.0, 3.0, 5.0)  # times the base rate, for the table of sizes
_LEFT = ARMS[1:]  # left alone: the control till the pilot is over, the hold-out for good
_WORKED = ("A", "B")  # tiers that somebody would work on
_GOLDEN = (np.sqrt(5) - 1) / 2  # steps of it fill any stretch of a circle evenly
_FLOW = 26  # weeks over which new leads are counted


def draw_arms(units: pd.DataFrame, shares: Mapping[str, float], *, seed: int) -> pd.Series:
    """Draw who is in which arm, so that each stratum is split alike.

    Parameters
    ----------
    units : DataFrame
        Columns `unit_id` and `stratum`, rows in any order.
    shares : Mapping of str to float
        Share of each arm, 0 to 1; together 1.
    seed : int
        Start of the random numbers.

    Returns
    -------
    Series
        The arm by unit_id, sorted by it: the same for the same units and seed.

    Notes
    -----
    Units stand in random order within strata and take arms by steps of the golden section from a random start, so that
    each has the chance of its share, and in no stratum an arm is more than two units away from it.

    Examples
    --------
    >>> units = pd.DataFrame({"unit_id": list("abcd"), "stratum": ["x", "x", "y", "y"]})
    >>> draw_arms(units, {"pilot": 0.5, "control": 0.5}, seed=1).tolist()
    ['pilot', 'control', 'control', 'pilot']
    """
    rng, known = np.random.default_rng(seed), units.sort_values("unit_id", ignore_index=True)
    order = np.lexsort((rng.random(len(known)), known["stratum"]))
    steps = (rng.random() + _GOLDEN * np.arange(len(known))) % 1
    place = np.searchsorted(np.cumsum([*shares.values()])[:-1], steps, side="right")
    return pd.Series(np.array([*shares])[place], index=known["unit_id"].to_numpy()[order], name="arm").sort_index()


def mark_draw(drawn: pd.DataFrame) -> str:
    """Give the mark by which a list is known again that nobody has changed since it was drawn.

    Parameters
    ----------
    drawn : DataFrame
        Columns `unit_id`, `arm`, and `assigned`, the day of the draw.

    Returns
    -------
    str
        The mark, `draw-` and twelve hexadecimal digits: the same in any order of the rows.

    Notes
    -----
    SHA-256 over JSON of the rows sorted by unit_id, its first twelve digits, behind a word that keeps spreadsheets
    from taking it for a number.

    Examples
    --------
    >>> drawn = pd.DataFrame({"unit_id": ["a", "b"], "arm": ["pilot", "control"], "assigned": "2026-01-05"})
    >>> mark_draw(drawn) == mark_draw(drawn[::-1]), mark_draw(drawn) == mark_draw(drawn.assign(arm="pilot"))
    (True, False)
    """
    days = pd.to_datetime(drawn["assigned"]).dt.strftime("%Y-%m-%d")
    return "draw-" + _digest(sorted(zip(drawn["unit_id"], drawn["arm"], days.fillna(""), strict=True)))[:12]


def _digest(content: object) -> str:
    said = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Plan(Shown):
    """Tell how a pilot would go that starts today.

    Parameters
    ----------
    frame : DataFrame
        A row an effect: `times` the base rate, `share` (that would convert), `once` and `anytime` (units to draw, for
        one look at the end or looking at any time), `weeks` (to the last outcome, looking at any time; infinite where
        no new units come).
    draw : DataFrame
        Columns `unit_id`, `stratum`, `assigned`, `arm`; without rows while a pilot is on, or no base rate is known.
    terms : dict of str to object
        What was settled: `hits` of `n` units alike converted within `weeks` weeks lately, `low` to `high` of them;
        `flow`, new units a week; `least_once` and `least_anytime`, effects that the units drawn can show; `closing`,
        median days from deal to outcome; `worth` and `seed` as given; `running`, since when a pilot is on; and the
        `mark` of the list.

    Examples
    --------
    >>> nothing = pd.DataFrame({"unit_id": [], "arm": []})
    >>> Plan(pd.DataFrame({"times": [2.0], "once": [300]}), nothing, {"hits": 12, "n": 150}).terms["hits"]
    12
    """

    frame: pd.DataFrame
    draw: pd.DataFrame
    terms: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Give the artifact `plan`, with the digest of all that was settled before the start.

        Returns
        -------
        dict of str to object
            Keys `terms`, `draw`, `sizes` and `digest`; the digest changes with the terms and the draw alone.

        Examples
        --------
        >>> draw = pd.DataFrame({"unit_id": ["a"], "arm": ["pilot"]})
        >>> plan = Plan(pd.DataFrame({"times": [2.0]}), draw, {"weeks": 12})
        >>> sorted(plan.to_dict())
        ['digest', 'draw', 'sizes', 'terms']
        """
        settled = {"terms": self.terms, "draw": self.draw.to_dict("records")}
        return {**settled, "sizes": self.frame.to_dict("records"), "digest": _digest(settled)}


def plan_pilot(  # noqa: PLR0913  (who could be drawn, what became of such before, and the terms)
    targets: Targets, known: pd.DataFrame, leads: pd.DataFrame, deals: pd.DataFrame, former: pd.DataFrame, *,
    as_of: date, worth: float = 2.0, weeks: int = 12, held_out: float = 0.1, seed: int = 0) -> Plan:
    """Tell how large a pilot is needed and how long it takes, and draw who is in which arm.

    Parameters
    ----------
    targets : Targets
        Of `choose_targets`. Its list of tiers A and B is drawn, but for units of a former pilot.
    known : DataFrame
        Attributes by id: employees and annual_revenue give the bands of the strata.
    leads, deals, former : DataFrame
        The tables leads, deals and pilot; each may be empty.
    as_of : date
        Today, the day of the draw.
    worth : float, default 2.0
        Smallest effect worth having, in times the base rate.
    weeks : int, default 12
        How many weeks a unit is followed.
    held_out : float, default 0.1
        Share that is left alone for good, 0 to 1; pilot and control share the rest.
    seed : int, default 0
        Start of the random numbers of the draw.

    Returns
    -------
    Plan
        Without sizes where no lead of these tiers was open that many weeks ago, or none of them converted since.

    Notes
    -----
    The base rate is that of leads that were open so many weeks ago, as those to be drawn are open today.

    Examples
    --------
    >>> ids = [f"l{n:02}" for n in range(40)]
    >>> listed = pd.DataFrame({"id": ids, "kind": "lead", "tier": "A", "points": 60, "engagement": 0, "listed": True})
    >>> leads = pd.DataFrame({"lead_id": ids, "created": pd.Timestamp("2026-01-05")})
    >>> leads["converted"] = leads["created"].where(leads.index < 8) + pd.Timedelta(days=30)
    >>> plan = plan_pilot(Targets(listed, (), listed[:0], 0), pd.DataFrame(), leads, pd.DataFrame(), pd.DataFrame(),
    ...                   as_of=date(2026, 3, 31))
    >>> plan.terms["hits"], plan.terms["n"], plan.draw["arm"].value_counts().to_dict()
    (8, 40, {'control': 19, 'pilot': 18, 'holdout': 3})
    """
    now, span = pd.Timestamp(as_of), pd.Timedelta(weeks=weeks)
    leads, former = fill_table(leads, "leads"), fill_table(former, "pilot")
    tiers = targets.frame[targets.frame["kind"] == "lead"].set_index("id")["tier"]
    alike = leads[leads["lead_id"].map(tiers).isin(_WORKED)]
    waiting = alike[(alike["created"] <= now - span) & ~(alike["converted"] <= now - span)]
    n, hits, share = len(waiting), int((waiting["converted"] <= now).sum()), (1 - held_out) / 2
    flow = float((alike["created"] > now - pd.Timedelta(weeks=_FLOW)).sum() / _FLOW)
    last = former["assigned"].max()
    running = last + span > now
    units = _list_units(targets, known, former).assign(assigned=now.date().isoformat())
    shares = {"pilot": share, "control": share, "holdout": held_out}
    draw = units.iloc[:None if hits and not running else 0]
    draw = draw.assign(arm=draw_arms(draw, shares, seed=seed).to_numpy())
    rows = [(times, hits / n * times, *size_pilot(hits / n, times, share=share))
            for times in sorted({*EFFECTS, worth}) if 0 < hits / max(n, 1) < 1 / times]
    sizes = pd.DataFrame(rows, columns=["times", "share", "once", "anytime"])
    lacking = (sizes["anytime"] - len(units)).clip(lower=0)
    sizes["weeks"] = weeks + np.where(lacking > 0, lacking / flow if flow else np.inf, 0)
    curve, (low, high) = trace_deals(until(fill_table(deals, "deals"), "created", now), now), bound_share(hits, n)
    can = len(draw) and 0 < hits < 0.9 * n
    once, anytime = find_least(hits / n, len(draw), share=share) if can else (np.nan, np.nan)
    return Plan(sizes, draw, {
        "hits": hits, "n": n, "low": low, "high": high, "flow": flow, "least_once": once, "least_anytime": anytime,
        "closing": float(curve.quantile(0.5)) if curve else np.nan, "weeks": weeks, "worth": worth, "seed": seed,
        "running": str(last.date()) if running else "", "mark": mark_draw(draw)})


def _list_units(targets: Targets, known: pd.DataFrame, former: pd.DataFrame) -> pd.DataFrame:
    """List whom a pilot can take: who is worked on, by tier and band of size, and was in none before."""
    units = targets.list[["id", "tier"]].rename(columns={"id": "unit_id"}).drop_duplicates("unit_id")
    units = units[units["tier"].isin(_WORKED) & ~units["unit_id"].isin(former["unit_id"])]
    facts = known[~known.index.duplicated()].reindex(columns=["employees", "annual_revenue"]).astype("float64")
    stratum = units["tier"] + " " + band_sizes(facts.reindex(units["unit_id"])).fillna("?").to_numpy()
    return units[["unit_id"]].assign(stratum=stratum).sort_values("unit_id", ignore_index=True)


@dataclass(frozen=True)
class Reading(Shown):
    """Tell how the pilot went, counting everybody as drawn.

    Parameters
    ----------
    frame : DataFrame
        A row an outcome (lead, won): `outcome`, `hits` of `n` in the pilot, `others` of `m` left alone, what
        `compare_arms` gives for however many looks, `once_low` and `once_high` (of the gap, had this been the only
        look), `verdict` (better, worse, open).
    arms : DataFrame
        A row an arm: `arm`, `n`, `reached`, `lead`, `won`, and what was `spent` on each, in the study's currency.
    terms : dict of str to object
        What is to be known of the draw: `assigned`, its day; `intact`, is the list as it was drawn (yes, no, unmarked);
        `crossed`, units treated as the other side; `earlier`, units of earlier draws, which are not counted.

    Examples
    --------
    >>> drawn = pd.DataFrame({"unit_id": list("abcd"), "arm": ["pilot", "control"] * 2, "lead": [True, False] * 2})
    >>> reading = read_pilot(drawn, as_of=date(2026, 6, 30))
    >>> reading.arms[["arm", "n", "lead"]].values.tolist(), reading.terms["intact"]
    ([['control', 2, 0], ['pilot', 2, 2]], 'unmarked')
    """

    frame: pd.DataFrame
    arms: pd.DataFrame
    terms: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Give what the record `validation` says of the pilot.

        Returns
        -------
        dict of str to object
            Key `outcomes`, a dict a row of `frame`, beside those of `terms`.

        Examples
        --------
        >>> nothing = pd.DataFrame()
        >>> Reading(pd.DataFrame({"outcome": ["lead"]}), nothing, {"intact": "yes"}).to_dict()
        {'outcomes': [{'outcome': 'lead'}], 'intact': 'yes'}
        """
        return {"outcomes": self.frame.to_dict("records"), **self.terms}


def read_pilot(pilot: pd.DataFrame, *, as_of: date) -> Reading:
    """Tell whether the pilot did better than who was left alone, and whether it is too early to say.

    Parameters
    ----------
    pilot : DataFrame
        The table: unit_id, arm (control and holdout are left alone, every other is the pilot), and what became of each:
        reached, treated, lead, deal, closed, cost.
    as_of : date
        The day up to which we look.

    Returns
    -------
    Reading
        Without outcomes where a side has nobody. The latest draw is read.

    Notes
    -----
    By intention to treat: whoever was drawn counts in that arm, reached or not, and is no lead until said to be one.
    Strata are not used in the reading, which makes it a little careful.

    Examples
    --------
    >>> drawn = pd.DataFrame({"unit_id": [f"u{n}" for n in range(80)], "arm": ["pilot", "control"] * 40})
    >>> read_pilot(drawn.assign(lead=[n % 2 == 0 and n < 50 for n in range(80)]), as_of=date(2026, 6, 30)).frame[
    ...     ["outcome", "hits", "n", "others", "m", "verdict"]].values.tolist()
    [['lead', 25, 40, 0, 40, 'better'], ['won', 0, 40, 0, 40, 'open']]
    """
    rows, now = fill_table(pilot, "pilot").sort_values("unit_id", ignore_index=True), pd.Timestamp(as_of)
    latest = rows["assigned"].isna() | (rows["assigned"] == rows["assigned"].max())
    drawn, side = rows[latest], rows.loc[latest, "arm"].str.strip()
    side = side.where(~side.str.lower().isin([*ARMS]), side.str.lower())
    won = drawn["deal"].eq("won") & ~(drawn["closed"] > now)
    drawn = drawn.assign(arm=side, reached=drawn["reached"] <= now, lead=drawn["lead"].fillna(False), won=won)
    ours, treated = ~side.isin(_LEFT), drawn["treated"].str.strip().str.lower()
    crossed = treated.notna() & (ours != ~treated.isin(_LEFT))
    marks = {*drawn["draw"].dropna()}
    intact = "unmarked" if not marks else "yes" if marks == {mark_draw(drawn)} else "no"
    arms = drawn.groupby("arm").agg(n=("unit_id", "size"), spent=("cost", "mean"), **{
        name: (name, "sum") for name in ("reached", "lead", "won")})
    found = [{"outcome": name, **_compare(drawn.loc[ours, name], drawn.loc[~ours, name])}
             for name in ("lead", "won") if ours.any() and not ours.all()]
    day = drawn["assigned"].max()
    return Reading(pd.DataFrame(found), arms.reset_index(), {
        "assigned": "" if pd.isna(day) else str(day.date()), "intact": intact, "crossed": int(crossed.sum()),
        "earlier": int((~latest).sum())})


def _compare(ours: pd.Series, theirs: pd.Series) -> dict[str, Any]:
    counts = {"hits": int(ours.sum()), "n": len(ours), "others": int(theirs.sum()), "m": len(theirs)}
    found, once = compare_arms(**counts), compare_arms(**counts, bar=SINGLE)
    return {**counts, **found, "once_low": once["low"], "once_high": once["high"],
            "verdict": "better" if found["low"] > 0 else "worse" if found["high"] < 0 else "open"}
