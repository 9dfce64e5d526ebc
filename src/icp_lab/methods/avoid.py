"""The candidate negative profile: what accounts that did not fit have in common, under the tests of the ICP itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from icp_lab.methods.evidence import find_icp
from icp_lab.methods.finding import Finding
from icp_lab.methods.negatives import SIGNS


@dataclass(frozen=True)
class Failures:
    """Who counts as having failed where a negative profile is looked for, and against whom.

    Parameters
    ----------
    negative, others : tuple of str
        The ids of those that failed and of those they are held against, sorted; nobody is in both.
    among : str
        Whose failure it is: customers; or accounts, where no customer shows a sign and those that never bought stand
        in.
    min_signs : int
        Signs that a customer has to show.

    Examples
    --------
    >>> Failures(("a",), ("b",), "customers", 1).cases["positive"].tolist()
    ['yes', 'no']
    """

    negative: tuple[str, ...]
    others: tuple[str, ...]
    among: str
    min_signs: int

    @property
    def cases(self) -> pd.DataFrame:
        """Say of each account whether it failed, in the form of the artifact `cases`.

        Returns
        -------
        DataFrame
            Columns case_id, account_id and positive (yes: it failed, no); the failed ones first.

        Examples
        --------
        >>> Failures(("a",), ("b",), "customers", 1).cases.to_numpy().tolist()
        [['a', 'a', 'yes'], ['b', 'b', 'no']]
        """
        ids = [*self.negative, *self.others]
        positive = ["yes"] * len(self.negative) + ["no"] * len(self.others)
        return pd.DataFrame({"case_id": ids, "account_id": ids, "positive": positive})


def pick_failures(customers: pd.DataFrame, outcomes: pd.DataFrame, negatives: pd.DataFrame, *, min_signs: int = 2,
                  ) -> Failures:
    """Pick the customers that failed clearly, and those that they are held against.

    Parameters
    ----------
    customers : DataFrame
        The artifact `customers`: account_id, status.
    outcomes : DataFrame
        The artifact `outcomes`: account_id, outcome, positive. Who is too young for the outcome `best` and shows no
        sign is left out.
    negatives : DataFrame
        A row a negative account: account_id, and a flag a sign (`SIGNS`).
    min_signs : int, default 2
        Signs that a customer has to show to count, 1 to 5; no more than the kinds of signs that customers show.

    Returns
    -------
    Failures
        The ids on either side, among whom they are, and how many signs it took.

    Notes
    -----
    One sign is weak: the lowest users are always there, and one bad answer may be a bad day. Accounts that never bought
    are kept apart from customers that failed, because a profile of both describes neither.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b", "c"], "status": ["customer", "customer", "lost"]})
    >>> outcomes = pd.DataFrame({"account_id": [], "outcome": [], "positive": []})
    >>> signs = pd.DataFrame({"account_id": ["a", "c"], "churned": [True, False], "lost": [False, True]})
    >>> pick_failures(customers, outcomes, signs)
    Failures(negative=('a',), others=('b',), among='customers', min_signs=1)
    """
    kept = set(customers.loc[customers["status"] == "customer", "account_id"])
    signs = negatives.set_index("account_id")[[sign for sign in SIGNS if sign != "lost" and sign in negatives]]
    signs = signs[signs.index.isin(list(kept))].astype(bool)
    shown = int(signs.any().sum())
    if not shown:
        lost = tuple(sorted(customers.loc[customers["status"] == "lost", "account_id"]))
        return Failures(lost, tuple(sorted(kept)), "accounts", 1)
    needed = min(min_signs, shown)
    count = signs.sum(axis=1)
    failed = set(count.index[count >= needed])
    young = set(outcomes.loc[(outcomes["outcome"] == "best") & (outcomes["positive"] == "unknown"), "account_id"])
    others = kept - failed - (young - set(count.index[count > 0]))
    return Failures(tuple(sorted(failed)), tuple(sorted(others)), "customers", needed)


def find_avoid(attributes: pd.DataFrame, negative: Sequence[str], others: Sequence[str], **plan: Any) -> Finding:
    """Find the few criteria that describe the accounts that did not fit, and whether they would hold on other accounts.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes only, a row an account, indexed by its id.
    negative, others : Sequence of str
        Ids of the negative accounts, and of those that they are held against. All other accounts are left out.
    **plan : object
        As for `find_icp`, which gets max_criteria 3, permutations 99 and bootstraps 50 where they are not told.

    Returns
    -------
    Finding
        With negative accounts as the positive cases: a lift above 1 means that those inside fit more rarely.

    Notes
    -----
    The same search and the same tests as for the ICP, so that a negative profile is claimed on no easier terms.

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": [10.0, 20.0, 300.0]}, index=["a", "b", "c"])
    >>> find_avoid(firms, negative=["a"], others=["c"]).verdict_reason
    ('too_few',)
    """
    cases = attributes.loc[sorted({*negative, *others} & set(attributes.index))]
    positive = pd.Series(cases.index.isin(list(negative)), index=cases.index, dtype="boolean")
    return find_icp(cases, positive, **{"max_criteria": 3, "permutations": 99, "bootstraps": 50} | plan)


def describe_avoid(finding: Finding) -> dict[str, Any]:
    """Describe the negative profile as it stands under `avoid` in icp.yml.

    Parameters
    ----------
    finding : Finding
        What `find_avoid` found.

    Returns
    -------
    dict of str to object
        Its criteria, verdict and evidence. Criteria that the data do not carry stand under `evidence.refused`.

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": [10.0, 300.0]}, index=["a", "b"])
    >>> describe_avoid(find_avoid(firms, negative=["a"], others=["b"]))["verdict"]
    'unsupported'
    """
    claimed, criteria = finding.verdict != "unsupported", finding.rule.to_dicts()
    evidence = finding.evidence if claimed else finding.evidence | {"refused": criteria}
    return {"criteria": criteria if claimed else [], "verdict": finding.verdict,
            "verdict_reason": list(finding.verdict_reason), "evidence": evidence}
