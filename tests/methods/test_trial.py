"""What is shuffled, split and drawn again stays together, and comes out of the seed and a number alone."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.trial import prepare_trial


@pytest.fixture(params=["alike", "unlike"])
def trial(request):
    """Prepare 30 companies with three deals each, which are counted one by one only where they differ."""
    company = np.repeat(np.arange(30), 3)
    size = company.astype(float) if request.param == "alike" else np.arange(90.0)
    positive, country = pd.Series(company % 3 == 0), pd.Series(np.where(company < 15, "A", "B"))
    return prepare_trial(pd.DataFrame({"size": size}), positive, groups=pd.Series(company), strata=country)


def test_companies_whose_deals_are_alike_are_counted_as_one(trial):
    units = len(trial.units.cases)
    assert (trial.n, trial.best, trial.groups) == (90, 30, 30)
    assert units in (30, 90)
    assert trial.units.cases.sum() == 90


def test_a_shuffle_stays_within_its_stratum(trial):
    cases, positives = trial.shuffle(seed=0, number=3)
    for stratum in (0, 1):
        here = trial.unit_stratum == stratum
        assert positives[here].sum() == trial.units.positives[here].sum()
        assert cases[here].sum() == trial.units.cases[here].sum()
    assert (positives != trial.units.positives).any()


def test_no_company_is_in_two_folds_or_drawn_in_part(trial):
    for dealt in (trial.split(seed=0, number=1, folds=5), trial.draw(seed=0, number=1)):
        by_group = pd.Series(dealt).groupby(trial.unit_group).nunique()
        assert (by_group == 1).all()


def test_a_number_gives_the_same_whatever_came_before(trial):
    first = trial.split(seed=0, number=7, folds=5).tolist()
    trial.split(seed=0, number=1, folds=5)
    assert trial.split(seed=0, number=7, folds=5).tolist() == first
    assert trial.split(seed=1, number=7, folds=5).tolist() != first
