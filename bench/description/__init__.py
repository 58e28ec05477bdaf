"""The bench description: which driver, address and certificate for every role and position."""

from bench.description.description import Description
from bench.description.loader import load, shipped

__all__ = ["Description", "load", "shipped"]
