"""The message link over VISA against servers that do what raw sockets do at their worst."""

from __future__ import annotations

import socket
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from drivers.errors import LinkBusy, LinkClosed, LinkFraming, LinkTimeout
from drivers.visa.transport import VisaTransport
from testcases.selftest.loopback import echo, loopback


def test_a_reply_comes_back_without_its_terminator():
    with loopback(lambda line, wire: wire.sendall(line.encode() + b"\r\n")) as server:
        link = VisaTransport(server.resource, timeout=5)
        assert link.query("VOLT?") == "VOLT?"
        link.close()


def test_opening_sends_first_messages_and_asks_who_is_there():
    with loopback(echo) as server:
        link = VisaTransport(server.resource, first=("OUTP OFF", "ABOR"), timeout=5)
        assert server.heard == []
        assert link.open() == "maker,echo,0,1"
        assert link.open() == "maker,echo,0,1"
        link.close()
    assert server.heard == ["OUTP OFF", "ABOR", "*IDN?"]
    assert link.opened == 1


def test_a_refused_port_is_closed_although_pyvisa_opens_it():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    link = VisaTransport(f"TCPIP::127.0.0.1::{port}::SOCKET", timeout=0.5)
    with pytest.raises(LinkClosed, match=str(port)):
        link.open()
    link.close()


def test_an_unknown_host_is_closed():
    link = VisaTransport("TCPIP::no-such-host.invalid::5025::SOCKET", timeout=0.5)
    with pytest.raises(LinkClosed, match="check address"):
        link.open()
    link.close()


@pytest.mark.parametrize("resource", ["", "nonsense", "TCPIP", "192.168.1.5:5025"])
def test_what_is_no_resource_name_is_refused_at_once(resource):
    with pytest.raises(ValueError, match="not a VISA resource name"):
        VisaTransport(resource)


@pytest.mark.parametrize("timeout", [0.0, -1.0, float("nan")])
def test_a_time_out_must_be_positive(timeout):
    with pytest.raises(ValueError, match="time-out"):
        VisaTransport("TCPIP::127.0.0.1::5025::SOCKET", timeout=timeout)


def test_a_silent_peer_is_a_time_out():
    with loopback(lambda line, wire: None) as server:
        link = VisaTransport(server.resource, timeout=0.05)
        with pytest.raises(LinkTimeout, match="did not answer"):
            link.open()
        link.close()


def test_a_late_reply_never_answers_a_later_question():
    released = threading.Event()

    def late(line: str, wire: socket.socket) -> None:
        if line == "SLOW?":
            released.wait(10)
        echo(line, wire)

    with loopback(late) as server:
        link = VisaTransport(server.resource, timeout=0.05)
        with pytest.raises(LinkTimeout):
            link.query("SLOW?")
        released.set()
        link.timeout = 5.0
        assert [link.query(f"Q{n}?") for n in range(20)] == [f"Q{n}?" for n in range(20)]
        link.close()
    assert link.opened == 2


def test_a_line_that_comes_late_is_not_read_as_the_next_one():
    released = threading.Event()

    def late(line: str, wire: socket.socket) -> None:
        if line == "SLOW":
            released.wait(10)
            wire.sendall(b"late\n")
        echo(line, wire)

    with loopback(late) as server:
        link = VisaTransport(server.resource, timeout=5)
        link.write("SLOW")
        with pytest.raises(LinkTimeout):
            link.read(timeout=0.05)
        with pytest.raises(LinkClosed, match="ask again"):
            link.read()
        released.set()
        link.write("NEXT?")
        assert link.read() == "NEXT?"
        link.close()


def test_a_reply_that_nobody_read_does_not_answer_the_next_question():
    came = threading.Event()

    def answer(line: str, wire: socket.socket) -> None:
        echo(line, wire)
        if line == "STRAY?":
            came.set()

    with loopback(answer) as server:
        link = VisaTransport(server.resource, timeout=5)
        link.write("STRAY?")
        assert came.wait(10)
        assert link.query("VOLT?") == "VOLT?"
        link.close()
    assert link.opened == 2


