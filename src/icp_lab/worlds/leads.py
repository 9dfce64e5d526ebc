"""Draw the leads of a synthetic company: who they are, what touched them, which became opportunities, a pilot."""

from typing import Any

import numpy as np
import pandas as pd

from icp_lab.locale.declared import read_declared
from icp_lab.worlds.company import AS_OF, build_accounts, draw_draft, forget, pick
from icp_lab.worlds.words import Words

DECLARED: dict[str, Any] = read_declared("icp_lab.worlds", "leads.toml")
_COURSE, _PILOT, _FEEDBACK = DECLARED["course"], DECLARED["pilot"], DECLARED["feedback"]
_START, _NEVER = _COURSE["days"] - _PILOT["days"], 10 * _COURSE["days"]
_KNOWN = ["domain", "industry", "employees", "annual_revenue", "country", "region", "founded_year", "tech_stack"]


def _run_course(fit: np.ndarray, signal: bool, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Let time pass: touches warm leads up, fitting and warm ones convert, a pilot helps half of those then open.

    A row a lead: the days on which it arrived, was reached in the pilot and converted (`_NEVER`: it was not), and
    whether it is in the arm that is helped; beside it the touches as (day, lead).
    """
    n, fade, times = len(fit), 0.5 ** (1 / _COURSE["half_life"]), np.log(_PILOT["times"])
    arrived, helped = rng.integers(0, _COURSE["days"], n), rng.permutation(n) % 2 == 1
    reached = np.where(rng.random(n) < _PILOT["reached"], _START + rng.integers(1, 15, n), _NEVER)
    busy, warmth = _COURSE["touches"] * np.exp(rng.normal(0, _COURSE["busy"], n)), np.zeros(n)
    converted, touches = np.full(n, _NEVER), []
    for day in range(_COURSE["days"]):
        here = (arrived <= day) & (converted == _NEVER)
        touched = here & (rng.random(n) < busy)
        push = helped & (arrived <= _START) & (reached <= day) & (day < _START + _PILOT["window"])
        drive = _COURSE["fit"] * fit + _COURSE["touch"] * np.minimum(warmth, _COURSE["cap"]) + times * push
        touches += [(day, lead) for lead in np.flatnonzero(touched)]
        chance = _COURSE["base"] * np.exp(drive) if signal else _COURSE["null"]
        converted[here & (rng.random(n) < chance)] = day
        warmth = (warmth + touched) * fade  # a touch works from the next day on
    course = {"arrived": arrived, "reached": reached, "converted": converted, "helped": helped}
    return pd.DataFrame(course), np.array(touches)


def _date(days: Any) -> pd.Series:
    """Give the dates of days; none for what did not happen."""
    first = pd.Timestamp(AS_OF) - pd.Timedelta(days=_COURSE["days"])
    return pd.Series(first + pd.to_timedelta(days, unit="D")).where(days < _COURSE["days"])


def _tell_pilot(course: pd.DataFrame, words: Words, rng: np.random.Generator) -> pd.DataFrame:
    """What came of the leads that were open when the pilot began, whichever arm they were drawn into?"""
    n, lead = len(course), course["converted"] < _START + _PILOT["window"]
    fate = pick(rng, {"won": _PILOT["won"], "lost": _PILOT["lost"], "open": 1 - _PILOT["won"] - _PILOT["lost"]}, n)
    closed = (course["converted"] + rng.integers(10, 35, n)).where(lead & (fate != "open"), _NEVER)
    frame = pd.DataFrame({
        "unit_id": course["lead_id"], "arm": np.where(course["helped"], "pilot", "control"),
        "assigned": _date(np.full(n, _START)), "reached": _date(course["reached"]), "lead": lead,
        "deal": pd.Series(fate).where(closed < _COURSE["days"], "open").where(lead), "closed": _date(closed),
        "amount": pd.Series(np.round(np.exp(rng.normal(9.5, 0.5, n)), -2) * words.money).where(lead),
        "cost": np.where(course["helped"], _PILOT["cost"]["pilot"], _PILOT["cost"]["control"]) * words.money})
    return frame.iloc[np.flatnonzero((course["arrived"] <= _START) & (course["converted"] > _START))]


def tell_leads(accounts: pd.DataFrame, draft: pd.DataFrame, words: Words, signal: bool,
               rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Tell who came to us lately, and what became of them.

    Parameters
    ----------
    accounts : DataFrame
        The accounts as the CRM holds them, from `company.build_accounts`: a few leads are prospects among them.
    draft : DataFrame
        The same companies as they are, in the same order, from `company.draw_draft`.
    words : Words
        The words of the world's language.
    signal : bool
        False for a null world: nothing but chance makes a lead convert.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    tuple of 2 dict
        The tables leads, engagement, pilot and reference, by name; and what is planted in them: `leads`, `course` and
        `pilot`, as `make_company` says.

    Examples
    --------
    >>> from icp_lab.worlds.words import load_words
    >>> rng, words = np.random.default_rng(0), load_words("en")
    >>> draft = draw_draft(40, True, rng)
    >>> tables, planted = tell_leads(build_accounts(draft, words, rng), draft, words, True, rng)
    >>> list(tables), len(tables["leads"]), planted["pilot"]["times"]
    (['leads', 'engagement', 'pilot', 'reference'], 27, 3.5)
    """
    n = round(DECLARED["share"] * len(accounts))
    prospects = draft.index[draft["status"] == "prospect"]
    ours = rng.choice(prospects, min(round(DECLARED["known"] * n), len(prospects)), replace=False)
    fresh = draw_draft(n - len(ours), signal, rng)
    drawn = pd.concat([draft.loc[ours], fresh.set_axis(np.full(len(fresh), -1))]).sample(frac=1, random_state=rng)
    known, drawn = accounts.reindex(drawn.index).reset_index(drop=True), drawn.reset_index(drop=True)
    whole = build_accounts(drawn, Words(**vars(words) | {"start": words.newcomers}), rng, {})
    ids = pd.Series([f"L{i + 1:04d}" for i in range(n)], name="lead_id")
    whole = whole.drop(columns=["account_id", "sold_via", "owner"]).rename(columns={"name": "company"}).assign(
        company=known["name"].fillna(whole["name"]), domain=known["domain"].fillna(ids.str.lower() + ".example"))
    course, touched = _run_course(drawn["fit"].to_numpy(dtype=float), signal, rng)
    days, who = touched.T
    status = (course["converted"] < _NEVER).map({True: words.statuses["converted"], False: words.statuses["working"]})
    leads = forget(whole, DECLARED["gaps"], rng).assign(
        title=rng.choice(np.concatenate([*words.titles.values()]), n), status=status, created=_date(course["arrived"]),
        converted=_date(course["converted"]), account_id=known["account_id"].where(rng.random(n) < 0.5))
    channel = pick(rng, {name: chance for name, (_kind, chance) in DECLARED["channels"].items()}, len(days))
    touches = {"date": _date(days), "kind": [DECLARED["channels"][name][0] for name in channel],
               "lead_id": ids.to_numpy()[who], "channel": channel,
               "content": [rng.choice(words.contents[name]) for name in channel]}
    gaps = leads[_KNOWN].isna().any(axis=1) & (rng.random(n) < DECLARED["reference"])
    tables = {"leads": pd.concat([ids, leads], axis=1), "engagement": pd.DataFrame(touches),
              "pilot": _tell_pilot(course.assign(lead_id=ids), words, rng), "reference": whole.loc[gaps, _KNOWN]}
    return tables, {
        "leads": {"fit": drawn["fit"].round(2).set_axis(ids).to_dict(),
                  "inside": list(ids[drawn["profile"].astype(bool)]) if signal else None,
                  "known": known["account_id"].set_axis(ids).dropna().to_dict()},
        "course": {name: _COURSE[name] for name in ("fit", "touch", "cap", "half_life")} if signal else None,
        "pilot": {"times": _PILOT["times"] if signal else 1, "reached": _PILOT["reached"], "window": _PILOT["window"]}}


def tell_triggers(deals: pd.DataFrame, leads: pd.DataFrame, words: Words, signal: bool,
                  rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, list[float]]]:
    """Tell what happened at companies in the weeks before they looked, and before which share of won and of lost deals.

    Parameters
    ----------
    deals : DataFrame
        The table `deals`.
    leads : DataFrame
        The table `leads`: what happens before these comes as often as before open deals.
    words : Words
        The words of the world's language.
    signal : bool
        False for a null world: alike before won and lost deals.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    tuple of DataFrame and dict
        The table `triggers`, by day; and {kind: [share of won, of lost deals that it precedes]}.

    Examples
    --------
    >>> from icp_lab.worlds.words import load_words
    >>> deals = pd.DataFrame({"account_id": "A01", "stage": ["won"] * 100, "created": "2026-03-31"})
    >>> leads = pd.DataFrame({"lead_id": ["L01"], "created": ["2026-03-31"]})
    >>> events, planted = tell_triggers(deals, leads, load_words("en"), True, np.random.default_rng(0))
    >>> planted["new head of sales"], bool((events["date"] < "2026-03-31").all())
    ([0.2, 0.06], True)
    """
    notes = {told["kind"]: told["notes"] for told in words.triggers.values()}
    planted = {words.triggers[code]["kind"]: [*shares] if signal else [sum(shares) / 2] * 2
               for code, shares in DECLARED["triggers"].items()}
    ways = pd.DataFrame([(kind, *shares, sum(shares) / 2) for kind, shares in planted.items()],
                        columns=["kind", "won", "lost", "open"]).melt("kind", var_name="stage", value_name="share")
    begun = pd.concat([deals[["account_id", "stage", "created"]], leads[["lead_id", "created"]].assign(stage="open")])
    hit = begun.merge(ways, on="stage")[lambda each: rng.random(len(each)) < each["share"]]
    before = pd.to_timedelta(rng.integers(1, 60, len(hit)), unit="D")
    frame = hit.assign(date=pd.to_datetime(hit["created"]) - before, source=rng.choice(words.sources, len(hit)),
                       note=[rng.choice(notes[kind]) for kind in hit["kind"]]).sort_values(["date", "kind"])
    return frame.drop(columns=["stage", "created", "share"]).reset_index(drop=True), planted


