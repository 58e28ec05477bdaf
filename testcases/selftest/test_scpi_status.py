"""The status model of IEEE 488.2 and SCPI-99 (reference instruments.md, section 3)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.twins.scpi.server import ScpiServer
from bench.twins.scpi.session import INPUT_QUEUE, Session
from bench.twins.world import World
from testcases.selftest.scpi_client import PlainClient
from testcases.selftest.scpi_toy import Toy


@pytest.fixture
def world() -> World:
    return World(1)


@pytest.fixture
def toy(world: World) -> Toy:
    return Toy(world)


@pytest.fixture
def client(toy: Toy) -> Iterator[PlainClient]:
    with (
        ScpiServer(toy, toy.world.lock) as server,
        PlainClient(server.address) as client,
    ):
        yield client


def test_power_on_is_told_once(client: PlainClient) -> None:
    assert client.query("*ESR?;*ESR?") == "128;0"


@pytest.mark.parametrize(
    ("message", "bit"),
    [("NOPE", 5), ("PHAS9:ANGL 1", 5), ("VOLT 9999", 4), ("*TRG", 4), ("BREAK?", 3), ("*OPC", 0)],
)
def test_each_class_of_error_has_its_event_bit(client: PlainClient, message: str, bit: int) -> None:
    client.write("*CLS")
    client.write(message)
    assert client.query("*ESR?") == str(1 << bit)


def test_a_twin_that_fails_inside_says_so_and_goes_on(client: PlainClient) -> None:
    client.write("BREAK?")
    assert client.query("SYST:ERR?") == '-310,"System error"'


def test_errors_come_oldest_first_and_are_counted(client: PlainClient) -> None:
    client.write("NOPE;VOLT 9999;*TRG")
    assert client.query("SYST:ERR:COUN?") == "3"
    assert client.errors() == [
        '-113,"Undefined header;NOPE"',
        '-222,"Data out of range;9999"',
        '-211,"Trigger ignored"',
    ]
    assert client.query("SYST:ERR:NEXT?") == '0,"No error"'


def test_the_twentieth_error_becomes_an_overflow(client: PlainClient) -> None:
    client.write(";".join(f"BAD{number}" for number in range(2, 30)))
    errors = client.errors()
    assert len(errors) == 20
    assert errors[18] == '-113,"Undefined header;BAD20"'
    assert errors[19] == '-350,"Queue overflow"'


def test_status_byte_sums_up(client: PlainClient) -> None:
    client.write("*CLS;*ESE 32;*SRE 36")
    assert client.query("*STB?") == "0"
    client.write("NOPE")
    # error queue (4), event summary (32), master summary (64); reading does not clear
    assert client.query("*STB?") == "100"
    assert client.query("*STB?") == "100"
    assert client.query("*ESR?") == "32"
    assert client.query("*STB?") == "68"
    client.write("*SRE 0")
    assert client.query("*STB?") == "4"
    assert client.query("VOLT?;*STB?") == "0.0E0;20"  # message available


def test_bit_6_of_the_service_mask_is_ignored(client: PlainClient) -> None:
    assert client.query("*SRE 255;*SRE?") == "191"
    assert client.query("*ESE 256;*ESE?") == "0"
    assert client.errors() == ['-222,"Data out of range;256"']


def test_reset_leaves_status_alone(client: PlainClient) -> None:
    client.write("*CLS;*ESE 48;*SRE 32;NOPE;STAT:QUES:ENAB 3;:VOLT 5;:OUTP ON")
    client.write("*RST")
    assert client.query("VOLT?;OUTP?;*ESE?;*SRE?;*ESR?;STAT:QUES:ENAB?") == "0.0E0;0;48;32;32;3"
    assert client.errors() == ['-113,"Undefined header;NOPE"']


def test_clear_leaves_enables_alone(client: PlainClient) -> None:
    client.write("*ESE 48;*SRE 32;STAT:OPER:ENAB 7;NOPE;*CLS")
    assert client.query("*ESE?;*SRE?;STAT:OPER:ENAB?;*ESR?;:SYST:ERR:COUN?") == "48;32;7;0;0"


def test_scpi_registers_latch_events(client: PlainClient, toy: Toy) -> None:
    client.write("*CLS;STAT:OPER:ENAB 16;:STAT:QUES:ENAB 2")
    assert client.query("*STB?") == "0"
    with toy.world.lock:
        toy.status.operation.show(16)
        toy.status.questionable.show(2)
        toy.status.questionable.show(0)
    assert client.query("*STB?") == "136"
    assert client.query("STAT:OPER:COND?;EVEN?;EVEN?;:STAT:QUES:COND?;EVEN?") == "16;16;0;0;2"
    assert client.query("*STB?") == "0"
    assert client.query("STAT:PRES;:STAT:OPER:ENAB?;:STAT:QUES:ENAB?") == "0;0"


def test_operation_complete_waits_for_the_end(client: PlainClient, world: World) -> None:
    client.write("*CLS;TIME:WAIT 2;*OPC")
    assert client.query("*ESR?") == "0"
    world.advance(1.9)
    assert client.query("*ESR?") == "0"
    world.advance(0.1)
    assert client.query("*ESR?") == "1"


def test_clear_forgets_a_pending_operation_complete(client: PlainClient, world: World) -> None:
    assert client.query("*CLS;TIME:WAIT 2;*OPC;*CLS;*ESR?") == "0"
    world.advance(3)
    assert client.query("*ESR?") == "0"


def test_power_cut_hangs_up_and_starts_afresh(client: PlainClient, toy: Toy) -> None:
    with ScpiServer(toy, toy.world.lock) as server, PlainClient(server.address) as other:
        assert other.query("OUTP ON;*ESE 3;NOPE;OUTP?") == "1"
        with toy.world.lock:
            toy.power_cut()
        other.write("OUTP?")
        assert other.closed()
        with PlainClient(server.address) as again:
            assert again.query("OUTP?;*ESE?;*ESR?;:SYST:ERR?") == '0;0;128;0,"No error"'


def receive(session: Session, data: bytes) -> None:
    session.receive(data)
    while session.step():
        pass


def test_reading_with_nothing_to_send(toy: Toy) -> None:
    session = Session(toy)
    assert session.read() == b""
    receive(session, b"SYST:ERR?\n")
    assert session.read() == b'-420,"Query UNTERMINATED"\n'


def test_a_new_message_discards_an_unread_reply(toy: Toy) -> None:
    session = Session(toy)
    receive(session, b"VOLT?\n")
    receive(session, b"*ESR?\n")
    assert session.read() == b"132\n"  # power on, query error
    receive(session, b"SYST:ERR?\n")
    assert session.read() == b'-410,"Query INTERRUPTED"\n'


def test_a_full_input_queue_before_a_held_reply_is_a_deadlock(toy: Toy, world: World) -> None:
    session = Session(toy)
    receive(session, b"TIME:WAIT 1;*OPC?\n")
    receive(session, b"VOLT?;" * (INPUT_QUEUE // 6 + 1))
    world.advance(1)
    receive(session, b"\n")
    assert session.read() == b"1\n"
    receive(session, b"SYST:ERR?\n")
    assert session.read() == b'-430,"Query DEADLOCKED"\n'
