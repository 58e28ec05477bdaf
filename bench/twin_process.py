"""Starts the twins of a bench in a process of their own, and ends them."""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from bench.control import Control, Endpoints
from bench.description.description import Description
from bench.entry import PREFIX
from drivers.errors import StationFault

STARTUP = 60.0
"""Seconds of wall time within which the twins must be ready."""
GRACE = 10.0
"""Seconds of wall time that they get to end."""


def twin_control(
    stack: ExitStack, description: Description, bench: str, twins: str | None, seed: int | None
) -> Control | None:
    """The control channel of a bench's twins, closed by `stack`; None on a bench without twins.

    Joins those behind `twins` where given, else starts the bench's own: stepped where every device
    is a twin, live where something real keeps its own time.
    """
    if twins is None and not description.has_twins:
        return None
    if twins is None:
        stepped = description.is_virtual
        twins = stack.enter_context(twin_process(bench, seed, stepped=stepped)).control
    control = Control(twins)
    stack.callback(control.close)
    return control


@contextmanager
def twin_process(
    bench: str, seed: int | None = None, *, stepped: bool = True
) -> Iterator[Endpoints]:
    """Run the twins of the description `bench` (name or file) while inside.

    The process ends with the caller's, however that ends: its standard input is a pipe whose other
    end is here. `StationFault` with the twins' own words when they do not start.
    """
    command = [sys.executable, "-m", "bench.twins", "--bench", bench, "--json", "--until-eof"]
    if stepped:
        command.append("--stepped")
    if seed is not None:
        command += ["--seed", str(seed)]
    with tempfile.TemporaryFile("w+") as words:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
            # Ctrl-C goes to the whole foreground group, and the twins must outlive the bench's
            # last words to them: they end when the pipe closes.
            start_new_session=True,
        )
        try:
            line = _ready_line(process)
            if not line:
                _end(process)
                words.seek(0)
                said = words.read().strip().removeprefix(PREFIX)
                said = said or f"exit status {process.returncode}"
                raise StationFault(f"the twins of bench {bench} did not start: {said}")
            yield Endpoints.from_json(json.loads(line))
        finally:
            _end(process)


def _ready_line(process: subprocess.Popen[str]) -> str:
    """The first line of the process's output, '' when it ends or takes too long."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        return process.stdout.readline() if selector.select(STARTUP) else ""


def _end(process: subprocess.Popen[str]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
