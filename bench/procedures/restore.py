"""Puts known constants back into boards: an ADE7753 forgets them with its supply."""

from __future__ import annotations

from collections.abc import Mapping

from bench.calibration.constant import Constant
from bench.procedures.adjust import Adjuster
from bench.procedures.calibrate import Outcome
from bench.progress import Observer
from bench.results.recorder import RunRecorder
from bench.station import Station
from drivers.ade7753.settings import Settings

RESTORED = "restored"
"""Stage of constants that come from an earlier run."""


def restore(
    station: Station,
    recorder: RunRecorder,
    observer: Observer,
    stored: Mapping[int, Mapping[str, int]],
) -> dict[int, Outcome]:
    """Reset each board and write its `stored` constants (by position, by register), read back.

    A position that does not answer, or whose constants do not stick, drops out with the reason.
    """
    adjuster = Adjuster(recorder, observer, station.clock)
    with recorder.together():
        for position in station.active:
            position.attempt(position.chip.reset)
            position.attempt(position.chip.configure, Settings())
            for register, value in stored[position.number].items():
                adjuster.write(position, RESTORED, Constant(register, value, float(value)))
            adjuster.tell(position, "ready" if position.takes_part else "rejected")
    station.check_quorum()
    return {
        position.number: Outcome(
            position.number, adjuster.constants.get(position.number, {}), position.reason
        )
        for position in station.positions
    }
