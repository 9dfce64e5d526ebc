"""What people wrote or said is printed through `hide` only: without what names a person, unless study.yml lets it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from icp_lab.methods.redaction import redact

# Gives the names that are known, once a text is to be printed; None where names may be shown.
Known = Callable[[], frozenset[str] | None]
_known: ContextVar[Known] = ContextVar("icp_lab_people", default=frozenset)


def set_people(known: Known) -> None:
    """Say for this process whose names are known."""
    _known.set(known)


@contextmanager
def among_people(known: Known) -> Iterator[None]:
    """Say for a block whose names are known."""
    token = _known.set(known)
    try:
        yield
    finally:
        _known.reset(token)


def hide(text: str) -> str:
    """How may a text that somebody wrote or said be printed?

    Examples
    --------
    >>> with among_people(lambda: frozenset(["Ann Berg"])):
    ...     hide("Ann Berg is right, ann@berg.example")
    '[name] is right, [e-mail]'
    >>> with among_people(lambda: None):
    ...     hide("Ann Berg is right")
    'Ann Berg is right'
    """
    names = _known.get()()
    return text if names is None else redact(text, names)
