"""The words of the synthetic world in each language: data files, read once."""

from functools import cache
from importlib.resources import files
from types import SimpleNamespace

from icp_lab.locale.declared import read_declared


class Words(SimpleNamespace):
    """Names, texts and codes of one language; see `en.toml` for what each part holds."""


@cache
def load_words(language: str) -> Words:
    """Which words does the world of this language use?"""
    return Words(**read_declared(__name__, f"{language}.toml"))


def load_template(name: str, language: str) -> str:
    """How does study.yml (before its fields are filled in) or hypotheses.yml of this language read?"""
    return files(__name__).joinpath(f"{name}_{language}.yml").read_text(encoding="utf-8")


def load_interview(text: str) -> str:
    """What does somebody say in the interview of this name, before its head is filled in?"""
    return files(__name__).joinpath(f"interviews/{text}.md").read_text(encoding="utf-8")
