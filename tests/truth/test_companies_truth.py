"""Same-company matching on planted duplicates: nearly nothing is merged wrongly, nearly everything is found."""

from itertools import combinations

import planted_companies
import pytest

from icp_lab.intake.matching import match_companies


@pytest.mark.parametrize("generator", planted_companies.GENERATORS)
def test_planted_duplicates_are_found(generator):
    merged, right, found, true = 0, 0, 0, 0
    for seed in range(5):
        rows, same = planted_companies.plant_companies(seed, generator)
        assert (len(rows), len(same)) == (2_000, 300)
        result = match_companies(rows)
        pairs = {pair for group in result.groups for pair in combinations(group, 2)}
        asked = {match.pair for match in result.uncertain}
        merged, right = merged + len(pairs), right + len(pairs & same)
        found, true = found + len((pairs | asked) & same), true + len(same)
        assert len(asked) < 200  # questions that a person can answer
    assert right / merged >= 0.99
    assert found / true >= 0.9


def test_companies_without_duplicates_stay_apart():
    rows, same = planted_companies.plant_companies(1, "cards")
    alone = [row for row in rows if row.account_id not in {second for _first, second in same}]
    assert len(match_companies(alone).groups) <= 2
