"""The FUSE side of virtual spidev nodes: file operations handed on to the nodes."""

from __future__ import annotations

import ctypes
import errno
import logging
import os
import stat
from collections.abc import Callable, Mapping
from typing import Any

import mfusepy

from bench.twins.spi.node import SpidevNode

_log = logging.getLogger(__name__)


class NodeOperations:
    """One flat directory of nodes.

    A node is a regular file to the outside: the kernel would take a character device's number and
    ask its own driver. `ready` is called with the FUSE handle once the kernel talks to us.
    """

    use_ns = True
    # The open file tells the node; without paths a call is quicker.
    flag_nopath = True
    flag_nullpath_ok = True

    def __init__(self, nodes: Mapping[str, SpidevNode], ready: Callable[[int], None]) -> None:
        self._names = list(nodes)
        self._nodes = list(nodes.values())
        self._ready = ready

    def init(self, path: str) -> None:
        """The kernel has answered: the mount works."""
        self._ready(int(mfusepy._libfuse.fuse_get_context().contents.fuse))

    def getattr(self, path: str | None, handle: int | None = None) -> dict[str, int]:
        """Mode and owner of the directory or a node; ENOENT."""
        if path == "/":
            mode, links = stat.S_IFDIR | 0o755, 2
        elif path is None or path[1:] in self._names:
            mode, links = stat.S_IFREG | 0o600, 1
        else:
            raise _error(errno.ENOENT)
        return {"st_mode": mode, "st_nlink": links, "st_uid": os.getuid(), "st_gid": os.getgid()}

    def readdir(self, path: str, handle: int) -> list[str]:
        """The names of all nodes."""
        return [".", "..", *self._names]

    def open(self, path: str, flags: int) -> int:
        """Open a node; its index is the handle."""
        try:
            handle = self._names.index(path[1:])
        except ValueError:
            raise _error(errno.ENOENT) from None
        self._nodes[handle].opened()
        return handle

    def release(self, path: str | None, handle: int) -> int:
        """The last descriptor of an open file is gone."""
        self._nodes[handle].closed()
        return 0

    def truncate(self, path: str | None, length: int, handle: int | None = None) -> int:
        """A shell's '>' truncates first; a device ignores that."""
        return 0

    def read(self, path: str | None, size: int, offset: int, handle: int) -> bytes:
        """Half-duplex read."""
        return self._nodes[handle].read(size)

    def write(self, path: str | None, data: bytes, offset: int, handle: int) -> int:
        """Half-duplex write."""
        return self._nodes[handle].write(data)

    def ioctl(
        self, path: str | None, code: int, argument: Any, handle: int, flags: int, data: int
    ) -> int:
        """A spidev ioctl; ENOTTY for any other. `data` is the kernel's copy of the argument."""
        code &= 0xFFFFFFFF
        size = code >> 16 & 0x3FFF
        node = self._nodes[handle]
        if code & 0xC000FFFF == 0x40006B00:  # SPI_IOC_MESSAGE of any size
            if size % 32:
                raise _error(errno.EINVAL)
            if not size:
                return 0
            pid = mfusepy._libfuse.fuse_get_context().contents.pid
            return _guarded(lambda: node.message(pid, ctypes.string_at(data, size)))
        answer = node.ask(code)
        if answer is not None:
            ctypes.memmove(data, answer, len(answer))
        elif not node.change(code, ctypes.string_at(data, size) if size else b""):
            raise _error(errno.ENOTTY)
        return 0


def _guarded(call: Callable[[], int]) -> int:
    """A fault of a twin must look like a failed transfer (EIO), and be logged."""
    try:
        return call()
    except OSError:
        raise
    except Exception:
        _log.exception("an SPI twin failed")
        raise _error(errno.EIO) from None


def _error(code: int) -> OSError:
    return OSError(code, os.strerror(code))
