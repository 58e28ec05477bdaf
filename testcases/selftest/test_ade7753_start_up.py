"""ADE7753 driver: reset, self-check, configuration, resets that nobody asked for."""

from __future__ import annotations

import pytest

from drivers.ade7753.driver import Ade7753
from drivers.ade7753.settings import Settings
from drivers.errors import DeviceError, DeviceTimeout, ReadBackMismatch, WrongDevice
from testcases.selftest.register_chip import (
    ADDRESS,
    RESET,
    ChipClock,
    DirectBus,
    NoisyChip,
    RegisterChip,
)


def driver_of(chip: RegisterChip, **options: object) -> Ade7753:
    return Ade7753(
        DirectBus(chip),
        clock=ChipClock(chip),
        label="position 7",
        **options,  # type: ignore[arg-type]
    )


def test_reset_leaves_reset_values_and_no_flags() -> None:
    chip = RegisterChip()
    chip.raw[ADDRESS["WGAIN"]] = 480
    driver = driver_of(chip)
    driver.reset()
    assert chip.raw[ADDRESS["WGAIN"]] == 0
    assert chip.raw[ADDRESS["STATUS"]] == 0
    assert chip.log.count(("write", ADDRESS["MODE"])) == 1
    assert driver.clock.now() >= 200e-6


def test_the_reset_pin_is_used_where_the_jig_has_it() -> None:
    chip = RegisterChip()
    pulses: list[int] = []

    def pulse() -> None:
        pulses.append(1)
        chip.reset()

    driver_of(chip, hardware_reset=pulse).reset()
    assert pulses == [1]
    assert ("write", ADDRESS["MODE"]) not in chip.log


@pytest.mark.parametrize(("level", "word"), [(0x00, "zeros"), (0xFF, "ones")])
def test_a_dead_line_is_no_answer(level: int, word: str) -> None:
    chip = RegisterChip()
    chip.gone = level
    with pytest.raises(DeviceError, match=f"position 7: no answer on SPI, only {word}: check"):
        driver_of(chip).reset()


def test_a_chip_that_dies_later_is_no_answer_either() -> None:
    chip = RegisterChip()
    driver = driver_of(chip)
    driver.reset()
    driver.configure(Settings())
    chip.gone = 0x00  # zeros pass the checksum
    with pytest.raises(DeviceError, match="no answer on SPI"):
        driver.check()


def test_another_chip_has_wrong_reset_values() -> None:
    class OtherChip(RegisterChip):
        def reset(self) -> None:
            super().reset()
            self.raw[ADDRESS["CFNUM"]] = 0x000

    with pytest.raises(WrongDevice, match=r"wrong reset value: CFNUM reads 0x0.*has 0x3f"):
        driver_of(OtherChip()).reset()


def test_a_chip_without_a_clock_never_ends_its_reset() -> None:
    class StoppedChip(RegisterChip):
        def reset(self) -> None:
            super().reset()
            self.raw[ADDRESS["STATUS"]] = 0

    with pytest.raises(DeviceTimeout, match=r"no RESET flag.*CLKIN"):
        driver_of(StoppedChip()).reset()


@pytest.mark.parametrize("seed", range(5))
def test_start_up_on_a_noisy_wire(seed: int) -> None:
    chip = NoisyChip(seed, 0.01)
    driver = driver_of(chip)
    driver.reset()
    driver.configure(Settings(pga1=4, channel1_range=0.25, pga2=2))
    driver.apply_constants({"WGAIN": 480, "PHCAL": 11})
    # PGA1 x4 is code 2, 0.25 V is 1 << 3, PGA2 x2 is 1 << 5 (reference 2.3)
    assert chip.raw[ADDRESS["GAIN"]] == 0b001_01_010
    assert chip.raw[ADDRESS["WGAIN"]] == 480
    assert chip.raw[ADDRESS["PHCAL"]] == 11


