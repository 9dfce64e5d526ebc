"""What has changed: the definition and its evidence, our customers, who stands where; is a review due?"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from icp_lab.locale import _
from icp_lab.methods.changes import Movers, Proposals
from icp_lab.methods.shift import Shifts
from icp_lab.rule import Criterion, Rule, name_attribute
from icp_lab.views.customers import name_kind
from icp_lab.views.table import MISSING, Table, say
from icp_lab.views.words import Prose, begin, join, lay_out, name, names, phrase, tabulate

MOST = 30  # movers that are listed


def tell_changes(old: dict[str, Any], new: dict[str, Any]) -> list[Prose]:
    """What changed from one definition to another: criteria, evidence, tiers? Nothing where both say the same."""
    said = [phrase("changed", code, **words) for code, words in _compare(old, new)]
    avoided = _compare(old.get("avoid") or {}, new.get("avoid") or {})
    said += [phrase("changed", "avoid", change=phrase("changed", code, **words)) for code, words in avoided]
    told = {key: (tell_it(old), tell_it(new)) for key, tell_it in _TOLD.items()}
    return said + [phrase("changed", key, old=was, new=now) for key, (was, now) in told.items() if was != now]


def tell_history(held: dict[str, Any], former: Sequence[dict[str, Any]], proposed: dict[str, Any]) -> list[Prose]:
    """What changed from the version before to the one in force, and from that to what this run proposes?"""
    if not held.get("version"):
        return [phrase("changed", "unadopted")]
    before = [one for one in former if one["version"] != held["version"]][:1]
    pairs = [(phrase("changed", "head", old=one["version"], new=held["version"]), one, held) for one in before]
    pairs += [(phrase("changed", "proposed", old=held["version"]), held, proposed)]
    return [line for head, old, new in pairs
            for line in (head, *(tell_changes(old, new) or [phrase("changed", "same")]))]


def _compare(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """Compare criteria, by their attributes and the members that they ask for."""
    read = [{(one.attribute, "".join(one.values) if one.kind == "has" else ""): one
             for one in map(Criterion.from_dict, icp.get("criteria") or [])} for icp in (old, new)]
    pairs = [[criteria.get(key) for criteria in read] for key in dict.fromkeys((*read[0], *read[1]))]
    return [("dropped" if after is None else "added" if before is None else "criterion",
             {key: one.words() for key, one in (("old", before), ("new", after)) if one})
            for before, after in pairs if before != after]


def _tell_evidence(icp: dict[str, Any]) -> str:
    found = {"n": None, "covered": None, "lift_low": None, "lift_high": None} | (icp.get("evidence") or {})
    return phrase("changed", "measured", **found, ends=(found["lift_low"], found["lift_high"])) if isinstance(
        found.get("lift"), int | float) else MISSING


_TOLD: dict[str, Callable[[dict[str, Any]], str]] = {
    "verdict": lambda icp: names("verdict").get(str(icp.get("verdict")), MISSING),
    "outcome": lambda icp: names("outcome").get(str(icp.get("outcome")), MISSING),
    "name": lambda icp: str(icp.get("name")), "lift": _tell_evidence,
    "tiers": lambda icp: _("; ").join(phrase("changed", "tier", name=str(one.get("name")), least=one.get("min_fit"))
                                   for one in icp.get("tiers") or []) or MISSING}


def tell_shifts(shifts: Shifts) -> Prose:
    """Have new customers changed, in what, and what would have been seen?"""
    words = {"n": shifts.n_now, "m": shifts.n_before, "line": shifts.line.isoformat(),
             "start": shifts.start.isoformat(), "visible": shifts.visible}
    undated = phrase("shifted", "undated", n=shifts.undated) if shifts.undated else ""
    if shifts.frame.empty:
        return join(phrase("shifted", "few", **words), undated)
    found = shifts.frame[shifts.frame["shifted"]]
    told = [_tell_shift(row, shifts.bands) for row in found.head(5).to_dict("records")]
    return join(phrase("shifted", "found" if told else "none", **words), *told, undated)


def _tell_shift(row: Mapping[Hashable, Any], bands: tuple[str, ...]) -> Prose:
    named = {"size_band": {"up": "up_market", "down": "down_market"},
             "industry": {"new": "new_vertical", "grew": "grown_vertical"}}
    code = named.get(row["attribute"], {}).get(row["kind"], row["kind"])
    return phrase("shifted", code, attribute=begin(name_attribute(row["attribute"])), level=row["level"],
                  **_write_sides(row, bands))


def _write_sides(row: Mapping[Hashable, Any], bands: tuple[str, ...]) -> dict[str, Any]:
    """Write what was and what is, and how far the two are apart."""
    if row["level"]:
        return {"before": say(row["before"], "share"), "now": say(row["now"], "share"), "how": phrase(
            "shifted", "points", gap=100 * row["gap"], gaps=(100 * row["low"], 100 * row["high"]))}
    before, now = (name_kind(bands[int(row[side])]) if row["attribute"] == "size_band" else say(row[side])
                   for side in ("before", "now"))
    share, *ends = ((1 + row[end]) / 2 for end in ("gap", "low", "high"))
    return {"before": before, "now": now, "how": phrase("shifted", "odds", share=share, ends=tuple(ends))}


def tabulate_shifts(shifts: Shifts) -> Table | Prose:
    """How do new customers and those before differ, attribute by attribute, the strongest sign first?"""
    strongest = shifts.frame[shifts.frame["shifted"].astype(bool) | ~shifts.frame["attribute"].duplicated()]
    sides = pd.DataFrame([_write_sides(row, shifts.bands) for row in strongest.to_dict("records")], strongest.index)
    return tabulate("shifts", strongest.assign(**sides))


def tell_movers(movers: Movers, version: str) -> Prose:
    """How many accounts stand elsewhere than when the version was adopted, and for which causes?"""
    if not version:
        return Prose("")
    moved = len(movers.frame)
    return join(phrase("moved", "some" if moved else "nobody", moved=moved, n=movers.n, version=version),
                *(phrase("moved", "cause", n=n, cause=_name_causes(str(cause)))
                  for cause, n in movers.frame["cause"].value_counts(sort=False).items()),
                "" if movers.kept else phrase("moved", "unkept"))


def _name_causes(cause: str) -> str:
    return " + ".join(name("mover_cause", one) for one in cause.split(", "))


def tabulate_movers(movers: Movers, called: pd.Series) -> Table | Prose:
    """Which accounts moved, from where to where, and why?"""
    shown = movers.frame.head(MOST)
    places = {side: [" · ".join(filter(None, (tier, name("fit", fit)))) for tier, fit in zip(
        shown[f"tier{end}"], shown[f"fit{end}"], strict=True)] for side, end in (("before", "_before"), ("now", ""))}
    frame = shown.assign(**places, why=shown["cause"].map(_name_causes))
    return tabulate("movers", frame, account=called.dropna(), shown=len(shown), n=len(movers.frame))


def tell_proposals(proposals: Proposals) -> Prose:
    """What do the deals closed since propose to change?"""
    lost = proposals.frame[proposals.frame["proposal"] != "keep"]["proposal"].value_counts()
    said = [phrase("proposed", str(proposal), n=n) for proposal, n in lost.items()]
    if proposals.new:
        said.append(phrase("proposed", "new", criteria=Rule.from_dicts(list(proposals.new)).words()))
    return join(*said) or phrase("proposed", "nothing")


def tabulate_proposals(proposals: Proposals, rule: Rule) -> Table:
    """What does each line of the definition say of winning, before and since, and what follows?"""
    lines = [phrase("proposed", "whole"), *(begin(one.words()) for one in rule.criteria)]
    return lay_out("proposals", proposals.frame.assign(line=lines))
