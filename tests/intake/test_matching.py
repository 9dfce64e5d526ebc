"""Which rows are the same company, and what is never merged or asked."""

from itertools import permutations

import pytest

from icp_lab.intake.matching import Company, compare, match_companies

YAMADA = Company("1", "㈱山田商事", "yamada.example", city="大阪市")


def _groups(*companies, told=None):
    return match_companies(companies, told).groups


@pytest.mark.parametrize("other", [
    Company("2", "山田商事 株式会社", "https://www.yamada.example/"), Company("2", "山田商事", city="大阪"),
    Company("2", "株式会社山田商事", "info@yamada.example", city="大阪市"),
])
def test_sure_pairs_are_merged(other):
    assert _groups(YAMADA, other) == (("1", "2"),)


@pytest.mark.parametrize(("other", "evidence"), [
    (Company("2", "山田商事"), ("same_name",)),
    (Company("2", "山田商事", "yamada.example", city="札幌市"),
     ("same_name", "domain", "common_name", "other_town")),
    (Company("2", "Yamada Trading", "yamada.example"), ("domain",)),
    (Company("2", "有限会社山田商事", "yamada.example"), ("same_name", "domain", "other_form")),
])
def test_unsure_pairs_are_asked(other, evidence):
    found = match_companies([YAMADA, other])
    assert found.groups == ()
    assert [match.evidence for match in found.uncertain] == [evidence]


@pytest.mark.parametrize("other", [
    Company("2", "山田商会", city="大阪市"), Company("2", "山田商事 東京支店", "yamada.example", city="大阪市"),
    Company("2", "山田商事", city="札幌市"), Company("2", "山田商事2", "yamada.example", city="大阪市"),
    Company("2", "山田商事", "yamada.example", parent_id="1"), Company("2"), Company("2", "", "gmail.com"),
])
def test_others_are_left_alone(other):
    found = match_companies([YAMADA, other])
    assert (found.groups, found.uncertain) == ((), ())


def test_another_number_forbids():
    a = Company("1", "Acme", "acme.example", "7000012050002")
    other = Company("2", "Acme", "acme.example", "HRB 12345")
    assert compare(a, other) is None
    assert match_companies([a, other]).uncertain == ()
    assert _groups(a, Company("2", "Acme", "acme.example", "7000012050003")) == (("1", "2"),)  # a wrong number is none


def test_the_word_of_people_is_the_last():
    twin, far = Company("2", "山田商事", "yamada.example"), Company("3", "Boreal")
    assert _groups(YAMADA, twin, told={("1", "2"): False}) == ()
    assert match_companies([YAMADA, twin], {("1", "2"): False}).uncertain == ()
    assert _groups(YAMADA, twin, far, told={("1", "3"): True}) == (("1", "2", "3"),)
    # What is kept apart from one row is kept apart from all rows that are the same.
    third = Company("4", "山田商事", "yamada.example")
    assert all("1" not in group or "2" not in group
               for group in _groups(YAMADA, twin, third, told={("1", "2"): False}))
    assert _groups(YAMADA, told={("1", "9"): True}) == ()


def test_the_order_of_rows_does_not_matter():
    rows = [YAMADA, Company("2", "山田商事", city="大阪"), Company("3", "山田商事", "yamada.example"),
            Company("4", "山田商事"), Company("5", "Yamada", "yamada.example")]
    assert len({repr(match_companies(order)) for order in permutations(rows)}) == 1


def test_a_domain_of_many_names_tells_nothing():
    names = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Katsura",
             "Larch", "Maple", "Nutmeg", "Oak", "Pine", "Quince", "Rowan", "Spruce", "Teak", "Umbra", "Vine", "Willow",
             "Yew"]
    found = match_companies(Company(f"{i:02}", name, "mall.example") for i, name in enumerate(names))
    assert found.shared == {"mall.example": 24}
    assert (found.groups, found.uncertain) == ((), ())
