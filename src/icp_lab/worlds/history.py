"""Draw what happened with each account: deals, money, use, tickets, answers, departures, opinions.

Everything follows from the account's `fit`: money a month (and, weakly, from size), margin, use, satisfaction, staying.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.worlds.company import AS_OF, pick
from icp_lab.worlds.kinds import KINDS
from icp_lab.worlds.words import Words

MONTH = 30.4375
USAGE_MONTHS = 15
PLANS = ("basic", "standard", "premium")
_REASONS = {kind.name: kind.churn for kind in KINDS}
_NEGATIVE_REASONS = {"product": 0.5, "price": 0.42, "support": 0.05, "other": 0.03}


def draw_courses(draft: pd.DataFrame, ids: Sequence[str], rng: np.random.Generator) -> pd.DataFrame:
    """Draw when each customer came and went, what it paid and used.

    Parameters
    ----------
    draft : DataFrame
        The companies, from `company.draw_draft`.
    ids : Sequence of str
        Their account ids, in the same order.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row an account: account_id, status, since, left (None: it stayed), until (the last day that the tables can
        know of), mrr (money a month), cost_share, seats, active (share of them in use), nps (its mood, 0 to 10), reason
        (why it would leave or say no, as a group), plan.

    Examples
    --------
    >>> from icp_lab.worlds.company import draw_draft
    >>> rng = np.random.default_rng(0)
    >>> draft = draw_draft(400, True, rng)
    >>> courses = draw_courses(draft, [f"A{i}" for i in range(400)], rng)
    >>> inside = courses.groupby(draft["profile"])
    >>> inside["mrr"].median().tolist(), inside["left"].count().tolist()  # outside, inside the profile
    ([885.0, 3475.0], [80, 4])
    """
    n, fit, scale = len(draft), draft["fit"].to_numpy(dtype=float), draft["scale"].to_numpy(dtype=float)
    ease = 1 / (1 + np.exp(-(0.55 * fit + rng.normal(0, 0.9, n))))
    months = np.where(rng.random(n) < 0.09, rng.uniform(1, 12, n), 5 + 90 * ease)  # a few came lately
    stay = rng.exponential(1 / (0.0090 * np.exp(-0.85 * fit)))
    mrr = 900 * (scale / 150) ** 0.25 * np.exp(0.45 * fit + rng.normal(0, 0.35, n))
    cost = np.clip(0.42 - 0.07 * fit + rng.normal(0, 0.06, n), 0.08, 0.95)
    active = 1 / (1 + np.exp(-(0.2 + 0.8 * fit + rng.normal(0, 0.5, n))))
    nps = np.clip(np.round(7.0 + 1.05 * fit + rng.normal(0, 1.0, n)), 0, 10)
    plan = np.digitize(0.8 * fit + rng.normal(0, 0.6, n), [0.2, 1.2])
    gone = (draft["status"] == "customer").to_numpy() & (stay >= 3) & (stay < months - 1)
    since = [AS_OF - timedelta(days=round(float(had) * MONTH)) for had in months]
    left = [start + timedelta(days=round(float(stayed) * MONTH)) if went else None
            for start, stayed, went in zip(since, stay, gone, strict=True)]
    return pd.DataFrame({
        "account_id": ids, "status": draft["status"], "since": since, "left": pd.Series(left, dtype="object"),
        "until": [day or AS_OF for day in left], "mrr": [round(float(paid), -1) for paid in mrr], "cost_share": cost,
        "seats": np.ceil(mrr / 40).astype(int), "active": active, "nps": nps, "plan": np.array(PLANS)[plan],
        "reason": [pick(rng, _NEGATIVE_REASONS if bad else _REASONS[kind], 1)[0]
                   for kind, bad in zip(draft["kind"], draft["negative"], strict=True)]})


def _choose(rng: np.random.Generator, options: Sequence[str]) -> str:
    return options[int(rng.integers(len(options)))]


def _days(rng: np.random.Generator, low: int, high: int) -> timedelta:
    return timedelta(days=int(rng.integers(low, high)))


def _customers(courses: pd.DataFrame) -> Iterable[Any]:
    return courses[courses["status"] == "customer"].itertuples()


def _reason_words(group: str, words: Words, rng: np.random.Generator) -> tuple[str | None, str | None]:
    """Say a reason: a code that the form asks for, a sentence that people write more rarely."""
    code = _choose(rng, words.reasons[group]) if rng.random() < 0.88 else None
    return code, _choose(rng, words.texts[group]) if rng.random() < 0.75 or code is None else None


def tell_deals(courses: pd.DataFrame, words: Words, rng: np.random.Generator) -> pd.DataFrame:
    """Tell which opportunities there were.

    Parameters
    ----------
    courses : DataFrame
        The accounts, from `draw_courses`.
    words : Words
        The words of the world's language.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row a deal, as the table `deals` has it: a customer has won one, some lost others, prospects have open ones.

    Examples
    --------
    >>> from icp_lab.worlds.company import draw_draft
    >>> from icp_lab.worlds.words import load_words
    >>> rng = np.random.default_rng(0)
    >>> courses = draw_courses(draw_draft(40, True, rng), [f"A{i}" for i in range(40)], rng)
    >>> deals = tell_deals(courses, load_words("en"), rng)
    >>> int((courses["status"] == "customer").sum()), int((deals["stage"] == "won").sum())
    (24, 24)
    """
    rows: list[tuple[Any, ...]] = []
    course: Any
    for course in courses.itertuples():
        won = course.status == "customer"
        ends: list[tuple[date | None, str]] = [(course.since, "won")] if won else []
        if course.status == "lost" or (won and rng.random() < 0.15):
            ends.append((AS_OF - _days(rng, 20, 1500), "lost"))
        if course.status == "prospect" or rng.random() < 0.06:
            ends.append((None, "open"))
        for closed, stage in ends:
            opened = (closed or AS_OF) - _days(rng, 15, 180)
            code, text = _reason_words(course.reason, words, rng) if stage == "lost" else (None, None)
            amount = round(course.mrr * 12 * float(np.exp(rng.normal(0, 0.15))), -2) * words.money
            rows.append((course.account_id, stage, amount, opened, closed, code or text, _choose(rng, words.owners)))
    frame = pd.DataFrame(rows, columns=["account_id", "stage", "amount", "created", "closed", "loss_reason", "owner"])
    frame.insert(0, "deal_id", [f"D{i + 1:05d}" for i in range(len(frame))])
    return frame


def tell_revenue(courses: pd.DataFrame, words: Words, rng: np.random.Generator) -> pd.DataFrame:
    """Tell what each customer paid.

    Parameters
    ----------
    courses : DataFrame
        The accounts, from `draw_courses`.
    words : Words
        The words of the world's language.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row a contract and price, as the table `revenue` has it: some were upgraded, some paid a fee once, those who
        left have ended theirs.

    Examples
    --------
    >>> from icp_lab.worlds.company import draw_draft
    >>> from icp_lab.worlds.words import load_words
    >>> rng = np.random.default_rng(0)
    >>> courses = draw_courses(draw_draft(40, True, rng), [f"A{i}" for i in range(40)], rng)
    >>> revenue = tell_revenue(courses, load_words("en"), rng)
    >>> revenue["account_id"].nunique(), sorted(revenue["product"].unique())
    (24, ['licence', 'onboarding'])
    """
    rows: list[tuple[str, float, date, date | None, str, bool, bool, float, str]] = []
    for course in _customers(courses):
        account, start, price = course.account_id, course.since, round(course.mrr * words.money, -1)
        length = (course.until - start).days
        if length > 400 and rng.random() < 0.4:
            change = start + _days(rng, 200, length - 100)
            cost = round(price * course.cost_share)
            rows.append((account, price, start, change, "month", True, True, cost, "licence"))
            start, price = change + timedelta(days=1), round(price * float(rng.uniform(1.05, 1.4)), -1)
        ended, cost = course.left is not None, round(price * course.cost_share)
        rows.append((account, price, start, course.left, "month", True, ended, cost, "licence"))
        if rng.random() < 0.35:
            fee = round(course.mrr * float(rng.uniform(1.5, 4)), -2) * words.money
            once = course.since
            rows.append((account, fee, once, once, "once", False, False, round(fee * 0.7), "onboarding"))
    columns = ["account_id", "amount", "date", "end_date", "per", "recurring", "ended", "cost", "product"]
    return pd.DataFrame(rows, columns=columns)


def tell_usage(courses: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Tell how much was used in each of the last 15 months.

    Parameters
    ----------
    courses : DataFrame
        The accounts, from `draw_courses`.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row a customer and month, as the table `usage` has it, from its first whole month to the last one.

    Examples
    --------
    >>> from icp_lab.worlds.company import draw_draft
    >>> rng = np.random.default_rng(0)
    >>> courses = draw_courses(draw_draft(40, True, rng), [f"A{i}" for i in range(40)], rng)
    >>> usage = tell_usage(courses, rng)
    >>> usage["date"].nunique(), str(usage["date"].max()), bool((usage["active_users"] <= usage["seats"]).all())
    (15, '2026-06-01', True)
    """
    firsts = [day.date() for day in pd.date_range(end=AS_OF, periods=USAGE_MONTHS, freq="MS")]
    rows = []
    for course in _customers(courses):
        for first in firsts:
            if course.since <= first <= course.until:
                users = int(rng.binomial(course.seats, course.active))
                rows.append((course.account_id, first, users, course.seats, int(rng.poisson(users * 18))))
    return pd.DataFrame(rows, columns=["account_id", "date", "active_users", "seats", "events"])


