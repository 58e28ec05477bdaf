"""What a bank of chips remembers from sample to sample, one column per chip."""

from __future__ import annotations

import numpy as np

from bench.twins.ade7753.model import Booleans, Floats, Integers

REAL = (
    "dc1",
    "dc2",
    "dc3",
    "blocked",
    "leak",
    "lpf1",
    "mean_abs",
    "lpf2",
    "lpf2_reactive",
    "mean_square",
    "energy",
    "line_active",
    "vaenergy",
    "line_apparent",
    "line_reactive",
    "laenergy",
    "lvaenergy",
    "lvarenergy",
    "cf",
    "ipeak",
    "vpeak",
    "cycle_peak",
    "wave",
    "power_noise",
    "square_noise",
)
WHOLE = (
    "n",
    "zx_sign",
    "zx_count",
    "last_zx",
    "rises",
    "sag_cycles",
    "sag_low",
    "timed_out",
    "power_sign",
    "flags",
    "temperature",
)
RISES_KEPT = 17
"""Rising zero crossings remembered: PERIOD is the mean of the 16 periods between them."""


class State:
    """Filters, accumulators and event logic of all chips; rows of `real` and `whole` by name.

    Units: filters in codes; `energy`, `line_*`, `vaenergy`, `laenergy`, ... in register LSB, their
    fractions being the hidden bits; `cf` in pulses not yet given (-1..1). `n`: index of the last
    sample taken; `last_zx` and `rising` are sample indices too. `zx_count`: zero crossings since
    the line-cycle run began. `zx_sign`, `power_sign`: 1, -1, or 0 when not yet known.
    """

    dc1: Floats
    dc2: Floats
    dc3: Floats
    blocked: Floats
    leak: Floats
    lpf1: Floats
    mean_abs: Floats
    lpf2: Floats
    lpf2_reactive: Floats
    mean_square: Floats
    energy: Floats
    line_active: Floats
    vaenergy: Floats
    line_apparent: Floats
    line_reactive: Floats
    laenergy: Floats
    lvaenergy: Floats
    lvarenergy: Floats
    cf: Floats
    ipeak: Floats
    vpeak: Floats
    cycle_peak: Floats
    wave: Floats
    power_noise: Floats
    square_noise: Floats
    n: Integers
    zx_sign: Integers
    zx_count: Integers
    last_zx: Integers
    rises: Integers
    sag_cycles: Integers
    sag_low: Integers
    timed_out: Integers
    power_sign: Integers
    flags: Integers
    temperature: Integers

    def __init__(self, chips: int) -> None:
        self.real: Floats = np.zeros((len(REAL), chips))
        self.whole: Integers = np.zeros((len(WHOLE), chips), dtype=np.int64)
        self.rising: Integers = np.zeros((chips, RISES_KEPT), dtype=np.int64)
        self.powered: Booleans = np.ones(chips, dtype=np.bool_)
        for row, name in enumerate(REAL):
            setattr(self, name, self.real[row])
        for row, name in enumerate(WHOLE):
            setattr(self, name, self.whole[row])

    def copy_from(self, other: State, chips: Integers) -> None:
        """Take over `chips` of a larger state, as all of this one."""
        self.real[:] = other.real[:, chips]
        self.whole[:] = other.whole[:, chips]
        self.rising[:] = other.rising[chips]

    def copy_to(self, other: State, chips: Integers) -> None:
        """Give all back as `chips` of a larger state."""
        other.real[:, chips] = self.real
        other.whole[:, chips] = self.whole
        other.rising[chips] = self.rising

    def reset(self, chip: int) -> None:
        """Forget everything of one chip but the time."""
        n = self.n[chip]
        self.real[:, chip] = 0.0
        self.whole[:, chip] = 0
        self.n[chip] = n
        self.last_zx[chip] = n

    def restart_line_cycle(self, chip: int) -> None:
        """Begin a line-cycle run now, amid a half cycle."""
        self.zx_count[chip] = 0
        self.line_active[chip] = 0.0
        self.line_apparent[chip] = 0.0
        self.line_reactive[chip] = 0.0
