"""A FUSE file system whose files are spidev nodes."""

from __future__ import annotations

import ctypes
import tempfile
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from bench.twins.spi.fuse_check import fuse_available
from bench.twins.spi.memory import RemoteMemory
from bench.twins.spi.node import SpidevNode
from bench.twins.spi.signals import SignalKeeper
from bench.twins.spi.slave import SpiSlave
from bench.twins.spi.stderr import CaughtStderr
from drivers.errors import StationFault
from drivers.spi import kernel

MOUNT_TIMEOUT = 10.0
"""Wall seconds that mounting and unmounting may take."""


class FuseNodes:
    """Virtual spidev nodes, served by a thread of this process.

    `slaves`: file name to the chip behind it; `lock`: taken around every message. A client must be
    another process than this one: a Python call that holds the interpreter while it waits for the
    node (the `spidev` package does) would keep the node from answering.
    The mount goes away with the process, even when that is killed: fusermount3 watches it.
    """

    def __init__(
        self, slaves: Mapping[str, SpiSlave], lock: AbstractContextManager[object]
    ) -> None:
        memory = RemoteMemory(kernel.BUFSIZ)
        self._nodes = {name: SpidevNode(slave, lock, memory) for name, slave in slaves.items()}
        self._directory: Path | None = None
        self._thread: threading.Thread | None = None
        self._fuse: int = 0
        self._failure = ""

    @property
    def paths(self) -> dict[str, str]:
        """Device node path by file name; empty while not started."""
        if self._directory is None:
            return {}
        return {name: str(self._directory / name) for name in self._nodes}

    def start(self) -> dict[str, str]:
        """Mount, wait until the nodes answer, return `paths`; `StationFault` when FUSE cannot."""
        if reason := fuse_available():
            raise StationFault(f"virtual SPI nodes: {reason}; or use the socket adapter")
        self._directory = Path(tempfile.mkdtemp(prefix="meterbench-spi-"))
        mounted = threading.Event()
        keeper = SignalKeeper()
        self._thread = threading.Thread(
            target=self._serve, args=(self._directory, mounted), name="fuse nodes", daemon=True
        )
        with CaughtStderr() as words:
            self._thread.start()
            mounted.wait(MOUNT_TIMEOUT)
        keeper.restore()
        if not self._fuse:
            reason = words.text() or self._failure or f"not mounted within {MOUNT_TIMEOUT} s"
            self.stop()
            raise StationFault(
                f"virtual SPI nodes cannot be mounted: {reason}: is mounting allowed here (a "
                "container needs SYS_ADMIN and /dev/fuse)? or use the socket adapter"
            )
        return self.paths

    def stop(self) -> None:
        """Unmount and remove the directory; a second call does nothing.

        Programs that still have a node open get ENOTCONN from then on.
        """
        directory, self._directory = self._directory, None
        thread, self._thread = self._thread, None
        if directory is None or thread is None:
            return
        if self._fuse:
            import mfusepy

            # The loop looks at its exit flag after the next request, so send it one.
            mfusepy._libfuse.fuse_exit(ctypes.c_void_p(self._fuse))
            self._fuse = 0
            with suppress(OSError):
                (directory / ".stop").exists()
        thread.join(MOUNT_TIMEOUT)
        with suppress(OSError):
            directory.rmdir()

    def __enter__(self) -> FuseNodes:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _serve(self, directory: Path, mounted: threading.Event) -> None:
        import mfusepy

        from bench.twins.spi.operations import NodeOperations

        def ready(fuse: int) -> None:
            self._fuse = fuse
            mounted.set()

        try:
            mfusepy.FUSE(
                NodeOperations(self._nodes, ready),
                str(directory),
                foreground=True,
                nothreads=True,
                auto_unmount=True,
                direct_io=True,  # a file of size 0 would otherwise never be read
                fsname="meterbench-spi",
            )
        except Exception as error:
            self._failure = f"FUSE failed ({error})"
        finally:
            mounted.set()