def tell_support(courses: pd.DataFrame, words: Words, rng: np.random.Generator) -> pd.DataFrame:
    """Tell which tickets were opened: the ill-fitting ask more, and about what they will leave for.

    Parameters
    ----------
    courses : DataFrame
        The accounts, from `draw_courses`.
    words : Words
        The words of the world's language.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row a ticket, as the table `support` has it.

    Examples
    --------
    >>> from icp_lab.worlds.company import draw_draft
    >>> from icp_lab.worlds.words import load_words
    >>> rng = np.random.default_rng(0)
    >>> courses = draw_courses(draw_draft(40, True, rng), [f"A{i}" for i in range(40)], rng)
    >>> tickets = tell_support(courses, load_words("en"), rng)
    >>> sorted(tickets["category"].unique()), bool((tickets["opened"] <= tickets["closed"]).all())
    (['billing', 'how-to', 'product', 'service'], True)
    """
    rows = []
    for course in _customers(courses):
        for _ticket in range(int(rng.poisson(1.0 + 3.5 * (1 - course.active)))):
            group = course.reason if rng.random() < 0.5 else "other"
            opened = course.until - _days(rng, 1, 700)
            if opened >= course.since:
                closed = min(opened + _days(rng, 0, 12), AS_OF)
                text = _choose(rng, words.tickets[group]).format(n=int(rng.integers(2, 900)))
                priority = pick(rng, {"low": 0.3, "normal": 0.5, "high": 0.2}, 1)[0]
                rows.append((course.account_id, opened, closed, words.codes["category"][group], priority, text))
    frame = pd.DataFrame(rows, columns=["account_id", "opened", "closed", "category", "priority", "text"])
    frame.insert(1, "ticket_id", [f"T{i + 1:05d}" for i in range(len(frame))])
    return frame


