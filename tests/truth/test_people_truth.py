"""What people say, who takes part and how they vote: planted themes, committees and conflicts are found, others not.

Figures over more worlds stand in docs/method.md.
"""

import pandas as pd
import pytest

from icp_lab.artifacts import DTYPES_OF
from icp_lab.methods.customers import classify_accounts
from icp_lab.methods.personas import compose_personas, find_personas
from icp_lab.methods.review import list_items, weigh_votes
from icp_lab.methods.success import Choice, choose_best, measure_success
from icp_lab.methods.themes import find_contradictions, find_themes
from icp_lab.methods.value import value_customers
from icp_lab.study import open_study
from icp_lab.study.ballots import read_ballots
from icp_lab.worlds import make_company, write_study

PLANTED, NULL = range(6), range(100, 110)  # seed 0 is the demo
WEIGHTS = dict.fromkeys(("revenue", "margin", "satisfaction", "usage", "tenure"), 1)
FIGURES = {"lift_low": 2.0, "stability": {}}


def _open(tmp_path_factory, seeds, signal):
    """Write each world as a study and read it back."""
    worlds = [make_company(signal=signal, seed=seed) for seed in seeds]
    folders = [tmp_path_factory.mktemp("study") for _world in worlds]
    for world, folder in zip(worlds, folders, strict=True):
        write_study(world, folder)
    return [(world, open_study(folder)) for world, folder in zip(worlds, folders, strict=True)]


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return _open(tmp_path_factory, PLANTED, True)


@pytest.fixture(scope="module")
def null(tmp_path_factory):
    return _open(tmp_path_factory, NULL, False)


def _value(study):
    tables = {name: study.table(name) for name in ("accounts", "deals", "revenue", "churn")}
    base = classify_accounts(*tables.values(), as_of=study.as_of)
    return value_customers(base.frame, tables["revenue"], tables["deals"], as_of=study.as_of).frame


def _count_themes(study):
    read = study.interviews()
    return find_themes(read.heads, read.passages, study.codebook(), pd.DataFrame())


def _find_personas(study):
    empty = {name: pd.DataFrame({column: pd.Series(dtype=kind) for column, kind in DTYPES_OF[name].items()})
             for name in ("passages", "themes")}
    tables = {name: study.table(name) for name in ("deals", "deal_contacts", "engagement")}
    return find_personas(study.table("contacts"), _value(study), **tables, **empty)


def _weigh_votes(study, seed):
    """Weigh the votes on the planted lines, so that no draft has to be found for it."""
    profile, avoid = ([{"attribute": name, "min": 1} for name in names]
                      for names in (["industry", "employees", "tech_stack"], ["industry", "employees"]))
    lines = [{"verdict": "supported", "criteria": criteria, "evidence": FIGURES} for criteria in (profile, avoid)]
    personas = [{"id": f"p{place}", "kind": kind} for place, kind in enumerate(("sales.decider", "sales.user"), 1)]
    items = list_items(*lines, personas={"personas": personas})
    return weigh_votes(read_ballots(study.folder, study.table("review")), items, permutations=499, seed=seed)


def test_planted_themes_are_counted_by_company(planted):
    for world, study in planted:
        found = _count_themes(study).frame
        assert found.set_index("code")["companies"].to_dict() == world.truth["themes"]
        assert found["of"].eq(8).all()


def test_what_stands_against_the_data_is_found(planted):
    """Slow support is said by a customer whose answers are among the happiest third, in every world."""
    for world, study in planted[:3]:
        measures = measure_success(_value(study), study.table("usage"), study.table("satisfaction"), as_of=study.as_of)
        success = choose_best(measures, study.table("opinions"), Choice(weights=WEIGHTS, weight_draws=50)).frame
        found = find_contradictions(_count_themes(study), success).set_index(["code", "measure"])
        (interview, code), = world.truth["contradictions"]
        assert found.loc[(code, "satisfaction"), "accounts"] == interview[:5]


def test_planted_committees_and_channels_are_found(planted):
    """The economic buyer goes with winning and IT with losing in all 6; of the 24 that do not, at most 3 are named."""
    named = 0
    for _world, study in planted:
        found = _find_personas(study)
        frame = found.frame.set_index("kind")
        assert frame.loc[["sales.decider", "it.influencer"], "distinct"].all()
        assert frame.loc["sales.decider", "low"] > 1
        assert frame.loc["it.influencer", "high"] < 1
        named += frame["distinct"].drop(["sales.decider", "it.influencer"]).sum()
        assert found.chosen == ("sales.decider", "sales.user")
        assert [one["channels"][0] for one in compose_personas(found)["personas"]] == ["event", "email"]
    assert named <= 3


@pytest.mark.slow
def test_without_signal_no_committee(null):
    """In 10 worlds at most 3 with a kind of person named."""
    found = [_find_personas(study) for _world, study in null]
    assert sum(personas.frame["distinct"].any() for personas in found) <= 3


def test_planted_conflicts_are_found_and_agreement_is_not_disturbed(planted):
    for world, study in planted:
        review = _weigh_votes(study, world.truth["seed"])
        sure = review.conflicts[review.conflicts["p_value"] <= 0.05]
        told = {(row.item, frozenset((row.first, row.second))) for row in sure.itertuples()}
        against, alone = world.truth["conflicts"]
        assert (against["item"], frozenset(against["departments"])) in told
        assert {item for item, _pair in told} == {against["item"], alone["item"]}
        assert all(set(alone["departments"]) <= pair for item, pair in told if item == alone["item"])
        verdicts = review.frame.set_index("item")["verdict"]
        assert verdicts["criterion.tech_stack"] == "agreed"
        assert (verdicts[[against["item"], alone["item"]]] == "disputed").all()


def test_without_signal_no_conflict(null):
    """In 10 worlds at most 2 with a conflict that shuffled departments would not show."""
    shown = [_weigh_votes(study, world.truth["seed"]).conflicts["p_value"].le(0.05).any() for world, study in null]
    assert sum(shown) <= 2
