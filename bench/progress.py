"""What a procedure tells while it runs; a reporter shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began: its identifier, the bench, and (position, serial) of every position."""

    run: str
    procedure: str
    bench: str
    positions: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class StageStarted:
    """The run goes on to another stage or load point; `step` of `steps`, from 1."""

    name: str
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class StageFinished:
    """A stage is over; `lab_time` in s is what it takes on a real bench."""

    name: str
    lab_time: float


@dataclass(frozen=True, slots=True)
class PositionChanged:
    """What is new at a position: `state` in a word or two, `error` in % where one was measured."""

    position: int
    state: str
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A value was measured and judged: in `unit`, with limits and expanded uncertainty.

    `value` None: it could not be measured. `verdict` is '' where there are no limits; `words` say
    it all in a line.
    """

    positions: Sequence[int]
    name: str
    value: float | None
    unit: str
    lower: float | None
    upper: float | None
    uncertainty: float | None
    load_point: str
    verdict: str
    words: str


@dataclass(frozen=True, slots=True)
class PositionVerdict:
    """How a position came out; `reason` is empty when it passed."""

    position: int
    serial: str
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is over; `lab_time` and `waited` in s tell what the sleeps were and took."""

    run: str
    verdicts: Sequence[PositionVerdict]
    certificates: str
    lab_time: float
    waited: float


Event = RunStarted | StageStarted | StageFinished | PositionChanged | Measured | RunFinished
Observer = Callable[[Event], None]


def silent(_: Event) -> None:
    """An observer that shows nothing."""
