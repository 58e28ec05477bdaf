"""The steady and the sample engine are one chip: random stimuli, settings and spans."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.twins.ade7753.model import Floats
from bench.twins.ade7753.state import State
from bench.twins.waveform import Harmonics, Sampled, sine
from drivers.roles import Harmonic
from testcases.selftest.metering_chip import FULL_SCALE, Jig

ENERGY_BOUND = 0.01
"""LSB by which accumulators may differ, of up to 1e5 LSB. The closed forms are exact; the sample
engine interpolates its waveform table (2e-6 of a harmonic of order 20, in power 1e-7), the steady
engine lets go of what is left of a transient under 0.25 LPF2 LSB where a power crosses its
thresholds (0.01 LSB), and integrates VA over panels (1e-6 of its ripple, 1e-4 LSB)."""
REGISTER_BOUND = 1
"""LSB: two sums within `ENERGY_BOUND` may lie on either side of an integer."""
RMS_BOUND = 1e-5
"""Relative, of the filters behind IRMS and VRMS: |x| is kept up to 64 harmonics beyond the
voltage's own, what follows is under 1e-6 of the ripple after LPF3; plus the table."""
PEAK_BOUND = 1e-3
"""Relative: the steady engine takes the peak of the continuous wave, which lies between samples: of
a harmonic of order 20, up to (20 x 0.0113 / 2)^2 / 2 = 6e-3 of its share of 10 %. What fades from
the current is added at 256 instants."""

ACCUMULATORS = ("energy", "vaenergy", "line_active", "line_apparent", "line_reactive")
ORDERS = st.integers(2, 20)


@dataclass(frozen=True)
class Point:
    """What holds for `seconds`."""

    voltage: Harmonics
    current: Harmonics
    seconds: float


@dataclass(frozen=True)
class Case:
    registers: dict[str, int]
    integrator: bool
    points: list[Point] = field(default_factory=list)


def harmonics(most: float) -> st.SearchStrategy[dict[int, Harmonic]]:
    one = st.builds(Harmonic, st.floats(0.0, most), st.floats(0.0, 360.0))
    return st.dictionaries(ORDERS, one, max_size=3)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    f = draw(st.sampled_from([45.0, 50.0, 51.234, 60.0, 65.0]))
    angle = st.floats(0.0, 360.0)

    def point() -> Point:
        volts = draw(st.sampled_from([0.0, 22.0, 220.0, 300.0]))
        amperes = 10.0 ** draw(st.floats(-3.0, 1.8))
        return Point(
            sine(volts, f, draw(angle), harmonics=draw(harmonics(0.1))),
            sine(amperes, f, draw(angle), harmonics=draw(harmonics(0.2))),
            draw(st.sampled_from([0.0007, 0.02, 0.3, 1.7, 4.0])),
        )

    registers = {
        "MODE": draw(st.sampled_from([0x0080, 0x8080, 0x0081, 0x0082])),
        "LINECYC": draw(st.sampled_from([1, 5, 40])),
        "APOS": draw(st.sampled_from([0, 0, -3000, 30_000])),
        "WGAIN": draw(st.integers(-2048, 2047)),
        "PHCAL": draw(st.integers(-32, 31)),
        "CH1OS": draw(st.integers(-31, 31)),
        "CH2OS": draw(st.integers(-31, 31)),
        "SAGLVL": draw(st.sampled_from([0, 30])),
        "SAGCYC": 3,
        "ZXTOUT": draw(st.sampled_from([0x130, 0xFFF])),
    }
    integrator = draw(st.booleans()) if draw(st.integers(0, 3)) == 0 else False
    return Case(registers, integrator, [point() for _ in range(draw(st.integers(1, 3)))])


def play(case: Case, engine: str) -> Jig:
    # a spread part, but quiet: the noise is drawn behind the engines and the same for both
    jig = Jig(boards=2, spread=None, engine=engine, seed=7)
    for position, chip in enumerate(jig.chips, 1):
        jig.bank.board(position).inject("noise", factor=0.0)
        chip.write(**case.registers)
        if case.integrator:
            chip.put("CH1OS", 0x80)
    for point in case.points:
        jig.play(point.voltage, point.current)
        jig.run(point.seconds)
        jig.bank.catch_up(jig.world.now)
    jig.bank.change()
    return jig


def bound(other: State, name: str) -> Floats:
    """`ENERGY_BOUND`, and 1e-7 of what an integrated DC can pile up to."""
    return ENERGY_BOUND + 1e-7 * np.abs(getattr(other, name))


def apart(one: State, other: State, name: str) -> Floats:
    left: Floats = getattr(one, name)
    right: Floats = getattr(other, name)
    return np.abs(left - right)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_engines_agree(case: Case) -> None:
    steady, samples = (play(case, engine) for engine in ("steady", "samples"))
    one, other = steady.bank.state, samples.bank.state
    for name in ACCUMULATORS:
        assert (apart(one, other, name) <= bound(other, name)).all(), name
    for name in ("mean_square", "mean_abs"):
        reach = np.maximum(np.abs(getattr(other, name)), 1.0)
        assert (apart(one, other, name) / reach).max() <= RMS_BOUND, name
    for name in ("ipeak", "vpeak"):
        assert (apart(one, other, name) <= PEAK_BOUND * getattr(other, name) + 1).all(), name
    for left, right in zip(steady.chips, samples.chips, strict=True):
        for name in ("AENERGY", "VAENERGY", "LAENERGY", "LVAENERGY", "LVARENERGY", "PERIOD"):
            assert abs(left.read(name) - right.read(name)) <= REGISTER_BOUND, name
        assert left.read("STATUS") == right.read("STATUS")


