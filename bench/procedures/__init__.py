"""Procedures: plain code that walks an opened station through its work."""
