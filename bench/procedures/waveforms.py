"""Waveforms of all positions, captured at once: equations (1) and (2) as the chips see them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.metrology.sine_fit import PairFit, fit_pair
from bench.procedures.reference import Reference
from bench.station import Station
from drivers.ade7753.waveform import SETTLING

Values = NDArray[np.float64]
Looks = tuple[Values, Values]
"""Lab times in s, codes."""

SAMPLES = 64
"""Per channel: the noise of the ADC then leaves some 0.02 % of amplitude at Ib."""
STEP = (math.sqrt(5) - 1) / 8
"""Line periods from one look to the next. An irrational part of a period: the looks then spread
evenly over it, however long the capture is."""


@dataclass(frozen=True, slots=True)
class Captured:
    """Voltage and current of one position fitted, in codes of WAVEFORM; angles at lab time 0.

    `reference`: what the reference meter said of its phase.
    """

    fit: PairFit
    reference: Reference

    @property
    def phi(self) -> float:
        """Degrees by which the current lags by the reference meter: atan2(Q, P)."""
        return math.degrees(math.atan2(self.reference.reactive, self.reference.active))


def capture_waveforms(station: Station, samples: int = SAMPLES) -> dict[int, Captured]:
    """Voltage and current of all positions at the load that is applied now.

    All chips sample CLKIN/128 times a second; the station looks at each in turn and notes the lab
    time. A sample is up to 36 us old when it is read: half of that on the average, in both channels
    alike, so that their angle is true. A position that dropped out or shows no sine is missing.
    `StationFault` when fewer than the quorum are left.
    """
    voltages = _capture(station, "voltage", samples)
    currents = _capture(station, "current", samples)
    references = Reference.means([station.reference.read()])
    station.check_quorum()
    found = {}
    for position in station.active:
        fit = _fitted(voltages[position.number], currents[position.number])
        if fit is not None:
            found[position.number] = Captured(fit, references[position.phase])
    return found


def _fitted(voltage: Looks, current: Looks) -> PairFit | None:
    """None when there is no sine in it: that is the board's fault, and the tests say so."""
    try:
        return fit_pair(voltage, current)
    except ValueError:
        return None


def _capture(station: Station, source: str, samples: int) -> dict[int, Looks]:
    clock = station.clock
    step = STEP / station.description.design.frequency
    looks: dict[int, list[tuple[float, int]]] = {p.number: [] for p in station.positions}
    try:
        for position in station.active:
            position.attempt(position.chip.waveform.start, source)
        clock.sleep(SETTLING)
        for _ in range(samples):
            clock.sleep(step)
            for position in station.active:
                code = position.attempt(position.chip.waveform.latest)
                if code is not None:
                    looks[position.number].append((clock.now(), code))
    finally:
        for position in station.active:
            position.attempt(position.chip.waveform.stop)
    return {number: _columns(rows) for number, rows in looks.items() if rows}


def _columns(rows: list[tuple[float, int]]) -> Looks:
    times, codes = np.array(rows, dtype=np.float64).T
    return times, codes
