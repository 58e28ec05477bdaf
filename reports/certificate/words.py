"""How values are written in a certificate, on the page and on the sheet alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

SIGNS = {"passed": "✓", "inconclusive": "?", "failed": "✗", "aborted": "■", "error": "!"}
SMALL = 1e-6
"""A sine below this is that of an angle of 0 or 180 degrees."""
SMALLEST = 0.0005
"""What three decimals show; below that a value gets its own digits."""
COLUMNS = (("U", "V"), ("I", "A"), ("cos φ", ""), ("f", "Hz"))
"""What was applied at a load point: symbol and unit."""


def applied(values: Mapping[str, Any]) -> list[str]:
    """Cells of what was applied at a load point, empty where it is not known."""
    forms = {"voltage": "{:.1f}", "current": "{:.4g}", "angle": "", "frequency": "{:.2f}"}
    cells = []
    for key, form in forms.items():
        value = values.get(key)
        if not isinstance(value, int | float):
            cells.append("")
        else:
            cells.append(form.format(value) if form else power_factor(value))
    return cells


def place(row: Mapping[str, Any]) -> str:
    """Where a result was taken: its load point, its stage, or both."""
    point, stage = row["load_point"], row["stage"]
    return f"{point} ({stage})" if point and stage else point or stage


def power_factor(angle: float) -> str:
    """cos φ of a current lagging by `angle` degrees: 1, 0.5 L (inductive), 0.8 C (capacitive)."""
    sine = math.sin(math.radians(angle))
    kind = "" if abs(sine) < SMALL else " L" if sine > 0 else " C"
    return f"{math.cos(math.radians(angle)):.3g}{kind}"


def number(value: float | str | None) -> str:
    """Six significant digits, ten of a large number; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.10g}"


def signed(value: float | None, unit: str = "") -> str:
    """A measured value with its sign; a dash for one that could not be measured.

    Percentages have three decimals; a rounded zero has no sign; small values keep their digits.
    """
    if value is None:
        return "–"
    if unit == "%" or value == 0 or SMALLEST <= abs(value) < 1000:
        text = f"{value:+.3f}"
        return text[1:] if float(text) == 0 else text
    return f"{value:+.5g}"


def uncertainty(value: float | None) -> str:
    """An expanded uncertainty to two significant digits, as the GUM has it (7.2.6)."""
    return "" if value is None else f"{value:#.2g}".rstrip(".")


def limits(row: Mapping[str, Any]) -> str:
    """Limits in the field's short hand: ± where they are symmetric."""
    lower, upper = row["lower"], row["upper"]
    if lower is None and upper is None:
        return ""
    if lower is None:
        return f"≤ {upper:g}"
    if upper is None:
        return f"≥ {lower:g}"
    return f"±{upper:g}" if lower == -upper else f"{lower:g} … {upper:g}"


def time(text: str | None) -> str:
    """An ISO time to the second."""
    if text is None:
        return "unfinished"
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S} UTC"
