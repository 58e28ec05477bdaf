"""A small instrument with the headers that the reference's section 3 talks about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from bench.twins.scpi.command import Call, Command, Setting
from bench.twins.scpi.formats import quoted
from bench.twins.scpi.instrument import ScpiInstrument
from bench.twins.scpi.parameters import Boolean, Channels, Choice, Number, Text
from drivers.roles import Identity


class Toy(ScpiInstrument):
    """`ramp_end`: lab time until which an overlapped operation goes on."""

    IDENTITY: ClassVar[Identity] = Identity("Maker", "Toy", "SN1", "1.0")

    ramp_end = 0.0

    def rows(self) -> Iterable[Command | Setting]:
        return (
            Setting("OUTPut[:STATe]", "output", Boolean(), False),
            Command("OUTPut:PROTection:CLEar", lambda _: None),
            Setting("[SOURce:]VOLTage[:LEVel]", "voltage", Number("V", 0, 300, 0.0), 0.0),
            Setting("[SOURce:]VOLTage:RANGe", "range", Number("V", 0, 300, 300.0), 300.0),
            Setting("[SOURce:]CURRent", "current", Number("A", 0, 5e6, 0.0), 0.0),
            Setting("[SOURce:]FREQuency", "frequency", Number("HZ", 0, 1e9, 50.0), 50.0),
            Setting("[SOURce:]PHASe<1-3>:ANGLe", "angle", Number("DEG", -360, 360, 0.0), 0.0),
            Setting("LOAD", "load", Number("OHM", 0, 1e9, 50.0, infinite=True), 50.0),
            Setting("COUPling", "coupling", Choice(("AC", "DC", "GROund")), "AC"),
            Setting("COUNt", "count", Number(low=0, high=1000, whole=True), 0.0),
            Setting("LABel", "label", Text(), ""),
            Command("TIME:WAIT", self._wait, takes=(Number("S", 0, 1000),)),
            Command("CHANnels", ask=self._channels, asks=(Channels(),)),
            Command("LONG", ask=lambda call: "x" * int(call.number(0)), asks=(Number(),)),
            Command("BREAK", ask=lambda _: str(1 // 0)),
        )

    def busy(self) -> bool:
        return self.world.now < self.ramp_end

    def _wait(self, call: Call) -> None:
        self.ramp_end = self.world.now + call.number(0)

    def _channels(self, call: Call) -> str:
        return quoted(" ".join(map(str, call.channels(0))))
