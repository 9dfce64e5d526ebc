"""Whether a session in Jupyter ran a notebook as it is written."""

from types import SimpleNamespace

import pytest

from icp_lab.process.notebook import read_parameters
from icp_lab.step import session

OPEN, PARAMETERS = "here = step.open('x')", "share: float = 0.2"
SHOW, FINISH = "here.table('accounts')", "here.finish()"
FILE = SimpleNamespace(
    code=(OPEN, PARAMETERS, SHOW, FINISH), parameters=read_parameters("share: float = 0.2  # share, 0 to 1", "x"),
)


@pytest.fixture
def run(monkeypatch):
    def execute(*cells, **names):
        history = SimpleNamespace(input_hist_raw=["", *cells])
        monkeypatch.setattr(session, "get_ipython", lambda: SimpleNamespace(history_manager=history, user_ns=names))
        return session.ran_as_written(FILE)

    return execute


@pytest.mark.parametrize(
    ("cells", "held"),
    [
        ((OPEN, PARAMETERS, SHOW, FINISH), True),
        ((OPEN, PARAMETERS, "# Parameters\nshare = 0.3\n", SHOW + "\n", FINISH), True),
        (("1 + 1", OPEN, SHOW, OPEN, PARAMETERS, SHOW, FINISH), True),
        ((OPEN, "share: float = 0.5", SHOW, FINISH), True),
        ((OPEN, PARAMETERS, SHOW, "share = 0.5", FINISH), False),
        ((OPEN, PARAMETERS, FINISH), False),
        ((OPEN, PARAMETERS, SHOW, "drop()", FINISH), False),
        ((OPEN, PARAMETERS, SHOW, SHOW, FINISH), False),
        ((SHOW, FINISH), False),
    ],
)
def test_a_session_counts_only_when_it_ran_the_file_in_order(run, cells, held):
    assert run(*cells) is held


def test_parameters_are_those_of_the_session(run):
    run(OPEN, share=0.4)
    assert session.parameter_values(FILE) == {"share": 0.4}


def test_outside_jupyter_the_defaults_hold():
    assert session.parameter_values(FILE) == {"share": 0.2}
    assert not session.ran_as_written(FILE)
