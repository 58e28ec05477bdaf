"""Floor 5: what is tested, as a reader would tell it."""
