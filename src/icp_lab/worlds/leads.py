"""Draw the leads of a synthetic company: who they are, what touched them, which became opportunities, a pilot."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.locale.declared import read_declared
from icp_lab.worlds.company import AS_OF, build_accounts, draw_draft, forget, pick
from icp_lab.worlds.words import Words

DECLARED: dict[str, Any] = read_declared("icp_lab.worlds", "leads.toml")
_COURSE, _PILOT = DECLARED["course"], DECLARED["pilot"]

_FIRST = pd.Timestamp(AS_OF) - pd.Timedelta(days=_COURSE["days"])
_START, _NEVER = _COURSE["days"] - _PILOT["days"], 10 * _COURSE["days"]
_KNOWN = ["domain", "industry", "employees", "annual_revenue", "country", "region", "founded_year", "tech_stack"]
_Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class _Course:
    """What became of the leads: days since the first one, `_NEVER` for what did not happen; touches as (day, lead)."""

    arrived: np.ndarray
    converted: np.ndarray
    touches: np.ndarray
    treated: np.ndarray
    reached: np.ndarray


def _run_course(fit: np.ndarray, signal: bool, rng: np.random.Generator) -> _Course:
    """Let time pass: touches warm leads up, fitting and warm ones convert, a pilot helps half of those then open."""
    n, fade, times = len(fit), 0.5 ** (1 / _COURSE["half_life"]), np.log(_PILOT["times"])
    arrived, treated = rng.integers(0, _COURSE["days"], n), rng.permutation(n) % 2 == 1
    reached = np.where(rng.random(n) < _PILOT["reached"], _START + rng.integers(1, 15, n), _NEVER)
    busy, warmth = _COURSE["touches"] * np.exp(rng.normal(0, _COURSE["busy"], n)), np.zeros(n)
    converted, touches = np.full(n, _NEVER), []
    for day in range(_COURSE["days"]):
        here = (arrived <= day) & (converted == _NEVER)
        touched = here & (rng.random(n) < busy)
        warmth = warmth * fade + touched
        helped = treated & (arrived <= _START) & (reached <= day) & (day < _START + _PILOT["window"])
        drive = _COURSE["fit"] * fit + _COURSE["touch"] * np.minimum(warmth, _COURSE["cap"]) + times * helped
        chance = _COURSE["base"] * np.exp(drive) if signal else _COURSE["null"]
        touches.append(np.column_stack([np.full(touched.sum(), day), np.flatnonzero(touched)]))
        converted[here & (rng.random(n) < chance)] = day
    return _Course(arrived, converted, np.concatenate(touches), treated, reached)


def _date(days: np.ndarray) -> pd.Series:
    """Give the dates of days; none for what did not happen."""
    return pd.Series(_FIRST + pd.to_timedelta(days, unit="D")).where(days < _COURSE["days"])


def _tell_pilot(course: _Course, ids: pd.Series, words: Words, rng: np.random.Generator) -> pd.DataFrame:
    """What came of the leads that were open when the pilot began, whichever arm they were drawn into?"""
    n, lead = len(ids), course.converted < _START + _PILOT["window"]
    fate = pick(rng, {"won": _PILOT["won"], "lost": _PILOT["lost"], "open": 1 - _PILOT["won"] - _PILOT["lost"]}, n)
    closed = np.where(lead & (fate != "open"), course.converted + rng.integers(10, 35, n), _NEVER)
    open_then = (course.arrived <= _START) & (course.converted > _START)
    frame = pd.DataFrame({
        "unit_id": ids, "arm": np.where(course.treated, "pilot", "control"),
        "assigned": _date(np.full(n, _START)), "reached": _date(course.reached), "lead": lead,
        "deal": pd.Series(np.where(closed < _COURSE["days"], fate, "open"), dtype="object").where(lead),
        "closed": _date(closed),
        "amount": pd.Series(np.round(np.exp(rng.normal(9.5, 0.5, n)), -2) * words.money).where(lead),
        "cost": np.where(course.treated, *(_PILOT["cost"][arm] for arm in ("pilot", "control"))) * words.money})
    return frame.iloc[np.flatnonzero(open_then)].reset_index(drop=True)


def _tell_touches(course: _Course, ids: pd.Series, words: Words, rng: np.random.Generator) -> pd.DataFrame:
    """When and where did leads hear from us?"""
    days, who = course.touches.T
    channel = pick(rng, {name: chance for name, (_kind, chance) in DECLARED["channels"].items()}, len(days))
    content = [rng.choice(words.contents[name]) for name in channel]
    return pd.DataFrame({"date": _date(days), "kind": [DECLARED["channels"][name][0] for name in channel],
                         "lead_id": ids.to_numpy()[who], "channel": channel, "content": content})


def tell_leads(
    accounts: pd.DataFrame, draft: pd.DataFrame, words: Words, signal: bool, rng: np.random.Generator,
) -> tuple[_Tables, dict[str, Any]]:
    """Who came to us lately, and what became of them? Leads, engagement, pilot, reference; and what is planted."""
    n = round(DECLARED["share"] * len(accounts))
    prospects = draft.index[draft["status"] == "prospect"]
    ours = rng.choice(prospects, min(round(DECLARED["known"] * n), len(prospects)), replace=False)
    fresh = draw_draft(n - len(ours), signal, rng)
    drawn = pd.concat([draft.loc[ours], fresh.set_axis(np.full(len(fresh), -1))]).sample(frac=1, random_state=rng)
    known, drawn = accounts.reindex(drawn.index).reset_index(drop=True), drawn.reset_index(drop=True)
    whole = build_accounts(drawn, Words(**vars(words) | {"start": words.newcomers}), rng, {})
    whole["account_id"] = ids = pd.Series([f"L{i + 1:04d}" for i in range(n)])
    whole["domain"] = known["domain"].fillna(ids.str.lower() + ".example")
    course = _run_course(drawn["fit"].to_numpy(dtype=float), signal, rng)
    told = forget(whole.drop(columns=["sold_via", "owner"]), DECLARED["gaps"], rng)
    leads = told.rename(columns={"account_id": "lead_id", "name": "company"}).assign(
        company=known["name"].fillna(whole["name"]), title=rng.choice(np.concatenate([*words.titles.values()]), n),
        status=np.where(course.converted < _NEVER, words.statuses["converted"], np.where(
            np.isin(np.arange(n), course.touches[:, 1]), words.statuses["working"], words.statuses["new"])),
        created=_date(course.arrived), converted=_date(course.converted),
        account_id=known["account_id"].where(rng.random(n) < 0.5))
    gaps = leads[_KNOWN].isna().any(axis=1) & (rng.random(n) < DECLARED["reference"])
    tables = {"leads": leads, "engagement": _tell_touches(course, ids, words, rng),
              "pilot": _tell_pilot(course, ids, words, rng), "reference": whole.loc[gaps, _KNOWN]}
    return tables, {
        "leads": {"fit": dict(zip(ids, drawn["fit"].round(2), strict=True)),
                  "inside": list(ids[drawn["profile"].astype(bool)]) if signal else None,
                  "known": dict(zip(ids[known["name"].notna()], known["account_id"].dropna(), strict=True))},
        "course": {name: _COURSE[name] for name in ("fit", "touch", "cap", "half_life")} if signal else None,
        "pilot": {"times": _PILOT["times"] if signal else 1, "reached": _PILOT["reached"], "window": _PILOT["window"]}}


def tell_triggers(deals: pd.DataFrame, leads: pd.DataFrame, words: Words, signal: bool,
                  rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, Any]]:
    """What happened at companies in the weeks before they looked, and how much more often where we won?"""
    begun = pd.concat([deals[["account_id", "stage", "created"]], leads[["lead_id", "created"]]], ignore_index=True)
    parts, planted = [], {}
    for code, (won, lost) in DECLARED["triggers"].items():
        kind, notes = words.triggers[code]["kind"], words.triggers[code]["notes"]
        shares = {"won": won, "lost": lost} if signal else {}
        planted[kind] = [shares.get(stage, (won + lost) / 2) for stage in ("won", "lost")]
        hit = begun[rng.random(len(begun)) < begun["stage"].map(shares).fillna((won + lost) / 2)]
        before = pd.to_timedelta(rng.integers(1, 60, len(hit)), unit="D")
        parts.append(hit.assign(date=pd.to_datetime(hit["created"]) - before, kind=kind,
                                note=rng.choice(notes, len(hit)), source=rng.choice(words.sources, len(hit))))
    frame = pd.concat(parts).sort_values(["date", "kind"], ignore_index=True)
    return frame[["date", "kind", "account_id", "lead_id", "source", "note"]], planted


def share_errors(signal: bool) -> float:
    """Which share of what sales reports is wrong? Without signal half: nobody knows anything."""
    return float(DECLARED["feedback"]["errors"]) if signal else 0.5


def tell_feedback(pool: pd.DataFrame, inside: set[str] | None, words: Words, rng: np.random.Generator) -> pd.DataFrame:
    """What do colleagues in sales report of companies? `pool` has account_id or lead_id; None inside: no relation."""
    fits = pool["account_id"].fillna(pool["lead_id"]).isin(inside or set())
    n = round(DECLARED["feedback"]["share"] * pool["account_id"].count())
    asked = pool.assign(agrees=fits).sample(n, weights=np.where(fits, 4, 1), random_state=rng).reset_index(drop=True)
    agrees = asked["agrees"] ^ (rng.random(n) < share_errors(inside is not None))
    said = [rng.choice(words.feedback["agree" if agreed else "differ"]) for agreed in agrees]
    date = pd.Timestamp(AS_OF) - pd.to_timedelta(rng.integers(1, 180, n), unit="D")
    told = asked.assign(date=date, agrees=agrees, author=rng.choice(words.owners, n))
    return told.join(pd.DataFrame(said, columns=["reason", "note"]).replace("", None))
