"""Rules of the whole suite: where a skip is lawful, and where data that others made may be found."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def pytest_configure(config):
    """Say once, and early, under which rule the suite runs."""
    config.stash[_STRICT] = bool(os.environ.get("ICP_LAB_NO_SKIP"))


_STRICT = pytest.StashKey[bool]()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Run in one process the tests that share what is dear to make: those of a file, and all that read the pages."""
    from xdist.scheduler import LoadFileScheduling  # noqa: PLC0415  (only where tests run side by side)

    class ByWhatIsShared(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return "pages" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)

    config.option.loadscopereorder = False
    return ByWhatIsShared(config, log)


def pytest_collection_modifyitems(items):
    """Side by side, files with slow tests begin, so that no process is left with a long one at the end."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


def _forbid(report, config):
    """Turn a skip into a failure where skips are forbidden; data laid beside the checkout may be absent outside CI."""
    if not (config.stash[_STRICT] and report.skipped and isinstance(report.longrepr, tuple)):
        return report
    reason = str(report.longrepr[-1])
    if "shared" in reason and not os.environ.get("CI"):
        return report
    report.outcome = "failed"
    report.longrepr = f"ICP_LAB_NO_SKIP is set, and this was to be skipped. {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Hold single tests to the rule."""
    return _forbid((yield), item.config)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Hold files that skip as a whole to the rule."""
    return _forbid((yield), collector.config)


@pytest.fixture(scope="session")
def root():
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def studies():
    """Real studies laid beside the checkout."""
    folder = SHARED / "studies"
    if not folder.is_dir():
        pytest.skip("../shared/studies is not laid beside this checkout")
    return folder


@pytest.fixture
def make_study(tmp_path):
    """Write a small study: study.yml (a fixed head, then `yml`) and files, `a_csv` = a.csv, `f__a_csv` = f/a.csv."""

    def make(yml, **files):
        head = "name: Test\nlanguage: en\nas_of: 2026-03-31\ncurrency: EUR\n"
        (tmp_path / "study.yml").write_text(head + yml, encoding="utf-8")
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_csv", ".csv")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return make


@pytest.fixture(scope="session")
def spark():
    """One Spark for the whole run, on this machine alone: one thread, no page, and nothing said below an error."""
    if shutil.which("java") is None:
        pytest.skip("no java on this machine: Spark needs one (Debian: openjdk-17-jre-headless)")
    from pyspark.sql import SparkSession  # noqa: PLC0415  (slow to import)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        plain = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1", "spark.sql.session.timeZone": "UTC",
                 "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
        session = SparkSession.builder.master("local[1]").config(map=plain).getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()
