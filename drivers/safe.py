"""What makes a source safe without its driver: the guard and `bench off` use nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SafeSequence:
    """Messages, terminator excluded, that hold whatever the source is doing.

    `off` takes the output off and gives no reply; `query` asks whether it is on, and is answered
    by one of `off_replies` when it is not.
    """

    off: str
    query: str
    off_replies: tuple[str, ...]
