"""What a device does for the bench: one small protocol per role, whatever the maker.

Angles are in degrees. A phase angle `angle` is that between a phase's voltage and its own current,
positive when the current lags (IEC); each driver converts to its instrument's convention at the
edge. Amplitudes are RMS values in volts and amperes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answered: the four fields of `*IDN?` (IEEE 488.2, 10.14)."""

    maker: str
    model: str
    serial: str
    firmware: str

    def __str__(self) -> str:
        return f"{self.maker} {self.model} {self.serial} ({self.firmware})"


@dataclass(frozen=True, slots=True)
class Harmonic:
    """One harmonic relative to its fundamental: amplitude ratio (0..1) and angle in degrees.

    The angle is that of the harmonic's sine at the rising zero crossing of the fundamental.
    """

    ratio: float
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class PhaseSetting:
    """What a source is asked to put out on one phase.

    `voltage` in V and `current` in A: RMS of the fundamental; `angle`: current lags its voltage by
    so many degrees; `voltage_angle`: the voltage leads the reference of phase 1 by so many degrees.
    `voltage_harmonics`, `current_harmonics`: order (>= 2) to `Harmonic`.
    """

    voltage: float
    current: float
    angle: float = 0.0
    voltage_angle: float = 0.0
    voltage_harmonics: Mapping[int, Harmonic] = field(default_factory=dict)
    current_harmonics: Mapping[int, Harmonic] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PhaseReading:
    """What a reference meter says of one phase, averaged over its aperture.

    RMS voltage in V, RMS current in A, active power in W, reactive power in var (positive for a
    lagging current), apparent power in VA.
    """

    voltage: float
    current: float
    active: float
    reactive: float
    apparent: float


@dataclass(frozen=True, slots=True)
class ReferenceReading:
    """One reading of a reference meter: its phases in order, frequency in Hz, aperture in s."""

    phases: tuple[PhaseReading, ...]
    frequency: float
    aperture: float


class Instrument(Protocol):
    """What every instrument can do."""

    @property
    def address(self) -> str:
        """The VISA resource name."""
        ...

    def identify(self) -> Identity:
        """Ask for the identity; `LinkError` when nobody answers."""
        ...

    def self_check(self) -> str:
        """Run the instrument's own test; '' when good, else its complaint in words."""
        ...

    def close(self) -> None:
        """Release the port; a second call does nothing."""
        ...


class PowerSource(Instrument, Protocol):
    """A phantom-load power source. Setting a level never switches the output on."""

    def apply(self, frequency: float, phases: Sequence[PhaseSetting]) -> None:
        """Set frequency (Hz) and phases 1..n; phases beyond the list are set to zero.

        With the output on, the instrument goes to the new values over its ramp. `ValueError`,
        before a byte is sent, when a value is outside the source's range or the site limits.
        """
        ...

    def switch_on(self) -> None:
        """Close the output, wait for the ramp, check that it stayed on, else `OutputRefused`."""
        ...

    def switch_off(self) -> None:
        """Output off from any state; safe to call twice and from any thread."""
        ...

    def is_on(self) -> bool:
        """Whether the output is on."""
        ...

    def settle(self) -> None:
        """Let the ramp and the settling time pass on the clock, then check output and errors."""
        ...


class ReferenceMeter(Instrument, Protocol):
    """A reference meter."""

    def configure(self, aperture: float) -> None:
        """Set up the readings, averaged over `aperture` seconds."""
        ...

    def read(self) -> ReferenceReading:
        """One reading that lies wholly after this call; takes some two apertures of lab time."""
        ...

    def live_voltage(self) -> float:
        """Largest RMS voltage in V of all phases, also when there is nothing to measure."""
        ...


class PulseCounter(Instrument, Protocol):
    """A counter for pulse outputs."""

    def frequency(self, gate: float) -> float:
        """Mean frequency in Hz over a gate of `gate` seconds, 0.0 when no pulse came."""
        ...

    def count(self, gate: float) -> int:
        """Pulses within a gate of `gate` seconds."""
        ...


class RelayUnit(Instrument, Protocol):
    """A relay unit that routes signals or selects boards. Channels are the unit's own numbers."""

    def select(self, channel: int) -> None:
        """Close `channel` alone: all others of the unit are opened first."""
        ...

    def open_all(self) -> None:
        """Open every channel."""
        ...

    def closed(self, channel: int) -> bool:
        """Whether `channel` is closed."""
        ...


class DigitalInputs(Protocol):
    """A unit with digital inputs, eight lines to a channel."""

    def inputs(self, channel: int) -> int:
        """The levels at `channel` now, 0 to 255: bit n is 1 while line n is high."""
        ...


class Interlock(Protocol):
    """The chain of doors, covers and emergency stops of a jig."""

    def closed(self) -> bool:
        """Whether the chain is closed, so that the source may be on."""
        ...
