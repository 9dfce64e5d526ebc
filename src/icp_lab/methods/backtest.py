"""Would the definition have been worth anything on later cases that it had never seen, and was its promise kept?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Any

import pandas as pd

from icp_lab.methods.definitions import Definition, read_day
from icp_lab.methods.evidence import ENOUGH, RULED_OUT
from icp_lab.methods.lift import Lift, measure_lift
from icp_lab.methods.profile import Joined, find_profile, join_cases, name_outcome
from icp_lab.methods.result import Shown, bound_difference
from icp_lab.methods.search import search_rules
from icp_lab.methods.settled import settle_window, take_settled
from icp_lab.rule import Criterion, Rule

QUARTER = 3  # months after which a promise is looked at, once the outcomes are settled
_FOLDS = 5
_LOOSER = 3  # looser versions of the definition that are shown at most


@dataclass(frozen=True)
class Backtest(Shown):
    """What definitions were worth on later cases.

    Parameters
    ----------
    frame : DataFrame
        A row a definition: `kind`, `name`, `day`, `seen` (it may have seen the later cases); on the earlier cases
        `then` with `then_low`, `then_high` (the lift; that of the evidence, of a redraft cross-fitted) and
        `then_inside`, the share that came out well inside; on the later ones `lift`, `low`, `high`, `n`, `covered`,
        `covered_positives`, `coverage` (share of cases), `caught` (share of the good ones), `inside` with
        `inside_low`, `inside_high` (the interval of the lift, times the share of all).
    rules : tuple of Rule
        The rules of the definitions, in the order of the rows.
    outcome : str
        The outcome that the cases are about.
    main : int
        The row that the conclusion is about: the first, where it had not seen the later cases. -1: none.
    day : str
        The last day of the earlier cases, as YYYY-MM-DD.
    earlier, later : tuple of 2 int
        Known cases on either side of it, and how many came out well.
    acquainted : int
        Later cases whose account has earlier ones.
    verdict : str
        What the conclusion is: holds (the interval lies above 1), none (more than a little is ruled out), unclear,
        nobody (lies inside), or few (too few cases).
    why : str
        How the forward figure stands to that on random parts: above by `chance`, as the `base` is lower, or as
        something `changed`; else `within` it or `gone`.
    lacking : tuple of str
        Definitions about attributes that the study does not have.

    Examples
    --------
    >>> none = pd.DataFrame(columns=["case_id", "account_id", "outcome", "positive"]).assign(time=pd.to_datetime([]))
    >>> backtest(pd.DataFrame(), none, [], as_of=date(2026, 6, 30)).verdict
    'few'
    """

    frame: pd.DataFrame
    rules: tuple[Rule, ...]
    outcome: str
    main: int
    day: str
    earlier: tuple[int, int]
    later: tuple[int, int]
    acquainted: int
    verdict: str
    why: str
    lacking: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give what the artifact `validation` says of it.

        Returns
        -------
        dict of str to object
            The row that the conclusion is about, where there is one, with `split` (the last day of the earlier cases),
            `verdict`, `why`, and of the later cases `cases` and `positives`.

        Examples
        --------
        >>> none = pd.DataFrame(columns=["case_id", "account_id", "outcome", "positive", "time"])
        >>> none = none.astype({"time": "datetime64[s]"})
        >>> backtest(pd.DataFrame(), none, [], as_of=date(2026, 6, 30)).to_dict()["cases"]
        0
        """
        told: dict[Any, Any] = self.frame.iloc[self.main].to_dict() if self.main >= 0 else {}
        return told | {"split": self.day, "verdict": self.verdict, "why": self.why, "cases": self.later[0],
                       "positives": self.later[1]}


