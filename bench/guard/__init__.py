"""Switches sources off when the process that owns them cannot: the guard, and `bench off`."""
