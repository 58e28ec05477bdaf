"""The spidev adapter on virtual nodes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.twins.spi.fuse_check import fuse_available
from drivers.ade7753.access import RegisterAccess
from drivers.errors import LinkBusy, LinkClosed, LinkError
from drivers.spi import kernel
from drivers.spi.bus import Segment
from drivers.spi.spidev_bus import SpidevBus
from testcases.selftest.spi_server import Server, serving

needs_fuse = pytest.mark.skipif(bool(fuse_available()), reason=fuse_available())
READ_LINECYC = (Segment(b"\x1c", 4.0), Segment(bytes(2)))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving("fuse", 1) as server:
        yield server


@pytest.fixture
def bus(server: Server) -> Iterator[SpidevBus]:
    bus = SpidevBus(server.addresses[0], 1_000_000)
    yield bus
    bus.close()


@needs_fuse
def test_gaps_keep_t9_at_1_mhz_and_contiguous_bytes_do_not(bus: SpidevBus) -> None:
    assert bus.transfer(0, READ_LINECYC)[1] == b"\xff\xff"
    access = RegisterAccess(bus)
    access.write("CFDEN", 489)
    assert access.read_many(("CFDEN", "LINECYC")) == {"CFDEN": 489, "LINECYC": 0xFFFF}


@needs_fuse
def test_a_released_segment_ends_its_frame(bus: SpidevBus) -> None:
    # Without the release the second byte would be data of the first command.
    first, _, second = bus.transfer(
        0, [Segment(b"\x1c", 5, release=True), Segment(b"\x15", 5), Segment(bytes(2))]
    )
    assert (first, second) == (b"\xff", b"\x00\x3f")
    # Nor may the last segment keep chip select low, whatever it says.
    bus.transfer(0, [Segment(b"\x1c", 5, release=True)])
    assert bus.transfer(0, [Segment(b"\x15", 5), Segment(bytes(2))])[1] == b"\x00\x3f"


@needs_fuse
def test_another_programs_mode_is_put_right_before_a_retry(bus: SpidevBus, server: Server) -> None:
    fd = os.open(server.addresses[0], os.O_RDWR)
    fcntl.ioctl(fd, kernel.WR_MODE, b"\x00")
    os.close(fd)
    access = RegisterAccess(bus)
    assert access.read_verified("LINECYC") == 0xFFFF
    assert access.counts.retries > 0


@needs_fuse
def test_a_node_has_one_bench_owner(bus: SpidevBus, server: Server) -> None:
    with pytest.raises(LinkBusy, match=r"spidev0.0 is in use by this process"):
        SpidevBus(server.addresses[0])
    bus.close()
    bus.close()
    with pytest.raises(LinkClosed, match="closed: open"):
        bus.transfer(0, READ_LINECYC)
    SpidevBus(server.addresses[0]).close()


@needs_fuse
def test_limits_of_a_message(bus: SpidevBus) -> None:
    with pytest.raises(ValueError, match="one chip"):
        bus.transfer(1, READ_LINECYC)
    with pytest.raises(ValueError, match="1 to 511"):
        bus.transfer(0, [])
    with pytest.raises(ValueError, match="65535 us"):
        bus.transfer(0, [Segment(b"a", 65_536)])
    with pytest.raises(LinkError, match=r"Message too long.*4096 bytes.*bufsiz"):
        bus.transfer(0, [Segment(bytes(4097))])
    assert bus.transfer(0, READ_LINECYC)[1] == b"\xff\xff"


@needs_fuse
def test_the_end_of_the_twins_is_told(bus: SpidevBus, server: Server) -> None:
    server.process.kill()
    server.process.wait()
    with pytest.raises(LinkClosed, match=r"spidev0.0: cannot transfer.*start the twins"):
        bus.transfer(0, READ_LINECYC)


def test_what_is_no_spi_node_says_so(tmp_path: Path) -> None:
    with pytest.raises(LinkClosed, match=r"nosuch: cannot open.*check the address"):
        SpidevBus(str(tmp_path / "nosuch"))
    (tmp_path / "file").touch()
    with pytest.raises(LinkError, match=r"file: cannot open.*not an SPI device node"):
        SpidevBus(str(tmp_path / "file"))
    with pytest.raises(LinkError, match="directory"):
        SpidevBus(str(tmp_path))
    for bad in ({"speed_hz": 0}, {"mode": 4}):
        with pytest.raises(ValueError, match=r"SPI"):
            SpidevBus(str(tmp_path / "file"), **bad)


@needs_fuse
def test_a_mode_that_does_not_hold_is_told(bus: SpidevBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "_ask", lambda code, form: 0)
    with pytest.raises(LinkError, match="mode 0x0 and 0 bits read back, wanted mode 1"):
        bus.refresh()
