"""Which attributes of accounts may become criteria, and how well they are filled."""

from dataclasses import dataclass

import pandas as pd

from icp_lab.errors import study as errors
from icp_lab.locale.declared import read_declared
from icp_lab.study.config import Settings
from icp_lab.tables import BY_NAME

_ACCOUNTS = BY_NAME["accounts"].by_name
_NEARLY_UNIQUE, _ROWS_TO_JUDGE, _SPARSE = 0.5, 20, 0.5

_NAMES = read_declared("icp_lab.study", "names.toml")
REFUSALS: dict[str, str] = _NAMES["refusals"]
"""Why a column of accounts is no criterion, by code."""

VERDICTS: dict[str, str] = {**REFUSALS, **_NAMES["verdicts"]}
"""What a column of accounts is worth, by code."""


@dataclass(frozen=True)
class Candidates:
    """The attributes of accounts that an analysis may use.

    `frame` has account_id as its index and holds the columns of `names` (allowed as criteria) and of `after_sale`
    (contrasts and strata only); `groups` gives the group of each; `refused` says why another column is no criterion,
    as a code of `REFUSALS`.
    """

    frame: pd.DataFrame
    names: tuple[str, ...]
    after_sale: tuple[str, ...]
    groups: dict[str, str]
    refused: dict[str, str]


def find_candidates(accounts: pd.DataFrame, settings: Settings) -> Candidates:
    """Which attributes may be criteria, which are known only after the sale, and which are neither?

    Parameters
    ----------
    accounts
        The table accounts, all declared columns and extra ones.
    settings
        What study.yml says: `attributes` includes, excludes, and names what is known only after the sale.

    Returns
    -------
    Candidates
        Names in the order of the table.

    Raises
    ------
    LabError
        `attributes` names a column that accounts does not have.
    """
    _check_names(accounts, settings)
    judged = {str(column): _refuse(accounts[column], str(column), settings) for column in accounts.columns}
    refused = {name: reason for name, reason in judged.items() if reason}
    names = [name for name in judged if name not in refused]
    late = [name for name, reason in refused.items() if reason == "after_sale"]
    frame = accounts.set_index("account_id")[[*names, *late]]
    groups = {name: settings.attributes.groups.get(name) or _group(name) for name in (*names, *late)}
    return Candidates(frame, tuple(names), tuple(late), groups, refused)


def measure_quality(accounts: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """How well are the columns of accounts filled?

    Parameters
    ----------
    accounts
        The table accounts.
    settings
        What study.yml says of attributes.

    Returns
    -------
    DataFrame
        A row a column that has a value somewhere or is declared: `column`, `n` (accounts), `filled` (share, 0 to 1),
        `distinct` (values), `verdict` (a code of `VERDICTS`), `use` (criterion, or a code of `REFUSALS`).
    """
    refused, plain = find_candidates(accounts, settings).refused, accounts.apply(_hashable)
    return pd.DataFrame({
        "column": accounts.columns.astype("str"), "n": len(accounts), "filled": plain.notna().mean().to_numpy(),
        "distinct": plain.nunique().to_numpy(), "verdict": [_worth(accounts[name]) for name in accounts],
        "use": [refused.get(str(name), "criterion") for name in accounts]})


def _check_names(accounts: pd.DataFrame, settings: Settings) -> None:
    said = settings.attributes
    for key, names in (("include", said.include), ("exclude", said.exclude), ("after_sale", said.after_sale),
                       ("groups", tuple(said.groups))):
        for name in names:
            if name not in accounts.columns:
                line = settings.lines.get(("attributes", key))
                raise errors.no_column(line, f"attributes: {key}", name, accounts.columns)


def _refuse(values: pd.Series, name: str, settings: Settings) -> str:
    """Say why a column is no criterion, or nothing; the first reason that holds counts."""
    said, role, worth = settings.attributes, _ACCOUNTS[name].role if name in _ACCOUNTS else "attribute", _worth(values)
    reasons = (
        (role, role in ("identity", "person")),
        ("empty", worth == "empty"),
        ("after_sale", role == "after_sale" or name in said.after_sale),
        ("excluded", name in said.exclude),
        ("not_included", bool(said.include) and name not in said.include),
        ("date", str(values.dtype).startswith("datetime")),
        (worth, worth in ("constant", "nearly_unique")),
    )
    return next((reason for reason, holds in reasons if holds), "")


def _worth(values: pd.Series) -> str:
    plain = _hashable(values)
    filled, distinct = int(plain.notna().sum()), int(plain.nunique())
    if not filled:
        return "empty"
    if distinct == 1 and len(plain) > 1 and filled == len(plain):
        return "constant"
    if values.dtype == "str" and filled > _ROWS_TO_JUDGE and distinct > _NEARLY_UNIQUE * filled:
        return "nearly_unique"
    return "good" if filled >= _SPARSE * len(plain) else "sparse"


def _hashable(values: pd.Series) -> pd.Series:
    """Tuples count as one value each, and stay hashable for `nunique`."""
    return values.map("\n".join, na_action="ignore") if values.dtype == "object" else values


def _group(name: str) -> str:
    return (_ACCOUNTS[name].group if name in _ACCOUNTS else "") or "basic"