def tell_satisfaction(courses: pd.DataFrame, words: Words, rng: np.random.Generator) -> pd.DataFrame:
    """Tell what customers answered when they were asked whether they would recommend us.

    Parameters
    ----------
    courses : DataFrame
        The accounts, from `draw_courses`.
    words : Words
        The words of the world's language.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row an answer, as the table `satisfaction` has it: a score from 0 to 10, at most two a customer.

    Examples
    --------
    >>> from icp_lab.worlds.company import draw_draft
    >>> from icp_lab.worlds.words import load_words
    >>> rng = np.random.default_rng(0)
    >>> courses = draw_courses(draw_draft(40, True, rng), [f"A{i}" for i in range(40)], rng)
    >>> answers = tell_satisfaction(courses, load_words("en"), rng)
    >>> int(answers["account_id"].value_counts().max()), float(answers["score"].max())
    (2, 10.0)
    """
    rows = []
    for course in _customers(courses):
        for back in (60, 425):
            answered = course.until - _days(rng, back - 40, back + 40)
            if answered >= course.since and rng.random() < 0.78:
                score = float(np.clip(course.nps + int(rng.integers(-1, 2)), 0, 10))
                mood = "high" if score >= 9 else "low" if score <= 6 else "middle"
                text = _choose(rng, words.answers[mood]) if rng.random() < 0.3 else None
                rows.append((course.account_id, score, "nps", answered, text))
    return pd.DataFrame(rows, columns=["account_id", "score", "answer_scale", "date", "text"])


