"""Studies: study.yml, the tables that it names, and what may be used of them."""

from icp_lab.study.study import Study, open_study

__all__ = ["Study", "open_study"]
