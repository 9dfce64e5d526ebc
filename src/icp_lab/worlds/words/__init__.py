"""The words of the synthetic world in each language: data files, read once."""

from functools import cache
from importlib.resources import files
from types import SimpleNamespace

from icp_lab.locale.declared import read_declared


class Words(SimpleNamespace):
    """Hold names, texts and codes of one language; see `en.toml` for what each part holds.

    Examples
    --------
    >>> load_words("en").codes["region"]["america"], load_words("ja").currency
    ('North America', 'JPY')
    """


@cache
def load_words(language: str) -> Words:
    """Load the words that the world of a language uses, once a process.

    Parameters
    ----------
    language : str
        A language that the lab speaks.

    Returns
    -------
    Words
        An attribute a part of the file; all readers share it.

    Raises
    ------
    OSError
        When there are no words of that language.

    Examples
    --------
    >>> load_words("en").statuses["converted"]
    'converted'
    """
    return Words(**read_declared(__name__, f"{language}.toml"))


def load_template(file: str) -> str:
    """Read a file of this folder before its fields are filled in: study.yml, hypotheses.yml or an interview.

    Parameters
    ----------
    file : str
        Its path in the folder, such as `study_en.yml`.

    Returns
    -------
    str
        The text, with its fields in braces.

    Raises
    ------
    OSError
        When there is no such file.

    Examples
    --------
    >>> "as_of: {as_of}" in load_template("study_en.yml")
    True
    """
    return files(__name__).joinpath(file).read_text(encoding="utf-8")