def test_an_instrument_with_one_session_gets_time_to_forget_the_last_one():
    def one_session(line: str, wire: socket.socket) -> None:
        if server.connected in (2, 3):
            wire.sendall(b"514,locked\n")
        elif line != "SLOW?":
            echo(line, wire)

    def accept(greeting: str) -> None:
        if greeting.startswith("514"):
            raise LinkBusy("locked")

    with loopback(one_session) as server:
        link = VisaTransport(server.resource, accept=accept, timeout=5)
        with pytest.raises(LinkTimeout):
            link.query("SLOW?", timeout=0.05)
        assert link.query("VOLT?") == "VOLT?"
        link.close()
    assert server.connected == 4


def test_a_first_opening_does_not_wait_for_a_busy_instrument():
    def busy(_: str) -> None:
        raise LinkBusy("locked")

    with loopback(echo) as server:
        link = VisaTransport(server.resource, accept=busy, timeout=5)
        with pytest.raises(LinkBusy):
            link.open()
        link.close()
    assert server.connected == 1


def test_an_interrupted_question_leaves_no_reply_behind(monkeypatch):
    with loopback(echo) as server:
        link = VisaTransport(server.resource, timeout=5)
        link.open()
        with monkeypatch.context() as patch:
            patch.setattr(
                VisaTransport, "read", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
            )
            with pytest.raises(KeyboardInterrupt):
                link.query("FIRST?")
        assert link.query("SECOND?") == "SECOND?"
        link.close()


def test_a_peer_that_hangs_up_between_messages_is_closed_and_can_come_back():
    with loopback(echo) as server:
        link = VisaTransport(server.resource, timeout=5)
        link.open()
        server.hang_up()
        started = time.monotonic()
        with pytest.raises(LinkClosed, match="gone"):
            link.write("VOLT 1")
        assert time.monotonic() - started < 5
        assert link.query("VOLT?") == "VOLT?"
        link.close()


def test_a_peer_that_hangs_up_in_the_middle_of_a_reply_is_closed():
    def half(line: str, wire: socket.socket) -> None:
        if line == "*IDN?":
            return echo(line, wire)
        wire.sendall(b"+1.23")
        wire.shutdown(socket.SHUT_RDWR)
        return None

    with loopback(half) as server:
        link = VisaTransport(server.resource, timeout=0.2)
        with pytest.raises(LinkClosed, match="gone"):
            link.query("VOLT?")
        link.close()


def test_a_peer_that_hangs_up_instead_of_answering_is_noticed_at_once():
    def leave(line: str, wire: socket.socket) -> None:
        wire.shutdown(socket.SHUT_RDWR)

    with loopback(leave) as server:
        link = VisaTransport(server.resource, timeout=30)
        started = time.monotonic()
        with pytest.raises(LinkClosed, match="closed the connection"):
            link.open()
        link.close()
    assert time.monotonic() - started < 15


def test_two_replies_in_one_packet_are_both_read():
    with loopback(lambda line, wire: wire.sendall(b"first\nsecond\n")) as server:
        link = VisaTransport(server.resource, greeting="", timeout=5)
        assert link.query("?") == "first"
        assert link.read() == "second"
        link.close()


def test_a_half_reply_without_end_is_a_time_out():
    with loopback(
        lambda line, wire: wire.sendall(b"1,2,3,4\n" if line == "*IDN?" else b"+1.2")
    ) as server:
        link = VisaTransport(server.resource, timeout=0.1)
        with pytest.raises(LinkTimeout):
            link.query("VOLT?")
        link.close()


def test_bytes_that_are_not_ascii_are_a_framing_error():
    with loopback(
        lambda line, wire: wire.sendall(b"1,2,3,4\n" if line == "*IDN?" else b"#18\xff\x00\n")
    ) as server:
        link = VisaTransport(server.resource, timeout=5)
        with pytest.raises(LinkFraming, match="ASCII"):
            link.query("DATA?")
        link.close()


@pytest.mark.parametrize("message", ["VOLT 1\nOUTP ON", "VOLT 1µ"])
def test_a_message_is_one_line_of_ascii(message):
    with loopback(echo) as server:
        link = VisaTransport(server.resource, timeout=5)
        with pytest.raises(ValueError, match="one line"):
            link.query(message)
        with pytest.raises(ValueError, match="one line"):
            link.write(message)
        link.close()
    assert server.heard == []