def tell_churn(courses: pd.DataFrame, words: Words, rng: np.random.Generator) -> pd.DataFrame:
    """Tell who left, when, and why in their words.

    Parameters
    ----------
    courses : DataFrame
        The accounts, from `draw_courses`.
    words : Words
        The words of the world's language.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row a customer that left, as the table `churn` has it; a reason is a code, a sentence, or both.

    Examples
    --------
    >>> from icp_lab.worlds.company import draw_draft
    >>> from icp_lab.worlds.words import load_words
    >>> rng = np.random.default_rng(0)
    >>> courses = draw_courses(draw_draft(40, True, rng), [f"A{i}" for i in range(40)], rng)
    >>> gone = tell_churn(courses, load_words("en"), rng)
    >>> len(gone), int(courses["left"].count()), bool(gone[["reason", "text"]].notna().any(axis=1).all())
    (9, 9, True)
    """
    rows = [(course.account_id, course.left, *_reason_words(course.reason, words, rng))
            for course in _customers(courses) if course.left]
    return pd.DataFrame(rows, columns=["account_id", "date", "reason", "text"])


def tell_opinions(courses: pd.DataFrame, words: Words, rng: np.random.Generator) -> pd.DataFrame:
    """Tell what colleagues hold of some accounts: sales look at money, customer success at use, and both err at times.

    Parameters
    ----------
    courses : DataFrame
        The accounts, from `draw_courses`.
    words : Words
        The words of the world's language.
    rng : Generator
        Source of random numbers.

    Returns
    -------
    DataFrame
        A row an opinion, as the table `opinions` has it; each team speaks of about 18 % of the customers.

    Examples
    --------
    >>> from icp_lab.worlds.company import draw_draft
    >>> from icp_lab.worlds.words import load_words
    >>> rng = np.random.default_rng(0)
    >>> courses = draw_courses(draw_draft(40, True, rng), [f"A{i}" for i in range(40)], rng)
    >>> sorted(tell_opinions(courses, load_words("en"), rng)["team"].unique())
    ['customer success', 'sales']
    """
    customers, rows = courses[courses["status"] == "customer"], []
    for team, measure in (("sales", "mrr"), ("customer success", "active")):
        place = customers[measure].rank(pct=True).to_numpy() + rng.normal(0, 0.12, len(customers))
        for i in np.flatnonzero(rng.random(len(customers)) < 0.18):
            verdict = "best" if place[i] > 0.93 else "avoid" if place[i] < 0.12 else "good"
            note = _choose(rng, words.notes[verdict]) if rng.random() < 0.6 else None
            rows.append((customers["account_id"].iloc[i], team, verdict, note, _choose(rng, words.owners)))
    return pd.DataFrame(rows, columns=["account_id", "team", "verdict", "note", "author"])
