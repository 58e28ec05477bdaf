"""Serves register chips from a process of its own: `python -m testcases.selftest.spi_server KIND`.

KIND is fuse or socket. Prints one JSON line with the addresses, ends when standard input ends.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from bench.twins.spi.fuse_nodes import FuseNodes
from bench.twins.spi.socket_server import SocketServer
from testcases.selftest.register_chip import RegisterChip

ROOT = Path(__file__).parents[2]


class Server:
    """The running process: `addresses` in order, `process`."""

    def __init__(self, kind: str, chips: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__, kind, str(chips)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.addresses: list[str] = json.loads(self.process.stdout.readline())


@contextlib.contextmanager
def serving(kind: str, chips: int = 2) -> Iterator[Server]:
    """A server process for the time of the block."""
    server = Server(kind, chips)
    process = server.process
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield server
    finally:
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(10)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def main() -> None:
    kind, chips = sys.argv[1], int(sys.argv[2])
    slaves = [RegisterChip() for _ in range(chips)]
    lock = threading.RLock()
    if kind == "fuse":
        with FuseNodes({f"spidev0.{i}": slave for i, slave in enumerate(slaves)}, lock) as nodes:
            _announce(list(nodes.paths.values()))
    else:
        with SocketServer(slaves, lock) as server:
            _announce([server.address])


def _announce(addresses: list[str]) -> None:
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
