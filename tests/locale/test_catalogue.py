"""The Japanese catalogue: nothing untranslated, nothing lost on the way."""

import re
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def sentences(root):
    """Every sentence that code, templates and notebooks let a reader see, with the place of its first use."""
    with (root / "babel.cfg").open(encoding="utf-8") as stream:
        methods, options = parse_mapping_cfg(stream)
    known = {"ipynb": "icp_lab.locale.prose:extract_notebook"}
    methods = [(pattern, known.get(method, method)) for pattern, method in methods]
    skip = ("build", "reports", "tests", "benchmarks", "data", "docs")
    found = {}

    def wanted(path):
        return not path.endswith(skip) and "/." not in path

    extracted = extract_from_dir(str(root), methods, options, KEYWORDS, directory_filter=wanted)
    for file, line, message, _comments, _context in extracted:
        text = message[0] if isinstance(message, tuple) else message
        if text:
            found.setdefault(text, f"{file}:{line}")
    return found


@pytest.fixture(scope="module")
def catalogue(root):
    """The Japanese catalogue as it lies in the package."""
    entries = {}
    for file in (root / "src/icp_lab/locale/ja").glob("*.po"):
        with file.open("rb") as stream:
            for entry in read_po(stream, locale="ja"):
                if entry.id:
                    one = entry.id[0] if isinstance(entry.id, tuple) else entry.id
                    entries[one] = (entry.string[0] if isinstance(entry.string, tuple) else entry.string, entry.fuzzy)
    return entries


def _names(text):
    return sorted({name for _literal, name, _spec, _conversion in Formatter().parse(text) if name})


def test_nothing_is_untranslated(sentences, catalogue):
    assert len(sentences) > 1000
    missing = {text: place for text, place in sentences.items() if not catalogue.get(text, ("", True))[0]}
    assert missing == {}


def test_no_sentence_hides_in_a_formatted_one(root):
    """Before Python 3.12 nothing inside an f-string can be extracted, so a sentence there has no translation."""
    hidden = [
        f"{file.relative_to(root)}: {found}"
        for file in (root / "src/icp_lab").rglob("*.py")
        for found in re.findall(r"\{_\(['\"][^)]*", file.read_text(encoding="utf-8"))
    ]
    assert hidden == []


def test_nothing_is_kept_that_nobody_says(sentences, catalogue):
    assert sorted(set(catalogue) - set(sentences)) == []


def test_no_translation_is_a_guess(catalogue):
    assert [text for text, (_string, fuzzy) in catalogue.items() if fuzzy] == []


def test_the_names_in_a_sentence_survive(catalogue):
    """What code fills in, and what Markdown marks as code, stands in both languages."""
    lost = []
    for text, (string, _fuzzy) in catalogue.items():
        if "{" in text and "`" not in text and _names(text) != _names(string):
            lost.append(text)
        if "header" not in text and sorted(re.findall(r"`[^`]+`", text)) != sorted(re.findall(r"`[^`]+`", string)):
            lost.append(text)
    assert lost == []


def test_japanese_is_japanese(catalogue):
    """A sentence of several words that came back without one Japanese letter was not translated."""
    plain = [
        text for text, (string, _fuzzy) in catalogue.items()
        if re.search(r"[a-z]{3,} [a-z]{2,}", text) and not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", string)
    ]
    assert plain == []


def test_japanese_is_set_as_japanese(catalogue):
    """No blank between Japanese and a figure or a Latin word, but around options; colons and brackets are wide."""
    letter = "[\u3040-\u30ff\u4e00-\u9fff、。「」（）]"
    narrow = re.compile(rf"{letter} [A-Za-z0-9{{]|[A-Za-z0-9}}%] {letter}|{letter}(: |\()|\([^()]*[\u3040-\u9fff]")
    prose = {text: re.sub("`[^`]*`", "", string) for text, (string, _fuzzy) in catalogue.items()}
    code = re.compile(r"--?\w|\{\{|>=| and ")  # blanks and brackets that are not of the sentence
    assert {text: said for text, said in prose.items() if narrow.search(said) and not code.search(said)} == {}
