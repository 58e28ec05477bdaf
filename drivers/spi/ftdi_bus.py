"""SPI through an FTDI bridge (FT232H, FT2232H, FT4232H) by pyftdi."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from drivers.errors import LinkClosed, LinkError
from drivers.locking import PortLock
from drivers.spi.bus import Segment

CHIP_SELECTS = 5
"""Chip selects of one bridge: xDBUS3 to xDBUS7."""


class FtdiBus:
    """One FTDI bridge; `chip` is its chip select, 0 to 4.

    `url`: a pyftdi URL such as ftdi://ftdi:232h/1; `speed_hz`: SCLK in Hz; `mode`: SPI mode.

    The bridge's serial engine makes modes 0 and 2 only (FTDI AN_114). For mode 1 pyftdi switches on
    its three-phase clock: MOSI then holds over both edges, so that the chip may latch on the
    falling one. MISO must be taken at the falling edge too, which the engine does in a command that
    only reads; its two-way command samples at the rising edge, where a mode-1 chip just changes the
    bit, and every byte comes out shifted by one. So in mode 1 each segment goes one way, "out" or
    "in", and a two-way segment is refused.
    """

    def __init__(self, url: str, speed_hz: int = 1_000_000, mode: int = 1) -> None:
        """Open and lock the bridge; `LinkError` when it or pyftdi is missing, `LinkBusy`.

        `ValueError` unless the speed is positive and the mode 0 to 3.
        """
        if speed_hz <= 0 or mode not in range(4):
            raise ValueError("the SPI clock must be positive, the mode 0 to 3")
        self.url, self.mode, self.speed_hz = url, mode, speed_hz
        self._guard = threading.Lock()
        self._ports: dict[int, Any] = {}
        self._controller: Any = None
        self._lock = PortLock(url)
        controller = _new_controller()
        self._lock.acquire()
        try:
            # All chip selects are reserved, so that those not in use idle high.
            controller.configure(url, cs_count=CHIP_SELECTS, frequency=float(speed_hz))
        except Exception as error:  # pyftdi and pyusb have no common root
            self._lock.release()
            raise LinkError(
                f"{url}: cannot open the FTDI bridge: {error}: check the plug, the URL (pyftdi's "
                "ftdi_urls.py lists them), libusb, and the permission on the USB device"
            ) from error
        self._controller = controller

    def transfer(self, chip: int, segments: Sequence[Segment]) -> list[bytes]:
        """Clock `segments` to chip select `chip` (0 to 4); return MISO per segment.

        A gap is at least as long as asked; USB makes it some 0.1 ms. `ValueError` for another chip
        select, no segment, or a two-way segment in mode 1 or 3; `LinkClosed`, `LinkError`.
        """
        if chip not in range(CHIP_SELECTS):
            raise ValueError(f"{self.url}: chip select {chip}: allowed are 0 to {CHIP_SELECTS - 1}")
        if not segments:
            raise ValueError("an SPI transfer needs at least one segment")
        if self.mode & 1 and any(segment.direction == "both" for segment in segments):
            raise ValueError(
                f"{self.url}: an FTDI bridge in SPI mode {self.mode} cannot send and receive at "
                "once: give each segment the direction 'out' or 'in'"
            )
        with self._guard:
            if self._controller is None:
                raise LinkClosed(f"{self.url} is closed: open the bus again")
            try:
                return self._clock(self._port(chip), segments)
            except Exception as error:
                raise LinkError(
                    f"{self.url}: transfer failed: {error}: was the bridge unplugged?"
                ) from error

    def refresh(self) -> None:
        """Nothing to set up: nobody else can change an opened bridge."""

    def close(self) -> None:
        """Close the bridge and give up its lock; a second call does nothing."""
        with self._guard:
            controller, self._controller = self._controller, None
            self._ports.clear()
            if controller is not None:
                controller.close()
                self._lock.release()

    def _port(self, chip: int) -> Any:
        if chip not in self._ports:
            self._ports[chip] = self._controller.get_port(chip, self.speed_hz, self.mode)
        return self._ports[chip]

    def _clock(self, port: Any, segments: Sequence[Segment]) -> list[bytes]:
        received = []
        start = True
        last = len(segments) - 1
        for index, segment in enumerate(segments):
            size = len(segment.data)
            stop = index == last or segment.release
            # Chip select must rise after the gap, not before it.
            raise_now = stop and not segment.gap_us
            if segment.direction == "out":
                port.exchange(segment.data, 0, start=start, stop=raise_now)
                data = bytes(size)
            elif segment.direction == "in":
                data = bytes(port.exchange(b"", size, start=start, stop=raise_now))
            else:
                data = bytes(
                    port.exchange(segment.data, size, start=start, stop=raise_now, duplex=True)
                )
            if len(data) != size:
                raise LinkError(f"{len(data)} bytes instead of {size} came back")
            received.append(data)
            if segment.gap_us:
                # The bridge still clocks the bits when the USB transfer is done.
                _spin(size * 8 / self.speed_hz + segment.gap_us * 1e-6)
                if stop:
                    port.force_select(True)
            start = stop
        return received


def _spin(seconds: float) -> None:
    """A bus gap of microseconds: far below what a sleep can do."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def _new_controller() -> Any:
    try:
        from pyftdi.spi import SpiController
    except ImportError as error:
        raise LinkError(
            f"the pyftdi package is missing ({error}): run 'pip install meterbench[ftdi]'"
        ) from error
    return SpiController()
