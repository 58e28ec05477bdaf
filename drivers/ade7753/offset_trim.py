"""ADC offset trim with CH1OS and CH2OS."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.ade7753.access import RegisterAccess
from drivers.ade7753.bits import CH1OS_INTEGRATOR, Mode
from drivers.ade7753.registers import SIGN_MAGNITUDE_LIMIT
from drivers.ade7753.waveform import WaveformCapture
from drivers.clock import Clock

_PROBE = 16
"""Offset code, of 31, for finding out what one code does."""
_SETTLING = 0.02
"""Lab time in s after a change: the voltage samples pass LPF1, 140 Hz (reference 4.3), whose step
response is then down to e^-17."""
_REGISTERS = {"current": "CH1OS", "voltage": "CH2OS"}


@dataclass(frozen=True, slots=True)
class OffsetTrim:
    """`code`: what was written, -31 to 31; `before`, `after`: mean WAVEFORM reading at zero
    input, in LSB."""

    code: int
    before: float
    after: float


def trim_offsets(
    access: RegisterAccess, waveform: WaveformCapture, clock: Clock, samples: int
) -> dict[str, OffsetTrim]:
    """Trim both ADC offsets with shorted inputs; results for "current" and "voltage", in codes.

    Inputs are shorted inside the chip, high-pass filter and integrator are off meanwhile (reference
    2.4), and back as they were afterwards. `samples` (1 to 10000) are averaged per point. The
    effect of a code is measured, not assumed: so its sign (CH2OS acts inverted) and the PGA's
    influence come out right. `ValueError` out of range; `DeviceTimeout`, `ReadBackMismatch`,
    `LinkChecksum` as for the accesses.
    """
    if not 1 <= samples <= 10_000:
        raise ValueError(f"{samples} samples: allowed are 1 to 10000")
    before = access.read_raw(("MODE", "CH1OS"))
    integrator = before["CH1OS"] & CH1OS_INTEGRATOR
    shorted = before["MODE"] | Mode.DISCH1 | Mode.DISCH2 | Mode.DISHPF
    access.write_raw("MODE", shorted)
    try:
        return {
            source: _trim(access, waveform, clock, source, register, samples)
            for source, register in _REGISTERS.items()
        }
    finally:
        access.write_raw("MODE", before["MODE"])
        if integrator:
            access.write_raw("CH1OS", access.read_raw(("CH1OS",))["CH1OS"] | integrator)


def _trim(
    access: RegisterAccess,
    waveform: WaveformCapture,
    clock: Clock,
    source: str,
    register: str,
    samples: int,
) -> OffsetTrim:
    def mean() -> float:
        clock.sleep(_SETTLING)
        return sum(waveform.capture(source, samples).samples) / samples

    access.write(register, 0)
    before = mean()
    access.write(register, _PROBE)
    effect = (mean() - before) / _PROBE
    code = round(-before / effect) if effect else 0
    code = max(-SIGN_MAGNITUDE_LIMIT, min(SIGN_MAGNITUDE_LIMIT, code))
    access.write(register, code)
    return OffsetTrim(code, before, mean())
