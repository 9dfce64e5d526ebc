"""What the lab declares as data, in TOML: how it is read, and how its sentences reach the catalogue."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import IO, Any


def read_declared(package: str, file: str) -> dict[str, Any]:
    """What does a data file of the package declare? Lists come as tuples, so that declarations can be frozen.

    Parameters
    ----------
    package, file
        The package beside whose modules the TOML file lies, and its name.

    Examples
    --------
    >>> read_declared("icp_lab.process", "declared.toml")["notebooks"][0]["writes"]
    ('customers',)
    """
    content: dict[str, Any] = _freeze(tomllib.loads(files(package).joinpath(file).read_text(encoding="utf-8")))
    return content


def extract_declared(stream: IO[bytes], _keywords: object, _comment_tags: object,
                     options: dict[str, str]) -> Iterator[tuple[int, str, str, list[str]]]:
    """List the sentences of a TOML file for Babel: all texts under the keys that `options["keys"]` names, * for all."""
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
