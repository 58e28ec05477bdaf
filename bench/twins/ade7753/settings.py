"""What registers, spread, temperature and faults make of a bank: plain numbers per chip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np

from bench.twins.ade7753.doubts import Doubts
from bench.twins.ade7753.model import (
    ADC1,
    ADC2,
    CLAMP1,
    CLAMP2,
    OFFSET_LSB,
    PER_SAMPLE,
    PGA,
    RANGE,
    Booleans,
    Floats,
    Integers,
)
from bench.twins.ade7753.regfile import RegisterFile
from bench.twins.ade7753.spread import Design, Spread
from drivers.ade7753.bits import CH1OS_INTEGRATOR, DTRT_SHIFT, WAVSEL_SHIFT, Flag, Mode

SPREAD_TEMPERATURE = 25.0
"""degC at which `Spread` holds."""
ANGLE_FREQUENCY = 50.0
"""Hz at which the angles of `Spread` hold."""


class Part(Protocol):
    """What `Settings` asks of a board."""

    design: Design
    spread: Spread

    def current_factor(self) -> float:
        """What faults make of the current, sign included."""
        ...

    def extra_lead(self) -> float:
        """Degrees at 50 Hz by which faults make the current lead."""
        ...

    def reactive_sign(self) -> float:
        """Sign of the reactive path."""
        ...

    def divider_error(self) -> float:
        """What the pulse divider adds to CFDEN."""
        ...

    def clamp1(self) -> float:
        """Part of the channel-1 span that its ADC can still use."""
        ...

    def power_offset(self) -> float:
        """LPF2 LSB that faults add."""
        ...

    def noise_factor(self) -> float:
        """What faults make of the noise."""
        ...

    def sign_stuck(self) -> bool:
        """Whether the sign of the active power is stuck at plus."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """Numbers per chip under which a bank runs until a register or the stimulus changes.

    Codes per V or A of the mains: `gain1`, `gain2`; `swap`: channel 1 sees the voltage. A channel
    takes its stimulus `shift` s later than now. `reference`: V. Powers in LPF2 LSB: `creep`,
    `apos`. `rate_cf`: pulses per LPF2 LSB and sample; `rate`: energy LSB per LPF2 LSB and sample
    (`rate_va` for apparent, `rate_var` for reactive). `sag_cycles`: low line cycles that make a
    sag, 0 = detection off; levels in codes; `line_cycles`: zero crossings per run.
    """

    period: Floats
    gain1: Floats
    gain2: Floats
    offset1: Floats
    offset2: Floats
    shift1: Floats
    shift2: Floats
    clamp1: Floats
    clamp2: Floats
    swap: Booleans
    no_hpf: Booleans
    no_lpf2: Booleans
    integrator: Booleans
    positive_only: Booleans
    sign_stuck: Booleans
    creep: Floats
    apos: Floats
    rate: Floats
    rate_cf: Floats
    rate_va: Floats
    rate_var: Floats
    square_offset: Floats
    square_bias: Floats
    mean_offset: Floats
    noise1: Floats
    noise2: Floats
    line_cycles: Integers
    cycle_mode: Booleans
    zx_timeout: Integers
    sag_cycles: Integers
    sag_level: Floats
    current_level: Floats
    voltage_level: Floats
    sampling: Booleans
    wave_source: Integers
    wave_step: Integers

    def of(self, chips: Integers) -> Settings:
        """The numbers of some chips."""
        return Settings(**{field.name: getattr(self, field.name)[chips] for field in fields(self)})


def settings(
    registers: RegisterFile, parts: Sequence[Part], ambient: float, doubts: Doubts
) -> Settings:
    """Work the numbers out; `ambient` in degC."""

    def drawn(name: str) -> Floats:
        return np.array([getattr(part.spread, name) for part in parts])

    def designed(name: str) -> Floats:
        return np.array([getattr(part.design, name) for part in parts])

    mode = registers.values("MODE")

    def bit(flag: Mode) -> Booleans:
        return np.asarray((mode & flag) != 0)

    gain = registers.raw[:, 0x0F]
    pga1, pga2, scale = gain & 7, gain >> 5, (gain >> 3) & 3
    swap, asleep = bit(Mode.SWAP), bit(Mode.ASUSPEND)
    warmer = ambient + drawn("warming") - SPREAD_TEMPERATURE
    reference = drawn("vref") * (1.0 + drawn("vref_drift") * warmer)
    awake = np.where(asleep, 0.0, 1.0)
    adc1 = awake * ADC1 * drawn("gain1") / (reference * RANGE[scale])
    adc2 = awake * ADC2 * drawn("gain2") / reference

    faulty = np.array([part.current_factor() for part in parts])
    current = designed("burden") * drawn("burden") / designed("ct_ratio") * faulty
    voltage = designed("divider") * drawn("divider")
    connected1 = np.where(bit(Mode.DISCH1), 0.0, PGA[pga1])
    connected2 = np.where(bit(Mode.DISCH2), 0.0, PGA[pga2])

    # A transformer's lead is a look ahead in time, a phase delay a look back.
    per_degree = 1.0 / 360.0 / ANGLE_FREQUENCY
    clkin = designed("clkin") * drawn("clkin")
    lead = (drawn("ct_lead") + np.array([part.extra_lead() for part in parts])) * per_degree
    delay = (registers.values("PHCAL") - 13) * 8.0 / clkin + drawn("phase") * per_degree

    wgain = 1.0 + registers.values("WGAIN") / 4096.0
    apos = registers.values("APOS") / 256.0
    wdiv = np.maximum(registers.values("WDIV"), 1)
    divider = registers.values("CFDEN") + 1 + np.array([part.divider_error() for part in parts])
    ratio = (registers.values("CFNUM") + 1) / np.maximum(divider, 1.0)
    noise = np.array([part.noise_factor() for part in parts])
    noise1 = awake * drawn("noise1") * noise
    rate_cf = PER_SAMPLE * wgain
    return Settings(
        period=128.0 / clkin,
        gain1=adc1 * connected1 * np.where(swap, voltage, current),
        gain2=adc2 * connected2 * np.where(swap, current, voltage),
        offset1=adc1 * (drawn("offset1") + registers.values("CH1OS") * OFFSET_LSB[pga1]),
        offset2=adc2 * (drawn("offset2") - registers.values("CH2OS") * OFFSET_LSB[pga2]),
        shift1=np.where(swap, 0.0, lead),
        shift2=np.where(swap, lead, 0.0) - delay,
        clamp1=CLAMP1 * np.array([part.clamp1() for part in parts]),
        clamp2=np.full(len(parts), CLAMP2),
        swap=swap,
        no_hpf=bit(Mode.DISHPF),
        no_lpf2=bit(Mode.DISLPF2),
        integrator=(registers.raw[:, 0x0D] & CH1OS_INTEGRATOR) != 0,
        positive_only=bit(Mode.POAM),
        sign_stuck=np.array([part.sign_stuck() for part in parts]),
        creep=drawn("crosstalk") + np.array([part.power_offset() for part in parts]),
        apos=apos if doubts.offset_before_gain else apos / wgain,
        rate=rate_cf / wdiv,
        rate_cf=np.where(bit(Mode.DISCF), 0.0, rate_cf * np.minimum(ratio, 1.0)),
        rate_va=PER_SAMPLE
        * (1.0 + registers.values("VAGAIN") / 4096.0)
        / np.maximum(registers.values("VADIV"), 1),
        rate_var=PER_SAMPLE * np.array([part.reactive_sign() for part in parts]),
        square_offset=32768.0 * registers.values("IRMSOS") + drawn("irms_offset"),
        square_bias=noise1**2,
        mean_offset=registers.values("VRMSOS") + drawn("vrms_offset"),
        noise1=noise1,
        noise2=awake * drawn("noise2") * noise,
        line_cycles=np.maximum(registers.values("LINECYC"), 1),
        cycle_mode=bit(Mode.CYCMODE),
        zx_timeout=registers.values("ZXTOUT"),
        sag_cycles=np.where(bit(Mode.DISSAG), 0, np.maximum(registers.values("SAGCYC") - 1, 1)),
        sag_level=np.asarray(registers.values("SAGLVL") * 128.0, np.float64),
        current_level=np.asarray((registers.values("IPKLVL") + 1) * 32768.0, np.float64),
        voltage_level=np.asarray((registers.values("VPKLVL") + 1) * 128.0, np.float64),
        sampling=(registers.raw[:, 0x0A] & Flag.WSMP) != 0,
        wave_source=(mode >> WAVSEL_SHIFT) & 3,
        wave_step=1 << ((mode >> DTRT_SHIFT) & 3),
    )
