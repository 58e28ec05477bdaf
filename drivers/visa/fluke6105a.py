"""Fluke 6105A and 6100B electrical power standard: a phantom-load power source."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from drivers.clock import Clock
from drivers.errors import BenchError, CommandRejected, DeviceError, LinkError, OutputRefused
from drivers.roles import PhaseSetting
from drivers.safe import SafeSequence
from drivers.visa.commands import control, setting
from drivers.visa.fluke6105a_channel import Channel, Phase
from drivers.visa.fluke6105a_levels import FREQUENCY, ChannelLevels, LevelRules, LoadLevels
from drivers.visa.limits import SiteLimits
from drivers.visa.link import MessageLink
from drivers.visa.scpi import ScpiInstrument
from drivers.visa.values import Choice, Real, Switch

log = logging.getLogger(__name__)

LOWEST_RAMP = 0.0
"""s; labs refuse less than 2 s, the instrument's own lowest value is not in a source at hand."""


class Fluke6105a(ScpiInstrument):
    """The power source role on a Fluke 6105A, 6100B or 6100A.

    Every opening of the link begins with the output off, before the instrument is even asked who
    it is; so after a lost link the output is off and stays off until `switch_on`. Voltage angles
    are absolute, each current angle is relative to its own voltage; a harmonic's angle counts
    from the rising zero crossing of its channel's fundamental (not in a source at hand).
    """

    MODELS = ("6105A", "6100B", "6100A")
    SAFE_SEQUENCE: ClassVar[SafeSequence] = SafeSequence(
        off=":OUTP:STAT OFF", query=":OUTP:STAT?", off_replies=("0", "OFF")
    )
    FIRST = (SAFE_SEQUENCE.off,)

    output = control(":OUTP:STAT", Switch(), "The master output")
    ramp_time = control(":OUTP:RAMP:TIME", Real("s", LOWEST_RAMP, 60.0), "Soft start")
    sensing = control(":OUTP:SENS", Switch(), "Four-wire sensing of the voltages")
    frequency = control(":SOUR:FREQ", Real("Hz", *FREQUENCY), "Frequency of all phases")
    voltage_unit = setting(":UNIT:MHAR:VOLT", Choice(("ABS",)), "Unit of voltage harmonics")
    current_unit = setting(":UNIT:MHAR:CURR", Choice(("ABS",)), "Unit of current harmonics")

    def __init__(
        self,
        resource: str,
        clock: Clock,
        *,
        limits: SiteLimits | None = None,
        ramp: float = 2.0,
        settle: float = 12.0,
        lagging_sign: int = -1,
        headroom: float = 1.02,
        largest_current: float = 80.0,
        four_wire: bool = False,
        timeout: float = 5.0,
        backend: str = "@py",
        link: MessageLink | None = None,
    ) -> None:
        """Open the source, switch it off, and reset it.

        `limits`: of the site. `ramp`: soft start in s (0 to 60; labs use 2 to 5); `settle`: until
        readings can be trusted, in s (>= 0; 12 to 30 for parts per million). `lagging_sign`: -1 if
        a negative current angle lags (assumed), 1 if a positive one does; check on the first real
        unit. `headroom` (>= 1) of ranges. `largest_current`: 21 A, with options 50 or 80 A.
        `four_wire`: sense voltages at the load. Raises `ValueError`, `LinkError`, `WrongDevice`,
        `CommandRejected`, or `OutputRefused` if the output is on after the reset.
        """
        if not settle >= 0.0:
            raise ValueError(f"settling time of {settle} s: it must not be negative")
        if not LOWEST_RAMP <= ramp <= 60.0:
            raise ValueError(f"ramp of {ramp} s: allowed are {LOWEST_RAMP} to 60 s")
        self._rules = LevelRules(limits or SiteLimits(), headroom, lagging_sign, largest_current)
        self._ramp = ramp
        self._settle = settle
        self._four_wire = four_wire
        self._phases: dict[int, Phase] = {}
        self._levels: LoadLevels | None = None
        self._zeroed = True
        self._expected_on = False
        self._shut = False
        super().__init__(resource, clock, timeout=timeout, backend=backend, link=link)

    def apply(self, frequency: float, phases: Sequence[PhaseSetting]) -> None:
        """Set frequency (Hz) and phases 1..n: V, A (RMS), degrees; phases beyond the list to zero.

        Never switches the output on. With the output on, new levels within the present ranges are
        sent at once; a change of range takes the output off, changes, and on again over the ramp.
        Raises `ValueError` before a byte is sent when a value is outside the source's range
        (16 to 850 Hz, 1008 V, the fitted current) or the site limits; `LinkError`,
        `CommandRejected` or `OutputRefused` after switching off.
        """
        levels = self._rules.levels(frequency, phases, self._phases or (1, 2, 3))
        self._safely(lambda: self._apply(levels))

    def switch_on(self) -> None:
        """Output on with the levels last applied; wait for the ramp; check that it stayed on.

        Raises `OutputRefused` when it did not (open current loop, shorted voltage), `LinkError`,
        `CommandRejected`; the output is off then.
        """
        self._safely(self._switch_on)

    def switch_off(self) -> None:
        """Output off from any state and any thread; a second call does no harm.

        Currents to zero, current channels off, voltages to zero, voltage channels off, output
        off, then read back. A step that fails does not stop the others. Raises `LinkError` or
        `OutputRefused` when the output cannot be shown to be off: then open the mains contactor.
        """
        with self.link.lock:
            if self._shut:
                return
            self._expected_on = False
            self._zeroed = True
            self._lower()
            self._prove_off()

    def is_on(self) -> bool:
        """Whether the output is on. Raises `LinkError`."""
        return self.output

    def settle(self) -> None:
        """Let ramp and settling time (s) pass on the clock, then check output and error queue.

        Raises `OutputRefused` when an output that should be on is off, `CommandRejected` for an
        error in the queue, `LinkError`.
        """
        self.clock.sleep(self._ramp + self._settle)
        with self.link.lock:
            if self._expected_on:
                self._check_on("tripped")
            self._raise_for("what came before", self.drain_errors())

    def self_check(self) -> str:
        """Run the instrument's own test, output off; '' when good, else its complaint in words.

        Raises `LinkError` when nobody answers.
        """
        if self.is_on():
            return "not tested: the output is on"
        return super().self_check()

    def close(self) -> None:
        """Switch off, then release the port; a second call does nothing. Errors as `switch_off`."""
        with self.link.lock:
            try:
                self.switch_off()
            finally:
                self._shut = True
                super().close()

    def _prepare(self) -> None:
        self._zeroed = True
        self.reset()
        if self.output:
            raise OutputRefused(f"{self.address}: the output is on after *RST: open its mains")
        self.sensing = self._four_wire
        self.ramp_time = self._ramp
        self.voltage_unit = "ABS"
        self.current_unit = "ABS"
        phases = (Phase(self, number) for number in (1, 2, 3))
        self._phases = {number: phase for number, phase in enumerate(phases, 1) if phase.fitted}

    def _apply(self, levels: LoadLevels) -> None:
        with self.link.lock:
            self.ensure_prepared()
            on = self.output
            if on and not self._crosses_a_range(levels):
                self.frequency = levels.frequency
                for channel, wanted in self._channels(levels):
                    channel.change(wanted)
            else:
                if on:
                    self.switch_off()
                self._set(levels)
            self._levels = levels
        if on and not self._expected_on:
            self._switch_on()

    def _channels(self, levels: LoadLevels) -> Iterator[tuple[Channel, ChannelLevels | None]]:
        for number, phase in self._phases.items():
            yield phase.voltage, levels.voltages[number]
            yield phase.current, levels.currents[number]

    def _crosses_a_range(self, levels: LoadLevels) -> bool:
        return any(channel.differs(wanted) for channel, wanted in self._channels(levels))

    def _set(self, levels: LoadLevels) -> None:
        """All settings of a load point; the output is off."""
        self.frequency = levels.frequency
        for channel, wanted in self._channels(levels):
            channel.set(wanted)
        self._zeroed = False

    def _switch_on(self) -> None:
        with self.link.lock:
            self.ensure_prepared()
            if self._zeroed and self._levels is not None:
                if self.output:  # somebody at its front panel
                    self._open_output()
                self._set(self._levels)
            rising = not self.output
            self._expected_on = True
            if rising:
                self.output = True
        if rising:
            self.clock.sleep(self._ramp)  # without the lock: another thread may switch off
        with self.link.lock:
            if not self._expected_on:
                raise OutputRefused(f"{self.address}: switched off while it went up its ramp")
            self._check_on("did not switch on")

    def _check_on(self, what: str) -> None:
        if not self.output:
            self._expected_on = False
            causes = "; ".join(f"error {code}, {text!r}" for code, text in self.drain_errors())
            log.warning("%s: output %s %s", self.address, what, causes)
            raise OutputRefused(
                f"{self.address}: the output {what} ({causes or 'no error in its queue'}): look "
                "for an open current loop, a shorted voltage or an overload"
            )

    def _safely(self, work: Callable[[], None]) -> None:
        """Do `work`; after any failure the output is taken to be on, and switched off."""
        try:
            work()
        except BaseException as failure:
            log.warning("%s: switching off after %r", self.address, failure)
            try:
                self.switch_off()
            except BenchError as also:
                failure.add_note(f"and switching off failed: {also}")
            raise

    def _lower(self) -> None:
        """The soft part of switching off, as far as it goes."""
        steps: list[Callable[[], None]] = []
        currents: list[Channel] = [phase.current for phase in self._phases.values()]
        voltages: list[Channel] = [phase.voltage for phase in self._phases.values()]
        for channels in (currents, voltages):
            for channel in channels:
                steps += [channel.clear_harmonics, channel.zero_fundamental]
            steps += [channel.disconnect for channel in channels]
        steps.append(self._open_output)
        for step in steps:
            try:
                step()
            except CommandRejected as refusal:
                log.warning("%s: %s", self.address, refusal)
            except (LinkError, DeviceError) as error:
                log.warning("%s: lost while switching off: %s", self.address, error)
                return  # opening the link again begins with off

    def _open_output(self) -> None:
        self.output = False

    def _prove_off(self) -> None:
        """Read the output back, over a new link if need be; one more off if it is still on."""
        try:
            on = self.output
        except LinkError:
            on = self.output  # a new link, which begins with off
        if on:
            self._open_output()
            if self.output:
                raise OutputRefused(
                    f"{self.address}: the output stays on: open the mains contactor of the source"
                )
        log.info("%s: output off", self.address)
