"""Over many seeds: planted profiles are found, their intervals hold the truth, and noise is called noise.

`python benchmarks/finder.py` measures the same with 200 seeds a cell and the whole protocol (docs/method.md).
"""

import numpy as np
import pytest
from planted import GENERATORS, NULLS, make_null, make_planted

from icp_lab.methods.evidence import find_icp

PLAN = {"permutations": 99, "bootstraps": 20}


@pytest.mark.slow
@pytest.mark.parametrize("variant", NULLS)
def test_noise_is_hardly_ever_supported(variant):
    tables = [make_null(300, variant, seed) for seed in range(5000, 5015)]
    verdicts = [find_icp(t.cases, t.positive, groups=t.groups, **PLAN).verdict for t in tables]
    assert verdicts.count("supported") <= 2  # at 3 % a count of 3 or more has a chance below 1 %


@pytest.mark.slow
@pytest.mark.parametrize("generator", GENERATORS)
def test_planted_profiles_are_found_at_300(generator):
    tables = [make_planted(300, "wide", seed, generator=generator) for seed in range(7000, 7015)]
    findings = [find_icp(t.cases, t.positive, **PLAN) for t in tables]
    overlaps = [t.jaccard(f.rule) for t, f in zip(tables, findings, strict=True)]
    supported = [(t.true_lift(f.rule), f) for t, f in zip(tables, findings, strict=True) if f.verdict == "supported"]
    assert len(supported) >= 12
    assert np.median(overlaps) >= 0.85
    assert sum(f.lift_low <= lift <= f.lift_high for lift, f in supported) >= len(supported) - 3


@pytest.mark.slow
@pytest.mark.parametrize("generator", GENERATORS)
def test_missing_values_cost_little(generator):
    tables = [make_planted(300, "wide", seed, generator=generator, missing=0.2) for seed in range(7000, 7015)]
    findings = [find_icp(t.cases, t.positive, **PLAN) for t in tables]
    assert np.median([t.jaccard(f.rule) for t, f in zip(tables, findings, strict=True)]) >= 0.75
