"""Names of a Norma's measurement functions and how each follows from the averages.

After the remote control guide's table of measurement functions. A name without a phase number means
the first three-phase system: mean voltage and current, total power. Of the guide's functions, peak,
rectified, form and crest values, minima and maxima, and line-to-line voltages are not there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.twins.scpi.errors import ScpiError
from bench.twins.scpi.header import HeaderTable
from bench.twins.scpi.norma4000_values import PhaseValues

NORMAL, OVERRANGE, UNDEFINED, CAPACITIVE = 0, 2, 8, 128
"""Bits that DATA:STATus? answers for a value."""


@dataclass(frozen=True, slots=True)
class Interval:
    """One complete averaging interval: its phases, frequency (Hz) and length (s).

    `system`: the phases that make up the totals, two of them with two wattmeters.
    """

    phases: tuple[PhaseValues, ...]
    system: tuple[PhaseValues, ...]
    frequency: float
    length: float

    def chosen(self, phase: int) -> Sequence[PhaseValues]:
        """One phase, or the system for 0."""
        return self.system if phase == 0 else self.phases[phase - 1 : phase]


Evaluation = Callable[[Sequence[PhaseValues], Interval], float]


@dataclass(frozen=True, slots=True)
class Function:
    """A function that was asked for: short name, phase (0: all), and its evaluation.

    `part`: "" for the average, "INT", "PINT", "NINT" for its integral.
    """

    name: str
    phase: int
    evaluation: Evaluation
    part: str = ""

    def value(self, interval: Interval) -> float:
        """The value in an interval; NaN where it is undefined."""
        phases = interval.chosen(self.phase)
        return self.evaluation(phases, interval) if phases else math.nan


def _mean(of: Callable[[PhaseValues], float]) -> Evaluation:
    return lambda phases, _: sum(map(of, phases)) / len(phases)


def _sum(of: Callable[[PhaseValues], float]) -> Evaluation:
    return lambda phases, _: sum(map(of, phases))


def _ac(rms: float, mean: float) -> float:
    return math.sqrt(max(0.0, rms**2 - mean**2))


def power_factor(phases: Sequence[PhaseValues], _: object = None) -> float:
    """Active over apparent power, NaN without apparent power."""
    apparent = sum(phase.apparent for phase in phases)
    return sum(phase.active for phase in phases) / apparent if apparent > 0 else math.nan


def _angle(phases: Sequence[PhaseValues], _: object) -> float:
    """arccos of the power factor, in degrees: without a sign."""
    factor = power_factor(phases)
    if math.isnan(factor):
        return math.nan
    return math.degrees(math.acos(max(-1.0, min(1.0, factor))))


def _impedance(phases: Sequence[PhaseValues], _: object) -> float:
    current = sum(phase.current for phase in phases)
    return sum(phase.voltage for phase in phases) / current if current > 0 else math.nan


_PHASE = "<0-3,0>"
_ROWS: Sequence[tuple[str, str, Evaluation]] = (
    (f"VOLTage{_PHASE}[:DC]", "VOLT{}", _mean(lambda p: p.voltage)),
    (f"VOLTage{_PHASE}:AC", "VOLT{}:AC", _mean(lambda p: _ac(p.voltage, p.voltage_mean))),
    (f"VOLTage{_PHASE}:MEAN", "VOLT{}:MEAN", _mean(lambda p: p.voltage_mean)),
    (f"CURRent{_PHASE}[:DC]", "CURR{}", _mean(lambda p: p.current)),
    (f"CURRent{_PHASE}:AC", "CURR{}:AC", _mean(lambda p: _ac(p.current, p.current_mean))),
    (f"CURRent{_PHASE}:MEAN", "CURR{}:MEAN", _mean(lambda p: p.current_mean)),
    (f"POWer{_PHASE}[:ACTive]", "POW{}", _sum(lambda p: p.active)),
    (f"POWer{_PHASE}:APParent", "POW{}:APP", _sum(lambda p: p.apparent)),
    (f"POWer{_PHASE}:REACtive", "POW{}:REAC", _sum(lambda p: p.reactive)),
    (f"POWer{_PHASE}:FACTor", "POW{}:FACT", power_factor),
    (f"PHASe{_PHASE}", "PHAS{}", _angle),
    (f"IMPedance{_PHASE}[:APParent]", "IMP{}", _impedance),
    ("FREQuency", "FREQ", lambda _, interval: interval.frequency),
    ("TIME[:INTerval]", "TIME", lambda _, interval: interval.length),
)
_PARTS = {
    "": "",
    ":INTegral": "INT",
    ":PINTegral": "PINT",
    ":IPOSitive": "PINT",
    ":NINTegral": "NINT",
    ":INEGative": "NINT",
}
"""The reference has PINTegral and NINTegral, the guide's table IPOSitive and INEGative."""

_TABLE: HeaderTable[tuple[str, Evaluation, str]] = HeaderTable(
    (pattern + part, (name, evaluation, short))
    for part, short in _PARTS.items()
    for pattern, name, evaluation in _ROWS
    if not part or name.startswith("POW") or name.endswith(":MEAN")
)


def function(name: str) -> Function:
    """The function of that name; `ScpiError` -224 when there is none."""
    try:
        (short, evaluation, part), suffixes = _TABLE.find(name.strip().lstrip(":"))
    except ScpiError:
        raise ScpiError(-224, name) from None
    phase = suffixes[0] if suffixes else 0
    full = short.format(phase or "") + (f":{part}" if part else "")
    return Function(full, phase, evaluation, part)
