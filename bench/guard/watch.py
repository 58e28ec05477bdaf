"""The guard process: waits for the end of its pipe, and then switches every source off."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from bench.guard.link import prepare
from bench.guard.off import TIMEOUT, switch_all_off
from bench.guard.protocol import ARM, DISARM, READY, REFUSED, Orders

AGAIN = 0.2
"""Seconds of wall time after which an orphaned station's sources are switched off once more."""


class Watch:
    """Watches one station from `run` until its pipe ends."""

    def __init__(self, requests: int, replies: int) -> None:
        """The file descriptors of the two pipes; the orders are read from `requests` at once."""
        self._requests = requests
        self._replies = replies
        self._orders = Orders.parse(_first_line(requests))
        self._owner = os.getppid()
        self._controller = _watched(self._orders.controller)
        self._armed = False
        self._orphaned = False

    def run(self) -> None:
        """Answer the station until it is gone; sources off if it was armed then."""
        for source in self._orders.sources:
            prepare(source.resource)
        self._answer(READY)
        while True:
            awaited = [self._requests]
            if self._controller is not None:
                awaited.append(self._controller)
            patience = AGAIN if self._orphaned and self._armed else None
            ready, _, _ = select.select(awaited, [], [], patience)
            if self._controller in ready:
                self._orphan()
            elif self._requests in ready:
                request = os.read(self._requests, 1)
                if not request:
                    break
                self._obey(request)
            else:
                switch_all_off(self._orders.sources, lambda words: None, TIMEOUT)
        if self._armed:
            self._tell(f"process {self._owner} has ended with its sources armed")
            for failure in switch_all_off(self._orders.sources, self._tell):
                self._tell(f"GIVEN UP, cut the mains: {failure}")

    def _obey(self, request: bytes) -> None:
        if request == ARM and self._orphaned:
            self._answer(REFUSED)
        elif request in (ARM, DISARM):
            self._armed = request == ARM
            self._answer(request)

    def _orphan(self) -> None:
        """The controller is dead: switch off, and send the station home.

        A worker may take many seconds to notice, and go on measuring meanwhile.
        """
        self._controller = None
        self._orphaned = True
        if not self._armed:
            return
        self._tell(f"the controller of process {self._owner} has ended")
        switch_all_off(self._orders.sources, self._tell, TIMEOUT)
        if os.getppid() == self._owner:  # else it has ended, and the number may be another's
            with suppress(OSError):
                os.kill(self._owner, signal.SIGTERM)

    def _answer(self, reply: bytes) -> None:
        with suppress(OSError):  # a station that is gone is told by the end of the file
            os.write(self._replies, reply)

    def _tell(self, words: str) -> None:
        """To the log and, where there is one, to the operator's terminal."""
        line = f"{time.strftime('%Y-%m-%d %H:%M:%S')} guard {os.getpid()}: {words}\n"
        with suppress(OSError), Path(self._orders.log).open("a") as log:
            log.write(line)
        with suppress(OSError):
            sys.stderr.write(f"bench guard: {words}\n")
            sys.stderr.flush()


def main() -> None:
    """Watch over the pipes on standard input and output.

    Ctrl-C, SIGTERM and a closed terminal are meant for the station: the guard outlives them.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watch = Watch(0, 1)
    os.chdir("/")  # keeps no file system busy
    watch.run()


def _first_line(source: int) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(source, 1)
        if not byte:
            sys.exit(0)  # the station ended before it gave orders
        line += byte
    return line


def _watched(controller: int | None) -> int | None:
    """A descriptor that becomes readable when the process ends; None where the system has none."""
    if controller is None or not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(controller)
    except ProcessLookupError:
        return os.open(os.devnull, os.O_RDONLY)  # readable at once: it is dead already
    except OSError:
        return None
