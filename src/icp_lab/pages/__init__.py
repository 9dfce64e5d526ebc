"""Pages: the template, the table maker, the style."""
