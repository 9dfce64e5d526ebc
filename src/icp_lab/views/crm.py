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
    """In which folder of OUT does a file lie: one that may be shared, or the one that may not?"""
    return f"{'private/' if loads.frame.loc[loads.frame['file'].eq(file), 'private'].any() else ''}crm/{file}.csv"


def tell_loads(loads: Loads) -> Prose:
    """How much lies ready, and does anything of it reach the CRM by itself?"""
    counts = loads.counts
    return phrase("loads", "told" if counts["load"].sum() else "same" if len(counts) else "nothing",
                  n=int(counts["load"].sum()), files=int(counts["load"].gt(0).sum()))


def tabulate_loads(loads: Loads) -> Table | Prose:
    """What would each file do to the CRM?"""
    counts = loads.counts
    said = [(place_file(loads, file), SYSTEMS[TARGETS[file].system]["name"], name_key(loads, TARGETS[file]))
            for file in counts["file"]]
    return tabulate("loads", counts.join(pd.DataFrame(said, columns=["place", "system", "by"])))


def name_key(loads: Loads, target: Target) -> str:
    """What stands over the keys of a file: the label of the field, or its name for programs?"""
    by = set(loads.frame.loc[loads.frame["file"].eq(target.file), "by"])
    return next(key.label.get(language(), key.api) for key in target.keys if key.api in by)


def name_field(target: Target, column: str) -> str:
    """What stands over a column of a file?"""
    said = target.field(column)
    return said.label[language()] if SYSTEMS[target.system]["labels"] else getattr(said, target.system)


def tabulate_fields(loads: Loads, system: str, personas: dict[str, str]) -> Table:
    """Which fields have to be in a CRM before the first file is loaded? `personas` gives their names by id."""
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
    """How are the criteria asked of a CRM itself?"""
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
    """Which criterion gives an attribute its points? `points` as in icp.yml; the attribute alone where several do."""
    attribute, _space, worth = code.rpartition(" ")
    for one in points:
        criterion = Criterion.from_dict(one["criterion"])
        ways = [way for way in ("met", "failed") if criterion.attribute == attribute and one[way] == int(worth)]
        if ways:
            said = criterion.words()
            return phrase("crm_reason", ways[0], criterion=begin(said) if ways[0] == "met" else said, points=worth)
    return phrase("crm_reason", "points", attribute=begin(name_attribute(attribute)), points=worth)


def list_left_out(loads: Loads, file: str) -> pd.DataFrame:
    """Which records of a file cannot be loaded, and why? In words, under headings."""
    rows = loads.frame[loads.frame["file"].eq(file) & ~loads.frame["state"].isin([*LOADED, "unchanged"])]
    why = rows["why"].where(rows["state"].eq("refused"), "without_key").map(names("load_refusal"))
    return head_columns(rows.assign(why=why), "left_out")
