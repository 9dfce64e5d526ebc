"""Accounts on a plane: a picture of who is near whom. Nothing is ever concluded from it."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from icp_lab.methods.encoding import encode_attributes
from icp_lab.methods.result import Shown

EPOCHS = 200
FEWEST = 10


@dataclass(frozen=True)
class Layout(Shown):
    """Where does each account lie on the map? `frame`: account_id, x, y (missing where there are too few to draw)."""

    frame: pd.DataFrame


def map_accounts(attributes: pd.DataFrame, *, neighbours: int = 15, seed: int = 0) -> Layout:
    """How do the accounts lie to each other, as far as a plane can show it?

    Parameters
    ----------
    attributes
        A row an account, indexed by account_id; columns as in `encode_attributes`. The order of rows does not matter.
    neighbours
        Accounts that each one is drawn near to.
    seed
        Seed of the drawing.

    Returns
    -------
    Layout
        A place for each account, around zero; without a place where there are fewer than ten accounts or no attribute.

    Notes
    -----
    UMAP (McInnes, Healy and Melville, 2018) on exact neighbours. It draws islands in pure noise too, and another
    machine may draw others: the segments do not come from here.
    """
    encoding = encode_attributes(attributes)
    ids = pd.Series(encoding.frame.index, dtype="str")
    if len(ids) < FEWEST or not encoding.attributes:
        return Layout(pd.DataFrame({"account_id": ids, "x": np.nan, "y": np.nan}))
    places = _draw_map(encoding.points, min(neighbours, len(ids) - 1), seed)
    places = places - np.median(places, axis=0)
    return Layout(pd.DataFrame({"account_id": ids, "x": places[:, 0], "y": places[:, 1]}))


def _draw_map(points: np.ndarray, neighbours: int, seed: int) -> np.ndarray:
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of packages that a map does not need
        from umap import UMAP  # noqa: PLC0415  (imports and compiles for ten seconds: only a map pays for it)

        distances, nearest = NearestNeighbors(n_neighbors=neighbours).fit(points).kneighbors(points)
        model = UMAP(n_neighbors=neighbours, n_epochs=EPOCHS, min_dist=0.3, random_state=seed, n_jobs=1,
                     precomputed_knn=(nearest.astype(np.int32), distances.astype(np.float32)))
        return np.asarray(model.fit_transform(points), dtype=np.float64)
