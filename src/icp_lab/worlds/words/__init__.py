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


def load_template(file: str) -> str:
    """How does a file of this folder read before its fields are filled in: study.yml, hypotheses.yml, an interview?"""
    return files(__name__).joinpath(file).read_text(encoding="utf-8")
