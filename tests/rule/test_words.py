"""How attributes and bounds are called and written."""

import pytest

from icp_lab.rule import name_attribute, write_number


@pytest.mark.parametrize(("value", "attribute", "said"), [
    (1500.0, "", "1,500"), (1998.0, "founded_year", "1998"), (1500.0, "founded_year", "1,500"),
    (2100.0, "since", "2100"), (1800.0, "customer_since", "1800"), (2101.0, "since", "2,101"),
    (1799.0, "founded", "1,799"), (0.125, "", "0.125"), (1.23456, "", "1.235"), (999.5, "", "999.5"),
    (1000.5, "", "1,000"), (-1234.5, "", "-1,234"), (1998.0, "girth", "1,998")])
def test_numbers_are_written_as_people_write_them(value, attribute, said):
    assert write_number(value, attribute) == said


def test_names_are_said_without_underscores():
    assert [name_attribute(name) for name in ("its_share", "it_share", "some_it_share")] == [
        "its share", "IT share", "some it share"]
