"""The last traffic on the wires, as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from bench.station import Station
from drivers.visa.link import MessageLink
from drivers.visa.trace import TraceEntry

LINES = 200
"""Messages shown of each wire: those of the last few load points."""


@runtime_checkable
class _Linked(Protocol):
    """An instrument that is reached over a message link."""

    link: MessageLink


def spi_trace(station: Station, number: int) -> str:
    """The last transfers to the chip at place `number`; '' where none are kept."""
    for position in station.positions:
        if position.number == number and position.trace is not None:
            return "\n".join(position.trace.lines[-LINES:])
    return ""


def scpi_traces(station: Station) -> str:
    """The last messages to and from each instrument, by role."""
    parts = []
    for role, (instrument, _) in station.instruments.items():
        if isinstance(instrument, _Linked):
            lines = _shortened(instrument.link.trace.entries)[-LINES:]
            parts.append("\n".join([f"{role}, {instrument.link.address}:", *lines]))
    return "\n\n".join(parts)


def _shortened(entries: Sequence[TraceEntry]) -> list[str]:
    """The entries as lines; a question asked again with the same answer is only counted."""
    lines: list[str] = []
    repeats, at = 0, 0
    while at < len(entries):
        pair = [(entry.direction, entry.text) for entry in entries[at : at + 2]]
        before = [(entry.direction, entry.text) for entry in entries[max(at - 2, 0) : at]]
        if pair == before and pair[0][0] == ">":
            repeats, at = repeats + 1, at + 2
            continue
        if repeats:
            lines.append(f"... the same again, {repeats} times")
        repeats = 0
        lines.append(str(entries[at]))
        at += 1
    return [*lines, *([f"... the same again, {repeats} times"] if repeats else [])]
