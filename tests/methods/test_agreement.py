"""Agreement: published worked examples to three digits, what does not count, and what chance gives."""

import math

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.agreement import compare_coders, kendalls_w, krippendorff_alpha

# Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability, section C and D: 4 observers, 12 units, of which
# the last was judged by one observer only.
OBSERVED = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
# Kendall, M. G. (1948). Rank Correlation Methods, chapter 6; also Siegel, S. (1956). Nonparametric Statistics, p. 234:
# 3 judges, 10 objects, with ties; W = .828, without the correction .796.
TIED = [[1, 4.5, 2, 4.5, 3, 7.5, 6, 9, 7.5, 10], [2.5, 1, 2.5, 4.5, 4.5, 8, 9, 6.5, 10, 6.5],
        [2, 1, 4.5, 4.5, 4.5, 4.5, 8, 8, 8, 10]]
# Siegel (1956), table 9.1: three executives rank six applicants; W = .16.
APPLICANTS = [[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]]


def _ratings(rows=OBSERVED):
    said = [(unit, rater, int(value))
            for rater, row in enumerate(rows) for unit, value in enumerate(row) if value != "."]
    return pd.DataFrame(said, columns=["unit", "rater", "value"])


def _votes(rows):
    return pd.DataFrame([(item, rater, vote) for rater, row in enumerate(rows) for item, vote in enumerate(row)],
                        columns=["item", "rater", "vote"])


def test_alpha_of_krippendorffs_own_example():
    found = krippendorff_alpha(_ratings())
    assert round(found.value, 3) == 0.743
    assert (found.n, found.raters) == (11, 4)
    assert found.low < found.value <= found.high <= 1


@pytest.mark.parametrize(("ranks", "w"), [(TIED, 0.828), (APPLICANTS, 0.162)])
def test_w_of_published_examples(ranks, w):
    found = kendalls_w(_votes(ranks))
    assert round(found.value, 3) == w
    assert (found.n, found.raters) == (len(ranks[0]), 3)
    assert found.low <= found.value <= found.high


def test_w_tells_order_from_chance():
    assert kendalls_w(_votes(TIED)).p_value < 0.01
    assert kendalls_w(_votes(APPLICANTS)).p_value > 0.2
    assert kendalls_w(_votes(APPLICANTS)).chance == pytest.approx(1 / 3)


def test_the_order_of_rows_does_not_matter():
    shuffled = _ratings().sample(frac=1, random_state=1)
    assert krippendorff_alpha(shuffled, seed=3) == krippendorff_alpha(_ratings(), seed=3)
    votes = _votes(TIED)
    assert kendalls_w(votes.sample(frac=1, random_state=1), seed=3) == kendalls_w(votes, seed=3)


def test_names_may_be_texts_and_order_is_kept():
    words = _ratings().assign(value=lambda frame: frame["value"].map({1: "a", 2: "b", 3: "c", 4: "d", 5: "e"}))
    assert krippendorff_alpha(words).value == pytest.approx(krippendorff_alpha(_ratings()).value)


def test_full_agreement_and_none_to_be_had():
    assert krippendorff_alpha(_ratings(["123", "123"])).value == 1
    assert math.isnan(krippendorff_alpha(_ratings(["111", "111"])).value)
    assert math.isnan(krippendorff_alpha(_ratings(["123"])).value)
    assert math.isnan(krippendorff_alpha(_ratings([])).value)
    assert kendalls_w(_votes([[1, 2, 3, 4]] * 3)).value == 1
    assert kendalls_w(_votes([[1, 2, 3], [3, 2, 1]])).value == 0
    for votes in ([[1, 2, 3]], [[1, 2], [1, 2]], [[5, 5, 5], [5, 5, 5]], []):
        assert math.isnan(kendalls_w(_votes(votes)).value)


def test_open_votes_do_not_count():
    votes = _votes([*TIED, TIED[0]])
    hasty = votes[(votes["rater"] != 3) | (votes["item"] < 3)]
    assert kendalls_w(hasty).raters == 3
    assert kendalls_w(hasty).value == kendalls_w(_votes(TIED)).value
    skipped = votes[(votes["rater"] != 3) | (votes["item"] != 3)]
    assert (kendalls_w(skipped).raters, kendalls_w(skipped).n) == (4, 9)


def test_several_votes_of_a_department_count_as_their_middle():
    twice = pd.concat([_votes(TIED), _votes(TIED).assign(vote=lambda frame: frame["vote"] + 0.2)])
    assert kendalls_w(twice).value == pytest.approx(kendalls_w(_votes(TIED)).value)


def test_coders_are_compared_on_what_both_have_read():
    passages = pd.DataFrame({"interview": ["a", "a", "a", "b"], "passage": [1, 2, 3, 1],
                             "codes": [("x",), ("y",), (), ("x",)]})
    coders = pd.DataFrame({"coder": "ben", "interview": "a", "passage": [1, 2, 3], "code": ["x", "x", ""]})
    found = compare_coders(passages, coders)
    assert (found.n, found.raters) == (6, 2)  # three passages of interview a, two codes
    # Alike in four of the six questions; of all twelve answers four are yes.
    assert found.value == pytest.approx(1 - 11 * (2 * 2) / (2 * 4 * 8))
    assert compare_coders(passages, coders.iloc[::-1]).value == found.value
    assert math.isnan(compare_coders(passages, coders.iloc[:0]).value)


def test_a_cluster_is_drawn_as_one():
    said = _ratings(["12" * 30, "12" * 24 + "21" * 6])
    assert krippendorff_alpha(said.assign(cluster=said["unit"] // 20)).low is not None
    alone = krippendorff_alpha(said)
    assert math.isnan(krippendorff_alpha(said.assign(cluster=said["unit"] // 20)).low)  # three clusters say too little
    assert alone.high - alone.low > 0.1
    assert np.isfinite(alone.low)
