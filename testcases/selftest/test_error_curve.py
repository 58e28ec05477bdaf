"""The error curve: which results it shows, and that the drawing puts them where they belong."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from reports.certificate.curve import curve_points, error_curve

SVG = "{http://www.w3.org/2000/svg}"
ANGLES = {"PF 1": 0.0, "PF 0.5L": 60.0, "PF 0.8C": -36.869897646}


def row(point: str, error: float | None, limit: float = 1.0, **more: Any) -> dict[str, Any]:
    plain = {"name": "percentage error", "load_point": point, "stage": "", "uncertainty": None}
    return plain | {"as_left": error, "lower": -limit, "upper": limit} | more


def record(*rows: dict[str, Any], **applied: Any) -> dict[str, Any]:
    """A record whose load points are read off their names: "5 A PF 1"."""
    points = []
    for item in rows:
        name = item["load_point"]
        angle = ANGLES[name[name.index("PF") :]]
        values = {"voltage": 220.0, "frequency": 50.0, "angle": angle}
        points.append(
            {"name": name, "applied": values | {"current": float(name.split()[0])} | applied}
        )
    design = [{"name": "nominal voltage", "value": 220.0}, {"name": "frequency", "value": 50.0}]
    return {"results": list(rows), "load_points": points, "design": design}


def test_one_line_for_each_power_factor_in_order_of_current() -> None:
    lines = curve_points(
        record(row("20 A PF 1", 0.3), row("5 A PF 0.5L", -0.2), row("0.5 A PF 1", 0.1))
    )
    assert {name: [dot.current for dot in dots] for name, dots in lines.items()} == {
        "1": [0.5, 20.0],
        "0.5 L": [5.0],
    }
    assert [dot.error for dot in lines["1"]] == [0.1, 0.3]
    assert list(curve_points(record(row("5 A PF 0.8C", 0.0)))) == ["0.8 C"]


@pytest.mark.parametrize(
    "applied",
    [{"voltage": 198.0}, {"frequency": 51.0}, {"harmonics": [[5, 0.1, 0.4]]}, {"current": 0.0}],
)
def test_influence_tests_are_no_part_of_it(applied: dict[str, Any]) -> None:
    assert curve_points(record(row("5 A PF 1", 0.3), **applied)) == {}


def test_other_quantities_and_missing_values_are_left_out() -> None:
    rows = (row("5 A PF 1", None), row("20 A PF 1", 0.1, name="pulse output error"))
    assert curve_points(record(*rows)) == {}
    assert error_curve(record(*rows)) == ""
    assert error_curve(record(row("5 A PF 1", 0.1))) == "", "one point is no curve"


def test_dots_limits_and_uncertainty_are_where_they_belong() -> None:
    rows = (row("1 A PF 1", 0.5, u := 1.0), row("10 A PF 1", -0.5, u), row("100 A PF 1", 0.0, u))
    rows[0]["uncertainty"] = 0.25
    drawing = ElementTree.fromstring(error_curve(record(*rows)))
    dots = [
        (float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in drawing.iter(f"{SVG}circle")
    ][:3]
    (x1, y1), (x2, y2), (x3, y3) = dots
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.2), "decades are equally wide"
    assert y3 - y1 == pytest.approx(y2 - y3, abs=0.2), "zero is midway, upwards is positive"
    assert y1 < y3 < y2
    unit = y3 - y1  # of half a percent
    paths = [path.attrib["d"] for path in drawing.iter(f"{SVG}path")]
    assert f"M{x1:.1f} {y1 - unit / 2:.1f}V{y1 + unit / 2:.1f}" in paths, "the bar of U"
    ticks = [path for path in paths if path.endswith("h14")]
    heights = {float(tick.split()[1].removesuffix("h14")) for tick in ticks[:6]}
    assert sorted(heights) == pytest.approx([y3 - 2 * unit, y3 + 2 * unit], abs=0.2)


@pytest.mark.parametrize("size", [1e-6, 0.004, 0.099, 0.1, 1.0, 9.99, 10.0, 250.0])
def test_errors_of_any_size_have_a_scale(size: float) -> None:
    drawing = error_curve(record(row("1 A PF 1", size, size), row("2 A PF 1", -size, size)))
    texts = [text.text for text in ElementTree.fromstring(drawing).iter(f"{SVG}text")]
    numbers = [float(text) for text in texts if text and text[0] in "+-"]
    assert 4 <= len(numbers) <= 14
    assert max(numbers) >= size
