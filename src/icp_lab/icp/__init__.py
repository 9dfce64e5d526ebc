"""The profile as a definition: icp.yml, its versions, why an account is in or out, and rules tried by hand."""

from icp_lab.icp.explain import Explanation, explain_account
from icp_lab.icp.profile import ICP, load_icp, write_icp
from icp_lab.icp.versions import adopt, rollback

__all__ = ["ICP", "Explanation", "adopt", "explain_account", "load_icp", "rollback", "write_icp"]
