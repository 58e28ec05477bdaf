"""The divider of the pulse output CF from the meter constant."""

from __future__ import annotations

import math

from drivers.ade7753.registers import REGISTERS

FULL_SCALE_CF = 23_000.0
"""CF in Hz at full scale with CFNUM = CFDEN = 0, as the data sheet's calibration example takes it.
Its register arithmetic gives 22,372 Hz (reference 4.7); WGAIN makes up for the difference."""


def pulse_divider(
    meter_constant: float,
    voltage: float,
    current: float,
    full_scale_cf: float = FULL_SCALE_CF,
) -> dict[str, int]:
    """CFNUM, CFDEN and WDIV for `meter_constant` imp/kWh.

    `voltage`, `current`: the RMS values in V and A at the meter's terminals that give full scale;
    `full_scale_cf`: undivided CF there in Hz. CFNUM and WDIV are 0 (data sheet Rev. C, watt gain
    calibration): CFDEN = nearest(CF_nom / CF_exp) - 1. `ValueError` when a value is not positive
    or CFDEN does not fit 0 to 4095.
    """
    if min(meter_constant, voltage, current, full_scale_cf) <= 0:
        raise ValueError("meter constant, full-scale values and full-scale CF must be positive")
    expected = meter_constant / 1000 * voltage * current / 3600
    cfden = math.floor(full_scale_cf / expected + 0.5) - 1
    limit = REGISTERS["CFDEN"].maximum
    if not 0 <= cfden <= limit:
        raise ValueError(
            f"a meter constant of {meter_constant} imp/kWh at {voltage} V, {current} A full scale "
            f"needs CFDEN = {cfden}: allowed are 0 to {limit}"
        )
    return {"CFNUM": 0, "CFDEN": cfden, "WDIV": 0}
