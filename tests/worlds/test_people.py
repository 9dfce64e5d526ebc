"""People of the synthetic company: committees, touches and votes differ as planted, and not without signal."""

import pandas as pd
import pytest

from icp_lab.intake.titles import read_title
from icp_lab.worlds import make_company
from icp_lab.worlds.people import KINDS
from icp_lab.worlds.words import load_words

LANGUAGES = ["en", "ja"]


def _count_presence(tables):
    """Give the share of deals with a person of each kind, by stage."""
    deals = tables["deals"][tables["deals"]["stage"] != "open"].set_index("deal_id")["stage"]
    people = tables["contacts"].set_index("contact_id")[["department", "seniority"]]
    took = tables["deal_contacts"].join(people, on="contact_id").drop_duplicates(["deal_id", "department", "seniority"])
    there = took.groupby(["department", "seniority", took["deal_id"].map(deals)]).size().unstack()
    return there / deals.value_counts()


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_read_as_what_they_stand_for(language):
    for kind in KINDS:
        for title in load_words(language).titles[kind.code]:
            read = read_title(title)
            assert (title, read.department, read.seniority) == (title, kind.department, kind.seniority)


def test_committees_are_as_planted_and_alike_without_signal():
    """Over 5 worlds of each sort, so that a share is known to about 2 points."""
    for signal in (True, False):
        worlds = [make_company(600, signal, seed) for seed in range(5)]
        shares = pd.concat([_count_presence(world.tables) for world in worlds]).groupby(level=[0, 1]).mean()
        for code, (won, lost) in worlds[0].truth["committees"].items():
            found = shares.loc[tuple(worlds[0].truth["people"][code])]
            assert (found["won"], found["lost"]) == pytest.approx((won, lost), abs=0.05)
            assert signal or won == lost


def test_people_belong_to_accounts_whose_deals_they_took_part_in():
    tables = make_company().tables
    deals, people = (tables[name].set_index(key)["account_id"] for name, key in
                     (("deals", "deal_id"), ("contacts", "contact_id")))
    took = tables["deal_contacts"]
    assert (took["deal_id"].map(deals) == took["contact_id"].map(people)).all()
    assert not took.duplicated().any()
    touched = tables["engagement"].dropna(subset="contact_id")
    assert (touched["contact_id"].map(people) == touched["account_id"]).all()


def test_each_kind_has_its_channel():
    world = make_company()
    people = world.tables["contacts"].set_index("contact_id")[["department", "seniority"]]
    touches = world.tables["engagement"].join(people, on="contact_id")
    for code, channel in world.truth["channels"].items():
        department, seniority = world.truth["people"][code]
        own = touches[(touches["department"] == department) & (touches["seniority"] == seniority)]
        assert own["channel"].mode()[0] == channel
    assert make_company(signal=False).truth["channels"] == {}


def test_votes_conflict_where_planted_and_nowhere_without_signal():
    votes = make_company().tables["review"]
    means = votes.groupby(["item", "department"])["vote"].mean().unstack()
    assert means.loc["criterion.employees", "product"] - means.loc["criterion.employees", "sales"] > 4
    assert means.loc["avoid.employees"].drop("marketing").min() - means.loc["avoid.employees", "marketing"] > 3
    rest = means.drop(index=["criterion.employees", "avoid.employees"])
    assert (rest.max(axis=1) - rest.min(axis=1)).max() < 2.5
    null = pd.concat([make_company(60, False, seed).tables["review"] for seed in range(20)])
    apart = null.groupby(["item", "department"])["vote"].mean()
    assert apart.max() - apart.min() < 2
    assert null[["comment", "proposal"]].isna().all(axis=None)
    assert votes["vote"].between(1, 9).all()
    assert not votes.duplicated(["reviewer", "item"]).any()
