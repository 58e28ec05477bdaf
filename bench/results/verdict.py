"""Verdicts, in order of weight, and how a value with limits and uncertainty gets one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Verdict(IntEnum):
    """Ordered: passed < inconclusive < failed < aborted < error.

    `INCONCLUSIVE`: the expanded uncertainty straddles a limit. `ABORTED`: somebody stopped it.
    `ERROR`: the bench's own fault, which never counts against the unit.
    """

    PASSED = 0
    INCONCLUSIVE = 1
    FAILED = 2
    ABORTED = 3
    ERROR = 4

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Verdict:
        """The verdict that prints as `word`; `ValueError` with the allowed words."""
        for verdict in cls:
            if str(verdict) == word:
                return verdict
        raise ValueError(f"unknown verdict {word!r}: allowed are {', '.join(map(str, cls))}")


def worst(verdicts: Iterable[Verdict | None]) -> Verdict:
    """The heaviest of `verdicts`; None (not judged) has no weight; passed when none is left."""
    return max((v for v in verdicts if v is not None), default=Verdict.PASSED)


def judge(
    value: float | None,
    lower: float | None = None,
    upper: float | None = None,
    uncertainty: float | None = None,
) -> Verdict | None:
    """Verdict of `value` against its limits, all in one unit.

    `uncertainty` is the expanded one (k = 2): within it of a limit the verdict is inconclusive;
    without it the value alone decides. None when there is no limit; a missing value fails.
    """
    if lower is None and upper is None:
        return None
    if value is None:
        return Verdict.FAILED
    band = uncertainty or 0.0
    above = float("-inf") if upper is None else value - upper
    below = float("-inf") if lower is None else lower - value
    excess = max(above, below)
    if excess > band:
        return Verdict.FAILED
    if excess > -band:
        return Verdict.INCONCLUSIVE if band else Verdict.FAILED
    return Verdict.PASSED
