"""Why this account? What it meets, fails and leaves open, and whom it resembles."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.errors.base import LabError, name_nearest, utter
from icp_lab.locale import _
from icp_lab.methods.result import Floats, Shown
from icp_lab.rule import Rule, name_attribute


@dataclass(frozen=True)
class Explanation(Shown):
    """Tell why an account is in, out or unknown.

    Parameters
    ----------
    account_id : str
        The account.
    fit : str
        Text `in`, `out` or `unknown`.
    frame : DataFrame
        A row a criterion: `criterion` in words, `attribute`, `value`, `holds` (yes, no, unknown).
    nearest_best : DataFrame
        Columns `account_id` and `distance` (0 to 1) of the accounts most like it that came out well.
    nearest_failures : DataFrame
        The same of those that did not.

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": [40.0, 900.0]}, index=["a", "b"])
    >>> cases = pd.DataFrame({"account_id": ["a", "b"], "positive": ["yes", "no"]})
    >>> told = explain_account(firms, Rule.from_dicts([{"attribute": "employees", "min": 100}]), cases, "b")
    >>> told.fit, told.nearest_best["account_id"].tolist()
    ('in', ['a'])
    """

    account_id: str
    fit: str
    frame: pd.DataFrame
    nearest_best: pd.DataFrame
    nearest_failures: pd.DataFrame

    def words(self) -> list[str]:
        """Say it as sentences, one a criterion.

        Returns
        -------
        list of str
            Sentences in the language in force.

        Examples
        --------
        >>> firms = pd.DataFrame({"employees": [40.0, 900.0]}, index=["a", "b"])
        >>> cases = pd.DataFrame({"account_id": ["a", "b"], "positive": ["yes", "no"]})
        >>> rule = Rule.from_dicts([{"attribute": "employees", "min": 100}])
        >>> explain_account(firms, rule, cases, "b").words()[:2]
        ['b: inside the profile', 'employees at least 100: met (900)']
        """
        fits = {"in": _("inside the profile"), "out": _("outside the profile"), "unknown": _("unknown")}
        said = [_("{account}: {fit}").format(account=self.account_id, fit=fits[self.fit])]
        marks = {"yes": _("met"), "no": _("not met"), "unknown": _("unknown: fill in {attribute} first")}
        for row in self.frame.to_dict("records"):
            mark = marks[row["holds"]].format(attribute=name_attribute(row["attribute"]))
            sentence = _("{criterion}: {mark} ({value})")
            said.append(sentence.format(criterion=row["criterion"], mark=mark, value=row["value"]))
        likes = ((self.nearest_best, _("Most like it among those that came out well: {accounts}.")),
                 (self.nearest_failures, _("Most like it among those that did not: {accounts}.")))
        return said + [sentence.format(accounts=", ".join(near["account_id"])) for near, sentence in likes if len(near)]


def explain_account(attributes: pd.DataFrame, rule: Rule, cases: pd.DataFrame, account_id: str,
                    most: int = 3) -> Explanation:
    """Explain why an account is in or out, and which known cases resemble it most.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    rule : Rule
        The profile.
    cases : DataFrame
        The artifact `cases`: account_id, positive (yes, no, unknown).
    account_id : str
        The account, one of the index.
    most : int, default 3
        How many neighbours of each kind, 0 or more.

    Returns
    -------
    Explanation
        Its criteria, met or not, and its neighbours.

    Raises
    ------
    LabError
        When there is no such account.

    Notes
    -----
    Distance by Gower (1971): the mean over attributes that both have of |difference| / range for numbers, unequal or
    not for categories, and one less the Jaccard index for lists.

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": [40.0, None]}, index=["a", "b"])
    >>> cases = pd.DataFrame({"account_id": ["a"], "positive": ["yes"]})
    >>> told = explain_account(firms, Rule.from_dicts([{"attribute": "employees", "min": 100}]), cases, "b")
    >>> told.fit, told.frame["holds"].tolist()
    ('unknown', ['unknown'])
    """
    if account_id not in attributes.index:
        raise no_such_account(account_id, map(str, attributes.index))
    row = attributes.loc[[account_id]]
    checks, inside = rule.check(row), rule.mask(row).iloc[0]
    states = ["unknown" if pd.isna(v) else "yes" if v else "no" for v in checks.iloc[0]] if rule.criteria else []
    frame = pd.DataFrame({
        "criterion": [c.words() for c in rule.criteria], "attribute": [c.attribute for c in rule.criteria],
        "value": [_say_value(row[c.attribute].iloc[0]) for c in rule.criteria], "holds": states})
    fit = "unknown" if pd.isna(inside) or not rule.criteria else "in" if inside else "out"
    distance = pd.Series(_measure_distances(attributes, account_id), index=attributes.index.astype("str"))
    near = {kind: _pick(distance.drop(account_id), cases, kind, most) for kind in ("yes", "no")}
    return Explanation(account_id, fit, frame, near["yes"], near["no"])


def find_lookalikes(attributes: pd.DataFrame, others: pd.DataFrame, cases: pd.DataFrame,
                    most: int = 2) -> pd.DataFrame:
    """Find which known cases, good and bad, each of some companies resembles most.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes of the known accounts, indexed by account_id.
    others : DataFrame
        The same attributes of companies to look at, indexed by their ids; a known account is no neighbour of its own.
    cases : DataFrame
        The artifact `cases`: account_id, positive (yes, no, unknown).
    most : int, default 2
        How many neighbours of each kind, 0 or more.

    Returns
    -------
    DataFrame
        A row a company: `id`, `best`, `failures` (account ids, the nearest first), `best_distance`, `failure_distance`
        (0 to 1; NaN where there is no neighbour).

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": [40.0, 900.0, 60.0]}, index=["a", "b", "c"])
    >>> cases = pd.DataFrame({"account_id": ["a", "b", "c"], "positive": ["yes", "no", "yes"]})
    >>> find_lookalikes(firms, pd.DataFrame({"employees": [100.0]}, index=["new"]), cases)[["best", "failures"]].values
    array([['c, a', 'b']], dtype=object)
    """
    rows = []
    for name in map(str, others.index):
        table = pd.concat([attributes.drop(index=name, errors="ignore"), others.loc[[name]]])
        distance = pd.Series(_measure_distances(table, name), index=table.index.astype("str")).drop(name)
        best, failed = (_pick(distance, cases, kind, most) for kind in ("yes", "no"))
        rows.append((name, *(", ".join(near["account_id"]) for near in (best, failed)),
                     *(near["distance"].min() for near in (best, failed))))
    return pd.DataFrame(rows, columns=["id", "best", "failures", "best_distance", "failure_distance"])


def no_such_account(account: str, known: Iterable[str]) -> LabError:
    """Refuse to explain an account that the study does not have.

    Parameters
    ----------
    account : str
        The id that was asked for.
    known : Iterable of str
        Ids of the accounts that are there.

    Returns
    -------
    LabError
        It asks for the nearest id, or lists some of them.

    Examples
    --------
    >>> str(no_such_account("A001", ["A0001", "B7"])).endswith("Did you mean A0001?")
    True
    """
    return utter("icp.no_such_account", account=account, remedy=name_nearest(account, known))


def _say_value(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    if pd.isna(value):
        return "–"
    if isinstance(value, bool | np.bool_):
        return _("yes") if value else _("no")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _pick(distance: pd.Series, cases: pd.DataFrame, kind: str, most: int) -> pd.DataFrame:
    accounts = cases.loc[cases["positive"].eq(kind), "account_id"].unique()
    found = distance[distance.index.isin(accounts)].dropna().rename("distance").rename_axis("account_id").reset_index()
    return found.sort_values(["distance", "account_id"]).head(most).reset_index(drop=True)


def _measure_distances(attributes: pd.DataFrame, account_id: str) -> Floats:
    place = int(np.flatnonzero(attributes.index == account_id)[0])
    parts = [_measure_one(attributes[name], place) for name in attributes.columns]
    return pd.DataFrame(parts, columns=range(len(attributes))).mean().to_numpy(dtype="float64")


def _measure_one(column: pd.Series, place: int) -> Floats:
    known = column.notna().to_numpy(dtype=bool)
    if not known[place]:
        return np.full(len(column), np.nan)
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        x = column.to_numpy(dtype="float64", na_value=np.nan)
        spread = float(np.nanmax(x) - np.nanmin(x))
        return np.abs(x - x[place]) / spread if spread else np.where(known, 0.0, np.nan)
    if column.dtype == object:
        mine = set(column.iloc[place])
        return np.array([1 - len(mine & set(v)) / max(1, len(mine | set(v))) if ok else np.nan
                         for v, ok in zip(column, known, strict=True)])
    same = column.astype("str").eq(str(column.astype("str").iloc[place])).to_numpy(dtype=bool)
    return np.where(known, (~same).astype(np.float64), np.nan)