def backtest(  # noqa: PLR0913  (what is known, and how it is parted)
    attributes: pd.DataFrame, cases: pd.DataFrame, definitions: Sequence[Definition], *, as_of: date,
    window_months: int = 12, scores: pd.Series | None = None, share: float = 0.65, split: date | None = None,
    seed: int = 0) -> Backtest:
    """Measure what each definition would have been worth on later cases, beside naive ones and what was expected.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    cases : DataFrame
        Cases of one outcome: case_id, account_id, positive (yes, no, unknown), time, outcome.
    definitions : Sequence of Definition
        What is held against the cases: `list_definitions`.
    as_of : date
        The day up to which the study looks.
    window_months : int, default 12
        Months in which outcomes settle: only cases that began so long before `as_of` count.
    scores : Series or None, default None
        Success by account_id; what is best then goes by age (`take_settled`).
    share : float, default 0.65
        Share of the cases that are the earlier ones, 0 to 1, where no definition is old enough.
    split : date or None, default None
        The last day of the earlier cases; by default the day of the newest definition that leaves enough later ones.
    seed : int, default 0
        Seed of the parts into which the earlier cases are dealt for the random figure.

    Returns
    -------
    Backtest
        A row a definition, those first that had not seen the later cases, and the conclusion about the first.

    Notes
    -----
    Forward validation (Steyerberg and Harrell, 2016). Lifts as in `measure_lift`: the cases of an account belong
    together; the interval on later cases is no narrower than that of the share inside (Wilson, 1927) over that of all.
    The rule is drafted anew on the earlier cases, and its earlier figure is that on parts left out. Where accounts have
    cases on both sides, a rule could tell accounts apart and nothing else: the later figure of the redraft is then that
    of rules drafted without the account in question, in five parts. A looser version is shown where on the earlier
    cases no other both covers more and has more lift.

    Examples
    --------
    >>> firms = pd.DataFrame({"exports": [True, False] * 100}, index=[f"{i:03}" for i in range(200)])
    >>> cases = pd.DataFrame({"case_id": firms.index, "account_id": firms.index, "outcome": "won",
    ...                       "time": pd.date_range("2022-01-02", periods=200, freq="W"),
    ...                       "positive": ["yes", "no", "yes", "no", "no", "yes", "yes", "no"] * 25})
    >>> held = Definition("holds", "1", Rule.from_dicts([{"attribute": "exports", "is": True}]), date(2024, 1, 1))
    >>> found = backtest(firms, cases, [held], as_of=date(2026, 6, 30))
    >>> found.frame.loc[0, ["lift", "n", "covered"]].round(2).tolist(), found.verdict
    ([1.51, 95.0, 47.0], 'holds')
    """
    known = take_settled(cases, as_of, window_months, scores)
    usable = [one for one in definitions if set(one.rule.attributes) <= set(attributes.columns)]
    day = split or _choose_day(known, usable, share)
    late = known["time"] > pd.Timestamp(day)
    earlier, later = (join_cases(attributes, known[side]) for side in (~late, late))
    listed = sorted(usable, key=lambda one: (one.day > day, one.kind == "declared"))
    now, enough = dict[str, Lift](), _is_enough(known[late])
    acquainted = int(known.loc[late, "account_id"].isin(known.loc[~late, "account_id"]).sum())
    if enough and _is_enough(known[~late]):
        drafted = find_profile(attributes, known[~late], permutations=0, bootstraps=0, seed=seed)
        place = sum(one.day <= day and one.kind != "declared" for one in listed)
        listed.insert(place, Definition("drafted", "", drafted.rule, day, drafted.fitted))
        now = {"drafted": _draft_apart(earlier, later)} if acquainted else {}
    main = 0 if enough and listed and listed[0].day <= day else -1
    listed += [*(_loosen(listed[0], earlier) if main == 0 else ()), *_name_biggest(earlier.table, day),
               Definition("all", "", Rule(), day)]
    lifts = [(one.then or earlier.measure_lift(one.rule), now.get(one.kind) or _measure_later(later, one.rule))
             for one in listed]
    frame = pd.DataFrame([_describe(one, *pair, one.day > day) for one, pair in zip(listed, lifts, strict=True)])
    verdict, why = (_judge_lift(lifts[0][1]), _explain(*lifts[0])) if main == 0 else ("few", "")
    return Backtest(frame, tuple(one.rule for one in listed), name_outcome(cases), main, day.isoformat(),
                    _count(earlier), _count(later), acquainted, verdict, why,
                    tuple(one.name or one.kind for one in definitions if one not in usable))


def _is_enough(cases: pd.DataFrame) -> bool:
    good = int(cases["positive"].eq("yes").sum())
    return min(good, len(cases) - good) >= ENOUGH


