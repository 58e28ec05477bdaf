"""The far end of `bench.control`: serves lab time, truth and faults of a virtual bench."""

from __future__ import annotations

import json
import math
import socketserver
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from bench.control import PROTOCOL

Operation = Callable[..., Any]
LONGEST_LINE = 1 << 20
"""Bytes of the longest request line that is read."""


class ControlServer:
    """Answers requests one line at a time; any number of clients."""

    def __init__(
        self, operations: Mapping[str, Operation], lock: AbstractContextManager[object]
    ) -> None:
        """`operations` by name; `lock` is held around each."""
        self._operations: dict[str, Operation] = {"protocol": lambda: PROTOCOL, **operations}
        self._lock = lock
        self._server = _Server(("127.0.0.1", 0), self._answer)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="control", daemon=True
        )

    @property
    def address(self) -> str:
        """HOST:PORT."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and close the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, line: bytes) -> bytes:
        try:
            request = json.loads(line)
            operation = self._operations[request.pop("do")]
        except (ValueError, KeyError, AttributeError, TypeError):
            known = ", ".join(sorted(self._operations))
            reply = {"error": f'not a request: send {{"do": one of {known}}}', "kind": "ValueError"}
            return json.dumps(reply).encode()
        try:
            with self._lock:
                return json.dumps({"ok": operation(**request)}).encode()
        except (ValueError, TypeError) as error:
            return json.dumps({"error": str(error), "kind": "ValueError"}).encode()
        except Exception as error:
            return json.dumps({"error": f"{type(error).__name__}: {error}"}).encode()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], answer: Callable[[bytes], bytes]) -> None:
        self.answer = answer
        super().__init__(address, _Handler)


class _Handler(socketserver.StreamRequestHandler):
    server: _Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        try:
            while line := self.rfile.readline(LONGEST_LINE):
                self.wfile.write(self.server.answer(line) + b"\n")
        except OSError:
            return  # the client is gone


def finite(name: str, value: object) -> float:
    """`value` as a finite float, else ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} = {value!r}: give a finite number")
    return float(value)
