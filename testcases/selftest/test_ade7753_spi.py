"""The chip's serial interface: framing, t9, CHKSUM, byte-wise writes, wrong modes."""

from __future__ import annotations

import pytest

from bench.twins.ade7753.doubts import Doubts
from bench.twins.ade7753.slave import Ade7753Slave
from testcases.selftest.metering_chip import BIT, FULL_SCALE, Jig

MODE, LINECYC, CHKSUM, IRQEN, AENERGY = 0x09, 0x1C, 0x3E, 0x0A, 0x02
WRITE = 0x80
GAP = 4e-6


@pytest.fixture
def jig() -> Jig:
    return Jig()


@pytest.fixture
def slave(jig: Jig) -> Ade7753Slave:
    return jig.chip.slave


def frame(slave: Ade7753Slave, data: list[int], bit: float, mode: int = 1) -> bytes:
    slave.select()
    answer = slave.exchange(bytes(data), bit, mode)
    slave.deselect()
    return answer


@pytest.mark.parametrize(
    ("bit", "in_time"), [(8.0e-6, True), (7.9e-6, False), (1e-6, False), (50e-6, True)]
)
def test_a_contiguous_read_keeps_t9_up_to_125_khz(
    slave: Ade7753Slave, bit: float, in_time: bool
) -> None:
    answer = frame(slave, [MODE, 0, 0], bit)
    assert (answer[1:] == bytes([0x00, 0x0C])) is in_time
    assert slave.timing_violations == (0 if in_time else 1)


def test_a_read_before_t9_shifts_out_what_the_buffer_held_before(jig: Jig) -> None:
    assert jig.chip.raw("LINECYC") == b"\xff\xff"
    assert frame(jig.chip.slave, [MODE, 0, 0], BIT)[1:] == b"\xff\xff"
    # the value came too late for that read, and is there for the next one
    assert frame(jig.chip.slave, [LINECYC, 0, 0], BIT)[1:] == b"\x00\x0c"
    assert jig.chip.slave.timing_violations == 2


def test_waveform_needs_only_half_a_microsecond(jig: Jig) -> None:
    frame(jig.chip.slave, [0x01, 0, 0, 0], BIT)
    assert jig.chip.slave.timing_violations == 0
    frame(jig.chip.slave, [0x01, 0, 0, 0], 0.9e-6)
    assert jig.chip.slave.timing_violations == 1


def test_t9_is_a_doubt_that_can_be_set() -> None:
    jig = Jig(doubts=Doubts(t9=0.4e-6))
    assert frame(jig.chip.slave, [MODE, 0, 0], BIT)[1:] == b"\x00\x0c"


def test_a_command_right_after_a_write_is_counted(slave: Ade7753Slave) -> None:
    slave.select()
    slave.exchange(bytes([WRITE | LINECYC, 0x01, 0x02]), BIT, 1)
    slave.exchange(bytes([LINECYC]), BIT, 1)
    assert slave.timing_violations == 1
    slave.pause(GAP)
    assert slave.exchange(bytes(2), BIT, 1) == b"\x01\x02"


def test_several_commands_share_a_frame(slave: Ade7753Slave) -> None:
    slave.select()
    slave.exchange(bytes([WRITE | LINECYC, 0x12, 0x34]), BIT, 1)
    slave.pause(GAP)
    answers = []
    for address, size in ((LINECYC, 2), (MODE, 2), (CHKSUM, 1)):
        slave.exchange(bytes([address]), BIT, 1)
        slave.pause(GAP)
        answers.append(slave.exchange(bytes(size), BIT, 1))
    slave.deselect()
    assert answers == [b"\x12\x34", b"\x00\x0c", b"\x02"]
    assert slave.timing_violations == 0


def test_a_write_cut_short_keeps_the_bytes_that_were_complete(jig: Jig) -> None:
    frame(jig.chip.slave, [WRITE | LINECYC, 0x12], BIT)
    assert jig.chip.read("LINECYC") == 0x12FF
    frame(jig.chip.slave, [WRITE | LINECYC], BIT)
    assert jig.chip.read("LINECYC") == 0x12FF


def test_a_read_cut_short_leaves_the_framing_in_order(jig: Jig) -> None:
    jig.chip.slave.select()
    jig.chip.slave.exchange(bytes([AENERGY]), BIT, 1)
    jig.chip.slave.pause(GAP)
    jig.chip.slave.exchange(bytes(1), BIT, 1)
    jig.chip.slave.deselect()
    assert jig.chip.read("MODE") == 0x000C


