"""Results as figures, tables and sentences: the only place that rounds, and no statistics here."""
