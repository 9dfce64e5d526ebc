"""The profiles that could be chosen, side by side; what people had declared; and few customers, one by one."""

import math

from icp_lab.locale import _
from icp_lab.methods.candidates import Candidates
from icp_lab.methods.declared import HypothesisTests
from icp_lab.methods.finding import Finding
from icp_lab.methods.small import FEW
from icp_lab.views.prose import Prose, begin, join, tell
from icp_lab.views.table import Column, Table, say
from icp_lab.views.words import lay_out, name, names


def tabulate_candidates(candidates: Candidates, outcome: str, capacity: dict[str, float]) -> Table | Prose:
    """Which profile takes in whom, how much better do those do, and how much work is it?"""
    frame = candidates.frame
    if frame.empty:
        return Prose(_("There is no profile to choose from."))
    rows = zip(candidates.proposals, frame["describes"], strict=True)
    frame = frame.assign(
        candidate=[begin(tell(_("{kind}: {rule}"), kind=_name(one.kind, one.name, describes), rule=one.rule.words()))
                   for one, describes in rows],
        counted=frame["counted"].map(names("counted")))
    others = tuple(Column(other, tell(_("Lift on {outcome}"), outcome=words), "ratio", low=f"{other}_low",
                          high=f"{other}_high") for other, words in names("outcome").items() if other in frame)
    room = capacity.get("accounts_per_rep")
    table = lay_out("candidates", frame, note=tell(_("One rep can look after {n}."), n=int(room)) if room else "",
                    outcome=name("outcome", outcome))
    return Table(table.frame, table.columns + others, title=table.title, note=table.note)


def _name(kind: str, called: str, describes: float) -> str:
    words = tell(name("candidate", kind), name=called)
    return words if math.isnan(describes) else tell(_("{segment}, described to {share} by"), segment=words,
                                                    share=say(describes, "share"))


def tell_tries(candidates: Candidates) -> Prose:
    """How many rules were looked at, and what does luck give the best of so many?"""
    p_values = candidates.frame["p_value"].fillna(2.0).tolist() if len(candidates.frame) else []
    counted = tell(_("Beside the search, {n} rules were looked at in this study, those tried by hand included."),
                   n=candidates.tries)
    lucky = ""
    if min(p_values, default=2.0) <= 1:
        best = candidates.proposals[p_values.index(min(p_values))]
        lucky = tell(_("Had none of them any merit, the best of so many would still look as good as **{rule}** does "
                       "here in {luck} of studies."), rule=best.rule.words(),
                     luck=say(candidates.luck, "share") if candidates.luck >= 0.01 else _("less than 1 %"))
    return join(counted, lucky, *(tell(_("Not held against the data, since they lack an attribute: {rule}."),
                                       rule=one.rule.words()) for one in candidates.lacking))


def tabulate_hypotheses(tests: HypothesisTests) -> Table | Prose:
    """What do the data say to each rule that was declared beforehand?"""
    if not tests.hypotheses:
        return Prose(_("Nobody has declared a profile beforehand. Write what sales, marketing and management believe "
                       "into hypotheses.yml: a stated profile needs far fewer customers than a search."))
    frame = tests.frame
    counts = zip(frame["covered_best"], frame["covered"], frame["best"] - frame["covered_best"],
                 frame["n"] - frame["covered"], strict=True)
    both = [(tell(_("{yes} of {n}"), yes=a, n=b), tell(_("{yes} of {n}"), yes=c, n=d)) for a, b, c, d in counts]
    return lay_out("hypotheses", frame.assign(
        said=[begin(", ".join(filter(None, (one.name, one.by, str(one.date))))) for one in tests.hypotheses],
        rule=[one.rule.words() for one in tests.hypotheses], verdict=frame["verdict"].map(names("verdict")),
        inside=[pair[0] for pair in both], outside=[pair[1] for pair in both]))


def tell_order(finding: Finding) -> Prose:
    """What is to be read first: what was declared, or what was found?"""
    sentence = (_("With {n} cases of known outcome, read this first: a stated profile can be settled by so few, a "
                  "search rarely.") if finding.n < FEW else
                _("With {n} cases of known outcome a search has a fair chance too; what was declared stands by it."))
    return tell(sentence, n=finding.n)
