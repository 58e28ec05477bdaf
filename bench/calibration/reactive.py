"""What LVARENERGY counts, in var hours: the chip has no gain register for it."""

from __future__ import annotations

from bench.calibration.design import MeterDesign

GAIN_TIMES_FREQUENCY = 17.32
"""Hz. Gain of the reactive path relative to the active one is this over the line frequency, with
the integrator off; from a table of power ratios that is recalled, not seen (reference 4.9)."""
WGAIN_UNIT = 4096


def varh_per_lsb(design: MeterDesign, wgain: int, frequency: float) -> float:
    """Reactive energy of one LVARENERGY LSB in varh; `wgain`: code of the board, `frequency` in Hz.

    Both paths share the analog gain of the board, which watt gain has set right for active energy
    alone; the 90 degree filter falls with 1/f.
    """
    unscaled = design.wh_per_lsb * (1 + wgain / WGAIN_UNIT)
    return unscaled * frequency / GAIN_TIMES_FREQUENCY
