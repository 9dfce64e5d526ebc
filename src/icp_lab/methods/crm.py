"""What a CRM would be told of each company and person, and what of it the CRM does not say already."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.locale.declared import read_declared
from icp_lab.methods.committees import place_people
from icp_lab.methods.result import Shown

STATES = ("new", "changed", "unchanged", "without_key", "refused")
LOADED = STATES[:2]
_DECLARED = read_declared("icp_lab.methods", "crm.toml")
SYSTEMS: dict[str, dict[str, Any]] = _DECLARED["systems"]


@dataclass(frozen=True)
class Field:
    """A field of a CRM: what it holds, how it is called there by people and by programs, and which values it knows.

    Parameters
    ----------
    kind : str
        What it holds: choice, number, text, date or external (an id of ours).
    label : dict of str to str
        What people call it, by language.
    hubspot, salesforce : str, default ''
        Its name for programs in each system; empty where that does not get it.
    length : int, default 0
        Most letters of a text; 0: the system's own limit.
    compared : bool, default False
        Whether a record changes when this field says something else than the CRM.
    standard : bool, default False
        Whether the CRM has it from the start, so that nobody creates it.
    words : dict of str to dict of str to str, optional
        Of a choice: what each code is called, by language.
    values : dict of str to str, optional
        Of a choice: what a code is called for programs, where that is not the code.

    Examples
    --------
    >>> FIELDS["icp_fit"].kind, FIELDS["icp_fit"].label["en"]
    ('choice', 'ICP Fit')
    """

    kind: str
    label: dict[str, str]
    hubspot: str = ""
    salesforce: str = ""
    length: int = 0
    compared: bool = False
    standard: bool = False
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


FIELDS = {name: Field(**said) for name, said in _DECLARED["fields"].items()}
_CODES = {str(word).casefold(): code for each in FIELDS.values() for code, words in each.words.items()
          for word in (code, each.values.get(code, code), *words.values())}


@dataclass(frozen=True)
class Key:
    """By what a record is found: a column of the table, what a key looks like, and its name in the CRM.

    Parameters
    ----------
    column : str
        The column of the table.
    pattern : str
        What a key looks like, as a regular expression for all of it.
    api : str
        The name of the key in the CRM.
    label : dict of str to str, optional
        What people call it, by language.
    format : str, default ''
        The export of which it is; empty: of any.
    strip : str, default ''
        What is taken out of a key before it is compared, as a regular expression.

    Examples
    --------
    >>> [key.api for key in TARGETS["hubspot_companies"].keys]
    ['hs_object_id', 'domain']
    """

    column: str
    pattern: str
    api: str
    label: dict[str, str] = field(default_factory=dict)
    format: str = ""
    strip: str = ""


@dataclass(frozen=True)
class Target:
    """An object of a CRM that is loaded by a file: which table tells of it, which fields it gets, how it is found.

    Parameters
    ----------
    file : str
        The name of the file, without its ending.
    system : str
        The CRM: a key of `SYSTEMS`.
    object : dict of str to str
        What people call the object, by language.
    table : str
        The table of the study that tells of its records.
    fields : tuple of str
        Columns of ours that it gets.
    keys : tuple of Key
        By what its records are found: the first whose `format` is that of the study's table, or that has none.
    people : bool, default False
        Whether its records are people, so that the file is for OUT/private alone.
    own : dict of str to str, optional
        Columns that another field than that of their name takes in here.

    Examples
    --------
    >>> TARGETS["salesforce_account"].system, TARGETS["salesforce_account"].table
    ('salesforce', 'accounts')
    """

    file: str
    system: str
    object: dict[str, str]
    table: str
    fields: tuple[str, ...]
    keys: tuple[Key, ...]
    people: bool = False
    own: dict[str, str] = field(default_factory=dict)

    def field(self, column: str) -> Field:
        """Give the field that a column of the lab feeds.

        Parameters
        ----------
        column : str
            A column of `fields`.

        Returns
        -------
        Field
            The field of that name, or the one that `own` gives instead.

        Examples
        --------
        >>> TARGETS["hubspot_companies"].field("icp_tier") == FIELDS["hubspot_tier"]
        True
        """
        return FIELDS[self.own.get(column, column)]


TARGETS = {said["file"]: Target(**said | {"keys": tuple(Key(**key) for key in said["keys"])})
           for said in _DECLARED["objects"]}
COLUMNS = tuple(dict.fromkeys(column for each in TARGETS.values() for column in each.fields))


@dataclass(frozen=True)
class Loads(Shown):
    """What would be loaded into a CRM.

    Parameters
    ----------
    frame : DataFrame
        The artifact `loads`, a row a record of a file: file, id, by and key (by what it is found), state (one of
        `STATES`), why (of a refusal: malformed, shared, converted), a column a field with what would be said, held
        (what the export says now, as JSON), private.

    Examples
    --------
    >>> Loads(pd.DataFrame({"file": "hubspot_companies", "state": ["new", "unchanged"]})).caption
    'Loads: 2 rows'
    """

    frame: pd.DataFrame

    @property
    def counts(self) -> pd.DataFrame:
        """Count the records of each file by state.

        Returns
        -------
        DataFrame
            A row a file: file, a column a state of `STATES`, and `load`: how many of the records would be loaded.

        Examples
        --------
        >>> loads = Loads(pd.DataFrame({"file": "hubspot_companies", "state": ["new", "changed", "unchanged"]}))
        >>> loads.counts[["file", "new", "load"]].values.tolist()
        [['hubspot_companies', 1, 2]]
        """
        counts = pd.crosstab(self.frame["file"], self.frame["state"]).reindex(columns=list(STATES), fill_value=0)
        counts = counts.reindex([file for file in TARGETS if file in counts.index]).rename_axis(columns=None)
        return counts.assign(load=counts[list(LOADED)].sum(axis=1)).reset_index()


def plan_loads(  # noqa: PLR0913  (each artifact and each export that has a say in it)
    icp: Mapping[str, Any], scores: pd.DataFrame, coverage: pd.DataFrame, leads: pd.DataFrame, *,
    exports: Mapping[str, pd.DataFrame], formats: Mapping[str, str], private: bool = False) -> Loads:
    """Plan which records of a CRM would say something else than they say now, and what.

    Parameters
    ----------
    icp : Mapping of str to object
        The definition in the form of icp.yml: version (its day where it has none), verdict, personas.
    scores, coverage : DataFrame
        The artifacts `scores` and `agreed_coverage`.
    leads : DataFrame
        The fit of leads, as `coverage`, `account_id` being the lead.
    exports : Mapping of str to DataFrame
        The tables accounts, contacts and leads with those columns alone that the study's files have.
    formats : Mapping of str to str
        By table, the CRM that it is an export of: what an export says holds for its own CRM, where it has none for any.
    private : bool, default False
        Whether the companies too are not to be named outside OUT/private.

    Returns
    -------
    Loads
        Values are codes in text, and `held` what the export says of them now, as JSON. A record is `unchanged` when it
        says the same of every compared field that the export has; where it has none of them every record is `new`.

    Notes
    -----
    Refused are keys that cannot be right, keys that several records share (any of them might be meant), and leads that
    were converted, which a CRM does not let anybody edit.

    Examples
    --------
    >>> ids = pd.DataFrame({"account_id": ["0015g00000aBcDe"], "icp_fit": ["out"]})
    >>> none = pd.DataFrame({"contact_id": [], "lead_id": [], "account_id": []}, dtype="str")
    >>> scores = pd.DataFrame({"id": ids["account_id"], "kind": "account", "points": 60, "low": 0.2, "high": 0.4,
    ...                        "tier": "A", "reasons": "employees +7"})
    >>> cover = ids.assign(fit="in")[["account_id", "fit"]]
    >>> exports = {"accounts": ids, "contacts": none, "leads": none}
    >>> loads = plan_loads({"as_of": "2026-06-30", "verdict": "tentative"}, scores, cover, cover.iloc[:0],
    ...                    exports=exports, formats={"accounts": "salesforce"})
    >>> loads.frame.query("file == 'salesforce_account'")[["id", "icp_fit", "state", "held"]].values.tolist()
    [['0015g00000aBcDe', 'in', 'changed', '{"icp_fit": "out"}']]
    """
    judged = _judge(icp, scores, pd.concat([coverage.assign(table="accounts"), leads.assign(table="leads")]), exports)
    parts = [_compare(target, judged[judged["table"].eq(target.table)].set_index("id"), exports[target.table],
                      formats.get(target.table, "")) for target in TARGETS.values()]
    frame = pd.concat(parts, ignore_index=True)
    hidden = [private or TARGETS[name].people for name in frame["file"]]
    return Loads(frame.assign(private=pd.array(hidden, dtype="boolean")).astype(
        dict.fromkeys([*COLUMNS, "file", "id", "by", "key", "state", "why", "held"], "str")))


def _judge(icp: Mapping[str, Any], scores: pd.DataFrame, covered: pd.DataFrame,
           exports: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Say what is held of every account, lead and person: a column a field, codes in text."""
    rows = scores.assign(table=scores["kind"] + "s").rename(columns={"tier": "icp_tier"}).merge(
        covered.rename(columns={"account_id": "id", "fit": "icp_fit"})[["table", "id", "icp_fit"]], how="left")
    for name, figures in (("score", rows["points"]), ("low", 100 * rows["low"]), ("high", 100 * rows["high"])):
        rows[f"icp_{name}"] = figures.round().astype("Int64")
    reasons = rows["reasons"].str.split(", ", expand=True).reindex(columns=range(3))
    rows[[f"icp_{place}_reason" for place in ("first", "second", "third")]] = reasons
    ids = {one["kind"]: str(one["id"]) for one in icp.get("personas") or [] if "kind" in one}
    named = [exports[table].assign(table=table, id=exports[table][f"{table[:-1]}_id"])
             for table in ("contacts", "leads")]
    people = place_people(pd.concat(named, ignore_index=True).reindex(columns=[
        "table", "id", "account_id", "title", "department", "seniority", "buying_role"]))
    people["icp_persona"] = people["kind"].map(ids)
    firms = rows.loc[rows["table"].eq("accounts"), ["id", "icp_fit", "icp_tier"]].rename(columns={"id": "account_id"})
    contacts = people[people["table"].eq("contacts")].merge(firms, how="left", on="account_id")
    both = pd.concat([rows.merge(people[["table", "id", "icp_persona"]], how="left"), contacts]).assign(
        icp_verdict=icp["verdict"], icp_version=str(icp.get("version") or icp["as_of"])[:FIELDS["icp_version"].length],
        icp_scored_on=str(icp["as_of"]))
    return both[["table", "id", *COLUMNS]].astype("str").replace({"": None, "<NA>": None})


