"""An interlock whose chain of contacts is wired to one line of a digital input."""

from __future__ import annotations

from drivers.roles import DigitalInputs


class InputInterlock:
    """The interlock role on a digital input."""

    def __init__(
        self, unit: DigitalInputs, channel: int, bit: int, *, closed_high: bool = False
    ) -> None:
        """`channel` of the unit, `bit` 0 to 7 of it; `ValueError` for another bit.

        `closed_high`: the level of a closed chain. A chain to ground is low when closed; the
        input's pull-up makes it high when a wire breaks, which then reads as open.
        """
        if bit not in range(8):
            raise ValueError(f"bit {bit} of channel {channel}: allowed are 0 to 7")
        self._unit = unit
        self._channel = channel
        self._bit = bit
        self._closed_high = closed_high

    def closed(self) -> bool:
        """Whether the chain is closed. Raises `LinkError` or `DeviceError` when nobody can tell."""
        high = bool(self._unit.inputs(self._channel) >> self._bit & 1)
        return high == self._closed_high
