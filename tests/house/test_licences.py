"""Under which licences the lock stands: all known, none that a report needs under the GPL, and the page true."""

from importlib.metadata import PackageNotFoundError, version

import licences
import pytest


def test_the_page_of_licences_is_what_the_lock_says(root):
    page, wrong = licences.write_page()
    assert wrong == []
    for name, locked in licences.read_lock("requirements-test.lock").items():
        try:
            if version(name) != locked:
                pytest.skip(f"{name} is not here as the lock has it")
        except PackageNotFoundError:
            assert name in licences.TOLD["elsewhere"], f"{name} is neither installed nor known"
    assert (root / "docs/licences.md").read_text(encoding="utf-8") == page, "run python tools/licences.py"


@pytest.mark.parametrize(("licence", "with_report", "said"), [
    ("", True, "unknown"), ("GPL-3.0-only", True, "not explained"), ("AGPL-3.0", True, "a report needs it"),
    ("MIT", True, ""), ("BSD-3-Clause AND Zlib", False, "")])
def test_what_is_unknown_or_under_the_gpl_is_refused(licence, with_report, said):
    wrong = [fault for fault in licences.find_faults({"x": (licence, with_report)}) if fault.startswith("x")]
    assert bool(wrong) == bool(said)
    assert said in "; ".join(wrong)
