"""Running the notebooks of a study and making one report of them."""
