"""What lies ready for a CRM, in words and tables: how much of what, which fields first, and which filters."""

from typing import Any

import pandas as pd

from icp_lab.intake.formats import read_format
from icp_lab.locale import _, language
from icp_lab.methods.crm import FIELDS, LOADED, SYSTEMS, TARGETS, Field, Loads, Target
from icp_lab.rule import Criterion, Rule, name_attribute, write_number
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, begin, head_columns, lay_out, name, names, phrase, tabulate, tell


def place_file(loads: Loads, file: str) -> str:
    """Give the place of a file under OUT: where it may be shared, or in the folder that may not.

    Parameters
    ----------
    loads : Loads
        What would be loaded; a file with any private row is private.
    file : str
        The name of the file, without its ending.

    Returns
    -------
    str
        A relative path.

    Examples
    --------
    >>> loads = Loads(pd.DataFrame({"file": ["hubspot_companies", "hubspot_contacts"], "private": [False, True]}))
    >>> place_file(loads, "hubspot_companies"), place_file(loads, "hubspot_contacts")
    ('crm/hubspot_companies.csv', 'private/crm/hubspot_contacts.csv')
    """
    return f"{'private/' if loads.frame.loc[loads.frame['file'].eq(file), 'private'].any() else ''}crm/{file}.csv"


def tell_loads(loads: Loads) -> Prose:
    """Say how much lies ready, and that nothing of it reaches the CRM by itself.

    Parameters
    ----------
    loads : Loads
        What would be loaded into a CRM.

    Returns
    -------
    Prose
        Rows and files to load; or that the CRM says the same already, or that there is nothing at all.

    Examples
    --------
    >>> tell_loads(Loads(pd.DataFrame({"file": "hubspot_companies", "state": ["unchanged"]})))
    The CRM says of every company and person what this report says: there is **nothing to load**.
    """
    counts = loads.counts
    return phrase("loads", "told" if counts["load"].sum() else "same" if len(counts) else "nothing",
                  n=int(counts["load"].sum()), files=int(counts["load"].gt(0).sum()))


def tabulate_loads(loads: Loads) -> Table | Prose:
    """Show what each file would do to the CRM.

    Parameters
    ----------
    loads : Loads
        What would be loaded into a CRM.

    Returns
    -------
    Table or Prose
        A row a file: its place, its system, by what records are found, and how many are new, changed and so on.

    Examples
    --------
    >>> loads = Loads(pd.DataFrame({"file": ["hubspot_companies"] * 2, "state": ["new", "unchanged"], "by": "domain",
    ...                             "private": False}))
    >>> tabulate_loads(loads).cells()
    [['crm/hubspot_companies.csv', 'HubSpot', 'Company Domain Name', '1', '1', '0', '1', '0', '0']]
    """
    counts = loads.counts
    said = [(place_file(loads, file), SYSTEMS[TARGETS[file].system]["name"], name_key(loads, TARGETS[file]))
            for file in counts["file"]]
    return tabulate("loads", counts.join(pd.DataFrame(said, columns=["place", "system", "by"])))


def name_key(loads: Loads, target: Target) -> str:
    """Name what stands over the keys of a file: the label of the field, or its name for programs.

    Parameters
    ----------
    loads : Loads
        What would be loaded; `by` tells by which key the records of the file are found.
    target : Target
        The object that the file loads.

    Returns
    -------
    str
        In the reader's language where the CRM has labels.

    Examples
    --------
    >>> loads = Loads(pd.DataFrame({"file": ["hubspot_companies"], "by": ["domain"]}))
    >>> name_key(loads, TARGETS["hubspot_companies"])
    'Company Domain Name'
    """
    by = set(loads.frame.loc[loads.frame["file"].eq(target.file), "by"])
    return next(key.label.get(language(), key.api) for key in target.keys if key.api in by)