def tell_feedback(pool: pd.DataFrame, inside: list[str], words: Words, signal: bool,
                  rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, float]]:
    """Tell what colleagues in sales report of companies, and how much of it is wrong.

    Parameters
    ----------
    pool : DataFrame
        Who may be reported on: `account_id` of each account, `lead_id` of each lead.
    inside : list of str
        Ids of those that truly lie inside the profile; they are reported on four times as often.
    words : Words
        The words of the world's language.
    signal : bool
        False for a null world: half of the reports are wrong.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    tuple of DataFrame and dict
        The table `feedback`; and {errors: share of wrong reports}.

    Examples
    --------
    >>> from icp_lab.worlds.words import load_words
    >>> pool = pd.DataFrame({"account_id": [f"A{i}" for i in range(200)], "lead_id": None})
    >>> told, planted = tell_feedback(pool, ["A7"], load_words("en"), True, np.random.default_rng(0))
    >>> len(told), planted
    (20, {'errors': 0.15})
    """
    fits, errors = pool["account_id"].fillna(pool["lead_id"]).isin(inside), _FEEDBACK["errors"] if signal else 0.5
    n = round(_FEEDBACK["share"] * pool["account_id"].count())
    asked = pool.assign(agrees=fits).sample(n, weights=np.where(fits, 4, 1), random_state=rng).reset_index(drop=True)
    asked["agrees"] ^= rng.random(n) < errors
    said = [rng.choice(words.feedback["agree" if agreed else "differ"]) for agreed in asked["agrees"]]
    date = pd.Timestamp(AS_OF) - pd.to_timedelta(rng.integers(1, 180, n), unit="D")
    told = asked.assign(date=date, author=rng.choice(words.owners, n))
    return told.join(pd.DataFrame(said, columns=["reason", "note"]).replace("", None)), {"errors": errors}
