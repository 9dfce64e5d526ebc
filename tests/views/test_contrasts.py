import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.association import compare_all
from icp_lab.methods.confounding import find_confounding
from icp_lab.methods.contrast import compare_groups
from icp_lab.views.contrasts import (
    tabulate_association,
    tabulate_confounding,
    tabulate_contrast,
    tell_confounding,
    tell_contrast,
    tell_value,
)


@pytest.fixture
def firms():
    rng = np.random.default_rng(0)
    client = rng.random(600) < 0.5
    big = rng.random(600) < np.where(client, 0.85, 0.15)
    return pd.DataFrame({
        "client": np.where(client, "Current", "New"), "size": np.where(big, "Big", "Small"),
        "employees": np.where(client, 900.0, 100.0) + rng.integers(0, 500, 600), "noise": rng.random(600),
        "won": rng.random(600) < np.where(client, 0.8, 0.2)}, index=[f"a{i:03}" for i in range(600)])


def compare(firms, **options):
    won = firms["won"]
    sides = list(firms.index[won]), list(firms.index[~won])
    frame = firms.drop(columns="won")
    contrast = compare_groups(frame, *sides, after_sale=("client",), **options)
    return contrast, find_confounding(frame, *sides, contrast)


def test_value_follows_size_in_words_and_pairs(firms):
    said = tell_value(compare(firms, comparison="value", quarters=True)[0])
    assert said.startswith("**Value, which is what a customer brings in revenue, follows size (employees).**")
    assert "employees in 7" in said and "noise" not in said
    assert tell_value(compare(firms[["noise", "won"]], comparison="value")[0]).startswith("None of 1 differences")


def test_quarters_are_named_as_people_would(firms):
    firms["annual_revenue"] = firms["employees"] * 12_345.678
    table = tabulate_contrast(compare(firms, comparison="best", quarters=True)[0], 5)
    labels = table.frame["label"].tolist()
    assert len(labels) == 5 and "Shown: 5 of " in table.note
    assert any(label.startswith("annual revenue ") and " to " in label and "." not in label for label in labels)


def test_what_a_trait_keeps_company_with_is_named(firms):
    contrast, confounding = compare(firms)
    said = tell_confounding(confounding)
    assert "**size: Big** is confounded with **client: Current**" in said and "causes" in said
    assert "mostly this" in str(tabulate_confounding(confounding))
    assert "size" in tell_contrast(contrast)


def test_nothing_explained_is_said_with_the_number_of_looks(firms):
    confounding = compare(firms[["noise", "won"]])[1]
    assert tell_confounding(confounding).startswith("No two clear differences")
    assert tabulate_confounding(confounding) == ""


def test_four_groups_stand_side_by_side(firms):
    ids = np.array(firms.index)
    four = {"best": ids[:200], "ordinary": ids[200:400], "negative": (), "lost": ids[400:]}
    firms["stage"] = np.repeat(["early", "mid", "late"], 200)
    shown = str(tabulate_association(compare_all(firms[["stage", "employees"]], four)))
    assert "stage: " in shown and "Lost, n = 200" in shown and "holds" in shown and "may be chance" in shown
    assert "Negative" not in shown and "Customer, n" in str(tabulate_association(compare_all(firms, four), "customers"))
    assert "few" in str(tabulate_association(compare_all(firms, {"best": ids[:5], "lost": ids[5:9]})))
