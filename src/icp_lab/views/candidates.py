"""The profiles that could be chosen, side by side; what people had declared; and few customers, one by one."""

import math
from dataclasses import replace

import pandas as pd

from icp_lab.locale import _
from icp_lab.methods.candidates import Candidates
from icp_lab.methods.declared import HypothesisTests
from icp_lab.methods.finding import Finding
from icp_lab.methods.small import FEW, VERY_FEW, CaseMatrix, FewCases
from icp_lab.rule import name_attribute, write_number
from icp_lab.views.privacy import hide
from icp_lab.views.table import Column, Table, say, say_value
from icp_lab.views.words import Prose, begin, join, lay_out, name, names, phrase, say_count, tabulate, tell

SURE, _ATTRIBUTES = 0.05, 7  # chance that is taken for none; attributes of a case that a page is wide enough for
_MARKS = {True: "\u2713", False: "\u2717", None: "?"}
_FITS = {True: "in", False: "out", None: "unknown"}


def tabulate_candidates(candidates: Candidates, outcome: str, capacity: dict[str, float]) -> Table | Prose:
    """Which profile takes in whom, how much better do those do, and how much work is it?"""
    frame = candidates.frame
    if frame.empty:
        return phrase("nothing", "candidates")
    room = capacity.get("accounts_per_rep")
    rules = [one.rule.words() for one in candidates.proposals]
    return lay_out("candidates", frame.assign(who=_number(candidates), rule=rules), outcome=name("outcome", outcome),
                   note=phrase("candidate", "room", n=int(room)) if room else "")


def tabulate_reach(candidates: Candidates) -> Table | Prose:
    """Do the same profiles hold on the other outcomes?"""
    frame = candidates.frame
    others = tuple(Column(other, begin(words), "ratio", low=f"{other}_low", high=f"{other}_high")
                   for other, words in names("outcome").items() if other in frame)
    if frame.empty or not others:
        return Prose("")
    return lay_out("reach", frame.assign(who=_number(candidates)), more=others)


def _number(candidates: Candidates) -> list[str]:
    return [f"{number}. {begin(_name(one.kind, one.name, describes))}" for number, (one, describes) in enumerate(
        zip(candidates.proposals, candidates.frame["describes"], strict=True), 1)]


def _name(kind: str, called: str, describes: float) -> str:
    words = tell(name("candidate", kind), name=called)
    return words if math.isnan(describes) else phrase("candidate", "described", segment=words, share=describes)


def tell_tries(candidates: Candidates) -> Prose:
    """How many rules were looked at, and what does luck give the best of so many?"""
    p_values = candidates.frame["p_value"].fillna(2.0).tolist() if len(candidates.frame) else []
    best = candidates.proposals[p_values.index(min(p_values))] if min(p_values, default=2.0) <= 1 else None
    luck = say(candidates.luck, "share") if candidates.luck >= 0.01 else _("less than 1 %")
    return join(phrase("tries", "all", n=candidates.tries),
                phrase("tries", "luck", rule=best.rule.words(), luck=luck) if best else "",
                *(phrase("tries", "lacking", rule=one.rule.words()) for one in candidates.lacking))


def tabulate_hypotheses(tests: HypothesisTests) -> Table | Prose:
    """What do the data say to each rule that was declared beforehand?"""
    frame = tests.frame
    return tabulate("hypotheses", frame.assign(
        said=[begin(", ".join(filter(None, (one.name, one.by if hide(one.by) == one.by else "", str(one.date)))))
              for one in tests.hypotheses],
        rule=[one.rule.words() for one in tests.hypotheses],
        inside=list(map(say_count, frame["covered_best"], frame["covered"])),
        outside=list(map(say_count, frame["best"] - frame["covered_best"], frame["n"] - frame["covered"]))))


def tell_order(finding: Finding) -> Prose:
    """What is to be read first: what was declared, or what was found?"""
    return phrase("read_first", "declared" if finding.n < FEW else "either", n=finding.n)


def tell_few(few: FewCases) -> Prose:
    """What does the success score itself say, where the customers are few?"""
    if few.n >= FEW:
        return phrase("few", "many", few=FEW, n=few.n)
    if few.scan is None or not few.scan.rules:
        return phrase("few", "no_score")
    goes = few.scan.figures["p_value"].iloc[0] <= SURE
    return phrase("few", "one_goes" if goes else "none_goes", tried=len(few.scan.rules),
                  rule=few.scan.rules[0].words(), n=few.scan.n)


def tabulate_scores(few: FewCases) -> Table | Prose:
    """Do those inside a declared profile succeed more?"""
    if not few.tests:
        return Prose("")
    frame = pd.concat([test.frame for test in few.tests], ignore_index=True)
    holds = [_("holds") if p <= SURE else _("may be chance") for p in few.p_holm]
    return lay_out("scores", frame.assign(holds=holds, outside=frame["n"] - frame["covered"]))


def tabulate_cases(few: FewCases, outcome: str) -> Table | Prose:
    """What does every case look like, the best first?"""
    if few.matrix is None:
        return phrase("nothing", "cases", few=VERY_FEW) if few.n < FEW else Prose("")
    matrix, columns = few.matrix, list(few.matrix.frame.columns[:_ATTRIBUTES])
    done = {True: "\u25cf " + name("outcome_is", outcome), False: "\u25cb " + _("no"), None: "? " + _("unknown")}
    frame = pd.DataFrame({
        "account": few.names, "outcome": [done[_plain(one)] for one in matrix.marks["outcome"]],
        "inside": [_MARKS[_plain(one)] + " " + name("fit", _FITS[_plain(one)]) for one in matrix.marks["inside"]],
        **{column: _write_cells(matrix, column) for column in columns}})
    table = lay_out("cases", frame)
    return replace(table, columns=(*table.columns, *(Column(one, begin(name_attribute(one))) for one in columns)))


def _write_cells(matrix: CaseMatrix, column: str) -> list[str]:
    """Write the values of an attribute, with a mark where the rule asks something of it."""
    values = [write_number(value, column) if isinstance(value, float) and not pd.isna(value) else say_value(value)
              for value in matrix.frame[column]]
    if column not in matrix.met:
        return values
    return [f"{_MARKS[_plain(met)]} {value}".strip() for met, value in zip(matrix.met[column], values, strict=True)]


def _plain(answer: object) -> bool | None:
    return None if pd.isna(answer) else bool(answer)  # type: ignore[call-overload]
