"""One virtual spidev node: answers the driver's ioctls, read and write as the kernel would."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Callable
from contextlib import AbstractContextManager

from bench.twins.spi.frames import Burst, ChipSelect
from bench.twins.spi.memory import RemoteMemory, Span
from bench.twins.spi.slave import SpiSlave
from drivers.spi import kernel

DEFAULT_SPEED_HZ = 500_000
"""Speed of a node that nobody has configured, in Hz."""
CONTROLLER_SPEED_HZ = 50_000_000
"""Fastest SCLK of the virtual controller; faster requests get this, as the SPI core does."""
CONTROLLER_MODES = kernel.SPI_CPHA | kernel.SPI_CPOL
"""Mode bits of the virtual controller; like many real ones it does MSB first, CS low only."""

_RECORD = struct.Struct(kernel.TRANSFER_FORMAT)


class SpidevNode:
    """The state of one spidev device and what its file operations do.

    Mode, word size and speed belong to the device, not to the open file: the last setting by any
    program holds for all, as in the kernel driver; the speed goes back to the default when the last
    file is closed. One message is atomic: it runs under `lock`.
    Source: drivers/spi/spidev.c and drivers/spi/spi.c of the Linux kernel (behaviour only).
    """

    def __init__(
        self, slave: SpiSlave, lock: AbstractContextManager[object], memory: RemoteMemory
    ) -> None:
        self._line = ChipSelect(slave)
        self._lock = lock
        self._memory = memory
        self._users = 0
        self.mode = 0
        self.speed_hz = DEFAULT_SPEED_HZ
        self._settings: dict[int, tuple[str, Callable[[], int]]] = {
            kernel.RD_MODE: ("B", lambda: self.mode),
            kernel.RD_MODE32: ("I", lambda: self.mode),
            kernel.RD_LSB_FIRST: ("B", lambda: 0),
            kernel.RD_BITS_PER_WORD: ("B", lambda: 8),
            kernel.RD_MAX_SPEED_HZ: ("I", lambda: self.speed_hz),
        }
        self._changes: dict[int, tuple[str, Callable[[int], None]]] = {
            kernel.WR_MODE: ("B", self._set_mode),
            kernel.WR_MODE32: ("I", self._set_mode),
            kernel.WR_LSB_FIRST: ("B", _only(0)),
            kernel.WR_BITS_PER_WORD: ("B", _only(0, 8)),
            kernel.WR_MAX_SPEED_HZ: ("I", self._set_speed),
        }

    def opened(self) -> None:
        """A program opened the node."""
        self._users += 1

    def closed(self) -> None:
        """A program closed the node."""
        self._users -= 1
        if not self._users:
            self.speed_hz = DEFAULT_SPEED_HZ

    def ask(self, code: int) -> bytes | None:
        """The answer to a reading ioctl, None when `code` is no such ioctl."""
        entry = self._settings.get(code)
        return None if entry is None else struct.pack(entry[0], entry[1]())

    def change(self, code: int, data: bytes) -> bool:
        """Carry out a writing ioctl; False when `code` is no such ioctl; `OSError` EINVAL."""
        entry = self._changes.get(code)
        if entry is None:
            return False
        (value,) = struct.unpack(entry[0], data)
        with self._lock:
            entry[1](value)
        return True

    def message(self, pid: int, records: bytes) -> int:
        """SPI_IOC_MESSAGE: clock the transfers of `records`; return the bytes clocked.

        `pid`: the caller, whose memory the records point into. `OSError` EFAULT, EINVAL (word size,
        dual or quad lines), EMSGSIZE as the kernel driver raises them.
        """
        tx: list[Span] = []
        rx: list[Span] = []
        rows = list(_RECORD.iter_unpack(records))
        total = tx_total = rx_total = 0
        for tx_at, rx_at, length, _, _, bits, _, tx_lines, rx_lines, _, _ in rows:
            total += length
            if tx_at:
                tx.append((tx_at, length))
                tx_total += length
            if rx_at:
                rx.append((rx_at, length))
                rx_total += length
            if tx_total > kernel.BUFSIZ or rx_total > kernel.BUFSIZ or total > kernel.BUFSIZ:
                raise _error(errno.EMSGSIZE)
            if bits not in {0, 8} or tx_lines not in {0, 1} or rx_lines not in {0, 1}:
                raise _error(errno.EINVAL)
        output = self._memory.read(pid, tx)
        bursts, start = [], 0
        for tx_at, _, length, speed, delay, _, change, *_ in rows:
            data = output[start : start + length] if tx_at else bytes(length)
            start += length if tx_at else 0
            speed_hz = min(speed or self.speed_hz, CONTROLLER_SPEED_HZ)
            bursts.append(Burst(data, 1.0 / speed_hz, delay * 1e-6, change != 0))
        with self._lock:
            received = self._line.clock(bursts, self.mode)
        if rx_total != total:
            received = _wanted(received, rows)
        self._memory.write(pid, rx, received)
        return total

    def read(self, size: int) -> bytes:
        """Plain read(): clock `size` zero bytes in one frame."""
        return self._plain(bytes(size))

    def write(self, data: bytes) -> int:
        """Plain write(): clock `data` in one frame, what comes back is lost."""
        return len(self._plain(data))

    def _plain(self, data: bytes) -> bytes:
        if len(data) > kernel.BUFSIZ:
            raise _error(errno.EMSGSIZE)
        burst = Burst(data, 1.0 / min(self.speed_hz, CONTROLLER_SPEED_HZ), 0.0, False)
        with self._lock:
            return self._line.clock([burst], self.mode)

    def _set_mode(self, mode: int) -> None:
        if mode & ~CONTROLLER_MODES:
            raise _error(errno.EINVAL)
        self.mode = mode

    def _set_speed(self, speed_hz: int) -> None:
        if speed_hz == 0:
            raise _error(errno.EINVAL)
        self.speed_hz = speed_hz


def _wanted(received: bytes, rows: list[tuple[int, ...]]) -> bytes:
    """The parts of `received` that the caller gave a buffer for."""
    parts, start = [], 0
    for _, rx_at, length, *_ in rows:
        if rx_at:
            parts.append(received[start : start + length])
        start += length
    return b"".join(parts)


def _only(*allowed: int) -> Callable[[int], None]:
    def check(value: int) -> None:
        if value not in allowed:
            raise _error(errno.EINVAL)

    return check


def _error(code: int) -> OSError:
    return OSError(code, os.strerror(code))
