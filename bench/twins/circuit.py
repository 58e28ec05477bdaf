"""One circuit of the world: the voltage across it, the current through it, the energy it took."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from bench.twins.waveform import Harmonics, Sampled, Waveform, sine

HISTORY = 4096
"""Stretches of constant stimulus kept per circuit for instruments that look back."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of constant stimulus from lab time `start` (s); `energy` (J) taken before it."""

    start: float
    voltage: Waveform
    current: Waveform
    energy: float


class Watcher(Protocol):
    """Something that integrates what a circuit does, such as a chip."""

    def catch_up(self, now: float) -> None:
        """Bring the own state to lab time `now` (s) under the stimulus that held until then."""
        ...

    def stimulus_changed(self, now: float) -> None:
        """A new stimulus holds from lab time `now` (s) on."""
        ...


class Circuit:
    """Voltage (V) and current (A) over lab time, constant in shape between changes."""

    def __init__(self, name: str, now: Callable[[], float], frequency: float = 50.0) -> None:
        """`now` tells lab time in s; the circuit starts dead, at `frequency` Hz."""
        self.name = name
        self._now = now
        dead = sine(0.0, frequency)
        self._stretches = [Stretch(0.0, dead, dead, 0.0)]
        self._watchers: list[Watcher] = []

    @property
    def voltage(self) -> Waveform:
        """The voltage of now."""
        return self._stretches[-1].voltage

    @property
    def current(self) -> Waveform:
        """The current of now."""
        return self._stretches[-1].current

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The stretches still remembered, oldest first."""
        return tuple(self._stretches)

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` of every change from now on."""
        self._watchers.append(watcher)

    def apply(self, voltage: Waveform | None = None, current: Waveform | None = None) -> None:
        """Change voltage, current or both at lab time now; None leaves that one as it is."""
        now = self._now()
        for watcher in self._watchers:
            watcher.catch_up(now)
        last = self._stretches[-1]
        stretch = replace(
            last,
            start=now,
            voltage=last.voltage if voltage is None else voltage,
            current=last.current if current is None else current,
            energy=self.energy(now),
        )
        if now == last.start:
            self._stretches[-1] = stretch
        else:
            self._stretches.append(stretch)
            del self._stretches[:-HISTORY]
        for watcher in self._watchers:
            watcher.stimulus_changed(now)

    def energy(self, t: float) -> float:
        """True energy in J (equation 4) taken from lab time 0 to `t` (s)."""
        stretch = self.stretch_at(t)
        return stretch.energy + energy_between(stretch, stretch.start, t)

    def stretch_at(self, t: float) -> Stretch:
        """The stretch that holds at lab time `t` (s)."""
        index = bisect.bisect_right(self._stretches, t, key=lambda stretch: stretch.start) - 1
        if index < 0:
            raise ValueError(f"circuit {self.name}: lab time {t} s is before what it remembers")
        return self._stretches[index]


def energy_between(stretch: Stretch, start: float, stop: float) -> float:
    """Integral of u(t) i(t) in J from `start` to `stop` (s) of lab time, in closed form."""
    voltage, current = stretch.voltage, stretch.current
    if stop <= start:
        return 0.0
    if isinstance(voltage, Harmonics) and isinstance(current, Harmonics):
        return _harmonic_energy(voltage, current, start, stop)
    return _sampled_energy(voltage, current, start, stop)


def _harmonic_energy(voltage: Harmonics, current: Harmonics, start: float, stop: float) -> float:
    total = 0.0
    for m, u in voltage.peaks.items():
        if u == 0:
            continue
        for n, i in current.peaks.items():
            if i == 0:
                continue
            for partner, sign in ((i, 1), (i.conjugate(), -1)):
                omega = 2 * np.pi * (m * voltage.frequency + sign * n * current.frequency)
                offset = (
                    -2
                    * np.pi
                    * (
                        m * voltage.frequency * voltage.epoch
                        + sign * n * current.frequency * current.epoch
                    )
                )
                total += 0.5 * _integral(u * partner, float(omega), float(offset), start, stop)
    return total


def _integral(c: complex, omega: float, offset: float, start: float, stop: float) -> float:
    """Integral of Re(c exp(j(omega t + offset))) over start..stop."""
    middle = 0.5 * (start + stop)
    half = 0.5 * (stop - start)
    turn = np.exp(1j * (omega * middle + offset))
    return float((c * turn).real * 2.0 * half * np.sinc(omega * half / np.pi))


def _sampled_energy(voltage: Waveform, current: Waveform, start: float, stop: float) -> float:
    """Exact for piecewise linear records: Simpson's rule between all sample instants is cubic."""
    rates = [w.rate for w in (voltage, current) if isinstance(w, Sampled)]
    marks = [np.array([start, stop])]
    for wave in (voltage, current):
        if isinstance(wave, Sampled):
            first = np.ceil((start - wave.start) * wave.rate)
            last = np.floor((stop - wave.start) * wave.rate)
            marks.append(wave.start + np.arange(first, last + 1) / wave.rate)
        else:  # a harmonic partner is smooth: 16 more knots per record sample make it exact enough
            count = max(2, int((stop - start) * max(rates) * 16))
            marks.append(np.linspace(start, stop, count))
    t = np.unique(np.concatenate(marks))
    t = t[(t >= start) & (t <= stop)]
    left, right = t[:-1], t[1:]
    middle = 0.5 * (left + right)

    def power(at: np.ndarray) -> np.ndarray:
        return voltage.at(at) * current.at(at)

    return float(np.sum((right - left) / 6.0 * (power(left) + 4.0 * power(middle) + power(right))))
