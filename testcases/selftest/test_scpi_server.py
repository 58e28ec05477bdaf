"""Instruments on a TCP socket: sessions, waiting for lab time, bad clients, other programs."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import pyvisa
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.twins.scpi.server import ScpiServer
from bench.twins.scpi.session import INPUT_QUEUE
from bench.twins.world import World
from testcases.selftest.scpi_client import PlainClient, until
from testcases.selftest.scpi_toy import Toy


@pytest.fixture
def world() -> World:
    return World(1)


@pytest.fixture
def toy(world: World) -> Toy:
    return Toy(world)


@pytest.fixture
def server(toy: Toy) -> Iterator[ScpiServer]:
    with ScpiServer(toy, toy.world.lock) as server:
        yield server


@pytest.fixture
def client(server: ScpiServer) -> Iterator[PlainClient]:
    with PlainClient(server.address) as client:
        yield client


def silent(client: PlainClient) -> bool:
    client.socket.settimeout(0.05)
    try:
        client.read()
    except TimeoutError:
        return True
    finally:
        client.socket.settimeout(5.0)
    return False


@pytest.mark.parametrize("message", ["*OPC?", "*WAI;*OPC?", "*WAI;:OUTP?;:SYST:VERS?"])
def test_a_reply_waits_for_lab_time_without_the_lock(
    client: PlainClient, server: ScpiServer, toy: Toy, world: World, message: str
) -> None:
    client.write(f"TIME:WAIT 2;{message}")
    until(toy.busy, world.lock)
    assert silent(client)
    with PlainClient(server.address) as other:  # another session is not held back
        assert other.query("OUTP?") == "0"
    world.advance(1.999)
    assert silent(client)
    world.advance(0.001)
    assert client.read() in ("1", "0;1999.0")


def test_a_session_that_waits_keeps_its_order(client: PlainClient, toy: Toy, world: World) -> None:
    client.write("TIME:WAIT 1;*WAI;:VOLT 5")
    until(toy.busy, world.lock)
    client.write("VOLT 6;VOLT?")
    assert silent(client)
    world.advance(1)
    assert client.read() == "6.0E0"


def test_a_disconnect_ends_the_wait(server: ScpiServer, toy: Toy) -> None:
    with PlainClient(server.address) as gone:
        gone.write("TIME:WAIT 1000;*OPC?")
        until(toy.busy, toy.world.lock)
    with PlainClient(server.address) as client:
        assert client.query("OUTP?;:SYST:ERR?") == '0;0,"No error"'


def test_stop_does_not_wait_for_lab_time(toy: Toy) -> None:
    server = ScpiServer(toy, toy.world.lock).start()
    with PlainClient(server.address) as client:
        client.write("TIME:WAIT 1000;*OPC?")
        until(toy.busy, toy.world.lock)
        began = time.monotonic()
        server.stop()
        server.stop()
        assert time.monotonic() - began < 1.0
        assert client.closed()
    with pytest.raises(ConnectionRefusedError):
        PlainClient(server.address)


def test_a_server_starts_again(toy: Toy) -> None:
    server = ScpiServer(toy, toy.world.lock)
    for _ in range(2):
        with server, PlainClient(server.address) as client:
            assert client.query("*OPC?") == "1"


def test_two_queries_that_arrive_together_interrupt(client: PlainClient) -> None:
    client.socket.sendall(b"SYST:VERS?\n*OPC?\n")
    assert client.read() == "1"
    assert client.errors() == ['-410,"Query INTERRUPTED"']


def test_two_clients_get_their_own_answers(server: ScpiServer) -> None:
    wrong: list[str] = []

    def ask(voltage: str) -> None:
        with PlainClient(server.address) as client:
            for _ in range(200):
                if client.query(f"PHAS{voltage}:ANGL {voltage};ANGL?") != f"{voltage}.0E0":
                    wrong.append(voltage)

    threads = [threading.Thread(target=ask, args=(number,)) for number in ("1", "2", "3")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_messages_in_pieces_and_in_one(client: PlainClient) -> None:
    for piece in (b"VO", b"LT 4", b"2", b"\r", b"\nVOLT", b" 43;VOLT?\r\n"):
        client.socket.sendall(piece)
    assert client.read() == "4.3E1"


def test_half_a_message_is_dropped_with_its_client(server: ScpiServer) -> None:
    with PlainClient(server.address) as half:
        half.socket.sendall(b"OUTP ON")
    with PlainClient(server.address) as client:
        assert client.query("OUTP?;:SYST:ERR?") == '0;0,"No error"'


def test_an_endless_line_is_an_overrun(client: PlainClient) -> None:
    client.socket.sendall(b"A" * (3 * INPUT_QUEUE) + b"\n")
    assert client.query("*OPC?") == "1"
    assert '-363,"Input buffer overrun"' in client.errors()


def test_a_client_that_never_reads_stops_nobody(server: ScpiServer) -> None:
    with PlainClient(server.address) as deaf, PlainClient(server.address) as client:
        deaf.socket.settimeout(0.2)
        with contextlib.suppress(TimeoutError):
            for _ in range(300):
                deaf.socket.sendall(b"LONG? 60000\n" * 10)
        assert client.query("*OPC?") == "1"
        assert '-410,"Query INTERRUPTED"' in client.errors()


def test_a_reset_connection_stops_nobody(server: ScpiServer, client: PlainClient) -> None:
    for _ in range(20):
        rude = socket.create_connection(server.address)
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        rude.sendall(b"LONG? 60000\n")
        rude.close()
    assert client.query("*OPC?") == "1"


def test_silent(client: PlainClient, toy: Toy) -> None:
    toy.inject("silent")
    client.write("VOLT 8;VOLT?")
    until(lambda: toy.settings.number("voltage") == 8, toy.world.lock)
    toy.clear()
    assert client.query("SYST:VERS?") == "1999.0"


def test_late_reply_comes_late_and_shifts_all_others(client: PlainClient, toy: Toy) -> None:
    toy.inject("late_reply", delay=0.1)
    began = time.monotonic()
    client.write("VOLT 8;VOLT?")
    until(lambda: toy.settings.number("voltage") == 8, toy.world.lock)
    toy.clear("late_reply")
    client.write("SYST:VERS?")
    assert client.read() == "1999.0"
    assert client.read() == "8.0E0"
    assert time.monotonic() - began >= 0.1


def test_self_test_fails(client: PlainClient, toy: Toy) -> None:
    toy.inject("self_test", code=7)
    assert client.query("*TST?") == "7"


class Failures(logging.Handler):
    """Collects what the twins log of their own mistakes."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage())


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[tuple[ScpiServer, Failures]]:
    world, failures = World(1), Failures()
    logger = logging.getLogger("bench.twins.scpi.session")
    logger.addHandler(failures)
    with ScpiServer(Toy(world), world.lock) as server:
        yield server, failures
    logger.removeHandler(failures)


