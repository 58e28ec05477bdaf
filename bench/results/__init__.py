"""The results store: every run, reading, measurement and constant, written when it happens."""
