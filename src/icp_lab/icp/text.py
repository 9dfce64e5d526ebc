"""Rules as an analyst types them: `employees >= 100 and industry in ('SaaS', 'Fintech')`."""

import ast
import re

from icp_lab.errors import LabError, utter
from icp_lab.locale import _
from icp_lab.rule import Criterion, Rule


def parse(text: str) -> Rule:
    """Which rule does a person mean by this text?

    Parameters
    ----------
    text
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

    def name(self, node: ast.expr) -> str:
        if not isinstance(node, ast.Name):
            raise _refuse(self.text, ast.unparse(node))
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
