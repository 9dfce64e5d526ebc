"""What a profile claims about an account: criteria that must all hold, as words, mask, expression and SQL.

A missing value makes a criterion *unknown*, never failed. A rule is met when all criteria are met, failed when one is
failed, and unknown otherwise (Kleene's logic), with the same answers on every engine.
"""

from icp_lab.rule.criterion import Criterion, Dialect, Kind
from icp_lab.rule.rule import MAX_CRITERIA, Hypothesis, Rule
from icp_lab.rule.words import name_attribute, write_number

__all__ = ["MAX_CRITERIA", "Criterion", "Dialect", "Hypothesis", "Kind", "Rule", "name_attribute", "write_number"]
