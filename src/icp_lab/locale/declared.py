"""What the lab declares as data, in TOML: how it is read, and how its sentences reach the catalogue."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import IO, Any


def read_declared(package: str, file: str) -> dict[str, Any]:
    """Read what a data file of the package declares; lists come as tuples, so that declarations can be frozen.

    Parameters
    ----------
    package : str
        The package beside whose modules the TOML file lies.
    file : str
        Name of the file, with its ending.

    Returns
    -------
    dict of str to object
        Its tables, in the order of the file.

    Raises
    ------
    OSError
        When there is no such file.

    Examples
    --------
    >>> read_declared("icp_lab.process", "declared.toml")["notebooks"][0]["writes"]
    ('customers',)
    """
    content: dict[str, Any] = _freeze(tomllib.loads(files(package).joinpath(file).read_text(encoding="utf-8")))
    return content


def extract_declared(stream: IO[bytes], _keywords: object, _comment_tags: object,
                     options: dict[str, str]) -> Iterator[tuple[int, str, str, list[str]]]:
    r"""List the sentences of a TOML file for Babel.

    Parameters
    ----------
    stream : IO of bytes
        The file.
    _keywords, _comment_tags : object
        What Babel hands to every extractor; not used.
    options : dict of str to str
        Under `keys`, separated by blanks: the keys under which all texts are sentences; * for all.

    Yields
    ------
    tuple of int, str, str and list of str
        Line (always 1), function (none), sentence, comments (none), as Babel wants them.

    Examples
    --------
    >>> from io import BytesIO
    >>> stream = BytesIO(b'kind = "flag"\nmeaning = "did it come out well?"')
    >>> list(extract_declared(stream, (), (), {"keys": "row meaning"}))
    [(1, '', 'did it come out well?', [])]
    """
    yield from ((1, "", text, []) for text in _find_texts(tomllib.load(stream), options["keys"].split(), said=False))


def _find_texts(value: Any, keys: list[str], *, said: bool) -> Iterator[str]:
    if isinstance(value, str):
        yield from [value] if said and value else []
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _find_texts(each, keys, said=said or key in keys or "*" in keys)
    elif isinstance(value, list):
        for each in value:
            yield from _find_texts(each, keys, said=said)


def _freeze(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _freeze(each) for key, each in value.items()}
    return tuple(map(_freeze, value)) if isinstance(value, list) else value
