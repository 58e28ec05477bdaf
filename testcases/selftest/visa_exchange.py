"""A message link that expects an exact exchange."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

from drivers.visa.trace import Trace

Exchange = tuple[str, str | Exception | None]

NO_ERROR = (":SYST:ERR?", '0,"No error"')


def told(*commands: str) -> list[Exchange]:
    """Commands that are taken without complaint."""
    return [pair for command in commands for pair in ((command, None), NO_ERROR)]


def opening(model: str, *first: str) -> list[Exchange]:
    """What every driver does at its opening, before it sets the instrument up."""
    greeting: list[Exchange] = [(message, None) for message in first]
    greeting.append(("*IDN?", f"maker,{model},4711,1.0"))
    return [*greeting, *told("*CLS")]


class ExpectedExchange:
    """Takes (sent, answered) pairs in exactly this order; an exception as answer is raised."""

    def __init__(self, pairs: Sequence[Exchange], first: Sequence[str] = ()) -> None:
        self.address = "TEST"
        self.lock = RLock()
        self.trace = Trace()
        self.opened = 0
        self.closed = False
        self._first = first
        self._down = True
        self._pairs = list(pairs)
        self._greeted = ""

    def expect(self, pairs: Sequence[Exchange]) -> None:
        assert self.left == []
        self._pairs = list(pairs)

    @property
    def left(self) -> list[Exchange]:
        return self._pairs

    def open(self) -> str:
        if self._down:
            self._down = False
            self.opened += 1
            for message in self._first:
                self.write(message)
            self._greeted = self.query("*IDN?")
        return self._greeted

    def write(self, message: str) -> None:
        self.open()
        answer = self._next(message)
        assert answer is None, f"{message} is written, but {answer!r} was to be read"

    def query(self, message: str, timeout: float | None = None) -> str:
        self.open()
        answer = self._next(message)
        assert answer is not None, f"{message} is asked, but nothing was to be answered"
        return answer

    def drop(self, reason: str) -> None:
        self._down = True

    def close(self) -> None:
        self.closed = True

    def _next(self, message: str) -> str | None:
        assert self._pairs, f"{message!r} was not expected: the exchange was over"
        expected, answer = self._pairs.pop(0)
        assert message == expected, f"sent {message!r}, expected {expected!r}"
        if isinstance(answer, Exception):
            self._down = True
            raise answer
        return answer


class CountingClock:
    """Lab time that passes only by sleeping."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