def name_field(target: Target, column: str) -> str:
    """Name what stands over a column of a file.

    Parameters
    ----------
    target : Target
        The object that the file loads.
    column : str
        Our name for the column.

    Returns
    -------
    str
        What people call the field, where the CRM reads labels; else its name for programs.

    Examples
    --------
    >>> name_field(TARGETS["hubspot_companies"], "icp_fit"), name_field(TARGETS["salesforce_account"], "icp_fit")
    ('ICP Fit', 'ICP_Fit__c')
    """
    said = target.field(column)
    return said.label[language()] if SYSTEMS[target.system]["labels"] else getattr(said, target.system)


def tabulate_fields(loads: Loads, system: str, personas: dict[str, str]) -> Table:
    """Show which fields have to be in a CRM before the first file is loaded.

    Parameters
    ----------
    loads : Loads
        What would be loaded; only objects that have a file are asked for.
    system : str
        The CRM: `hubspot` or `salesforce`.
    personas : dict of str to str
        Names of the personas by id: the values of the field for them.

    Returns
    -------
    Table
        A row a field, with all objects that need it.

    Examples
    --------
    >>> loads = Loads(pd.DataFrame({"file": ["salesforce_account"], "by": ["Id"]}))
    >>> tabulate_fields(loads, "salesforce", {}).cells()[0][:4]
    ['ICP Fit', 'Account', 'ICP_Fit__c', 'Picklist']
    """
    targets = [TARGETS[file] for file in loads.frame["file"].unique() if TARGETS[file].system == system]
    key = FIELDS["key"]
    rows = [_describe_field(said, system, personas) | {"object": one.object[language()]} for one in targets
            for said in (*[key] * (name_key(loads, one) == key.salesforce), *map(one.field, one.fields))]
    frame = pd.DataFrame(rows).groupby("api", sort=False, as_index=False).agg(
        dict.fromkeys(("label", "kind", "values", "there"), "first") | {"object": _(", ").join})
    return lay_out("crm_fields", frame, system=SYSTEMS[system]["name"])


def _describe_field(said: Field, system: str, personas: dict[str, str]) -> dict[str, str]:
    words = {said.values.get(code, code): label[language()] for code, label in said.words.items()}
    if said is FIELDS["icp_persona"]:
        words = dict.fromkeys(personas.values(), "")
    return {"label": said.label[language()], "api": getattr(said, system), "there": "yes" if said.standard else "no",
            "kind": tell(name("crm_kind", f"{system}_{said.kind}"), length=said.length or ""),
            "values": "; ".join(f"{code} = {label}" if label not in ("", code) else code
                                for code, label in words.items())}


def tabulate_filters(rule: Rule) -> Table | Prose:
    """Show how the criteria are asked of a CRM itself.

    Parameters
    ----------
    rule : Rule
        The criteria of the profile.

    Returns
    -------
    Table or Prose
        A row a criterion: in words, as a filter of HubSpot, and as a condition of SOQL; an attribute without a field of
        its own is taken for one of the same name.

    Examples
    --------
    >>> print(tabulate_filters(Rule((Criterion.between("employees", 100, None), Criterion.flag("exports")))))
    The criteria as filters of the CRM
    Criterion               HubSpot: list or view                                Salesforce: SOQL condition
    Employees at least 100  Number of Employees is greater than or equal to 100  NumberOfEmployees >= 100
    Exports: yes            exports is equal to Yes                              Exports__c = TRUE
    Properties are named as the CRM names them by itself; where it has none of its own the name is a guess, to be put
    right. A company without a value meets no such filter and belongs to neither side: list it by is unknown (HubSpot)
    or = null (Salesforce).
    """
    rows = [{"criterion": begin(one.words()), "hubspot": _ask_hubspot(one), "salesforce": _ask_salesforce(one)}
            for one in rule.criteria]
    return tabulate("crm_filters", pd.DataFrame(rows))


