"""The content of a study's tables as one hash, taken from the files themselves: cheap, and nothing is parsed."""

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from functools import lru_cache
from hashlib import blake2b, file_digest
from itertools import chain
from pathlib import Path
from typing import Any

from icp_lab.errors import study as errors
from icp_lab.intake.spec import Spec
from icp_lab.study.config import Settings
from icp_lab.study.corrections import FOLDER
from icp_lab.tables import BESIDE

ADOPTED = "icp.yml"
_SHAPES = ("as_of", "currency", "outcome", "outcome_window_months", "fiscal_year_start")


def take_fingerprint(settings: Settings, tables: Iterable[str]) -> str:
    """Which content do these tables have? The same hash means the same content.

    Parameters
    ----------
    settings
        What study.yml says.
    tables
        Names of input tables; those that the study does not have count as absent. Accounts always count, since rows
        on unknown accounts are set aside. The words of `BESIDE` stand for what people write beside study.yml.

    Returns
    -------
    str
        32 hexadecimal digits; comments, key order and time stamps do not matter.
    """
    named = {"accounts", *tables}
    if "deal_history" in settings.specs:  # what an account has from its deal is taken as of the beginning of the deal
        named |= {"deals", "deal_history"}
    wanted = named & set(settings.specs)
    pending, seen = sorted(wanted), dict[str, Any]()
    while pending:
        name = pending.pop()
        spec = settings.others.get(name) or settings.specs[name]
        if name in seen:
            continue
        seen[name] = _describe(spec)
        if spec.join is not None:
            pending.append(spec.join.table)
    words = {key: str(getattr(settings, key)) for key in _SHAPES}
    content: dict[str, Any] = {"tables": seen, "settings": words, "attributes": asdict(settings.attributes)}
    folder, read = settings.path.parent, [BESIDE[word] for word in BESIDE if word in named]
    beside = {path for pattern in chain([f"{FOLDER}/*"], *read) for path in folder.glob(pattern) if path.is_file()}
    content["beside"] = {str(path.relative_to(folder)): _digest(path, path.stat().st_mtime_ns, path.stat().st_size)
                         for path in sorted(beside)}
    return blake2b(json.dumps(content, sort_keys=True, default=asdict).encode(), digest_size=16).hexdigest()


def _describe(spec: Spec) -> dict[str, Any]:
    """Give a table's mapping, and the hash of each of its files in the order in which they are read, or of its rows."""
    mapping = {f.name: getattr(spec, f.name) for f in fields(spec) if f.name not in ("files", "query", "lines", "join")}
    try:
        content = [_digest(path, path.stat().st_mtime_ns, path.stat().st_size)
                   for path in (spec.files if spec.query is None else (spec.query.file,))]
    except OSError as error:
        raise errors.unreadable_file(", ".join(spec.shown), error.strerror or str(error)) from error
    return {**mapping, "join": asdict(spec.join) if spec.join else None, "content": content}


@lru_cache(maxsize=1024)
def _digest(path: Path, _changed: int, _size: int) -> str:
    """Hash a file; one process reads it once while its time stamp and size stay, since each step asks."""
    with path.open("rb") as stream:
        return file_digest(stream, lambda: blake2b(digest_size=16)).hexdigest()
