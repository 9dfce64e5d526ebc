"""Fresh worlds: the score keeps what it promises, and promises nothing where there is nothing."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.card import fit_card
from icp_lab.methods.score import score_rows
from icp_lab.methods.search import search_rules
from icp_lab.worlds.company import build_accounts, draw_draft
from icp_lab.worlds.words import load_words

pytestmark = pytest.mark.slow


def _draw(n, seed, signal=True):
    rng = np.random.default_rng([seed, 77])
    draft = draw_draft(n, signal, rng)
    table = build_accounts(draft, load_words("en"), rng).set_index("account_id")
    table = table.drop(columns=["name", "domain", "owner"])
    positive = (draft["fit"] + rng.normal(0, 0.9, n) > 1.9).to_numpy()
    return table, pd.DataFrame({"case_id": table.index, "account_id": table.index,
                                "positive": np.where(positive, "yes", "no")}), positive


def test_the_intervals_hold_on_companies_that_nobody_has_seen():
    fresh, _cases, truth = _draw(10_000, 10**6)
    covered, lifts = [], []
    for seed in range(8):
        table, cases, positive = _draw(300, seed)
        card = fit_card(table, cases, search_rules(table.sort_index(), positive)[0], bootstraps=100, seed=seed)
        assert card.predicts
        points = score_rows(card, fresh)["points"].to_numpy()
        band = np.searchsorted(card.bands["least"].to_numpy()[1:], points, side="right")
        shares = [truth[band == at].mean() for at in range(len(card.bands))]
        covered += list((card.bands["low"] <= shares) & (card.bands["high"] >= shares))
        top = np.argsort(-points, kind="stable")[: len(points) // 10]
        lifts.append(truth[top].mean() / truth.mean())
    assert np.mean(covered) >= 0.65
    assert np.mean(lifts) >= 3.5


def test_without_signal_no_probability_is_given():
    said = []
    for seed in range(10):
        table, cases, positive = _draw(250, seed, signal=False)
        rule = search_rules(table.sort_index(), positive)[0]
        said.append(fit_card(table, cases, rule, bootstraps=100, seed=seed).predicts)
    assert sum(said) <= 1
