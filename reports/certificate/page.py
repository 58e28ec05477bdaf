"""The certificate as one HTML page without anything from outside: reads on screen and paper."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

_SIGNS = {"passed": "✓", "inconclusive": "?", "failed": "✗", "aborted": "■", "error": "!"}
_APPLIED = (
    # key         heading   unit  format
    ("voltage", "U", "V", "{:.1f}"),
    ("current", "I", "A", "{:.4g}"),
    ("angle", "angle", "°", "{:.1f}"),
    ("power_factor", "PF", "", "{:.2f}"),
    ("frequency", "f", "Hz", "{:.2f}"),
)


def certificate_page(record: dict[str, Any], json_hash: str) -> str:
    """The page of a certificate record; `json_hash` is the SHA-256 of its canonical JSON."""
    points = {point["name"]: point["applied"] for point in record["load_points"]}
    return _template().render(
        record,
        json_hash=json_hash,
        signs=_SIGNS,
        columns=[row[1:3] for row in _APPLIED],
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
    environment.filters |= {"number": _number, "signed": _signed, "limits": _limits}
    return environment.get_template("page.html.j2")


def _applied(values: dict[str, Any]) -> list[str]:
    """Cells of what was applied at a load point, empty where it is not known."""
    return [
        form.format(values[key]) if isinstance(values.get(key), int | float) else ""
        for key, _, _, form in _APPLIED
    ]


def _number(value: float | str | None) -> str:
    """Up to six significant digits; nothing for None."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.6g}"


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
