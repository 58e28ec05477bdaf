"""Phases, output channels and harmonics of the Fluke 6105A: their commands."""

from __future__ import annotations

from typing import ClassVar

from drivers.visa.commands import Part, Talker, control, measurement
from drivers.visa.fluke6105a_levels import HIGHEST_ORDER, ChannelLevels, Tone
from drivers.visa.values import Real, Several, Switch

ANGLE = Real("deg", -180.0, 180.0)
VOLTS = Real("V", 0.0, 1008.0)
AMPERES = Real("A", 0.0, 80.0)


class Component(Part):
    """One harmonic of a channel."""

    HEADER: ClassVar[str] = ":SOUR:PHAS{phase}:{node}:MHAR:HARM{order}"
    tone = control(HEADER, Several((VOLTS, ANGLE)), "RMS amplitude and angle of a harmonic")


class CurrentComponent(Component):
    """One harmonic of a current channel."""

    tone = control(
        Component.HEADER, Several((AMPERES, ANGLE)), "RMS current and angle of a harmonic"
    )


class Channel(Part):
    """A voltage channel; base of the current channel."""

    NODE: ClassVar[str] = "VOLT"
    COMPONENT: ClassVar[type[Component]] = Component

    state = control(":SOUR:PHAS{phase}:{node}:STAT", Switch(), "Whether the output includes it")
    generator = control(":SOUR:PHAS{phase}:{node}:MHAR:STAT", Switch(), "The harmonic generator")
    range_ = control(
        ":SOUR:PHAS{phase}:{node}:RANG", Several((VOLTS, VOLTS)), "Range: lower and upper end"
    )

    def __init__(self, talker: Talker, phase: int) -> None:
        """Channel of `phase` 1 to 3 of the instrument `talker`."""
        super().__init__(talker, phase=phase, node=self.NODE)

    def differs(self, levels: ChannelLevels | None) -> bool:
        """Whether `levels` need another range or on/off state than the channel has.

        Raises `LinkError` or `CommandRejected`.
        """
        if self.state is (levels is None):
            return True
        if levels is None:
            return False
        high = levels.range_[1]
        return abs(self.range_[1] - high) > 0.001 * high

    def set(self, levels: ChannelLevels | None) -> None:
        """Set range, amplitudes in V or A, angles in degrees, and on/off state; None is off.

        The instrument may judge each command alone, so the range goes first on the way up and
        after the level on the way down. Raises `ValueError`, `LinkError`, `CommandRejected`.
        """
        if levels is None:
            self.clear_harmonics()
            self.zero_fundamental()
            self.disconnect()
            return
        upwards = levels.range_[1] >= self.range_[1]
        if upwards:
            self.range_ = levels.range_
        self.generator = True
        self.clear_harmonics()
        self.set_harmonic(1, levels.fundamental)
        if not upwards:
            self.range_ = levels.range_
        self._add_harmonics(levels)
        self.state = True

    def change(self, levels: ChannelLevels | None) -> None:
        """Set amplitudes in V or A and angles in degrees within the present range.

        Raises `ValueError`, `LinkError`, `CommandRejected`.
        """
        if levels is None:
            return
        self.clear_harmonics()
        self.set_harmonic(1, levels.fundamental)
        self._add_harmonics(levels)

    def _add_harmonics(self, levels: ChannelLevels) -> None:
        for order, tone in levels.harmonics.items():
            self.set_harmonic(order, tone)

    def set_harmonic(self, order: int, tone: Tone) -> None:
        """Set the harmonic of `order` 0 to 100 (0 is DC): RMS amplitude in V or A, degrees.

        Raises `ValueError`, `LinkError`, `CommandRejected`.
        """
        if not 0 <= order <= HIGHEST_ORDER:
            raise ValueError(f"harmonic order {order} is outside 0 to {HIGHEST_ORDER}")
        self.COMPONENT(self, order=order).tone = (tone.amplitude, tone.angle)

    def zero_fundamental(self) -> None:
        """The fundamental to 0 V or A. Raises `LinkError`, `CommandRejected`."""
        self.set_harmonic(1, Tone(0.0, 0.0))

    def disconnect(self) -> None:
        """Take the channel out of the output. Raises `LinkError`, `CommandRejected`."""
        self.state = False

    def clear_harmonics(self) -> None:
        """Take away all harmonics but the fundamental. Raises `LinkError`, `CommandRejected`."""
        self.tell(":SOUR:PHAS{phase}:{node}:MHAR:CLE".format(**self.suffixes))


class CurrentChannel(Channel):
    """A current channel."""

    NODE = "CURR"
    COMPONENT = CurrentComponent

    range_ = control(
        ":SOUR:PHAS{phase}:{node}:RANG", Several((AMPERES, AMPERES)), "Range: lower and upper end"
    )


class Phase(Part):
    """One phase: its voltage channel and its current channel."""

    fitted = measurement(":SOUR:PHAS{phase}:FITT", Switch(), "Whether the phase's box is present")

    def __init__(self, talker: Talker, number: int) -> None:
        """Phase `number` 1 to 3 of the instrument `talker`."""
        super().__init__(talker, phase=number)
        self.voltage = Channel(talker, number)
        self.current = CurrentChannel(talker, number)
