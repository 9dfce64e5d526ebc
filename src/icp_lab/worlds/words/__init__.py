"""The words of the synthetic world in each language: data files, read once."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from icp_lab.locale.declared import read_declared


@dataclass(frozen=True)
class Words:
    """Names, texts and codes of one language; see `en.toml` for what each part holds."""

    currency: str
    money: float
    first: tuple[str, ...]
    last: tuple[str, ...]
    owners: tuple[str, ...]
    name: str
    start: dict[str, tuple[str, ...]]
    tails: dict[str, tuple[str, ...]]
    codes: dict[str, dict[str, str]]
    spellings: dict[str, dict[str, tuple[str, ...]]]
    reasons: dict[str, tuple[str, ...]]
    texts: dict[str, tuple[str, ...]]
    notes: dict[str, tuple[str, ...]]
    answers: dict[str, tuple[str, ...]]
    tickets: dict[str, tuple[str, ...]]
    roles: dict[str, tuple[str, ...]]


@cache
def load_words(language: str) -> Words:
    """Which words does the world of this language use?"""
    return Words(**read_declared(__name__, f"{language}.toml"))


def load_template(name: str, language: str) -> str:
    """How does study.yml (before its fields are filled in) or hypotheses.yml of this language read?"""
    return files(__name__).joinpath(f"{name}_{language}.yml").read_text(encoding="utf-8")