def test_a_read_cut_short_has_still_cleared_what_it_clears(jig: Jig) -> None:
    jig.apply(*FULL_SCALE)
    jig.run(10.0)
    assert jig.chip.read("AENERGY") > 200_000
    frame(jig.chip.slave, [0x03], BIT)
    jig.chip.slave.select()
    assert jig.chip.read("AENERGY") > 200_000, "the value is latched when data are clocked"
    jig.chip.slave.select()
    jig.chip.slave.exchange(bytes([0x03]), BIT, 1)
    jig.chip.slave.pause(GAP)
    jig.chip.slave.exchange(bytes(1), BIT, 1)
    jig.chip.slave.deselect()
    assert jig.chip.read("AENERGY") == 0


def test_multi_byte_reads_do_not_tear(jig: Jig) -> None:
    jig.apply(*FULL_SCALE)
    jig.run(10.0)
    slave = jig.chip.slave
    before = jig.chip.read("AENERGY")
    slave.select()
    slave.exchange(bytes([AENERGY]), BIT, 1)
    slave.pause(GAP)
    first = slave.exchange(bytes(1), BIT, 1)
    jig.run(5.0)
    rest = slave.exchange(bytes(2), BIT, 1)
    assert int.from_bytes(first + rest, "big") == before


def test_checksum_counts_the_ones_of_the_last_read(jig: Jig) -> None:
    jig.chip.write(LINECYC=0xF137, WGAIN=-1)
    for name, ones in (("LINECYC", 10), ("WGAIN", 12), ("MODE", 2), ("LAENERGY", 0)):
        jig.chip.read(name)
        assert jig.chip.read("CHKSUM") == ones


def test_reading_checksum_leaves_its_own_ones(jig: Jig) -> None:
    jig.chip.write(LINECYC=0x007F)
    jig.chip.read("LINECYC")
    assert jig.chip.read("CHKSUM") == 7
    assert jig.chip.read("CHKSUM") == 3
    assert jig.chip.read("CHKSUM") == 2


def test_mode_2_works_only_where_half_a_bit_is_t9(slave: Ade7753Slave) -> None:
    slave.select()
    slave.exchange(bytes([MODE]), BIT, 2)
    slave.pause(1e-3)
    assert slave.exchange(bytes(2), BIT, 2) != b"\x00\x0c"
    slave.deselect()
    assert slave.timing_violations == 1
    assert frame(slave, [MODE, 0, 0], 10e-6, 2)[1:] == b"\x00\x0c"


@pytest.mark.parametrize("mode", [0, 3])
def test_modes_0_and_3_do_not_get_the_data(jig: Jig, mode: int) -> None:
    slave = jig.chip.slave
    slave.select()
    slave.exchange(bytes([MODE]), BIT, mode)
    slave.pause(GAP)
    answer = slave.exchange(bytes(2), BIT, mode)
    slave.deselect()
    assert answer != b"\x00\x0c"


def test_mode_0_reads_one_bit_late(jig: Jig) -> None:
    slave = jig.chip.slave
    slave.select()
    slave.exchange(bytes([MODE]), BIT, 0)
    slave.pause(GAP)
    assert slave.exchange(bytes(2), BIT, 0) == bytes([0x80, 0x06])


def test_mode_3_writes_do_not_stick(jig: Jig) -> None:
    frame(jig.chip.slave, [WRITE | LINECYC, 0x12, 0x34], BIT, 3)
    assert jig.chip.read("LINECYC") == 0xFFFF


@pytest.mark.parametrize("address", [0x00, 0x28, 0x3C])
def test_reserved_addresses_read_as_0_and_swallow_a_byte(jig: Jig, address: int) -> None:
    slave = jig.chip.slave
    frame(slave, [WRITE | address, 0x55], BIT)
    slave.select()
    slave.exchange(bytes([address]), BIT, 1)
    slave.pause(GAP)
    assert slave.exchange(bytes(1), BIT, 1) == b"\x00"


def test_dout_floats_while_the_chip_does_not_send(slave: Ade7753Slave) -> None:
    assert frame(slave, [WRITE | LINECYC, 0x12, 0x34], BIT) == b"\xff\xff\xff"


def test_no_command_is_taken_within_18_us_of_a_reset(jig: Jig) -> None:
    slave = jig.chip.slave
    slave.select()
    slave.exchange(bytes([WRITE | MODE, 0x00, 0x40]), BIT, 1)
    slave.pause(5e-6)
    slave.exchange(bytes([WRITE | LINECYC]), BIT, 1)
    assert slave.timing_violations == 1
    slave.deselect()
    jig.chip.write(LINECYC=5)
    assert jig.chip.read("LINECYC") == 5
