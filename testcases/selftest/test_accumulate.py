"""Accumulation over all positions: a chip whose configuration changes under way counts again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bench.loadpoint import load_point
from bench.procedures import accumulate as procedure
from bench.procedures.accumulate import accumulate
from drivers.ade7753.access import RegisterAccess
from drivers.roles import ReferenceReading
from drivers.spi.socket_bus import SocketBus
from testcases.selftest.command import describe_small
from testcases.selftest.jig import Jig, open_jig

HALF_CYCLES = 1000
DISTURBED = 3
OVER_SOCKET = {"seed = 1": 'seed = 1\nspi = "socket"'}
"""Other programs can reach the chips, as a stray write on a bad wire would."""


class Disturber:
    """Writes WGAIN behind the bench's back while the reference meter is read."""

    def __init__(self, jig: Jig, bus: SocketBus, times: int) -> None:
        self._left = times
        chip = int(jig.control.endpoints().spi[str(DISTURBED)].partition("#")[2])
        self._access = RegisterAccess(bus, chip)
        self._read = jig.station.references
        jig.station.references = self.references  # type: ignore[method-assign]

    def references(self, seconds: float) -> list[ReferenceReading]:
        if self._left:
            self._left -= 1
            self._access.trigger("WGAIN", 100)  # 100/4096 = 2.4 % more
        return self._read(seconds)


def prepared(jig: Jig) -> None:
    for position in jig.station.positions:
        position.chip.reset()
    jig.station.apply(load_point(jig.description.design, "Ib"))


def test_a_disturbed_chip_counts_again(tmp_path: Path) -> None:
    with open_jig(tmp_path, describe_small(tmp_path, **OVER_SOCKET)) as jig:
        prepared(jig)
        quiet = accumulate(jig.station, HALF_CYCLES)
        place = jig.control.endpoints().spi["1"].partition("#")[0]
        with closing(SocketBus(place)) as bus:
            Disturber(jig, bus, times=1)
            disturbed = accumulate(jig.station, HALF_CYCLES)
        assert set(quiet.counts) == set(disturbed.counts) == {1, 2, 3, 4}
        for number, counts in quiet.counts.items():
            assert disturbed.counts[number].active == pytest.approx(counts.active, rel=5e-4)


def test_a_chip_that_is_disturbed_every_time_is_rejected(tmp_path: Path) -> None:
    with open_jig(tmp_path, describe_small(tmp_path, **OVER_SOCKET)) as jig:
        prepared(jig)
        place = jig.control.endpoints().spi["1"].partition("#")[0]
        with closing(SocketBus(place)) as bus:
            Disturber(jig, bus, times=procedure.ATTEMPTS)
            found = accumulate(jig.station, HALF_CYCLES)
        assert set(found.counts) == {1, 2, 4}
        assert "configuration changed" in jig.station.positions[DISTURBED - 1].reason
