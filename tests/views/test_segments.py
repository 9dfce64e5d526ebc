"""Segments in words, tables and pictures: what was found is said, and no more."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.portraits import Layout, describe_segments
from icp_lab.methods.segments import Segmentation
from icp_lab.views import segments as views
from icp_lab.views.picture import About

ABOUT = About(date(2026, 6, 30), "EUR", "Demo")
IDS = [f"A{i:03d}" for i in range(80)]


def _found(reason="published"):
    names = ["S1"] * 50 + ["S2"] * 28 + ["none"] * 2 if reason == "published" else ["none"] * 80
    frame = pd.DataFrame({"account_id": pd.Series(IDS, dtype="str"), "segment": pd.Series(names, dtype="str")})
    noises = () if reason == "too_few" else (0.1, 0.31)
    return Segmentation(reason == "published", reason, 0.93, 0.2, 0.4, noises, (0.9, 0.8), 80, ("industry",), frame)


def _portraits(found, industry="<script>"):
    rng = np.random.default_rng(0)
    attributes = pd.DataFrame({
        "industry": pd.Series([industry] * 50 + ["SaaS"] * 30, dtype="str"),
        "employees": np.concatenate([rng.normal(100, 5, 50), rng.normal(5000, 50, 30)]),
        "exports": pd.array([True] * 50 + [False] * 30, dtype="boolean"),
    }).set_axis(IDS)
    customers = pd.DataFrame({
        "account_id": IDS, "industry": attributes["industry"].to_numpy(),
        "size_band": pd.Series(["50-99"] * 80, dtype="str"), "value": 1000.0,
    })  # fmt: skip
    best = pd.array([True] * 25 + [False] * 55, dtype="boolean")
    return describe_segments(found, attributes, customers, pd.DataFrame({"account_id": IDS, "best": best}))


def _layout():
    rng = np.random.default_rng(0)
    return Layout(pd.DataFrame({"account_id": IDS, "x": rng.normal(size=80), "y": rng.normal(size=80)}))


def test_published_segments_are_said_with_their_noise():
    said = views.tell_answer(_found())
    assert "**2 segments**, which hold 78 of them" in said
    assert "0.93" in said
    assert "0.31" in said


@pytest.mark.parametrize("reason", ["too_few", "one_kind", "like_noise", "unstable"])
def test_refusals_are_said(reason):
    assert "no" in views.tell_answer(_found(reason))
    assert "industry and size" in views.tell_use(_found(reason))


def test_difference_is_told_in_counts():
    said = views.tell_difference(_portraits(_found()))
    assert "25 of 50" in said
    assert "0 of 30" in said


def test_tables():
    portraits = _portraits(_found())
    groups = str(views.tabulate_groups(portraits, ABOUT))
    assert "in no segment" in groups
    traits = str(views.tabulate_traits(portraits))
    assert "exports: yes" in traits
    assert "No p-values" in traits
    assert "group 2" in str(views.tabulate_overlap(_found()))


def test_a_picture_does_not_say_noise_of_what_exceeds_it():
    assert "as they do in noise" in views.draw_stability(replace(_found("like_noise"), bar=0.95), ABOUT).title
    assert "two groups that last" in views.draw_stability(_found("unstable"), ABOUT).title


def test_a_segment_without_clear_traits_is_named_once():
    portraits = _portraits(_found())
    named = replace(portraits, frame=portraits.frame.assign(name=portraits.frame["segment"]))
    assert "S1 " in str(views.tabulate_groups(named, ABOUT))
    assert "S1 (S1)" not in str(views.tabulate_groups(named, ABOUT))


def test_numbers_of_traits_are_rounded_but_years_stay():
    trait = {"segment": "S1", "level": "", "low": 0.0, "high": 1.0, "n_inside": 5, "n_outside": 5, "difference": 1.0}
    rows = [{**trait, "attribute": "founded_year", "inside": 2008.0, "outside": 1987.0},
            {**trait, "attribute": "growth", "inside": 0.07675, "outside": 4_908_123.0}]  # fmt: skip
    said = str(views.tabulate_traits(replace(_portraits(_found()), traits=pd.DataFrame(rows))))
    assert all(figure in said for figure in ("2008", "1987", "0.0767", "4,908,000"))


def test_cells_replace_segments():
    table = views.tabulate_groups(_portraits(_found("like_noise"), "Retail"), ABOUT)
    assert table.title == "Customers by industry and size"
    assert "Retail × " in str(table)
    assert "Segment" not in str(views.tabulate_traits(_portraits(_found("like_noise")))).splitlines()[2:]


@pytest.mark.parametrize("reason", ["published", "like_noise", "too_few"])
def test_pictures_say_what_they_show(reason):
    found = _found(reason)
    stability = views.draw_stability(found, ABOUT)
    if reason == "too_few":
        assert "nothing to compare" in stability
    else:
        assert "80 customers" in stability.foot
        assert "0.93" in stability.alt
    drawn = views.draw_map(_portraits(found), _layout(), ABOUT)
    assert ("S1" in drawn.alt) == (reason == "published")
    assert "<script>" not in drawn.wide




def test_of_very_many_customers_some_are_marked_and_the_foot_says_so(monkeypatch):
    monkeypatch.setattr("icp_lab.views.picture.MOST_MARKS", 60)
    picture = views.draw_map(_portraits(_found()), _layout(), ABOUT)
    assert picture.foot.startswith("60 of 80 customers, drawn at random. ")
