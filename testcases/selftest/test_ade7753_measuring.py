"""ADE7753 driver: energy, line cycles, RMS, waveform, temperature, peaks, offsets."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drivers.ade7753.driver import Ade7753
from drivers.ade7753.energy import signed_difference
from drivers.ade7753.settings import Settings
from drivers.errors import DeviceError, DeviceTimeout, StationFault
from testcases.selftest.register_chip import (
    ADDRESS,
    CLKIN,
    ChipClock,
    DirectBus,
    NoisyChip,
    RegisterChip,
)


def started(chip: RegisterChip) -> Ade7753:
    driver = Ade7753(DirectBus(chip), clock=ChipClock(chip), label="position 7")
    driver.reset()
    driver.configure(Settings())
    return driver


# Energy


@pytest.mark.parametrize(
    ("new", "old", "difference"),
    [
        (0x000010, 0xFFFFF0, 32),
        (0xFFFFF0, 0x000010, -32),
        (-8_388_608, 8_388_607, 1),  # over the positive end
        (8_388_607, -8_388_608, -1),
        (100, 100, 0),
    ],
)
def test_differences_wrap_with_their_sign(new: int, old: int, difference: int) -> None:
    assert signed_difference(new, old) == difference


@pytest.mark.parametrize("rate", [20_000.0, -20_000.0])
def test_energy_adds_up_over_the_wrap(rate: float) -> None:
    chip = RegisterChip(rate=rate)
    driver = started(chip)
    chip.energy = 8_388_000.0 if rate > 0 else -8_388_000.0
    driver.clock.sleep(0.001)
    driver.energy.start()
    for _ in range(10):
        driver.clock.sleep(100.0)
        energy = driver.energy.read()
    assert energy.active == pytest.approx(rate * 1000, abs=2)
    assert energy.apparent == pytest.approx(abs(rate) * 1000, abs=40) or rate < 0
    assert energy.duration == pytest.approx(1000)
    assert ("read", ADDRESS["RAENERGY"]) not in chip.log


def test_energy_read_too_late_or_too_early_is_told() -> None:
    driver = started(RegisterChip())
    with pytest.raises(StationFault, match="call start first"):
        driver.energy.read()
    driver.energy.start()
    driver.clock.sleep(126.0)
    with pytest.raises(StationFault, match="read at least every 125 s"):
        driver.energy.read()


def test_energy_that_vanished_is_told() -> None:
    chip = RegisterChip(rate=5000.0)
    driver = started(chip)
    driver.clock.sleep(120.0)
    driver.energy.start()
    chip.energy = 0.0  # a command that flipped to RAENERGY
    driver.clock.sleep(1.0)
    with pytest.raises(DeviceError, match=r"AENERGY moved by -59\d{4}.*repeat"):
        driver.energy.read()


# Line cycles


def test_the_first_result_is_discarded() -> None:
    chip = RegisterChip(rate=5000.0)
    driver = started(chip)
    driver.line_cycles.start(100, 50.0)
    driver.clock.sleep(1.01)
    chip.rate = 1000.0  # the load changed within the first run or right after it
    assert not driver.line_cycles.ready()
    with pytest.raises(DeviceTimeout, match="no end of 100 half cycles"):
        driver.line_cycles.read()
    driver.clock.sleep(1.0)
    assert driver.line_cycles.ready()
    result = driver.line_cycles.read()
    assert result.active == pytest.approx(1000, abs=60)
    assert result.half_cycles == 100
    # 100 half cycles at PERIOD 8949 are 1.00000 s (reference 4.10)
    assert result.duration(CLKIN) == pytest.approx(1.0, rel=1e-4)


def test_one_wait_serves_a_whole_jig() -> None:
    chips = [RegisterChip(rate=rate) for rate in (1000.0, -1000.0, 3000.0)]
    clock = ChipClock(*chips)
    drivers = [Ade7753(DirectBus(chip), clock=clock) for chip in chips]
    for driver in drivers:
        driver.reset()
        driver.configure(Settings())
    for driver in drivers:
        driver.line_cycles.start(200, 50.0)
    # Both ends come unseen and show as one flag.
    clock.sleep(max(driver.line_cycles.wait_time for driver in drivers))
    results = [driver.line_cycles.read() for driver in drivers]
    assert [result.active for result in results] == [2000, -2000, 6000]
    assert [result.apparent for result in results] == [2000, 2000, 6000]


def test_collect_waits_by_the_clock_and_gives_up() -> None:
    chip = RegisterChip(rate=1000.0)
    driver = started(chip)
    driver.line_cycles.start(50, 50.0)
    assert driver.line_cycles.collect().active == 500
    assert driver.clock.now() == pytest.approx(1.0, abs=0.1)
    chip.frequency = 0.0  # the mains fails
    driver.line_cycles.start(60, 50.0)
    before = driver.clock.now()
    with pytest.raises(DeviceTimeout, match=r"no end of 60 half cycles within 2\.\d+ s.*voltage"):
        driver.line_cycles.collect()
    assert driver.clock.now() - before < 4


def test_a_run_that_ends_while_being_read_is_read_again() -> None:
    class Hasty(DirectBus):
        def transfer(self, number, segments):  # type: ignore[no-untyped-def]
            if segments[0].data == b"\x04" and len(runs) < 1:
                runs.append(1)
                chip.advance(1.0)
            return super().transfer(number, segments)

    chip, runs = RegisterChip(rate=1000.0), []
    driver = Ade7753(Hasty(chip), clock=ChipClock(chip))
    driver.reset()
    driver.configure(Settings())
    driver.line_cycles.start(100, 50.0)
    driver.clock.sleep(driver.line_cycles.wait_time)
    driver.line_cycles.read()
    assert [address for _, address in chip.log].count(ADDRESS["LAENERGY"]) == 4


def test_line_cycle_limits() -> None:
    driver = started(RegisterChip())
    with pytest.raises(StationFault, match="call start first"):
        driver.line_cycles.ready()
    for half_cycles, frequency in ((0, 50.0), (65_536, 50.0), (100, 5.0)):
        with pytest.raises(ValueError, match="allowed"):
            driver.line_cycles.start(half_cycles, frequency)
    driver.line_cycles.start(10, 50.0)
    driver.line_cycles.stop()
    assert not driver.read("MODE") & 0x0080
    assert driver.line_cycles.wait_time == 0


def test_other_flags_survive_a_line_cycle_wait() -> None:
    chip = RegisterChip()
    driver = started(chip)
    chip.flag(0x2000)  # PPOS, for somebody else
    driver.line_cycles.start(10, 50.0)
    driver.line_cycles.collect()
    assert driver.flags.take(0x2000) == 0x2000  # type: ignore[arg-type]


# RMS, frequency


def test_rms_is_averaged_over_crossings() -> None:
    chip = RegisterChip()
    driver = started(chip)
    values = iter(range(1_000_000, 1_000_010))
    cross = chip._cross

    def crossing() -> None:
        cross()
        chip.raw[ADDRESS["VRMS"]] = next(values, 1_000_009)
        chip.raw[ADDRESS["IRMS"]] = 500

    chip._cross = crossing  # type: ignore[method-assign]
    reading = driver.rms.read(10)
    assert reading.voltage == pytest.approx(1_000_004.5)
    assert (reading.current, reading.count) == (500, 10)
    assert driver.clock.now() == pytest.approx(0.1, abs=0.02)


def test_rms_without_line_voltage_gives_up() -> None:
    driver = started(RegisterChip(frequency=0.0))
    with pytest.raises(DeviceTimeout, match=r"zero crossings did not come within 0.56 s"):
        driver.rms.read(10)
    with pytest.raises(StationFault, match="0 of 10"):
        driver.rms.result()
    with pytest.raises(ValueError, match="1 to 10000"):
        driver.rms.start(0)


def test_line_frequency() -> None:
    chip = RegisterChip(frequency=60.0)
    driver = started(chip)
    driver.clock.sleep(0.1)
    assert driver.read("PERIOD") == 7457  # reference 4.10
    assert driver.line_frequency() == pytest.approx(60.0, rel=2e-4)
    chip.raw[ADDRESS["PERIOD"]], chip.frequency = 0, 0.0
    with pytest.raises(DeviceError, match="PERIOD reads 0: is there voltage"):
        driver.line_frequency()


# Waveform


@pytest.mark.parametrize(
    ("divider", "source", "bits"), [(1024, "current", 0x5800), (128, "power", 0)]
)
def test_waveform_samples_in_a_row(divider: int, source: str, bits: int) -> None:
    chip = RegisterChip()
    driver = started(chip)
    seen: list[int] = []
    store = chip._store

    def spy(byte: int) -> None:
        store(byte)
        seen.append(chip.raw[ADDRESS["MODE"]])

    chip._store = spy  # type: ignore[method-assign]
    mode = chip.raw[ADDRESS["MODE"]]
    capture = driver.waveform.capture(source, 200, divider)
    assert mode | bits in seen
    steps = {b - a for a, b in zip(capture.samples, capture.samples[1:], strict=False)}
    assert steps == {7}, "the chip counts by 7 from sample to sample"
    assert capture.complete
    assert len(capture.samples) == 200
    assert capture.rate == pytest.approx(3495.65 * 1024 / divider, rel=1e-5)
    assert chip.raw[ADDRESS["MODE"]] == mode
    assert not chip.raw[ADDRESS["IRQEN"]] & 0x08


def test_missed_samples_are_told() -> None:
    chip = RegisterChip()
    driver = started(chip)
    clock = driver.clock
    sleep: Callable[[float], None] = clock.sleep
    count = 0

    def stumble(seconds: float) -> None:
        nonlocal count
        count += 1
        sleep(seconds + (3e-3 if count == 60 else 0.0))

    clock.sleep = stumble  # type: ignore[method-assign]
    capture = driver.waveform.capture("voltage", 100)
    assert not capture.complete
    ((index, missed),) = capture.gaps
    # 3 ms at 3496 samples a second are ten and a half
    assert missed in {10, 11}
    step = (capture.samples[index] - capture.samples[index - 1]) / 7
    assert step == missed + 1


def test_waveform_limits() -> None:
    driver = started(RegisterChip())
    for arguments in (("temperature", 1, 128), ("power", 0, 128), ("power", 1, 100)):
        with pytest.raises(ValueError, match=r"allowed|at least"):
            driver.waveform.capture(*arguments)


def test_a_chip_that_does_not_sample() -> None:
    chip = RegisterChip()
    chip.stuck[ADDRESS["WAVEFORM"]] = 0
    driver = started(chip)
    chip.advance = lambda seconds: None  # type: ignore[method-assign]  # CLKIN stops
    with pytest.raises(DeviceTimeout, match=r"no waveform sample.*CLKIN"):
        driver.waveform.capture("power", 1)


# Temperature, peaks, offsets


def test_temperature_at_the_next_crossing() -> None:
    chip = RegisterChip()
    driver = started(chip)
    # 72 / 1.5 - 25 = 23 degC (reference 4.11)
    assert driver.temperature() == pytest.approx(23.0)
    assert driver.check() == ()


def test_temperature_without_line_voltage_gives_up() -> None:
    driver = started(RegisterChip(frequency=0.0))
    with pytest.raises(DeviceTimeout, match=r"no temperature conversion within 0.5 s"):
        driver.temperature(0.5)
    assert driver.clock.now() < 0.6
    with pytest.raises(ValueError, match="positive"):
        driver.temperature(0)


@pytest.mark.parametrize("seed", range(4))
def test_temperature_on_a_noisy_wire(seed: int) -> None:
    driver = started(NoisyChip(seed, 0.02))
    for _ in range(20):
        assert driver.temperature() == pytest.approx(23.0)


def test_peaks_and_their_reset() -> None:
    chip = RegisterChip()
    driver = started(chip)
    chip.raw[ADDRESS["IPEAK"]], chip.raw[ADDRESS["VPEAK"]] = 2_642_412, 18_992
    assert driver.peaks() == (2_642_412, 18_992)
    assert driver.peaks(reset=True) == (2_642_412, 18_992)
    assert driver.peaks() == (0, 0)


def test_offsets_are_trimmed_with_the_right_signs() -> None:
    class OffsetChip(RegisterChip):
        """Each CH1OS code adds 100 waveform codes; CH2OS acts inverted."""

        def advance(self, seconds: float) -> None:
            super().advance(seconds)
            mode = self.raw[ADDRESS["MODE"]]
            assert not (mode & 0x0300) or self.raw[ADDRESS["CH1OS"]] & 0x80 == 0
            codes = {2: (ADDRESS["CH1OS"], 1, 730), 3: (ADDRESS["CH2OS"], -1, 420)}
            register, sense, offset = codes.get(mode >> 13 & 3, (0, 0, 0))
            raw = self.raw[register]
            code = -(raw & 0x1F) if raw & 0x20 else raw & 0x1F
            self.raw[ADDRESS["WAVEFORM"]] = (offset + sense * 100 * code) & 0xFFFFFF

    chip = OffsetChip()
    driver = started(chip)
    mode = chip.raw[ADDRESS["MODE"]]
    trims = driver.trim_offsets(samples=4)
    # Opposite value to CH1OS, equal value to CH2OS (reference 2.4)
    assert (trims["current"].code, trims["voltage"].code) == (-7, 4)
    assert (trims["current"].before, trims["current"].after) == (730, 30)
    assert (trims["voltage"].before, trims["voltage"].after) == (420, 20)
    assert chip.raw[ADDRESS["MODE"]] == mode
    assert chip.raw[ADDRESS["CH1OS"]] == 0x27
    with pytest.raises(ValueError, match="1 to 10000"):
        driver.trim_offsets(0)
