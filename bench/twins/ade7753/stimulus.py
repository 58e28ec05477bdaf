"""The mains as the two ADCs of each chip see it: harmonics in codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.twins.ade7753.model import Booleans, Floats
from bench.twins.ade7753.settings import Settings
from bench.twins.ade7753.terms import Terms
from bench.twins.waveform import Harmonics, Waveform


def frequency(first: Waveform, second: Waveform) -> float | None:
    """Common frequency in Hz of two harmonic waveforms; None where there is none."""
    if not (isinstance(first, Harmonics) and isinstance(second, Harmonics)):
        return None
    live = [wave for wave in (first, second) if any(p != 0 for p in wave.peaks.values())]
    found = {wave.frequency for wave in live or (second,)}
    return found.pop() if len(found) == 1 else None


def within(waves: Sequence[Waveform], gain: Floats, offset: Floats, clamp: Floats) -> Booleans:
    """Whether the ADC of each chip stays within its span, judged by the sum of all amplitudes."""
    bound = np.array([_bound(wave) for wave in waves])
    return np.asarray(np.abs(gain) * bound + np.abs(offset) <= clamp)


def _bound(wave: Waveform) -> float:
    if isinstance(wave, Harmonics):
        return sum(abs(peak) for peak in wave.peaks.values())
    return float(np.abs(wave.values).max())


def codes(waves: Sequence[Waveform], start: Floats, gain: Floats, offset: Floats) -> Terms:
    """Codes of one channel at samples counted from lab time `start` (s, per chip)."""
    distinct = {id(wave): wave for wave in waves if isinstance(wave, Harmonics)}
    orders = {h for wave in distinct.values() for h, p in wave.peaks.items() if p != 0} | {0}
    order = np.array(sorted(orders), dtype=np.int64)
    coef = np.zeros((len(waves), len(order)), dtype=np.complex128)
    owner = np.array([id(wave) for wave in waves])
    for key, wave in distinct.items():
        mine = owner == key
        peaks = np.array([complex(wave.peaks.get(int(h), 0.0)) for h in order])
        turns = np.mod(wave.frequency * (start[mine] - wave.epoch), 1.0)
        coef[mine] = peaks * np.exp(2j * np.pi * order * turns[:, None]) * gain[mine, None]
    coef[:, 0] = coef[:, 0].real + offset
    return Terms(coef, order, np.zeros(len(order)))


def channels(
    current: Sequence[Waveform], voltage: Sequence[Waveform], settings: Settings
) -> tuple[list[Waveform], list[Waveform]]:
    """Waveforms at ADC 1 and ADC 2 of each chip."""
    first = [v if s else i for i, v, s in zip(current, voltage, settings.swap, strict=True)]
    second = [i if s else v for i, v, s in zip(current, voltage, settings.swap, strict=True)]
    return first, second
