"""Twin of the Keysight 53230A counter (user guide, programmer's reference; reference 2.6)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from bench.twins.faults import Fault
from bench.twins.pulses import PulseOutput
from bench.twins.scpi.command import Call, Command, Setting, Wait
from bench.twins.scpi.errors import ScpiError
from bench.twins.scpi.formats import signed
from bench.twins.scpi.instrument import LINK_FAULTS, ScpiInstrument
from bench.twins.scpi.keysight53230a_input import Conditioning, PulseInput
from bench.twins.scpi.keysight53230a_measurement import Edges, Measurement, Plan
from bench.twins.scpi.keysight53230a_settings import CONFIGURED, input_settings, other_settings
from bench.twins.scpi.parameters import Channels, Number
from bench.twins.world import World
from drivers.roles import Identity

ALREADY_LOCKED = '514,"Not allowed; Instrument locked by another I/O session"\n'
NO_READ = " cannot use READ? with continuous totalize"
CHANNEL = Channels(most=1, optional=True)
EXPECTED = Number("HZ", 1e-3, 350e6, 1e3, optional=True)
RESOLUTION = Number("HZ", 1e-15, 1e6, 1e-3, optional=True)
NOTHING: tuple[PulseOutput, ...] = ()


class Keysight53230A(ScpiInstrument):
    """A counter whose input 1 gets whatever `routed` tells, input 2 whatever `second` tells.

    EXT is wired to the same as input 2. Counts pulses (TOT) and measures frequency (FREQ). Not
    known of the real unit: that `SYST:TIM` runs from the trigger, also over the gate.
    """

    IDENTITY: ClassVar[Identity] = Identity(
        "Agilent Technologies", "53230A", "MY50001234", "02.05-1519.666-1.19-4.15-127-155-35"
    )
    MEMORIES: ClassVar[range] = range(5)
    SINGLE_SESSION: ClassVar[str] = ALREADY_LOCKED
    FAULTS: ClassVar[tuple[Fault, ...]] = (
        *LINK_FAULTS,
        Fault("dead_input", "input 1 sees no pulse"),
    )

    def __init__(
        self,
        world: World,
        routed: Callable[[], Sequence[PulseOutput]],
        second: Callable[[], Sequence[PulseOutput]] = lambda: NOTHING,
        time_base: float = 1.0,
        serial: str = "",
    ) -> None:
        """`time_base`: standard deviation over instruments of its error in ppm."""
        self._inputs = {1: PulseInput(self._on_input_1), 2: PulseInput(second)}
        self._routed = routed
        self._time_base = float(world.chance("counter").normal(0.0, time_base * 1e-6))
        self._measurement: Measurement | None = None
        super().__init__(world, serial)
        self.defaults()

    # the command table

    def rows(self) -> Iterable[Command | Setting]:
        """Reference table 2.6."""
        gate = Number("S", 1e-6, 1000.0, 0.1, optional=True, clipped=self._clipped)
        frequency = (EXPECTED, RESOLUTION, CHANNEL)
        for verb, use in (("CONFigure", self._configured), ("MEASure", self._measured)):
            for tail, function, takes in (
                ("[:SCALar][:VOLTage]:FREQuency", "FREQ", frequency),
                ("[:SCALar][:VOLTage]:TOTalize:TIMed", "TOT", (gate, CHANNEL)),
                ("[:SCALar][:VOLTage]:TOTalize:CONTinuous", "CONT", (CHANNEL,)),
            ):
                if verb == "CONFigure":
                    yield Command(verb + tail, use(function), takes=takes)
                elif function != "CONT":
                    yield Command(verb + tail, ask=use(function), asks=takes)
        yield Command("INITiate[:IMMediate]", lambda _: self._initiate())
        yield Command("ABORt", lambda _: self._abort())
        yield Command("READ", ask=lambda _: self._read())
        yield Command("FETCh", ask=lambda _: self._fetch())
        yield Command("DATA:POINts", ask=lambda _: self.integer(self._points()))
        yield Command("[SENSe:]TOTalize:DATA", ask=lambda _: self._running_total())
        yield Command("SYSTem:PRESet", lambda _: self.reset())
        yield Command("INPut<1-2>:PROTection", ask=lambda _: "0")
        yield Command("INPut<1-2>:PROTection:CLEar", lambda _: None)
        for word, choose in (("MINimum", _lowest), ("MAXimum", _highest), ("PTPeak", _span)):
            yield Command(f"INPut<1-2>:LEVel:{word}", ask=self._ask_swing(choose))
        yield from input_settings(self._level_changed, self._auto_changed, self._clipped)
        yield from other_settings(self._gate_checked, self._clipped)

    # what the commands do

    def defaults(self) -> None:
        """Frequency on input 1, nothing measured."""
        self._function, self._channel = "FREQ", 1
        self._measurement = None

    def integer(self, value: int) -> str:
        """Integers have a sign: `+0`."""
        return f"{value:+d}"

    def number(self, value: float) -> str:
        """`+1.21510000000000E+004`."""
        return signed(value, 14, 3)

    def busy(self) -> bool:
        """While a measurement goes on that ends by itself."""
        now = self.world.now
        running = self._measurement
        return bool(running and not running.continuous and not self._finished(running, now))

    def trigger(self) -> None:
        """`*TRG`: begin the measurement that waits for it, else -211."""
        running = self._measurement
        if running is None or not math.isinf(running.begin) or self._trigger_source() != "BUS":
            raise ScpiError(-211)
        running.trigger(self.world.now)

    def _on_input_1(self) -> Sequence[PulseOutput]:
        return NOTHING if self.fault("dead_input") is not None else self._routed()

    def _clipped(self, limit: str) -> None:
        self.status.report(ScpiError(-222, f" value clipped to {limit} limit"))

    def _configured(self, function: str) -> Callable[[Call], None]:
        """CONFigure: choose the function, and give trigger and level their defaults again."""

        def configure(call: Call) -> None:
            channel = call.channels(len(call.values) - 1, (1,))[0]
            if channel not in self._inputs:
                raise ScpiError(-224, f"(@{channel})")
            self._measurement = None
            self._function, self._channel = function, channel
            self.settings.reset(*CONFIGURED)
            if function == "TOT":
                self.settings.put("gate TOT", call.number(0, 0.1))

        return configure

    def _measured(self, function: str) -> Callable[[Call], Wait]:
        configure = self._configured(function)

        def measure(call: Call) -> Wait:
            configure(call)
            return self._read()

        return measure

    def _initiate(self) -> None:
        running = self._measurement
        if running is not None and not self._finished(running, self.world.now):
            raise ScpiError(-213)
        kind = "FREQ" if self._function == "FREQ" else "TOT"
        immediate = self._trigger_source() == "IMM"
        plan = Plan(
            self._function,
            self.settings.number(f"gate {kind}"),
            self.settings.word(f"gate source {kind}"),
            self.settings.word("gate polarity"),
            int(self.settings.number("triggers") * self.settings.number("samples")),
            self.settings.number("time-out"),
            self._time_base,
        )
        gating = 2 if plan.gate_source in ("EXT", "INP2") else 1
        self._measurement = Measurement(
            plan,
            self.world.now + self.settings.number("trigger delay") if immediate else math.inf,
            self._events(self._channel),
            self._inputs[gating].pulses,
        )

    def _events(self, channel: int) -> Callable[[float, float], Edges]:
        def events(start: float, stop: float) -> Edges:
            return self._inputs[channel].events(start, stop, self._conditioning(channel))

        return events

    def _conditioning(self, channel: int) -> Conditioning:
        settings = self.settings
        auto = bool(settings.get("auto level", channel))
        return Conditioning(
            None if auto else settings.number("level", channel),
            settings.number("range", channel),
            settings.word("slope", channel),
            settings.word("coupling", channel),
        )

    def _trigger_source(self) -> str:
        return self.settings.word("trigger source")

    def _abort(self) -> None:
        if self._measurement and not self._finished(self._measurement, self.world.now):
            self._measurement.aborted_at = self.world.now

    def _finished(self, measurement: Measurement, now: float) -> bool:
        before = measurement.timed_out
        finished = measurement.finished(now)
        if measurement.timed_out and not before:
            self.status.report(ScpiError(321, text="Measurement timeout occurred"))
        return finished

    def _read(self) -> Wait:
        if self._function == "CONT":
            raise ScpiError(-221, NO_READ)
        self._abort()
        self._initiate()
        return self._fetch()

    def _fetch(self) -> Wait:
        measurement = self._measurement
        if measurement is None or (measurement.continuous and math.isinf(measurement.aborted_at)):
            raise ScpiError(-230)
        return Wait(
            lambda: self._finished(measurement, self.world.now), lambda: self._fetched(measurement)
        )

    def _fetched(self, measurement: Measurement) -> str:
        if measurement.continuous:
            return self.number(measurement.total(self.world.now))
        if not measurement.readings:
            raise ScpiError(-230)
        return ",".join(self.number(reading) for reading in measurement.readings)

    def _points(self) -> int:
        measurement = self._measurement
        if measurement is None:
            return 0
        finished = self._finished(measurement, self.world.now)
        return int(finished) if measurement.continuous else len(measurement.readings)

    def _running_total(self) -> str:
        if self._measurement is None or not self._measurement.continuous:
            raise ScpiError(-230)
        return self.number(self._measurement.total(self.world.now))

    def _level_changed(self, call: Call) -> None:
        self.settings.put("auto level", False, *call.suffixes)

    def _auto_changed(self, call: Call) -> None:
        """ONCE finds a level and keeps it: the middle of the signal."""
        if self.settings.get("auto level", *call.suffixes) == "ONCE":
            self.settings.put("auto level", False, *call.suffixes)
            coupling = self.settings.word("coupling", *call.suffixes)
            low, high = self._inputs[call.suffixes[0]].swing(self.world.now, coupling)
            self.settings.put("level", (low + high) / 2, *call.suffixes)

    def _ask_swing(self, choose: Callable[[float, float], float]) -> Callable[[Call], str]:
        def ask(call: Call) -> str:
            coupling = self.settings.word("coupling", *call.suffixes)
            return self.number(
                choose(*self._inputs[call.suffixes[0]].swing(self.world.now, coupling))
            )

        return ask

    def _gate_checked(self, _: Call) -> None:
        """The gate input may not be the counted one (-221)."""
        if self.settings.word("gate source TOT") == f"INP{self._channel}":
            raise ScpiError(-221, " gate input is the measured input")


def _lowest(low: float, _: float) -> float:
    return low


def _highest(_: float, high: float) -> float:
    return high


def _span(low: float, high: float) -> float:
    return high - low
