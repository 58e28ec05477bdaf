"""The signals of all chips in closed form, from one change of stimulus or register to the next."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from bench.twins.ade7753.doubts import Doubts
from bench.twins.ade7753.filters import integrate, low_pass
from bench.twins.ade7753.gate import Amid
from bench.twins.ade7753.model import SAMPLE_RATE, Floats, Integers, smoothing
from bench.twins.ade7753.periodic import Periodic
from bench.twins.ade7753.settings import Settings
from bench.twins.ade7753.state import State
from bench.twins.ade7753.stimulus import channels, codes, frequency
from bench.twins.ade7753.terms import Sum, chosen, constant
from bench.twins.waveform import Waveform

LPF1 = smoothing(140.0)
LPF2 = smoothing(8.9)
INTEGRATOR_GAIN = 2.0 * np.pi / SAMPLE_RATE
"""Makes the leaky integrator's gain 1/f, f in Hz at nominal CLKIN."""


class Plan:
    """Every signal as a sum of exponentials of k, the samples since sample `n0` of each chip."""

    def __init__(
        self,
        state: State,
        settings: Settings,
        current: Sequence[Waveform],
        voltage: Sequence[Waveform],
        origin: float,
        doubts: Doubts,
    ) -> None:
        """`origin`: lab time (s) of sample 0; `current`, `voltage`: what feeds each chip."""
        self.settings = s = settings
        self.doubts = doubts
        self.n0: Integers = state.n.copy()
        self.k: Integers = np.zeros_like(self.n0)
        first, second = channels(current, voltage, settings)
        common = [frequency(v, i) or 0.0 for v, i in zip(voltage, current, strict=True)]
        self.w = w = 2.0 * np.pi * np.array(common) * s.period
        start = origin + self.n0 * s.period
        a1, a2, a3 = (smoothing(corner) for corner in doubts.dc_corners)

        adc1 = codes(first, start + s.shift1, s.gain1, s.offset1)
        self.adc2 = codes(second, start + s.shift2, s.gain2, s.offset2)
        self.dc1 = low_pass(adc1, a1, state.dc1, w)
        self.dc2 = low_pass(self.dc1, a2, state.dc2, w)
        self.dc3 = low_pass(self.dc2, a3, state.dc3, w)
        self.blocked = chosen(s.no_hpf, adc1, adc1.plus(self.dc3.times(-1.0)).merged())
        self.leak = integrate(
            self.blocked, smoothing(doubts.leak), INTEGRATOR_GAIN, state.leak, state.blocked, w
        )
        on = s.integrator
        self.current = chosen(on, self.leak.times(doubts.integrator), self.blocked)
        turned = chosen(
            on, self.blocked.times(doubts.reactive_on), self.leak.times(-doubts.reactive_off)
        )
        scale = 1.0 / doubts.multiplier
        product = self.current.product(self.adc2).times(scale).plus(constant(s.creep)).merged()
        self.lpf2 = low_pass(product, LPF2, state.lpf2, w)
        self.power = chosen(s.no_lpf2, product, self.lpf2)
        reactive = turned.product(self.adc2).times(scale)
        self.lpf2_reactive = low_pass(reactive, LPF2, state.lpf2_reactive, w)
        self.reactive = chosen(s.no_lpf2, reactive, self.lpf2_reactive)
        a = smoothing(doubts.lpf3_corner)
        self.mean_square = low_pass(self.current.product(self.current), a, state.mean_square, w)
        self.averaging = a
        self.lpf1 = low_pass(self.adc2, LPF1, state.lpf1, w)
        self.power_sum = Sum(self.power, w)
        self.reactive_sum = Sum(self.reactive, w)
        self.periodic = Periodic(self.lpf1.steady, self.current.steady, w)

    @cached_property
    def amid(self) -> Amid:
        """The power among its thresholds; worked out where some chip needs it."""
        return Amid(self.power, self.w, self.settings, self.doubts.no_load)

    def store(self, state: State) -> None:
        """Put the filter outputs at the last sample taken into `state`."""
        k = self.k.astype(np.float64)
        for name in (
            "dc1",
            "dc2",
            "dc3",
            "blocked",
            "leak",
            "lpf1",
            "lpf2",
            "lpf2_reactive",
            "mean_square",
        ):
            moved = self.k > 0
            row: Floats = getattr(state, name)
            row[moved] = getattr(self, name).at(k, self.w)[moved]

    def period(self) -> Floats:
        """Samples per line period."""
        with np.errstate(divide="ignore"):
            return np.asarray(2.0 * np.pi / self.w)
