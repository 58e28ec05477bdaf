"""SPI through a Linux spidev node: one ioctl for all segments of a transfer."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import math
import struct
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import spidev

from drivers.errors import LinkClosed, LinkError
from drivers.locking import PortLock
from drivers.spi import kernel
from drivers.spi.bus import Segment

CACHE_LIMIT = 256
"""Prepared messages kept per node: a driver repeats few reads many times."""

_HINTS = {
    errno.ENOENT: "there is no such device node: check the address, and that the spidev driver "
    "is bound to the chip select (or that the twins run)",
    errno.EACCES: "no permission: add the user to the group of the node, often 'spi'",
    errno.EPERM: "no permission: run as a user who may use the node",
    errno.ENOTTY: "this is not an SPI device node: check the address",
    errno.EISDIR: "this is a directory: give the device node in it",
    errno.EMSGSIZE: f"the message is too long: spidev takes {kernel.BUFSIZ} bytes at a time unless "
    "its module parameter bufsiz is raised",
    errno.EINVAL: "the SPI controller refuses these settings: check mode, speed and word size",
    errno.ENODEV: "the device was unplugged",
    errno.ENOTCONN: "the process behind the node has ended: start the twins again",
}


class SpidevBus:
    """One spidev node with one chip behind it (chip 0).

    `path`: the device node; `speed_hz`: SCLK in Hz; `mode`: SPI mode 0 to 3. The `spidev` package
    opens and configures the node; transfers go to the kernel as one SPI_IOC_MESSAGE with a delay
    for each gap, because the package itself cannot pause between bytes with chip select held.
    """

    def __init__(self, path: str, speed_hz: int = 1_000_000, mode: int = 1) -> None:
        """Open and lock the node; `LinkError` (`LinkBusy` when in use) when that fails.

        `ValueError` unless the speed is positive and the mode 0 to 3.
        """
        if speed_hz <= 0:
            raise ValueError(f"SPI clock of {speed_hz} Hz: it must be positive")
        if mode not in range(4):
            raise ValueError(f"SPI mode {mode}: allowed are 0 to 3")
        self.path = path
        self.speed_hz = speed_hz
        self.mode = mode
        self._messages: dict[tuple[Segment, ...], _Message] = {}
        self._guard = threading.Lock()
        self._open = True
        self._lock = PortLock(path)
        self._lock.acquire()
        self._device = spidev.SpiDev()
        try:
            self._device.open_path(path)
            self._fd: int = self._device.fileno()
            self.refresh()
        except BaseException as error:
            self.close()
            if isinstance(error, OSError):
                raise _link_error(path, "open", error) from error
            raise

    def transfer(self, chip: int, segments: Sequence[Segment]) -> list[bytes]:
        """Clock `segments` as one message; return MISO per segment.

        `chip` is 0: the node is the chip select. `ValueError` on another chip, no segment, more
        than 511, or a gap above 65535 us; `LinkClosed` when closed; `LinkError` on any failure.
        """
        if chip != 0:
            raise ValueError(f"{self.path}: chip {chip}: a spidev node has one chip, number 0")
        key = tuple(segments)
        with self._guard:
            if not self._open:
                raise LinkClosed(f"{self.path} is closed: open the bus again")
            message = self._messages.get(key)
            if message is None:
                message = _Message(key, self.speed_hz)
                if len(self._messages) >= CACHE_LIMIT:
                    del self._messages[next(iter(self._messages))]
                self._messages[key] = message
            try:
                fcntl.ioctl(self._fd, message.code, message.transfers)
            except OSError as error:
                raise _link_error(self.path, "transfer", error) from error
            return message.received()

    def refresh(self) -> None:
        """Set mode, word size and speed, and check that they hold; `LinkError` when not."""
        with self._guard:
            try:
                self._device.mode = self.mode
                self._device.bits_per_word = 8
                self._device.max_speed_hz = self.speed_hz
                mode = self._ask(kernel.RD_MODE, "B")
                bits = self._ask(kernel.RD_BITS_PER_WORD, "B")
            except OSError as error:
                raise _link_error(self.path, "set up", error) from error
        if mode != self.mode or bits not in {0, 8}:  # 0 means 8
            raise LinkError(
                f"{self.path}: mode {mode:#x} and {bits} bits read back, wanted mode {self.mode} "
                "and 8: the SPI controller cannot do it, or another program changes it"
            )

    def close(self) -> None:
        """Close the node and give up its lock; a second call does nothing."""
        with self._guard:
            if self._open:
                self._open = False
                self._messages.clear()
                with suppress(OSError):  # the device can be gone
                    self._device.close()
                self._lock.release()

    def _ask(self, code: int, form: str) -> int:
        answer = fcntl.ioctl(self._fd, code, bytes(struct.calcsize(form)))
        (value,) = struct.unpack(form, answer)
        return int(value)


class _Message:
    """A transfer ready for the kernel, with buffers that are used again."""

    def __init__(self, segments: tuple[Segment, ...], speed_hz: int) -> None:
        self.code = kernel.message_code(len(segments))
        output = b"".join(segment.data for segment in segments)
        self._tx = ctypes.create_string_buffer(output, len(output))
        self._rx = bytearray(len(output))
        self._rx_c = (ctypes.c_char * len(output)).from_buffer(self._rx)
        self._slices: list[slice] = []
        self.transfers: Any = (kernel.Transfer * len(segments))()
        tx, rx = ctypes.addressof(self._tx), ctypes.addressof(self._rx_c)
        start = 0
        for index, (segment, record) in enumerate(zip(segments, self.transfers, strict=True)):
            delay = math.ceil(segment.gap_us)
            if delay > kernel.DELAY_LIMIT:
                raise ValueError(f"gap of {delay} us: spidev allows up to {kernel.DELAY_LIMIT} us")
            stop = start + len(segment.data)
            self._slices.append(slice(start, stop))
            record.tx_buf, record.rx_buf = tx + start, rx + start
            record.len = stop - start
            record.speed_hz, record.bits_per_word = speed_hz, 8
            record.delay_usecs = delay
            # On the last transfer cs_change would hold chip select low after the message.
            record.cs_change = segment.release and index < len(segments) - 1
            start = stop

    def received(self) -> list[bytes]:
        rx = bytes(self._rx)
        return [rx[part] for part in self._slices]


def _link_error(path: str, action: str, error: OSError) -> LinkError:
    hint = _HINTS.get(error.errno or 0, "check the wiring and the kernel log")
    gone = error.errno in {errno.ENODEV, errno.ENOTCONN, errno.ENOENT, errno.ESHUTDOWN}
    kind = LinkClosed if gone else LinkError
    return kind(f"{path}: cannot {action}: {error.strerror or error}: {hint}")
