"""ICP lab: from a company's own exports to an Ideal Customer Profile, with the evidence for it."""
