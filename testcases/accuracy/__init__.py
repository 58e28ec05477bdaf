"""Accuracy of every position: one file per equation, one per test of a plan."""
