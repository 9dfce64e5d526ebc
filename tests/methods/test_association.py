
import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency

from icp_lab.methods.association import compare_all

GROUPS = ("best", "ordinary", "negative", "lost")


def make_accounts(n=400, seed=0):
    rng = np.random.default_rng(seed)
    ids = np.array([f"a{i:03}" for i in range(n)])
    where = np.arange(n) % 4
    frame = pd.DataFrame({
        "employees": rng.lognormal(4, 1, n) * np.array([4, 2, 1, 1])[where],
        "industry": np.where(rng.random(n) < np.array([0.6, 0.3, 0.2, 0.2])[where], "SaaS", rng.choice(["a", "b"], n)),
        "exports": pd.array(rng.random(n) < 0.5, dtype="boolean"),
        "tools": [("CRM", "Mail") if flag else ("Mail",) for flag in rng.random(n) < np.where(where == 3, 0.7, 0.3)],
        "constant": "same", "owner": [f"o{i}" for i in range(n)],
    }, index=ids)
    return frame, {name: ids[where == place] for place, name in enumerate(GROUPS)}


def test_each_kind_of_attribute_is_held_against_all_groups():
    frame, groups = make_accounts()
    found = compare_all(frame, groups, after_sale=("tools",)).frame.set_index("attribute")
    assert set(found.index) == {"employees", "industry", "exports", "tools"}
    assert found["distinct"].to_dict() == {"employees": True, "industry": True, "tools": True, "exports": False}
    assert found.loc["industry", "level"] == "SaaS" and found.loc["exports", "level"] == "yes"
    assert found.loc["industry", "best"] > 0.5 > found.loc["industry", "lost"]
    assert found.loc["employees", "best"] == frame.loc[groups["best"], "employees"].median()
    assert not found.loc["tools", "before_sale"]
    assert ((found["low"] <= found["effect"]) & (found["effect"] <= found["high"])).all()


def test_the_test_is_chi_squared_and_exact_where_counts_are_small():
    frame, groups = make_accounts()
    row = compare_all(frame[["exports"]], groups).frame.iloc[0]
    where = pd.Series({each: name for name, ids in groups.items() for each in ids})
    plain = chi2_contingency(pd.crosstab(frame["exports"], where), correction=False)
    assert row["p_value"] == pytest.approx(plain.pvalue, rel=0.05)
    few = {name: ids[:11] for name, ids in groups.items()}
    small = compare_all(frame[["exports"]], few).frame.iloc[0]
    assert small["p_value"] * 2000 == pytest.approx(round(small["p_value"] * 2000)), "a share of 1,999 drawn tables"


def test_a_group_without_values_takes_no_part():
    frame, groups = make_accounts()
    frame.loc[groups["lost"], "employees"] = np.nan
    row = compare_all(frame[["employees"]], groups).frame.iloc[0]
    assert np.isnan(row["lost"]) and row["n"] == 300
    assert compare_all(frame, {"best": groups["best"]}).frame.empty
    assert compare_all(frame, {}).groups == {}


def test_order_of_rows_decides_nothing():
    frame, groups = make_accounts()
    again = {name: ids[::-1] for name, ids in groups.items()}
    pd.testing.assert_frame_equal(compare_all(frame, groups).frame,
                                  compare_all(frame.sample(frac=1, random_state=1)[frame.columns[::-1]], again).frame)


def test_strength_has_no_bias_and_an_interval_that_holds():
    rng, truth, held, strengths = np.random.default_rng(1), 0.3, 0, []
    for _seed in range(150):
        x, y = rng.random(240) < 0.5, rng.random(240)
        first = y < np.where(x, 0.5 + truth / 2, 0.5 - truth / 2)  # two by two: V is the difference of these shares
        frame = pd.DataFrame({"x": pd.array(x, dtype="boolean")}, index=[f"{i:03}" for i in range(240)])
        row = compare_all(frame, {"best": frame.index[first], "lost": frame.index[~first]}).frame.iloc[0]
        held += row["low"] <= truth <= row["high"]
        strengths.append(row["effect"])
    assert held >= 0.90 * 150
    assert np.mean(strengths) == pytest.approx(truth, abs=0.02)
