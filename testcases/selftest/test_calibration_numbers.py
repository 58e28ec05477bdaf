"""The worked numbers of the data sheet's calibration section come out of the calibration code."""

from __future__ import annotations

import dataclasses
import math

import pytest

from bench.calibration import (
    phase,
    plausibility,
    rms_offset,
    va_gain,
    watt_gain,
    watt_offset,
)
from bench.calibration.constant import Constant, nearest
from bench.calibration.design import DATA_SHEET_FULL_SCALE_CF, MeterDesign
from bench.metrology import percentage_error
from drivers.ade7753.registers import REGISTERS

# 220 V, Ib 10 A, Imax 60 A at half of full scale each: V_FS 440 V, I_FS 120 A.
EXAMPLE = MeterDesign(
    nominal_voltage=220,
    basic_current=10,
    maximum_current=60,
    minimum_current=0.04,
    frequency=50,
    meter_constant=3200,
    ct_ratio=2500,
    burden=0.5 / math.sqrt(2) * 2500 / 120,
    divider=0.5 / math.sqrt(2) / 440,
    full_scale_cf=DATA_SHEET_FULL_SCALE_CF,
)
PERIOD = 8959
"""Of the example's time base (its mains ran at 49.94 Hz)."""


def test_design_constants():
    assert pytest.approx(440) == EXAMPLE.full_scale_voltage
    assert pytest.approx(120) == EXAMPLE.full_scale_current
    assert EXAMPLE.cf_expected(220 * 10) == pytest.approx(1.9556, abs=5e-5)
    assert EXAMPLE.cf_nominal(10) == pytest.approx(958, abs=0.5)
    assert EXAMPLE.cfden == 489
    assert EXAMPLE.wh_per_lsb == pytest.approx(6.378e-4, abs=5e-8)


def test_line_cycle_time_and_expected_energy():
    time = EXAMPLE.accumulation_time(2000, PERIOD)
    assert time == pytest.approx(20.0227, abs=5e-5)
    assert nearest(EXAMPLE.expected_energy(2200, time)) == 19186


def test_register_arithmetic_is_the_default_full_scale():
    design = dataclasses.replace(EXAMPLE, full_scale_cf=None)
    assert design.undivided_full_scale_cf == pytest.approx(22_372.2, abs=0.1)
    # 22372.2 Hz / 2 / 2 / 6 against 1.9556 Hz: 476.7
    assert design.cfden == 476


def test_period_at_50_and_60_hz():
    assert nearest(EXAMPLE.period) == 8949
    assert nearest(dataclasses.replace(EXAMPLE, frequency=60).period) == 7457


@pytest.mark.parametrize(("frequency", "rate"), [(50, 18_989), (60, 18_534)])
def test_apparent_energy_weight_is_that_of_a_nominal_board(frequency, rate):
    """Full-scale VAENERGY rates of reference section 4.12."""
    design = dataclasses.replace(EXAMPLE, frequency=frequency)
    assert 440 * 120 / 3600 / design.vah_per_lsb == pytest.approx(rate, rel=2e-4)
    assert design.expected_apparent(440 * 120, 1) == pytest.approx(rate, rel=2e-4)


def test_watt_gain_with_a_reference_meter():
    assert watt_gain.linearised(-3.07) == 126
    assert watt_gain.from_error(-3.07).exact == pytest.approx(129.7, abs=0.05)


def test_watt_gain_with_an_accurate_source():
    constant = watt_gain.from_energy(19186, 17174)
    assert constant.value == 480
    assert constant.exact == pytest.approx(479.86, abs=0.005)
    assert REGISTERS["WGAIN"].encode(constant.value) == 0x1E0


def test_va_gain_is_the_same_arithmetic_on_the_other_register():
    assert va_gain.from_energy(19186, 17174) == Constant(
        "VAGAIN", 480, watt_gain.from_energy(19186, 17174).exact
    )
    assert va_gain.from_error(-3.07).value == 130


