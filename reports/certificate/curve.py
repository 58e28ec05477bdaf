"""The error curve: percentage error over current, one line per power factor, as an SVG drawing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from reports.certificate.words import power_factor

QUANTITY = "percentage error"
LINES = {  # by power factor: colour, dashes, marker; told apart also where there is no colour
    "1": ("#0b57a4", "", "circle"),
    "0.5 L": ("#b3261e", "7 3", "square"),
    "0.8 C": ("#1a6b35", "2 3", "triangle"),
}
OTHER = ("#6b4aa0", "9 3 2 3", "circle")
NEAR = 0.01
"""Of the nominal voltage and frequency: points further off belong to no error curve."""

WIDTH, HEIGHT = 720.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 104.0, 10.0, 36.0
FONT = "'Libertinus Serif', 'Noto Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of the curve: current in A, error, limits and expanded uncertainty in %."""

    current: float
    error: float
    lower: float | None
    upper: float | None
    uncertainty: float | None


def curve_points(record: Mapping[str, Any]) -> dict[str, list[Dot]]:
    """Percentage errors at nominal voltage and frequency by power factor, in order of current."""
    nominal = {item["name"]: item["value"] for item in record["design"]}
    applied = {point["name"]: point["applied"] for point in record["load_points"]}
    lines: dict[str, list[Dot]] = {name: [] for name in LINES}
    for row in record["results"]:
        error = row.get("as_left", row.get("as_found"))
        point = applied.get(row["load_point"], {})
        if row["name"] != QUANTITY or row["stage"] or error is None or not _plain(point, nominal):
            continue
        dot = Dot(point["current"], error, row["lower"], row["upper"], row["uncertainty"])
        lines.setdefault(power_factor(point["angle"]), []).append(dot)
    return {name: sorted(dots, key=lambda dot: dot.current) for name, dots in lines.items() if dots}


def error_curve(record: Mapping[str, Any]) -> str:
    """The drawing of a certificate record; '' where fewer than two points make no curve."""
    lines = curve_points(record)
    dots = [dot for line in lines.values() for dot in line]
    if len(dots) < 2:
        return ""
    axes = _Axes.around(dots)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'font-family="{FONT}" font-size="12" fill="#1b1f24">',
        *axes.drawn(),
        *(part for name, line in lines.items() for part in _line(axes, name, line)),
        *_legend(lines),
        "</svg>",
    ]
    return "\n".join(parts)


def _plain(point: Mapping[str, Any], nominal: Mapping[str, Any]) -> bool:
    """Whether a load point differs from the reference conditions in nothing but its load."""
    if not point.get("current") or "angle" not in point or point.get("harmonics"):
        return False
    for key, name in (("voltage", "nominal voltage"), ("frequency", "frequency")):
        wanted = nominal.get(name)
        if wanted and abs(point.get(key, wanted) / wanted - 1) > NEAR:
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Axes:
    """Logarithmic current (A) to the right, error (%) upwards, symmetric about zero."""

    first: float
    last: float
    reach: float
    step: float
    currents: tuple[float, ...]

    @classmethod
    def around(cls, dots: Sequence[Dot]) -> _Axes:
        currents = sorted({dot.current for dot in dots})
        first, last = math.log10(currents[0]), math.log10(currents[-1])
        margin = max(0.06 * (last - first), 0.1)
        highest = max(
            abs(value) for dot in dots for value in (dot.error, dot.lower or 0.0, dot.upper or 0.0)
        )
        step = _round_step(highest or 0.1)
        reach = step * math.ceil(1.08 * (highest or 0.1) / step)
        return cls(first - margin, last + margin, reach, step, tuple(currents))

    def x(self, current: float) -> float:
        span = WIDTH - LEFT - RIGHT
        return LEFT + span * (math.log10(current) - self.first) / (self.last - self.first)

    def y(self, error: float) -> float:
        span = HEIGHT - TOP - BOTTOM
        return TOP + span * (self.reach - error) / (2 * self.reach)

    def drawn(self) -> list[str]:
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        parts = []
        for index in range(-round(self.reach / self.step), round(self.reach / self.step) + 1):
            error = index * self.step
            colour, y = ("#57606a" if index == 0 else "#d0d7de"), self.y(error)
            parts.append(
                f'<path d="M{LEFT:.1f} {y:.1f}H{right:.1f}" stroke="{colour}" fill="none"/>'
            )
            parts.append(_text(LEFT - 6, y + 4, f"{error:+.3g}" if index else "0", "end"))
        taken = -math.inf
        for current in self.currents:
            x = self.x(current)
            parts.append(
                f'<path d="M{x:.1f} {TOP:.1f}V{bottom:.1f}" stroke="#eaeef2" fill="none"/>'
            )
            if x - taken > 34:  # a label needs that much room
                parts.append(_text(x, bottom + 15, f"{current:.3g}", "middle"))
                taken = x
        parts.append(_text((LEFT + right) / 2, HEIGHT - 4, "current I / A", "middle"))
        middle = (TOP + bottom) / 2
        label = _text(0, 0, "error / %", "middle")
        parts.append(f'<g transform="translate(12 {middle:.1f}) rotate(-90)">{label}</g>')
        return parts


