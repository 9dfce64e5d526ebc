"""Reasons by kind of account: a planted lean is found, and reasons that lean nowhere are hardly ever said to."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.association import compare_all
from icp_lab.methods.reasons import cross_reasons, group_reasons

SAID = {"pricing": 0.35, "bugs": 0.25, "slow support": 0.2, "went to a rival": 0.12, "went dark": 0.08}
SEEDS, NONE = 30, pd.DataFrame()


def _draw(seed: int, lean: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw 200 accounts and what they said; of those that name the price a share is moved into one size band."""
    rng = np.random.default_rng(seed)
    ids = [f"{number:03}" for number in range(200)]
    churn = pd.DataFrame({"account_id": ids, "reason": rng.choice(list(SAID), 200, p=list(SAID.values()))})
    firms = pd.DataFrame({"account_id": ids, "industry": rng.choice(list("ABCDEFGH"), 200),
                          "size_band": rng.choice(list("SML"), 200), "region": rng.choice(list("WXYZ"), 200)})
    firms.loc[(churn["reason"] == "pricing") & (rng.random(200) < lean), "size_band"] = "S"
    return churn, firms


def _find(seed: int, lean: float) -> set[str]:
    churn, firms = _draw(seed, lean)
    found = compare_all(firms.set_index("account_id"), group_reasons(churn, NONE, NONE).sides, q=0.1).frame
    return set(found.loc[found["distinct"], "attribute"])


@pytest.mark.slow
def test_a_planted_lean_is_found_and_none_is_made_up() -> None:
    assert np.mean(["size_band" in _find(seed, 0.5) for seed in range(SEEDS)]) >= 0.8
    assert np.mean([bool(_find(seed, 0.0)) for seed in range(SEEDS)]) <= 0.2


def test_the_intervals_hold_the_planted_shares() -> None:
    held = [row["low"] <= 0.35 <= row["high"] for seed in range(20) for churn, firms in [_draw(seed, 0.0)]
            for row in cross_reasons(group_reasons(churn, NONE, NONE), firms, "region").to_dict("records")
            if row["group"] == "price"]
    assert np.mean(held) >= 0.9
