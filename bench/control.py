"""The control channel to a twin process: lab time, the hidden truth, and faults.

One JSON object per line each way over TCP on loopback. A request names an operation and its
arguments, `{"do": "advance", "seconds": 2.0}`; the reply is `{"ok": RESULT}` or
`{"error": TEXT, "kind": "ValueError"}`. `docs/control-channel.md` lists the operations.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drivers.errors import LinkClosed, LinkFraming, LinkTimeout, StationFault

PROTOCOL = 1
"""Version of the operations; both ends must agree."""


@dataclass(frozen=True, slots=True)
class CircuitTruth:
    """What a circuit really does: lab time in s, true energy since the world began in J, RMS."""

    time: float
    energy: float
    voltage: float
    current: float


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the twins are: SPI node path or HOST:PORT#chip by position, VISA resource by role."""

    control: str
    spi: Mapping[str, str]
    visa: Mapping[str, str]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Endpoints:
        """From the ready line of `bench twins --json`."""
        return cls(data["control"], data["spi"], data["visa"])


class Control:
    """A connection to the control channel; safe to share between threads."""

    def __init__(self, address: str, timeout: float = 60.0) -> None:
        """`address` is the `control` value, HOST:PORT; `timeout` in s of wall time per request."""
        self.address = address
        host, _, port = address.rpartition(":")
        self._lock = threading.Lock()
        try:
            self._socket = socket.create_connection((host, int(port)), timeout=timeout)
        except (OSError, ValueError) as error:
            raise LinkClosed(
                f"control channel {address}: {error}; give the `control` value that "
                "`bench twins --json` prints, and check that it still runs"
            ) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("rb")
        version = self.ask("protocol")
        if version != PROTOCOL:
            self.close()
            raise LinkFraming(
                f"control channel {address} speaks version {version}, this bench {PROTOCOL}: "
                "start both from the same version"
            )

    def ask(self, operation: str, **arguments: Any) -> Any:
        """One request and its result.

        `ValueError` when the twins refuse the arguments, `LinkTimeout` or `LinkClosed` when they do
        not answer, `StationFault` when the operation failed there.
        """
        line = json.dumps({"do": operation, **arguments}).encode() + b"\n"
        with self._lock:
            try:
                self._socket.sendall(line)
                answer = self._lines.readline()
            except TimeoutError as error:
                self.close()  # a late answer must not be taken for the next one's
                raise LinkTimeout(
                    f"control channel {self.address}: no answer to {operation!r}; "
                    "the twin process hangs: restart it"
                ) from error
            except (OSError, ValueError) as error:
                raise LinkClosed(f"control channel {self.address} is closed: {error}") from error
        if not answer:
            raise LinkClosed(f"control channel {self.address}: the twin process has ended")
        reply = json.loads(answer)
        if "ok" in reply:
            return reply["ok"]
        if reply.get("kind") == "ValueError":
            raise ValueError(reply["error"])
        raise StationFault(f"twin process: {operation}: {reply['error']}")

    def now(self) -> float:
        """Lab time in s since the world began."""
        return float(self.ask("now"))

    def advance(self, seconds: float) -> float:
        """Let `seconds` (>= 0) of lab time pass; the new lab time in s."""
        return float(self.ask("advance", seconds=seconds))

    def endpoints(self) -> Endpoints:
        """Where the twins are."""
        return Endpoints.from_json(self.ask("endpoints"))

    def circuit(self, phase: str = "L1") -> CircuitTruth:
        """The truth of one of the circuits "L1", "L2", "L3"."""
        return CircuitTruth(**self.ask("circuit", phase=phase))

    def board(self, position: int) -> dict[str, Any]:
        """The hidden truth of the board at `position`; see `docs/control-channel.md`."""
        return dict(self.ask("board", position=position))

    def source_on(self) -> bool:
        """Whether the source's output really is on."""
        return bool(self.ask("source_on"))

    def inject(self, target: int | str, kind: str, **parameters: float) -> None:
        """Switch a fault on: `target` is a position number or an instrument's role."""
        self.ask("inject", target=target, kind=kind, parameters=parameters)

    def clear(self, target: int | str, kind: str | None = None) -> None:
        """Switch one fault off, or all of the target's."""
        self.ask("clear", target=target, kind=kind)

    def faults(self, target: int | str) -> dict[str, str]:
        """The faults that `target` can have: kind to meaning."""
        return dict(self.ask("faults", target=target))

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        self._lines.close()
        self._socket.close()
