"""Chromium for the tests, the demo's report in both languages, and what a visit to a page brings to light."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import without_network

ROOT = Path(__file__).parents[2]
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
OFFLINE = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
COUNTS = "() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(prompt => prompt.innerText)"
WIDER_THAN_THE_WINDOW = """() => [...document.body.querySelectorAll('*')].filter(element => {
    for (let box = element.parentElement; box; box = box.parentElement)
        if (box !== document.body && getComputedStyle(box).overflowX !== 'visible') return false;
    return element.getBoundingClientRect().right > window.innerWidth + 1;
}).slice(0, 5).map(element => element.outerHTML.slice(0, 120))"""


@dataclass
class Visit:
    """What happened while a page was open without a network."""

    page: object
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def overflow(self):
        """Tell how many pixels the page is wider than the window, and what sticks out."""
        width = self.page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
        return (width, self.page.evaluate(WIDER_THAN_THE_WINDOW)) if width > 0 else None


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, for as long as the tests run."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("the package chromium is missing (see system-packages.txt)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only where there is a browser to drive)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*QUIET, *OFFLINE])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Open a file without a network at a width in pixels; every page is closed after the test."""
    contexts = []

    def open_page(path, width=1440, fragment="", **settings):
        window = {"width": width, "height": 900}
        context = chromium.new_context(viewport=window, offline=True, **settings)
        contexts.append(context)
        page = context.new_page()
        seen = Visit(page)
        address = Path(path).as_uri()
        page.on("request", lambda r: None if r.url.split("#")[0] == address else seen.requests.append(r.url[:200]))
        page.on("console", lambda m: seen.errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.goto(address + fragment, wait_until="load")
        return seen

    yield open_page
    for context in contexts:
        context.close()


def run_report(out, language, study="data/demo"):
    """Bring a study's report in a folder up to date, as `make report` does; without a network, where that can be had.

    It ends with an error where anything in it tried to reach a network.
    """
    command = [sys.executable, "-m", "icp_lab", "report", study, "--out", str(out), "--language", language]
    command = without_network.wrap(command) if without_network.find_way() else command
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ICP_LAB_")}
    ran = subprocess.run(command, cwd=ROOT, env=inherited, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return out


class Reports(dict):
    """The demo's report by language, each built when it is first asked for; Japanese computes nothing again.

    The report that `make report` left in reports/demo is the start where there is one; a run does what is stale in it.
    """

    def __init__(self, folder):
        super().__init__()
        self.folder = folder

    def __missing__(self, language):
        out = self.folder / language
        start = ROOT / "reports/demo" if language == "en" else self["en"]
        if (start / "artifacts").is_dir():
            shutil.copytree(start, out)
        self[language] = run_report(out, language)
        return out


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    """Hand out the demo's report in a language."""
    return Reports(tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="session")
def japanese(tmp_path_factory):
    """Hand out the report of the Japanese demo in its own language; reports/demo_ja is the start where there is one."""
    out = tmp_path_factory.mktemp("japanese") / "ja"
    if (ROOT / "reports/demo_ja/artifacts").is_dir():
        shutil.copytree(ROOT / "reports/demo_ja", out)
    return run_report(out, "ja", "data/demo_ja")


class Lab:
    """JupyterLab in a real browser, as an analyst works in it: by its menus, its cells and the keyboard."""

    def __init__(self, page):
        self.page = page
        self.page.set_default_timeout(60_000)

    def open(self, address):
        """Open a notebook and wait for its kernel."""
        self.page.goto(address)
        self.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        self.page.locator(".jp-KernelName", has_text="Python 3").wait_for()
        self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()

    def wait_for(self, start, timeout=240):
        """Start something that runs cells and wait until at least one has run and none waits; returns the seconds."""
        before = self.page.evaluate(COUNTS)
        started = time.perf_counter()
        start()
        ran = "!now.join().includes('*') && String(now) !== String(before)"
        done = f"before => {{ const now = ({COUNTS})(); return {ran}; }}"
        self.page.wait_for_function(done, arg=before, timeout=timeout * 1000)
        return time.perf_counter() - started

    def choose(self, menu, entry):
        """Choose an entry of the menu bar."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text=menu).first.click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).click()

    def run_all(self):
        """Run the notebook from top to bottom; returns the words of every failed cell."""
        self.wait_for(lambda: self.choose("Run", "Run All Cells"))
        return self.page.locator('.jp-OutputArea-output[data-mime-type$="stderr"]').all_inner_texts()

    def cell(self, text):
        """Find the code cell that holds a text."""
        return self.page.locator(".jp-CodeCell", has=self.page.locator(".cm-content", has_text=text)).first

    def rewrite(self, cell, change):
        """Change the source of a cell by a function of its text, then run it and what is below; returns the seconds."""
        editor = cell.locator(".cm-content")
        source = "\n".join(editor.locator(".cm-line").all_inner_texts())
        editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(change(source))
        return self.wait_for(lambda: self.choose("Run", "Run Selected Cell and All Below"))

    def try_cell(self, source):
        """Add a cell at the end, run it, and return what it shows with the seconds that it took."""
        last = self.page.locator(".jp-Notebook .jp-Cell").last
        last.click()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self.page.keyboard.press("Enter")
        self.page.keyboard.insert_text(source)
        seconds = self.wait_for(lambda: self.page.keyboard.press("Control+Enter"))
        return self.page.locator(".jp-CodeCell").last.locator(".jp-OutputArea").inner_text(), seconds


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address, server):
    for _ in range(240):
        assert server.poll() is None, "JupyterLab ended before it answered"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail("JupyterLab did not answer within a minute")


@pytest.fixture
def open_lab(chromium, tmp_path):
    """Start JupyterLab on copies of notebooks, with what a study's kernel inherits, and open one of them."""
    started = []

    def start(notebooks, name, **places):
        for path in notebooks:
            shutil.copy(path, tmp_path)
        settings = tmp_path / "settings" / "@jupyterlab"
        for extension, choices in {
            "notebook-extension/tracker": {"windowingMode": "none"},  # every cell is in the page, seen or not
            "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        }.items():
            file = settings / f"{extension}.jupyterlab-settings"
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps(choices), encoding="utf-8")
        own = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "RUNTIME", "DATA")}
        port = _free_port()
        options = {
            "ServerApp.port": port, "ServerApp.port_retries": 0, "ServerApp.root_dir": tmp_path,
            "ServerApp.ip": "127.0.0.1", "IdentityProvider.token": "tests", "LabApp.extension_manager": "readonly",
            "LabApp.user_settings_dir": tmp_path / "settings", "LabApp.workspaces_dir": tmp_path / "workspaces",
        }  # fmt: skip
        command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"]
        server = subprocess.Popen(
            [*command, *(f"--{option}={value}" for option, value in options.items())],
            env=os.environ | own | {"IPYTHONDIR": str(tmp_path / "ipython")} | places,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        context = chromium.new_context(viewport={"width": 1440, "height": 1000})
        started.append((server, context, port))
        _wait_for(f"http://127.0.0.1:{port}/api/status?token=tests", server)
        lab = Lab(context.new_page())
        lab.open(f"http://127.0.0.1:{port}/lab/tree/{name}?token=tests")
        return lab

    yield start
    for server, context, port in started:
        context.close()
        stop = urllib.request.Request(f"http://127.0.0.1:{port}/api/shutdown?token=tests", method="POST")
        with urllib.request.urlopen(stop, timeout=30):
            pass
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