@settings(max_examples=20, deadline=None)
@given(cases(), st.integers(1, 9))
def test_how_often_one_looks_makes_no_difference(case: Case, looks: int) -> None:
    """The steady engine reads the same whether time passes in one piece or in many."""
    once = play(case, "steady")
    points = [
        Point(p.voltage, p.current, p.seconds / looks) for p in case.points for _ in range(looks)
    ]
    often = play(Case(case.registers, case.integrator, points), "steady")
    for name in ACCUMULATORS:
        difference = apart(once.bank.state, often.bank.state, name)
        assert (difference <= bound(once.bank.state, name)).all(), name


def test_switching_engines_midway_keeps_the_state() -> None:
    """A recorded waveform makes way for harmonics and back; nothing is lost or repeated."""
    f, rate = 50.0, 64 * 400.0
    volts, amperes = sine(220.0, f), sine(10.0, f, -30.0)
    times = np.arange(512) / rate  # one period, sampled finely: chords lie 2e-5 inside the sine
    record = [Sampled(rate, wave.at(times), repeat=True) for wave in (volts, amperes)]
    mixed, plain = Jig(), Jig()
    for jig, second in ((mixed, record), (plain, [volts, amperes])):
        jig.chip.write(MODE=0x0080, LINECYC=20)
        for pair in ([volts, amperes], second, [volts, amperes]):
            jig.play(*pair)
            jig.run(2.0)
            jig.bank.catch_up(jig.world.now)
    for name in ("AENERGY", "VAENERGY", "LAENERGY", "IRMS", "VRMS", "PERIOD"):
        assert mixed.chip.read(name) == pytest.approx(plain.chip.read(name), rel=1e-4, abs=1), name


def test_a_clamped_chip_is_sampled_while_its_neighbours_stay_in_closed_form() -> None:
    jig, alone = Jig(boards=3), Jig(engine="samples")
    jig.bank.board(2).inject("gain", factor=4.0)
    alone.board.inject("gain", factor=4.0)
    for each in (jig, alone):
        each.apply(*(0.5 * x for x in FULL_SCALE))
        for chip in each.chips:
            chip.write(MODE=0x0080, LINECYC=50)
        each.run(3.0)
    for name in ("AENERGY", "LAENERGY", "IRMS", "PERIOD", "IPEAK"):
        assert jig.chips[1].read(name) == alone.chip.read(name), name
    assert jig.chips[0].read("AENERGY") == jig.chips[2].read("AENERGY")
    edges = [len(jig.bank.pulses(p).edges(0.0, 3.0)) for p in (1, 2, 3)]
    assert edges[0] == edges[2] == jig.chips[0].read("AENERGY")
    assert edges[1] == jig.chips[1].read("AENERGY")


def test_the_steady_engine_refuses_what_it_cannot_do() -> None:
    jig = Jig(engine="steady")
    jig.play(Sampled(1000.0, np.ones(10)), sine(1.0, 50.0))
    with pytest.raises(ValueError, match='use engine "auto"'):
        jig.bank.catch_up(1.0)


def test_a_record_that_is_not_repeated_is_silent_before_and_after() -> None:
    rate = 25_600.0
    times = np.arange(int(rate)) / rate
    volts, amperes = (Sampled(rate, sine(rms, 50.0).at(times), 2.0) for rms in FULL_SCALE)
    jig = Jig()
    jig.play(volts, amperes)
    jig.run(1.9)
    assert jig.chip.read("AENERGY") == 0
    jig.run(5.0)
    # one second at full scale; the chords of 512 points per period lie within 1e-4 of the sines
    assert jig.chip.read("AENERGY") == pytest.approx(22_372.2, rel=2e-4)


def test_two_frequencies_need_samples() -> None:
    jig = Jig()
    jig.play(sine(220.0, 50.0), sine(10.0, 53.0))
    jig.run(10.0)
    # nothing but beats at 3 Hz
    assert abs(jig.chip.read("AENERGY")) < 60


def test_chips_of_one_bank_hang_on_different_circuits() -> None:
    from bench.twins.ade7753.bank import Bank, Mount
    from bench.twins.ade7753.spread import Spread
    from bench.twins.world import World
    from testcases.selftest.metering_chip import Chip

    world = World(1)
    phases = [world.phases[name] for name in ("L1", "L2", "L3")]
    bank = Bank(world, [Mount(p, c, spread=Spread.none()) for p, c in enumerate(phases, 1)])
    phases[0].apply(sine(220.0, 50.0), sine(60.0, 50.0))
    phases[1].apply(sine(220.0, 60.0, 120.0), sine(30.0, 60.0, 120.0))
    world.advance(10.0)
    before = [Chip(bank.slave(p)).read("AENERGY") for p in (1, 2, 3)]
    world.advance(10.0)
    rates = [(Chip(bank.slave(p)).read("AENERGY") - before[p - 1]) / 10 for p in (1, 2, 3)]
    assert rates == pytest.approx([5_593.05, 2_796.5, 0.0], abs=0.2)
    assert [Chip(bank.slave(p)).read("PERIOD") for p in (1, 2)] == pytest.approx(
        [8949, 7457], abs=1
    )
