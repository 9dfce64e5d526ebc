"""Nothing leaves the machine: a report without a network comes out the same, and nothing has tried to reach one.

The whole reports that tests/browser looks at are made without a network too (`run_report` in its conftest).
"""

import subprocess
import sys

import pytest
import without_network

SEND = "import socket; s = socket.socket(socket.{}, socket.{}); s.{}; s.close()"
RUN = """
import sys
from pathlib import Path
from icp_lab.report.make import Wish, make_report
study, out, house = map(Path, sys.argv[1:])
assert make_report(study, out, Wish(notebooks=house)).ok
"""


@pytest.fixture(scope="module")
def alone():
    """Run a command without a network: its end, and what it said of tries."""
    if not without_network.find_way():
        pytest.skip("this system lets nobody have a network namespace (Linux, unshare, user namespaces)")

    def run(*command, cwd=None):
        wrapped = without_network.wrap([str(part) for part in command])
        return subprocess.run(wrapped, cwd=cwd, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize(("code", "counted"), [
    ("print(7)", ""),
    ("import socket; socket.create_server(('127.0.0.1', 0)).close()", ""),
    (SEND.format("AF_INET", "SOCK_STREAM", "connect_ex(('192.0.2.1', 80))"), "IpOutNoRoutes"),
    (SEND.format("AF_INET6", "SOCK_STREAM", "connect_ex(('2001:db8::1', 80))"), "Ip6OutNoRoutes"),
    (SEND.format("AF_INET", "SOCK_DGRAM", "sendto(b'?', ('127.0.0.53', 53))"), "UdpNoPorts")])
def test_every_try_is_counted_whoever_makes_it(alone, code, counted):
    ended = alone(sys.executable, "-c", code)
    assert (ended.returncode, counted in ended.stderr) == (without_network.TRIED if counted else 0, True)


def test_a_command_that_fails_fails_there_too(alone):
    assert alone(sys.executable, "-c", "raise SystemExit(5)").returncode == 5


@pytest.mark.slow
def test_a_report_without_a_network_is_the_same(alone, finished, tmp_path):
    study, house = finished.study, finished.house
    ended = alone(sys.executable, "-c", RUN, study, tmp_path / "out", house)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    pages = {path.name: path.read_bytes() for path in finished.out.glob("0*.html")}
    assert len(pages) == 3
    assert pages == {path.name: path.read_bytes() for path in (tmp_path / "out").glob("0*.html")}
    assert type(finished)(tmp_path).contents() == finished.contents()


@pytest.mark.slow
def test_a_study_is_begun_without_a_network(alone, root, tmp_path):
    ended = alone(sys.executable, "-m", "icp_lab", "init", "new", "--from", root / "data/demo_ja", cwd=tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (tmp_path / "new/study.yml").is_file()
