"""The refusal of the search for segments says what is there instead."""

from icp_lab.errors.segments import unknown_attribute


def test_nearest_name_is_offered():
    said = str(unknown_attribute("regoin", ["region", "industry"]))
    assert "'regoin'" in said
    assert "Did you mean region?" in said


def test_no_near_name():
    assert "Rename or remove it." in str(unknown_attribute("xyz", ["region"]))
