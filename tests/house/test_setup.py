"""The environment: one list of packages, one set of versions, no addresses, no licence that binds."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, packages_distributions

import pytest
from environment import parse, read_lock, select_missing
from packaging.requirements import Requirement
from ruamel.yaml import YAML

LOCKS = ("requirements.lock", "requirements-test.lock")
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "jupyter-client": "jupyter_client",
    "jupyter-core": "jupyter_core",
    "matplotlib": "matplotlib-base",
}
NEVER_IMPORTED = {
    "ipykernel": "runs the notebooks",
    "jupyterlab": "make lab",
    "matplotlib-fontja": "its font is read, not its code",
    "nbclient": "make notebooks",
    "pg8000": "SQLAlchemy loads it for an address of PostgreSQL",
    "sudachidict-core": "the dictionary that sudachipy loads",
}


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_of_a_lock_has_one_version_and_hashes(root, lock):
    entries = re.split(r"\n(?=[a-z0-9])", (root / lock).read_text(encoding="utf-8"))
    names = [entry.split("==")[0] for entry in entries]
    assert len(names) == len(set(names)) > 100
    assert all(re.match(r"[a-z0-9._-]+==\S+ ", entry) and "--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(root, lock):
    text = (root / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text


def test_the_test_lock_holds_the_run_lock(root):
    run, test = (dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (root / lock).read_text(), re.M)) for lock in LOCKS)
    assert run.items() <= test.items()


def test_the_locks_satisfy_what_the_project_declares(root, project):
    locked = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (root / LOCKS[1]).read_text(), re.M))
    declared = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["test"]
    unmet = [text for text in declared if not parse(text).specifier.contains(locked[parse(text).name])]
    assert unmet == []


def test_conda_users_get_the_same_packages(root, project):
    listed = YAML(typ="safe").load(root / "environment.yml")["dependencies"]
    by_pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    conda = {entry for entry in listed if isinstance(entry, str)} | set(by_pip)
    ours = set()
    for text in project["project"]["dependencies"]:
        requirement = Requirement(text)
        name = requirement.name if text in by_pip else CONDA_NAMES.get(requirement.name, requirement.name)
        ours.add(text.replace(requirement.name, name, 1))
    assert conda - {"pip"} == ours | {f"python{project['project']['requires-python']}"}


def _imported(folder):
    names = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"icp_lab"}


def test_the_package_declares_what_it_imports(root, project):
    declared = {parse(text).name for text in project["project"]["dependencies"]}
    owners = packages_distributions()
    imported = {parse(owner).name for module in _imported(root / "src") for owner in owners[module][:1]}
    assert imported - declared == set()
    assert declared - imported - set(NEVER_IMPORTED) == set()


def test_nothing_that_binds_its_users_is_shipped(root):
    """GPL and AGPL bind whoever ships the lab; LGPL and MPL parts are used unchanged, and that they allow."""
    bound = []
    for name in read_lock(root / "requirements.lock"):
        about = distribution(name).metadata
        classifiers = [c for c in about.get_all("Classifier") or () if c.startswith("License ::")]
        licence = " ".join([about.get("License-Expression") or (about.get("License") or "")[:80], *classifiers])
        choices = re.split(r"\bOR\b|\n", licence)
        if all(re.search(r"\bA?GPL|(?<!Lesser )General Public License", choice) for choice in choices):
            bound.append(f"{name}: {licence}")
    assert bound == []


def test_an_active_environment_keeps_what_it_has(root):
    entries = read_lock(root / "requirements.lock")
    absent = {"surely-not-installed": "surely-not-installed==1"}
    assert select_missing(entries | absent, {}) == absent
    assert list(select_missing(entries, {"pandas": Requirement("pandas>=999")})) == ["pandas"]


@pytest.mark.parametrize("target", ["report", "test", "test-all", "check", "lab", "notebooks", "help", "clean"])
def test_make_help_lists_the_contract(root, target):
    shown = subprocess.run(["make", "help"], cwd=root, capture_output=True, text=True, check=True).stdout
    assert f"make {target} " in shown


def _run(command, root, **system):
    return subprocess.run(command, cwd=root, env=system, capture_output=True, text=True, check=False)


def test_make_ignores_a_language_that_the_system_exports(root):
    dry = ["make", "--dry-run", "report"]
    assert "--language" not in _run(dry, root, PATH="/usr/bin:/bin", LANGUAGE="de_DE").stdout
    assert '--language "ja"' in _run([*dry, "LANGUAGE=ja"], root, PATH="/usr/bin:/bin").stdout


def test_an_active_environment_is_used_and_conda_base_is_not(root):
    dry = ["make", "--dry-run", "report"]
    assert "/mine/bin/python" in _run(dry, root, PATH="/usr/bin:/bin", VIRTUAL_ENV="/mine").stdout
    assert "/mine/bin/python" in _run(dry, root, PATH="/usr/bin:/bin", CONDA_PREFIX="/mine").stdout
    base = _run(dry, root, PATH="/usr/bin:/bin", CONDA_PREFIX="/mine", CONDA_DEFAULT_ENV="base").stdout
    assert "/mine" not in base
    assert ".venv/bin/python" in base


def test_no_suitable_python_is_said_in_plain_words(root, tmp_path):
    for tool in ("sh", "cmp", "cat", "pwd"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    make = ["/bin/sh", "tools/environment.sh", str(tmp_path / "none"), "own", LOCKS[0]]
    refused = _run(make, root, PATH=str(tmp_path))
    assert refused.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13" in refused.stderr
