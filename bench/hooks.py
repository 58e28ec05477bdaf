"""The pytest hook by which fixtures tell a reporter how a run goes."""

from __future__ import annotations

from bench.progress import Event


def pytest_bench_event(event: Event) -> None:
    """Called for each `bench.progress.Event` of a run, in order."""
