"""Waveforms as tables for the sample engine: look-up with linear interpolation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.twins.ade7753.model import Booleans, Floats, Integers
from bench.twins.waveform import Harmonics, Waveform

POINTS = 32_768
"""Points of one period of harmonics. Linear interpolation is wrong by at most (2 pi h/POINTS)^2/8
of a harmonic of order h: 5e-9 of the fundamental, 7e-6 at h = 40."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The distinct waveforms of a bank end to end in `values`, each with one guard value.

    Of each chip: `first`: index of its table; `count`: points; `rate`: points per second; `start`:
    lab time (s) of the first point; `repeat`: periodic, else 0 outside.
    """

    values: Floats
    first: Integers
    count: Integers
    rate: Floats
    start: Floats
    repeat: Booleans

    @classmethod
    def of(cls, waves: Sequence[Waveform]) -> Tables:
        """Lay out the waveforms of all chips."""
        distinct = list({id(wave): wave for wave in waves}.values())
        parts = [_points(wave) for wave in distinct]
        firsts = np.cumsum([0] + [len(part) for part in parts])
        place = {id(wave): index for index, wave in enumerate(distinct)}
        mine = [place[id(wave)] for wave in waves]
        return cls(
            np.concatenate(parts),
            firsts[mine].astype(np.int64),
            np.array([len(parts[index]) - 1 for index in mine], dtype=np.int64),
            np.array([_rate(wave) for wave in waves]),
            np.array([w.epoch if isinstance(w, Harmonics) else w.start for w in waves]),
            np.array([isinstance(w, Harmonics) or w.repeat for w in waves]),
        )


def _points(wave: Waveform) -> Floats:
    if isinstance(wave, Harmonics):
        turns = np.arange(POINTS) / POINTS
        values = wave.at(wave.epoch + turns / wave.frequency)
        return np.append(values, values[0])
    return np.append(wave.values, wave.values[0] if wave.repeat else 0.0)


def _rate(wave: Waveform) -> float:
    return wave.frequency * POINTS if isinstance(wave, Harmonics) else wave.rate