def _find_property(system: str, attribute: str) -> str:
    """Find what a CRM calls an attribute; empty where it has no field of its own for it."""
    headers = list(read_format(system)["accounts"].columns.get(attribute, {}))
    labels = [one for one in headers if one != one.lower() or not one.isascii()] if system == "hubspot" else []
    spoken = [one for one in labels if one.isascii() == (language() == "en")]
    return next(iter(spoken or labels or headers), "")


def _ask_hubspot(one: Criterion) -> Prose:
    ends = "least" if one.max is None else "most" if one.min is None else "range"
    asked = {"interval": ends, "is": "yes" if one.yes else "no"}.get(one.kind, one.kind)
    low, high = (None if end is None else write_number(end, one.attribute) for end in (one.min, one.max))
    return phrase("hubspot_filter", asked, values=list(one.values), low=low, high=high,
                  property=_find_property("hubspot", one.attribute) or name_attribute(one.attribute))


def _ask_salesforce(one: Criterion) -> str:
    """Write a condition of SOQL, which leaves companies without a value out of both sides."""
    own = one.attribute.title().replace(" ", "_") if one.attribute.isascii() else "FIELD"
    field = _find_property("salesforce", one.attribute) or f"{own}__c"
    values = ", ".join("'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'" for value in one.values)
    ends = [f"{field} {sign} {end:.15g}" for sign, end in ((">=", one.min), ("<", one.max)) if end is not None]
    return {"interval": " AND ".join(ends), "set": f"{field} IN ({values})", "has": f"{field} INCLUDES ({values})",
            "is": f"{field} = {str(one.yes).upper()}"}[one.kind]


def say_reason(code: str, points: list[dict[str, Any]]) -> Prose:
    """Say which criterion gives an attribute its points.

    Parameters
    ----------
    code : str
        The attribute, a space and its points, such as `employees +7`.
    points : list of dict
        The `points` of `score` as in icp.yml: `criterion`, and the points where it is `met` or `failed`.

    Returns
    -------
    Prose
        The attribute alone where no criterion on it gives so many points.

    Examples
    --------
    >>> points = [{"criterion": {"attribute": "employees", "min": 100}, "met": 7, "failed": -5}]
    >>> say_reason("employees +7", points), say_reason("employees -5", points), say_reason("employees +3", points)
    (Employees at least 100 (+7 points), Not met: employees at least 100 (-5 points), Employees (+3 points))
    """
    attribute, _space, worth = code.rpartition(" ")
    for one in points:
        criterion = Criterion.from_dict(one["criterion"])
        ways = [way for way in ("met", "failed") if criterion.attribute == attribute and one[way] == int(worth)]
        if ways:
            said = criterion.words()
            return phrase("crm_reason", ways[0], criterion=begin(said) if ways[0] == "met" else said, points=worth)
    return phrase("crm_reason", "points", attribute=begin(name_attribute(attribute)), points=worth)


def list_left_out(loads: Loads, file: str) -> pd.DataFrame:
    """Give the records of a file that cannot be loaded, each with the reason.

    Parameters
    ----------
    loads : Loads
        What would be loaded into a CRM.
    file : str
        The name of the file, without its ending.

    Returns
    -------
    DataFrame
        In words, under headings in the reader's language.

    Examples
    --------
    >>> rows = {"file": "hubspot_companies", "id": ["a1", "a2"], "state": ["new", "refused"], "why": [None, "shared"],
    ...         "by": "domain", "key": "a.example"}
    >>> list_left_out(Loads(pd.DataFrame(rows)), "hubspot_companies").values.tolist()
    [['a2', 'a.example', 'Several records have the same key.']]
    """
    rows = loads.frame[loads.frame["file"].eq(file) & ~loads.frame["state"].isin([*LOADED, "unchanged"])]
    why = rows["why"].where(rows["state"].eq("refused"), "without_key").map(names("load_refusal"))
    return head_columns(rows.assign(why=why), "left_out")
