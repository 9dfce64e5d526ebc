"""Does a rule that was stated beforehand describe the good cases? No search, hence far more power than a search has."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import hypergeom

from icp_lab.methods.evidence import find_icp, plan_cases
from icp_lab.methods.finding import Finding, Verdict
from icp_lab.methods.lift import measure_lift
from icp_lab.methods.result import Shown, adjust_holm
from icp_lab.rule import Hypothesis, Rule

ALPHA, SHUFFLES = 0.05, 1999
# A declared rule whose lift lies below this for certain counts as ruled out; see docs/method.md.
RULED_OUT = 1.5


def test_icp(cases: pd.DataFrame, positive: pd.Series, rule: Rule, *,
             groups: pd.Series | None = None, declared_before: object = None) -> Finding:
    """Test whether a rule that was stated beforehand describes the positive cases.

    Parameters
    ----------
    cases : DataFrame
        A row a case on a unique index, as for `find_icp`; the rule's attributes must be among the columns.
    positive : Series
        Nullable boolean on the same index; unknown ones are left out and counted.
    rule : Rule
        The stated rule.
    groups : Series or None, default None
        Key of cases that belong together, on the same index.
    declared_before : object, default None
        When it was declared. Without it the verdict is at most `tentative`, for the reason `edited`. A date can show
        that a rule came too late, never that it came early enough: where `cases` have dates in a column `time`, a rule
        declared after the last of them is `edited` too; that nobody had looked before is the caller's word.

    Returns
    -------
    Finding
        Of the rule as stated. Cases whose outcome is unknown, or for which the rule is (a missing value), are neither
        inside nor outside: they are left out and counted in `unknown`.

    Notes
    -----
    `p_value`: Fisher's exact test of "more often inside", exact given how many cases are inside and how many positive,
    which is how the best are chosen; with groups of several cases 1,999 shuffles of whole groups among each other.
    `supported` needs p <= 0.05 and a 95 % interval of the lift above 1 (`measure_lift`); where p alone passes, the
    rule is `tentative`. There is no least number of cases: the exact test holds at every n.

    Examples
    --------
    >>> cases = pd.DataFrame({"employees": [10.0] * 40 + [200.0] * 20})
    >>> positive = pd.Series([True] * 4 + [False] * 36 + [True] * 12 + [False] * 8)
    >>> rule = Rule.from_dicts([{"attribute": "employees", "min": 100}])
    >>> test_icp(cases, positive, rule, declared_before="2025").verdict
    'supported'
    """
    answers, inside = positive.reindex(cases.index).astype("boolean"), rule.mask(cases)
    known = sort_ids(cases.index[(answers.notna() & inside.notna()).to_numpy(dtype=bool)])
    y, w = answers.loc[known].astype(bool), inside.loc[known].astype(bool)
    held = (known.to_series() if groups is None else groups.loc[known]).astype("str")
    blank = find_icp(pd.DataFrame(index=known), y, groups=held, permutations=0, bootstraps=0)
    lift = measure_lift(w, y, groups=held)
    covered, hits = int(w.sum()), int((w & y).sum())
    needed_lift, needed = plan_cases(blank.best / max(blank.n, 1), covered / max(blank.n, 1))
    if lift.groups < blank.n:
        p_value = shuffle_groups(w.to_numpy(), y.astype("float64").to_numpy(), pd.factorize(held, sort=True)[0])
    else:
        p_value = float(hypergeom.sf(hits - 1, blank.n, blank.best, covered)) if blank.n else 1.0
    finding = replace(blank, rule=rule, unknown=len(cases) - len(known), covered=covered, covered_best=hits,
                      fitted=lift, lift=lift.lift, lift_low=lift.low, lift_high=lift.high, paper_lift=lift.lift,
                      p_value=p_value, excluded_above=lift.high, needed=needed, needed_lift=needed_lift)
    return _judge(finding, p_value, declared_before is not None and not _came_late(cases, declared_before))


test_icp.__test__ = False  # type: ignore[attr-defined]  # pytest would take the name for a test's


def sort_ids(index: pd.Index) -> pd.Index:
    """Sort cases by their ids as text, so that results do not hang on the order of rows.

    Parameters
    ----------
    index : Index
        The ids, each once.

    Returns
    -------
    Index
        The same ids in order.

    Examples
    --------
    >>> sort_ids(pd.Index([10, 9, 1])).tolist()
    [1, 10, 9]
    """
    return index[np.argsort(index.astype("str"), kind="stable")]


def shuffle_groups(inside: NDArray[np.bool], outcome: NDArray[np.floating[Any]], group: NDArray[Any], seed: int = 0,
                   ) -> float:
    """Tell how often chance puts as much of an outcome inside, when whole groups change places.

    Parameters
    ----------
    inside : ndarray of bool
        Whether each case is inside.
    outcome : ndarray of float
        Its outcome: yes or no as 1 and 0, a rank, a score.
    group : ndarray of int
        The number of its group, from 0.
    seed : int, default 0
        Seed of the shuffles.

    Returns
    -------
    float
        One-sided p: (1 + shuffles that reach as much) / (1 + 1,999) (Phipson and Smyth, 2010).

    Notes
    -----
    The statistic is the sum over groups of the share inside times the outcome above the mean of all cases: where a
    group lies partly inside, what differs within it does not count.

    Examples
    --------
    >>> shuffle_groups(np.arange(20) < 10, (np.arange(20) < 8).astype(float), np.arange(20) // 2) < 0.05
    True
    """
    share = np.bincount(group, inside) / np.bincount(group)
    excess = np.bincount(group, outcome - outcome.mean())
    rng, reached = np.random.default_rng(seed), float((share * excess).sum()) - 1e-9
    as_much = sum(float((share * rng.permutation(excess)).sum()) >= reached for _ in range(SHUFFLES))
    return (1 + as_much) / (1 + SHUFFLES)


def _came_late(cases: pd.DataFrame, declared_before: object) -> bool:
    """Tell whether even the last case had begun when the rule was declared."""
    if "time" not in cases or not pd.api.types.is_datetime64_any_dtype(cases["time"]):
        return False
    return bool(pd.to_datetime(str(declared_before), errors="coerce") > cases["time"].max())


def _judge(finding: Finding, p_value: float, declared: bool) -> Finding:
    """Put the verdict and its reason to a stated rule; `p_value` allows for how many were stated with it."""
    noise, interval = p_value <= ALPHA, finding.lift_low > 1
    alone = finding.p_value <= ALPHA
    verdict: Verdict = "supported" if noise and interval else "tentative" if alone else "unsupported"
    limit = min(RULED_OUT, (1 + finding.n / finding.best) / 2) if finding.best else math.nan
    reason = {"supported": "", "tentative": "too_few",
              "unsupported": "ruled_out" if finding.lift_high <= limit else "too_few"}[verdict]
    if not declared and verdict != "unsupported":
        verdict, reason = "tentative", "edited"
    checks = tuple(name + "-+"[passed] for name, passed in (("noise", noise), ("interval", interval)))
    return replace(finding, verdict=verdict, verdict_reason=(reason,) if reason else (), reasons=checks)


@dataclass(frozen=True)
class HypothesisTests(Shown):
    """What the data say to each of several rules that were declared beforehand.

    Parameters
    ----------
    hypotheses : tuple of Hypothesis
        The rules as declared.
    findings : tuple of Finding
        A finding each, with the verdict after Holm; `p_value` is that of the rule alone.
    p_holm : tuple of float
        The p-values when all of them count as looked at (Holm, 1979).

    Examples
    --------
    >>> test_hypotheses(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]), []).p_holm
    ()
    """

    hypotheses: tuple[Hypothesis, ...]
    findings: tuple[Finding, ...]
    p_holm: tuple[float, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """Give a row a hypothesis, in the order of the file.

        Returns
        -------
        DataFrame
            Who said what when (name, by, date, rule), counts, lift with interval, p_value, p_holm, verdict and reason.

        Examples
        --------
        >>> told = Hypothesis("Sales", Rule.from_dicts([{"attribute": "age", "min": 2}]), date(2025, 1, 1))
        >>> tested = test_hypotheses(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([False, True]), [told])
        >>> tested.frame[["name", "n", "covered_best", "verdict"]].values.tolist()
        [['Sales', 2, 1, 'unsupported']]
        """
        names = ("n", "unknown", "best", "covered", "covered_best", "lift", "lift_low", "lift_high", "p_value")
        rows = [(h.name, h.by, h.date, h.rule.words(), *(getattr(f, name) for name in names), p, f.verdict,
                 ", ".join(f.verdict_reason))
                for h, f, p in zip(self.hypotheses, self.findings, self.p_holm, strict=True)]
        return pd.DataFrame(rows, columns=["name", "by", "date", "rule", *names, "p_holm", "verdict", "reason"])


def test_hypotheses(cases: pd.DataFrame, positive: pd.Series, hypotheses: Sequence[Hypothesis], *,
                    groups: pd.Series | None = None, as_of: date | None = None) -> HypothesisTests:
    """Test which of the rules that people declared beforehand the data support.

    Parameters
    ----------
    cases : DataFrame
        A row a case on a unique index, as for `test_icp`.
    positive : Series
        Nullable boolean on the same index.
    hypotheses : Sequence of Hypothesis
        The rules, each with the day on which it was declared.
    groups : Series or None, default None
        Key of cases that belong together, on the same index.
    as_of : date or None, default None
        The day up to which the data go. A hypothesis of a later day may have been made from them: it is at most
        `tentative`, reason `edited`, until later data test it. It counts among the tries all the same.

    Returns
    -------
    HypothesisTests
        A finding each. One that passes alone but not among so many is `tentative`.

    Notes
    -----
    Each rule is tested as in `test_icp`; the p-values are adjusted step by step (Holm, 1979), so that the chance that
    any rule without merit is called supported is at most 5 %, however many there are and however they overlap.

    Examples
    --------
    >>> cases = pd.DataFrame({"employees": [10.0] * 40 + [200.0] * 20})
    >>> positive = pd.Series([True] * 4 + [False] * 36 + [True] * 12 + [False] * 8)
    >>> told = Hypothesis("Sales", Rule.from_dicts([{"attribute": "employees", "min": 100}]), date(2025, 1, 1))
    >>> test_hypotheses(cases, positive, [told], as_of=date(2026, 1, 1)).frame["verdict"].tolist()
    ['supported']
    """
    tested = [test_icp(cases, positive, h.rule, groups=groups, declared_before=h.date) for h in hypotheses]
    adjusted = adjust_holm(np.array([f.p_value for f in tested])).tolist()
    judged = [_judge(f, p, "edited" not in f.verdict_reason and (as_of is None or h.date <= as_of))
              for h, f, p in zip(hypotheses, tested, adjusted, strict=True)]
    return HypothesisTests(tuple(hypotheses), tuple(judged), tuple(adjusted))


test_hypotheses.__test__ = False  # type: ignore[attr-defined]
