"""Which code does a notebook use? Followed from import to import without running any of it."""

import ast
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import icp_lab
from icp_lab.artifacts.manifest import digest_file, digest_text

PACKAGE = "icp_lab"
# Parts of the package that words and looks depend on, never results.
SHOWING = ("views", "pages", "publish", "report", "locale", "errors", "cli")

# Libraries whose version can change a result.
LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn", "numba", "hdbscan", "umap-learn", "duckdb", "sudachipy",
             "sudachidict-core")


def digest_code(sources: tuple[str, ...], *, showing: bool) -> str:
    r"""Hash the code that cells use, so that a change in any of it shows.

    Parameters
    ----------
    sources : tuple of str
        Python sources, such as a notebook's code cells.
    showing : bool
        Follow imports into what only words and looks depend on too.

    Returns
    -------
    str
        Digest of all modules of the package that the sources import, directly or not, of data files that lie beside
        them, and of the versions of the libraries that can change a result.

    Examples
    --------
    >>> rule = digest_code(("from icp_lab.rule import Rule",), showing=False)
    >>> rule == digest_code(("from icp_lab.rule import Rule\nprint(1)",), showing=False)  # other cells, same code
    True
    """
    found = _follow(frozenset().union(*map(_imports, sources)), showing)
    parts = [f"{name}:{_digest_module(name)}" for name in sorted(found)]
    return digest_text(*parts, *(f"{name} {library_version(name)}" for name in LIBRARIES))


def library_version(name: str) -> str:
    """Tell which version of a library is installed.

    Parameters
    ----------
    name : str
        Name of the distribution, such as `scikit-learn`.

    Returns
    -------
    str
        The version; empty when it is not installed.

    Examples
    --------
    >>> library_version("no-such-library")
    ''
    """
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


@cache
def digest_folder(part: str) -> str:
    """Hash a part of the package: code, templates, catalogues.

    Parameters
    ----------
    part : str
        Name of a folder right in the package, such as `pages`.

    Returns
    -------
    str
        Digest of the names and contents of all its files; taken once a process.

    Examples
    --------
    >>> digest_folder("rule") == digest_folder("process")
    False
    """
    folder = _root() / part
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return digest_text(*(f"{path.relative_to(folder)}:{digest_file(path)}" for path in files))


def _root() -> Path:
    return Path(icp_lab.__file__).parent


def _follow(names: frozenset[str], showing: bool) -> set[str]:
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        part = name.removeprefix(f"{PACKAGE}.").partition(".")[0]
        if name not in found and (showing or part not in SHOWING):
            found.add(name)
            waiting += _module_imports(name)
    return found


@cache
def _module_imports(name: str) -> frozenset[str]:
    path = _path_of(name)
    return _imports(path.read_text(encoding="utf-8")) if path else frozenset()


@cache
def _digest_module(name: str) -> str:
    path = _path_of(name)
    if path is None:
        return ""
    beside = path.parent.glob("*" if path.parent != _root() else f"{path.stem}.*")
    data = sorted(each for each in beside if each.is_file() and each.suffix not in (".py", ".pyc"))
    return digest_text(*map(digest_file, (path, *data)))


@cache
def _path_of(name: str) -> Path | None:
    base = _root().joinpath(*name.split(".")[1:])
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file() and base != _root():
            return path
    return None


@cache
def _imports(source: str) -> frozenset[str]:
    """Name the modules of the package that a source imports, with the packages around them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(_without_magics(source))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {_module_of(node.module, alias.name) for alias in node.names}
    own = {name for name in names if name.startswith(f"{PACKAGE}.")}
    return frozenset(own | {name.rsplit(".", n)[0] for name in own for n in range(1, name.count("."))})


def _module_of(module: str, name: str) -> str:
    """Tell in which module a name lives: a submodule, an export of the package, or the module itself."""
    if module == PACKAGE and name in icp_lab._EXPORTS:
        return icp_lab._EXPORTS[name]
    return f"{module}.{name}" if _path_of(f"{module}.{name}") else module


def _without_magics(source: str) -> str:
    return "\n".join(line if not line.lstrip().startswith(("%", "!")) else "pass" for line in source.splitlines())
