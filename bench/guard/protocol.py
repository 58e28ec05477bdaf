"""What the station and its guard say to each other over two pipes: one byte each way.

The first line to the guard is JSON, its `Orders`; the guard answers `READY` once it listens. The
end of the file means that the station's process is gone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bench.guard.off import Source
from drivers.safe import SafeSequence

READY = b"r"
ARM = b"a"
"""From now on the end of the file means: switch off. Answered by the same byte."""
DISARM = b"d"
"""The sources are off: the end of the file means nothing. Answered by the same byte."""
REFUSED = b"x"
"""The answer to `ARM` after the controller has died: nothing must be switched on any more."""


@dataclass(frozen=True, slots=True)
class Orders:
    """Whom to switch off; `controller`: a process whose death counts as the station's; the log."""

    sources: Sequence[Source]
    controller: int | None
    log: str

    def line(self) -> bytes:
        """As the guard reads it."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Orders:
        """From the line."""
        data = json.loads(line)
        sources = []
        for row in data["sources"]:
            safe = row["safe"]
            sequence = SafeSequence(safe["off"], safe["query"], tuple(safe["off_replies"]))
            sources.append(Source(row["name"], row["resource"], sequence, row["is_twin"]))
        return cls(sources, data["controller"], data["log"])
