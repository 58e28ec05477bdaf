"""The interlock: read from a digital input, asked before the source goes on and while it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.control import Control
from bench.description.loader import parse, read
from bench.loadpoint import load_point
from bench.twins.scpi.keysight34970a import Contact, Keysight34970A
from bench.twins.scpi.server import ScpiServer
from bench.twins.world import World
from drivers.errors import DescriptionError, InterlockTripped, LinkFraming, StationFault
from drivers.interlock import InputInterlock
from drivers.visa.keysight34970a import Keysight34970a
from testcases.selftest.command import bench, describe_small, running_twins
from testcases.selftest.jig import Jig, open_jig
from testcases.selftest.scpi_client import PlainClient
from testcases.selftest.test_interrupt import interrupted
from testcases.selftest.visa_exchange import CountingClock, ExpectedExchange, opening

pytestmark = pytest.mark.requirement("BEN-10")

OPEN = '\n[[faults]]\nrole = "relays"\nkind = "interlock_open"\n'


# driver


def unit(reply: str | None = None) -> tuple[Keysight34970a, ExpectedExchange]:
    cards = ["34903A", "0", "34907A"]
    asked = [
        (f":SYST:CTYP? {100 * slot}", f"HEWLETT-PACKARD,{card},0,1.0")
        for slot, card in enumerate(cards, 1)
    ]
    link = ExpectedExchange([*opening("34970A"), *asked])
    device = Keysight34970a("", CountingClock(), link=link)
    link.expect([] if reply is None else [(":SENS:DIG:DATA:BYTE? (@301)", reply)])
    return device, link


@pytest.mark.parametrize(
    ("reply", "levels"), [("254", 254), ("0", 0), ("+255", 255), ("+2.54000000E+02", 254)]
)
def test_eight_levels_are_a_byte(reply: str, levels: int) -> None:
    device, link = unit(reply)
    assert device.inputs(301) == levels
    assert link.left == []


@pytest.mark.parametrize("reply", ["", "256", "-1", "1.5", "NAN", "1,301", "LOW"])
def test_what_is_no_byte_is_a_framing_error(reply: str) -> None:
    device, _ = unit(reply)
    with pytest.raises(LinkFraming, match="expected 0 to 255"):
        device.inputs(301)


@pytest.mark.parametrize("channel", [101, 201, 300, 303, 0, -301])
def test_a_channel_without_inputs_sends_nothing(channel: int) -> None:
    device, _ = unit()
    with pytest.raises(ValueError, match="301:302"):
        device.inputs(channel)


@pytest.mark.parametrize(
    ("levels", "bit", "closed_high", "closed"),
    [
        (0b11111110, 0, False, True),
        (0b11111111, 0, False, False),
        (0b11110111, 3, False, True),
        (0b00001000, 3, True, True),
        (0b11110111, 3, True, False),
    ],
)
def test_the_level_of_one_line_decides(
    levels: int, bit: int, closed_high: bool, closed: bool
) -> None:
    device, _ = unit(str(levels))
    assert InputInterlock(device, 301, bit, closed_high=closed_high).closed() is closed


@pytest.mark.parametrize("bit", [-1, 8])
def test_a_port_has_eight_lines(bit: int) -> None:
    with pytest.raises(ValueError, match="0 to 7"):
        InputInterlock(unit()[0], 301, bit)


# twin


@pytest.mark.parametrize(
    ("contact", "closed", "opened"),
    [
        (Contact(301, 2), "+251", "+255"),
        (Contact(301, 2, closed_high=True), "+255", "+251"),
        (Contact(302, 2), "+255", "+255"),
        (None, "+255", "+255"),
    ],
)
def test_the_twin_pulls_one_line_down(contact: Contact | None, closed: str, opened: str) -> None:
    twin = Keysight34970A(World(1), {}, {100: "34903A", 300: "34907A"}, interlock=contact)
    with ScpiServer(twin, twin.world.lock) as server, PlainClient(server.address) as client:
        assert client.query("SENS:DIG:DATA:BYTE? (@301)") == closed
        twin.inject("interlock_open")
        assert client.query("DIG:DATA? (@301)") == opened
        client.write("SENS:DIG:DATA:BYTE? (@101)")
        assert client.errors() == ['+112,"Channel list: channel number out of range"']


# description


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("channel = 301", "channel = 303", "303"),
        ("channel = 301", "channel = 401", "slot"),
        ("channel = 301", "channel = 101", "position 1"),
        ("channel = 301", 'channel = "301"', "interlock.channel"),
        ("bit = 0\nclosed", "bit = 8\nclosed", "interlock.bit"),
        ('closed = "low"', 'closed = "yes"', "'low' or 'high'"),
        ('closed = "low"', 'closes = "low"', "interlock.closes"),
        ('[relays]\ndriver = "keysight34970a"\naddress = "twin"\n', "", "add a \\[relays\\] table"),
    ],
)
def test_a_bad_interlock_table_is_named(good: str, bad: str, words: str) -> None:
    text = read("virtual")
    assert good in text
    with pytest.raises(DescriptionError, match=words):
        parse(text.replace(good, bad), "my-bench.toml")


# station


@pytest.fixture(scope="module")
def jig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jig]:
    folder = tmp_path_factory.mktemp("jig")
    with open_jig(folder, describe_small(folder)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _nothing_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "jig" in request.fixturenames:
        opened: Jig = request.getfixturevalue("jig")
        opened.control.clear("relays")
        opened.station.make_safe()


def test_an_open_interlock_keeps_the_source_off(jig: Jig) -> None:
    jig.control.inject("relays", "interlock_open")
    with pytest.raises(InterlockTripped, match="interlock is open"):
        jig.station.apply(load_point(jig.description.design, "Ib"))
    assert not jig.control.source_on()
    jig.control.clear("relays", "interlock_open")
    jig.station.apply(load_point(jig.description.design, "Ib"))
    assert jig.control.source_on()


@pytest.mark.parametrize(
    "step",
    [
        lambda jig: jig.station.apply(load_point(jig.description.design, "Imax")),
        lambda jig: jig.station.references(5.0),
    ],
    ids=["the next load point", "an accumulation"],
)
def test_opening_it_switches_the_source_off(jig: Jig, step: Callable[[Jig], object]) -> None:
    jig.station.apply(load_point(jig.description.design, "Ib"))
    jig.control.inject("relays", "interlock_open")
    with pytest.raises(InterlockTripped, match="interlock is open"):
        step(jig)
    assert not jig.control.source_on()


def test_an_interlock_that_does_not_answer_is_taken_as_open(jig: Jig, monkeypatch) -> None:
    jig.station.apply(load_point(jig.description.design, "Ib"))
    assert jig.station.relays is not None
    monkeypatch.setattr(jig.station.relays.link, "timeout", 0.1)  # type: ignore[attr-defined]
    jig.control.inject("relays", "silent")
    with pytest.raises(StationFault, match="nobody can tell"):
        jig.station.apply(load_point(jig.description.design, "Imax"))
    assert not jig.control.source_on()


def told(jig: Jig) -> list[str]:
    """What the source was sent, but for the question whether it is on."""
    entries = jig.station.source.link.trace.entries  # type: ignore[attr-defined]
    return [e.text for e in entries if e.direction == ">" and e.text != ":OUTP:STAT?"]


@pytest.mark.parametrize(("current", "voltage"), [("60.1 A", 1.0), ("Ib", 1.21)])
@pytest.mark.parametrize("on", [False, True])
def test_a_load_point_beyond_the_site_limits_sends_nothing(
    jig: Jig, current: str, voltage: float, on: bool
) -> None:
    design = jig.description.design
    if on:
        jig.station.apply(load_point(design, "Ib"))
    before = told(jig)
    with pytest.raises(ValueError, match="limit"):
        jig.station.apply(load_point(design, current, voltage=voltage))
    assert told(jig) == before
    assert jig.control.source_on() is on


# commands


@pytest.mark.parametrize(("extra", "status", "word"), [("", 0, "closed"), (OPEN, 2, "open")])
def test_the_doctor_looks_at_it(tmp_path: Path, extra: str, status: int, word: str) -> None:
    few = describe_small(tmp_path, extra)
    done = bench("doctor", f"--bench={few}", "--csv", cwd=tmp_path)
    assert done.returncode == status
    assert f'interlock,"input 301, bit 0",{word},' in done.stdout


def test_a_run_does_not_begin_with_an_open_interlock(tmp_path: Path) -> None:
    done = bench("calibrate", f"--bench={describe_small(tmp_path, OPEN)}", cwd=tmp_path)
    assert done.returncode == 2
    assert "the interlock is open" in done.stdout + done.stderr
    assert "aborted" in bench("results", "last", "--json", cwd=tmp_path).stdout


def test_a_run_ends_when_it_opens(tmp_path: Path) -> None:
    few = describe_small(tmp_path)
    with (
        running_twins(tmp_path, "--stepped", f"--bench={few}") as ready,
        closing(Control(ready["control"])) as twins,
    ):
        status, words = interrupted(
            tmp_path, few, twins, lambda _: twins.inject("relays", "interlock_open")
        )
        assert status == 2
        assert "the interlock is open" in words
        assert not twins.source_on()
    assert "aborted" in bench("results", "last", "--json", cwd=tmp_path).stdout