def test_watt_offset_with_a_reference_meter():
    assert EXAMPLE.cf_expected(9.6) == pytest.approx(8.533e-3, abs=5e-7)
    rate = watt_offset.error_rate_from_error(1.3, EXAMPLE.cf_expected(9.6) * 490)
    assert rate == pytest.approx(0.05436, abs=5e-6)
    constant = watt_offset.from_error_rate(rate, EXAMPLE.clkin)
    assert constant.value == -522
    assert REGISTERS["APOS"].encode(constant.value) == 0xFDF6


def test_watt_offset_with_an_accurate_source():
    time = EXAMPLE.accumulation_time(35_700, PERIOD)
    assert time == pytest.approx(357.4, abs=0.05)
    assert nearest(0.04 / 10 * 19186 * 35_700 / 2000) == 1370
    rate = watt_offset.error_rate_from_energy(1395, 1370, time)
    assert rate == pytest.approx(0.06995, abs=5e-6)
    assert watt_offset.from_error_rate(rate, EXAMPLE.clkin).exact == pytest.approx(-671.4, abs=0.1)
    assert watt_offset.from_error_rate(rate, EXAMPLE.clkin).value in (-671, -672)


def test_phase_with_an_accurate_source():
    error = (9613 / (19186 / 2) - 1) * 100
    assert error == pytest.approx(0.208, abs=0.001)
    for degrees in (phase.phase_error(error), phase.phase_error_linearised(error)):
        assert degrees == pytest.approx(-0.069, abs=5e-4)
        constant = phase.from_phase_error(degrees, PERIOD)
        assert constant.exact - phase.NEUTRAL == pytest.approx(-1.72, abs=0.01)
        assert constant.value == 11
    correction = 2 * 360 / PERIOD
    assert correction == pytest.approx(0.0804, abs=5e-5)


def test_phase_with_a_reference_meter():
    degrees = phase.phase_error_linearised(0.215)
    assert degrees == pytest.approx(-0.0711, abs=5e-5)
    assert phase.phase_error(0.215) == pytest.approx(-0.0711, abs=2e-4)
    assert phase.from_phase_error(degrees, PERIOD).value == 11


def test_two_steps_of_phcal_take_out_0_069_degrees():
    """Reference 4.12: current leads by 0.069 degree, +0.209 %; with PHCAL 11, -0.035 %."""
    step = 360 / 8949
    before = math.cos(math.radians(60 - 0.069)) / 0.5
    after = math.cos(math.radians(60 - 0.069 + 2 * step)) / 0.5
    assert (before - 1) * 100 == pytest.approx(0.209, abs=0.001)
    assert (after - 1) * 100 == pytest.approx(-0.035, abs=0.001)
    assert phase.from_phase_error(phase.phase_error((before - 1) * 100), 8949).value == 11


def test_rms_offsets():
    voltage = rms_offset.voltage_offset(
        rms_offset.RmsPoint(220, 781_020), rms_offset.RmsPoint(22, 78_390)
    )
    assert voltage == Constant("VRMSOS", -320, pytest.approx(-320))
    current = rms_offset.current_offset(
        rms_offset.RmsPoint(10, 155_709.4), rms_offset.RmsPoint(1.2, 18_712.8)
    )
    assert current.value == -32
    assert current.exact == pytest.approx(-32.04, abs=0.005)
    assert rms_offset.scale(rms_offset.RmsPoint(220, 880_000)) == pytest.approx(2.5e-4)


@pytest.mark.parametrize(
    ("value", "whole"),
    [(125.8, 126), (1369.8, 1370), (-1.7, -2), (489.87, 490), (-0.5, -1), (0.5, 1)],
)
def test_int_of_the_data_sheet_rounds_to_nearest(value, whole):
    assert nearest(value) == whole


def test_percentage_errors():
    # 2200 W for 20 s at 50 Hz are 12.2222 Wh; 19186 LSB of 1/1568 Wh are 12.2360 Wh.
    error = percentage_error.line_cycle_error(19186, 1 / 1568, 2200, 2000, 50)
    assert error == pytest.approx((19186 / 1568) / (2200 * 20 / 3600) * 100 - 100, abs=1e-9)
    # 3200 imp/kWh at 1125 W is one pulse a second.
    assert percentage_error.pulse_error(1.01, 3200, 1125) == pytest.approx(1)
    assert percentage_error.percentage_error(99, 100) == pytest.approx(-1)


