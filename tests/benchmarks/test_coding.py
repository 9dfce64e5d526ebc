"""Suggested codes against what researchers noted of real studies, and plain word matching in the same run."""

import coding
import pytest


@pytest.fixture(scope="module")
def noted(studies):
    folder = studies.parent / "reference/interviews_doi"
    return folder, coding.read_noted((folder / "researchfindingsbytopic.md").read_text(encoding="utf-8"))


def test_all_links_of_topics_to_studies_are_known(noted):
    _folder, table = noted
    assert table.shape == (15, 77)
    assert table.to_numpy().sum() == 186


def test_suggested_codes_find_what_researchers_noted(noted):
    folder, table = noted
    passages = coding.read_passages(folder)
    ranked = coding.judge(coding.suggest_topics(passages, table, cut=1e-9, most=table.shape[1]), table)
    plain = coding.judge(coding.match_words(passages, table), table)
    assert ranked["recall"] >= 0.6
    assert ranked["precision"] >= 0.30
    assert ranked["precision"] > plain["precision"] + 0.05
    as_set = coding.judge_as_set(coding.suggest_topics(passages, table), table)
    assert as_set["recall"] >= 0.6
    assert as_set["precision"] >= 0.30
