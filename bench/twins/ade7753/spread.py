"""What differs from board to board: drawn once per instance from the world's seeded chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Design:
    """The analog front end as designed.

    `divider`: volts at the V2 pins per volt of mains; `ct_ratio`: primary to secondary current;
    `burden`: ohm; `clkin`: Hz. As given, 220 V and 60 A put half of full scale on the pins.
    """

    divider: float = 0.1767767 / 220.0
    ct_ratio: float = 2500.0
    burden: float = 7.365696
    clkin: float = 3_579_545.0


@dataclass(frozen=True, slots=True)
class Spread:
    """One instance's hidden truth, relative to the design and the data sheet.

    `vref`: V of the on-chip reference at 25 degC, `vref_drift`: per degC. `gain1`, `gain2`: channel
    gain factors; `burden`, `divider`: factors. `offset1`, `offset2`: V at the ADC. `ct_lead`: deg
    at 50 Hz by which the transformer's current leads; `phase`: deg at 50 Hz by which the chip
    delays its voltage channel too much. Both act as pure time shifts. `clkin`: factor.
    `crosstalk`: LPF2 LSB. `temperature`: degC that TEMP reads too high. `noise1`, `noise2`: ADC
    codes rms per sample. `irms_offset`: added to IRMS squared; `vrms_offset`: added to VRMS.
    `warming`: degC of the die above ambient.
    """

    vref: float
    vref_drift: float
    gain1: float
    gain2: float
    burden: float
    divider: float
    offset1: float
    offset2: float
    ct_lead: float
    phase: float
    clkin: float
    crosstalk: float
    temperature: float
    noise1: float
    noise2: float
    irms_offset: float
    vrms_offset: float
    warming: float

    @classmethod
    def none(cls) -> Spread:
        """The nominal part: no spread, no noise."""
        return cls(
            vref=2.42,
            vref_drift=0.0,
            gain1=1.0,
            gain2=1.0,
            burden=1.0,
            divider=1.0,
            offset1=0.0,
            offset2=0.0,
            ct_lead=0.0,
            phase=0.0,
            clkin=1.0,
            crosstalk=0.0,
            temperature=0.0,
            noise1=0.0,
            noise2=0.0,
            irms_offset=0.0,
            vrms_offset=0.0,
            warming=0.0,
        )

    @classmethod
    def draw(cls, chance: np.random.Generator) -> Spread:
        """One part of a production lot (reference section 6).

        Noise: the sheet's SINAD of 62 dB bounds channel 1 at 1260 codes rms; 300 codes let 20 s at
        0.05 Ib repeat to 0.005 %. The channel-2 offset is drawn smaller than the sheet's limit:
        its calibration order has no CH2OS step, and 10 mV would bend VRMS by 8 % at a tenth of
        nominal voltage.
        """

        def normal(mean: float, sigma: float, bound: float) -> float:
            return mean + float(np.clip(chance.normal(0.0, sigma), -bound, bound))

        return cls(
            vref=normal(2.42, 0.05, 0.08 * 2.42),
            vref_drift=normal(0.0, 15e-6, 30e-6),
            gain1=normal(1.0, 0.015, 0.04),
            gain2=normal(1.0, 0.015, 0.04),
            burden=normal(1.0, 0.003, 0.01),
            divider=normal(1.0, 0.005, 0.02),
            offset1=normal(0.0, 10e-3, 32e-3),
            offset2=normal(0.0, 1.5e-3, 4e-3),
            ct_lead=normal(0.10, 0.05, 0.15),
            phase=normal(0.0, 0.02, 0.05),
            clkin=1.0 + float(chance.uniform(-50e-6, 50e-6)),
            crosstalk=normal(0.0, 0.5, 2.0),
            temperature=float(chance.uniform(-25.0, 25.0)),
            noise1=300.0 * float(chance.uniform(0.8, 1.2)),
            noise2=0.5 * float(chance.uniform(0.8, 1.2)),
            irms_offset=32768.0 * normal(0.0, 20.0, 80.0),
            vrms_offset=normal(0.0, 100.0, 300.0),
            warming=2.0,
        )
