"""What a virtual spidev node does, without FUSE between: the kernel's rules."""

from __future__ import annotations

import ctypes
import os
import struct
import threading
from typing import Any

import pytest

from bench.twins.spi.memory import RemoteMemory
from bench.twins.spi.node import DEFAULT_SPEED_HZ, SpidevNode
from drivers.spi import kernel


class Recorder:
    """A slave that writes down what happens and answers with the complement."""

    def __init__(self) -> None:
        self.log: list[Any] = []

    def select(self) -> None:
        self.log.append("select")

    def exchange(self, data: bytes, bit_time: float, mode: int) -> bytes:
        self.log.append((data, round(1 / bit_time), mode))
        return bytes(byte ^ 0xFF for byte in data)

    def pause(self, seconds: float) -> None:
        self.log.append(round(seconds * 1e6))

    def deselect(self) -> None:
        self.log.append("deselect")


class Caller:
    """This process as the program that does the ioctl: keeps buffers, makes records."""

    def __init__(self) -> None:
        self.slave = Recorder()
        self.node = SpidevNode(self.slave, threading.RLock(), RemoteMemory(kernel.BUFSIZ))
        self.buffers: list[Any] = []

    def record(self, data: bytes, **fields: int) -> bytes:
        tx = ctypes.create_string_buffer(data, len(data))
        rx = ctypes.create_string_buffer(len(data))
        self.buffers += [tx, rx]
        record = kernel.Transfer(
            **{
                "tx_buf": ctypes.addressof(tx),
                "rx_buf": ctypes.addressof(rx),
                "len": len(data),
                **fields,
            }
        )
        return bytes(record)

    def received(self) -> list[bytes]:
        return [rx.raw for rx in self.buffers[1::2]]

    def send(self, *records: bytes) -> int:
        return self.node.message(os.getpid(), b"".join(records))


@pytest.fixture
def caller() -> Caller:
    return Caller()


def test_one_message_is_one_frame(caller: Caller) -> None:
    caller.node.change(kernel.WR_MODE, b"\x01")
    total = caller.send(
        caller.record(b"\x16", delay_usecs=4, speed_hz=1_000_000), caller.record(b"\0\0\0")
    )
    assert total == 4
    assert caller.received() == [b"\xe9", b"\xff\xff\xff"]
    assert caller.slave.log == [
        "select",
        (b"\x16", 1_000_000, 1),
        4,
        (b"\0\0\0", DEFAULT_SPEED_HZ, 1),
        "deselect",
    ]


def test_cs_change_between_transfers_raises_and_on_the_last_keeps(caller: Caller) -> None:
    caller.send(caller.record(b"a", cs_change=1), caller.record(b"b", cs_change=1))
    names = [entry for entry in caller.slave.log if isinstance(entry, str)]
    assert names == ["select", "deselect", "select"]
    caller.send(caller.record(b"c"))  # goes on in the same frame
    names = [entry for entry in caller.slave.log if isinstance(entry, str)]
    assert names == ["select", "deselect", "select", "deselect"]


def test_missing_buffers_clock_zeros_and_drop_what_comes(caller: Caller) -> None:
    caller.send(caller.record(b"xy", tx_buf=0), caller.record(b"pq", rx_buf=0), caller.record(b"z"))
    clocked = [entry[0] for entry in caller.slave.log if isinstance(entry, tuple)]
    assert clocked == [b"\0\0", b"pq", b"z"]
    assert caller.received() == [b"\xff\xff", b"\0\0", b"\x85"]


def test_a_message_above_4096_bytes_is_too_long(caller: Caller) -> None:
    assert caller.send(caller.record(bytes(4096))) == 4096
    with pytest.raises(OSError, match="Message too long"):
        caller.send(caller.record(bytes(4000)), caller.record(bytes(97)))
    for call in (lambda: caller.node.write(bytes(4097)), lambda: caller.node.read(4097)):
        with pytest.raises(OSError, match="Message too long"):
            call()


def test_a_bad_pointer_is_efault_and_clocks_nothing(caller: Caller) -> None:
    with pytest.raises(OSError, match="Bad address"):
        caller.send(caller.record(b"abc", tx_buf=8))
    assert caller.slave.log == []


def test_a_bad_receive_pointer_is_efault_after_the_transfer(caller: Caller) -> None:
    with pytest.raises(OSError, match="Bad address"):
        caller.send(caller.record(b"abc", rx_buf=8))
    assert caller.slave.log[-1] == "deselect"


@pytest.mark.parametrize("fields", [{"bits_per_word": 16}, {"tx_nbits": 4}, {"rx_nbits": 2}])
def test_what_the_controller_cannot_do_is_einval(caller: Caller, fields: dict[str, int]) -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        caller.send(caller.record(b"a", **fields))


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (kernel.WR_MODE, b"\x04"),  # chip select active high
        (kernel.WR_MODE32, b"\x00\x01\x00\x00"),  # dual lines
        (kernel.WR_LSB_FIRST, b"\x01"),
        (kernel.WR_BITS_PER_WORD, b"\x10"),
        (kernel.WR_MAX_SPEED_HZ, bytes(4)),
    ],
)
def test_refused_settings_change_nothing(caller: Caller, code: int, data: bytes) -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        caller.node.change(code, data)
    assert caller.node.ask(kernel.RD_MODE32) == bytes(4)
    assert caller.node.ask(kernel.RD_MAX_SPEED_HZ) == struct.pack("I", DEFAULT_SPEED_HZ)


def test_settings_belong_to_the_device(caller: Caller) -> None:
    node = caller.node
    node.opened()
    node.opened()
    node.change(kernel.WR_MODE, b"\x01")
    node.change(kernel.WR_MAX_SPEED_HZ, struct.pack("I", 125_000))
    node.closed()
    assert node.ask(kernel.RD_MAX_SPEED_HZ) == struct.pack("I", 125_000)
    node.closed()  # the last close puts the speed back, not the mode
    assert node.ask(kernel.RD_MAX_SPEED_HZ) == struct.pack("I", DEFAULT_SPEED_HZ)
    assert node.ask(kernel.RD_MODE) == b"\x01"
    assert node.ask(kernel.RD_LSB_FIRST) == b"\0"
    assert node.ask(kernel.RD_BITS_PER_WORD) == b"\x08"
    assert node.ask(0x80016B7F) is None
    assert not node.change(0x40016B7F, b"\0")


def test_read_and_write_are_half_duplex(caller: Caller) -> None:
    assert caller.node.read(2) == b"\xff\xff"
    assert caller.node.write(b"abc") == 3
    assert caller.slave.log.count("deselect") == 2


def test_a_failing_slave_leaves_chip_select_high(caller: Caller) -> None:
    def fail(data: bytes, bit_time: float, mode: int) -> bytes:
        raise RuntimeError("twin")

    caller.slave.exchange = fail  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        caller.send(caller.record(b"a"))
    assert caller.slave.log == ["select", "deselect"]
