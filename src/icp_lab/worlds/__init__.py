"""Synthetic B2B companies with planted truth, and null worlds that look the same and hold nothing.

The lab is tried on them: it has to find what was planted, and to find nothing where nothing is.
"""

from icp_lab.worlds.export import write_demo, write_study
from icp_lab.worlds.world import World, make_company

__all__ = ["World", "make_company", "write_demo", "write_study"]
