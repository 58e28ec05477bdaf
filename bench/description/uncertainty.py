"""What is known of the uncertainty of each device, as a description has it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bench.description.table import Table

NotNegative = Annotated[float, Field(ge=0)]


class ReferenceUncertainty(Table):
    """The reference meter's active power and frequency.

    `accuracy`: half-width in % of reading of the maker's accuracy between calibrations; 0 where
    the certificate's corrections are applied, as only one of both counts. `certificate`: expanded
    (k = 2) in %. `drift`: half-width in % since the certificate. `angle`: between voltage and
    current, expanded (k = 2) in degrees. `repeatability`: standard deviation of one reading in %.
    `frequency`: expanded (k = 2) in ppm. `digits`: significant digits of a reading.
    """

    certificate: Annotated[float, Field(gt=0)]
    accuracy: NotNegative = 0.0
    drift: NotNegative = 0.0
    angle: NotNegative
    repeatability: NotNegative = 0.0
    frequency: NotNegative
    digits: Annotated[int, Field(ge=3, le=15)]


class SourceUncertainty(Table):
    """`stability`: half-width in % of what the power may differ between the time that the
    reference meter averages and the time that the meter under test counts."""

    stability: NotNegative = 0.0


class CounterUncertainty(Table):
    """The counter's time. `time_base`: expanded (k = 2) in ppm. `ageing`: half-width in ppm since
    the certificate. `resolution`: of one edge, half-width in s."""

    time_base: NotNegative = 0.0
    ageing: NotNegative = 0.0
    resolution: NotNegative = 0.0


class MeterUncertainty(Table):
    """The meter under test. `repeatability`: pooled standard deviation in % of energy readings of
    1 s at nominal voltage, basic current and power factor 1. `read_time`: half-width in s of the
    time at which a register is read, for energies that the station's clock times."""

    repeatability: NotNegative = 0.0
    read_time: NotNegative = 0.0
