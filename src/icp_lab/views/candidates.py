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
    """Show which profile takes in whom, how much better those do, and how much work it is.

    Parameters
    ----------
    candidates : Candidates
        The profiles that could be chosen, side by side.
    outcome : str
        The outcome that the lift is on, such as `best`.
    capacity : dict of str to float
        Key `accounts_per_rep`, as in study.yml: the note says then what a rep can look after.

    Returns
    -------
    Table or Prose
        A row a profile; a sentence where there is none to choose.

    Examples
    --------
    >>> from icp_lab.methods.candidates import Proposal
    >>> from icp_lab.rule import Rule
    >>> tabulate_candidates(Candidates((), pd.DataFrame(), (), 0, math.nan), "best", {})
    There is no profile to choose from.
    >>> row = {"kind": "declared", "name": "Sales", "describes": math.nan, "accounts": 12, "covered": 10, "caught": 0.4,
    ...        "counted": "stated", "lift": 2.0, "low": 1.2, "high": 3.1, "p_value": 0.01, "revenue": 0.5, "leads": 8,
    ...        "leads_a_rep": 2.0}
    >>> sales = Proposal("declared", "Sales", Rule.from_dicts([{"attribute": "employees", "min": 100}]))
    >>> found = Candidates((sales,), pd.DataFrame([row]), (), 1, 0.01)
    >>> tabulate_candidates(found, "best", {}).cells()[0][:4]
    ['1. Declared: Sales', 'employees at least 100', '12', '40']
    """
    frame = candidates.frame
    if frame.empty:
        return phrase("nothing", "candidates")
    room = capacity.get("accounts_per_rep")
    rules = [one.rule.words() for one in candidates.proposals]
    return lay_out("candidates", frame.assign(who=_number(candidates), rule=rules), outcome=name("outcome", outcome),
                   note=phrase("candidate", "room", n=int(room)) if room else "")


def tabulate_reach(candidates: Candidates) -> Table | Prose:
    """Show whether the same profiles hold on the other outcomes.

    Parameters
    ----------
    candidates : Candidates
        The profiles that could be chosen, with their lift on each outcome.

    Returns
    -------
    Table or Prose
        A row a profile, a column an outcome; an empty sentence where there is no other outcome.

    Examples
    --------
    >>> from icp_lab.methods.candidates import Proposal
    >>> from icp_lab.rule import Rule
    >>> row = {"kind": "found", "name": "", "describes": math.nan, "won": 1.1, "won_low": 0.8, "won_high": 1.4}
    >>> one = Proposal("found", "", Rule.from_dicts([{"attribute": "employees", "min": 100}]))
    >>> tabulate_reach(Candidates((one,), pd.DataFrame([row]), (), 1, 0.01)).cells()
    [['1. Found by the search', '1.10 (0.80 to 1.40)']]
    """
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
    """Say how many rules were looked at, and what luck gives the best of so many.

    Parameters
    ----------
    candidates : Candidates
        The profiles that could be chosen, with the number of tries.

    Returns
    -------
    Prose
        Luck is held against the profile of the lowest p-value; without any p-value it is left out. Proposals about
        attributes that the data lack come last.

    Examples
    --------
    >>> from icp_lab.methods.candidates import Proposal
    >>> from icp_lab.rule import Rule
    >>> rule = Rule.from_dicts([{"attribute": "employees", "min": 100}])
    >>> found = Candidates((Proposal("declared", "", rule),), pd.DataFrame({"p_value": [0.01]}), (), 7, 0.068)
    >>> tell_tries(found)
    Beside the search, 7 rules were looked at in this study, those tried by hand included. Had none of them any merit,
    the best of so many would still look as good as **employees at least 100** does here in 6.8 % of studies.
    """
    p_values = candidates.frame["p_value"].fillna(2.0).tolist() if len(candidates.frame) else []
    best = candidates.proposals[p_values.index(min(p_values))] if min(p_values, default=2.0) <= 1 else None
    luck = say(candidates.luck, "share") if candidates.luck >= 0.01 else _("less than 1 %")
    return join(phrase("tries", "all", n=candidates.tries),
                phrase("tries", "luck", rule=best.rule.words(), luck=luck) if best else "",
                *(phrase("tries", "lacking", rule=one.rule.words()) for one in candidates.lacking))


