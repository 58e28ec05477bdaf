"""ADC noise as it shows in what is read: its variance is known, so it need not pass the filters.

White noise of a channel times the signal of the other is white too. Summed over N samples of the
LPF2 output it has N times the variance of one sample (the filter has unit gain at DC and forgets
within 20 ms); after a one-pole filter it is a first-order autoregressive sequence.
"""

from __future__ import annotations

import numpy as np

from bench.twins.ade7753.doubts import Doubts
from bench.twins.ade7753.increments import ACTIVE, TIME, Increments
from bench.twins.ade7753.model import Floats, smoothing
from bench.twins.ade7753.plan import LPF1, LPF2
from bench.twins.ade7753.settings import Settings
from bench.twins.ade7753.state import State


class Noise:
    """Deterministic noise of a bank: the same draws for the same seed and the same readings."""

    def __init__(self, chance: np.random.Generator, doubts: Doubts) -> None:
        self._chance = chance
        self._doubts = doubts

    def add(
        self, state: State, settings: Settings, increments: Increments, rms1: Floats, rms2: Floats
    ) -> None:
        """Add a span's noise; `rms1`, `rms2`: codes of the signals in the two channels."""
        s = settings
        draws = self._chance.standard_normal((6, len(rms1)))
        if not (s.noise1.any() or s.noise2.any()):
            return
        power = np.sqrt(
            (rms1 * s.noise2) ** 2 + (rms2 * s.noise1) ** 2 + (s.noise1 * s.noise2) ** 2
        )
        power /= self._doubts.multiplier
        square = np.sqrt(4.0 * (rms1 * s.noise1) ** 2 + 2.0 * s.noise1**4)

        time = increments.total[TIME]
        _recur(state.power_noise, LPF2, power, time, draws[0])
        _recur(state.square_noise, smoothing(self._doubts.lpf3_corner), square, time, draws[1])

        self._waveform(state, settings, time, draws[5])

        # A closed no-load gate keeps the noise out as well.
        per_sample = np.where(increments.total[ACTIVE] == 0.0, 0.0, power * s.rate)
        marks = np.stack([increments.previous[TIME], increments.last[TIME], time])
        lengths = np.maximum(np.diff(marks, axis=0, prepend=0.0), 0.0)
        walk = np.cumsum(draws[2:5] * np.sqrt(lengths) * per_sample, axis=0)
        increments.previous[ACTIVE] += walk[0]
        increments.last[ACTIVE] += walk[1]
        increments.total[ACTIVE] += walk[2]

    def _waveform(self, state: State, settings: Settings, time: Floats, draw: Floats) -> None:
        """Noise of a fresh WAVEFORM sample: of the ADC, behind LPF1 for the voltage."""
        s = settings
        adc1 = np.where(s.integrator, 0.0, s.noise1) * draw
        lpf1 = s.noise2 * np.sqrt(LPF1 / (2.0 - LPF1)) * draw
        fresh = s.sampling & (state.n // s.wave_step > (state.n - time) // s.wave_step)
        for source, noise in ((0, state.power_noise), (2, adc1), (3, lpf1)):
            mine = fresh & (s.wave_source == source)
            state.wave[mine] += noise[mine]


def _recur(row: Floats, a: float, sigma: Floats, time: Floats, draw: Floats) -> None:
    """Noise of `sigma` per sample behind a one-pole filter, `time` samples later."""
    kept = np.exp(np.log1p(-a) * time)
    row[:] = row * kept + sigma * np.sqrt(a / (2.0 - a) * (1.0 - kept**2)) * draw
