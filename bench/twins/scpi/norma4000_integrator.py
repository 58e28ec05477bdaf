"""The energy integrator of a Norma power analyser (remote control guide, CALCulate:INTegral)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from bench.twins.scpi.command import Call, Command, Setting
from bench.twins.scpi.errors import ScpiError
from bench.twins.scpi.formats import quoted
from bench.twins.scpi.norma4000_functions import Function, Interval, function
from bench.twins.scpi.parameters import Boolean, Choice, Number, Text
from bench.twins.scpi.settings import Settings

MOST_FUNCTIONS = 6
SECONDS_PER_UNIT = 3600.0
"""Integrals of power are in Wh; an assumption: the guide gives no unit."""

Measure = Callable[[float, float], Interval]


class Integrator:
    """Integrates functions from a start to a stop of lab time."""

    def __init__(self, settings: Callable[[], Settings], now: Callable[[], float]) -> None:
        self._settings = settings
        self._now = now
        self.reset()

    def reset(self) -> None:
        """Default functions, nothing integrated."""
        self.functions = [function(name) for name in ("POW1", "POW2", "POW3", "POW")]
        self._spans: list[tuple[float, float]] = []

    def rows(self) -> Iterable[Command | Setting]:
        """The commands."""
        at = "CALCulate:INTegral"
        sources = ("CMD", "TIME", "MAN")
        wait = Number("S", 1e-3, 9.99e6, 60.0)
        yield Setting(f"{at}[:STATe]", "integrate", Boolean(), False)
        yield Command(f"{at}:FUNCtion", self._choose, self._ask_functions, (Text(repeated=True),))
        yield Command(f"{at}:CLEar[:IMMediate]", lambda _: self._spans.clear())
        yield Setting(f"{at}:CLEar:AUTO", "clear at start", Boolean(), True)
        yield Setting(f"{at}:STARt:SOURce", "start source", Choice(sources), "CMD")
        yield Command(f"{at}:STARt[:IMMediate]", self._start)
        yield Setting(f"{at}:STOP:SOURce", "stop source", Choice((*sources, "TINTerval")), "CMD")
        yield Command(f"{at}:STOP[:IMMediate]", self._stop)
        yield Setting(f"{at}:STOP:TINTerval", "stop after", wait, 60.0)

    def check(self, wanted: Function) -> None:
        """`ScpiError` -221 when an integral is wanted that is not being made."""
        if wanted.part and not self._made(wanted):
            raise ScpiError(-221, f"{wanted.name} is not integrated")

    def value(self, wanted: Function, measure: Measure) -> float:
        """The integral so far; `measure` averages over a span of lab time. NaN when not made."""
        if not self._made(wanted):
            return math.nan
        total = 0.0
        for start, end in self._spans:
            stop = min(end, self._now())
            if stop > start:
                average = wanted.value(measure(start, stop))
                total += _part(average * (stop - start) / SECONDS_PER_UNIT, wanted.part)
        return total

    def _made(self, wanted: Function) -> bool:
        base = wanted.name.rpartition(":")[0]
        on = bool(self._settings().get("integrate"))
        return on and any(made.name == base for made in self.functions)

    def _choose(self, call: Call) -> None:
        names = call.words()
        if len(names) > MOST_FUNCTIONS:
            raise ScpiError(-223, f"at most {MOST_FUNCTIONS} functions")
        chosen = [function(name) for name in names]
        for one in chosen:
            if one.part or not (
                one.name.endswith(":MEAN")
                or (one.name.startswith("POW") and not one.name.endswith(":FACT"))
            ):
                raise ScpiError(-224, one.name)
        self.functions = chosen

    def _ask_functions(self, _: Call) -> str:
        return ",".join(quoted(one.name) for one in self.functions)

    def _start(self, _: Call) -> None:
        settings = self._settings()
        if settings.word("start source") != "CMD":
            raise ScpiError(-221, "start source is not CMD")
        if not settings.get("integrate"):
            raise ScpiError(-221, "integration is off")
        now = self._now()
        self._end(now)
        if settings.get("clear at start"):
            self._spans.clear()
        timed = settings.word("stop source") == "TINT"
        self._spans.append((now, now + settings.number("stop after") if timed else math.inf))

    def _stop(self, _: Call) -> None:
        if self._settings().word("start source") != "CMD":
            raise ScpiError(-221, "start source is not CMD")
        self._end(self._now())

    def _end(self, now: float) -> None:
        if self._spans:
            start, stop = self._spans[-1]
            self._spans[-1] = (start, min(stop, now))


def _part(integral: float, part: str) -> float:
    """Positive or negative share; a span counts as a whole, not interval by interval."""
    if part == "PINT":
        return max(0.0, integral)
    return min(0.0, integral) if part == "NINT" else integral