def _line(axes: _Axes, name: str, dots: Sequence[Dot]) -> list[str]:
    colour, dashes, marker = LINES.get(name, OTHER)
    parts = []
    for side in ("lower", "upper"):
        places = [
            (axes.x(dot.current), axes.y(limit))
            for dot in dots
            if (limit := getattr(dot, side)) is not None
        ]
        parts += [
            f'<path d="M{x - 7:.1f} {y:.1f}h14" stroke="{colour}" stroke-width="2.5" fill="none"/>'
            for x, y in places
        ]
    for dot in dots:
        if dot.uncertainty:
            top, bottom = axes.y(dot.error + dot.uncertainty), axes.y(dot.error - dot.uncertainty)
            parts.append(
                f'<path d="M{axes.x(dot.current):.1f} {top:.1f}V{bottom:.1f}" stroke="{colour}" '
                'fill="none"/>'
            )
    track = " ".join(f"{axes.x(dot.current):.1f},{axes.y(dot.error):.1f}" for dot in dots)
    parts.append(_stroke(track, colour, dashes))
    parts += [_marker(axes.x(dot.current), axes.y(dot.error), colour, marker) for dot in dots]
    return parts


def _legend(names: Mapping[str, object]) -> list[str]:
    x, parts = WIDTH - RIGHT + 12, []
    for index, name in enumerate(names):
        colour, dashes, marker = LINES.get(name, OTHER)
        y = TOP + 12 + 18 * index
        parts.append(_stroke(f"{x:.1f},{y:.1f} {x + 26:.1f},{y:.1f}", colour, dashes))
        parts.append(_marker(x + 13, y, colour, marker))
        parts.append(_text(x + 32, y + 4, f"PF {name}", "start"))
    y = TOP + 12 + 18 * len(names)
    parts.append(
        f'<path d="M{x + 6:.1f} {y:.1f}h14" stroke="#57606a" stroke-width="2.5" fill="none"/>'
    )
    parts.append(_text(x + 32, y + 4, "limit", "start"))
    return parts


def _stroke(track: str, colour: str, dashes: str) -> str:
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{track}" stroke="{colour}" stroke-width="1.4" fill="none"{dash}/>'


def _marker(x: float, y: float, colour: str, kind: str) -> str:
    if kind == "square":
        return f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6" fill="{colour}"/>'
    if kind == "triangle":
        return f'<path d="M{x - 4:.1f} {y + 3:.1f}h8l-4 -7z" fill="{colour}"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{colour}"/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _round_step(highest: float) -> float:
    """A step of 1, 2 or 5 times a power of ten that divides `highest` in two to four."""
    decade = 10.0 ** math.floor(math.log10(highest))
    return decade * next(
        part for part in (0.2, 0.5, 1.0, 2.0, 5.0) if highest / (decade * part) <= 4
    )
