"""What is counted of the active power: no-load gate, positive-only accumulation, a stuck sign."""

from __future__ import annotations

import numpy as np

from bench.twins.ade7753.model import Booleans, Floats
from bench.twins.ade7753.settings import Settings
from bench.twins.ade7753.terms import Terms

POINTS = 4096
"""Instants per line period where the power crosses a threshold within its ripple; a step of the
no-load gate then falls at most 8.39/4096 LPF2 LSB wrong, 6e-5 energy LSB per second."""


def counted(power: Floats, settings: Settings, no_load: float) -> Floats:
    """LPF2 LSB that are accumulated at instants of `power`, chips x instants."""
    total = power + settings.apos[:, None]
    total = np.where(settings.sign_stuck[:, None], np.abs(total), total)
    total = np.where(settings.positive_only[:, None], np.maximum(total, 0.0), total)
    return np.where(np.abs(power) < no_load, 0.0, total)


class Gate:
    """How a bank's active power stands to its thresholds from some sample on.

    `factor`: what the power counts with, 1, -1 or 0, where it crosses no threshold any more;
    `mixed`: where it still does.
    """

    def __init__(self, power: Terms, k: Floats, settings: Settings, no_load: float) -> None:
        mean, swing = power.mean, power.swing(k)
        total = mean + settings.apos
        signed = settings.positive_only | settings.sign_stuck
        closed = np.abs(mean) + swing < no_load
        closed |= settings.positive_only & ~settings.sign_stuck & (total + swing < 0)
        is_open = (np.abs(mean) - swing > no_load) | (no_load == 0)
        is_open &= ~signed | (np.abs(total) > swing)
        is_open &= ~closed
        self.mixed: Booleans = ~(closed | is_open)
        negative = settings.sign_stuck & (total < 0)
        self.factor = np.where(is_open, np.where(negative, -1.0, 1.0), 0.0)


def mean_counted(power: Terms, settings: Settings, no_load: float) -> Floats:
    """LPF2 LSB accumulated on average over a line period, once all has settled."""
    chips = len(power.coef)
    wave = power.steady.run(np.zeros(chips), POINTS, np.full(chips, 2.0 * np.pi / POINTS))
    return np.asarray(counted(wave, settings, no_load).mean(axis=1))
