"""Twin of the Fluke 6105A electrical power standard (users manual chapter 5; reference 1.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from bench.twins.faults import Fault
from bench.twins.scpi.command import Call, Command, Setting
from bench.twins.scpi.errors import ScpiError
from bench.twins.scpi.fluke6105a_channel import (
    CURRENT_RANGES,
    STANDARD_CURRENT_RANGES,
    VOLTAGE_RANGES,
    Channel,
)
from bench.twins.scpi.fluke6105a_commands import ChannelCommands
from bench.twins.scpi.fluke6105a_output import Drawn, Output, Peaks, SourceErrors
from bench.twins.scpi.formats import quoted, scientific
from bench.twins.scpi.instrument import LINK_FAULTS, ScpiInstrument
from bench.twins.scpi.parameters import Anything, Boolean, Choice, Number
from bench.twins.world import World
from drivers.roles import Identity

VOLTAGE, CURRENT = 0, 1
OPEN_LOOP_TIME = 0.5
"""Seconds from current into an open loop to the compliance trip; an assumption."""
OPEN_LOOP_CURRENT = 1e-4
"""A: what an open loop lets pass unnoticed; an assumption."""

PHASE = "[SOURce:]PHASe<1-3>"
ENERGY_COUNTER = (
    "ENERgy:MUT:SOURce",
    "ENERgy:REFerence:SOURce",
    "ENERgy:MUT:CONStant",
    "ENERgy:REFerence:CONStant",
    "ENERgy:OUTPut:CONStant",
)


class Fluke6105A(ScpiInstrument):
    """A source of one to three phases that feeds the circuits "L1" to "L3" of the world.

    Not known of the real unit and therefore chosen here: the maker and firmware fields of the
    identity, the ramp time after `*RST`, and which sign of a current's angle is lagging
    (`lagging_sign`). A range change with the output on drops that channel to zero and ramps it up
    again. Fluctuating harmonics, interharmonics and the energy counter are options that are not
    fitted (-241).
    """

    IDENTITY: ClassVar[Identity] = Identity("FLUKE", "6105A", "962318101", "4.20")
    FAULTS: ClassVar[tuple[Fault, ...]] = (
        *LINK_FAULTS,
        Fault(
            "refused_output",
            "the output drops `delay` seconds of lab time after ON",
            {"delay": (2.0, 0.0, 60.0)},
        ),
        Fault(
            "over_current_trip",
            "the output drops when a current exceeds `current` amperes",
            {"current": (10.0, 0.001, 120.0)},
        ),
        Fault("open_current_loop", "the current terminals are open: current trips the output"),
        Fault(
            "stuck_on",
            "OFF leaves the output on; OUTP:STAT? answers `reported`",
            {"reported": (1.0, 0.0, 1.0)},
        ),
        Fault("lost_link", "connections drop and are refused while the output is on"),
        Fault(
            "bias",
            "amplitudes are off by so many percent more",
            {"voltage": (1.0, -50.0, 50.0), "current": (0.0, -50.0, 50.0)},
        ),
    )

    def __init__(
        self,
        world: World,
        phases: int = 1,
        errors: SourceErrors | None = None,
        serial: str = "",
        lagging_sign: int = -1,
        high_current: bool = True,
    ) -> None:
        """`phases`: boxes fitted, 1 to 3. `high_current`: the 50 A and 80 A options are fitted.

        `lagging_sign`: -1 when a negative angle makes the current lag, +1 when a positive one does.
        """
        if not 1 <= phases <= 3:
            raise ValueError(f"a 6105A has 1 to 3 phases, not {phases}")
        ranges = CURRENT_RANGES[: None if high_current else STANDARD_CURRENT_RANGES]
        self._channels = [(Channel(VOLTAGE_RANGES), Channel(ranges)) for _ in range(phases)]
        self._lagging_sign = lagging_sign
        self._on = False
        super().__init__(world, serial)
        errors = errors or SourceErrors()
        self._drawn = Drawn(world, errors)
        circuits = [world.phases[f"L{number + 1}"] for number in range(phases)]
        frequency = self.settings.number("frequency") * self._drawn.frequency
        self._output = Output(world, circuits, errors, frequency)
        self._output.watch = self._watch_currents

    # the command table

    def rows(self) -> Iterable[Command | Setting]:
        """Reference table 1.1."""
        yield Command("OUTPut:STATe", self._switch, self._ask_state, (Boolean(),))
        yield Setting("OUTPut:RAMP:TIME", "ramp", Number("S", 0, 100, 2.0), 2.0)
        yield Setting("OUTPut:SENSe", "sense", Boolean(), False)
        frequency = Number("HZ", 16, 850, 50.0)
        yield Setting("[SOURce:]FREQuency", "frequency", frequency, 50.0, self._tune)
        yield Setting("[SOURce:]TERMinal:ROUTe", "route", Choice(("UPPer", "LOWer")), "UPP")
        yield Command(f"{PHASE}:FITTed", ask=lambda c: "1" if self._fitted(c) else "0")
        yield Command(f"{PHASE}:SERial", ask=self._ask_serial)
        yield Command(f"{PHASE}:MODel", ask=self._ask_model)
        yield Command(f"{PHASE}:POWer:WATT", ask=self._set_power)
        yield Command(f"{PHASE}:POWer:VA", ask=self._set_apparent)
        yield Command(f"{PHASE}:CURRent:EAMP:FITTed", ask=self._no_amplifier)
        for name, kind, unit in (("VOLTage", VOLTAGE, "V"), ("CURRent", CURRENT, "A")):
            yield Setting(f"UNIT:MHARmonics:{name}", f"unit {unit}", Choice(("ABS",)), "ABS")
            at = f"{PHASE}:{name}"
            yield from ChannelCommands(
                self._channel(kind), self._retarget, self._interrupt(kind)
            ).rows(at, unit, settable=kind == VOLTAGE)
            yield from (
                missing(f"{at}:{option}") for option in ("FHARmonics:STATe", "IHARmonics:STATe")
            )
        yield from (missing(pattern) for pattern in ENERGY_COUNTER)

    # what the commands do

    def defaults(self) -> None:
        """Output off, all channels at their defaults."""
        for pair in self._channels:
            for channel in pair:
                channel.reset()
        self._switch_off()

    def busy(self) -> bool:
        """While a ramp goes on."""
        return self.world.now < self._output.ramp_end

    @property
    def live(self) -> bool:
        """Whether anything is on the terminals, whatever the instrument says of itself."""
        return self._output.live

    def link_up(self) -> bool:
        """False while the output is on and the link is at fault."""
        return not (self._on and self.fault("lost_link") is not None)

    def faults_changed(self) -> None:
        """Act on faults that are events."""
        if self._on:
            self._retarget(at_once=True)
            self._arm()
        elif self._output.live and self.fault("stuck_on") is None:
            self._output.die()

    def _switch(self, call: Call) -> None:
        if not call.flag():
            self._switch_off()
        elif not self._on:
            self._on = True
            self._retarget()
            self._arm()

    def _switch_off(self) -> None:
        self._on = False
        if self.fault("stuck_on") is None:
            self._output.die()

    def _ask_state(self, _: Call) -> str:
        stuck = self.fault("stuck_on")
        if stuck and self._output.live and not self._on:
            return "1" if stuck["reported"] else "0"
        return "1" if self._on else "0"

    def _arm(self) -> None:
        """Schedule the trips that come some time after ON."""
        if refused := self.fault("refused_output"):
            self._trip_after(refused["delay"], lambda: self.fault("refused_output") is not None)

    def _trip_after(self, delay: float, cause: Callable[[], bool]) -> None:
        """The output drops `delay` s from now if it is still on and the cause is still there."""

        def happen() -> None:
            if self._on and cause():
                self._trip()

        self.world.schedule(self.world.now + delay, happen)

    def _trip(self) -> None:
        self._on = False
        self._output.die()

    def _watch_currents(self) -> None:
        """Look for a reason to trip after a step of the output."""
        if not self._on:
            return
        highest = max(self._output.current(phase) for phase in range(len(self._channels)))
        limit = self.fault("over_current_trip")
        if limit and highest > limit["current"]:
            self._trip()
        if self.fault("open_current_loop") is not None and highest > OPEN_LOOP_CURRENT:
            self._trip_after(OPEN_LOOP_TIME, lambda: self.fault("open_current_loop") is not None)

    def _tune(self, call: Call) -> None:
        self._output.tune(call.number(0) * self._drawn.frequency)

    def _retarget(self, at_once: bool = False) -> None:
        """Let the output go to what is set now."""
        if self._on:
            self._output.go(self._target(), 0.0 if at_once else self.settings.number("ramp"))

    def _target(self) -> list[tuple[Peaks, Peaks]]:
        bias = self.fault("bias") or {"voltage": 0.0, "current": 0.0}
        target: list[tuple[Peaks, Peaks]] = []
        for phase, (voltage, current) in enumerate(self._channels):
            turn = voltage.harmonics[1][1] + self._drawn.angle(phase, VOLTAGE)
            lag = self._lagging_sign * current.harmonics[1][1]
            pair = []
            for kind, channel, angle, more in (
                (VOLTAGE, voltage, turn, bias["voltage"]),
                (CURRENT, current, turn - lag + self._drawn.angle(phase, CURRENT), bias["current"]),
            ):
                gain = self._drawn.gain(phase, kind, channel.range_index) * (1 + more / 100)
                peaks = channel.peaks(angle) if channel.live else {}
                pair.append({order: peak * gain for order, peak in peaks.items() if peak})
            target.append((pair[VOLTAGE], pair[CURRENT]))
        return target

    def _fitted(self, call: Call) -> bool:
        return call.suffixes[0] <= len(self._channels)

    def _box(self, call: Call) -> tuple[Channel, Channel]:
        """The channels of the phase that a command addresses; -241 when it is not fitted."""
        if not self._fitted(call):
            raise ScpiError(-241, f"phase {call.suffixes[0]}")
        return self._channels[call.suffixes[0] - 1]

    def _channel(self, kind: int) -> Callable[[Call], Channel]:
        return lambda call: self._box(call)[kind]

    def _interrupt(self, kind: int) -> Callable[[Call], None]:
        def interrupt(call: Call) -> None:
            if self._output.live:
                self._output.interrupt(call.suffixes[0] - 1, kind)

        return interrupt

    def _ask_serial(self, call: Call) -> str:
        self._box(call)
        return quoted(f"{self.serial}{'' if call.suffixes[0] == 1 else f'-{call.suffixes[0]}'}")

    def _ask_model(self, call: Call) -> str:
        self._box(call)
        return quoted("6105A" if call.suffixes[0] == 1 else "6106A")

    def _no_amplifier(self, call: Call) -> str:
        self._box(call)
        return "0"

    def _set_power(self, call: Call) -> str:
        """Power from the settings, in W: sum of U I cos phi over the orders."""
        voltage, current = self._box(call)
        lag = self._lagging_sign * current.harmonics[1][1]
        u, i = voltage.peaks(0.0), current.peaks(-lag)
        watts = sum(
            (peak * i[order].conjugate()).real * (1.0 if order == 0 else 0.5)
            for order, peak in u.items()
            if order in i
        )
        return scientific(watts)

    def _set_apparent(self, call: Call) -> str:
        voltage, current = self._box(call)
        return scientific(voltage.rms * current.rms)


def missing(pattern: str) -> Command:
    """A command of an option that is not fitted."""

    def refuse(_: Call) -> None:
        raise ScpiError(-241)

    return Command(pattern, refuse, refuse, takes=(Anything(optional=True, repeated=True),))
