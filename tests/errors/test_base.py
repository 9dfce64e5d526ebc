"""Every refusal can be uttered, in both languages, and nothing is worded that none utters."""

import inspect
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

import pytest

from icp_lab.errors import LabError, Place
from icp_lab.errors.base import ask_nearest, find_nearest
from icp_lab.locale import in_language
from icp_lab.locale.declared import read_declared

AREAS = ("icp", "run", "segments", "study", "success")
WORDS = ("alpha", "beta")
FULL = {
    str: "alpha", int: 7, float: 0.5, object: 3.5, int | None: 7, Path: Path("a/study"),
    Place: Place("accounts.csv", 3, "name"), Place | None: Place("accounts.csv"),
    tuple[str, ...]: WORDS, Iterable[str]: WORDS, Sequence[str]: WORDS,
}
BARE = {
    **FULL, str: "", int: 0, int | None: None, Place | None: None, tuple[str, ...]: (), Iterable[str]: (),
    Sequence[str]: (),
}


def _refusals():
    modules = [import_module(f"icp_lab.errors.{area}") for area in AREAS]
    found = [function for module in modules for _name, function in inspect.getmembers(module, inspect.isfunction)
             if function.__module__ == module.__name__]
    return [function for function in found if inspect.signature(function).return_annotation is LabError]


@pytest.mark.parametrize("given", [FULL, BARE], ids=["full", "bare"])
@pytest.mark.parametrize("refusal", _refusals(), ids=lambda refusal: f"{refusal.__module__}.{refusal.__name__}")
def test_every_refusal_can_be_uttered(refusal, given):
    asked = [given[each.annotation] for each in inspect.signature(refusal).parameters.values()]
    if refusal.__name__ != "study_broken":  # says what it is given
        with in_language("ja"):
            japanese = str(refusal(*asked))
        assert japanese != str(refusal(*asked))
    assert "{{" not in str(refusal(*asked))


@pytest.mark.parametrize("area", AREAS)
def test_every_wording_is_uttered_by_a_function(root, area):
    code = (root / f"src/icp_lab/errors/{area}.py").read_text(encoding="utf-8")
    assert [name for name in read_declared("icp_lab.errors", f"{area}.toml") if f'"{area}.{name}"' not in code] == []


def test_the_nearest_word_is_found_whatever_its_case():
    assert find_nearest("ACOUNTS", ["deals", "Accounts"]) == "Accounts"
    assert ask_nearest("acounts", ["accounts"]) == "Did you mean accounts?"
    assert ask_nearest("zzz", ["accounts"]) == ""
