"""Every refusal can be uttered with the words that the code gives it, in both languages; none is worded in vain."""

import ast
from string import Formatter

import pytest

from icp_lab.errors import LabError, Place, utter
from icp_lab.errors.base import ask_nearest, find_nearest, name_nearest
from icp_lab.locale import in_language
from icp_lab.locale.declared import read_declared

AREAS = ("icp", "run", "segments", "study", "success")
DECLARED = {f"{area}.{name}": said for area in AREAS
            for name, said in read_declared("icp_lab.errors", f"{area}.toml").items()}
BESIDE = {"rule", "remedy"}


def _list_words(refusal):
    sentences = DECLARED[refusal].values()
    return {name for sentence in sentences for _text, name, _spec, _sign in Formatter().parse(sentence) if name}


def _find_utterances(root):
    """Give each call of `utter` in the package: the refusals that it may name, and the words that it gives."""
    for file in sorted((root / "src/icp_lab").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "utter":
                named = [n.value for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant) and "." in str(n.value)]
                yield f"{file.name}:{node.lineno}", named, {keyword.arg for keyword in node.keywords}


@pytest.mark.parametrize("word", ["alpha", "", ("alpha", "beta"), (), 7])
@pytest.mark.parametrize("refusal", DECLARED)
def test_every_refusal_can_be_uttered(refusal, word):
    words = dict.fromkeys(_list_words(refusal), word)
    with in_language("ja"):
        japanese = str(utter(refusal, Place("accounts.csv", 3, "name"), **words))
    english = str(utter(refusal, Place("accounts.csv", 3, "name"), **words))
    assert japanese != english
    assert "{{" not in english


def test_every_place_gives_the_words_that_its_refusal_says(root):
    found = list(_find_utterances(root))
    assert len(found) > 40
    for place, named, words in found:
        assert named, f"{place} names no refusal"
        said = set().union(*(_list_words(refusal) for refusal in named))
        assert words - BESIDE == said, f"{place}: {named}"


def test_no_refusal_is_worded_in_vain(root):
    uttered = {refusal for _place, named, _words in _find_utterances(root) for refusal in named}
    assert set(DECLARED) - uttered == set()


def test_a_refusal_says_where_what_the_rule_and_the_remedy():
    said = utter("run.table_undeclared", Place("a.csv", 2), notebook="01", table="deals", tables=())
    assert isinstance(said, LabError)
    assert str(said) == ("a.csv, row 2: 01 does not read the table deals. It reads: -. "
                         "Declare it for the notebook in icp_lab/process/declared.toml.")


def test_the_nearest_word_is_found_whatever_its_case():
    assert find_nearest("ACOUNTS", ["deals", "Accounts"]) == "Accounts"
    assert ask_nearest("acounts", ["accounts"]) == "Did you mean accounts?"
    assert ask_nearest("zzz", ["accounts"]) == ""
    assert name_nearest("zzz", ["deals", "accounts"]) == "Known are: accounts, deals."
    assert name_nearest("deal", ["deals", "accounts"]) == "Did you mean deals?"
