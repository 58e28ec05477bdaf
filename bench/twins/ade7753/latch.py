"""What a chip puts into its serial buffer when a register is read."""

from __future__ import annotations

import math
from collections.abc import Callable

from bench.twins.ade7753.doubts import Doubts
from bench.twins.ade7753.settings import Settings
from bench.twins.ade7753.state import State
from drivers.ade7753.registers import REGISTERS

Reading = Callable[[State, Settings, Doubts, int], float]


def _capped(value: float) -> float:
    return min(value, float(0xFFFFFF))


def _irms(state: State, settings: Settings, doubts: Doubts, chip: int) -> float:
    square = state.mean_square[chip] + state.square_noise[chip]
    square += settings.square_bias[chip] + settings.square_offset[chip]
    return _capped(math.sqrt(max(float(square), 0.0)))


def _vrms(state: State, settings: Settings, doubts: Doubts, chip: int) -> float:
    level = doubts.vrms_scale * float(state.mean_abs[chip]) + float(settings.mean_offset[chip])
    return _capped(max(level, 0.0))


def _period(state: State, settings: Settings, doubts: Doubts, chip: int) -> float:
    """Samples in 16 line periods: each is 16 units of 8/CLKIN, so that the mean is their sum."""
    spans = min(int(state.rises[chip]) - 1, doubts.period_mean)
    if spans < 1:
        return 0.0
    rising = state.rising[chip]
    return float(rising[-1] - rising[-1 - spans]) * 16.0 / spans


# Registers that are results: address to its value now.
READINGS: dict[int, Reading] = {
    REGISTERS[name].address: reading
    for names, reading in (
        (("WAVEFORM",), lambda s, _, __, c: float(s.wave[c])),
        (("AENERGY", "RAENERGY"), lambda s, _, __, c: float(s.energy[c])),
        (("LAENERGY",), lambda s, _, __, c: float(s.laenergy[c])),
        (("VAENERGY", "RVAENERGY"), lambda s, _, __, c: float(s.vaenergy[c])),
        (("LVAENERGY",), lambda s, _, __, c: float(s.lvaenergy[c])),
        (("LVARENERGY",), lambda s, _, __, c: float(s.lvarenergy[c])),
        (("STATUS", "RSTSTATUS"), lambda s, _, __, c: float(s.flags[c])),
        (("IRMS",), _irms),
        (("VRMS",), _vrms),
        (("IPEAK", "RSTIPEAK"), lambda s, _, __, c: _capped(float(s.ipeak[c]))),
        (("VPEAK", "RSTVPEAK"), lambda s, _, __, c: _capped(2.0 * float(s.vpeak[c]))),
        (("TEMP",), lambda s, _, __, c: float(s.temperature[c])),
        (("PERIOD",), _period),
    )
    for name in names
}

FILTERED = {REGISTERS["IRMS"].address}
"""Results that need the filter outputs of now."""


def clear(state: State, chip: int, address: int, doubts: Doubts) -> None:
    """What a read with reset of `address` does besides."""
    match BY_NAME.get(address):
        case "RAENERGY":
            state.energy[chip] = _hidden(float(state.energy[chip]), doubts)
        case "RVAENERGY":
            state.vaenergy[chip] = _hidden(float(state.vaenergy[chip]), doubts)
        case "RSTSTATUS":
            state.flags[chip] = 0
        case "RSTIPEAK":
            state.ipeak[chip] = 0.0
        case "RSTVPEAK":
            state.vpeak[chip] = 0.0


BY_NAME = {row.address: row.name for row in REGISTERS.values() if row.clears is not None}


def _hidden(value: float, doubts: Doubts) -> float:
    return 0.0 if doubts.reset_clears_hidden_bits else value - math.floor(value)
