"""What the ICP document says: who stands where against the profile, and the definition in the form of icp.yml."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from icp_lab.methods.result import Shown, bound_share
from icp_lab.rule import Criterion, Rule

FITS = ("in", "out", "unknown")


@dataclass(frozen=True)
class Group:
    """Of the cases on one side of the profile, how many came out well.

    Parameters
    ----------
    yes : int
        Cases that came out well.
    n : int
        Known cases.
    low, high : float
        The 95 % Wilson interval of their share, 0 to 1; NaN without cases.

    Examples
    --------
    >>> Group(6, 10, 0.31, 0.83).share
    0.6
    """

    yes: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Give the share that came out well.

        Returns
        -------
        float
            From 0 to 1; NaN without cases.

        Examples
        --------
        >>> Group(0, 0, float("nan"), float("nan")).share
        nan
        """
        return self.yes / self.n if self.n else float("nan")


@dataclass(frozen=True)
class Standing(Shown):
    """Where every account stands.

    Parameters
    ----------
    frame : DataFrame
        A row an account: account_id, name, status, fit, met, failed, unknown, best, score, value, churned.
    counts : DataFrame
        A row a status, accounts by fit: status, in, out, unknown.
    inside, outside : Group
        How the cases on either side of the profile came out.

    Examples
    --------
    >>> rows = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "fit": ["in", "out"], "best": [True, True],
    ...                      "score": [0.9, 0.8], "value": 1.0})
    >>> side = Group(1, 1, 0.2, 1.0)
    >>> standing = Standing(rows, pd.DataFrame(), side, side)
    >>> standing.examples_inside(1)["account_id"].tolist(), standing.winners_outside()["account_id"].tolist()
    (['a'], ['b'])
    """

    frame: pd.DataFrame
    counts: pd.DataFrame
    inside: Group
    outside: Group

    def examples_inside(self, n: int) -> pd.DataFrame:
        """Give the best customers that show what the profile means: the most successful inside it.

        Parameters
        ----------
        n : int
            Most of them.

        Returns
        -------
        DataFrame
            Rows of `frame`, best ones first, then by score and value.

        Examples
        --------
        >>> rows = pd.DataFrame({"account_id": ["a"], "status": "customer", "fit": "in", "best": True, "score": 1,
        ...                      "value": 1})
        >>> Standing(rows, rows, Group(1, 1, 0.2, 1), Group(0, 1, 0, 0.8)).examples_inside(3)["account_id"].tolist()
        ['a']
        """
        rows = self.frame[(self.frame["fit"] == "in") & (self.frame["status"] == "customer")]
        return _rank(rows, ["best", "score", "value"]).head(n)

    def examples_outside(self, n: int) -> pd.DataFrame:
        """Give the large customers that are outside, and so will be asked about: those of the highest value.

        Parameters
        ----------
        n : int
            Most of them.

        Returns
        -------
        DataFrame
            Rows of `frame`, by value, then by score.

        Examples
        --------
        >>> rows = pd.DataFrame({"account_id": ["a"], "status": "customer", "fit": "out", "score": 1, "value": 1})
        >>> Standing(rows, rows, Group(1, 1, 0.2, 1), Group(0, 1, 0, 0.8)).examples_outside(3)["account_id"].tolist()
        ['a']
        """
        rows = self.frame[(self.frame["fit"] == "out") & (self.frame["status"] == "customer")]
        return _rank(rows, ["value", "score"]).head(n)

    def winners_outside(self) -> pd.DataFrame:
        """Give the best customers that the profile misses: the watch-list.

        Returns
        -------
        DataFrame
            Rows of `frame`, by score, then by value; a missing value does not make a miss.

        Examples
        --------
        >>> rows = pd.DataFrame({"account_id": ["a"], "fit": "unknown", "best": True, "score": 1, "value": 1})
        >>> Standing(rows, rows, Group(1, 1, 0.2, 1), Group(0, 1, 0, 0.8)).winners_outside()["account_id"].tolist()
        []
        """
        rows = self.frame[(self.frame["fit"] == "out") & self.frame["best"].fillna(False).astype(bool)]
        return _rank(rows, ["score", "value"])


