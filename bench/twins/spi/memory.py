"""Another process's memory, the way the kernel reaches the buffers behind an ioctl's pointers."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Callable, Sequence

_libc = ctypes.CDLL(None, use_errno=True)
_SIGNATURE = (
    ctypes.c_int,  # pid
    ctypes.c_char_p,  # local iovec array
    ctypes.c_ulong,
    ctypes.c_char_p,  # remote iovec array
    ctypes.c_ulong,
    ctypes.c_ulong,  # flags
)
_readv = _libc.process_vm_readv
_writev = _libc.process_vm_writev
for _call in (_readv, _writev):
    _call.argtypes = _SIGNATURE
    _call.restype = ctypes.c_ssize_t

Span = tuple[int, int]
"""Address and length in bytes."""


class RemoteMemory:
    """Reads and writes buffers of other processes by process_vm_readv and process_vm_writev.

    `limit`: most bytes in one call. Not for two threads at once.
    """

    def __init__(self, limit: int) -> None:
        self._buffer = ctypes.create_string_buffer(limit)
        self._address = ctypes.addressof(self._buffer)

    def read(self, pid: int, spans: Sequence[Span]) -> bytes:
        """The bytes of `spans`, joined; `OSError` EFAULT when any is not readable."""
        size = sum(length for _, length in spans)
        if size:
            self._move(_readv, pid, spans, size)
        return self._buffer.raw[:size]

    def write(self, pid: int, spans: Sequence[Span], data: bytes) -> None:
        """Spread `data` over `spans`; `OSError` EFAULT when any is not writable."""
        if data:
            ctypes.memmove(self._address, data, len(data))
            self._move(_writev, pid, spans, len(data))

    def _move(self, call: Callable[..., int], pid: int, spans: Sequence[Span], size: int) -> None:
        local = struct.pack("2N", self._address, size)
        remote = struct.pack(f"{2 * len(spans)}N", *(number for span in spans for number in span))
        moved = call(pid, local, 1, remote, len(spans), 0)
        if moved == size:
            return
        code = ctypes.get_errno() if moved < 0 else errno.EFAULT
        raise OSError(code, os.strerror(code))
