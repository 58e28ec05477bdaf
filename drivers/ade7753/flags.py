"""Interrupt flags that nobody loses: a store of our own over RSTSTATUS."""

from __future__ import annotations

import threading

from drivers.ade7753.access import RegisterAccess
from drivers.ade7753.bits import Flag
from drivers.errors import DeviceError


class FlagKeeper:
    """Reading RSTSTATUS clears every flag, also those that somebody else waits for.

    So all of them go into a store here, and each waiter takes its own out. A flag that comes twice
    before it is taken counts once, as in the chip.
    """

    def __init__(self, access: RegisterAccess) -> None:
        self._access = access
        self._lock = threading.Lock()
        self._seen = Flag(0)

    def poll(self) -> Flag:
        """Fetch new flags from the chip; return all flags (bits of `Flag`) not yet taken.

        `DeviceError` when the RESET flag came: the chip restarted by itself and its configuration
        is lost. `LinkChecksum` when the flags cannot be read.
        """
        with self._lock:
            self._seen |= Flag(self._access.take("RSTSTATUS"))
            if Flag.RESET in self._seen:
                raise DeviceError(
                    f"{self._access.label}: the chip was reset during operation: check its supply "
                    "for brown-outs, then reset and configure it again"
                )
            return self._seen

    def take(self, flags: Flag) -> Flag:
        """Poll, then take `flags` out of the store; return those (bits) that were there.

        Other flags stay for others. Errors as `poll`.
        """
        self.poll()
        with self._lock:
            found = self._seen & flags
            self._seen &= ~flags
            return found

    def clear(self) -> None:
        """Drop all flags (no unit), RESET included, in the chip and in the store.

        `LinkChecksum` when the flags cannot be read.
        """
        with self._lock:
            self._access.take("RSTSTATUS")
            self._seen = Flag(0)
