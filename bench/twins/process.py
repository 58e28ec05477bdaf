"""The twin process: runs a virtual bench until it is told to end."""

from __future__ import annotations

import json
import os
import sys
import threading
import time

from bench.description import Description, load
from bench.signals import sigterm_as_interrupt
from bench.twins.virtual_bench import VirtualBench


def serve(
    bench: str, *, seed: int | None, as_json: bool, rate: float | None, until_eof: bool
) -> None:
    """Play the twins of the description `bench` (name or file) until Ctrl-C or SIGTERM.

    `rate`: lab seconds per wall second, None for stepped lab time. `until_eof`: end when standard
    input ends, too. The first line of output, printed when all is ready, tells where things are.
    """
    description = load(bench)
    restore = sigterm_as_interrupt()
    virtual = VirtualBench(description, seed=seed, rate=rate)
    try:
        virtual.start()
        line = json.dumps(virtual.endpoints()) if as_json else _table(virtual, description)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        ended = threading.Event()
        if until_eof:
            threading.Thread(target=_wait_for_eof, args=(ended,), daemon=True).start()
        while not ended.wait(0.5):
            pass
    except KeyboardInterrupt:
        pass
    finally:
        virtual.stop()
        restore()


def _wait_for_eof(ended: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    ended.set()


def _table(virtual: VirtualBench, description: Description) -> str:
    where = virtual.endpoints()
    lines = [
        f"bench {description.name}, seed {virtual.world.seed}, since {time.strftime('%H:%M:%S')}",
        f"control    {where['control']}",
        *(f"{role:<10} {resource}" for role, resource in where["visa"].items()),
        *(f"position {number:>3}  {node}" for number, node in where["spi"].items()),
        "Ctrl-C ends it",
    ]
    return "\n".join(lines)
