"""The documented process: steps, sub-items and notebooks (declared once), and what a notebook's file says of itself."""

from icp_lab.process.declared import BY_NAME, ITEMS, NOTEBOOKS, STEPS, WRITER, Item, Notebook, Step, needs

__all__ = ["BY_NAME", "ITEMS", "NOTEBOOKS", "STEPS", "WRITER", "Item", "Notebook", "Step", "needs"]
