"""Pytest plugin of a session over a tray of mutants: makes them, and writes down what failed."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import pytest

from bench.control import Control
from testcases.selftest.mutants import MUTANTS, PLACES

_POSITION = re.compile(r"position (\d+)")
_failed: dict[int, set[str]] = defaultdict(set)
_ran: dict[int, int] = defaultdict(int)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the verdicts go."""
    parser.addoption("--tray-report", type=Path, required=True)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Some boards are wrong before the calibration, the others go wrong right after it."""
    if fixturedef.argname != "outcomes":
        return (yield)
    control = request.getfixturevalue("control")
    _make(control, early=True)
    calibrated = yield
    _make(control, early=False)
    return calibrated


def _make(control: Control, early: bool) -> None:
    for position, name in PLACES.items():
        mutant = MUTANTS[name]
        if mutant.early is early:
            control.inject(position, mutant.kind, **mutant.parameters)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note the test under its position; a test is failed in whatever phase."""
    found = _POSITION.search(report.nodeid)
    if found is None:
        return
    position = int(found[1])
    _ran[position] += report.when == "call"
    if report.failed:
        _failed[position].add(_name(report.nodeid))


def _name(nodeid: str) -> str:
    """`file.py::test_x[position 3-Ib]` as `test_x[Ib]`."""
    test = nodeid.rpartition("::")[2]
    function, _, parameters = test.partition("[")
    kept = [p for p in parameters.rstrip("]").split("-") if p and not _POSITION.fullmatch(p)]
    return f"{function}[{'-'.join(kept)}]" if kept else function


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write `{position: {ran, failed}}`."""
    rows = {n: {"ran": _ran[n], "failed": sorted(_failed[n])} for n in sorted(_ran)}
    session.config.getoption("--tray-report").write_text(json.dumps(rows))
