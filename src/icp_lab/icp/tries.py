"""A rule tried by hand, in a cell: counts, interval, what noise reaches, and which try this is."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from icp_lab.icp.text import parse
from icp_lab.locale import _
from icp_lab.methods.declared import test_icp
from icp_lab.methods.finding import Lift
from icp_lab.methods.profile import join_cases
from icp_lab.methods.result import Shown
from icp_lab.rule import Rule

FILE = "tries.jsonl"


class Step(Protocol):
    """What a try needs of the running notebook."""

    study: Any
    out: Path

    def candidates(self) -> Any:
        """Give the candidate attributes."""

    def read(self, artifact: str) -> Any:
        """Give an artifact."""


@dataclass(frozen=True)
class Try(Shown):
    """How does a rule of one's own do?

    Parameters
    ----------
    rule, lift
        The rule, and its lift on the cases at hand: flattering, if they have shaped it.
    unknown
        Cases for which a value is missing.
    p_value
        Chance of as many good cases inside for a rule that was stated beforehand.
    tries
        How many different rules were tried in this study so far, this one included.
    p_tries
        The chance that the best of so many tries does as well (Sidak).
    """

    rule: Rule
    lift: Lift
    unknown: int
    p_value: float
    tries: int
    p_tries: float

    @property
    def frame(self) -> pd.DataFrame:
        """Two rows: inside and outside, with cases, good cases and their share."""
        lift = self.lift
        rows = [(_("inside"), lift.covered, lift.covered_positives, lift.rate_inside),
                (_("outside"), lift.n - lift.covered, lift.positives - lift.covered_positives, lift.rate_outside)]
        return pd.DataFrame(rows, columns=[_("cases"), _("all"), _("came out well"), _("share")]).set_index(_("cases"))

    @property
    def caption(self) -> str:
        """Say the rule, its lift and the number of the try."""
        sentence = _("{rule}: {lift:.2f} times as often as all ({low:.2f} to {high:.2f}). Try {tries} in this study: "
                     "with so many, chance alone does as well in {chance:.1%} of studies.")
        return sentence.format(rule=self.rule.words(), lift=self.lift.lift, low=self.lift.low, high=self.lift.high,
                               tries=self.tries, chance=self.p_tries)


def try_rule(here: Step, text: str) -> Try:
    """How does this rule do on the cases at hand, and which try is it?

    Parameters
    ----------
    here
        The running notebook, as `step.open` gave it.
    text
        The rule: "employees >= 100 and industry in ('SaaS', 'Fintech')".

    Returns
    -------
    Try
        Each distinct rule is kept in `tries.jsonl`, in the study where it can be written, else under the report.

    Raises
    ------
    LabError
        When the text is not a rule, or names an attribute that is no candidate.
    """
    rule, candidates = parse(text), here.candidates()
    table, answers, groups = join_cases(candidates.frame[list(candidates.names)], here.read("cases"))
    finding = test_icp(table, answers, rule, groups=groups)
    tries = len(list_tries(here, rule))
    unknown = finding.unknown - int(answers.isna().sum())
    chance = float(1 - (1 - np.clip(finding.p_value, 0, 1)) ** tries)
    return Try(rule, finding.fitted, unknown, finding.p_value, tries, chance)


def list_tries(here: Step, rule: Rule | None = None) -> list[str]:
    """Which distinct rules were tried by hand in this study so far? A new one is kept; each is given by its key."""
    places = [Path(here.study.folder) / FILE, Path(here.out) / FILE]
    seen = {line for place in places if place.is_file() for line in _read_keys(place)}
    if rule is None or rule.key in seen:
        return sorted(seen)
    line = json.dumps({"rule": rule.to_dicts(), "key": rule.key}, ensure_ascii=False) + "\n"
    for place in places:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("a", encoding="utf-8") as stream:
                stream.write(line)
            break
        except OSError:
            continue  # a study that cannot be written: the report's folder is next
    return sorted({*seen, rule.key})


def _read_keys(place: Path) -> list[str]:
    lines = place.read_text(encoding="utf-8").splitlines()
    return [str(json.loads(line)["key"]) for line in lines if line.strip()]
