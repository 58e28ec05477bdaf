"""`bench off`: the source goes off whoever has it, and the command only says so when it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.control import Control
from bench.description import load
from bench.loadpoint import load_point
from bench.opening import open_station
from bench.station import Station
from drivers.errors import InterlockTripped
from testcases.selftest.command import bench, describe_small, running_twins
from testcases.selftest.guarded import session

pytestmark = pytest.mark.requirement("BEN-10")


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> str:
    return describe_small(tmp_path_factory.mktemp("bench"))


@pytest.fixture
def twins(tmp_path: Path, description: str) -> Iterator[Control]:
    with (
        running_twins(tmp_path, "--stepped", f"--bench={description}") as ready,
        closing(Control(ready["control"])) as control,
    ):
        yield control


@pytest.fixture
def live(description: str, twins: Control) -> Iterator[Station]:
    with open_station(load(description), twins) as station:
        station.apply(load_point(station.description.design, "Ib"))
        yield station
        twins.clear("source")


def off(description: str, twins: Control, *options: str) -> tuple[int, str]:
    """Exit status and words of `bench off` on `twins`."""
    folder = Path(description).parent
    done = bench("off", f"--bench={description}", f"--twins={twins.address}", *options, cwd=folder)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_another_process_has_the_source(tmp_path: Path, description: str, twins: Control) -> None:
    test = "test_that_goes_on_without_its_guard"
    with session(tmp_path / "live", twins, description, test) as running:
        assert off(description, twins) == (0, "source: off\n")
        assert not twins.source_on()
        running.go()
    assert running.process.returncode == 2
    assert "switched off under way" in running.output()
    assert not twins.source_on()


def test_what_it_took_away_is_not_given_back(
    description: str, twins: Control, live: Station
) -> None:
    assert off(description, twins)[0] == 0
    with pytest.raises(InterlockTripped, match="switched off under way"):
        live.apply(load_point(live.description.design, "Imax"))
    assert not twins.source_on()
    live.apply(load_point(live.description.design, "Imax"))  # a person has seen the error
    assert twins.source_on()


def test_it_ends_an_accumulation(description: str, twins: Control, live: Station) -> None:
    assert off(description, twins)[0] == 0
    with pytest.raises(InterlockTripped, match="switched off under way"):
        live.references(10.0)


def test_a_source_that_is_off_stays_off(description: str, twins: Control) -> None:
    assert off(description, twins) == (0, "source: off\n")


@pytest.mark.parametrize(
    ("fault", "parameters", "words"),
    [("stuck_on", {"reported": 1.0}, "answers '1'"), ("silent", {}, "does not answer")],
)
def test_a_source_that_cannot_be_shown_off_is_told(
    description: str,
    twins: Control,
    live: Station,
    fault: str,
    parameters: dict[str, float],
    words: str,
) -> None:
    twins.inject("source", fault, **parameters)
    status, said = off(description, twins, "--patience=0.2")
    assert status == 2
    assert "NOT OFF: source: " in said
    assert words in said
    assert "cut the mains" in said


def test_twins_must_be_named(tmp_path: Path, description: str) -> None:
    done = bench("off", f"--bench={description}", cwd=tmp_path)
    assert done.returncode == 2
    assert "--twins" in done.stderr


def test_a_source_that_is_unplugged_is_told(tmp_path: Path) -> None:
    twin = 'driver = "fluke6105a"\naddress = "twin"'
    real = twin.replace('"twin"', '"TCPIP::127.0.0.1::9::SOCKET"')
    description = describe_small(tmp_path, **{twin: real})
    done = bench("off", f"--bench={description}", "--patience=0.2", cwd=tmp_path)
    assert done.returncode == 2
    assert "NOT OFF: source: 127.0.0.1:9 cannot be reached" in done.stderr
