"""Keysight 53230A and 53220A counters: frequency and gated count on input 1."""

from __future__ import annotations

import math

from drivers.clock import Clock
from drivers.errors import CommandRejected, DeviceError, DeviceTimeout, LinkFraming
from drivers.visa.commands import control
from drivers.visa.link import MessageLink
from drivers.visa.scpi import ScpiInstrument
from drivers.visa.values import Choice, Real, Switch, read_number

GATE = (1e-3, 1000.0)
"""s; the 53220A counts from 100 us to 1000 s, bench gates are longer than a millisecond."""

TIMED_OUT = 321
"""Error number of the instrument for a measurement that timed out."""

POLLS = 40
"""Looks at the number of readings while waiting for an edge."""


class Keysight53230a(ScpiInstrument):
    """The pulse counter role on a Keysight 53230A or 53220A.

    CONF switches the automatic threshold on again and the trigger back: all input settings are
    sent after every CONF. The automatic threshold is useless below 50 Hz, where CF outputs live,
    so the threshold is fixed. READ? would keep the wire busy for the whole gate: INIT, wait on
    the clock, FETC? instead.
    """

    MODELS = ("53230A", "53220A")

    coupling = control(":INP1:COUP", Choice(("AC", "DC")), "Input coupling")
    impedance = control(":INP1:IMP", Real("ohm", 50.0, 1e6), "Input impedance")
    range_ = control(":INP1:RANG", Real("V", 5.0, 50.0), "Input range, 5 or 50")
    auto_level = control(":INP1:LEV:AUTO", Switch(), "Automatic threshold")
    level = control(":INP1:LEV", Real("V", -50.0, 50.0), "Threshold")
    slope = control(":INP1:SLOP", Choice(("POS", "NEG")), "Active edge")
    noise_reject = control(":INP1:NREJ", Switch(), "Wide hysteresis")
    trigger_source = control(":TRIG:SOUR", Choice(("IMM", "EXT", "BUS")), "What starts a reading")
    gate_time = control(":FREQ:GATE:TIME", Real("s", *GATE), "Gate of a frequency reading")
    time_out = control(":SYST:TIM", Real("s", 0.01, 2000.0), "Longest wait for a reading")

    def __init__(
        self,
        resource: str,
        clock: Clock,
        *,
        level: float = 2.5,
        slope: str = "POS",
        coupling: str = "DC",
        noise_reject: bool = True,
        timeout: float = 5.0,
        backend: str = "@py",
        link: MessageLink | None = None,
    ) -> None:
        """Open and reset the counter.

        `level`: threshold in V (-50 to 50; up to 5 on the 5 V range, which is then used).
        `slope`: active edge, POS or NEG. `coupling`: DC or AC. Raises `ValueError`, `LinkError`,
        `WrongDevice`, `CommandRejected`.
        """
        if not abs(level) <= 50.0:
            raise ValueError(f"threshold of {level} V: allowed are -50 to 50 V")
        self._level = level
        self._slope = slope
        self._coupling = coupling
        self._noise_reject = noise_reject
        super().__init__(resource, clock, timeout=timeout, backend=backend, link=link)

    def frequency(self, gate: float) -> float:
        """Mean frequency in Hz over whole periods, for at least `gate` s (0.001 to 600).

        The counter is reciprocal: it waits for an edge, opens, and closes at the first edge after
        `gate`. 0.0 when it has not closed after three gates. Raises `ValueError` before a byte is
        sent, `DeviceError` for an overflow, `LinkError`, `CommandRejected`.
        """
        if not GATE[0] <= gate <= 600.0:
            raise ValueError(f"gate of {gate} s: allowed are {GATE[0]:g} to 600 s")
        longest = max(3.0 * gate, 0.01)
        with self.link.lock:
            self.ensure_prepared()
            self._configure(":CONF:FREQ DEF,DEF,(@1)", longest)
            self.gate_time = gate
            return self._measure(gate, longest)

    def count(self, gate: float) -> int:
        """Pulses within a gate of `gate` s (0.001 to 1000).

        Raises `ValueError` before a byte is sent, `DeviceTimeout` when no count came, `DeviceError`
        for an overflow, `LinkError`, `CommandRejected`.
        """
        if not GATE[0] <= gate <= GATE[1]:
            raise ValueError(f"gate of {gate} s: allowed are {GATE[0]:g} to {GATE[1]:g} s")
        longest = min(max(2.0 * gate, 0.01), 2000.0)
        with self.link.lock:
            self.ensure_prepared()
            self._configure(f":CONF:TOT:TIM {gate:.9G},(@1)", longest)
            total = self._measure(gate, longest, none=math.nan)
        if math.isnan(total):
            raise DeviceTimeout(f"{self.address}: no count after {longest:g} s: check its trigger")
        return round(total)

    def _prepare(self) -> None:
        self.reset()

    def _configure(self, function: str, longest: float) -> None:
        self.tell(function)
        self.coupling = self._coupling
        self.impedance = 1e6
        self.range_ = 5.0 if abs(self._level) <= 5.0 else 50.0
        self.auto_level = False
        self.level = self._level
        self.slope = self._slope
        self.noise_reject = self._noise_reject
        self.trigger_source = "IMM"
        self.time_out = longest

    def _measure(self, gate: float, longest: float, none: float = 0.0) -> float:
        """Start, wait on the clock for a reading and fetch it; `none` when there is none."""
        self.tell(":INIT")
        self.clock.sleep(gate)
        for _ in range(POLLS + 2):  # a little longer than the counter's own time-out
            if self.ask(":DATA:POIN?").strip() not in ("0", "+0"):
                break
            self.clock.sleep((longest - gate) / POLLS)
        else:
            self.link.write(":ABOR")
            self._check_errors()
            return none
        reply = self.ask(":FETC?")
        try:
            value = read_number(reply)
        except ValueError as error:
            self.resynchronise(f"{reply!r} is no number")
            raise LinkFraming(
                f"{self.address}: :FETC? was answered {reply!r}, which is not a number"
            ) from error
        self._check_errors()
        if math.isinf(value):
            raise DeviceError(f"{self.address}: the reading overflowed: check signal and gate")
        return none if math.isnan(value) else value

    def _check_errors(self) -> None:
        """A measurement that timed out is a result; anything else in the error queue is not."""
        for code, text in self.drain_errors():
            if code != TIMED_OUT:
                raise CommandRejected(
                    f"{self.address}: error {code}, {text!r} while counting", code=code, text=text
                )
