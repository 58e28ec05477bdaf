"""Evidence 4: bad input gives one clear message and status 2, and nothing is half-written."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from testcases.selftest.command import bench, describe

CASES = {
    "unknown key": ({"ramp = 2.0": "rampe = 2.0"}, ["bench.toml", "source.rampe", "allowed here"]),
    "wrong type": ({"ramp = 2.0": 'ramp = "soft"'}, ["source.ramp", "'soft'"]),
    "duplicate position": ({'"21-32"': '"20-31"'}, ["duplicate position", "20"]),
    "unknown driver": ({'"norma4000"': '"norma9000"'}, ["norma9000", "norma4000"]),
    "unknown fault": (
        {"seed = 1": 'seed = 1\n[[faults]]\nposition = 3\nkind = "gremlin"'},
        ["gremlin", "no_answer"],
    ),
    "missing device node": (
        {
            'number = "21-32"\nserial = "TWIN{n:04d}"\nspi = { adapter = "twin" }': (
                'number = "21-32"\nserial = "TWIN{n:04d}"\n'
                'spi = { adapter = "spidev", node = "/dev/no-such-node{n}" }'
            )
        },
        ["position 21", "/dev/no-such-node21"],
    ),
    "expired instrument": (
        {'"TWIN-REFERENCE", issued = 2026-01-01, due = 2099-12-31':
         '"R-17", issued = 2020-01-01, due = 2021-01-01'},
        ["R-17", "2021-01-01", "--allow-expired"],
    ),
}  # fmt: skip


def one_message(stderr: str) -> str:
    """The message: one line, and nothing else."""
    assert stderr.startswith("bench: ")
    assert stderr.count("\n") == 1, stderr
    return stderr


@pytest.mark.parametrize("case", CASES)
def test_a_bad_description_stops_the_bench_before_it_starts(tmp_path: Path, case: str) -> None:
    changes, words = CASES[case]
    done = bench("calibrate", f"--bench={describe(tmp_path, **changes)}", cwd=tmp_path)
    assert done.returncode == 2
    message = one_message(done.stderr)
    for word in words:
        assert word in message
    assert not list((tmp_path / "results").glob("certificates/*"))


def test_an_unreachable_instrument_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]  # nobody listens there once it is closed
    address = f"TCPIP::127.0.0.1::{port}::SOCKET"
    changes = {'driver = "norma4000"\naddress = "twin"':
               f'driver = "norma4000"\naddress = "{address}"'}  # fmt: skip
    done = bench("calibrate", f"--bench={describe(tmp_path, **changes)}", cwd=tmp_path)
    assert done.returncode == 2
    message = one_message(done.stderr)
    assert "reference" in message
    assert address in message


@pytest.mark.parametrize("place", ["folder", "no database", "no such folder's child"])
def test_a_results_file_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    target = tmp_path / "results.sqlite"
    if place == "folder":
        target.mkdir()
    elif place == "no database":
        target.write_text("these are my notes, not a database")
    else:
        (tmp_path / "file").write_text("")
        target = tmp_path / "file" / "results.sqlite"
    before = sorted(tmp_path.rglob("*"))
    done = bench("calibrate", f"--results={target}", cwd=tmp_path)
    assert done.returncode == 2
    assert str(target.name) in one_message(done.stderr)
    assert sorted(tmp_path.rglob("*")) == before
    if place == "no database":
        assert target.read_text() == "these are my notes, not a database"


def test_joining_twins_that_are_not_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = bench("calibrate", f"--twins=127.0.0.1:{port}", cwd=tmp_path)
    assert done.returncode == 2
    assert "bench twins" in one_message(done.stderr)


def test_json_tells_the_error_too(tmp_path: Path) -> None:
    done = bench("calibrate", "--json", "--bench=no-such-bench", cwd=tmp_path)
    assert done.returncode == 2
    assert '"positions": []' in done.stdout
    assert "no-such-bench" in one_message(done.stderr)