def test_frames_of_bytes_pass_unchanged():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        resource = f"TCPIP::127.0.0.1::{listener.getsockname()[1]}::SOCKET"
        heard = []

        def serve() -> None:
            wire, _ = listener.accept()
            with wire:
                heard.append(wire.recv(4))
                wire.sendall(b"\xa6\x0a\x00\n\x01")

        thread = threading.Thread(target=serve)
        thread.start()
        link = VisaTransport(resource, greeting="", timeout=5)
        link.send(b"\xa6\x02\x00\n")
        assert link.receive(5) == b"\xa6\x0a\x00\n\x01"
        thread.join()
        link.close()
    assert heard == [b"\xa6\x02\x00\n"]


CLOSE_ANOTHER_MANAGER = """
import pyvisa
from drivers.errors import LinkClosed
from drivers.visa.transport import VisaTransport
from testcases.selftest.loopback import echo, loopback

with loopback(echo) as server:
    link = VisaTransport(server.resource, timeout=5)
    link.open()
    pyvisa.ResourceManager("@py").close()  # the same object as the link's: kills its session
    try:
        link.query("VOLT?")
    except LinkClosed:
        print("lost", link.query("VOLT?"))
    link.close()
"""


def test_closing_another_manager_costs_one_exchange_and_no_more():
    # In a process of its own: it would take every other open session of this one along.
    done = subprocess.run(
        [sys.executable, "-c", CLOSE_ANOTHER_MANAGER],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout == "lost VOLT?\n", done.stderr


def test_two_threads_never_get_each_others_replies():
    wrong: list[tuple[str, str]] = []
    with loopback(echo) as server:
        link = VisaTransport(server.resource, timeout=10)

        def ask(name: str) -> None:
            for number in range(200):
                question = f"{name}{number}?"
                reply = link.query(question)
                if reply != question:
                    wrong.append((question, reply))

        threads = [threading.Thread(target=ask, args=(name,)) for name in ("A", "B")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        link.close()
    assert wrong == []
    assert len(server.heard) == 401


def test_a_second_link_to_the_same_port_is_refused_until_the_first_is_closed():
    with loopback(echo) as server:
        first = VisaTransport(server.resource, timeout=5)
        first.open()
        second = VisaTransport(server.resource.replace("TCPIP::", "TCPIP0::"), timeout=5)
        with pytest.raises(LinkBusy):
            second.open()
        first.close()
        second.open()
        second.close()
    assert server.connected == 2


def test_a_second_process_is_refused():
    with loopback(echo) as server:
        link = VisaTransport(server.resource, timeout=5)
        link.open()
        code = f"""
            from drivers.errors import LinkBusy
            from drivers.visa.transport import VisaTransport
            try:
                VisaTransport({server.resource!r}).open()
            except LinkBusy as busy:
                print(busy)
        """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        link.close()
    assert "in use by process" in done.stdout
    assert server.connected == 1


def test_a_closed_link_stays_closed():
    with loopback(echo) as server:
        link = VisaTransport(server.resource, timeout=5)
        link.open()
        link.close()
        link.close()
        with pytest.raises(LinkClosed, match="was closed by this program"):
            link.query("VOLT?")
    assert server.connected == 1


def test_clear_takes_a_new_connection():
    with loopback(echo) as server:
        link = VisaTransport(server.resource, timeout=5)
        link.write("VOLT?")  # its reply stays unread
        link.clear()
        assert link.query("CURR?") == "CURR?"
        link.close()
    assert server.connected == 2


def test_a_command_and_its_error_check_do_not_wait_for_a_delayed_acknowledgement():
    """Nagle's algorithm made them 43 ms; 100 pairs must be far below that."""
    with loopback(echo) as server:
        link = VisaTransport(server.resource, timeout=5)
        link.open()
        started = time.monotonic()
        for _ in range(100):
            link.write("VOLT 1")
            link.query("ERR?")
        took = time.monotonic() - started
        link.close()
    assert took < 100 * 0.040 / 2


def test_every_message_is_traced_with_its_time():
    with loopback(echo) as server:
        before = time.time()
        link = VisaTransport(server.resource, timeout=5)
        link.query("VOLT?")
        link.close()
    told = [(entry.direction, entry.text) for entry in link.trace.entries]
    assert told == [
        ("!", f"opened {server.resource}"),
        (">", "*IDN?"),
        ("<", "maker,echo,0,1"),
        (">", "VOLT?"),
        ("<", "VOLT?"),
        ("!", "dropped: closed"),
    ]
    assert all(before <= entry.at <= time.time() for entry in link.trace.entries)
    assert len(str(link.trace).splitlines()) == 6
