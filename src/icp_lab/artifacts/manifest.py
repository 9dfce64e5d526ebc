"""The manifest of a step: what it wrote, from what, and whether it is all still there. Light to import.

`artifacts/<notebook>/manifest.json` is written last. A step without one, or whose files differ from it, counts as not
run.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

# What a finished step wrote, from what; and what it says of its page: headlines, answered items, rows read.
FILE, PAGE_FACTS, SEAL = "manifest.json", "page.json", "seal"


@dataclass(frozen=True)
class Entry:
    """One artifact of a step: its file, the digest of the file's bytes, and of its content whatever the bytes."""

    file: str
    digest: str
    content: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """What a finished step says of itself.

    `compute_key` stands for all that its results depend on (empty where they cannot be told, as after changed cells in
    JupyterLab), `page_key` for all that its page depends on (empty where no page was made), `inputs` for the parts of
    the compute key, so that `status` can say what changed, `facts` for what it noted for its page.
    """

    notebook: str
    compute_key: str
    page_key: str
    page: str
    inputs: dict[str, str]
    parameters: dict[str, Any]
    artifacts: dict[str, Entry]
    interactive: bool = False
    results: dict[str, str] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    facts: str = ""


def folder_of(out: Path, notebook: str) -> Path:
    """Where do the artifacts of a notebook lie?"""
    return out / "artifacts" / notebook


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest beside the artifacts it speaks of; the step counts as done from here on."""
    facts = digest_file(folder / PAGE_FACTS) if (folder / PAGE_FACTS).is_file() else ""
    write_sealed(folder / FILE, asdict(manifest) | {"facts": facts})


def read_manifest(folder: Path) -> Manifest | None:
    """What does the step in this folder say of itself? None when it is absent, unreadable, or not true of its files."""
    try:
        plain = read_sealed(folder / FILE)
        plain["artifacts"] = {name: Entry(**entry) for name, entry in plain["artifacts"].items()}
        manifest = Manifest(**plain)
        intact = all(digest_file(folder / entry.file) == entry.digest for entry in manifest.artifacts.values())
        intact &= not manifest.facts or digest_file(folder / PAGE_FACTS) == manifest.facts
    except (OSError, TypeError, KeyError, AttributeError):
        return None
    return manifest if intact else None


def write_json(path: Path, content: object) -> None:
    """Write JSON in one piece: whoever reads sees the old file or the new one."""
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """What does a JSON object say? Nothing where the file is absent, unreadable, or holds something else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def write_sealed(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON object with a seal, by which it is known again as what was written."""
    write_json(path, {**content, SEAL: _seal(content)})


def read_sealed(path: Path) -> dict[str, Any]:
    """What does a sealed JSON object say? Nothing where one word of it is no longer what was written."""
    content = read_json(path)
    return content if content.pop(SEAL, "") == _seal(content) else {}


def _seal(content: Mapping[str, Any]) -> str:
    return digest_text(json.dumps(content, sort_keys=True, default=str))


def read_page_facts(folder: Path) -> dict[str, Any]:
    """Read what a step noted for its page and the checklist; nothing where it has noted nothing."""
    return read_json(folder / PAGE_FACTS)


def write_text(path: Path, text: str) -> None:
    """Write text in one piece."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def digest_file(path: Path) -> str:
    """Which bytes does a file hold?"""
    with path.open("rb") as stream:
        return file_digest(stream, lambda: blake2b(digest_size=16)).hexdigest()


def digest_text(*parts: str) -> str:
    """Which words are these, in this order?"""
    total = blake2b(digest_size=16)
    for part in parts:
        data = part.encode()
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()
