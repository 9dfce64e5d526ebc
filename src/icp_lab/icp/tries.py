"""A rule tried by hand: the text that states it, what came of it, and how many were tried before it."""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from icp_lab.errors import LabError, utter
from icp_lab.locale import _
from icp_lab.methods.declared import test_icp
from icp_lab.methods.lift import Lift
from icp_lab.methods.profile import join_cases
from icp_lab.methods.result import Shown
from icp_lab.rule import Criterion, Rule


def parse(text: str) -> Rule:
    """Read which rule a person means by a text.

    Parameters
    ----------
    text : str
        Criteria joined by `and`, as in Python; nothing is evaluated. Names that are not plain words stand between
        backticks.

    Returns
    -------
    Rule
        Bounds on one attribute are joined to one interval. The empty text is the empty rule.

    Raises
    ------
    LabError
        When the text is not in the grammar; the message shows it.

    Examples
    --------
    >>> parse("100 <= employees < 500 and industry in ('SaaS', 'Fintech') and not dealer").words("en")
    'employees from 100 to under 500; industry Fintech or SaaS; dealer: no'
    """
    names: list[str] = []

    def hide(match: re.Match[str]) -> str:
        names.append(match[1])
        return f"_name_{len(names) - 1}_"

    if not text.strip():
        return Rule()
    try:
        tree = ast.parse(re.sub("`([^`]+)`", hide, text.strip()), mode="eval").body
    except (SyntaxError, ValueError) as fault:
        raise _refuse(text, str(getattr(fault, "msg", fault))) from fault
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    return Rule(_join_bounds(text, [c for part in parts for c in _Reader(text, names).criteria(part)]))


