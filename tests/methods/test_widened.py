import pandas as pd
import pytest

from icp_lab.methods.widened import compare_widened
from icp_lab.rule import Rule


@pytest.fixture
def company():
    attributes = pd.DataFrame({"employees": [40.0, 60.0, 120.0, 300.0, 700.0, None],
                               "industry": ["SaaS", "SaaS", "SaaS", "SaaS", "SaaS", "Retail"]}, index=list("abcdef"))
    cases = pd.DataFrame({"case_id": list("abcdef"), "account_id": list("abcdef"),
                          "positive": ["no", "no", "yes", "yes", "no", "unknown"]})
    return attributes, cases


RULE = Rule.from_dicts([{"attribute": "employees", "min": 100, "max": 400}, {"attribute": "industry", "in": ["SaaS"]}])


def test_each_line_is_dropped_and_an_interval_widened(company):
    found = compare_widened(*company, RULE)
    assert [(row.attribute, row.criterion is None, row.more, row.n) for row in found.itertuples()] == [
        ("employees", True, 3, 5), ("employees", False, 2, 4), ("industry", True, 0, 2)]
    wider = found["criterion"].iloc[1]
    assert (wider.min, wider.max) == (50.0, 800.0)
    assert found["lift"].tolist() == pytest.approx([1.0, 1.25, 2.5])
    assert ((found["lift_low"] <= found["lift"]) & (found["lift"] <= found["lift_high"])).all()


def test_ends_that_are_not_above_nought_stay(company):
    attributes, cases = company
    rule = Rule.from_dicts([{"attribute": "employees", "min": 0}])
    assert compare_widened(attributes, cases, rule)["criterion"].tolist() == [None]


def test_nothing_is_compared_without_lines_or_outcomes(company):
    attributes, cases = company
    assert compare_widened(attributes, cases, Rule(())).empty
    assert compare_widened(attributes, cases.assign(positive="unknown"), RULE).empty


def test_the_order_of_rows_does_not_matter(company):
    attributes, cases = company
    turned = compare_widened(attributes.iloc[::-1], cases.iloc[::-1], RULE)
    pd.testing.assert_frame_equal(compare_widened(attributes, cases, RULE), turned)
