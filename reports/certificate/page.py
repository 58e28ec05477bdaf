"""The certificate as one HTML page without anything from outside: reads on screen and paper."""

from __future__ import annotations

import math
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

_SIGNS = {"passed": "✓", "inconclusive": "?", "failed": "✗", "aborted": "■", "error": "!"}
SMALL = 1e-6
"""A sine below this is that of an angle of 0 or 180 degrees."""
_COLUMNS = (("U", "V"), ("I", "A"), ("cos φ", ""), ("f", "Hz"))
"""What was applied at a load point: symbol and unit."""


def certificate_page(record: dict[str, Any], json_hash: str) -> str:
    """The page of a certificate record; `json_hash` is the SHA-256 of its canonical JSON."""
    points = {point["name"]: point["applied"] for point in record["load_points"]}
    return _template().render(
        record,
        json_hash=json_hash,
        signs=_SIGNS,
        columns=_COLUMNS,
        applied=lambda name: _applied(points.get(name, {})),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("reports.certificate", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "number": _number,
        "signed": _signed,
        "limits": _limits,
        "time": _time,
    }
    return environment.get_template("page.html.j2")


def _applied(values: dict[str, Any]) -> list[str]:
    """Cells of what was applied at a load point, empty where it is not known."""
    forms = {"voltage": "{:.1f}", "current": "{:.4g}", "angle": "", "frequency": "{:.2f}"}
    cells = []
    for key, form in forms.items():
        value = values.get(key)
        if not isinstance(value, int | float):
            cells.append("")
        else:
            cells.append(form.format(value) if form else _power_factor(value))
    return cells


def _power_factor(angle: float) -> str:
    """cos φ of a current lagging by `angle` degrees: 1.0, 0.5 L (inductive), 0.8 C (capacitive)."""
    sine = math.sin(math.radians(angle))
    kind = "" if abs(sine) < SMALL else " L" if sine > 0 else " C"
    return f"{math.cos(math.radians(angle)):.3g}{kind}"


def _number(value: float | str | None) -> str:
    """Six significant digits, ten of a large number; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.10g}"


def _signed(value: float | None) -> str:
    """A measured value with its sign; a dash for one that could not be measured."""
    if value is None:
        return "–"
    return f"{value:+.3f}" if abs(value) < 1000 else f"{value:+.6g}"


def _limits(row: dict[str, Any]) -> str:
    """Limits in the field's short hand: ± where they are symmetric."""
    lower, upper = row["lower"], row["upper"]
    if lower is None and upper is None:
        return ""
    if lower is None:
        return f"≤ {upper:g}"
    if upper is None:
        return f"≥ {lower:g}"
    return f"±{upper:g}" if lower == -upper else f"{lower:g} … {upper:g}"


def _time(text: str) -> str:
    """An ISO time to the second."""
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S} UTC"
