"""Settings of a Norma power analyser that need no code of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bench.twins.scpi.command import Call, Setting
from bench.twins.scpi.parameters import Boolean, Choice, Number, NumberChoice, Text

CHANNELS = (("VOLT", "VOLTage", 0.3, 1000.0), ("CURR", "CURRent", 0.03, 20.0))
"""Short and long form, smallest and largest range in V or A."""


def acquisition(begin_again: Callable[[Call], None]) -> Iterable[Setting]:
    """What is measured how long; `begin_again` is called where a change spoils the interval."""
    sources = tuple(f"{long}{n}" for _, long, _, _ in CHANNELS for n in (1, 2, 3))
    source, aperture = Choice((*sources, "EXTernal")), Number("", 0.015, 3600.0, 0.3)
    return (
        Setting("SYNC:STATe", "sync", Boolean(), True, begin_again),
        Setting("SYNC[:SOURce]", "sync source", source, "VOLT1", begin_again),
        Setting("[SENSe:]APERture[:TIME]", "aperture", aperture, 0.3, begin_again),
    )


def inputs(range_fixed: Callable[[str, Call], None]) -> Iterable[Setting]:
    """Ranges and scaling; `range_fixed` is told of the channel kind that got a fixed range.

    A scaling factor multiplies what is measured; coupling, filter and shunt are kept and change
    nothing.
    """
    for short, long, low, high in CHANNELS:
        at = f"[SENSe:]{long}<1-3>[:DC]"

        def changed(call: Call, short: str = short) -> None:
            range_fixed(short, call)

        kind = Number("", low, high, high)
        yield Setting(f"{at}:RANGe[:UPPer]", f"range {short}", kind, high, changed)
        yield Setting(f"{at}:RANGe[:UPPer]:AUTO", f"auto {short}", Boolean(), True)
        yield Setting(f"{at}:SCALe", f"scale {short}", Number("", 0.9, 1e7, 1.0), 1.0)
    yield Setting("INPut<1-6>:COUPling", "coupling", Choice(("AC", "DC")), "DC")
    yield Setting("INPut<1-6>:FILTer[:STATe]", "filter", Boolean(), True)
    yield Setting("INPut<1-6>:SHUNt", "shunt", Choice(("INTernal", "EXTernal")), "INT")
    yield Setting("INPut<1-6>:GAIN", "gain", Number("", 1e-7, 1e7, 1.0), 1.0)


OTHERS = (
    Setting("SYNC:SLOPe", "sync slope", Choice(("POSitive", "NEGative")), "POS"),
    Setting("SYNC:LEVel", "sync level", Number("", -150, 150, 0.0), 0.0),
    Setting("SYNC:TIMeout", "sync time-out", Number("", 0.015, 3600.0, 0.3), 0.3),
    Setting("FORMat:BORDer", "byte order", Choice(("NORMal", "SWAPped")), "NORM"),
    Setting("DISPlay[:WINDow][:STATe]", "display", Boolean(), False),
    Setting("DISPlay:USER:FUNCtion", "display function", Text(), ""),
    Setting("CALCulate:HARMonic:ORDer", "order", NumberChoice((1.0,)), 1.0),
)
