import numpy as np
import pandas as pd

from icp_lab.methods.avoid import describe_avoid, find_avoid, pick_failures

NOBODY = pd.DataFrame({"account_id": [], "outcome": [], "positive": []})


def make_firms(planted: bool, n: int = 400) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Firms with a number that has gaps; small retailers fail more often when planted."""
    rng = np.random.default_rng(4)
    ids = [f"a{i:03}" for i in range(n)]
    firms = pd.DataFrame({
        "employees": np.where(rng.random(n) < 0.1, np.nan, rng.integers(1, 400, n)),
        "maturity": np.where(rng.random(n) < 0.1, np.nan, rng.integers(1, 6, n)),
        "industry": pd.Series(rng.choice(["Retail", "SaaS", "Bank"], n), index=ids, dtype="str").to_numpy(),
    }, index=ids)
    risky = (firms["industry"] == "Retail") & (firms["employees"] < 150)
    failed = rng.random(n) < np.where(risky & planted, 0.8, 0.15)
    return firms, list(firms.index[failed]), list(firms.index[~failed])


def test_a_planted_negative_profile_is_found_and_written_as_in_icp_yml() -> None:
    avoid = describe_avoid(find_avoid(*make_firms(planted=True), permutations=39, bootstraps=20))
    assert avoid["verdict"] == "supported"
    assert {one["attribute"] for one in avoid["criteria"]} == {"industry", "employees"}
    assert "refused" not in avoid["evidence"] and avoid["evidence"]["lift_low"] > 1


def test_in_noise_nothing_is_claimed_and_what_was_refused_is_kept() -> None:
    avoid = describe_avoid(find_avoid(*make_firms(planted=False), permutations=39, bootstraps=20))
    assert avoid["criteria"] == [] and avoid["verdict"] == "unsupported"
    assert isinstance(avoid["evidence"]["refused"], list)


def test_customers_that_failed_are_kept_apart_from_accounts_that_never_bought() -> None:
    customers = pd.DataFrame({"account_id": list("abcde"), "status": ["customer"] * 4 + ["lost"]})
    signs = pd.DataFrame({"account_id": ["a", "b", "e"], "churned": [True, True, False],
                          "low_use": [True, False, False], "lost": [False, False, True]})
    picked = pick_failures(customers, NOBODY, signs)
    assert (picked.negative, picked.others, picked.min_signs) == (("a",), ("b", "c", "d"), 2)
    assert pick_failures(customers, NOBODY, signs, min_signs=1).negative == ("a", "b")


def test_the_young_without_a_sign_are_left_out() -> None:
    customers = pd.DataFrame({"account_id": list("abc"), "status": "customer"})
    outcomes = pd.DataFrame({"account_id": ["b", "a"], "outcome": "best", "positive": "unknown"})
    picked = pick_failures(customers, outcomes, pd.DataFrame({"account_id": ["a"], "churned": [True]}))
    assert (picked.negative, picked.others) == (("a",), ("c",))


def test_where_no_customer_shows_a_sign_the_lost_stand_in() -> None:
    customers = pd.DataFrame({"account_id": list("abc"), "status": ["customer", "customer", "lost"]})
    picked = pick_failures(customers, NOBODY, pd.DataFrame({"account_id": ["c"], "lost": [True], "churned": [False]}))
    assert (picked.negative, picked.others, picked.among) == (("c",), ("a", "b"), "accounts")
