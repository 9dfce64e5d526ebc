"""Studies: study.yml, the tables that it names, and what may be used of them."""

from icp_lab.study.begin import Collected, collect, init_study, write_templates
from icp_lab.study.check import CheckReport, check_study
from icp_lab.study.study import Study, open_study

__all__ = ["CheckReport", "Collected", "Study", "check_study", "collect", "init_study", "open_study", "write_templates"]