def place_accounts(customers: pd.DataFrame, success: pd.DataFrame, cases: pd.DataFrame, coverage: pd.DataFrame,
                   ) -> Standing:
    """Place every account inside the profile or outside, and count how the two fared.

    Parameters
    ----------
    customers : DataFrame
        The artifact `customers`: account_id, name, status, churned, value.
    success : DataFrame
        The artifact `success`: account_id, score, best.
    cases : DataFrame
        The artifact `cases`: account_id, positive (yes, no, unknown).
    coverage : DataFrame
        The artifact `coverage`: account_id, fit, met, failed, unknown.

    Returns
    -------
    Standing
        All accounts, counts, and the outcome on either side. These are plain counts on the data that the profile was
        drafted on; what holds on unseen cases is the draft's cross-fitted lift.

    Notes
    -----
    Cases whose outcome is unknown, or whose account is neither in nor out, are left out of the two groups.
    Interval: Wilson (1927).

    Examples
    --------
    >>> ids = ["a", "b"]
    >>> customers = pd.DataFrame({"account_id": ids, "name": ids, "status": "customer", "churned": pd.NA, "value": 1.0})
    >>> success = pd.DataFrame({"account_id": ids, "score": [1.0, 0.0], "best": [True, False]})
    >>> cases = pd.DataFrame({"account_id": ids, "positive": ["yes", "no"]})
    >>> coverage = pd.DataFrame({"account_id": ids, "fit": ["in", "out"], "met": "", "failed": "", "unknown": ""})
    >>> place_accounts(customers, success, cases, coverage).inside.yes
    1
    """
    known = customers[["account_id", "name", "status", "churned", "value"]]
    marks = success[["account_id", "score", "best"]]
    frame = coverage.merge(known, on="account_id", how="left").merge(marks, on="account_id", how="left")
    frame = frame.sort_values("account_id", ignore_index=True)
    frame["best"] = frame["best"].astype("boolean")
    tally = pd.crosstab(frame["status"], frame["fit"]).reindex(
        index=["customer", "lost", "prospect"], columns=list(FITS), fill_value=0)
    judged = cases[cases["positive"].isin(["yes", "no"])].merge(coverage[["account_id", "fit"]], on="account_id")
    inside, outside = (_count(judged[judged["fit"] == fit]) for fit in ("in", "out"))
    return Standing(frame, tally.rename_axis(columns=None).reset_index(), inside, outside)


def compose_icp(  # noqa: PLR0913  (each artifact that has a say in it)
    agreed: dict[str, Any], avoid: dict[str, Any], segmentation: dict[str, Any], as_of: date, review_months: int, *,
    groups: dict[str, Any] | None = None, personas: dict[str, Any] | None = None, score: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Compose the definition in the form of icp.yml.

    Parameters
    ----------
    agreed : dict of str to object
        The artifact `agreed`; a negative profile that the review changed stands in it.
    avoid : dict of str to object
        The artifact `avoid`.
    segmentation : dict of str to object
        The artifact `segmentation`.
    as_of : date
        Day up to which the study looks.
    review_months : int
        Months until the next review, 1 to 24.
    groups : dict of str to object or None, default None
        The artifact `groups`.
    personas : dict of str to object or None, default None
        The artifact `personas`; those that the review left stand in `agreed`.
    score : dict of str to object or None, default None
        The artifact `score`: points and tiers. They are taken where they were made for these criteria, and not where
        another definition is in force.

    Returns
    -------
    dict of str to object
        What was agreed, with its date, its next review, the negative profile where one is claimed, published
        segments, and `score` and `tiers`.

    Examples
    --------
    >>> icp = compose_icp({"criteria": [], "verdict": "unsupported"}, {"criteria": []}, {}, date(2026, 6, 30), 3)
    >>> icp["next_review"], "avoid" in icp
    ('2026-09-30', False)
    """
    review = pd.Timestamp(as_of) + pd.DateOffset(months=review_months)
    icp = {**agreed, "as_of": as_of.isoformat(), "next_review": review.date().isoformat()}
    avoid = icp.pop("avoid", avoid)
    if groups is not None and personas is not None:
        icp = {"personas": personas["personas"], **icp, "groups": groups}
    if avoid.get("criteria"):
        edited = "edited" in avoid.get("verdict_reason", ())  # its lift then is on the cases that shaped it
        icp["avoid"] = {key: avoid[key] for key in ("criteria", "verdict", "evidence", *["verdict_reason"] * edited)}
    if segmentation.get("published"):
        known = ("id", "name", "n")  # the page on segments says the rest; this file is read by people
        icp["segments"] = [{key: one[key] for key in known if key in one} for one in segmentation["segments"]]
    if score and score["score"]["points"]:
        made_for = {Criterion.from_dict(one["criterion"]) for one in score["score"]["points"]}
        icp |= {key: score[key] for key in ("score", "tiers") if made_for.issuperset(Rule.from_profile(icp).criteria)}
    return icp


def _count(judged: pd.DataFrame) -> Group:
    n, yes = len(judged), int((judged["positive"] == "yes").sum())
    return Group(yes, n, *bound_share(yes, n))


def _rank(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Order rows by columns, largest first, missing last, ties by account."""
    return rows.sort_values([*by, "account_id"], ascending=[*(False for _name in by), True], ignore_index=True)
