"""Files damaged in every way: read or refused in words, with every record accounted for."""

import fuzz_intake


def test_three_hundred_damaged_files():
    assert fuzz_intake.try_files(300, 11) == {}
