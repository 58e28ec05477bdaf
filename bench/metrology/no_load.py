"""No-load (creep) test: how long a meter without current must stay still, rule by rule.

Voltage circuits are energised, current circuits open. Not more than one pulse may come in that
time. The rules of the old and of the new standards give times that differ by factors: they must
never be mixed, so each is called by the standard and edition that it comes from.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

PULSES_ALLOWED = 1

ELEMENTS = {
    "single phase": {"IEC": 1.0, "JJG": 1.0},
    "three-wire": {"IEC": 2.0, "JJG": math.sqrt(3)},
    "four-wire": {"IEC": 3.0, "JJG": 3.0},
}
"""m by system and by whose rule it is. Disputed for three-wire: IEC counts measuring elements,
Chinese benches take the root of 3, which makes the test 15 % longer."""


@dataclass(frozen=True, slots=True)
class NoLoadCase:
    """What the rules ask for: k in imp/kWh, m, V, A. `starting` and `minimum` of new standards.

    `base_limit`: b of OIML R 46, the base limit at Imin in %.
    """

    meter_constant: float
    voltage: float
    maximum: float
    starting: float
    minimum: float
    elements: float = 1.0
    base_limit: float = 1.5


@dataclass(frozen=True, slots=True)
class NoLoadRule:
    """`voltage` as a ratio of the nominal one, `seconds` of a case, and what is not certain."""

    voltage: float
    seconds: Callable[[NoLoadCase, float], float]
    doubt: str = ""


def _of_maximum(coefficient: float) -> Callable[[NoLoadCase, float], float]:
    """The old rule: coefficient / (k m Un Imax) minutes, Un the nominal voltage."""
    return lambda case, _: (
        60 * coefficient / (case.meter_constant * case.elements * case.voltage * case.maximum)
    )


def _of_starting(case: NoLoadCase, ratio: float) -> float:
    """240e3 / (k m Utest Ist) minutes: four pulse periods at starting power."""
    power = case.elements * ratio * case.voltage * case.starting
    return 60 * 240e3 / (case.meter_constant * power)


def _of_minimum(case: NoLoadCase, _: float) -> float:
    """100e3 / (b k m Un Imin) hours."""
    power = case.elements * case.voltage * case.minimum
    return 3600 * 100e3 / (case.base_limit * case.meter_constant * power)


def _theoretical(case: NoLoadCase, _: float) -> float:
    """20 pulse periods at starting power."""
    return 20 * 3.6e6 / (case.meter_constant * case.elements * case.voltage * case.starting)


_MEMORY = "coefficient from memory"

NO_LOAD_RULES = {
    "IEC 62053-21:2003 class 1": NoLoadRule(1.15, _of_maximum(600e6)),
    "IEC 62053-21:2003 class 2": NoLoadRule(1.15, _of_maximum(480e6)),
    "IEC 62053-22:2003 class 0.5S": NoLoadRule(1.15, _of_maximum(600e6)),
    "IEC 62053-22:2003 class 0.2S": NoLoadRule(1.15, _of_maximum(900e6)),
    "IEC 62053-23:2003 class 2": NoLoadRule(1.15, _of_maximum(480e6)),
    "IEC 62053-23:2003 class 3": NoLoadRule(1.15, _of_maximum(300e6), _MEMORY),
    "JJG 596-2012 class 1": NoLoadRule(1.15, _of_maximum(600e6)),
    "JJG 596-2012 class 2": NoLoadRule(
        1.15,
        _of_maximum(480e6),
        "JJG 596-2012 was seen beside 600e6 only; 480e6 is the class 2 row of IEC",
    ),
    "IEC 62052-11:2020": NoLoadRule(1.1, _of_starting, _MEMORY),
    "EN 50470-3": NoLoadRule(1.15, _of_starting, _MEMORY),
    "OIML R 46": NoLoadRule(
        1.15,
        _of_minimum,
        "1.15 Un from memory; the coefficient was seen only in bench code for 1.1 Un (China)",
    ),
    "OIML R 46 (China)": NoLoadRule(
        1.1, _of_minimum, "the coefficient was seen only in bench code"
    ),
    "State Grid 2012 long creep": NoLoadRule(1.15, lambda *_: 48 * 3600.0),
    "State Grid creep in a field": NoLoadRule(1.15, _theoretical),
}


@dataclass(frozen=True, slots=True)
class NoLoadTest:
    """`voltage` in V to apply for at least `seconds`; not more than `pulses` may come."""

    voltage: float
    seconds: float
    pulses: int = PULSES_ALLOWED


def no_load_test(rule: str, case: NoLoadCase) -> NoLoadTest:
    """The test of `case` by `rule` (of `NO_LOAD_RULES`); `ValueError` for an unknown rule."""
    if rule not in NO_LOAD_RULES:
        raise ValueError(f"no-load rule {rule!r}: allowed are {', '.join(NO_LOAD_RULES)}")
    found = NO_LOAD_RULES[rule]
    return NoLoadTest(found.voltage * case.voltage, found.seconds(case, found.voltage))
