"""Equations, percentage error, limits."""
