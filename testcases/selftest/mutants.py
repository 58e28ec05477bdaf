"""Boards with one defect each, and the named test that must catch it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mutant:
    """A defect of a board's twin, and the tests that fail because of it.

    `early`: there from the start, so that the calibration meets it; else the board goes wrong after
    its calibration. `caught_by`: of the equation tests exactly these fail; of the others at least
    these do. A name is that of the test function with its parameters, the position left out.
    """

    kind: str
    caught_by: frozenset[str]
    parameters: Mapping[str, float] = field(default_factory=dict)
    early: bool = False


def _mutant(kind: str, *caught_by: str, early: bool = False, **parameters: float) -> Mutant:
    return Mutant(kind, frozenset(caught_by), parameters, early)


MUTANTS: Mapping[str, Mutant] = {
    "gain drifts with temperature": _mutant(
        "warm_gain", "test_active_power[Imax]", percent_per_degree=0.07
    ),
    "phase error only below 0.1 Ib": _mutant(
        "low_current_phase", "test_active_power[0.05 Ib 0.5L]", degrees=2.0, below=0.95
    ),
    "pulse constant off by one": _mutant(
        "wrong_divider", "test_pulses_tell_the_same_energy", more=1
    ),
    # 4.4 W of 46 kW full scale, in LPF2 LSB of 838,861
    "creep of 0.002 Ib": _mutant(
        "creep",
        "test_no_load[no load at no load 1.15 Un]",
        *(f"test_active_power[{load}]" for load in ("0.05 Ib", "0.05 Ib 0.5L", "0.1 Ib 0.5L")),
        lsb=79.0,
    ),
    "stuck sign": _mutant("stuck_sign", "test_active_power[reverse]"),
    # 50 A rms need 0.29 of the converter's span
    "saturated at Imax": _mutant("saturated", "test_active_power[Imax]", span=0.265),
    "reactive sign wrong": _mutant(
        "reactive_sign",
        *(f"test_reactive_energy[{pf}]" for pf in ("0L", "0C", "0.866L", "0.866C")),
    ),
    # the lowest bit of WGAIN: 0.02 % of the energy
    "wrong register after brown-out": _mutant(
        "upset", "test_constants_are_kept", address=0x12, bit=0
    ),
    "noise doubled": _mutant("noise", "test_current_samples_are_quiet", factor=2.0),
    "gain one step off after reset": _mutant(
        "gain", "test_board_takes_its_constants", factor=2.0, early=True
    ),
    "current transformer reversed": _mutant(
        "reversed_ct", "test_board_takes_its_constants", early=True
    ),
    "pulse output dead": _mutant("no_cf", "test_pulse_output", "test_pulses_tell_the_same_energy"),
    "blind to harmonics": _mutant("harmonic_blind", "test_active_power_of_harmonics", order=3),
    "gain depends on the voltage": _mutant(
        "voltage_gain",
        "test_active_power[0.9 Un]",
        "test_active_power[1.1 Un]",
        "test_current_is_a_sine_that_lags_by_phi",
        percent_per_volt=0.12,
    ),
    "gain depends on the frequency": _mutant(
        "frequency_gain",
        "test_active_power[0.98 fn]",
        "test_active_power[1.02 fn]",
        percent_per_hertz=3.0,
    ),
    "gain creeps away": _mutant(
        "drift",
        "test_energy_grows_evenly",
        "test_pulses_tell_the_same_energy",
        percent_per_hour=2.5,
    ),
}
GOOD = (1, len(MUTANTS) + 2)
"""Positions of sound boards, at both ends of the tray."""
PLACES: Mapping[int, str] = dict(enumerate(MUTANTS, 2))
"""Position to mutant."""