WORDS = "*IDN? VOLT ; : , ' \" # #9 #0 (@ ) ? 1e9999999999 INF #HFF MIN PHAS2:ANGL"
MORE_WORDS = "PHAS9999999999999 LAB CHAN? OUTP 1.5 MV 9 (@1:3) *OPC SYST:ERR"
PIECES = [*WORDS.split(), *MORE_WORDS.split(), " ", "\n", "\r\n", "\0", "\xff"]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.sampled_from(PIECES), max_size=20).map(lambda p: "".join(p).encode("latin-1")),
    )
)
def test_any_bytes_leave_the_server_answering(
    fuzzed: tuple[ScpiServer, Failures], data: bytes
) -> None:
    server, failures = fuzzed
    with PlainClient(server.address) as client:
        client.socket.sendall(data + b"\n")
        client.write("LAB 'the end'")
        while client.query("LAB?") != '"the end"':
            pass
        assert client.query("*RST;*IDN?") == "Maker,Toy,SN1,1.0"
    assert not failures.found


def test_plain_pyvisa_talks_to_it(server: ScpiServer) -> None:
    manager = pyvisa.ResourceManager("@py")
    with manager.open_resource(
        server.resource, read_termination="\n", write_termination="\n", timeout=5000
    ) as instrument:
        assert isinstance(instrument, pyvisa.resources.MessageBasedResource)
        assert instrument.query("*IDN?") == "Maker,Toy,SN1,1.0"
        instrument.write("VOLT 12.5;OUTP ON")
        assert instrument.query_ascii_values("VOLT?;") == [12.5]
        assert instrument.query("OUTP?;:SYST:ERR?") == '1;0,"No error"'
