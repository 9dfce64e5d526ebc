from datetime import date

import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.methods.association import compare_all
from icp_lab.methods.contrast import Contrast, compare_groups
from icp_lab.methods.negatives import Groups, Negatives, find_negatives, form_groups
from icp_lab.methods.reasons import Reasons, cross_reasons, group_reasons
from icp_lab.views import contrasts as difference
from icp_lab.views import negatives as view
from icp_lab.views.picture import About

NONE = pd.DataFrame()
AS_OF = date(2025, 12, 31)
ABOUT = About(AS_OF, "EUR", "Test")
IDS = [f"a{i:02}" for i in range(60)]


def make_customers(failures: bool = True) -> pd.DataFrame:
    churned = [failures and i >= 40 for i in range(60)]
    return pd.DataFrame({"account_id": IDS, "status": "customer", "churned": pd.array(churned, dtype="boolean")})


def make_attributes() -> pd.DataFrame:
    return pd.DataFrame({
        "industry": ["SaaS"] * 30 + ["Retail"] * 30, "plan": ["Pro"] * 20 + ["Basic"] * 40,
        "employees": [float(100 - i) for i in range(60)],
        "exports": pd.array([i % 2 == 0 for i in range(60)], dtype="boolean"),
        "<b>": ["x", "y"] * 30}, index=IDS)


@pytest.fixture
def negatives() -> Negatives:
    return find_negatives(make_customers(), NONE, NONE, NONE, as_of=AS_OF)


@pytest.fixture
def groups(negatives: Negatives) -> Groups:
    outcomes = pd.DataFrame({"account_id": IDS, "outcome": "best", "positive": ["yes"] * 20 + ["no"] * 40})
    return form_groups(make_customers(), outcomes, negatives.frame)


@pytest.fixture
def contrast(groups: Groups) -> Contrast:
    return compare_groups(make_attributes(), groups.best, groups.negative, after_sale=("plan",))


@pytest.fixture
def reasons() -> Reasons:
    churn = pd.DataFrame({"account_id": ["a40", "a41", "a42", "a43"], "reason": ["pricing", "pricing", "qwerty", None],
                          "text": [None, None, None, "Anna Schmidt never answered our tickets"]})
    deals = pd.DataFrame({"account_id": ["a01"], "stage": ["lost"], "loss_reason": ["budget"]})
    return group_reasons(churn, deals, NONE)


def test_the_headline_counts_and_names_the_clearest_difference(negatives: Negatives, contrast: Contrast) -> None:
    said = view.tell_negatives(negatives, contrast)
    assert "**20** of 60" in said and "interval" in said and "after the sale" not in said
    nobody = compare_groups(make_attributes(), [], [])
    assert "too few" in view.tell_negatives(negatives, nobody)
    others = compare_groups(make_attributes(), IDS[:20], IDS[40:], first_are="customers")
    assert "customer accounts" in view.tell_negatives(negatives, others)


def test_each_sign_stands_with_its_n_and_interval(negatives: Negatives) -> None:
    table = view.tabulate_signs(negatives)
    assert "20" in str(table) and "33 (23 to 46)" in str(table)
    assert "none can overlap" in view.tabulate_overlap(negatives)
    assert "low use" in view.tell_doubts(negatives)


def test_reasons_are_told_with_their_intervals(reasons: Reasons) -> None:
    assert "Of 4 accounts" in view.tell_reasons(reasons) and "price" in view.tell_reasons(reasons)
    picture = view.draw_reasons(reasons, ABOUT)
    assert "price" in picture.title and "50 %" in picture.alt and "on not buying 1" in picture.foot
    assert "No account says why" in view.tell_reasons(group_reasons(NONE, NONE, NONE))
    assert "What to collect" in view.draw_reasons(group_reasons(NONE, NONE, NONE), ABOUT)


def test_free_texts_stay_off_the_page_unless_asked_for(reasons: Reasons) -> None:
    assert "Anna" not in str(view.tabulate_groupings(reasons))
    assert "Anna" in str(view.tabulate_groupings(reasons, show_texts=True))
    assert "qwerty" in str(view.tabulate_groupings(reasons)).split("\n")[2]