def _compare(target: Target, judged: pd.DataFrame, export: pd.DataFrame, came_from: str) -> pd.DataFrame:
    """Set what would be said of each record of an object beside what its export says of it."""
    identity = f"{target.table[:-1]}_id"
    rows = export.set_index(identity, drop=False).loc[lambda each: each.index.isin(judged.index)].sort_index()
    judged = judged.reindex(rows.index)
    theirs = came_from not in SYSTEMS or came_from == target.system
    held = rows.reindex(columns=[name for name in target.fields if name in rows and theirs]).astype("str")
    by = next(key for key in target.keys if key.format in ("", came_from))
    keys = rows.reindex(columns=[by.column])[by.column].astype("str")
    if by.strip:  # as the CRM compares them: the host of an address of the web, in small letters
        keys = keys.str.lower().str.replace(by.strip, "", regex=True)
    said = held.astype("object").where(held.notna(), None).to_dict("records")
    frame = judged[list(target.fields)].assign(
        file=target.file, id=rows.index, by=by.api, key=keys,
        held=[json.dumps(one, ensure_ascii=False) for one in said],
        why=["" if pd.isna(key) or re.fullmatch(by.pattern, key) else "malformed" for key in keys])
    frame.loc[keys.notna() & keys.duplicated(keep=False), "why"] = "shared"
    if "converted" in rows:
        frame.loc[rows["converted"].notna().to_numpy(), "why"] = "converted"
    then = pd.DataFrame({name: held[name].map(partial(read_code, FIELDS[name].kind), na_action="ignore")
                         for name in held if FIELDS[name].compared}, index=rows.index, dtype="str")
    now = judged[list(then)]
    same = (now.eq(then) | (now.isna() & then.isna())).all(axis=1) & bool(now.shape[1])
    frame["state"] = np.select([keys.isna(), frame["why"] != "", same, held.notna().any(axis=1)],
                               ["without_key", "refused", "unchanged", "changed"], "new")
    return frame.reset_index(drop=True)


def read_code(kind: str, text: str) -> str:
    """Read which code people mean by what a field of the CRM shows.

    Parameters
    ----------
    kind : str
        What the field holds: choice, number, text, date or external.
    text : str
        What it shows, in English or Japanese.

    Returns
    -------
    str
        The code of a choice; of a number the number without an idle `.0`; the text itself where it says no code.

    Examples
    --------
    >>> [read_code("choice", text) for text in ("In the profile", "Tier 2", "tier_2", "非該当", "p1: Decider in sales")]
    ['in', 'B', 'B', 'out', 'p1']
    >>> read_code("number", "72.0"), read_code("text", "2026-06")
    ('72', '2026-06')
    """
    if kind == "number":
        return text.removesuffix(".0") if re.fullmatch(r"-?\d+\.0", text) else text
    persona = re.match(r"([\w.-]+): ", text)
    return text if kind != "choice" else persona[1] if persona else _CODES.get(text.casefold(), text)
