"""How a calibration comes to its constants: from which instrument, by which method, how often."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.loadpoint import load_point
from bench.procedures.errors import half_cycles_for
from bench.procedures.plan import verification_points
from drivers.roles import PhaseSetting
from testcases.selftest.command import describe_small
from testcases.selftest.jig import Jig, open_jig, true_errors


def calibrated_errors(jig: Jig) -> dict[int, float]:
    outcomes = jig.calibrate()
    assert not [outcome.reason for outcome in outcomes.values() if outcome.reason]
    return true_errors(jig, "Ib", "1", 60.0)


@pytest.mark.requirement("BEN-2", "BEN-6")
@pytest.mark.parametrize("method", ["reference meter", "accurate source"])
def test_a_source_that_is_off_does_not_matter(tmp_path: Path, method: str) -> None:
    bench = describe_small(tmp_path, f'\n[calibration]\nmethod = "{method}"\n')
    with open_jig(tmp_path, bench) as jig:
        jig.control.inject("source", "bias", voltage=2.0, current=-3.0)
        errors = calibrated_errors(jig)
    assert max(map(abs, errors.values())) < 0.1


def test_a_reference_that_is_off_goes_straight_into_the_boards(tmp_path: Path) -> None:
    with open_jig(tmp_path, describe_small(tmp_path)) as jig:
        jig.control.inject("reference", "bias", percent=0.5)
        errors = calibrated_errors(jig)
    # The reference reads 0.5 % more power than flows, so boards are made 0.5 % fast.
    assert all(error == pytest.approx(0.5, abs=0.1) for error in errors.values())


def test_the_source_is_set_as_often_for_four_boards_as_for_thirty_two(tmp_path: Path) -> None:
    counts = []
    for name, bench in (("few", describe_small(tmp_path)), ("many", "virtual")):
        folder = tmp_path / name
        folder.mkdir()
        with open_jig(folder, bench) as jig:
            source, applied = jig.station.source, []
            apply = source.apply

            def counted(frequency: float, phases: list[PhaseSetting], apply=apply, to=applied):
                to.append(phases)
                apply(frequency, phases)

            source.apply = counted  # type: ignore[method-assign]
            slept = jig.station.clock.slept
            jig.calibrate()
            counts.append((len(applied), jig.station.clock.slept - slept))
    (few, few_time), (many, many_time) = counts
    assert few == many == 4  # gain, phase, watt offset, RMS offset
    assert many_time == pytest.approx(few_time, rel=0.01)


def test_a_verification_point_accumulates_until_an_lsb_is_small(tmp_path: Path) -> None:
    with open_jig(tmp_path, describe_small(tmp_path)) as jig:
        by_name = {
            point.name: half_cycles_for(jig.station, point)
            for point in verification_points(jig.description)
        }
        # 220 V, 10 A, 3200 imp/kWh and CFDEN + 1 = 541: 2200 W / 3.6e6 * 3200 * 541 LSB/s. One LSB
        # is 5 % of 0.1 % after 20,000 LSB.
        rate = 2200 / 3.6e6 * 3200 * 541
        assert by_name["Ib PF 1"] == pytest.approx(100 * 20_000 / rate, abs=1)
        assert by_name["0.05 Ib PF 1"] == pytest.approx(100 * 20_000 / 3 / rate * 20, abs=1)
        assert by_name["Imax PF 1"] == pytest.approx(100 * 4_000 / rate, abs=1)
        without_limit = load_point(jig.description.design, "Ib")
        with pytest.raises(ValueError, match="limit"):
            half_cycles_for(jig.station, without_limit)
