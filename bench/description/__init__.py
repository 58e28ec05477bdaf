"""The bench description: which driver, address and certificate for every role and position."""

from bench.description.loader import load, shipped
from bench.description.models import Description

__all__ = ["Description", "load", "shipped"]
