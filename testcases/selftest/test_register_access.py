"""ADE7753 register access, on good and bad wires."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.ade7753.access import RegisterAccess
from drivers.ade7753.agreement import Verifier
from drivers.ade7753.frames import Timing
from drivers.ade7753.registers import REGISTERS
from drivers.errors import DeviceError, LinkChecksum, ReadBackMismatch
from testcases.selftest.register_chip import ADDRESS, DirectBus, NoisyChip, RegisterChip

WRITABLE = [row for row in REGISTERS.values() if row.writable and row.name != "TMODE"]


def access_to(chip: RegisterChip, retries: int = 8) -> RegisterAccess:
    access = RegisterAccess(DirectBus(chip), label="position 7", retries=retries)
    access.assume_reset()
    chip.raw[ADDRESS["STATUS"]] = 0
    return access


class Scripted(RegisterChip):
    """Flips bits of the bytes that the test names: (direction, number) to a mask."""

    def __init__(self) -> None:
        self.flips: dict[tuple[str, int], int] = {}
        self.number = 0
        super().__init__()

    def exchange(self, data: bytes, bit_time: float, mode: int) -> bytes:
        answer = bytearray()
        for byte in data:
            sent = byte ^ self.flips.get(("out", self.number), 0)
            (got,) = super().exchange(bytes([sent]), bit_time, mode)
            answer.append(got ^ self.flips.get(("in", self.number), 0))
            self.number += 1
        return bytes(answer)

    def spoil(self, direction: str, offset: int, mask: int) -> None:
        """Corrupt the byte `offset` bytes from now."""
        self.flips[direction, self.number + offset] = mask


def test_a_read_is_two_readings_and_chksum_in_one_transfer_with_t9() -> None:
    chip = RegisterChip()
    chip.raw[0x16] = 0x1C82B3  # full-scale IRMS, reference 1
    bus = DirectBus(chip)
    access = RegisterAccess(bus)
    assert access.read_verified("IRMS") == 1_868_467
    assert bus.transfers == 1
    assert chip.log == [("read", 0x16), ("read", 0x16), ("read", 0x3E)]
    assert chip.t9_broken == 0


def test_signs_come_from_the_table() -> None:
    chip = RegisterChip()
    chip.raw[0x04] = 0xFFFFFF  # LAENERGY -1: reverse power
    chip.raw[0x17] = 0xFFFFFF  # VRMS is unsigned
    chip.raw[0x0E] = 0x21  # CH2OS, sign and magnitude: -1
    chip.raw[0x11] = 0xFDF6  # APOS -522, reference 5.3
    values = access_to(chip).read_many(("LAENERGY", "VRMS", "CH2OS", "APOS"))
    assert values == {"LAENERGY": -1, "VRMS": 0xFFFFFF, "CH2OS": -1, "APOS": -522}


@given(row=st.sampled_from(WRITABLE), data=st.data())
@settings(max_examples=60, deadline=None)
def test_every_writable_register_keeps_what_is_written(row, data) -> None:
    chip = RegisterChip()
    access = access_to(chip)
    value = data.draw(st.integers(row.minimum, row.maximum))
    if row.name == "MODE":
        value &= ~0x60
    access.write(row.name, value)
    assert access.read_verified(row.name) == value
    assert chip.t9_broken == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WGAIN", 2048),
        ("WGAIN", -2049),
        ("LINECYC", 65536),
        ("CH1OS", 32),
        ("PHCAL", 32),
        ("IRMS", 0),
        ("TMODE", 0),
        ("NOSUCH", 0),
    ],
)
def test_bad_writes_send_nothing(name: str, value: int) -> None:
    chip = RegisterChip()
    bus = DirectBus(chip)
    with pytest.raises(ValueError, match=name):
        RegisterAccess(bus).write(name, value)
    assert bus.transfers == 0


def test_ch1os_carries_the_integrator_bit() -> None:
    chip = RegisterChip()
    access = access_to(chip)
    access.write_raw("CH1OS", 0x80 | REGISTERS["CH1OS"].encode(-3))
    assert chip.raw[0x0D] == 0xA3
    assert access.read_verified("CH1OS") == -3
    with pytest.raises(ValueError, match="8 bits"):
        access.write_raw("CH1OS", 0x100)


def test_a_register_that_clears_is_not_read_by_the_way() -> None:
    with pytest.raises(ValueError, match="RSTSTATUS is cleared"):
        access_to(RegisterChip()).read_verified("RSTSTATUS")
    with pytest.raises(ValueError, match="not cleared"):
        access_to(RegisterChip()).take("IRMS")


# One corrupted byte each. A verified read of IRMS is bytes 0..3 twice, then CHKSUM 8..9.


@pytest.mark.parametrize(
    ("direction", "offset", "mask"),
    [
        ("in", 1, 0x10),  # first reading
        ("in", 7, 0x01),  # second reading
        ("in", 9, 0x02),  # CHKSUM
        ("out", 0, 0x01),  # first command: VRMS answers
        ("out", 4, 0x01),  # second command: VRMS answers, with a CHKSUM that fits
        ("out", 8, 0x01),  # CHKSUM command: DIEREV answers
        ("out", 4, 0x80),  # second command becomes a write
    ],
)
def test_one_corrupted_byte_of_a_read_is_found(direction: str, offset: int, mask: int) -> None:
    chip = Scripted()
    chip.raw[0x16], chip.raw[0x17] = 0x1C82B3, 0x17D338
    access = access_to(chip)
    chip.spoil(direction, offset, mask)
    assert access.read_verified("IRMS") == 0x1C82B3
    assert access.counts.retries == 1


def test_a_read_that_becomes_a_write_keeps_the_register() -> None:
    chip = Scripted()
    access = access_to(chip)
    access.write("WGAIN", 480)
    chip.spoil("out", 0, 0x80)
    assert access.read_verified("WGAIN") == 480
    assert chip.raw[ADDRESS["WGAIN"]] == 480
    assert ("write", ADDRESS["WGAIN"]) in chip.log[-7:]  # it was one


def test_only_the_failed_register_of_many_is_read_again() -> None:
    chip = Scripted()
    access = access_to(chip)
    chip.spoil("in", 1, 0x04)
    chip.log.clear()
    access.read_many(("LINECYC", "VRMS"))
    reads = [address for kind, address in chip.log if kind == "read"]
    assert reads.count(ADDRESS["LINECYC"]) == 4
    assert reads.count(ADDRESS["VRMS"]) == 2


def test_retries_are_bounded_and_the_bus_is_set_up_again() -> None:
    chip = RegisterChip()
    chip.gone = 0xFF
    bus = DirectBus(chip)
    access = RegisterAccess(bus, label="position 7", retries=4)
    with pytest.raises(LinkChecksum, match=r"position 7: VRMS: 5 reads.*ffffff, ffffff.*check"):
        access.read_verified("VRMS")
    assert bus.transfers == 5
    assert bus.refreshed == 3


def test_a_corrupted_write_command_hits_another_register_and_is_undone() -> None:
    chip = Scripted()
    access = access_to(chip)
    access.write("CFNUM", 0)
    chip.spoil("out", 0, 0x01)  # WGAIN 12h becomes WDIV 13h
    access.write("WGAIN", 480)
    assert chip.raw[ADDRESS["WGAIN"]] == 480
    assert chip.raw[ADDRESS["WDIV"]] == 0
    assert chip.raw[ADDRESS["CFNUM"]] == 0
    assert access.counts.rewrites == 1
    assert access.counts.restored == 1


def test_corrupted_write_data_are_written_again() -> None:
    chip = Scripted()
    access = access_to(chip)
    chip.spoil("out", 2, 0x08)
    access.write("WGAIN", 480)
    assert chip.raw[ADDRESS["WGAIN"]] == 480


def test_a_write_of_no_new_value_is_only_checked() -> None:
    chip = RegisterChip()
    access = access_to(chip)
    access.write("CFNUM", 0x3F)
    assert ("write", ADDRESS["CFNUM"]) not in chip.log
    chip.raw[ADDRESS["CFNUM"]] = 1
    access.write("CFNUM", 0x3F)
    assert chip.raw[ADDRESS["CFNUM"]] == 0x3F


def test_a_stuck_bit_is_named_with_register_written_and_read() -> None:
    chip = RegisterChip()
    chip.stuck[ADDRESS["WGAIN"]] = 0x020
    with pytest.raises(ReadBackMismatch, match=r"position 7: WGAIN: wrote 0x1e0, read back 0x1c0"):
        access_to(chip, retries=2).write("WGAIN", 480)
    assert chip.log.count(("write", ADDRESS["WGAIN"])) == 3


def test_passing_bits_of_mode_are_not_compared() -> None:
    chip = RegisterChip()
    access = access_to(chip)
    access.write_raw("MODE", 0x0080)
    chip.raw[ADDRESS["MODE"]] |= 0x20  # a temperature conversion waits
    assert access.restore() == ()
    access.write_raw("MODE", 0x0080 | 0x60)  # is not sent as such
    assert not chip.raw[ADDRESS["STATUS"]]


def test_changed_registers_are_restored_and_named() -> None:
    chip = RegisterChip()
    access = access_to(chip)
    access.write("WGAIN", 480)
    access.write("APOS", -522)
    chip.raw[ADDRESS["WGAIN"]] = 481
    chip.raw[ADDRESS["SAGLVL"]] = 7
    assert access.restore() == ("WGAIN", "SAGLVL")
    assert chip.raw[ADDRESS["WGAIN"]] == 480
    assert chip.raw[ADDRESS["SAGLVL"]] == 0
    assert access.restore() == ()


@pytest.mark.parametrize("flag", [True, False])
def test_a_chip_that_was_reset_is_told_from_a_changed_register(flag: bool) -> None:
    chip = RegisterChip()
    access = access_to(chip)
    access.write("WGAIN", 480)
    access.write("APOS", -522)
    chip.reset()
    if not flag:
        chip.raw[ADDRESS["STATUS"]] = 0
    with pytest.raises(DeviceError, match="position 7: the chip was reset during operation"):
        access.restore()
    assert chip.raw[ADDRESS["WGAIN"]] == 0, "a lost configuration must not be patched up"


def test_a_mode_write_that_became_a_reset_is_put_right() -> None:
    chip = Scripted()
    access = access_to(chip)
    access.write("WGAIN", 480)
    access.write("APOS", -522)
    chip.spoil("out", 2, 0x40)  # SWRST
    access.write_raw("MODE", 0x0080)
    assert chip.raw[ADDRESS["MODE"]] == 0x0080
    assert chip.raw[ADDRESS["WGAIN"]] == 480
    assert not chip.raw[ADDRESS["STATUS"]], "the RESET flag is ours"
    assert access.restore() == ()


@pytest.mark.parametrize("whole_bytes", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_one_per_cent_of_corrupted_bytes(seed: int, whole_bytes: bool) -> None:
    chip = NoisyChip(seed, 0.01, whole_bytes)
    access = access_to(chip)
    wanted = {"WGAIN": 480, "APOS": -522, "PHCAL": 11, "CFNUM": 0, "CFDEN": 489, "LINECYC": 2000}
    chip.raw[ADDRESS["VRMS"]], chip.raw[ADDRESS["LAENERGY"]] = 0x17D338, 0x004AF2
    for name, value in wanted.items():
        access.write(name, value)
    for _ in range(300):
        assert access.read_many(("VRMS", "LAENERGY")) == {"VRMS": 0x17D338, "LAENERGY": 19_186}
    access.restore()
    assert chip.corrupted > 50
    assert access.counts.retries > 10
    for name, value in wanted.items():
        assert REGISTERS[name].decode(chip.raw[ADDRESS[name]]) == value
    assert access.restore() == () or whole_bytes


def test_flags_survive_corrupted_reads_with_reset() -> None:
    chip = NoisyChip(3, 0.05)
    access = access_to(chip)
    for _ in range(300):
        chip.flag(0x0014)
        assert access.take("RSTSTATUS") == 0x0014
    assert access.take("RSTSTATUS") == 0


def test_a_peak_that_starts_anew_at_once_is_cleared() -> None:
    class Live(RegisterChip):
        """A peak that grows with every read."""

        def _latch(self) -> None:
            super()._latch()
            if self._address == ADDRESS["RSTIPEAK"]:
                self._buffer += 16
                self.raw[ADDRESS["IPEAK"]] = 1000

    chip = Live()
    chip.raw[ADDRESS["IPEAK"]] = 2_642_400
    assert access_to(chip).take("RSTIPEAK") == 2_642_400


def test_news_between_status_and_the_clear_are_kept() -> None:
    class Busy(RegisterChip):
        """Sets ZX while RSTSTATUS is being asked for."""

        def _latch(self) -> None:
            if self._address == ADDRESS["RSTSTATUS"]:
                self.flag(0x0010)
            super()._latch()

    chip = Busy()
    access = access_to(chip)
    chip.flag(0x0004)
    assert access.take("RSTSTATUS") == 0x0014
    assert chip.raw[ADDRESS["STATUS"]] == 0


def test_taking_a_peak_gives_the_value_and_clears_it() -> None:
    chip = RegisterChip()
    access = access_to(chip)
    chip.raw[ADDRESS["IPEAK"]] = 2_642_412
    assert access.take("RSTIPEAK") == 2_642_412
    assert chip.raw[ADDRESS["IPEAK"]] == 0
    assert access.take("RSTIPEAK") == 0


def pairs_of(name: str, *pairs: tuple[int, int]) -> int | None:
    """What a verifier makes of pairs of readings with a CHKSUM that fits."""
    row = REGISTERS[name]
    verifier = Verifier(row)
    for first, second in pairs:
        value = verifier.add(
            first.to_bytes(row.size), second.to_bytes(row.size), second.bit_count()
        )
    return value


def test_a_register_that_moves_is_looked_at_twice() -> None:
    assert pairs_of("VRMS", (1_000_000, 1_001_000)) is None
    assert pairs_of("VRMS", (1_000_000, 1_001_000), (1_002_000, 1_003_000)) == 1_002_000
    assert pairs_of("AENERGY", (0xFFFFFE, 0xFFFFFF), (0, 1)) == 0  # over the wrap
    assert pairs_of("VRMS", (1_000_000, 1_000_000)) == 1_000_000
    # A corrupted byte within the ripple, CHKSUM right: the other three readings outvote it.
    assert pairs_of("VRMS", (1_000_000, 1_010_000), (1_000_000, 1_000_000)) == 1_000_000


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("AENERGY", 0x000000, 0x000100),
        ("VRMS", 1_000_000, 1_100_000),
        ("LAENERGY", 100, 101),  # latched: it does not move
    ],
)
def test_readings_too_far_apart_fail(name: str, first: int, second: int) -> None:
    assert pairs_of(name, (first, second), (first, second), (first, second)) is None


def test_byte_gaps_split_the_data() -> None:
    chip = RegisterChip()
    chip.raw[0x16] = 0x1C82B3
    access = RegisterAccess(DirectBus(chip), timing=Timing(byte=5.0))
    assert access.read_verified("IRMS") == 0x1C82B3
    access.write("WGAIN", -480)
    assert chip.raw[0x12] == 0x1000 - 480
    with pytest.raises(ValueError, match="at least 4"):
        Timing(command=3.9)