class _Reader:
    """Reads criteria out of Python's syntax tree."""

    def __init__(self, text: str, names: list[str]) -> None:
        self.text, self.names = text, names

    def criteria(self, node: ast.expr) -> list[Criterion]:
        if isinstance(node, ast.Name):
            return [Criterion.flag(self.name(node))]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Name):
            return [Criterion.flag(self.name(node.operand), yes=False)]
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            return [self.compare(a, op, b) for a, op, b in zip(sides, node.ops, sides[1:], strict=False)]
        raise _refuse(self.text, ast.unparse(node))

    def compare(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Criterion:
        if isinstance(sign, ast.In) and isinstance(right, ast.Name) and isinstance(member := self.value(left), str):
            return Criterion.has(self.name(right), member)
        if isinstance(left, ast.Name) and isinstance(sign, ast.In | ast.Eq | ast.Is):
            value = self.value(right)
            if isinstance(value, bool) and not isinstance(sign, ast.In):
                return Criterion.flag(self.name(left), value)
            if isinstance(value, tuple) and isinstance(sign, ast.In) and value:
                return Criterion.one_of(self.name(left), value)
            if isinstance(value, str) and isinstance(sign, ast.Eq):
                return Criterion.one_of(self.name(left), (value,))
        flipped = isinstance(right, ast.Name)
        name, bound = (right, left) if flipped else (left, right)
        number = self.value(bound)
        if isinstance(name, ast.Name) and isinstance(number, int | float) and not isinstance(number, bool):
            lower, upper = (ast.LtE, ast.Gt) if flipped else (ast.GtE, ast.Lt)
            if isinstance(sign, lower):
                return Criterion.between(self.name(name), number, None)
            if isinstance(sign, upper):
                return Criterion.between(self.name(name), None, number)
            if isinstance(sign, ast.Gt | ast.Lt | ast.LtE | ast.GtE):
                why = _("{attribute} is compared with > or <=, but an interval includes its lower bound and excludes "
                        "its upper one: use >= and <.")
                raise _refuse(self.text, why.format(attribute=self.name(name)))
        raise _refuse(self.text, f"{ast.unparse(left)} ... {ast.unparse(right)}")

    def name(self, node: ast.Name) -> str:
        return re.sub(r"^_name_(\d+)_$", lambda m: self.names[int(m[1])], node.id)

    def value(self, node: ast.expr) -> object:
        if isinstance(node, ast.Name):
            return None
        try:
            value = ast.literal_eval(node)
        except ValueError as fault:
            raise _refuse(self.text, ast.unparse(node)) from fault
        return tuple(value) if isinstance(value, list | tuple | set) else value


def _refuse(text: str, why: str) -> LabError:
    return utter("icp.cannot_read_rule", text=text, why=why)


def _join_bounds(text: str, criteria: list[Criterion]) -> tuple[Criterion, ...]:
    """Make one interval of a lower and an upper bound on the same attribute."""
    joined: dict[tuple[str, str, tuple[str, ...]], Criterion] = {}
    for one in criteria:
        place = (one.attribute, one.kind, one.values)
        if one.kind == "interval" and place in joined:
            other = joined[place]
            lows, highs = ([b for b in ends if b is not None] for ends in ((one.min, other.min), (one.max, other.max)))
            low, high = max(lows, default=None), min(highs, default=None)
            if low is not None and high is not None and low >= high:
                raise _refuse(text, f"{low:g} >= {high:g}")
            one = Criterion.between(one.attribute, low, high)  # noqa: PLW2901  (the joined one stands in its place)
        joined[place] = one
    return tuple(joined.values())


FILE = "tries.jsonl"


class _Step(Protocol):
    """What a try needs of the running notebook."""

    study: Any
    out: Path

    def candidates(self) -> Any:
        """Give the candidate attributes."""

    def read(self, artifact: str) -> Any:
        """Give an artifact."""


@dataclass(frozen=True)
class Try(Shown):
    """Say how a rule of one's own does.

    Parameters
    ----------
    rule : Rule
        The rule.
    lift : Lift
        Its lift on the cases at hand: flattering, if they have shaped it.
    unknown : int
        Cases for which a value is missing.
    p_value : float
        Chance of as many good cases inside for a rule that was stated beforehand.
    tries : int
        How many different rules were tried in this study so far, this one included.
    p_tries : float
        The chance that the best of so many tries does as well (Sidak).

    Examples
    --------
    >>> lift = Lift(lift=1.5, low=1.2, high=1.9, n=40, positives=20, covered=20, covered_positives=15, groups=40)
    >>> Try(parse("exports"), lift, unknown=0, p_value=0.001, tries=10, p_tries=0.01).frame["share"].tolist()
    [0.75, 0.25]
    """

    rule: Rule
    lift: Lift
    unknown: int
    p_value: float
    tries: int
    p_tries: float

    @property
    def frame(self) -> pd.DataFrame:
        """Give two rows, inside and outside, with cases, good cases and their share.

        Returns
        -------
        DataFrame
            Headings and labels are in the language in force.

        Examples
        --------
        >>> lift = Lift(lift=1.5, low=1.2, high=1.9, n=40, positives=20, covered=20, covered_positives=15, groups=40)
        >>> Try(parse("exports"), lift, 0, 0.001, 10, 0.01).frame
                 all  came out well  share
        cases
        inside    20             15   0.75
        outside   20              5   0.25
        """
        lift = self.lift
        rows = [(_("inside"), lift.covered, lift.covered_positives, lift.rate_inside),
                (_("outside"), lift.n - lift.covered, lift.positives - lift.covered_positives, lift.rate_outside)]
        return pd.DataFrame(rows, columns=[_("cases"), _("all"), _("came out well"), _("share")]).set_index(_("cases"))

    @property
    def caption(self) -> str:
        """Say the rule, its lift and the number of the try.

        Returns
        -------
        str
            Two sentences in the language in force.

        Examples
        --------
        >>> lift = Lift(lift=1.5, low=1.2, high=1.9, n=40, positives=20, covered=20, covered_positives=15, groups=40)
        >>> Try(parse("exports"), lift, 0, 0.001, 10, 0.01).caption
        'exports: yes: 1.50 times as often as all (1.20 to 1.90). Try 10 in this study:
        with so many, chance alone does as well in 1.0% of studies.'
        """
        sentence = _("{rule}: {lift:.2f} times as often as all ({low:.2f} to {high:.2f}). Try {tries} in this study: "
                     "with so many, chance alone does as well in {chance:.1%} of studies.")
        return sentence.format(rule=self.rule.words(), lift=self.lift.lift, low=self.lift.low, high=self.lift.high,
                               tries=self.tries, chance=self.p_tries)


def try_rule(here: _Step, text: str) -> Try:
    """Try a rule on the cases at hand, and tell which try it is.

    Parameters
    ----------
    here : Here
        The running notebook, as `step.open` gave it.
    text : str
        The rule, such as "employees >= 100 and industry in ('SaaS', 'Fintech')"; `parse` says what it may hold.

    Returns
    -------
    Try
        Each distinct rule is kept in `tries.jsonl`, in the study where it can be written, else under the report.

    Raises
    ------
    LabError
        When the text is not a rule, or names an attribute that is no candidate.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from types import SimpleNamespace
    >>> firms = pd.DataFrame({"employees": [40.0, 900.0, 200.0]}, index=["a", "b", "c"])
    >>> cases = pd.DataFrame({"case_id": firms.index, "account_id": firms.index, "positive": ["no", "yes", "yes"]})
    >>> with TemporaryDirectory() as folder:
    ...     here = SimpleNamespace(study=SimpleNamespace(folder=folder), out=folder, read=lambda name: cases,
    ...                            candidates=lambda: SimpleNamespace(frame=firms, names=("employees",)))
    ...     tried = try_rule(here, "employees >= 100")
    ...     tried.lift.covered_positives, tried.tries
    (2.0, 1)
    """
    rule, candidates = parse(text), here.candidates()
    table, answers, groups = join_cases(candidates.frame[list(candidates.names)], here.read("cases"))
    finding = test_icp(table, answers, rule, groups=groups)
    tries = len(list_tries(here, rule))
    unknown = finding.unknown - int(answers.isna().sum())
    chance = float(1 - (1 - np.clip(finding.p_value, 0, 1)) ** tries)
    return Try(rule, finding.fitted, unknown, finding.p_value, tries, chance)


def list_tries(here: _Step, rule: Rule | None = None) -> list[str]:
    """List which distinct rules were tried by hand in this study so far, and keep a new one.

    Parameters
    ----------
    here : Here
        The running notebook, as `step.open` gave it.
    rule : Rule or None, default None
        The rule that is tried now; None adds nothing.

    Returns
    -------
    list of str
        The key of each rule, sorted; the same criteria in another order have the same key.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from types import SimpleNamespace
    >>> with TemporaryDirectory() as folder:
    ...     here = SimpleNamespace(study=SimpleNamespace(folder=folder), out=folder)
    ...     for text in ("exports and employees >= 100", "employees >= 100 and exports", "exports"):
    ...         _ = list_tries(here, parse(text))
    ...     len(list_tries(here))
    2
    """
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
