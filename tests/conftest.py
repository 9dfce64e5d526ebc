"""Rules of the whole suite: where a skip is lawful, and where data that others made may be found."""

import os
import shutil
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import settings

from icp_lab.locale import set_language
from icp_lab.views.privacy import set_hidden

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
# A machine with other work on it is no fault: no example has to come out within so many milliseconds.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


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


@pytest.fixture(autouse=True)
def as_at_first():
    """Leave nothing in force for the next test of the process: neither a language nor a way of hiding names."""
    yield
    set_language("en")
    set_hidden(str)


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
def make_dashboard(tmp_path_factory):
    """Write dashboard.html for so many accounts and a fifth as many leads, once for each way of asking."""
    from icp_lab.locale import in_language  # noqa: PLC0415  (loaded where a test asks for it)
    from icp_lab.methods.customers import fill_table  # noqa: PLC0415
    from icp_lab.publish.dashboard import write_dashboard  # noqa: PLC0415
    from icp_lab.publish.products import Publication  # noqa: PLC0415
    from icp_lab.views.picture import About  # noqa: PLC0415

    @cache
    def make(accounts=20, *, called=("Acme", "Borel", "Ceda", "Dorn"), engagement=True, criteria=1, gone=(),
             language="en"):
        rows = range(accounts)
        ids, leads = [f"a{n:05}" for n in rows], [f"l{n:05}" for n in rows[::5]]
        names = pd.Series({one: f"{called[n % len(called)]} {n}" for n, one in enumerate([*ids, *leads])})
        fits = [("in", "out", "out", "unknown")[n % 4] for n in rows]
        customers = pd.DataFrame({
            "account_id": ids, "name": names[ids].to_numpy(),
            "status": ["prospect" if n % 3 else "customer" for n in rows],
            "value": [1000.0 * n for n in rows], "industry": [called[n % len(called)] for n in rows],
            "region": [f"Region {n % 7}" for n in rows], "since": pd.Timestamp("2025-08-01"), "churned": False})
        attributes = pd.DataFrame({"industry": customers["industry"].to_numpy(),
                                   "employees": [None if n % 4 == 3 else 10.0 + 5 * n for n in rows]}, index=ids)
        standing = pd.DataFrame({"account_id": ids, "name": names[ids].to_numpy(), "fit": fits})
        everybody = [("account", one) for one in ids] + [("lead", one) for one in leads]
        scores = pd.DataFrame(everybody, columns=["kind", "id"]).assign(
            points=[90 - n % 60 for n in range(len(everybody))], warm="warm",
            engagement=[n % 100 * engagement for n in range(len(everybody))],
            tier=["ABC"[n % 3] for n in range(len(everybody))])
        deals = pd.DataFrame({"account_id": ids, "stage": ["won", "lost"] * (accounts // 2), "amount": 100.0,
                              "created": pd.Timestamp("2026-01-10"), "closed": pd.Timestamp("2026-02-10")})
        found = {
            "customers": customers, "scores": scores,
            "adoption": pd.DataFrame({
                "by": ["month", "month", "owner", "period", "period"], "measure": "opportunities", "n": 4,
                "level": ["2026-05", "2026-06", "Rosa Person", "before", "after"],
                "share": [0.25, 0.5, 0.5, 0.75, 0.5], "low": 0.1, "high": 0.9}),
            "segments": pd.DataFrame({"account_id": ids, "segment": ["S1", "none"] * (accounts // 2)}),
            "cases": pd.DataFrame({"case_id": ids, "account_id": ids, "positive": ["yes", "no"] * (accounts // 2)})}
        tables = {"deals": deals, "leads": pd.DataFrame({"lead_id": leads, "company": names[leads].to_numpy(),
                                                         "title": "Rosa Person"})}
        icp = {"verdict": "supported", "outcome": "best", "segments": [{"id": "S1", "name": f"{called[0]} kind"}],
               "criteria": [{"attribute": "employees", "min": 50}][:criteria]}
        given = Publication(
            icp=icp, standing=SimpleNamespace(frame=standing), about=About(date(2026, 6, 30), "EUR", "Demo"),
            accounts=standing.join(attributes, on="account_id"),
            find=lambda name: None if name in gone else found.get(name),
            table=lambda name: fill_table(tables.get(name, pd.DataFrame()), name), called=names)
        folder = tmp_path_factory.mktemp("dashboard")
        with in_language(language):
            write_dashboard(given, folder)
        return folder / "dashboard.html"

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
