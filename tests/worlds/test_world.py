"""The synthetic company: the same for a seed, true to what it plants, and empty of it without signal."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.rule import Rule
from icp_lab.tables import BY_NAME
from icp_lab.worlds import make_company
from icp_lab.worlds.kinds import MISSING, PROFILE


@pytest.fixture(scope="module")
def world():
    return make_company()


def test_same_seed_same_world(world):
    again = make_company()
    for name, frame in world.tables.items():
        pd.testing.assert_frame_equal(frame, again.tables[name])
    assert world.truth == again.truth


def test_other_seed_other_world(world):
    assert not make_company(seed=1).tables["accounts"]["employees"].equals(world.tables["accounts"]["employees"])


@pytest.mark.parametrize("language", ["en", "ja"])
def test_tables_are_canonical(language):
    for name, frame in make_company(accounts=80, language=language).tables.items():
        declared = BY_NAME[name]
        assert len(frame) > 0
        assert declared.extra or set(frame.columns) <= set(declared.by_name)
        assert frame[[*declared.required]].notna().all(axis=None)
        assert declared.key == "" or frame[declared.key].is_unique
        for column in frame.columns.intersection(list(declared.by_name)):
            kind, dtype = declared.by_name[column].kind, str(frame[column].dtype)
            named = {"date": "datetime64[s]", "flag": "boolean", "text": "str", "list": "object"}
            expected = named.get(kind, "float64")
            assert (name, column, dtype) == (name, column, expected)


def test_japanese_world_has_the_same_course():
    english, japanese = make_company(accounts=80), make_company(accounts=80, language="ja")
    assert english.truth["segments"] == japanese.truth["segments"]
    assert english.tables["usage"].equals(japanese.tables["usage"])
    assert japanese.tables["accounts"]["name"].str.contains("株式会社").all()


def test_rows_belong_to_accounts_and_to_the_past(world):
    ids, as_of = set(world.tables["accounts"]["account_id"]), pd.Timestamp(world.truth["as_of"])
    assert world.tables["accounts"]["account_id"].is_unique
    assert world.tables["accounts"]["name"].is_unique
    for name, frame in world.tables.items():
        around = {"deal_contacts", "review", "market", "competitors", "trends", "costs", "pilot", "reference"}
        assert ("account_id" in frame) != (name in around)
        assert set(frame.get("account_id", pd.Series()).dropna()) <= ids
        for column in frame.select_dtypes("datetime"):
            assert frame[column].dropna().le(as_of).all()


def test_profile_is_what_it_says(world):
    accounts = world.tables["accounts"].set_index("account_id")
    known = accounts.dropna(subset=["industry", "employees", "tech_stack"])
    inside = known.index[Rule.from_dicts(list(PROFILE)).mask(known).astype(bool)]
    assert set(inside) == set(world.truth["profile"]["accounts"]) & set(known.index)
    assert len(known) > 0.9 * len(accounts)


def test_customers_of_the_profile_do_better_and_stay(world):
    money, churned = world.tables["revenue"], set(world.tables["churn"]["account_id"])
    profile = set(world.truth["profile"]["accounts"])
    customers = set(money["account_id"])
    inside, outside = customers & profile, customers - profile
    assert 0.15 < len(inside) / len(customers) < 0.27
    assert len(inside & churned) / len(inside) < 0.5 * len(outside & churned) / len(outside)
    scores = world.tables["satisfaction"].groupby("account_id")["score"].mean()
    assert scores[scores.index.isin(inside)].mean() > scores[scores.index.isin(outside)].mean() + 1


def test_negative_profile_leaves(world):
    negative, churned = set(world.truth["negative_profile"]["accounts"]), set(world.tables["churn"]["account_id"])
    customers = set(world.tables["revenue"]["account_id"])
    rate, all_rate = len(negative & churned) / len(negative & customers), len(churned) / len(customers)
    assert rate > 1.4 * all_rate


def test_null_world_keeps_marginals_and_plants_nothing(world):
    null = make_company(signal=False)
    assert null.truth["profile"] is None
    assert null.truth["segments"] == {}
    for name in MISSING:
        here, there = (w.tables["accounts"][name].dropna() for w in (world, null))
        counts = here.value_counts(normalize=True).head(5)
        others = there.value_counts(normalize=True).reindex(counts.index).fillna(0)
        assert np.allclose(counts, others, atol=0.05)
    numbers = null.tables["accounts"].select_dtypes("float64").corr(method="spearman").to_numpy()
    assert np.abs(numbers[~np.eye(len(numbers), dtype=bool)]).max() < 0.2


def test_missing_cells_are_as_common_as_declared(world):
    for name, share in MISSING.items():
        assert world.tables["accounts"][name].isna().mean() == pytest.approx(share, abs=0.04)


@pytest.mark.parametrize("wrong", [{"accounts": 10}, {"language": "xx"}])
def test_impossible_worlds_are_refused(wrong):
    with pytest.raises(ValueError, match="30 accounts"):
        make_company(**wrong)
