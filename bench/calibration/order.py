"""The order of a calibration: each step's load and the registers that it settles.

Gain comes first because every other error is measured with it; VA gain shares its run, and goes
before the RMS offsets to save test points; phase needs the right gain; the watt offset needs both.
Source: ADE7753 data sheet Rev. C, calibration flow.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What to apply: voltage as a part of nominal, current as a part of a named design current.

    `current` is "basic", "minimum" or "maximum"; `angle`: the current lags by so many degrees.
    """

    voltage: float
    current: str
    part: float = 1.0
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step: it writes `registers` from `readings` taken at each of `loads`."""

    name: str
    loads: tuple[Load, ...]
    readings: tuple[str, ...]
    registers: tuple[str, ...]


CALIBRATION_ORDER: tuple[Step, ...] = (
    Step("design", (), (), ("CFNUM", "CFDEN", "WDIV", "VADIV")),
    Step("gain", (Load(1, "basic"),), ("LAENERGY", "LVAENERGY"), ("WGAIN", "VAGAIN")),
    Step("phase", (Load(1, "basic", angle=60),), ("LAENERGY", "PERIOD"), ("PHCAL",)),
    Step("watt offset", (Load(1, "minimum"),), ("LAENERGY",), ("APOS",)),
    Step(
        "RMS offset",
        (Load(1, "basic"), Load(0.1, "maximum", part=1 / 50)),
        ("VRMS", "IRMS"),
        ("VRMSOS", "IRMSOS"),
    ),
)
"""Verification follows, at other points than these."""
