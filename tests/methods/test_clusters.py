import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from icp_lab.methods.clusters import Shape, cluster_points, embed_points, order_labels, resample_clusters

SHAPE = Shape(neighbours=15, smallest=15)


@pytest.fixture
def planted():
    rng = np.random.default_rng(0)
    kinds = np.repeat([0, 1, 2], [80, 60, 40])
    return rng.normal(size=(180, 5)) + 6 * np.eye(3, 5)[kinds], kinds


def test_planted_groups_are_found_and_numbered_by_size(planted):
    points, kinds = planted
    found = cluster_points(points, SHAPE)
    assert adjusted_rand_score(kinds, found) > 0.95
    assert np.bincount(found[found >= 0]).tolist() == sorted(np.bincount(found[found >= 0]), reverse=True)


def test_one_direction_less_than_groups(planted):
    assert embed_points(planted[0], 15).shape == (180, 2)


def test_row_order_changes_no_group(planted):
    points, _kinds = planted
    order = np.random.default_rng(1).permutation(len(points))
    assert adjusted_rand_score(cluster_points(points, SHAPE)[order], cluster_points(points[order], SHAPE)) == 1


def test_order_of_labels():
    assert order_labels(np.array([2, 2, 0, 0, 1, -1, 1, 1])).tolist() == [1, 1, 2, 2, 0, -1, 0, 0]


def test_planted_groups_are_found_again(planted):
    points, _kinds = planted
    labels = cluster_points(points, SHAPE)
    found = resample_clusters(points, labels, SHAPE, 6, np.random.default_rng(0))
    assert found.agreement > 0.9
    assert min(found.overlap) > 0.85


def test_a_cloud_is_not_found_again():
    points = np.random.default_rng(0).normal(size=(180, 5))
    assert resample_clusters(points, None, SHAPE, 6, np.random.default_rng(0)).agreement < 0.6