def _choose_day(known: pd.DataFrame, definitions: Sequence[Definition], share: float) -> date:
    """Choose the day of the newest definition that leaves enough later cases; else the day that parts the cases."""
    for day in sorted({one.day for one in definitions if one.kind in ("holds", "kept")}, reverse=True):
        if _is_enough(known[known["time"] > pd.Timestamp(day)]):
            return day
    return known["time"].iloc[int(share * (len(known) - 1))].date() if len(known) else date.min


def _measure_later(part: Joined, rule: Rule) -> Lift:
    """Measure a lift on later cases; where few lie inside, its interval is no narrower than that of their share."""
    lift = part.measure_lift(rule)
    if not lift.covered or not lift.positives or lift.covered == lift.n:
        return lift
    low, high = (end * lift.n / lift.positives for end in lift.rate_inside_ends)
    return replace(lift, low=min(lift.low, low), high=max(lift.high, high))


def _draft_apart(earlier: Joined, later: Joined) -> Lift:
    """Judge the search on later cases of accounts that it did not see: drafted on earlier cases of other accounts."""
    accounts = [part.table.index.to_series() if part.groups is None else part.groups for part in (earlier, later)]
    fold = {account: place % _FOLDS for place, account in enumerate(sorted(set().union(*accounts)))}
    before, after = (side.map(fold).to_numpy() for side in accounts)
    inside = pd.Series(False, later.table.index, dtype="boolean")
    for each in range(_FOLDS):
        found = search_rules(earlier.table[before != each], earlier.positive[before != each].to_numpy(dtype=bool))
        inside[after == each] = (found or [Rule()])[0].mask(later.table[after == each])
    return measure_lift(inside, later.positive, groups=later.groups)


def _count(part: Joined) -> tuple[int, int]:
    return len(part.table), int(part.positive.sum())


def _loosen(whole: Definition, earlier: Joined) -> list[Definition]:
    """Leave out criteria: those versions that on the earlier cases no other beats in both coverage and lift."""
    criteria, least = whole.rule.criteria, earlier.measure_lift(whole.rule).covered
    found = [(earlier.measure_lift(rule), rule) for size in range(1, len(criteria))
             for rule in map(Rule, combinations(criteria, size))]
    best = [(lift, rule) for lift, rule in found if lift.lift > 1 and lift.covered > least and not any(
        other.lift > lift.lift and other.covered >= lift.covered for other, _rule in found)]
    chosen = sorted(best, key=lambda one: (one[0].covered, one[1].key))[:_LOOSER]
    return [Definition("looser", ", ".join(c.attribute for c in criteria if c not in rule.criteria), rule, whole.day)
            for _lift, rule in chosen]


def _name_biggest(table: pd.DataFrame, day: date) -> list[Definition]:
    """Take the most common industry of the earlier cases: what anybody would name without looking further."""
    return [Definition("biggest", name, Rule((Criterion.one_of("industry", [name]),)), day)
            for name in (table["industry"].dropna().astype(str).mode()[:1] if "industry" in table else ())]


def _describe(one: Definition, then: Lift, now: Lift, seen: bool) -> dict[str, Any]:
    base = now.positives / now.n if now.n else math.nan
    return {"kind": one.kind, "name": one.name, "day": one.day.isoformat(), "seen": seen, "then": then.lift,
            "then_low": then.low, "then_high": then.high, "then_inside": then.rate_inside, "lift": now.lift,
            "low": now.low, "high": now.high, "n": now.n, "covered": int(now.covered),
            "covered_positives": int(now.covered_positives), "coverage": now.covered / max(now.n, 1),
            "caught": now.covered_positives / max(now.positives, 1), "inside": now.rate_inside,
            "inside_low": now.low * base, "inside_high": min(now.high * base, 1.0)}


def _judge_lift(lift: Lift) -> str:
    """Does the lift show anything: holds, none (all but a little is ruled out), unclear, or nobody (is inside)?"""
    if math.isnan(lift.low):
        return "nobody"
    limit = min(RULED_OUT, (1 + lift.n / max(lift.positives, 1)) / 2)
    return "holds" if lift.low > 1 else "none" if lift.high <= limit else "unclear"


