"""Starting current: how long a meter may take to its first pulses."""

from __future__ import annotations

from dataclasses import dataclass

from bench.metrology.percentage_error import JOULES_PER_KWH


@dataclass(frozen=True, slots=True)
class StartingRule:
    """Pulses must come within so many nominal periods; `doubt` says what is not certain.

    `following`: periods from the first pulse to the next, None where the rule sets none.
    """

    first: float
    following: float | None = None
    doubt: str = ""


STARTING_RULES = {
    "JJG 596-2012": StartingRule(1.2),
    "JJG 596-1999": StartingRule(1.4),
    "JJG 307-2006": StartingRule(80 / 60),
    "IEC 62052-11:2020": StartingRule(1.5, 1.5, "both times 1.5 periods: from memory"),
    "OIML R 46": StartingRule(1.5, 1.5, "both times 1.5 periods: from memory"),
    "IEC 62053-21:2003": StartingRule(
        1.5, 1.5, "this edition has no time limit at hand: that of IEC 62052-11:2020 is taken"
    ),
}
"""Rule by standard and edition; JJG writes 1.2*60*1000 / (C m Un IQ) min, JJG 307 80*1000/(...)."""


@dataclass(frozen=True, slots=True)
class StartingLimit:
    """Nominal pulse `period` and the times allowed to the `first` pulse and to the next, all in s.

    `following` is None where the rule only asks for one pulse.
    """

    period: float
    first: float
    following: float | None


def starting_limit(
    rule: str, meter_constant: float, voltage: float, current: float, elements: float = 1
) -> StartingLimit:
    """Limits by `rule` (of `STARTING_RULES`) at Un = `voltage` V and IQ or Ist = `current` A, PF 1.

    `meter_constant` in imp/kWh; `elements`: m, see `no_load.ELEMENTS`. tau = 3.6e6 / (C m Un IQ).
    `ValueError` for an unknown rule, or quantities that are not above 0.
    """
    if rule not in STARTING_RULES:
        raise ValueError(f"starting rule {rule!r}: allowed are {', '.join(STARTING_RULES)}")
    power = elements * voltage * current
    if not (power > 0 and meter_constant > 0):
        raise ValueError(f"{meter_constant} imp/kWh at {power} W: both must be above 0")
    found = STARTING_RULES[rule]
    period = JOULES_PER_KWH / (meter_constant * power)
    following = None if found.following is None else found.following * period
    return StartingLimit(period, found.first * period, following)
