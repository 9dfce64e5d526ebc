"""The small report of tests/report, made once and copied for each test that breaks it."""

import shutil
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from icp_lab.artifacts.manifest import read_manifest
from icp_lab.report.make import Wish, make_report, plan_report, tell_status
from icp_lab.study import open_study

_SPEC = spec_from_file_location("small_report", Path(__file__).parents[1] / "report" / "conftest.py")
_SMALL = module_from_spec(_SPEC)
_SPEC.loader.exec_module(_SMALL)
house, study, wish = _SMALL.house, _SMALL.study, _SMALL.wish
YML = "name: Test\nlanguage: en\nas_of: 2026-03-31\ncurrency: EUR\ntables:\n  accounts: accounts.csv\n"


@dataclass(frozen=True)
class Report:
    """A study, a house of three notebooks and the folder of a report, all in one folder that a test may break."""

    folder: Path

    @property
    def study(self):
        return self.folder / "study"

    @property
    def house(self):
        return self.folder / "house"

    @property
    def out(self):
        return self.folder / "out"

    def wish(self, *settings, **more):
        return Wish(settings, notebooks=self.house, **more)

    def run(self, *settings, **more):
        return make_report(self.study, self.out, self.wish(*settings, **more))

    def status(self, *settings):
        plan = plan_report(open_study(self.study), self.out, self.wish(*settings))
        return {each.name: each.state for each in tell_status(plan)}

    def contents(self):
        manifests = {path.name: read_manifest(path) for path in sorted((self.out / "artifacts").iterdir())}
        assert None not in manifests.values()
        return {name: {key: entry.content for key, entry in m.artifacts.items()} for name, m in manifests.items()}

    def add_notebook(self, name, *cells):
        """Give the study a notebook of its own that opens no step."""
        _SMALL.write_notebook(self.study / "notebooks", name, "years: int = 3  # window in years, 1 to 10", *cells,
                              opens=False)


def begin(folder):
    """Write study and house into a folder."""
    (folder / "study").mkdir(parents=True)
    (folder / "study" / "study.yml").write_text(YML, encoding="utf-8")
    (folder / "study" / "accounts.csv").write_text(_SMALL.ACCOUNTS, encoding="utf-8")
    for name, cells in _SMALL.NOTEBOOKS.items():
        _SMALL.write_notebook(folder / "house", name, *cells)
    return Report(folder)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A report that was run to its end; it is not to be changed."""
    report = begin(tmp_path_factory.mktemp("finished") / "report")
    assert report.run().ok
    return report


@pytest.fixture
def report(finished, tmp_path):
    """A copy of the finished report, to be broken."""
    shutil.copytree(finished.folder, tmp_path / "report")
    return Report(tmp_path / "report")
