"""Settings of the Keysight 53230A: input conditioning, gate, trigger."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bench.twins.scpi.command import Call, Setting
from bench.twins.scpi.data import Element, Kind
from bench.twins.scpi.parameters import Boolean, Choice, Number, NumberChoice, Parameter, Value

CONFIGURED = (
    "auto level",
    "relative level",
    "trigger source",
    "triggers",
    "samples",
    "trigger delay",
    "gate FREQ",
    "gate TOT",
    "gate source FREQ",
    "gate source TOT",
)
"""What CONFigure and MEASure give their defaults again: the classic trap of this counter."""

SLOPES = Choice(("POSitive", "NEGative"))
GATES = Choice(("TIME", "EXTernal", "INPut1", "INPut2", "ADVanced"))
COUNT = Number(low=1, high=1e6, whole=True)


class OnOffOnce(Boolean):
    """ON, OFF or ONCE."""

    def value(self, given: Element) -> Value:  # type: ignore[override]
        """True, False or "ONCE"."""
        if given.kind is Kind.CHARACTER and given.text.upper() == "ONCE":
            return "ONCE"
        return super().value(given)


def input_settings(
    level_changed: Callable[[Call], None],
    auto_changed: Callable[[Call], None],
    clipped: Callable[[str], None],
) -> Iterable[Setting]:
    """INPut{1|2}; a level switches auto-level off."""
    level = Number("V", -51.25, 51.25, 0.0, clipped=clipped)
    auto: Parameter = OnOffOnce()
    at = "INPut<1-2>"
    return (
        Setting(f"{at}:COUPling", "coupling", Choice(("AC", "DC")), "AC"),
        Setting(f"{at}:IMPedance", "impedance", NumberChoice((50.0, 1e6), "OHM"), 1e6),
        Setting(f"{at}:RANGe", "range", NumberChoice((5.0, 50.0), "V"), 5.0),
        Setting(f"{at}:PROBe", "probe", NumberChoice((1.0, 10.0)), 1.0),
        Setting(f"{at}:FILTer[:LPASs][:STATe]", "filter", Boolean(), False),
        Setting(f"{at}:NREJect", "noise rejection", Boolean(), False),
        Setting(f"{at}:SLOPe", "slope", SLOPES, "POS"),
        Setting(f"{at}:LEVel[:ABSolute]", "level", level, 0.0, level_changed),
        Setting(f"{at}:LEVel:AUTO", "auto level", auto, True, auto_changed),
        Setting(f"{at}:LEVel:RELative", "relative level", Number("PCT", 10, 90, 50), 50.0),
    )


def other_settings(
    gate_checked: Callable[[Call], None], clipped: Callable[[str], None]
) -> Iterable[Setting]:
    """Gate, trigger, time-out."""
    gate = Number("S", 1e-6, 1000.0, 0.1, clipped=clipped)
    sources = Choice(("IMMediate", "EXTernal", "BUS"))
    time_out = Number("S", 0.01, 2000.0, 1.0, clipped=clipped)
    return (
        Setting("[SENSe:]FREQuency:GATE:TIME", "gate FREQ", gate, 0.1),
        Setting("[SENSe:]FREQuency:GATE:SOURce", "gate source FREQ", Choice(("TIME",)), "TIME"),
        Setting("[SENSe:]TOTalize:GATE:TIME", "gate TOT", gate, 0.1),
        Setting("[SENSe:]TOTalize:GATE:SOURce", "gate source TOT", GATES, "TIME", gate_checked),
        Setting("[SENSe:]TOTalize:GATE:POLarity", "gate polarity", SLOPES, "NEG"),
        Setting("TRIGger:SOURce", "trigger source", sources, "IMM"),
        Setting("TRIGger:COUNt", "triggers", COUNT, 1.0),
        Setting("TRIGger:SLOPe", "trigger slope", SLOPES, "NEG"),
        Setting("TRIGger:DELay", "trigger delay", Number("S", 0, 3600, 0), 0.0),
        Setting("SAMPle:COUNt", "samples", COUNT, 1.0),
        Setting("SYSTem:TIMeout", "time-out", time_out, 1.0),
    )
