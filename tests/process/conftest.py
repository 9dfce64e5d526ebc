"""The small report of tests/report, for its parameters."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_SPEC = spec_from_file_location("small_report", Path(__file__).parents[1] / "report" / "conftest.py")
_SMALL = module_from_spec(_SPEC)
_SPEC.loader.exec_module(_SMALL)
house, study, wish = _SMALL.house, _SMALL.study, _SMALL.wish
