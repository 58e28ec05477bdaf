"""The FTDI adapter on a played serial engine, whose command bytes are decoded edge by edge."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from drivers.ade7753.access import RegisterAccess
from drivers.errors import LinkBusy, LinkClosed, LinkError
from drivers.spi.bus import Segment
from drivers.spi.ftdi_bus import FtdiBus
from testcases.selftest.register_chip import RegisterChip

pytest.importorskip("pyftdi")

URL = "ftdi://ftdi:232h/1"
# Commands of the serial engine, FTDI AN_108.
SET_LOW, SEND_NOW = 0x80, 0x87
WRITE_FALLING, READ_FALLING, BOTH_OUT_FALLING_IN_RISING = 0x11, 0x24, 0x31
CS0 = 0x08


class FakeFtdi:
    """The bridge below pyftdi's SpiController: decodes commands, drives a mode-1 chip.

    In mode 1 the chip changes DOUT at the rising edge. A read at the falling edge gets the bit; one
    at the rising edge still gets the bit before.
    """

    is_H_series = True  # noqa: N815  # pyftdi's name
    has_wide_port = True
    frequency_max = 30e6

    def __init__(self) -> None:
        self.chip: RegisterChip = RegisterChip()
        self.is_connected = False
        self.three_phase = False
        self.pins = 0xFF
        self.clock_hz = 0.0
        self.log: list[str] = []
        self.answer = b""
        self.unplugged = False

    def open_mpsse_from_url(self, url: str, **options: object) -> float:
        if "nosuch" in url:
            raise OSError(f"No USB device matches URL {url}")
        self.is_connected = True
        return float(str(options["frequency"]))

    def enable_adaptive_clock(self, enable: bool) -> None: ...

    def purge_buffers(self) -> None: ...

    def enable_3phase_clock(self, enable: bool) -> None:
        self.three_phase = enable

    def set_frequency(self, frequency: float) -> float:
        self.clock_hz = frequency
        return frequency

    def close(self, freeze: bool = False) -> None:
        self.is_connected = False

    def write_data(self, data: bytes) -> int:
        if self.unplugged:
            raise OSError("USB device is gone")
        at = 0
        while at < len(data):
            code = data[at]
            if code == SET_LOW:
                self._set_pins(data[at + 1])
                at += 3
            elif code == SEND_NOW:
                at += 1
            elif code in {WRITE_FALLING, READ_FALLING, BOTH_OUT_FALLING_IN_RISING}:
                size = int.from_bytes(data[at + 1 : at + 3], "little") + 1
                at += 3
                out = bytes(size)
                if code != READ_FALLING:
                    out = data[at : at + size]
                    at += size
                self._clock(code, out)
            else:
                raise AssertionError(f"unexpected command {code:#x}")
        return len(data)

    def read_data_bytes(self, size: int, attempt: int = 1) -> bytearray:
        data, self.answer = self.answer[:size], self.answer[size:]
        return bytearray(data)

    def _set_pins(self, pins: int) -> None:
        if self.pins & CS0 and not pins & CS0:
            self.log.append("select")
            self.chip.select()
        elif pins & CS0 and not self.pins & CS0:
            self.log.append("deselect")
            self.chip.deselect()
        self.pins = pins

    def _clock(self, code: int, out: bytes) -> None:
        assert not self.pins & CS0, "clocked with chip select high"
        assert self.three_phase, "MOSI would change on the edge on which the chip latches"
        # Three clocks of the engine make one SCLK.
        bit_time = 1.5 / self.clock_hz
        self.log.append(f"{code:#x} {out.hex()}")
        self.chip.pause(1e-5)  # USB is never quicker
        data = self.chip.exchange(out, bit_time, 1)
        if code == BOTH_OUT_FALLING_IN_RISING:
            late = int.from_bytes(b"\xff" + data, "big") >> 1
            data = late.to_bytes(len(data) + 1, "big")[1:]
        if code != WRITE_FALLING:
            self.answer += data


@pytest.fixture
def ftdi(monkeypatch: pytest.MonkeyPatch) -> FakeFtdi:
    fake = FakeFtdi()
    real = pytest.importorskip("pyftdi.ftdi").Ftdi  # for its constants
    played = type("Ftdi", (real,), {"__new__": lambda cls: fake})
    monkeypatch.setattr("pyftdi.spi.Ftdi", played)
    return fake


@pytest.fixture
def bus(ftdi: FakeFtdi) -> Iterator[FtdiBus]:
    bus = FtdiBus(URL)
    yield bus
    bus.close()


def test_registers_through_the_bridge(bus: FtdiBus, ftdi: FakeFtdi) -> None:
    access = RegisterAccess(bus)
    access.write("CFDEN", 489)
    ftdi.chip.raw[0x16] = 0x1C82B3
    assert access.read_many(("CFDEN", "IRMS")) == {"CFDEN": 489, "IRMS": 0x1C82B3}
    assert access.counts.retries == 0
    assert ftdi.chip.t9_broken == 0


def test_chip_select_is_held_over_segments_and_rises_after_the_gap(
    bus: FtdiBus, ftdi: FakeFtdi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.spi.ftdi_bus._spin", lambda seconds: ftdi.log.append("gap"))
    bus.transfer(
        0,
        [
            Segment(b"\x1c", 5.0, direction="out"),
            Segment(bytes(2), 5.0, release=True, direction="in"),
            Segment(b"\x3e", 5.0, direction="out"),
            Segment(bytes(1), direction="in"),
        ],
    )
    assert ftdi.log == [
        "select",
        "0x11 1c",
        "gap",
        "0x24 0000",
        "gap",
        "deselect",
        "select",
        "0x11 3e",
        "gap",
        "0x24 00",
        "deselect",
    ]


def test_the_clock_is_set_for_three_phases(bus: FtdiBus, ftdi: FakeFtdi) -> None:
    bus.transfer(0, [Segment(b"\x1c", direction="out")])
    assert ftdi.clock_hz == 1_500_000  # for SCLK of 1 MHz


def test_two_way_segments_are_refused_in_mode_1(bus: FtdiBus, ftdi: FakeFtdi) -> None:
    with pytest.raises(ValueError, match=r"cannot send and receive at once.*'out' or 'in'"):
        bus.transfer(0, [Segment(b"\x1c")])
    assert ftdi.log == []


def test_why_two_way_segments_are_refused(bus: FtdiBus, ftdi: FakeFtdi) -> None:
    # pyftdi itself would return the bits one late: 00 3F comes as x0 1F.
    port = bus._controller.get_port(0, 1e6, 1)
    port.exchange(b"\x15", start=True, stop=False)
    assert port.exchange(bytes(2), 2, start=False, duplex=True)[1] == 0x1F


def test_limits_and_errors(bus: FtdiBus, ftdi: FakeFtdi) -> None:
    with pytest.raises(ValueError, match="0 to 4"):
        bus.transfer(5, [Segment(b"a", direction="out")])
    with pytest.raises(ValueError, match="at least one"):
        bus.transfer(0, [])
    with pytest.raises(LinkBusy):
        FtdiBus(URL)
    ftdi.unplugged = True
    with pytest.raises(LinkError, match=r"transfer failed.*unplugged"):
        bus.transfer(0, [Segment(b"a", direction="out")])
    bus.close()
    bus.close()
    with pytest.raises(LinkClosed, match="closed"):
        bus.transfer(0, [Segment(b"a", direction="out")])


def test_a_bridge_that_is_not_there(ftdi: FakeFtdi) -> None:
    with pytest.raises(LinkError, match=r"nosuch/1: cannot open the FTDI bridge.*check the plug"):
        FtdiBus("ftdi://nosuch/1")
    with pytest.raises(ValueError, match="mode"):
        FtdiBus(URL, mode=4)


def test_missing_pyftdi_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyftdi.spi", None)
    with pytest.raises(LinkError, match=r"pip install meterbench\[ftdi\]"):
        FtdiBus(URL)
