import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.confounding import find_confounding
from icp_lab.methods.contrast import compare_groups
from icp_lab.views.contrasts import tabulate_confounding, tabulate_contrast, tell_confounding, tell_contrast, tell_value


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
    assert "0 pairs were looked at" in tell_confounding(confounding)
    assert tabulate_confounding(confounding) == ""
