"""The wheel: all that a run needs is in it, and it works far from a checkout."""

import os
import re
import subprocess
import sys
import zipfile

import pytest


def _build(source, folder):
    """Build a wheel as `pip install` would, with the build tools of this environment."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(source)], check=True)
    return next(folder.glob("icp_lab-*.whl"))


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    """The wheel of this checkout."""
    return _build(root, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Unpack it where nothing of the checkout is near; its dependencies are this environment's."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _run(installed, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ICP_LAB_")}
    return subprocess.run(
        [sys.executable, "-m", "icp_lab", *arguments],
        cwd=installed.parent, env=environment | {"PYTHONPATH": str(installed)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_wheel_holds_all_that_a_run_needs(root, wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    package = {
        file.relative_to(root / "src").as_posix()
        for file in (root / "src/icp_lab").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    notebooks = {f"icp_lab/notebooks/{file.name}" for file in (root / "notebooks").glob("*.ipynb")}
    assert notebooks
    assert package | notebooks <= held
    assert not [name for name in held if name.startswith(("tests", "data", "tools"))]


def test_the_source_distribution_gives_the_same_wheel(root, wheel, tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    again = _build(next(tmp_path.glob("icp_lab-*.tar.gz")), tmp_path)
    assert again.name == wheel.name
    first, second = ({file.filename: file.CRC for file in zipfile.ZipFile(one).infolist()} for one in (wheel, again))
    assert first == second


def test_the_changelog_begins_with_this_version(root, wheel):
    headings = re.findall(r"(?m)^## (\S+)", (root / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert headings[0] == wheel.name.split("-")[1]


def test_the_command_comes_with_the_wheel(wheel):
    archive = zipfile.ZipFile(wheel)
    entry_points = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
    assert b"icp-lab = icp_lab.cli:main" in archive.read(entry_points)


def test_only_the_package_is_imported_from_the_wheel(installed):
    """The two tests below would prove nothing if the checkout answered."""
    code = "import icp_lab; print(icp_lab.__file__)"
    environment = os.environ | {"PYTHONPATH": str(installed)}
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=installed, env=environment, capture_output=True, text=True, check=True
    )
    assert str(installed) in found.stdout


@pytest.mark.slow
def test_the_wheel_makes_and_runs_a_study(installed):
    made = _run(installed, "demo", "study", "--accounts", "150")
    assert made.returncode == 0, made.stderr
    checked = _run(installed, "check", "study")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    ran = _run(installed, "report", "study", "--only", "01_customer_base", "--language", "ja")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    page = installed.parent / "reports/study/01_customer_base.html"
    assert '<html lang="ja"' in page.read_text(encoding="utf-8")