def test_a_fast_crystal_shows_against_the_reference_and_hides_behind_period():
    """50 ppm in CLKIN: the accumulator and PERIOD run fast together."""
    fast = 1 + 50e-6
    count = EXAMPLE.expected_energy(2200, 20) * fast
    by_reference = percentage_error.line_cycle_error(count, EXAMPLE.wh_per_lsb, 2200, 2000, 50)
    assert by_reference == pytest.approx(0.005, rel=1e-6)
    chip_time = EXAMPLE.accumulation_time(2000, EXAMPLE.period * fast)
    assert count / EXAMPLE.expected_energy(2200, chip_time) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"burden": 0.0}, "burden = 0"),
        ({"frequency": math.nan}, "frequency = nan"),
        ({"basic_current": 70}, "must rise"),
        ({"pga1": 3}, "pga1 = 3: allowed are"),
        ({"channel1_range": 0.3}, "channel1_range = 0.3 V: allowed are"),
        ({"maximum_current": 130}, "overloads the current channel"),
        ({"nominal_voltage": 441}, "overloads the voltage channel"),
        ({"meter_constant": 1}, "CFDEN would be"),
        ({"meter_constant": 3_200_000}, "CFDEN would be"),
    ],
)
def test_a_design_that_cannot_work_is_refused(change, words):
    with pytest.raises(ValueError, match="meter design") as refusal:
        dataclasses.replace(EXAMPLE, **change)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("register", "inside", "outside"),
    [
        ("WGAIN", (-1500, 1500), (-1501, 1501)),
        ("VAGAIN", (-1500, 1500), (-1501, 1501)),
        ("APOS", (-5000, 5000), (-5001, 5001)),
        ("PHCAL", (-7, 29), (-8, 30)),  # 13 + 20 is no legal code: 29 is the last
        ("IRMSOS", (-1000, 1000), (-1001, 1001)),
        ("VRMSOS", (-1500, 1500), (-1501, 1501)),
    ],
)
def test_plausibility_limits(register, inside, outside):
    for value in inside:
        assert plausibility.constant_reason(Constant(register, value, value)) == ""
    for value in outside:
        reason = plausibility.constant_reason(Constant(register, value, value))
        assert reason.startswith(f"{register} {value} is outside ")
        assert "check" in reason


def test_the_reason_of_a_rejected_board_in_words():
    assert plausibility.constant_reason(Constant("WGAIN", 2312, 2312.0)) == (
        "WGAIN 2312 is outside +-1500: current or voltage channel gain is wrong by 56 %: "
        "check burden, divider, CT ratio"
    )


def test_a_dead_or_reversed_board_has_its_own_reason():
    assert plausibility.energy_reason(17174, 19186) == ""
    assert "no energy is counted" in plausibility.energy_reason(3, 19186)
    assert "reversed" in plausibility.energy_reason(-19100, 19186)
    with pytest.raises(ValueError, match="which way round"):
        watt_gain.from_energy(19186, -19100)
    with pytest.raises(ValueError, match="which way round"):
        watt_gain.from_error(-100)


@pytest.mark.parametrize("code", [-32, 30, 31])
def test_phcal_codes_outside_the_documented_range_are_not_legal(code):
    assert not phase.legal(code)
    assert phase.legal(-31)
    assert phase.legal(29)


def test_readings_that_allow_no_answer_are_refused():
    with pytest.raises(ValueError, match="no phase error"):
        phase.phase_error(150)
    with pytest.raises(ValueError, match="angle"):
        phase.phase_error(1, angle=0)
    with pytest.raises(ValueError, match="true value of 0"):
        percentage_error.percentage_error(1, 0)
    with pytest.raises(ValueError, match="frequency"):
        percentage_error.half_cycle_time(2000, 0)
    with pytest.raises(ValueError, match="two RMS points"):
        rms_offset.voltage_offset(rms_offset.RmsPoint(220, 1), rms_offset.RmsPoint(220, 2))
    with pytest.raises(ValueError, match="no signal"):
        rms_offset.scale(rms_offset.RmsPoint(220, 0))
    with pytest.raises(ValueError, match="accumulation time"):
        watt_offset.error_rate_from_energy(1, 1, 0)
