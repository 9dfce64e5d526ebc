"""Themes are counted by company; what is quoted, compared and estimated keeps to its rules."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.themes import (
    OTHER,
    find_contradictions,
    find_themes,
    list_suggestions,
    measure_saturation,
    pick_quotes,
    read_notes,
)

NONE = pd.DataFrame()


def _hear(*said, **heads):
    """Make interviews of (interview, account, codes)."""
    rows = pd.DataFrame(said, columns=["interview", "account_id", "codes"])
    head = rows[["interview", "account_id"]].drop_duplicates("interview").assign(**heads)
    texts = [f"said {i}" for i in range(len(rows))]
    passages = rows.assign(passage=rows.groupby("interview").cumcount() + 1, text=texts)
    return head.reset_index(drop=True), passages.drop(columns="account_id")


def test_a_company_counts_once_however_often_it_says_it():
    heads, said = _hear(
        ("1", "a", ("x",)), ("1", "a", ("x", "y")), ("2", "a", ("x",)), ("3", "b", ()), ("4", "", ("x",)))
    themes = find_themes(heads, said, NONE, NONE)
    assert themes.frame[["code", "companies", "of", "interviews"]].values.tolist() == [
        ["x", 2, 3, "1,2,4"], ["y", 1, 3, "1"]]
    assert themes.list_companies("x") == ["4", "a"]


def test_the_order_of_rows_does_not_matter():
    heads, said = _hear(*[(str(i), f"a{i % 5}", ("x",) if i % 2 else ("y", "x")) for i in range(12)])
    one = find_themes(heads, said, NONE, NONE)
    other = find_themes(heads[::-1], said.sample(frac=1, random_state=1), NONE, NONE)
    for name in ("frame", "cross", "passages"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_nobody_heard_is_no_error():
    heads, said = _hear()
    themes = find_themes(heads, said, NONE, NONE)
    assert not len(themes.frame)
    assert not len(themes.cross)
    assert np.isnan(themes.saturation.known)
    assert not len(find_contradictions(themes, NONE))
    assert not len(pick_quotes(themes))


def test_a_segment_of_which_one_company_was_heard_is_not_shown_alone():
    heads, said = _hear(*[(str(i), f"a{i}", ("x",)) for i in range(6)])
    segments = pd.DataFrame({"account_id": [f"a{i}" for i in range(6)], "segment": ["S1"] * 4 + ["S2", "S3"]})
    cross = find_themes(heads, said, NONE, segments).cross
    assert cross["level"].tolist() == ["S1", OTHER]
    assert cross["of"].tolist() == [4, 2]
    assert not len(find_themes(heads, said, NONE, segments[:5]).cross["level"].drop_duplicates()[1:])


def test_saturation_is_the_mean_over_all_orders():
    rng = np.random.default_rng(0)
    said = pd.DataFrame({"interview": rng.choice(list("abcdef"), 25), "code": rng.choice(list("uvwxyz"), 25)})
    found = measure_saturation(said, pd.Series(list("abcdef")))
    sets = said.groupby("interview")["code"].agg(set).reindex(list("abcdef"))
    drawn = np.mean([[len(set.union(*sets.iloc[order[:k]])) for k in range(1, 7)]
                     for order in (rng.permutation(6) for _draw in range(3000))], axis=0)
    np.testing.assert_allclose(found.curve["codes"], drawn, atol=0.05)
    assert found.seen == 6


def test_what_was_heard_once_tells_how_much_was_not_heard():
    """Chao (1987) without bias, by hand: 10 interviews, four codes once, one twice: 9/10 x 4 x 3 / (2 x 2) = 2.7."""
    said = pd.DataFrame({"interview": list("0123456"), "code": list("abcdeef")}).iloc[:6]
    said = pd.concat([said, pd.DataFrame({"interview": list("789"), "code": list("zzz")})])
    found = measure_saturation(said, pd.Series(list("0123456789")))
    assert (found.seen, found.once) == (6, 4)
    assert found.unseen == pytest.approx(2.7)
    assert found.low < 2.7 < found.high


def test_contradictions_are_set_beside_those_who_did_not_say_it():
    heads, said = _hear(("1", "a", ("slow_support",)), ("2", "b", ("slow_support",)), ("3", "c", ()))
    success = pd.DataFrame({"account_id": list("abc"), "satisfaction": [0.9, 0.4, 0.8]})
    row = find_contradictions(find_themes(heads, said, NONE, NONE), success).iloc[0]
    assert row[["code", "measure", "side", "companies", "of", "others", "of_others", "accounts"]].tolist() == [
        "slow_support", "satisfaction", "top", 1, 2, 1, 1, "a"]


def test_quotes_need_consent_and_come_from_different_companies():
    heads, said = _hear(("1", "a", ("x",)), ("1", "a", ("x",)), ("2", "b", ("x",)), ("3", "c", ("x",)))
    heads["consent"] = ["anonymous", "none", "quote"]
    quotes = pick_quotes(find_themes(heads, said, NONE, NONE), quotes=3)
    assert quotes[["company", "consent"]].values.tolist() == [["c", "quote"], ["a", "anonymous"]]
    assert not len(pick_quotes(find_themes(heads, said, NONE, NONE), quotes=0))


def test_no_suggestion_leaves_an_empty_table():
    none = pd.DataFrame(columns=["interview", "passage", "code", "score", "words"])
    said = pd.DataFrame(columns=["interview", "passage", "text"])
    left = list_suggestions(none, said, pd.DataFrame(columns=["interview", "passage", "code"]))
    assert list(left) == ["interview", "passage", "code", "evidence", "score", "text"]


def test_notes_count_accounts_by_team():
    book = pd.DataFrame({"code": ["price"], "name": ["Too expensive"], "meaning": "", "belongs": "", "topic": "",
                         "examples": [("far too expensive",)]})
    notes = pd.DataFrame({"account_id": ["a", "a", "b", "c"], "team": ["sales", "sales", "sales", "cs"],
                          "note": ["Far too expensive.", "Finds us far too expensive", "Pays", None]})
    assert read_notes(notes, book)[["team", "code", "accounts", "of"]].values.tolist() == [["sales", "price", 1, 2]]
    assert not len(read_notes(NONE, book))
