"""Files damaged in every way: read or refused in words, with every record accounted for."""

import fuzz_intake
import pytest


@pytest.mark.parametrize(("n", "seed"), [(30, 12), pytest.param(150, 11, marks=pytest.mark.slow)])
def test_damaged_files_are_read_or_refused_in_words(n, seed):
    assert fuzz_intake.try_files(n, seed) == {}
