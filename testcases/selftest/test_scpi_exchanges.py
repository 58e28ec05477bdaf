"""Syntax rules of SCPI-99 and IEEE 488.2 (reference instruments.md, section 3), over a socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.twins.scpi.server import ScpiServer
from bench.twins.world import World
from testcases.selftest.scpi_client import PlainClient
from testcases.selftest.scpi_toy import Toy


@pytest.fixture(scope="module")
def server() -> Iterator[ScpiServer]:
    world = World(1)
    with ScpiServer(Toy(world), world.lock) as server:
        yield server


@pytest.fixture
def client(server: ScpiServer) -> Iterator[PlainClient]:
    with PlainClient(server.address) as client:
        client.write("*RST;*CLS;STAT:PRES")
        yield client


QUERIES = [
    # long and short forms in any case
    ("OUTP ON;OUTP?", "1"),
    ("OUTPUT ON;OUTPUT?", "1"),
    ("outp:stat on;stat?", "1"),
    # numeric suffix: default 1
    ("PHAS:ANGL 30;:PHAS1:ANGL?", "3.0E1"),
    ("PHAS2:ANGL 40;:PHAS1:ANGL?;:PHAS2:ANGL?", "0.0E0;4.0E1"),
    ("SOUR:PHASE3:ANGLE -12.5;ANGLE?", "-1.25E1"),
    # compound messages and paths
    ("OUTP:STAT OFF;PROT:CLE;:SYST:ERR?", '0,"No error"'),
    ("OUTP OFF;PROT:CLE;:SYST:ERR?", '-113,"Undefined header;PROT:CLE"'),
    ("FREQ 120;VOLT 110;VOLT?", "1.1E2"),
    ("VOLT:LEV 110;RANG 150;RANG?;LEV?", "1.5E2;1.1E2"),
    ("VOLT:LEV 110;*STB?;RANG?", "0;3.0E2"),  # a common command does not move the path
    (":SOUR:VOLT:LEV 7;:FREQ?", "5.0E1"),
    ("VOLT:RANG 150;FOO;RANG?", "1.5E2"),  # an unknown header does not move it either
    # booleans
    ("OUTP 1;OUTP?", "1"),
    ("OUTP 0.4;OUTP?", "0"),
    ("OUTP -7;OUTP?", "1"),
    ("OUTP #H1;OUTP?", "1"),
    # numbers: NR1, NR2, NR3, non-decimal, limits
    ("VOLT 5;VOLT?", "5.0E0"),
    ("VOLT +.5;VOLT?", "5.0E-1"),
    ("VOLT 1.25 E 2;VOLT?", "1.25E2"),
    ("COUN #H1F;COUN?", "31"),
    ("COUN #Q17;COUN?", "15"),
    ("COUN #B101;COUN?", "5"),
    ("COUN 2.5;COUN?", "3"),
    ("VOLT MAX;VOLT?", "3.0E2"),
    ("VOLT 9;VOLT MINIMUM;VOLT?", "0.0E0"),
    ("FREQ 60;FREQ DEF;FREQ?", "5.0E1"),
    ("VOLT? MIN;VOLT? MAX", "0.0E0;3.0E2"),
    ("LOAD INF;LOAD?", "9.9E37"),
    # units: M is milli, but MHZ and MOHM are mega, and MA after a number of amperes is milli
    ("VOLT 0.25KV;VOLT?", "2.5E2"),
    ("VOLT 10 mV;VOLT?", "1.0E-2"),
    ("CURR 10 MA;CURR?", "1.0E-2"),
    ("CURR 2 MAA;CURR?", "2.0E6"),
    ("FREQ 2 MHZ;FREQ?", "2.0E6"),
    ("LOAD 3 MOHM;LOAD?", "3.0E6"),
    # character data answers the short form in capitals
    ("COUP ground;COUP?", "GRO"),
    # strings in either quote, doubled inside; separators inside do not count
    ("LAB 'it''s; a,b';LAB?", '"it\'s; a,b"'),
    ('LAB "say ""on""";LAB?', '"say ""on"""'),
    # channel lists
    ("CHAN? (@101:103)", '"101 102 103"'),
    ("CHAN? (@101, 205,303:301)", '"101 205 303 302 301"'),
    # answers of one message in one line
    ("VOLT?;FREQ?;*OPC?", "0.0E0;5.0E1;1"),
    ("SYST:VERS?", "1999.0"),
    ("*IDN?", "Maker,Toy,SN1,1.0"),
    ("*TST?", "0"),
    ("  \t*IDN?  \r", "Maker,Toy,SN1,1.0"),
    (";;VOLT?;", "0.0E0"),
]


