"""Uncertainty of a reading: a budget of inputs, combined and expanded after the GUM."""

from bench.metrology.uncertainty.budget import Budget, Input
from bench.metrology.uncertainty.distribution import Distribution
from bench.metrology.uncertainty.methods import Budgets

__all__ = ["Budget", "Budgets", "Distribution", "Input"]
