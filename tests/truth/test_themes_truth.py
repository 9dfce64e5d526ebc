"""Planted themes are counted with intervals that hold, and what was not heard yet is estimated about right."""

import numpy as np
import pandas as pd

from icp_lab.methods.themes import find_themes

BOOK = pd.DataFrame()


def hear(rng, n, shares, segments=2):
    """Make interviews: `shares` is, for each code and segment, the share of companies that says it."""
    segment = rng.integers(segments, size=n)
    heads = pd.DataFrame({"interview": [f"i{i:02}" for i in range(n)], "account_id": [f"a{i:02}" for i in range(n)],
                          "seniority": rng.choice(["head", "staff"], n)})
    said = [(f"i{i:02}", 1, tuple(code for code, by in shares.items() if rng.random() < by[segment[i]]))
            for i in range(n)]
    passages = pd.DataFrame(said, columns=["interview", "passage", "codes"])
    return heads, passages, pd.DataFrame({"account_id": heads["account_id"], "segment": segment.astype(str)})


def test_intervals_hold_the_share_of_all_companies():
    held = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        heads, said, segments = hear(rng, 10, {"x": [0.6], "y": [0.3]}, 1)
        frame = find_themes(heads, said, BOOK, segments).frame.set_index("code")
        held += [low <= truth <= high for code, truth in (("x", 0.6), ("y", 0.3)) if code in frame.index
                 for low, high in [frame.loc[code, ["low", "high"]]]]
    assert np.mean(held) >= 0.92


def test_what_is_not_heard_yet_is_a_lower_bound_and_the_known_share_is_about_right():
    bound, known = [], []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        shares = {f"c{i}": [share] for i, share in enumerate(rng.uniform(0.05, 0.8, 30))}
        heads, said, segments = hear(rng, 8, shares, 1)
        heard = find_themes(heads, said, BOOK, segments).saturation
        unseen = [share for code, (share,) in shares.items() if code not in set(said["codes"].explode())]
        bound.append(heard.low <= len(unseen) if heard.unseen > 0 else True)
        known.append((heard.known, 1 - sum(unseen) / sum(share for (share,) in shares.values())))
    assert np.mean(bound) >= 0.9
    estimated, true = np.array(known).T
    assert abs(np.mean(estimated - true)) < 0.02
