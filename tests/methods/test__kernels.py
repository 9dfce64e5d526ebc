"""The bounds of the search: no span of bins gains more than the bound that lets a whole feature be left out."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from icp_lab.methods import _kernels as kernels

COUNTS = st.lists(st.tuples(st.integers(0, 40), st.floats(0, 1)), min_size=2, max_size=16)


@settings(max_examples=300, deadline=None)
@example([(2, 0.0), (3, 1.0)], 0, 0)
@given(COUNTS, st.integers(0, 100), st.integers(0, 100))
def test_no_span_gains_more_than_the_bound(bins, rest, rest_hits):
    """Against every span, with and without cases that lie outside the feature's parent rule."""
    cases = np.array([n for n, _share in bins], dtype=np.int64)
    hits = np.round(cases * [share for _n, share in bins]).astype(np.int64)
    n, k = int(cases.sum()) + rest, int(hits.sum()) + min(rest, rest_hits)
    most, found, table = int(cases.sum()), int(hits.sum()), kernels.tabulate_entropy()
    if not 0 < found < most:
        return
    undivided = kernels.level_of(n, k, table)
    situation = (np.int64(most), np.int64(1), np.int64(n | k << 32), np.int64(0), 0.0, 0.0, False, undivided, table,
                 np.int64(found))
    bound = kernels._bound_gain(cases | hits << 32, situation)
    gains = [kernels._gain(int(cases[i:j].sum()), int(hits[i:j].sum()), n - int(cases[i:j].sum()),
                           k - int(hits[i:j].sum()), undivided, table)
             for i in range(len(bins)) for j in range(i + 1, len(bins) + 1) if cases[i:j].sum()]
    assert bound >= max(gains) - 1e-9
    assert bound <= max(0.0, _most(n, k)) + 1e-9


def _most(n, k):
    """Give what a division into hits and the others would gain."""
    return float(-kernels.level_of(n, k, kernels.tabulate_entropy()))
