"""Progress is told step by step, with what is left."""

from io import StringIO

import pytest
from rich.console import Console

from icp_lab.locale import in_language
from icp_lab.report.watch import Watch


@pytest.fixture
def stream():
    return StringIO()


def _run(watch):
    watch.start(("01_customer_base", "02_best_customers"))
    watch.begin("01_customer_base")
    watch.move("01_customer_base", 2, 9)
    watch.end("01_customer_base", "done")
    watch.end("02_best_customers", "unchanged")
    watch.stop()


def test_without_a_terminal_each_event_is_a_line(stream):
    _run(Watch({"02_best_customers": 12.4}, Console(file=stream, width=200)))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "01_customer_base: begins"
    assert lines[1] == "01_customer_base: done (0 s); 1 left, about 12 s of work"
    assert lines[2] == "02_best_customers: unchanged"


def test_a_terminal_shows_the_cell_at_work(stream):
    with in_language("en"):
        _run(Watch({}, Console(file=stream, width=120, force_terminal=True)))
    assert "done" in stream.getvalue()
    assert "1 left" in stream.getvalue()
