"""Decision rules: what a value, its limits and its uncertainty come to.

Guarded rules accept only values that lie inside the limits by a guard band w, so that few bad units
pass. Sources: ILAC-G8:09/2019, chapter 4; ANSI/NCSL Z540.3 handbook, method 6.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

GuardBand = Callable[[float, float], float]
"""w from the tolerance TL and the expanded uncertainty U, all in one unit."""


class Zone(Enum):
    """Where a value lies: accepted, rejected, or open."""

    ACCEPTED = "accepted"
    OPEN = "open"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """A row of `RULES`: its name, its text for records, and its guard band.

    `binary`: what is not accepted is rejected. Else a value is rejected only when it lies outside a
    limit by more than U, and what is neither is open.
    """

    name: str
    text: str
    guard_band: GuardBand
    binary: bool = True

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"

    def zone(
        self, value: float, lower: float | None, upper: float | None, uncertainty: float | None
    ) -> Zone:
        """Zone of `value`; without a limit on a side that side accepts.

        `uncertainty`: expanded; without it the value alone decides. A one-sided limit has no
        tolerance that U could be compared with: its guard band is U in every guarded rule.
        """
        excess = max(
            -math.inf if upper is None else value - upper,
            -math.inf if lower is None else lower - value,
        )
        expanded = uncertainty or 0.0
        tolerance = 0.0 if lower is None or upper is None else (upper - lower) / 2
        guard = self.guard_band(tolerance, expanded) if expanded else 0.0
        if excess <= -guard:
            return Zone.ACCEPTED
        if self.binary or excess > expanded or not expanded:
            return Zone.REJECTED
        return Zone.OPEN

    def acceptance_limit(self, tolerance: float, uncertainty: float) -> float:
        """AL of limits +-`tolerance`; negative when nothing is accepted."""
        return tolerance - (self.guard_band(tolerance, uncertainty) if uncertainty else 0.0)


def _none(tolerance: float, expanded: float) -> float:
    return 0.0


def _full(tolerance: float, expanded: float) -> float:
    return expanded


def _root_difference(tolerance: float, expanded: float) -> float:
    """TL - sqrt(TL^2 - U^2); U where that has no root."""
    if expanded >= tolerance:
        return expanded
    return tolerance - math.sqrt(tolerance**2 - expanded**2)


def _method_6(tolerance: float, expanded: float) -> float:
    """M U with M = 1.04 - exp(0.38 ln TUR - 0.54), TUR = TL/U; none above a TUR of 4.6.

    The formula is from memory (no copy of the handbook was at hand): 0.053 at TUR 4, 0.28 at 2.
    """
    if not tolerance:
        return expanded
    part = 1.04 - math.exp(0.38 * math.log(tolerance / expanded) - 0.54)
    return max(part, 0.0) * expanded


RULES: dict[str, DecisionRule] = {
    rule.name: rule
    for rule in (
        DecisionRule(
            "simple acceptance",
            "passed within the limits TL, else failed; U is not regarded (ILAC-G8, 4.2.1)",
            _none,
        ),
        DecisionRule(
            "guard band",
            "passed within AL = TL - U (U: expanded, k = 2), else failed (ILAC-G8, 4.2.2)",
            _full,
        ),
        DecisionRule(
            "RDS",
            "passed within AL = sqrt(TL^2 - U^2) (U: expanded, k = 2), else failed",
            _root_difference,
        ),
        DecisionRule(
            "Z540.3 method 6",
            "passed within AL = TL - U (1.04 - exp(0.38 ln(TL/U) - 0.54)), else failed; "
            "at most 2 % false acceptance",
            _method_6,
        ),
        DecisionRule(
            "non-binary",
            "passed within TL - U, failed beyond TL + U, else inconclusive "
            "(U: expanded, k = 2; ILAC-G8, 4.2.3)",
            _full,
            binary=False,
        ),
    )
}
DEFAULT = RULES["non-binary"]
"""Neither passes nor fails a unit that the measurement cannot tell."""


def rule_of(record: str) -> DecisionRule:
    """The rule whose name begins `record`, as `str(rule)` gives it; the default for ''.

    `ValueError` with the allowed names for another.
    """
    if not record:
        return DEFAULT
    name = record.partition(":")[0]
    if name not in RULES:
        raise ValueError(f"decision rule {name!r}: allowed are {', '.join(RULES)}")
    return RULES[name]
