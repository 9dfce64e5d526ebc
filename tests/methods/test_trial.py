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


def _prepare(attribute="size"):
    """Ten cases of five companies in two countries, out of order; one outcome is not known, one is not said at all."""
    ids = ["c9", "c1", "c3", "c2", "c8", "c5", "c4", "c7", "c6", "c0"]
    group = pd.Series(["e", "a", "b", "a", "d", "c", "b", "d", "c", "e"], index=ids)
    sizes = {"size": group.map({"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 5.0}),
             "own": pd.Series(np.arange(10.0), ids)}
    positive = pd.Series([True, True, False, True, False, False, True, False, True, None], ids, dtype="boolean")
    country = pd.Series([None, "x", "x", "x", "y", "x", "x", "y", "x", None], index=ids, dtype=object)
    cases = pd.DataFrame({attribute: sizes[attribute], "no": 0.0})
    return prepare_trial(cases, positive.drop("c9"), groups=group, strata=country, min_covered=2)


def test_groups_that_are_alike_become_units():
    trial = _prepare("size")
    assert trial.index.tolist() == ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"]
    assert (trial.n, trial.best, trial.unknown, trial.groups) == (8, 4, 2, 4)
    assert trial.group.tolist() == trial.unit.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert trial.positive.tolist() == [1, 1, 0, 1, 0, 1, 0, 0]
    assert (trial.unit_group.tolist(), trial.unit_stratum.tolist()) == ([0, 1, 2, 3], [0, 0, 0, 1])
    assert (trial.units.cases.tolist(), trial.units.positives.tolist()) == ([2, 2, 2, 2], [2, 1, 1, 0])
    assert trial.units.frame["size"].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert trial.units.encoded.codes.tolist() == [[0], [1], [2], [3]]
    assert trial.units.encoded.codes.flags.c_contiguous
    assert {one.dtype for one in (trial.unit, trial.positive, trial.group, trial.unit_group, trial.unit_stratum,
                                  trial.units.cases, trial.units.positives)} == {np.dtype("int64")}


def test_groups_whose_cases_differ_are_counted_case_by_case():
    trial = _prepare("own")
    assert trial.unit.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert trial.group.tolist() == trial.unit_group.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert trial.unit_stratum.tolist() == [0, 0, 0, 0, 0, 0, 1, 1]
    assert trial.units.cases.tolist() == [1] * 8
    assert trial.units.positives.tolist() == [1, 1, 0, 1, 0, 1, 0, 0]
    assert trial.units.frame["own"].tolist() == [1.0, 3.0, 2.0, 6.0, 5.0, 8.0, 7.0, 4.0]
    assert trial.unit.dtype == np.int64


def test_where_nothing_belongs_together_each_case_is_a_unit_and_all_are_one_stratum():
    cases = pd.DataFrame({"size": [1.0, 1.0, 2.0, 2.0]}, index=[10, 9, 2, 1])
    trial = prepare_trial(cases, pd.Series([True, False, False, True], index=cases.index))
    assert trial.index.tolist() == [1, 10, 2, 9]  # ids are texts
    assert trial.unit.tolist() == trial.group.tolist() == trial.unit_group.tolist() == [0, 1, 2, 3]
    assert trial.unit_stratum.tolist() == [0, 0, 0, 0]
    assert (trial.positive.tolist(), trial.units.positives.tolist()) == ([1, 1, 0, 0], [1, 1, 0, 0])
    assert (trial.units.least_cases, trial.unknown) == (10, 0)


def test_a_stratum_that_is_not_known_is_one_too():
    cases = pd.DataFrame({"size": [1.0, 2.0, 3.0]})
    trial = prepare_trial(cases, pd.Series([True, False, True]), strata=pd.Series(["z", None, "y"], dtype=object))
    assert (trial.index.tolist(), trial.unit_stratum.tolist()) == ([2, 0, 1], [0, 1, 2])


@pytest.mark.parametrize(("n", "given", "least"), [(20, None, 10), (549, None, 11), (1000, None, 20), (1000, 3, 3)])
def test_a_rule_has_to_cover_ten_cases_or_two_in_a_hundred(n, given, least):
    cases = pd.DataFrame({"size": np.arange(float(n))})
    assert prepare_trial(cases, pd.Series([True] * n), min_covered=given).units.least_cases == least


def test_an_id_that_comes_twice_is_refused():
    with pytest.raises(ValueError, match="unique index"):
        prepare_trial(pd.DataFrame({"size": [1.0, 2.0]}, index=["a", "a"]), pd.Series([True], index=["a"]))


def test_nobody_is_no_group():
    trial = prepare_trial(pd.DataFrame({"size": [1.0]}), pd.Series([None], dtype="boolean"))
    assert (trial.n, trial.best, trial.groups, trial.unknown) == (0, 0, 0, 1)


def test_draws_are_those_of_every_other_day():
    """What they come out as is part of what is promised to be equal to the bit."""
    alike, own = _prepare("size"), _prepare("own")
    assert [alike.shuffle(5, number)[1].tolist() for number in (1, 2, 3)] == [
        [1, 2, 1, 0], [1, 1, 2, 0], [1, 2, 1, 0]]
    assert [own.shuffle(5, number)[1].tolist() for number in (1, 2, 3)] == [
        [0, 1, 1, 1, 0, 1, 0, 0], [0, 1, 0, 1, 1, 1, 0, 0], [0, 1, 1, 1, 0, 1, 0, 0]]
    assert [alike.split(5, number, 3).tolist() for number in (1, 2, 3)] == [
        [0, 2, 1, 0], [0, 1, 2, 0], [0, 2, 1, 0]]
    assert [own.split(5, number, 2).tolist() for number in (1, 2, 3)] == [
        [1, 1, 0, 0, 1, 1, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 0, 1, 1, 0, 0]]
    assert [alike.draw(5, number).tolist() for number in (1, 2, 3)] == [
        [1, 0, 0, 3], [2, 1, 1, 0], [0, 3, 1, 0]]
    assert [own.draw(5, number).tolist() for number in (1, 2, 3)] == [
        [1, 1, 0, 0, 0, 0, 3, 3], [2, 2, 1, 1, 1, 1, 0, 0], [0, 0, 3, 3, 1, 1, 0, 0]]


def test_groups_that_do_equally_well_are_dealt_in_the_order_of_chance():
    """Thirty of them, half without a positive case: enough that a sort that is not stable shows."""
    cases = pd.DataFrame({"size": np.arange(30.0)})
    trial = prepare_trial(cases, pd.Series(np.arange(30) % 2 == 0))
    fold = trial.split(5, 1, 3)
    order = np.random.default_rng([5, 2, 1]).permutation(30)
    dealt = [*(one for one in order if not trial.positive[one]), *(one for one in order if trial.positive[one])]
    assert fold[dealt].tolist() == [0, 1, 2] * 10
    assert fold.dtype == np.int64


def test_groups_are_dealt_by_the_share_of_their_cases_that_came_out_well():
    """Not by how many did, and a group of one counts as one of many."""
    size, hits = [1] * 3 + [4] * 4 + [1] * 5, [0] * 3 + [2] * 4 + [1] * 5
    group = np.repeat(np.arange(12), size)
    positive = np.concatenate([np.arange(n) < k for n, k in zip(size, hits, strict=True)])
    trial = prepare_trial(pd.DataFrame({"size": np.arange(24.0)}), pd.Series(positive), groups=pd.Series(group))
    fold = pd.Series(trial.split(5, 1, 4)).groupby(trial.unit_group).first()
    share = pd.Series(trial.positive).groupby(trial.group).mean()
    order = np.random.default_rng([5, 2, 1]).permutation(12)
    assert fold[sorted(order, key=lambda one: share[one])].tolist() == [0, 1, 2, 3] * 3


def test_each_of_three_strata_keeps_its_outcomes():
    strata = pd.Series(["x", "y", "z"] * 10)
    cases, positive = pd.DataFrame({"size": np.arange(30.0)}), strata.eq("x") | (np.arange(30) % 6 == 1)
    trial = prepare_trial(cases, positive, strata=strata)
    dealt = trial.shuffle(seed=0, number=0)[1]
    assert [dealt[trial.unit_stratum == one].sum() for one in range(3)] == [10, 5, 0]
    assert dealt.tolist() != trial.units.positives.tolist()
