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
    """Name the tables of the study that a notebook may read.

    Parameters
    ----------
    notebook : str
        Its name.

    Returns
    -------
    tuple of str
        Input tables and words of `tables.BESIDE`; an analyst's own notebook may read all.

    Examples
    --------
    >>> tables_of("06b_draft_icp")
    ('accounts', 'leads', 'hypotheses')
    """
    return BY_NAME[notebook].tables if notebook in BY_NAME else (*(table.name for table in TABLES), *BESIDE)


def reads_of(notebook: str) -> tuple[str, ...]:
    """Name the artifacts that a notebook may read.

    Parameters
    ----------
    notebook : str
        Its name.

    Returns
    -------
    tuple of str
        Artifacts of other notebooks; an analyst's own may read all that have a writer.

    Examples
    --------
    >>> reads_of("02_best_customers"), "draft" in reads_of("my_own")
    (('customers',), True)
    """
    return BY_NAME[notebook].reads if notebook in BY_NAME else tuple(a.name for a in ARTIFACTS if a.name in WRITER)


def find_entry(out: Path, artifact: str) -> Entry | None:
    """Find which file holds an artifact in a report's folder.

    Parameters
    ----------
    out : Path
        The report's folder.
    artifact : str
        Name of an artifact that has a writer.

    Returns
    -------
    Entry or None
        What the manifest of its notebook says of it; None where the notebook has to run first.

    Examples
    --------
    >>> find_entry(Path("nowhere"), "draft") is None
    True
    """
    manifest = read_manifest(folder_of(out, WRITER[artifact]))
    return manifest.artifacts.get(artifact) if manifest else None


def hash_upstream(out: Path, notebook: str) -> dict[str, str]:
    """Tell which content the artifacts have that a notebook may read.

    Parameters
    ----------
    out : Path
        The report's folder.
    notebook : str
        Name of the notebook.

    Returns
    -------
    dict of str to str
        Digest of the content by artifact; those that are not there yet are left out.

    Examples
    --------
    >>> hash_upstream(Path("nowhere"), "02_best_customers")
    {}
    """
    found = {artifact: find_entry(out, artifact) for artifact in reads_of(notebook)}
    return {artifact: entry.content for artifact, entry in found.items() if entry}


def describe_inputs(file: NotebookFile, parameters: Mapping[str, Any], study: str,
                    artifacts: Mapping[str, str]) -> dict[str, str]:
    """Tell what a notebook's results depend on.

    Parameters
    ----------
    file : NotebookFile
        The notebook.
    parameters : dict of str to object
        Every parameter with its value.
    study : str
        Fingerprint of the study's tables that the notebook reads.
    artifacts : dict of str to str
        Content hash of each artifact that it reads.

    Returns
    -------
    dict of str to str
        A digest for each of `study`, `parameters`, `cells`, `code`, and one for each artifact.

    Examples
    --------
    >>> file = NotebookFile(Path("notebooks/06b_draft_icp.ipynb"))
    >>> list(describe_inputs(file, {"seed": 5}, "0a1b", {"cases": "2c3d"}))
    ['study', 'parameters', 'cells', 'code', 'artifact cases']
    """
    return {
        "study": study, "parameters": digest_text(json.dumps(dict(parameters), sort_keys=True, default=str)),
        "cells": digest_text(*file.code), "code": digest_code((*file.code, ENGINE), showing=False),
        **{f"artifact {name}": content for name, content in sorted(artifacts.items())}}


def compute_key(inputs: Mapping[str, str]) -> str:
    """Put what the results depend on into one key.

    Parameters
    ----------
    inputs : dict of str to str
        As from `describe_inputs`; their order does not matter.

    Returns
    -------
    str
        32 hexadecimal digits; another as soon as one of the digests is another.

    Examples
    --------
    >>> compute_key({"study": "0a", "cells": "1b"}) == compute_key({"cells": "1b", "study": "0a"})
    True
    """
    return digest_text(json.dumps(dict(inputs), sort_keys=True))


def page_key(file: NotebookFile, compute: str, language: str, facts: str) -> str:
    """Put what the page depends on into one key.

    Parameters
    ----------
    file : NotebookFile
        The notebook.
    compute : str
        Key of its results.
    language : str
        Language of the page.
    facts : str
        Whatever else the page shows: the study's name, the navigation.

    Returns
    -------
    str
        32 hexadecimal digits; another one where the page has to be made anew, be the results what they were.

    Examples
    --------
    >>> file = NotebookFile(Path("notebooks/06b_draft_icp.ipynb"))
    >>> page_key(file, "0a1b", "en", "Demo") == page_key(file, "0a1b", "ja", "Demo")
    False
    """
    shown = (digest_folder("pages"), digest_folder("locale"), digest_code((*file.code, ENGINE), showing=True))
    return digest_text(compute, *file.prose, language, facts, *shown)