def test_settings_reach_the_registers_with_mode_and_irqen_last() -> None:
    chip = RegisterChip()
    driver = driver_of(chip)
    driver.reset()
    chip.log.clear()
    driver.configure(
        Settings(
            integrator=True,
            channel1_offset=-3,
            channel2_offset=5,
            high_pass=False,
            positive_only=True,
            sag_level=0x2A,
            sag_cycles=3,
            crossing_timeout=0x130,
            interrupts=0x0004,
        )
    )
    raw = {name: chip.raw[address] for name, address in ADDRESS.items()}
    assert raw["CH1OS"] == 0x80 | 0x23  # integrator, sign bit 5, magnitude 3
    assert raw["CH2OS"] == 0x05
    assert raw["SAGCYC"] == 4  # SAGCYC = 4 is three low cycles (reference 4.10)
    assert raw["ZXTOUT"] == 0x130
    assert raw["MODE"] == 0x8001  # POAM, DISHPF; CF and sag on
    writes = [address for kind, address in chip.log if kind == "write"]
    assert writes[-2:] == [ADDRESS["MODE"], ADDRESS["IRQEN"]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pga1", 3),
        ("pga2", 32),
        ("channel1_range", 0.3),
        ("channel1_offset", 32),
        ("channel2_offset", -32),
        ("sag_cycles", 0),
        ("sag_cycles", 255),
        ("crossing_timeout", 0),
        ("crossing_timeout", 4096),
        ("current_peak_level", 256),
        ("interrupts", 0x10000),
    ],
)
def test_settings_out_of_range(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=r"allowed|PGA|must"):
        Settings(**{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "constants",
    [
        {"PHCAL": -32},
        {"PHCAL": 30},  # six bits could hold it; the data sheet forbids it
        {"WGAIN": 0, "VAGAIN": 2048},
        {"WGAIN": 0, "MODE": 0},
        {"APOS": 0x8000},
    ],
)
def test_bad_constants_change_nothing(constants: dict[str, int]) -> None:
    chip = RegisterChip()
    driver = driver_of(chip)
    driver.reset()
    chip.log.clear()
    with pytest.raises(ValueError, match="allowed"):
        driver.apply_constants(constants)
    assert chip.log == []


@pytest.mark.parametrize("code", [-31, 29])
def test_the_ends_of_the_phase_range(code: int) -> None:
    chip = RegisterChip()
    driver = driver_of(chip)
    driver.reset()
    driver.apply_constants({"PHCAL": code})
    assert driver.read("PHCAL") == code


def test_the_pulse_divider_of_the_data_sheet() -> None:
    # Reference 5.1: 3200 imp/kWh; 220 V and 60 A at half of full scale; CFDEN 489.
    chip = RegisterChip()
    driver = driver_of(chip)
    driver.reset()
    driver.set_meter_constant(3200, 440, 120)
    assert (chip.raw[0x14], chip.raw[0x15], chip.raw[0x13]) == (0, 489, 0)
    with pytest.raises(ValueError, match="CFDEN = 15681: allowed are 0 to 4095"):
        driver.set_meter_constant(100, 440, 120)
    with pytest.raises(ValueError, match="positive"):
        driver.set_meter_constant(0, 440, 120)


def test_a_stuck_bit_fails_the_configuration() -> None:
    chip = RegisterChip()
    chip.stuck[ADDRESS["GAIN"]] = 0x01
    driver = driver_of(chip)
    driver.reset()
    with pytest.raises(ReadBackMismatch, match="position 7: GAIN: wrote 0x1, read back 0x0"):
        driver.configure(Settings(pga1=2))


def test_a_brown_out_is_named() -> None:
    chip = RegisterChip()
    driver = driver_of(chip)
    driver.reset()
    driver.configure(Settings())
    driver.apply_constants({"WGAIN": 480})
    driver.line_cycles.start(100, 50.0)
    chip.reset()
    for action in (driver.line_cycles.ready, driver.check, driver.line_cycles.collect):
        with pytest.raises(DeviceError, match=r"was reset during operation.*brown-out"):
            action()
    driver.reset()
    driver.configure(Settings())
    assert driver.check() == ()


def test_check_restores_and_names_changed_registers() -> None:
    chip = RegisterChip()
    driver = driver_of(chip)
    driver.reset()
    driver.configure(Settings())
    chip.raw[ADDRESS["APOS"]] = 5
    assert driver.check() == ("APOS",)
    assert driver.check() == ()


@pytest.mark.parametrize("clkin", [0.9e6, 4.1e6])
def test_clkin_out_of_range(clkin: float) -> None:
    with pytest.raises(ValueError, match="1 to 4 MHz"):
        driver_of(RegisterChip(), clkin=clkin)


def test_flags_are_kept_for_whoever_waits_for_them() -> None:
    chip = RegisterChip()
    driver = driver_of(chip)
    driver.reset()
    chip.flag(0x0014)  # CYCEND and ZX
    assert driver.flags.take(0x0004) == 0x0004  # type: ignore[arg-type]
    assert chip.raw[ADDRESS["STATUS"]] == 0, "the chip has forgotten ZX"
    assert driver.flags.take(0x0010) == 0x0010  # type: ignore[arg-type]
    assert driver.flags.take(0x0014) == 0  # type: ignore[arg-type]
    chip.flag(RESET)
    with pytest.raises(DeviceError, match="reset during operation"):
        driver.flags.poll()
