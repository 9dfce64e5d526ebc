"""The words of the synthetic world in each language: data files, read once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Words:
    """Names, texts and codes of one language; see `en.toml` for what each part holds."""

    currency: str
    money: float
    first: list[str]
    last: list[str]
    owners: list[str]
    name: str
    start: dict[str, list[str]]
    tails: dict[str, list[str]]
    codes: dict[str, dict[str, str]]
    spellings: dict[str, dict[str, list[str]]]
    reasons: dict[str, list[str]]
    texts: dict[str, list[str]]
    notes: dict[str, list[str]]
    answers: dict[str, list[str]]
    tickets: dict[str, list[str]]
    roles: dict[str, list[str]]


@cache
def load_words(language: str) -> Words:
    """Which words does the world of this language use?"""
    content: dict[str, Any] = tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    return Words(**content)


def load_template(name: str, language: str) -> str:
    """How does study.yml (before its fields are filled in) or hypotheses.yml of this language read?"""
    return files(__name__).joinpath(f"{name}_{language}.yml").read_text(encoding="utf-8")
