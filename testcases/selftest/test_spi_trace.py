"""The trace of an SPI bus: what went over the wire, in order, and no more than its length."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from drivers.errors import LinkError
from drivers.spi.bus import Segment
from drivers.spi.trace import TracedBus


class Wire:
    """A bus that answers each byte with its complement, or fails."""

    def __init__(self) -> None:
        self.failing = False
        self.calls: list[str] = []

    def transfer(self, chip: int, segments: Sequence[Segment]) -> list[bytes]:
        if self.failing:
            raise LinkError("the cable is out")
        return [bytes(255 - byte for byte in segment.data) for segment in segments]

    def refresh(self) -> None:
        self.calls.append("refresh")

    def close(self) -> None:
        self.calls.append("close")


def test_both_directions_are_kept_in_order() -> None:
    bus = TracedBus(Wire())
    assert bus.transfer(0, [Segment(b"\x16", 4.0), Segment(b"\x00\x00")]) == [b"\xe9", b"\xff\xff"]
    bus.transfer(0, [Segment(b"\x3e")])
    first, second = (line.split(" ", 1)[1] for line in bus.lines)
    assert first == "16 > e9 | 00 00 > ff ff"
    assert second == "3e > c1"
    assert str(bus).splitlines() == bus.lines


def test_a_failure_is_kept_too_and_goes_on() -> None:
    wire = Wire()
    bus = TracedBus(wire)
    wire.failing = True
    with pytest.raises(LinkError, match="the cable is out"):
        bus.transfer(0, [Segment(b"\x16")])
    assert bus.lines[-1].endswith("16 ! the cable is out")


def test_the_oldest_goes_first() -> None:
    bus = TracedBus(Wire(), length=3)
    for value in range(10):
        bus.transfer(0, [Segment(bytes([value]))])
    assert [line.split(" ")[1] for line in bus.lines] == ["07", "08", "09"]
    with pytest.raises(ValueError, match="at least one"):
        TracedBus(Wire(), length=0)


def test_the_rest_is_passed_on() -> None:
    wire = Wire()
    bus = TracedBus(wire)
    bus.refresh()
    bus.close()
    assert wire.calls == ["refresh", "close"]
