"""Few customers: the success score itself says more than its cut at the top share, and every account can be shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from icp_lab.methods import effects, profile
from icp_lab.methods.declared import shuffle_groups, sort_ids
from icp_lab.methods.result import Floats, Shown, adjust_holm
from icp_lab.rule import Criterion, Hypothesis, Rule

# Below the first, the score is tested beside its cut; below the second, the matrix shows every account.
FEW, VERY_FEW = 150, 80
QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class ScoreTest(Shown):
    """Tell whether accounts inside a declared rule succeed more.

    Parameters
    ----------
    rule : Rule
        As declared.
    n, covered, unknown : int
        Accounts with a score and an answer, those inside, and those left out because either is missing.
    above, low, high : float
        How often an account inside has the higher score of a pair (one inside, one outside; ties count half), 0 to 1,
        and its 95 % interval; NaN with fewer than two on either side.
    p_value : float
        Chance of as much inside where the rule means nothing; one-sided.

    Examples
    --------
    >>> cases = pd.DataFrame({"employees": [10.0] * 20 + [200.0] * 10})
    >>> found = test_score(cases, pd.Series(range(30)), Rule((Criterion.between("employees", 100, None),)))
    >>> found.n, found.covered, found.unknown
    (30, 10, 0)
    """

    rule: Rule
    n: int
    covered: int
    unknown: int
    above: float
    low: float
    high: float
    p_value: float

    @property
    def frame(self) -> pd.DataFrame:
        """Give one row: the rule, its counts, the share of pairs with its interval, and p.

        Examples
        --------
        >>> cases = pd.DataFrame({"employees": [10.0] * 20 + [200.0] * 10})
        >>> found = test_score(cases, pd.Series(range(30)), Rule((Criterion.between("employees", 100, None),)))
        >>> found.frame[["n", "covered", "above"]].values.tolist()
        [[30.0, 10.0, 1.0]]
        """
        return pd.DataFrame([vars(self) | {"rule": self.rule.words()}])


def test_score(cases: pd.DataFrame, score: pd.Series, rule: Rule, *, groups: pd.Series | None = None) -> ScoreTest:
    """Find out whether accounts inside a declared rule succeed more than those outside.

    Parameters
    ----------
    cases : DataFrame
        A row an account on a unique index, with the rule's attributes.
    score : Series
        Success on the same index, any unit, higher is better; accounts without one are left out and counted.
    rule : Rule
        Stated beforehand. Accounts for which it is unknown are left out and counted.
    groups : Series or None, default None
        Key of accounts that belong together: these change places as a whole.

    Returns
    -------
    ScoreTest
        How often an account inside has the higher score, with its interval and p.

    Notes
    -----
    The rank-sum statistic of Wilcoxon and Mann-Whitney (1947), its p by 1,999 shuffles, so that ties and groups need
    no approximation. Share of pairs: (1 + Cliff's delta) / 2, interval of Feng and Cliff (2004), which takes accounts
    as independent. A cut at the top share throws away who came close: see docs/method.md for the power this gains.

    Examples
    --------
    >>> cases = pd.DataFrame({"employees": [10.0] * 20 + [200.0] * 10})
    >>> rule = Rule((Criterion.between("employees", 100, None),))
    >>> found = test_score(cases, pd.Series(range(30)), rule)
    >>> found.above, found.p_value < 0.01
    (1.0, True)
    """
    inside, value = rule.mask(cases), score.reindex(cases.index).astype("float64")
    known = sort_ids(cases.index[(inside.notna() & value.notna()).to_numpy(dtype=bool)])
    w, x = inside.loc[known].to_numpy(dtype=bool), value.loc[known].to_numpy(dtype=np.float64)
    held = pd.factorize((known.to_series() if groups is None else groups.loc[known]).astype("str"), sort=True)[0]
    above, low, high = (math.nan,) * 3
    if min(w.sum(), (~w).sum()) >= 2:
        above, low, high = ((1 + side) / 2 for side in effects.estimate_delta(x[w], x[~w]))
    p_value = shuffle_groups(w, pd.Series(x).rank().to_numpy(), held) if len(known) else 1.0
    return ScoreTest(rule, len(known), int(w.sum()), len(cases) - len(known), above, low, high, p_value)


test_score.__test__ = False  # type: ignore[attr-defined]  # pytest would take the name for a test's


@dataclass(frozen=True)
class ScoreScan(Shown):
    """Tell which single criterion goes with success, when all that were looked at are counted.

    Parameters
    ----------
    rules : tuple of Rule
        A criterion each, the strongest first.
    figures : DataFrame
        A row a criterion: `covered` (accounts inside), `unknown` (without a value), `strength` (standardised
        difference of the ranks inside and outside), `p_value` (chance that the best of all criteria is as strong).
    n : int
        Accounts with a score.

    Examples
    --------
    >>> scan_scores(pd.DataFrame({"employees": np.arange(40.0)}), pd.Series(range(40)), permutations=99).n
    40
    """

    rules: tuple[Rule, ...]
    figures: pd.DataFrame
    n: int

    @property
    def frame(self) -> pd.DataFrame:
        """Give a row a criterion, in words, the strongest first.

        Examples
        --------
        >>> scan = scan_scores(pd.DataFrame({"employees": np.arange(40.0)}), pd.Series(range(40)), permutations=99)
        >>> scan.frame.loc[0, "rule"], scan.frame.loc[0, "covered"].item()
        ('employees at least 20', 20)
        """
        return self.figures.assign(rule=[rule.words() for rule in self.rules])


def scan_scores(cases: pd.DataFrame, score: pd.Series, *, least: int = 5, permutations: int = 999,
                seed: int = 0) -> ScoreScan:
    """Find the single criteria that go with success, and whether chance would find as strong a one among as many.

    Parameters
    ----------
    cases : DataFrame
        A row an account on a unique index, a column a candidate: numbers, text, booleans, or tuples of text.
    score : Series
        Success on the same index, higher is better; accounts without one are left out.
    least : int, default 5
        Fewest accounts inside a criterion, and outside it.
    permutations : int, default 999
        Shuffles of the scores, 1 or more.
    seed : int, default 0
        Start of the random numbers of the shuffles.

    Returns
    -------
    ScoreScan
        Every category, member of a list, yes and no, and either side of each quartile.

    Notes
    -----
    Each criterion's strength is the difference of mean ranks inside and outside, in standard deviations of that
    difference under shuffling; p by the maximum over all criteria (Westfall and Young, 1993), which holds for all of
    them together however alike they are.

    Examples
    --------
    >>> cases = pd.DataFrame({"employees": np.arange(40.0), "exports": [True, False] * 20})
    >>> scan_scores(cases, pd.Series(range(40))).frame["p_value"].min().item()
    0.001
    """
    value = score.reindex(cases.index).astype("float64").dropna()
    value = value.loc[sort_ids(value.index)]
    rules, sides = _weigh_criteria(cases.loc[value.index], least)
    ranks = _standardise(value.rank().to_numpy(dtype=np.float64))
    strength = sides @ ranks
    rng = np.random.default_rng(seed)
    tops = np.array([(sides @ rng.permutation(ranks)).max(initial=-math.inf) for _ in range(permutations)])
    order = sorted(range(len(rules)), key=lambda i: (-round(float(strength[i]), 9), rules[i].key))
    figures = pd.DataFrame({"covered": (sides > 0).sum(axis=1), "unknown": (sides == 0).sum(axis=1),
                            "strength": strength,
                            "p_value": [(1 + (tops >= one - 1e-9).sum()) / (1 + permutations) for one in strength]})
    return ScoreScan(tuple(rules[i] for i in order), figures.iloc[order].reset_index(drop=True), len(value))


@dataclass(frozen=True)
class CaseMatrix(Shown):
    """Show what every account looks like, the best first, so that people can check a rule by eye.

    Parameters
    ----------
    frame : DataFrame
        A row an account, the best first, a column an attribute: those of the rule, then the others, those that go
        with the outcome most strongly first.
    met : DataFrame
        On the same rows, a column an attribute of the rule: True where what the rule says of it is met, missing where
        unknown.
    marks : DataFrame
        On the same rows: `outcome`, and `inside` (the rule as a whole); yes, no or missing.

    Examples
    --------
    >>> cases = pd.DataFrame({"age": [3.0, 9.0], "employees": [10.0, None]}, index=["A", "B"])
    >>> matrix = arrange_cases(cases, pd.Series([False, True], cases.index), Rule())
    >>> matrix.marks["outcome"].to_dict()
    {'B': True, 'A': False}
    """

    frame: pd.DataFrame
    met: pd.DataFrame
    marks: pd.DataFrame


def arrange_cases(cases: pd.DataFrame, positive: pd.Series, rule: Rule, *,
                  score: pd.Series | None = None) -> CaseMatrix:
    """Lay out what every account looks like, the best first.

    Parameters
    ----------
    cases : DataFrame
        A row an account on a unique index, a column a candidate attribute.
    positive : Series
        Nullable boolean on the same index; accounts of unknown outcome stand between the good and the others.
    rule : Rule
        The rule to be checked.
    score : Series or None, default None
        Success on the same index: the order within good, unknown and other; None where nothing tells it.

    Returns
    -------
    CaseMatrix
        Attributes, what of the rule is met, and outcome, on the same rows.

    Examples
    --------
    >>> cases = pd.DataFrame({"age": [3.0, 9.0], "employees": [10.0, None]}, index=["A", "B"])
    >>> rule = Rule((Criterion.between("employees", 5, None),))
    >>> matrix = arrange_cases(cases, pd.Series([False, True], cases.index), rule)
    >>> list(matrix.frame), list(matrix.frame.index), matrix.met["employees"].tolist()
    (['employees', 'age'], ['B', 'A'], [<NA>, True])
    """
    ids = sort_ids(cases.index)
    outcome = positive.reindex(ids).astype("boolean")
    place = pd.DataFrame({"outcome": outcome.astype("Float64").fillna(0.5).astype("float64")}, index=ids)
    place["score"] = place["outcome"] if score is None else score.reindex(ids).astype("float64")
    ordered = place.sort_values(["outcome", "score"], ascending=False, kind="stable").index
    rules, sides = _weigh_criteria(cases.loc[ids], 1)
    strength: dict[str, float] = {}
    for one, value in zip(rules, sides @ _standardise(place.mean(axis=1).to_numpy()), strict=True):
        strength[one.attributes[0]] = max(strength.get(one.attributes[0], 0.0), round(float(value), 9))
    others = sorted(set(map(str, cases.columns)) - set(rule.attributes), key=lambda a: (-strength.get(a, 0.0), a))
    shown = cases.loc[ordered, [*rule.attributes, *others]]
    marks = pd.DataFrame({"outcome": outcome.loc[ordered], "inside": rule.mask(shown)})
    met = {name: Rule(tuple(c for c in rule.criteria if c.attribute == name)).mask(shown) for name in rule.attributes}
    return CaseMatrix(shown, pd.DataFrame(met, index=ordered), marks)


@dataclass(frozen=True)
class FewCases:
    """Tell what few cases say, one by one.

    Parameters
    ----------
    n : int
        Cases of known outcome.
    tests : tuple of ScoreTest, default ()
        For each declared hypothesis whether those inside succeed more. Empty with `FEW` cases or more, or where there
        is no success score.
    p_holm : tuple of float, default ()
        The p-values of the tests when all of them count as looked at (Holm, 1979).
    scan : ScoreScan or None, default None
        Single criteria that go with success; None with `FEW` cases or more, or where there is no success score.
    matrix : CaseMatrix or None, default None
        Every case; None with `VERY_FEW` cases or more.
    names : tuple of str, default ()
        The name of the account of each row of the matrix; empty without one.

    Examples
    --------
    >>> FewCases(200).tests
    ()
    """

    n: int
    tests: tuple[ScoreTest, ...] = ()
    p_holm: tuple[float, ...] = ()
    scan: ScoreScan | None = None
    matrix: CaseMatrix | None = None
    names: tuple[str, ...] = ()


def look_closely(  # noqa: PLR0913  (what there is to look at)
    attributes: pd.DataFrame, cases: pd.DataFrame, rule: Rule, hypotheses: Sequence[Hypothesis] = (), *,
    success: pd.DataFrame, customers: pd.DataFrame) -> FewCases:
    """Tell what few customers say, one by one, where a search over a cut has little to go on.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    cases : DataFrame
        The artifact `cases`: case_id, account_id, outcome, positive.
    rule : Rule
        What was found, to be checked by eye.
    hypotheses : Sequence of Hypothesis, default ()
        What was declared beforehand.
    success : DataFrame
        The artifact `success`: account_id, score (0 to 1). It counts only where the outcome is `best`, which is cut
        from it.
    customers : DataFrame
        The artifact `customers`: account_id, name.

    Returns
    -------
    FewCases
        As much as so few cases allow; nothing but their number where they are `FEW` or more.

    Examples
    --------
    >>> ids = [f"{n:02}" for n in range(20)]
    >>> firms = pd.DataFrame({"employees": np.arange(20.0)}, index=ids)
    >>> cases = pd.DataFrame({"case_id": ids, "account_id": ids, "outcome": "best", "positive": ["no", "yes"] * 10})
    >>> facts = pd.DataFrame({"account_id": ids, "score": np.arange(20.0), "name": [f"Firm {each}" for each in ids]})
    >>> look_closely(firms, cases, Rule(), success=facts, customers=facts).names[:2]
    ('Firm 19', 'Firm 17')
    """
    known = cases[cases["positive"].isin(list(profile.ANSWERS))].set_index("case_id", drop=False)
    if len(known) >= FEW or known.empty:
        return FewCases(len(known))
    table, positive, groups = profile.join_cases(attributes, known.reset_index(drop=True))
    score = success.set_index("account_id")["score"].reindex(known["account_id"]).set_axis(known.index)
    scored = known["outcome"].iloc[0] == "best" and score.notna().any()
    tests = tuple(test_score(table, score, one.rule, groups=groups) for one in hypotheses) if scored else ()
    matrix = arrange_cases(table, positive, rule, score=score if scored else None) if len(known) < VERY_FEW else None
    called = customers.set_index("account_id")["name"]
    order = known.loc[matrix.frame.index, "account_id"] if matrix else []
    return FewCases(len(known), tests, tuple(adjust_holm(np.array([test.p_value for test in tests])).tolist()),
                    scan_scores(table, score) if scored else None, matrix,
                    tuple(one if pd.isna(called.get(one)) else str(called[one]) for one in order))


def _standardise(x: NDArray[np.floating[Any]]) -> Floats:
    return np.asarray((x - x.mean()) / (x.std() or 1.0) if len(x) else x.copy(), dtype=np.float64)


def _weigh_criteria(cases: pd.DataFrame, least: int) -> tuple[list[Rule], Floats]:
    """List single criteria, and for each the weights that make the standardised difference of means of them.

    A row a criterion: 1 / inside for those inside, -1 / outside for those outside, 0 where unknown, of length 1.
    """
    rules, sides = [], []
    for name in sorted(map(str, cases.columns)):
        for criterion in _list_criteria(name, cases[name]):
            met, known = criterion.check(cases[name])
            inside, outside = int(met.sum()), int((known & ~met).sum())
            if min(inside, outside) >= least:
                side = met / inside - (known & ~met) / outside
                rules.append(Rule((criterion,)))
                sides.append(side / np.sqrt((side**2).sum() / (1 - 1 / len(cases))))
    return rules, np.array(sides).reshape(len(rules), len(cases))


def _list_criteria(name: str, column: pd.Series) -> list[Criterion]:
    known = column.dropna()
    if not len(known) or pd.api.types.is_datetime64_any_dtype(column):
        return []
    if pd.api.types.is_bool_dtype(column):
        return [Criterion.flag(name, yes=yes) for yes in (True, False)]
    if pd.api.types.is_numeric_dtype(column):
        cuts = np.unique(np.quantile(known.to_numpy(dtype=np.float64), QUARTILES, method="higher"))
        return [Criterion.between(name, *ends) for cut in map(float, cuts) for ends in ((cut, None), (None, cut))]
    if isinstance(known.iloc[0], tuple | list):
        return [Criterion.has(name, member) for member in sorted({str(m) for cell in known for m in cell})]
    return [Criterion.one_of(name, [level]) for level in sorted(known.astype("str").unique())]