@pytest.mark.parametrize(("message", "reply"), QUERIES)
def test_a_message_is_answered(client: PlainClient, message: str, reply: str) -> None:
    assert client.query(message) == reply


ERRORS = [
    ("OUTPU ON", -113, "Undefined header;OUTPU"),
    ("SYSTEM:NOPE", -113, "Undefined header;SYSTEM:NOPE"),
    ("SYST:ERR", -113, "Undefined header;SYST:ERR"),
    ("OUTP:PROT:CLE?", -113, "Undefined header;OUTP:PROT:CLE?"),
    ("*FOO", -113, "Undefined header;*FOO"),
    ("PHAS4:ANGL 1", -114, "Header suffix out of range;PHAS4:ANGL"),
    ("PHAS0:ANGL 1", -114, "Header suffix out of range;PHAS0:ANGL"),
    ("OUTP2 ON", -114, "Header suffix out of range;OUTP2"),
    ("VOL\xe9 1", -101, None),
    ("VOLT::LEV 1", -102, None),
    ("ABCDEFGHIJKLM 1", -112, None),
    ("VOLT", -109, "Missing parameter"),
    ("VOLT 1,2", -108, None),
    ("VOLT ,", -102, None),
    ("VOLT 1..2", -121, None),
    ("VOLT 'a'", -158, None),
    ("VOLT ABC", -141, None),
    ("VOLT (@1)", -178, None),
    ("VOLT #15hello", -168, None),
    ("VOLT 1E99999", -120, None),
    ("VOLT #HXY", -121, None),
    ("VOLT 5 HZ", -138, None),
    ("VOLT 5 BANANAS", -131, None),
    ("COUN 5 V", -138, None),
    ("VOLT 301", -222, "Data out of range;301"),
    ("VOLT -1 V", -222, None),
    ("COUP 1", -128, None),
    ("COUP XY", -224, None),
    ("LAB 5", -128, None),
    ("LAB AC", -148, None),
    ("LAB 'open", -151, None),
    ("OUTP MAYBE", -141, None),
    ("CHAN? (101)", -171, None),
    ("CHAN? (@1:2:3)", -171, None),
    ("CHAN? (@1:100000)", -223, None),
    ("*TRG", -211, "Trigger ignored"),
    ("*RCL 77", -222, None),
]


@pytest.mark.parametrize(("message", "code", "text"), ERRORS)
def test_a_bad_message_changes_nothing_and_is_named(
    client: PlainClient, message: str, code: int, text: str | None
) -> None:
    client.write("VOLT 12;OUTP ON;LAB 'kept'")
    client.write(message)
    entry = client.query("SYST:ERR?")
    number, _, words = entry.partition(",")
    assert int(number) == code
    if text is not None:
        assert words == f'"{text}"'
    assert client.query("VOLT?;OUTP?;LAB?;:SYST:ERR?") == '1.2E1;1;"kept";0,"No error"'


def test_units_before_a_bad_one_are_executed_and_those_after_it_too(client: PlainClient) -> None:
    assert client.query("VOLT 5;NOPE 1;FREQ 60;VOLT?;FREQ?") == "5.0E0;6.0E1"


def test_no_query_may_follow_free_text(client: PlainClient) -> None:
    assert client.query("*IDN?;VOLT?") == "Maker,Toy,SN1,1.0"
    assert client.errors() == ['-440,"Query UNTERMINATED after indefinite response"']


def test_settings_are_saved_and_recalled(client: PlainClient) -> None:
    client.write("VOLT 33;*SAV 3;*RST")
    assert client.query("VOLT?") == "0.0E0"
    assert client.query("*RCL 3;VOLT?") == "3.3E1"


def test_a_reply_longer_than_the_output_queue_is_a_deadlock(client: PlainClient) -> None:
    client.write("LONG? 70000")
    assert client.errors() == ['-430,"Query DEADLOCKED"']
