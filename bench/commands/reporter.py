"""Shows a run on the terminal: a live table of positions, or plain lines elsewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pytest
from rich.console import Console
from rich.live import Live
from rich.table import Table

from bench.progress import (
    Event,
    PositionChanged,
    PositionVerdict,
    RunFinished,
    RunStarted,
    StageFinished,
    StageStarted,
)
from drivers.errors import BenchError

_SIGNS = {"passed": "✓", "failed": "✗"}
_COLOURS = {"passed": "green", "failed": "red", "inconclusive": "yellow"}


@dataclass(slots=True)
class _Row:
    serial: str
    state: str = "waiting"
    error: float | None = None


class Reporter:
    """A pytest plugin that follows the bench's own events instead of test items.

    With `timing`, the last lines tell wall time, lab time, and the bench's own share. With
    `as_json`, the last line is one JSON object. `faults`: what the bench itself got wrong.
    """

    def __init__(self, console: Console, *, timing: bool = False, as_json: bool = False) -> None:
        self._console = console
        self._timing = timing
        self._as_json = as_json
        self._rows: dict[int, _Row] = {}
        self._live: Live | None = None
        self._begun = time.perf_counter()
        self._stage = ""
        self._finished: RunFinished | None = None
        self._lab_times: list[tuple[str, float]] = []
        self.faults: list[str] = []

    # -- what pytest tells ---------------------------------------------------------------------

    def pytest_bench_event(self, event: Event) -> None:
        """Follow one event of the run."""
        match event:
            case RunStarted():
                self._start(event)
            case StageStarted():
                self._stage = f"[{event.step}/{event.steps}] {event.name}"
                self._say(self._stage)
            case StageFinished():
                self._lab_times.append((event.name, event.lab_time))
            case PositionChanged():
                row = self._rows[event.position]
                row.state, row.error = event.state, event.error
            case RunFinished():
                self._finished = event
        self._refresh()

    def pytest_exception_interact(
        self, call: pytest.CallInfo[object], report: pytest.TestReport | pytest.CollectReport
    ) -> None:
        """Keep the bench's own faults; what a test asserts about a board is the board's."""
        error = call.excinfo.value if call.excinfo is not None else None
        if isinstance(error, BenchError):
            self.faults.append(str(error))
        elif not isinstance(error, AssertionError | pytest.fail.Exception):
            crash = getattr(report.longrepr, "reprcrash", None)
            self.faults.append(str(crash or report.longrepr))

    def pytest_internalerror(self, excrepr: object) -> None:
        """Pytest itself failed."""
        self.faults.append(str(excrepr))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Ctrl-C, SIGTERM, or `pytest.exit` with a reason."""
        words = str(excinfo.value)
        if isinstance(excinfo.value, KeyboardInterrupt):
            words = f"interrupted by {words or 'Ctrl-C'}"
        self.faults.append(words)

    # -- what people see -----------------------------------------------------------------------

    def close(self) -> None:
        """End the display and print the summary."""
        if self._live is not None:
            self._live.stop()
        finished = self._finished
        if finished is not None and not self._as_json:
            if self._lab_times:
                self._console.print(_lab_times(self._lab_times))
            self._console.print(_summary(finished.verdicts))
            self._console.print(f"run {finished.run}, certificates in {finished.certificates}")
        if self._timing and finished is not None:
            wall = time.perf_counter() - self._begun
            self._console.print(
                f"wall {wall:.2f} s, lab time {finished.lab_time:.1f} s, waiting for lab time "
                f"{finished.waited:.2f} s, own overhead {wall - finished.waited:.2f} s"
            )
        for fault in dict.fromkeys(self.faults):
            errors = Console(stderr=True, soft_wrap=True, highlight=False)
            errors.print(f"bench: {fault}", style="red", markup=False)
        if self._as_json:
            print(json.dumps(self._json()), flush=True)  # noqa: T201

    def _json(self) -> dict[str, object]:
        finished = self._finished
        answer: dict[str, object] = {
            "run": finished.run if finished else None,
            "positions": [asdict(verdict) for verdict in finished.verdicts] if finished else [],
        }
        if self.faults:
            answer["error"] = "; ".join(dict.fromkeys(self.faults))
        return answer

    def _start(self, event: RunStarted) -> None:
        self._rows = {position: _Row(serial) for position, serial in event.positions}
        self._say(f"{event.procedure} on bench {event.bench}, run {event.run}")
        if self._console.is_terminal and not self._as_json:
            self._live = Live(self._table(), console=self._console, refresh_per_second=8)
            self._live.start()

    def _say(self, line: str) -> None:
        if self._live is None:
            self._console.print(line, markup=False, highlight=False)

    def _refresh(self) -> None:
        if self._live is not None:
            self._live.update(self._table())

    def _table(self) -> Table:
        table = Table(title=self._stage or None, title_justify="left")
        for heading in ("position", "serial", "state", "error"):
            table.add_column(heading, justify="right" if heading == "error" else "left")
        for position, row in self._rows.items():
            error = "" if row.error is None else f"{row.error:+.3f} %"
            table.add_row(str(position), row.serial, row.state, error)
        return table


def _lab_times(stages: Sequence[tuple[str, float]]) -> Table:
    """What each stage takes on a real bench."""
    total = sum(seconds for _, seconds in stages)
    table = Table(title=f"on a real bench: {total / 60:.0f} min", title_justify="left")
    table.add_column("item")
    table.add_column("s", justify="right")
    for name, seconds in stages:
        table.add_row(name, f"{seconds:.0f}")
    return table


def _summary(verdicts: Sequence[PositionVerdict]) -> Table:
    passed = sum(verdict.verdict == "passed" for verdict in verdicts)
    table = Table(title=f"{passed} of {len(verdicts)} boards passed", title_justify="left")
    for heading in ("position", "serial", "verdict", "reason"):
        table.add_column(heading, overflow="fold")
    for row in verdicts:
        colour = _COLOURS.get(row.verdict, "magenta")
        sign = _SIGNS.get(row.verdict, "?")
        table.add_row(
            str(row.position), row.serial, f"[{colour}]{sign} {row.verdict}[/]", row.reason
        )
    return table
