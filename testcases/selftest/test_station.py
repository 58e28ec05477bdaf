"""The station: made safe whatever the source says, quorum, expired instruments."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bench.control import Control
from bench.description import load
from bench.loadpoint import load_point
from bench.opening import open_station
from bench.twin_process import twin_process
from drivers.errors import CalibrationExpired, OutputRefused, StationFault
from testcases.selftest.command import describe_small
from testcases.selftest.jig import open_jig


@pytest.mark.requirement("BEN-10")
def test_a_source_that_only_says_it_is_off_is_found_out(tmp_path: Path) -> None:
    bench = describe_small(tmp_path)

    def apply_and_leave(control: Control) -> None:
        with open_station(load(bench), control) as station:
            station.apply(load_point(station.description.design, "Ib"))
            control.inject("source", "stuck_on", reported=0)

    with (
        twin_process(bench) as endpoints,
        closing(Control(endpoints.control)) as control,
        pytest.raises(StationFault, match=r"\d+ V are still there.*cut the mains"),
    ):
        apply_and_leave(control)


@pytest.mark.requirement("BEN-10")
def test_an_error_inside_leaves_the_source_off(tmp_path: Path) -> None:
    bench = describe_small(tmp_path)

    def apply_and_fail(control: Control) -> None:
        with open_station(load(bench), control) as station:
            station.apply(load_point(station.description.design, "Imax"))
            assert control.circuit().current == pytest.approx(50.0, rel=0.01)
            raise ZeroDivisionError

    with twin_process(bench) as endpoints, closing(Control(endpoints.control)) as control:
        with pytest.raises(ZeroDivisionError):
            apply_and_fail(control)
        assert not control.source_on()
        assert control.circuit().voltage == 0.0


def test_a_link_that_is_lost_at_the_end_does_not_keep_the_bench_live(tmp_path: Path) -> None:
    with open_jig(tmp_path, describe_small(tmp_path)) as jig:
        jig.station.apply(load_point(jig.description.design, "Ib"))
        for instrument, _ in jig.station.instruments.values():
            instrument.link._session.close()  # a cable was pulled
        jig.station.make_safe()
        assert not jig.control.source_on()


def test_a_source_that_refuses_stops_the_run_and_not_the_boards(tmp_path: Path) -> None:
    with open_jig(tmp_path, describe_small(tmp_path)) as jig:
        jig.control.inject("source", "open_current_loop")
        with pytest.raises(OutputRefused):
            jig.station.apply(load_point(jig.description.design, "Ib"))
        assert all(position.takes_part for position in jig.station.positions)


def test_too_few_boards_end_the_run(tmp_path: Path) -> None:
    extra = "".join(
        f'\n[[faults]]\nposition = {number}\nkind = "no_answer"\n' for number in (1, 2, 4)
    )
    bench = describe_small(tmp_path, extra + "\n[calibration]\nquorum = 2\n")
    with (
        open_jig(tmp_path, bench) as jig,
        pytest.raises(StationFault, match=r"1 of 4 positions.*quorum is 2.*no answer on SPI"),
    ):
        jig.calibrate()


def test_an_expired_instrument_refuses_a_verdict(tmp_path: Path) -> None:
    changes = {'"TWIN-REFERENCE", issued = 2026-01-01, due = 2099-12-31':
               '"R-17", issued = 2020-01-01, due = 2021-01-01'}  # fmt: skip
    bench = describe_small(tmp_path, **changes)
    with twin_process(bench) as endpoints, closing(Control(endpoints.control)) as control:
        with pytest.raises(CalibrationExpired, match="R-17"), open_station(load(bench), control):
            pass
        with open_station(load(bench), control, allow_expired=True) as station:
            assert not station.traceable
            assert len(station.expired) == 1
