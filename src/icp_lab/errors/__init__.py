"""Every refusal the lab can utter.

One module an area holds the wording; the code that finds a fault calls a function from here and raises what it gets.
A message says which value (file, row, column), then the rule, then the remedy.
"""

from icp_lab.errors.base import LabError, Place

__all__ = ["LabError", "Place"]
