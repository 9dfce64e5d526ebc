"""Rules as an analyst types them."""

import pytest

from icp_lab.errors import LabError
from icp_lab.icp.text import parse
from icp_lab.rule import Criterion, Rule


@pytest.mark.parametrize(
    ("text", "criteria"),
    [
        ("", ()),
        ("employees >= 100 and employees < 500", (Criterion.between("employees", 100, 500),)),
        ("100 <= employees < 500", (Criterion.between("employees", 100, 500),)),
        ("industry in ('SaaS', 'Fintech')", (Criterion.one_of("industry", ["Fintech", "SaaS"]),)),
        ("industry == 'SaaS'", (Criterion.one_of("industry", ["SaaS"]),)),
        (
            "'CRM' in tech_stack and 'ERP' in tech_stack",
            (Criterion.has("tech_stack", "CRM"), Criterion.has("tech_stack", "ERP")),
        ),
        ("exports and not dealer", (Criterion.flag("exports"), Criterion.flag("dealer", False))),
        ("`annual revenue` >= 2.5", (Criterion.between("annual revenue", 2.5, None),)),
        ("従業員数 < 50", (Criterion.between("従業員数", None, 50),)),
    ],
)
def test_the_grammar(text, criteria):
    assert parse(text) == Rule(criteria)


@pytest.mark.parametrize(
    "text",
    [
        "employees > 5",
        "employees <= 5",
        "a or b",
        "__import__('os').remove('x')",
        "f(a)",
        "x ==",
        "x in ('a')",
        "1 < 2",
        "x in y",
        "x == 5",
        "5 <= x < 2",
        "x[0]",
        "lambda: 1",
        "x if y else z",
        "x >= 'a'",
        "not (a and b)",
    ],
)
def test_anything_else_is_refused_and_shown(text):
    with pytest.raises(LabError, match="cannot be read"):
        parse(text)