def tabulate_hypotheses(tests: HypothesisTests) -> Table | Prose:
    """Show what the data say to each rule that was declared beforehand.

    Parameters
    ----------
    tests : HypothesisTests
        The declared rules with their findings; who stated one is left out where the study takes names out of texts.

    Returns
    -------
    Table or Prose
        A row a rule: who said it when, counts inside and outside, and the verdict when all count as looked at; a
        sentence where none was declared.

    Examples
    --------
    >>> tabulate_hypotheses(HypothesisTests((), (), ()))
    Nobody has declared a profile beforehand. Write what sales, marketing and management believe into hypotheses.yml: a
    stated profile needs far fewer customers than a search.
    """
    frame = tests.frame
    return tabulate("hypotheses", frame.assign(
        said=[begin(", ".join(filter(None, (one.name, one.by if hide(one.by) == one.by else "", str(one.date)))))
              for one in tests.hypotheses],
        rule=[one.rule.words() for one in tests.hypotheses],
        inside=list(map(say_count, frame["covered_best"], frame["covered"])),
        outside=list(map(say_count, frame["best"] - frame["covered_best"], frame["n"] - frame["covered"]))))


def tell_order(finding: Finding) -> Prose:
    """Say what is to be read first: what was declared, or what was found.

    Parameters
    ----------
    finding : Finding
        The search; what counts is how many known cases it has.

    Returns
    -------
    Prose
        With fewer than 150 cases, what was declared; else both have a fair chance.

    Examples
    --------
    >>> from icp_lab.methods.evidence import find_icp
    >>> finding = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> tell_order(finding)
    With 2 cases of known outcome, read this first: a stated profile can be settled by so few, a search rarely.
    >>> tell_order(replace(finding, n=500))
    With 500 cases of known outcome a search has a fair chance too; what was declared stands by it.
    """
    return phrase("read_first", "declared" if finding.n < FEW else "either", n=finding.n)


def tell_few(few: FewCases) -> Prose:
    """Say what the success score itself says, where the customers are few.

    Parameters
    ----------
    few : FewCases
        What a look at few cases gives.

    Returns
    -------
    Prose
        The strongest single criterion and whether it goes with success by more than chance; with 150 cases or more,
        only that there are so many.

    Examples
    --------
    >>> tell_few(FewCases(400))
    This is for fewer than 150 cases; here there are 400.
    >>> tell_few(FewCases(100))
    There is no success score to compare here: only the outcome is on record.
    """
    if few.n >= FEW:
        return phrase("few", "many", few=FEW, n=few.n)
    if few.scan is None or not few.scan.rules:
        return phrase("few", "no_score")
    goes = few.scan.figures["p_value"].iloc[0] <= SURE
    return phrase("few", "one_goes" if goes else "none_goes", tried=len(few.scan.rules),
                  rule=few.scan.rules[0].words(), n=few.scan.n)


def tabulate_scores(few: FewCases) -> Table | Prose:
    """Show whether those inside a declared profile succeed more.

    Parameters
    ----------
    few : FewCases
        What a look at few cases gives.

    Returns
    -------
    Table or Prose
        A row a declared rule, with how often an account inside has the higher score of a pair; an empty sentence
        without tests.

    Examples
    --------
    >>> from icp_lab.methods.small import ScoreTest
    >>> from icp_lab.rule import Rule
    >>> test = ScoreTest(Rule.from_dicts([{"attribute": "employees", "min": 100}]), 40, 12, 3, 0.8, 0.63, 0.9, 0.002)
    >>> print(tabulate_scores(FewCases(40, (test,), (0.002,))))
    Do those inside a declared profile succeed more?
    Profile                 Inside  Outside  The one inside is ahead (%)  Holds
    employees at least 100      12       28                80 (63 to 90)  holds
    Take one customer inside and one outside: how often the one inside has the higher success score, with its 95 %
    interval; a half is no difference. Holds: more than chance, with all that were declared counted.
    """
    if not few.tests:
        return Prose("")
    frame = pd.concat([test.frame for test in few.tests], ignore_index=True)
    holds = [_("holds") if p <= SURE else _("may be chance") for p in few.p_holm]
    return lay_out("scores", frame.assign(holds=holds, outside=frame["n"] - frame["covered"]))


def tabulate_cases(few: FewCases, outcome: str) -> Table | Prose:
    """Show what every case looks like, the best first.

    Parameters
    ----------
    few : FewCases
        What a look at few cases gives; its matrix has the cases.
    outcome : str
        The outcome of the cases, such as `best`.

    Returns
    -------
    Table or Prose
        A row an account with its outcome, whether it is inside, and up to seven attributes, marked where the rule asks
        something of them. A sentence where there are too many to be shown; an empty one with 150 cases or more.

    Examples
    --------
    >>> matrix = CaseMatrix(pd.DataFrame({"employees": [120.0, 9.0]}), pd.DataFrame({"employees": [True, False]}),
    ...                     pd.DataFrame({"outcome": [True, None], "inside": [True, False]}))
    >>> tabulate_cases(FewCases(2, matrix=matrix, names=("Blue", "Green")), "best").cells()
    [['Blue', '● is a best customer', '✓ in the profile', '✓ 120'], ['Green', '? unknown', '✗ outside', '✗ 9']]
    """
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
