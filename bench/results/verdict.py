"""Verdicts, in order of weight, and how a value with limits and uncertainty gets one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from bench.metrology.decision import DEFAULT, DecisionRule, Zone


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
    rule: DecisionRule = DEFAULT,
) -> Verdict | None:
    """Verdict of `value` against its limits by the decision `rule`, all in one unit.

    `uncertainty` is the expanded one (k = 2); without it the value alone decides. None when there
    is no limit; a missing value fails.
    """
    if lower is None and upper is None:
        return None
    if value is None:
        return Verdict.FAILED
    return _VERDICTS[rule.zone(value, lower, upper, uncertainty)]


_VERDICTS = {
    Zone.ACCEPTED: Verdict.PASSED,
    Zone.OPEN: Verdict.INCONCLUSIVE,
    Zone.REJECTED: Verdict.FAILED,
}
