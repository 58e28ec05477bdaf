"""Twin of the Fluke Norma 4000/5000 power analyser (remote control guide; reference 2.2)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import ClassVar

from bench.twins.faults import Fault
from bench.twins.scpi.command import Call, Command, Setting
from bench.twins.scpi.errors import ScpiError
from bench.twins.scpi.formats import NAN, block, block_of_bytes, quoted, signed
from bench.twins.scpi.instrument import LINK_FAULTS, ScpiInstrument
from bench.twins.scpi.norma4000_averaging import Averaging
from bench.twins.scpi.norma4000_functions import (
    CAPACITIVE,
    NORMAL,
    OVERRANGE,
    UNDEFINED,
    Function,
    Interval,
    function,
)
from bench.twins.scpi.norma4000_integrator import Integrator
from bench.twins.scpi.norma4000_settings import OTHERS, acquisition, inputs
from bench.twins.scpi.norma4000_values import MeterErrors, OwnErrors, PhaseValues, true_values
from bench.twins.scpi.parameters import Boolean, Choice, Number, Text
from bench.twins.world import World
from drivers.roles import Identity

PHASES = 3
NAMES = (Text(repeated=True),)
MAYBE_NAMES = (Text(optional=True, repeated=True),)
FORMATS = Choice(("ASCii", "REAL"))
DIGITS = Number(low=0, high=64, whole=True, optional=True)


class Norma4000(ScpiInstrument):
    """Measures the circuits "L1" to "L3" of the world over averaging intervals of lab time.

    Assumed: without a signal to synchronise to, only what needs the frequency is undefined.
    """

    IDENTITY: ClassVar[Identity] = Identity("Fluke", "NORMA5000", "KN34512BA", "01.05")
    MEMORIES: ClassVar[range] = range(10, 25)
    FAULTS: ClassVar[tuple[Fault, ...]] = (
        *LINK_FAULTS,
        Fault("bias", "powers read so many percent more", {"percent": (1.0, -50.0, 50.0)}),
        Fault("stale", "DATA? keeps answering the interval that was complete when it began"),
    )

    def __init__(self, world: World, errors: MeterErrors | None = None, serial: str = "") -> None:
        """`errors`: how far readings are from the truth; drawn from the world's "reference"."""
        self._circuits = [world.phases[f"L{number}"] for number in range(1, PHASES + 1)]
        self._integrator = Integrator(lambda: self.settings, lambda: world.now)
        self._averaging = Averaging(self._circuits, self._aperture, self._sync_source)
        self._errors = OwnErrors(world, errors or MeterErrors(), PHASES)
        self._stale: tuple[float, float] | None = None
        self._measured: tuple[tuple[float, float], Interval] | None = None
        super().__init__(world, serial)
        self.defaults()

    # the command table

    def rows(self) -> Iterable[Command | Setting]:
        """Reference table 2.2."""
        yield Setting("ROUTe:SYSTem", "wiring", Text(), "3W", self._check_wiring)
        yield from acquisition(lambda _: self._begin_again())
        yield from inputs(
            lambda kind, call: self.settings.put(f"auto {kind}", False, *call.suffixes)
        )
        yield from OTHERS
        yield Command("[SENSe:]FUNCtion[:ON]", self._choose, self._ask_functions, NAMES)
        yield Command("[SENSe:]FUNCtion[:ON]:COUNt", ask=lambda _: str(len(self._functions)))
        yield Command("[SENSe:]FUNCtion:OFF:ALL", lambda _: self._functions.clear())
        yield Command("[SENSe:]DATA", ask=self._ask_data, asks=MAYBE_NAMES)
        yield Command("[SENSe:]DATA:STATus", ask=self._ask_data_status, asks=MAYBE_NAMES)
        yield Command(
            "INITiate:CONTinuous", self._set_continuous, self._ask_continuous, (Boolean(),)
        )
        yield Command("INITiate[:IMMediate]", lambda _: self.trigger())
        yield Command("ABORt", lambda _: None)
        yield Command("FORMat[:DATA]", self._set_format, self._ask_format, (FORMATS, DIGITS))
        yield from self._integrator.rows()

    # what the commands do

    def defaults(self) -> None:
        """No functions, ASCII with six digits, measuring without end."""
        self._functions: list[Function] = []
        self._format, self._lengths = "ASC", {"ASC": 6, "REAL": 64}
        self._integrator.reset()
        self._continuous = True
        self._begin_again()

    def busy(self) -> bool:
        """While the one interval goes on that INITiate began."""
        return not (self._continuous or self._averaging.finished(self.world.now))

    def trigger(self) -> None:
        """Measure one interval (`INITiate`, `*TRG`); -213 when measuring already."""
        if self._continuous or self.busy():
            raise ScpiError(-213)
        self._averaging.begin(self.world.now, 1)

    def number(self, value: float) -> str:
        """A setting: `1.5`, as the guide's examples have it."""
        return f"{value:.9G}"

    def faults_changed(self) -> None:
        """Keep the interval that is complete now when readings become stale."""
        if self.fault("stale") is None:
            self._stale = None
        elif self._stale is None:
            self._averaging.catch_up(self.world.now)
            self._stale = self._averaging.last

    def _aperture(self) -> float:
        return self.settings.number("aperture")

    def _sync_source(self) -> str:
        return self.settings.word("sync source") if self.settings.get("sync") else "OFF"

    def _begin_again(self) -> None:
        if self._continuous:
            self._averaging.begin(self.world.now)
        else:
            self._averaging.begin(self.world.now, 0)

    def _set_continuous(self, call: Call) -> None:
        if call.flag() != self._continuous:
            self._continuous = call.flag()
            if self._continuous:
                self._averaging.begin(self.world.now)
            else:
                self._averaging.catch_up(self.world.now)
                self._averaging.halt()

    def _ask_continuous(self, _: Call) -> str:
        return "1" if self._continuous else "0"

    def _fix_range(self, kind: str, call: Call) -> None:
        self.settings.put(f"auto {kind}", False, *call.suffixes)

    def _check_wiring(self, call: Call) -> None:
        if call.word(0) not in ("3W", "2W"):
            raise ScpiError(-224, call.word(0))

    def _choose(self, call: Call) -> None:
        chosen = [function(name) for name in call.words()]
        for one in chosen:
            self._integrator.check(one)
        self._functions = chosen

    def _ask_functions(self, _: Call) -> str:
        return ",".join(quoted(one.name) for one in self._functions) or quoted("")

    def _set_format(self, call: Call) -> None:
        kind, length = call.word(0), int(call.number(1, self._lengths[call.word(0)]))
        if kind == "ASC" and not 0 <= length <= 8:
            raise ScpiError(-222, str(length))
        if kind == "REAL" and length not in (32, 64):
            raise ScpiError(-224, str(length))
        self._format = kind
        self._lengths[kind] = length

    def _ask_format(self, _: Call) -> str:
        return f"{self._format},{self._lengths[self._format]}"

    def _ask_data(self, call: Call) -> str | bytes:
        return self._answer(self._values(call))

    def _ask_data_status(self, call: Call) -> str | bytes:
        values = self._values(call)
        states = [self._state(one, v) for one, v in zip(self._functions, values, strict=True)]
        answer = self._answer(values)
        if isinstance(answer, bytes):
            return answer + b"," + block_of_bytes(states)
        return ",".join([answer, *map(str, states)])

    def _values(self, call: Call) -> list[float]:
        """The values of the listed functions; a list given here replaces that of FUNCtion."""
        if call.words():
            self._choose(call)
        interval = self._interval()
        return [
            self._integrator.value(one, self._measure)
            if one.part
            else (one.value(interval) if interval else math.nan)
            for one in self._functions
        ]

    def _answer(self, values: list[float]) -> str | bytes:
        if self._format == "REAL":
            return block(values, self._lengths["REAL"], self.settings.word("byte order") == "SWAP")
        digits = self._lengths["ASC"] or 6
        return ",".join(signed(NAN if math.isnan(v) else v, digits - 1) for v in values)

    def _state(self, one: Function, value: float) -> int:
        if math.isnan(value):
            return UNDEFINED
        interval = self._interval()
        if one.name.endswith(":FACT") and interval:
            capacitive = sum(phase.reactive for phase in interval.chosen(one.phase)) < 0
            return CAPACITIVE if capacitive else NORMAL
        kind = one.name[:4]
        ranged = kind in ("VOLT", "CURR") and one.phase > 0
        if not ranged or self.settings.get(f"auto {kind}", one.phase):
            return NORMAL
        return OVERRANGE if value > self.settings.number(f"range {kind}", one.phase) else NORMAL

    def _interval(self) -> Interval | None:
        """The last complete averaging interval, None before the first."""
        self._averaging.catch_up(self.world.now)
        span = self._averaging.last if self.fault("stale") is None else self._stale
        if span is None:
            return None
        if self._measured is None or self._measured[0] != span:
            self._measured = (span, self._measure(*span))
        return self._measured[1]

    def _measure(self, start: float, stop: float) -> Interval:
        """What the instrument reads, averaged over a span of lab time."""
        frequency = self._averaging.frequency((start + stop) / 2) * self._errors.frequency
        phases = tuple(self._phase(number, start, stop) for number in range(PHASES))
        used = phases[:2] if self.settings.word("wiring") == "2W" else phases
        return Interval(phases, used, frequency, stop - start)

    def _phase(self, number: int, start: float, stop: float) -> PhaseValues:
        try:
            true = true_values(self._circuits[number], start, stop)
        except ValueError:  # so long ago that the circuit has forgotten it
            return PhaseValues(*[math.nan] * 7)
        read = self._errors.applied(number, true, stop)
        return read.scaled(
            self.settings.number("scale VOLT", number + 1),
            self.settings.number("scale CURR", number + 1),
            1.0 + (self.fault("bias") or {"percent": 0.0})["percent"] / 100,
        )
