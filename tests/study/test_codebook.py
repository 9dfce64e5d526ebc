"""The codebook, codes however people write them, and the files of further coders."""

import pytest

from icp_lab.errors import LabError
from icp_lab.locale import in_language
from icp_lab.study import open_study
from icp_lab.study.codebook import BELONGS
from icp_lab.study.corrections import CODES, add_corrections

YML = "tables: {accounts: accounts.csv}\n"
ACCOUNTS = "account_id,industry\n1,SaaS\n2,Steel\n"
BOOK = """# ours
- {code: price, name: Price, meaning: What it costs, belongs: pains, examples: [too dear, 高い]}
- code: Pain
  examples: hurts
"""
TALK = "Too dear [[price pain]]\n\nSlow [[遅い、PRICE]]\n\nFine [[Too dear; new-thing]]\n\nNothing\n"


@pytest.fixture
def make(make_study):
    def write(**texts):
        return make_study(YML, accounts_csv=ACCOUNTS, **texts)

    return write


def test_the_labs_own_book_says_the_same_in_both_languages(make):
    study = open_study(make())
    english, japanese = study.codebook("en"), study.codebook("ja")
    assert english["code"].tolist() == japanese["code"].tolist()
    assert 25 <= len(english) <= 40
    assert english["code"].is_unique
    assert english["belongs"].tolist() == japanese["belongs"].tolist()
    assert set(english["belongs"]) == set(BELONGS) - {"basic"}
    assert {*japanese["name"]}.isdisjoint(english["name"])
    assert japanese["name"][0] in english["examples"][0]
    assert set(english["examples"][0]) - {japanese["name"][0]} < {*japanese["examples"][0]}
    assert study.codebook()["name"][0] == english["name"][0]
    assert english["meaning"].str.len().min() > 10


def test_a_study_has_a_book_of_its_own(make):
    book = open_study(make(**{"codebook.yml": BOOK})).codebook("ja")
    assert book["topic"].tolist() == ["pains", ""]
    assert book.drop(columns="topic").to_dict("records") == [
        {"code": "price", "name": "Price", "meaning": "What it costs", "belongs": "pains",
         "examples": ("too dear", "高い")},
        {"code": "pain", "name": "Pain", "meaning": "", "belongs": "", "examples": ("hurts",)}]


def test_codes_are_known_however_they_are_written(make):
    study = open_study(make(**{"codebook.yml": BOOK, "interviews/a.md": TALK}))
    assert study.interviews().passages["codes"].tolist() == [
        ("price", "pain"), ("遅い", "price"), ("price", "new_thing"), ()]


def test_a_suggestion_counts_once_a_person_accepts_it(make):
    folder = make(**{"codebook.yml": BOOK, "interviews/a.md": TALK})
    add_corrections(folder, CODES, {("a", "4", "pain"): "yes", ("a", "2", "pain"): "no", ("a", "9", "pain"): "yes"})
    assert open_study(folder).interviews().passages["codes"].tolist()[3] == ("pain",)
    assert "pain" not in open_study(folder).interviews().passages["codes"].tolist()[1]


def test_a_second_coder_is_read(make):
    study = open_study(make(**{
        "codebook.yml": BOOK, "interviews/a.md": TALK,
        "coders/ben.csv": "interview,passage,code\na,1,Price\na.md,2,\"pain, Price\"\na,4,\n"}))
    assert study.coders().values.tolist() == [
        ["ben", "a", 1, "price"], ["ben", "a", 2, "pain"], ["ben", "a", 2, "price"], ["ben", "a", 4, ""]]


@pytest.mark.parametrize(("rows", "place"), [
    ("a,9,price", 1), ("a,1,price\nb,1,price", 2), ("a,one,price", 1), (f"a,{'9' * 5_000},price", 1)])
def test_a_coder_of_what_is_not_there_is_refused(make, rows, place):
    study = open_study(make(**{"interviews/a.md": TALK, "coders/ben.csv": f"interview,passage,code\n{rows}\n"}))
    with pytest.raises(LabError, match="There is no passage") as caught:
        study.coders()
    assert (caught.value.place.file, caught.value.place.row) == ("coders/ben.csv", place)


def test_a_coder_without_a_column_is_refused(make):
    study = open_study(make(**{"coders/ben.csv": "interview,passage\na,1\n"}))
    with pytest.raises(LabError, match="code"):
        study.coders()


@pytest.mark.parametrize(("book", "line", "said"), [
    ("code: price", 1, "it is not a list"),
    ("- {code: a}\n- {code: A}", 2, "`a` stands here twice"),
    ("- {name: a}", 1, "`code` is missing"),
    ("- code: a\n  meanings: b", 2, "Did you mean `meaning`?"),
    ("- code: a\n  belongs: pain", 2, "It is one of basic, technical"),
    ("- [", 1, "expected the node content"),
])
def test_a_wrong_book_is_refused_with_its_line(make, book, line, said):
    with in_language("en"), pytest.raises(LabError) as caught:
        open_study(make(**{"codebook.yml": book})).codebook()
    assert said in str(caught.value)
    assert (caught.value.place.file, caught.value.place.row) == ("codebook.yml", line)
