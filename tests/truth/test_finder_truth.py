"""Over many seeds: planted profiles are found, and noise is called noise."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.evidence import find_icp


def make_table(n, seed, signal):
    rng = np.random.default_rng(seed)
    cases = pd.DataFrame(
        {f"x{i:02d}": rng.lognormal(4, 1.2, n) for i in range(15)}
        | {f"c{i:02d}": pd.array(rng.choice(list("abcdefgh"), n), dtype="str") for i in range(10)}
        | {f"f{i}": pd.array(rng.random(n) < 0.4, dtype="boolean") for i in range(5)})
    inside = (cases["x00"] >= 40) & (cases["x00"] < 250) & cases["c00"].isin(list("abc"))
    rate = np.where(inside, 0.6, (0.2 - 0.6 * inside.mean()) / (1 - inside.mean())) if signal else np.full(n, 0.2)
    return cases, pd.Series(rng.random(n) < rate), inside


@pytest.mark.slow
def test_noise_is_hardly_ever_supported():
    verdicts = []
    for seed in range(60):
        cases, positive, _inside = make_table(400, 5000 + seed, signal=False)
        verdicts.append(find_icp(cases, positive, permutations=99, bootstraps=20, seed=seed).verdict)
    assert verdicts.count("supported") <= 4  # at 3 % a count of 5 or more has a chance below 3 %


@pytest.mark.slow
def test_planted_profiles_are_found_at_600():
    overlaps, verdicts = [], []
    for seed in range(10):
        cases, positive, inside = make_table(600, 7000 + seed, signal=True)
        finding = find_icp(cases, positive, permutations=99, bootstraps=50, seed=seed)
        found = finding.rule.mask(cases).astype(bool)
        overlaps.append((found & inside).sum() / (found | inside).sum())
        verdicts.append(finding.verdict)
    assert verdicts.count("supported") >= 8
    assert np.median(overlaps) >= 0.85