def _explain(then: Lift, now: Lift) -> str:
    """Say how the forward figure stands to the random one, and why where it is above it."""
    if not now.lift > then.lift:
        return "gone" if now.high < then.low else "within" if now.covered else ""
    if now.low <= then.high:
        return "chance"
    return "base" if bound_difference(then.positives, then.n, now.positives, now.n)[0] > 0 else "changed"


def make_promise(icp: dict[str, Any], as_of: date, window_months: int) -> dict[str, Any]:
    """Say what a definition promises, and when it is due.

    Parameters
    ----------
    icp : dict of str to object
        The definition in the form of icp.yml: outcome, criteria, and its evidence.
    as_of : date
        The day up to which the study looks.
    window_months : int
        Months in which outcomes other than deals settle.

    Returns
    -------
    dict of str to object
        The key `promise` as it stands in icp.yml: lift_low, lift_high, lift and n of the evidence, and due: a quarter
        after the day of the study, and the months in which outcomes settle. Empty where nothing is claimed.

    Examples
    --------
    >>> evidence = {"lift": 2.0, "lift_low": 1.4, "lift_high": 2.9, "n": 300}
    >>> icp = {"outcome": "won", "criteria": [{"attribute": "exports", "is": True}], "evidence": evidence}
    >>> make_promise(icp, date(2026, 3, 31), 12)["promise"]["due"]
    '2026-09-30'
    """
    evidence = icp.get("evidence") or {}
    figures = {key: evidence.get(key) for key in ("lift_low", "lift_high", "lift", "n")}
    if not icp.get("criteria") or any(one is None or not math.isfinite(one) for one in figures.values()):
        return {}
    months = QUARTER + settle_window(str(icp.get("outcome") or "best"), window_months)
    return {"promise": figures | {"due": (pd.Timestamp(as_of) + pd.DateOffset(months=months)).date().isoformat()}}


def check_promise(  # noqa: PLR0913  (what was promised, and what is known)
    profile: dict[str, Any], attributes: pd.DataFrame, cases: pd.DataFrame, *, as_of: date, window_months: int = 12,
    scores: pd.Series | None = None) -> dict[str, Any]:
    """Check whether the promise was kept by cases that began after the definition was made.

    Parameters
    ----------
    profile : dict of str to object
        The definition that holds, in the form of icp.yml; without `promise` and `as_of` nothing was promised.
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    cases : DataFrame
        Cases of one outcome: case_id, account_id, positive (yes, no, unknown), time, outcome.
    as_of : date
        The day up to which the study looks.
    window_months : int, default 12
        Months in which outcomes settle.
    scores : Series or None, default None
        Success by account_id, as for `backtest`.

    Returns
    -------
    dict of str to object
        The `state`: none (nothing was promised), early (before the day on which it is due), kept (the interval of the
        later lift lies above 1 and reaches what was promised), broken (it ends below that), or open (it cannot be
        told). `version`, `since` (the day up to which the definition had seen data), and of the later cases `n`,
        `positives`, `covered`, `covered_positives`, `lift`, `low`, `high`; with the `promise` as it stands in icp.yml.

    Notes
    -----
    Only cases that began after `since` count, as in `backtest`: the lift with accounts as groups, its interval no
    narrower than that of the share inside. With fewer than ten good or ten other cases it is open.

    Examples
    --------
    >>> check_promise({"version": "2"}, pd.DataFrame(), pd.DataFrame(), as_of=date(2026, 6, 30))["state"]
    'none'
    """
    promise, rule, day = profile.get("promise") or {}, Rule.from_profile(profile), read_day(profile, as_of)
    told = {"state": "none", "promise": promise, "version": str(profile.get("version") or ""), "since": day}
    if not promise.get("due") or not promise.get("lift_low") or not set(rule.attributes) <= set(attributes.columns):
        return told
    known = take_settled(cases, as_of, window_months, scores)
    lift = _measure_later(join_cases(attributes, known[known["time"] > pd.Timestamp(day)]), rule)
    early = as_of.isoformat() < str(promise["due"])[:10]
    return told | vars(lift) | {"state": "early" if early else _settle(lift, float(promise["lift_low"]))}


def _settle(lift: Lift, promised_low: float) -> str:
    if min(lift.positives, lift.n - lift.positives) < ENOUGH or math.isnan(lift.low):
        return "open"
    return "broken" if lift.high < max(promised_low, 1.0) else "kept" if lift.low > 1 else "open"
