"""Which attributes of accounts may become criteria."""

from dataclasses import dataclass

import pandas as pd

from icp_lab.errors import refusals
from icp_lab.locale.declared import read_declared
from icp_lab.study.config import Attributes, Settings
from icp_lab.tables import BY_NAME, PERSON_HEADER, Column

_ACCOUNTS = BY_NAME["accounts"].by_name
_NEARLY_UNIQUE, _ROWS_TO_JUDGE = 0.5, 20

# Why a column is no criterion, by code.
REFUSALS: dict[str, str] = read_declared("icp_lab.study", "names.toml")["refusals"]


@dataclass(frozen=True)
class Candidates:
    """Hold the attributes of accounts that an analysis may use.

    Parameters
    ----------
    frame : DataFrame
        A row an account, indexed by account_id; the columns of `names` and of `after_sale`.
    names : tuple of str
        Attributes that may be criteria, in the order of the table.
    after_sale : tuple of str
        Attributes that are known only after the sale: for contrasts and strata, never a criterion.
    groups : dict of str to str
        Group of each of both; `basic` where neither study.yml nor the lab says another.
    refused : dict of str to str
        Why another column of accounts is no criterion, as a code of `REFUSALS`; those of `after_sale` too.

    Examples
    --------
    >>> frame = pd.DataFrame({"industry": ["SaaS"]}, index=["A1"])
    >>> Candidates(frame, ("industry",), (), {"industry": "basic"}, {"name": "identity"}).refused
    {'name': 'identity'}
    """

    frame: pd.DataFrame
    names: tuple[str, ...]
    after_sale: tuple[str, ...]
    groups: dict[str, str]
    refused: dict[str, str]


def find_candidates(accounts: pd.DataFrame, settings: Settings) -> Candidates:
    """Find which attributes may be criteria, which are known only after the sale, and which are neither.

    Parameters
    ----------
    accounts : DataFrame
        The table accounts, all declared columns and extra ones.
    settings : Settings
        What study.yml says: `attributes` includes, excludes, and names what is known only after the sale.

    Returns
    -------
    Candidates
        Names in the order of the table.

    Raises
    ------
    LabError
        When `attributes` names a column that accounts does not have.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from icp_lab.study import open_study
    >>> settings = replace(open_study("data/demo"), attributes=Attributes(after_sale=("plan",)))
    >>> accounts = pd.DataFrame({"account_id": ["A", "B"], "name": ["Us", "They"], "employees": [20.0, 300.0],
    ...     "plan": ["Basic", "Pro"]})
    >>> found = find_candidates(accounts, settings)
    >>> found.names, found.after_sale, found.refused
    (('employees',), ('plan',), {'account_id': 'identity', 'name': 'identity', 'plan': 'after_sale'})
    """
    _check_names(accounts, settings)
    judged = refuse_columns(accounts, "accounts", settings)
    refused = {name: reason for name, reason in judged.items() if reason}
    names = [name for name in judged if name not in refused]
    late = [name for name, reason in refused.items() if reason == "after_sale"]
    frame = accounts.set_index("account_id")[[*names, *late]]
    groups = {name: settings.attributes.groups.get(name) or (_ACCOUNTS[name].group if name in _ACCOUNTS else "")
              or "basic" for name in (*names, *late)}
    return Candidates(frame, tuple(names), tuple(late), groups, refused)


def refuse_columns(frame: pd.DataFrame, table: str, settings: Settings) -> dict[str, str]:
    """Say of each column of a table why it is no attribute that tells what was known before the sale.

    Parameters
    ----------
    frame : DataFrame
        A table of the study.
    table : str
        Its name: accounts, or deals.
    settings : Settings
        What study.yml says; its `attributes` are those of accounts.

    Returns
    -------
    dict of str to str
        Column -> a code of `REFUSALS`, empty where nothing speaks against it; in the order of the table.

    Examples
    --------
    >>> from icp_lab.study import open_study
    >>> deals = pd.DataFrame({"deal_id": ["D1", "D2"], "contact": ["a@x.com", "b@y.com"], "seats_asked": [5.0, 80.0]})
    >>> refuse_columns(deals, "deals", open_study("data/demo"))
    {'deal_id': 'identity', 'contact': 'person', 'seats_asked': ''}
    """
    said = settings.attributes if table == "accounts" else Attributes()
    return {str(column): _refuse(frame[column], BY_NAME[table].by_name.get(str(column)), said)
            for column in frame.columns}


def _check_names(accounts: pd.DataFrame, settings: Settings) -> None:
    said = settings.attributes
    for key, names in (("include", said.include), ("exclude", said.exclude), ("after_sale", said.after_sale),
                       ("groups", tuple(said.groups))):
        for name in names:
            if name not in accounts.columns:
                line = settings.lines.get(("attributes", key))
                raise refusals.no_column(line, f"attributes: {key}", name, accounts.columns)


def _refuse(values: pd.Series, declared: Column | None, said: Attributes) -> str:
    """Say why a column is no criterion, or nothing; the first reason that holds counts."""
    role, name = declared.role if declared else "attribute", str(values.name)
    personal = declared is None and name not in said.include and _names_people(values)
    reasons = (
        (role, role in ("identity", "person", "verdict")),
        ("person", personal),
        ("identity", role == "key"),
        ("empty", not values.notna().any()),
        ("after_sale", role == "after_sale" or name in said.after_sale),
        ("excluded", name in said.exclude),
        ("not_included", bool(said.include) and name not in said.include),
        ("date", str(values.dtype).startswith("datetime")))
    return next((reason for reason, holds in reasons if holds), "") or _find_useless(values)


def _names_people(values: pd.Series) -> bool:
    """Does a column of the company's own name people, or say how to reach them, by its header or by most cells?"""
    if values.dtype != "str":
        return False
    named = PERSON_HEADER.search(str(values.name)) and values.nunique() > 2  # it may also say whether there is one
    return bool(named or values.str.contains("@", na=False).sum() * 2 > values.count())


def _find_useless(values: pd.Series) -> str:
    # Tuples count as one value each, and stay hashable for `nunique`.
    plain = values.map("\n".join, na_action="ignore") if values.dtype == "object" else values
    filled, distinct = int(plain.notna().sum()), int(plain.nunique())
    if distinct == 1 and len(plain) > 1 and filled == len(plain):
        return "constant"
    if values.dtype == "str" and filled > _ROWS_TO_JUDGE and distinct > _NEARLY_UNIQUE * filled:
        return "nearly_unique"
    return ""
