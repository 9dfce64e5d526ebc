"""What sets segments apart, how they do, and the cells where there are none."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from icp_lab.artifacts import BY_NAME
from icp_lab.methods.portraits import describe_segments, map_accounts, place_members, record_segmentation
from icp_lab.methods.segments import Segmentation

IDS = [f"A{i:03d}" for i in range(100)]


def _segmentation(published=True):
    names = ["S1"] * 50 + ["S2"] * 40 + ["none"] * 10 if published else ["none"] * 100
    frame = pd.DataFrame({"account_id": pd.Series(IDS, dtype="str"), "segment": pd.Series(names, dtype="str")})
    reason = "published" if published else "like_noise"
    return Segmentation(published, reason, 0.9, 0.2, 0.4, (0.1, 0.3), (0.9, 0.8), 100, ("industry", "size"), frame)


@pytest.fixture
def inputs():
    rng = np.random.default_rng(0)
    attributes = pd.DataFrame({
        "industry": pd.Series(["Retail"] * 50 + ["SaaS"] * 45 + [None] * 5, dtype="str"),
        "size": np.concatenate([rng.normal(10, 1, 50), rng.normal(50, 1, 50)]),
        "chance": rng.normal(size=100),
    }).set_axis(IDS)
    customers = pd.DataFrame({
        "account_id": IDS, "industry": attributes["industry"].to_numpy(),
        "size_band": pd.Series(["10-49"] * 60 + [None] * 40, dtype="str"), "value": np.arange(100.0),
    })  # fmt: skip
    best = pd.array([True] * 5 + [False] * 40 + [pd.NA] * 5 + [True] * 20 + [False] * 30, dtype="boolean")
    return attributes, customers, pd.DataFrame({"account_id": IDS, "best": best})


def test_segments_are_counted_with_intervals(inputs):
    told = describe_segments(_segmentation(), *inputs).frame.set_index("segment")
    assert told["n"].to_dict() == {"S1": 50, "S2": 40, "none": 10}
    assert told.loc["S1", ["known", "best"]].to_list() == [45, 5]
    assert told.loc["S2", "share_best"] == 0.5
    assert told.loc["S1", "low"] < 5 / 45 < told.loc["S1", "high"]
    assert told.loc["S1", "value"] == 24.5
    assert (told["value_low"] < told["value"]).all()


def test_traits_name_the_segments_and_chance_is_left_out(inputs):
    portraits = describe_segments(_segmentation(), *inputs)
    assert set(portraits.traits["attribute"]) == {"industry", "size"}
    assert portraits.frame["name"].to_list() == ["Retail", "SaaS", "none"]
    size = portraits.traits.query("segment == 'S1' and attribute == 'size'").iloc[0]
    assert size["inside"] == pytest.approx(10, abs=0.5)
    assert size["difference"] < -1


def test_cells_where_nothing_is_published(inputs):
    portraits = describe_segments(_segmentation(published=False), *inputs)
    assert not portraits.published
    assert portraits.frame["n"].sum() == 100
    assert portraits.frame["segment"].iloc[0] == "Retail × 10-49"
    assert "unknown × unknown" in set(portraits.frame["segment"])
    assert portraits.traits.empty
    assert record_segmentation(_segmentation(published=False), portraits)["segments"] == []


def test_without_a_customer_nothing_is_lost_of_its_shape(inputs):
    segmentation = replace(_segmentation(published=False), frame=_segmentation().frame.head(0))
    attributes, customers, success = inputs
    empty = describe_segments(segmentation, attributes.head(0), customers, success.head(0))
    full = describe_segments(_segmentation(published=False), *inputs)
    assert empty.frame.empty
    assert list(empty.frame) == list(full.frame)


def test_intervals_of_medians_cover(inputs):
    """The order statistics hold the true median in 95 % of draws or more."""
    attributes, customers, success = inputs
    hits, attributes = 0, attributes[[]]
    for seed in range(80):
        customers["value"] = np.random.default_rng(seed).lognormal(size=100)
        row = describe_segments(_segmentation(), attributes, customers, success).frame.iloc[1]
        hits += row["value_low"] <= 1 <= row["value_high"]
    assert hits >= 0.9 * 80


def test_artifacts_have_their_columns(inputs):
    portraits = describe_segments(_segmentation(), *inputs)
    placed = place_members(portraits, pd.DataFrame({"account_id": IDS, "x": 0.0, "y": 1.0}))
    assert list(placed) == [field.name for field in BY_NAME["segments"].fields]
    record = record_segmentation(_segmentation(), portraits)
    assert set(BY_NAME["segmentation"].required) <= set(record)
    assert [segment["id"] for segment in json.loads(json.dumps(record))["segments"]] == ["S1", "S2"]


def _cloud(n):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(n, 4)) + np.where(np.arange(n) < n // 2, 0, 12)[:, None]
    return pd.DataFrame(points, columns=list("abcd"), index=[f"A{i:03d}" for i in range(n)])


@pytest.mark.slow  # the map compiles for ten seconds and more
def test_neighbours_lie_together_and_row_order_does_not_matter():
    table = _cloud(80)
    places = map_accounts(table).frame
    pd.testing.assert_frame_equal(places, map_accounts(table.sample(frac=1, random_state=1)).frame)
    inside = places[["x", "y"]].to_numpy()
    first, second = inside[:40], inside[40:]
    apart = np.linalg.norm(np.median(first, axis=0) - np.median(second, axis=0))
    assert apart > np.linalg.norm(first - np.median(first, axis=0), axis=1).mean()


def test_few_accounts_have_no_place():
    places = map_accounts(_cloud(6)).frame
    assert list(places["account_id"]) == [f"A{i:03d}" for i in range(6)]
    assert places[["x", "y"]].isna().all(axis=None)
