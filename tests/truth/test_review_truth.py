"""The review on votes with and without planted conflicts: what is found, and how often something is made of nothing."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.review import Item, weigh_votes

TEAMS = ("marketing", "sales", "product", "customer_success", "management")
ITEMS = tuple(Item(f"criterion.{name}", {"attribute": name, "min": 1}, {}, 0.9, "strong") for name in "abcdefgh")
# Cast by nobody in particular: votes that say nothing.
ANY = np.arange(1, 10)


def cast(draw, voters=3):
    rows = [(1, team, f"{team} {who}", item.id, int(np.clip(np.round(draw(team, item.id)), 1, 9)), "", "")
            for team in TEAMS for who in range(voters) for item in ITEMS]  # fmt: skip
    return pd.DataFrame(rows, columns=["round", "department", "reviewer", "item", "vote", "comment", "mark"])


def weigh(votes, seed):
    return weigh_votes(votes, ITEMS, permutations=199, seed=seed)


def planted(seed):
    """Sales is against one line that all others like; marketing likes one that nobody else does; the rest is agreed."""
    rng, names = np.random.default_rng(seed), [item.id for item in ITEMS]
    heights = dict(zip(names, [8, 8, 7.5, 7, 8, 2, 7, 8], strict=True))

    def draw(team, item):
        centre = {("sales", "criterion.a"): 2, ("marketing", "criterion.f"): 8}.get((team, item), heights[item])
        return rng.normal(centre, 1)

    return cast(draw)


def find_conflicts(review):
    clear = review.conflicts[review.conflicts["p_value"] < 0.05]
    return {(team, row.item) for row in clear.itertuples() for team in (row.first, row.second)
            if sum(team in (other.first, other.second) for other in clear.itertuples() if other.item == row.item) > 1}


def check_planted(seeds):
    found, orders, agreed = 0, 0, []
    for seed in seeds:
        review = weigh(planted(seed), seed)
        found += {("sales", "criterion.a"), ("marketing", "criterion.f")} <= find_conflicts(review)
        orders += review.concordance.p_value < 0.05
        agreed.append(review.frame.set_index("item")["verdict"])
    return found / len(seeds), orders / len(seeds), pd.DataFrame(agreed)


def check_null(seeds, draws):
    claimed, agreed, covered, orders = 0, [], 0, 0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        review = weigh(cast(lambda _team, _item, rng=rng: draws(rng)), seed)
        claimed += (review.conflicts["p_value"] < 0.05).any()
        agreed += review.frame["verdict"].eq("agreed").tolist()
        found = review.concordance
        covered += found.low <= found.chance <= found.high
        orders += found.p_value < 0.05
    return claimed / len(seeds), float(np.mean(agreed)), covered / len(seeds), orders / len(seeds)


@pytest.mark.slow
def test_planted_conflicts_are_found():
    """In 30 reviews of 15 people: both conflicts in 26, one order of the lines in 18, the quiet line agreed in 24."""
    found, orders, verdicts = check_planted(range(30))
    assert found >= 26 / 30
    assert orders >= 18 / 30
    assert verdicts["criterion.h"].eq("agreed").mean() >= 24 / 30
    assert not verdicts["criterion.f"].eq("agreed").any()


@pytest.mark.slow
@pytest.mark.parametrize("draws", [lambda rng: rng.choice(ANY), lambda rng: rng.normal(7.5, 1.2)])
def test_votes_without_conflict_show_none(draws):
    """In 60 reviews each: any conflict called one in at most 6, one order of the lines in at most 8."""
    claimed, _agreed, _covered, orders = check_null(range(200, 260), draws)
    assert claimed <= 6 / 60
    assert orders <= 8 / 60


@pytest.mark.slow
def test_random_votes_are_hardly_ever_agreed():
    """Of 480 lines voted on at random by 15 people at most 1 in 100 is called agreed."""
    assert check_null(range(300, 360), lambda rng: rng.choice(ANY))[1] <= 0.01
