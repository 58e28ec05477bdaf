"""Runs `bench` as a user would: in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.description.loader import read

TIMEOUT = 120.0
"""Seconds of wall time that any command may take."""


def bench_command(*arguments: str) -> list[str]:
    """The command line of `bench` with `arguments`, in this interpreter."""
    return [sys.executable, "-c", "from bench.cli import main; main()", *arguments]


def bench(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `bench` with `arguments` to its end."""
    return subprocess.run(
        bench_command(*arguments),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def last_json(output: str) -> Any:
    """The JSON object in the last line of `output`."""
    return json.loads(output.strip().splitlines()[-1])


@contextmanager
def running_twins(cwd: Path, *arguments: str) -> Iterator[dict[str, Any]]:
    """`bench twins --json` in the background; its first line as an object."""
    process = subprocess.Popen(
        bench_command("twins", "--json", *arguments), cwd=cwd, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(TIMEOUT)
        assert process.stdout is not None
        process.stdout.close()


def describe(folder: Path, extra: str = "", **changes: str) -> str:
    """A copy of the default bench in `folder`, with texts replaced and `extra` at its end."""
    return _write(folder, _changed(read("virtual"), changes) + extra)


def describe_small(folder: Path, extra: str = "", **changes: str) -> str:
    """As `describe`, with four positions only."""
    text = read("virtual").replace('"1-20"', '"1-4"').replace('"101-120"', '"101-104"')
    second = text.index("[[positions]]", text.index('"101-104"'))
    text = text[:second] + text[text.index("[twins]") :]
    return _write(folder, _changed(text, changes) + extra)


def _changed(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert old in text, f"{old!r} is not in the default description"
        text = text.replace(old, new)
    return text


def _write(folder: Path, text: str) -> str:
    path = folder / "bench.toml"
    path.write_text(text)
    return str(path)
