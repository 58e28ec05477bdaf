"""SPI over a socket: adapter, server, protocol."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.twins.spi.socket_server import SocketServer
from drivers.ade7753.access import RegisterAccess
from drivers.errors import LinkClosed, LinkError, LinkFraming, LinkTimeout
from drivers.spi import socket_protocol as protocol
from drivers.spi.bus import Segment
from drivers.spi.socket_bus import SocketBus
from testcases.selftest.register_chip import RegisterChip

READ_LINECYC = (Segment(b"\x1c", 4.0), Segment(bytes(2)))


@pytest.fixture
def chips() -> list[RegisterChip]:
    return [RegisterChip() for _ in range(3)]


@pytest.fixture
def server(chips: list[RegisterChip]) -> Iterator[SocketServer]:
    with SocketServer(chips, threading.RLock()) as server:
        yield server


@pytest.fixture
def peer() -> Iterator[Callable[[bytes | None], str]]:
    """A TCP peer that answers the first message with given bytes, or not at all."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads = []

    def answer(reply: bytes | None) -> str:
        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(100)
                if reply is not None:
                    connection.sendall(reply)
                with suppress(ConnectionResetError):
                    connection.recv(100)  # until the client closes

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        threads.append(thread)
        host, port = listener.getsockname()
        return f"{host}:{port}"

    yield answer
    listener.close()
    for thread in threads:
        thread.join(5)


def test_many_chips_behind_one_port(server: SocketServer, chips: list[RegisterChip]) -> None:
    bus = SocketBus(server.address)
    for number, chip in enumerate(chips):
        chip.raw[0x15] = number
    assert [RegisterAccess(bus, n).read_verified("CFDEN") for n in range(3)] == [0, 1, 2]
    assert all(chip.t9_broken == 0 for chip in chips)
    bus.close()


def test_a_raw_tcp_client_needs_no_library(server: SocketServer) -> None:
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port)), 5) as client:
        # sequence 7, chip 1, mode 1, 1 MHz, 2 segments: 1Ch and 5 us; two zeros
        body = struct.pack(">HHBIH", 7, 1, 1, 1_000_000, 2)
        body += struct.pack(">BIH", 0, 5000, 1) + b"\x1c" + struct.pack(">BIH", 0, 0, 2) + bytes(2)
        client.sendall(struct.pack(">I", len(body)) + body)
        assert client.recv(100) == struct.pack(">I", 6) + b"\x00\x07" + b"\x00" + b"\xff\xff\xff"


def test_an_unknown_chip_is_refused_and_the_connection_stays(server: SocketServer) -> None:
    bus = SocketBus(server.address)
    with pytest.raises(LinkError, match="no chip 3: there are 0 to 2"):
        bus.transfer(3, READ_LINECYC)
    assert bus.transfer(2, READ_LINECYC)[1] == b"\xff\xff"
    bus.close()
    with pytest.raises(LinkClosed, match="closed"):
        bus.transfer(2, READ_LINECYC)


def test_a_broken_connection_fails_once_then_connects_again(chips: list[RegisterChip]) -> None:
    first = SocketServer(chips, threading.RLock())
    first.start()
    port = int(first.address.split(":")[1])
    bus = SocketBus(first.address)
    bus.transfer(0, READ_LINECYC)
    first.stop()
    first.stop()
    with pytest.raises(LinkClosed, match="closed the connection"):
        bus.transfer(0, READ_LINECYC)
    with pytest.raises(LinkClosed, match=r"no SPI server at .*start the twins"):
        bus.transfer(0, READ_LINECYC)
    with SocketServer(chips, threading.RLock(), port=port):
        assert bus.transfer(0, READ_LINECYC)[1] == b"\xff\xff"
        bus.close()


def test_silence_is_a_timeout(peer: Callable[[bytes | None], str]) -> None:
    bus = SocketBus(peer(None), timeout=0.05)
    with pytest.raises(LinkTimeout, match=r"within 0.05 s"):
        bus.transfer(0, READ_LINECYC)
    bus.close()


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 400 Bad Request\r\n",  # somebody else: a length of 1.2 GB
        struct.pack(">IHB", 6, 9, 0) + bytes(3),  # the answer to another request
        struct.pack(">IHB", 5, 1, 0) + bytes(2),  # a byte short
        struct.pack(">I", 1) + b"x",
    ],
)
def test_wrong_answers_are_framing_errors(
    peer: Callable[[bytes | None], str], reply: bytes
) -> None:
    bus = SocketBus(peer(reply), timeout=5)
    with pytest.raises(LinkFraming, match="is that an SPI server"):
        bus.transfer(0, READ_LINECYC)
    bus.close()


@pytest.mark.parametrize(
    "message",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack(">I", 4) + b"abcd",
        struct.pack(">IHHBIH", 11, 1, 0, 1, 0, 0),  # no speed, no segment
    ],
)
def test_rubbish_ends_its_own_connection_only(server: SocketServer, message: bytes) -> None:
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port)), 5) as client:
        client.sendall(message)
        with suppress(ConnectionResetError):  # closed with bytes of ours unread
            assert client.recv(10) == b""
    bus = SocketBus(server.address)
    assert bus.transfer(0, READ_LINECYC)[1] == b"\xff\xff"
    bus.close()


@pytest.mark.parametrize("address", ["", "nohost", ":5000", "host:", "host:99999", "host:x"])
def test_bad_addresses(address: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        SocketBus(address)


def test_clients_do_not_disturb_each_other(server: SocketServer, chips: list[RegisterChip]) -> None:
    wrong: list[object] = []

    def work(value: int, name: str) -> None:
        bus = SocketBus(server.address)
        access = RegisterAccess(bus)
        for _ in range(100):
            access.write(name, value)
            if access.counts.retries or access.read_verified(name) != value:
                wrong.append((name, value))
        bus.close()

    threads = [
        threading.Thread(target=work, args=(n, name))
        for n, name in enumerate(("WGAIN", "APOS", "CFDEN"), start=480)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert [chips[0].raw[a] for a in (0x12, 0x11, 0x15)] == [480, 481, 482]


segments = st.lists(
    st.builds(
        Segment,
        data=st.binary(min_size=1, max_size=20),
        gap_us=st.integers(0, 10_000).map(float),
        release=st.booleans(),
    ),
    min_size=1,
    max_size=6,
).map(tuple)


@given(
    st.builds(
        protocol.Request,
        sequence=st.integers(0, 0xFFFF),
        chip=st.integers(0, 0xFFFF),
        mode=st.integers(0, 3),
        speed_hz=st.integers(1, 10_000_000),
        segments=segments,
    )
)
def test_requests_travel_unchanged(request_: protocol.Request) -> None:
    message = protocol.encode_request(request_)
    assert protocol.decode_request(message[4:]) == request_
    assert int.from_bytes(message[:4], "big") == len(message) - 4
