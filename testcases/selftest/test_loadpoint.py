"""Load points in the field's short hand."""

from __future__ import annotations

import pytest

from bench.description import load
from bench.loadpoint import load_point, phase_angle

DESIGN = load("virtual").design


@pytest.mark.parametrize(
    ("text", "angle"),
    [("1", 0.0), ("0.5L", 60.0), ("0.5 C", -60.0), ("0.8C", -36.8698976), ("-1", 180.0)],
)
def test_power_factor(text: str, angle: float) -> None:
    assert phase_angle(text) == pytest.approx(angle, abs=1e-6)


@pytest.mark.parametrize("text", ["0.5", "1.2L", "", "L", "0,5L", "cos"])
def test_a_power_factor_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ValueError, match="power factor"):
        phase_angle(text)


@pytest.mark.parametrize(
    ("text", "amperes"), [("Ib", 10.0), ("0.05 Ib", 0.5), ("Imax", 50.0), ("2 A", 2.0)]
)
def test_current(text: str, amperes: float) -> None:
    point = load_point(DESIGN, text)
    assert point.current == pytest.approx(amperes)
    assert point.voltage == 220.0
    assert point.active == pytest.approx(220.0 * amperes)


@pytest.mark.parametrize("text", ["", "10", "Ibb", "-1 Ib", "one Ib"])
def test_a_current_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ValueError, match="current"):
        load_point(DESIGN, text)


def test_the_source_is_asked_for_a_lagging_current() -> None:
    setting = load_point(DESIGN, "Ib", "0.5L").setting
    assert (setting.voltage, setting.current) == (220.0, 10.0)
    assert setting.angle == pytest.approx(60.0)
