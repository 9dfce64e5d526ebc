"""What a step's results and its page depend on, as short keys: equal keys mean that nothing needs to run again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from icp_lab.artifacts import ARTIFACTS
from icp_lab.artifacts.manifest import Entry, digest_text, folder_of, read_manifest
from icp_lab.process.declared import BY_NAME, WRITER
from icp_lab.process.notebook import NotebookFile
from icp_lab.process.sources import digest_code, digest_folder
from icp_lab.tables import BESIDE, TABLES

# What every notebook uses without naming it.
ENGINE = "from icp_lab import step\nfrom icp_lab import study\nfrom icp_lab.artifacts import store"


def tables_of(notebook: str) -> tuple[str, ...]:
    """Which tables of the study may a notebook read? An analyst's own may read all."""
    return BY_NAME[notebook].tables if notebook in BY_NAME else (*(table.name for table in TABLES), *BESIDE)


def reads_of(notebook: str) -> tuple[str, ...]:
    """Which artifacts may a notebook read? An analyst's own may read all that have a writer."""
    return BY_NAME[notebook].reads if notebook in BY_NAME else tuple(a.name for a in ARTIFACTS if a.name in WRITER)


def find_entry(out: Path, artifact: str) -> Entry | None:
    """Which file holds an artifact in a report's folder? None where its notebook has to run first."""
    manifest = read_manifest(folder_of(out, WRITER[artifact]))
    return manifest.artifacts.get(artifact) if manifest else None


def hash_upstream(out: Path, notebook: str) -> dict[str, str]:
    """Which content have the artifacts that a notebook may read, as far as they are there?"""
    found = {artifact: find_entry(out, artifact) for artifact in reads_of(notebook)}
    return {artifact: entry.content for artifact, entry in found.items() if entry}


def describe_inputs(file: NotebookFile, parameters: Mapping[str, Any], study: str,
                    artifacts: Mapping[str, str]) -> dict[str, str]:
    """What do a notebook's results depend on?

    Parameters
    ----------
    file
        The notebook.
    parameters
        Every parameter with its value.
    study
        Fingerprint of the study's tables that the notebook reads.
    artifacts
        Content hash of each artifact that it reads.

    Returns
    -------
    dict
        A digest for each of `study`, `parameters`, `cells`, `code`, and one for each artifact.
    """
    return {
        "study": study, "parameters": digest_text(json.dumps(dict(parameters), sort_keys=True, default=str)),
        "cells": digest_text(*file.code), "code": digest_code((*file.code, ENGINE), showing=False),
        **{f"artifact {name}": content for name, content in sorted(artifacts.items())}}


def compute_key(inputs: Mapping[str, str]) -> str:
    """Put what the results depend on into one key."""
    return digest_text(json.dumps(dict(inputs), sort_keys=True))


def page_key(file: NotebookFile, compute: str, language: str, facts: str) -> str:
    """Put what the page depends on into one key.

    Parameters
    ----------
    file
        The notebook.
    compute
        Key of its results.
    language
        Language of the page.
    facts
        Whatever else the page shows: the study's name, the navigation.
    """
    shown = (digest_folder("pages"), digest_folder("locale"), digest_code((*file.code, ENGINE), showing=True))
    return digest_text(compute, *file.prose, language, facts, *shown)