def test_what_is_in_doubt_is_said_beside_what_decided(reasons: Reasons) -> None:
    listed = str(view.tabulate_groupings(reasons))
    assert "other, unsure" in listed and "no word of the list" in listed and "pricing" in listed
    assert "Of 4 different statements 1" in view.tell_groupings(reasons)
    assert "No account says why" in view.tell_groupings(group_reasons(NONE, NONE, NONE))


def test_what_people_put_right_is_told_with_its_interval() -> None:
    churn = pd.DataFrame({"account_id": IDS[:3], "reason": ["pricing", "qwerty", "bugs"]})
    people = pd.DataFrame([("", "pricing", "price"), ("", "qwerty", "timing"), ("anna", "qwerty", "timing")],
                          columns=["coder", "statement", "reason"])
    reasons = group_reasons(churn, NONE, NONE, corrections=people)
    assert "people, 2" in str(view.tabulate_groupings(reasons))
    told = view.tell_groupings(reasons)
    assert "2 statements and hold the same as the word list of 1 (50 %; 9 to 91 %)" in told and "alpha" in told
    assert "Of 1 statements that several people looked at, they hold the same of 1" in told


def test_reasons_by_kind_are_tested_before_they_are_shown() -> None:
    churn = pd.DataFrame({"account_id": IDS, "reason": ["pricing"] * 30 + ["bugs"] * 30})
    reasons = group_reasons(churn, NONE, NONE)
    firms = pd.DataFrame({"account_id": IDS, "industry": ["Law"] * 30 + ["Retail"] * 30, "region": ["A", "B"] * 30})
    kinds = firms.set_index("account_id")
    told = view.tell_reason_kinds(compare_all(kinds, reasons.sides), 0.1)
    assert "more than chance would bring along these traits: industry (" in told
    told = view.tell_reason_kinds(compare_all(kinds[["region"]], reasons.sides), 0.1)
    assert "along any of these traits: region." in told
    table = str(view.tabulate_reason_kinds(cross_reasons(reasons, firms, "industry"), "industry"))
    assert "Law" in table and "100 (89 to 100)" in table and "timing" not in table
    nobody = group_reasons(NONE, NONE, NONE)
    assert "What to collect" in view.tabulate_reason_kinds(cross_reasons(nobody, firms, "industry"), "industry")
    assert "few" in view.tell_reason_kinds(compare_all(kinds, nobody.sides), 0.1)


def test_the_forest_marks_what_holds_by_shape_and_word(contrast: Contrast) -> None:
    picture = difference.draw_contrast(contrast, ABOUT)
    assert "holds" in picture.wide and "may be chance" in picture.wide
    assert "plan" not in picture.alt and "&lt;b&gt;" in picture.wide and "<b>" not in picture.wide
    assert "best: 20, negative: 20" in picture.foot
    table = str(difference.tabulate_contrast(contrast))
    assert "plan (known after the sale): Pro" in table and "holds" in table and "industry: SaaS" in table


def test_a_comparison_without_rows_says_so() -> None:
    empty = compare_groups(make_attributes(), [], [])
    assert difference.draw_contrast(empty, ABOUT) == "Nothing could be compared."
    assert "few" in str(difference.tabulate_contrast(empty))


def test_survivors_alone_do_not_distinguish(negatives: Negatives, groups: Groups, contrast: Contrast) -> None:
    assert "distinguish" in difference.tell_contrast(contrast, negatives)
    survivors = find_negatives(make_customers(failures=False), NONE, NONE, NONE, as_of=AS_OF)
    said = difference.tell_contrast(contrast, survivors) + difference.tell_groups(groups, survivors)
    assert "distinguish" not in said and "nobody who left" in said


def test_everything_can_be_said_in_japanese(negatives: Negatives, contrast: Contrast, reasons: Reasons) -> None:
    with in_language("ja"):
        assert view.tell_negatives(negatives, contrast) and view.draw_reasons(reasons, ABOUT).wide
        assert difference.draw_contrast(contrast, ABOUT).wide
