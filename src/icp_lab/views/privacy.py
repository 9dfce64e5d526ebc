"""What people wrote or said is printed through `hide` only: without what names a person, unless study.yml lets it."""

from collections.abc import Callable
from contextvars import ContextVar

# How a text is written without the names in it; steps and the site say it, since they know the study.
_hidden: ContextVar[Callable[[str], str]] = ContextVar("icp_lab_hidden", default=str)


def set_hidden(how: Callable[[str], str]) -> None:
    """Say for this process how names are taken out of a text.

    Parameters
    ----------
    how : callable
        Takes a text and gives it without names; `str` leaves all as it is.

    Examples
    --------
    >>> set_hidden(lambda text: text.replace("Ann Berg", "[name]"))
    >>> hide("Ann Berg and Tom are right")
    '[name] and Tom are right'
    >>> set_hidden(str)
    >>> hide("Ann Berg and Tom are right")
    'Ann Berg and Tom are right'
    """
    _hidden.set(how)


def hide(text: str) -> str:
    """Write a text that somebody wrote or said as it may be printed.

    Parameters
    ----------
    text : str
        Their words.

    Returns
    -------
    str
        The words without the names that `set_hidden` takes out; as they are where nothing was set.

    Examples
    --------
    >>> set_hidden(lambda text: text.replace("Ann Berg", "[name]"))
    >>> hide("Ann Berg is right")
    '[name] is right'
    >>> set_hidden(str)
    """
    return _hidden.get()(text)
