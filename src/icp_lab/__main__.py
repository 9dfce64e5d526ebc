"""`python -m icp_lab` is `icp-lab`."""

from icp_lab.cli import main

main()
