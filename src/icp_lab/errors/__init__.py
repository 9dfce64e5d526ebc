"""Every refusal the lab can utter.

One TOML file an area holds the wording; the code that finds a fault raises what `utter` gives. Where several places
refuse alike, a function of `refusals` says it for them. A message says which value (file, row, column), then
the rule, then the remedy.
"""

from icp_lab.errors.base import LabError, Place, utter

__all__ = ["LabError", "Place", "utter"]
