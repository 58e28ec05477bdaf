"""Many boards behind one chip select: a decoder that picks the board before each transfer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Protocol

from drivers.clock import Clock
from drivers.errors import LinkClosed, LinkError
from drivers.roles import RelayUnit
from drivers.spi.bus import Segment, SpiBus


class Decoder(Protocol):
    """Connects one of several boards to the chip select."""

    def select(self, setting: int) -> None:
        """Connect board `setting`, alone; `ValueError` when there is none, `LinkError`."""
        ...

    def close(self) -> None:
        """Give the lines back; a second call does nothing."""
        ...


class GpioDecoder:
    """A binary decoder (such as a 74HC154) on GPIO lines, through gpiod.

    `chip`: the GPIO device, such as /dev/gpiochip0; `lines`: its line numbers, least significant
    first. The package is optional: `pip install meterbench[gpio]`.
    """

    def __init__(self, chip: str, lines: Sequence[int], gpiod: Any = None) -> None:
        """Request the lines as outputs; `LinkError` when they cannot be had.

        `ValueError` when there is no line, or one named twice.
        """
        if not lines or len(set(lines)) != len(lines):
            raise ValueError(f"GPIO lines {list(lines)}: at least one, each once")
        self._chip, self._lines = chip, tuple(lines)
        self._gpiod = gpiod or _import_gpiod()
        line = self._gpiod.line
        settings = self._gpiod.LineSettings(
            direction=line.Direction.OUTPUT, output_value=line.Value.INACTIVE
        )
        try:
            self._request: Any = self._gpiod.request_lines(
                chip, config={self._lines: settings}, consumer="meterbench decoder"
            )
        except (OSError, ValueError) as error:
            raise LinkError(
                f"{chip}: cannot have the GPIO lines {list(lines)}: {error}: check the device, its "
                "permission, and who else uses the lines (gpioinfo)"
            ) from error

    def select(self, setting: int) -> None:
        """Put `setting` (0 to 2^lines - 1) on the lines; `ValueError`, `LinkError`."""
        if not 0 <= setting < 1 << len(self._lines):
            last = (1 << len(self._lines)) - 1
            raise ValueError(f"decoder setting {setting}: {self._chip} has 0 to {last}")
        if self._request is None:
            raise LinkClosed(f"{self._chip}: the GPIO lines are closed: open the decoder again")
        value = self._gpiod.line.Value
        levels = {
            line: value.ACTIVE if setting >> bit & 1 else value.INACTIVE
            for bit, line in enumerate(self._lines)
        }
        try:
            self._request.set_values(levels)
        except OSError as error:
            raise LinkError(f"{self._chip}: cannot set the GPIO lines: {error}") from error

    def close(self) -> None:
        """Give the lines back; a second call does nothing."""
        request, self._request = self._request, None
        if request is not None:
            request.release()


class RelayDecoder:
    """A relay unit that connects one board at a time. Settings are the unit's channel numbers."""

    def __init__(self, relays: RelayUnit) -> None:
        self._relays = relays

    def select(self, setting: int) -> None:
        """Close channel `setting` alone; errors as the relay unit raises them."""
        self._relays.select(setting)

    def close(self) -> None:
        """Nothing to do: the station owns the relay unit."""


class DecodedBus:
    """An SPI bus with a decoder in its chip select: `chip` is the decoder setting.

    `node_chip`: the bus's own chip number that leads to the decoder; `settle`: seconds of lab time
    between switching and the transfer, not negative (`ValueError`). Chip select is high while the
    decoder switches, so no board sees half a frame; one lock covers setting and transfer.
    """

    def __init__(
        self, bus: SpiBus, decoder: Decoder, clock: Clock, settle: float = 0.001, node_chip: int = 0
    ) -> None:
        if settle < 0:
            raise ValueError(f"settling time of {settle} s: it must not be negative")
        self._bus, self._decoder, self._clock = bus, decoder, clock
        self._settle, self._node_chip = settle, node_chip
        self._lock = threading.Lock()
        self._setting: int | None = None

    def transfer(self, chip: int, segments: Sequence[Segment]) -> list[bytes]:
        """Select board `chip`, let the decoder settle, clock `segments`; MISO per segment.

        Errors as the decoder and the bus raise them.
        """
        with self._lock:
            if chip != self._setting:
                self._setting = None  # unknown, should the switching fail half-way
                self._decoder.select(chip)
                self._clock.sleep(self._settle)
                self._setting = chip
            return self._bus.transfer(self._node_chip, segments)

    def refresh(self) -> None:
        """Set the bus up again, and the decoder before the next transfer; `LinkError`."""
        with self._lock:
            self._setting = None
            self._bus.refresh()

    def close(self) -> None:
        """Close bus and decoder; a second call does nothing."""
        with self._lock:
            self._bus.close()
            self._decoder.close()


def _import_gpiod() -> Any:
    try:
        import gpiod
    except ImportError as error:
        raise LinkError(
            f"the gpiod package is missing ({error}): run 'pip install meterbench[gpio]'"
        ) from error
    return gpiod
