"""A jig of twins for the bench's own tests: opened and calibrated in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.control import Control
from bench.description import Description, load
from bench.loadpoint import load_point
from bench.opening import open_station
from bench.procedures.calibrate import Calibration, Outcome
from bench.progress import silent
from bench.results.facts import RunHead
from bench.results.recorder import RunRecorder
from bench.results.store import Store
from bench.station import Station
from bench.twin_process import twin_process


@dataclass(frozen=True)
class Jig:
    """An opened station, the control channel of its twins, and a recorder into a store."""

    description: Description
    station: Station
    control: Control
    recorder: RunRecorder

    def calibrate(self) -> dict[int, Outcome]:
        """Calibrate all positions."""
        return Calibration(self.station, self.recorder, silent).run()


def true_errors(jig: Jig, current: str, power_factor: str, seconds: float) -> dict[int, float]:
    """Percentage error of each board's AENERGY against the world's energy over `seconds`.

    The true energy is the world's own integral of u(t) i(t), the meter's the difference of two
    AENERGY readings by the meter constant: neither passes through the code that calibrates.
    """
    design = jig.description.design
    jig.station.apply(load_point(design, current, power_factor))
    cfden = {p.number: p.chip.read("CFDEN") for p in jig.station.positions}
    before = {p.number: p.chip.read("AENERGY") for p in jig.station.positions}
    joules = -jig.control.circuit("L1").energy
    jig.control.advance(seconds)
    joules += jig.control.circuit("L1").energy
    errors = {}
    for position in jig.station.positions:
        number = position.number
        advance = (position.chip.read("AENERGY") - before[number]) % (1 << 24)
        # CF counts one pulse per CFDEN + 1 energy LSB, and the meter constant says what that is.
        metered = advance / (cfden[number] + 1) / design.meter_constant * 3.6e6
        errors[number] = (metered / joules - 1) * 100
    return errors


@contextmanager
def open_jig(folder: Path, bench: str = "virtual", seed: int | None = None) -> Iterator[Jig]:
    """The twins of `bench` with `seed`, and a station on them; its store goes to `folder`."""
    description = load(bench)
    head = RunHead("selftest", "", "", "", "", "stepped", seed=seed)
    with twin_process(bench, seed) as endpoints:
        control = Control(endpoints.control)
        try:
            with (
                Store(folder / "jig.sqlite") as store,
                open_station(description, control) as station,
                RunRecorder(store, head) as recorder,
            ):
                for position in station.positions:
                    recorder.position(position.number, position.serial)
                yield Jig(description, station, control, recorder)
        finally:
            control.close()
