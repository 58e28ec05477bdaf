"""The chip's temperature sensor: crude, but it shows a hot or cold module."""

from __future__ import annotations

from drivers.ade7753.access import RegisterAccess
from drivers.ade7753.bits import Flag, Mode
from drivers.ade7753.flags import FlagKeeper
from drivers.clock import Clock
from drivers.errors import DeviceTimeout

_CODES_PER_DEGREE = 1.5
_ZERO_CODE = -25.0
"""degC at code 0, before calibration; the part's tolerance is another 25 degC (reference 4.11)."""
_STEP = 0.02
_AGAIN = 10
"""Steps after which the conversion is asked for anew: the command may have been corrupted."""


def measure_temperature(
    access: RegisterAccess, flags: FlagKeeper, clock: Clock, timeout: float
) -> float:
    """Convert once and return the temperature in degC, -110 to 60, uncalibrated (25 degC off).

    The conversion starts at the next zero crossing, so without line voltage there is none:
    `DeviceTimeout` after `timeout` s of lab time (positive, else `ValueError`). Not for a quick
    loop: each conversion takes channel 1 away from the energy for a moment.
    """
    if timeout <= 0:
        raise ValueError(f"time-out of {timeout} s: it must be positive")
    flags.take(Flag.TEMP)
    end = clock.now() + timeout
    steps = 0
    while not flags.take(Flag.TEMP):
        if clock.now() >= end:
            raise DeviceTimeout(
                f"{access.label}: no temperature conversion within {timeout} s: is there voltage "
                "on channel 2?"
            )
        if steps % _AGAIN == 0:
            mode = access.shadow.get("MODE", access.read_verified("MODE"))
            access.trigger("MODE", mode | Mode.TEMPSEL)
            access.restore(wrote_mode=True)  # no read-back: it may have gone astray
        clock.sleep(min(_STEP, timeout))
        steps += 1
    return access.read_verified("TEMP") / _CODES_PER_DEGREE + _ZERO_CODE
