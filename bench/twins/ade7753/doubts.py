"""What the data sheet leaves open about the chip, as options of the twin."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Doubts:
    """Open points (engineering reference, section 9) with the value that the twin takes.

    The polarity of CF is open too, but does not show: a counter is told the active edges.

    `t9`, `t9_waveform`: s from the read command to the data; recalled, siblings agree on 4 us.
    `after_write`: s of rest between a write and the next command; the sibling sheets say 4 us.
    `reset_time`: s after SWRST in which the chip does not listen.
    `between_frames`: s that pass at least between two frames; the bus does not tell.
    `dc_corners`: Hz, one-pole low-passes in series that estimate the DC which the HPF takes off.
    The sheet gives no corner, only +-0.05 deg over 45 to 65 Hz: three poles around 1 Hz leave
    0.0005 deg and 6e-7 of amplitude at 50 Hz, and settle in two seconds.
    `lpf3_corner`: Hz, of the averaging in IRMS and VRMS; not published.
    `vrms_scale`: VRMS per mean absolute LPF1 code; the sheet's full-scale numbers scatter by 1 %.
    `multiplier`: D in code1 code2 / D; 2^14 would miss the sheet's full scale by 0.78 %.
    `leak`: Hz, corner of the integrator, low enough for -89.75 to -90.05 deg over 40 to 70 Hz.
    `integrator`: integrator gain times frequency, from the two full-scale codes of the sheet.
    `reactive_off`, `reactive_on`: gain of the 90 deg path, recalled ratios; sign + for inductive.
    `no_load`: LPF2 LSB under which nothing is accumulated; taken on LPF2 before APOS, for CF too.
    `offset_before_gain`: APOS acts before WGAIN (preliminary block diagram) or after it.
    `reset_clears_hidden_bits`: a read with reset clears the 25 hidden bits as well. It clears when
    the value is latched, so that an aborted read clears too.
    `period_mean`: line periods in the mean of PERIOD.
    `die_revision`: what DIEREV reads; not documented.
    """

    t9: float = 4e-6
    t9_waveform: float = 0.5e-6
    after_write: float = 4e-6
    reset_time: float = 18e-6
    between_frames: float = 20e-6
    dc_corners: tuple[float, float, float] = (0.5, 1.0, 2.0)
    lpf3_corner: float = 1.8
    vrms_scale: float = 258.28
    multiplier: float = 16_257.1
    leak: float = 0.1
    integrator: float = 38.4
    reactive_off: float = 17.32
    reactive_on: float = 0.552
    no_load: float = 8.39
    offset_before_gain: bool = True
    reset_clears_hidden_bits: bool = True
    period_mean: int = 16
    die_revision: int = 0x03
