"""What is counted of the active power: no-load gate, positive-only accumulation, a stuck sign."""

from __future__ import annotations

import numpy as np

from bench.twins.ade7753.model import Booleans, Floats, Integers
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


class Amid:
    """Power that keeps crossing its thresholds within its ripple, once all has settled.

    `mean`: LPF2 LSB counted per sample on average; `signs`: of the power over one period, 0 inside
    the no-load band.
    """

    def __init__(self, power: Terms, w: Floats, settings: Settings, no_load: float) -> None:
        chips = len(power.coef)
        turn = np.full(chips, 2.0 * np.pi / POINTS)
        wave = power.steady.run(0.5 * np.ones(chips), POINTS, turn)
        count = counted(wave, settings, no_load)
        self.mean = count.mean(axis=1)
        self.signs = np.where(np.abs(wave) < no_load, 0.0, np.sign(wave))
        self._w = w
        swing = np.cumsum(count - self.mean[:, None], axis=1) * (turn / w)[:, None]
        self._swing = np.concatenate([np.zeros((chips, 1)), swing], axis=1)

    def ripple(self, k: Floats) -> Floats:
        """What the sum over samples up to `k` differs from its mean growth, per chip."""
        at, share = self._place(k, self._w)
        row = np.arange(len(k))
        left, right = self._swing[row, at], self._swing[row, at + 1]
        return np.asarray(left + share * (right - left))

    def ripple_of(self, chip: int, k: Floats) -> Floats:
        """The same for many samples of one chip."""
        at, share = self._place(k, self._w[chip])
        left, right = self._swing[chip, at], self._swing[chip, at + 1]
        return np.asarray(left + share * (right - left))

    def _place(self, k: Floats, w: Floats) -> tuple[Integers, Floats]:
        # A sum over samples 1..k is the integral up to k + 1/2.
        position = np.mod((k + 0.5) * w, 2.0 * np.pi) * (POINTS / (2.0 * np.pi))
        at = np.minimum(position.astype(np.int64), POINTS - 1)
        return at, position - at
