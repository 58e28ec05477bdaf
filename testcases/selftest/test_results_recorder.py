"""A run is in the store when it happens, whole, and its end is never invented."""

from __future__ import annotations

import dataclasses
import hashlib
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from bench.results.facts import InstrumentFacts, Quantity, RunHead
from bench.results.queries import list_runs, load_run, outcome
from bench.results.recorder import RunRecorder
from bench.results.store import Store
from bench.results.verdict import Verdict
from drivers.ade7753.registers import REGISTERS
from drivers.errors import InterlockTripped, StoreError

ROOT = Path(__file__).parents[2]
HEAD = RunHead(
    procedure="calibrate",
    description="name = 'virtual'\n",
    code_version="v1",
    operator="Li",
    station="line 1",
    clock="stepped",
    seed=2**40,
    design=[Quantity("meter constant", 3200, "imp/kWh")],
)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "s.sqlite") as store:
        yield store


def test_everything_recorded_comes_back(store):
    start = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    ticks = (start + timedelta(seconds=n) for n in range(1000))
    with RunRecorder(store, HEAD, now=lambda: next(ticks)) as recorder:
        recorder.instrument(
            InstrumentFacts(
                "reference", "Norma 4000", "TCPIP::x", "C-7", date(2026, 1, 2), date(2027, 1, 2)
            )
        )
        recorder.position(3, "A0003", "/dev/spidev0.3")
        reading = recorder.reading(
            3,
            "Ib PF 1",
            applied={"voltage": 220.0},
            reference={"active": 1100.1},
            registers={"LAENERGY": 19186},
            stage="as found",
            lab_time=21.5,
        )
        verdict = recorder.measurement(
            "percentage error",
            0.2,
            "%",
            position=3,
            load_point="Ib PF 1",
            stage="as left",
            lower=-0.1,
            upper=0.1,
            instruments=["reference"],
            requirements=["EQ-3"],
            reading=reading,
        )
        assert verdict is Verdict.FAILED
        recorder.constant(3, REGISTERS["APOS"], -522, stage="offset", exact=-521.8, read_back=-522)
        recorder.event("supply dipped", position=3, level="warning")
        recorder.decide(3, Verdict.FAILED, "error 0.2 % at Ib PF 1")
        recorder.finish(Verdict.FAILED, "1 of 1 failed")

    run = load_run(store)
    assert run.id == recorder.run_id
    assert (run.seed, run.operator, run.clock, run.traceable) == (2**40, "Li", "stepped", True)
    assert run.started == start
    assert run.started.tzinfo is UTC
    assert run.description_hash == hashlib.sha256(b"name = 'virtual'\n").hexdigest()
    assert run.design == [{"name": "meter constant", "value": 3200, "unit": "imp/kWh"}]
    assert outcome(run) == (Verdict.FAILED, "1 of 1 failed")
    (instrument,) = run.instruments
    assert (instrument.certificate, instrument.due) == ("C-7", date(2027, 1, 2))
    (position,) = run.positions
    assert (position.number, position.serial, position.attempt) == (3, "A0003", 1)
    assert (position.verdict, position.reason) == (Verdict.FAILED, "error 0.2 % at Ib PF 1")
    (stored,) = position.readings
    assert (stored.registers, stored.lab_time) == ({"LAENERGY": 19186}, 21.5)
    (measurement,) = position.measurements
    assert measurement.reading_id == stored.id
    assert (measurement.value, measurement.lower, measurement.upper) == (0.2, -0.1, 0.1)
    assert (measurement.verdict, measurement.requirements) == (Verdict.FAILED, ["EQ-3"])
    (constant,) = position.constants
    assert (constant.value, constant.raw, constant.bits) == (-522, 0xFDF6, 16)
    assert [(event.level, event.text) for event in run.events] == [("warning", "supply dipped")]


def test_a_record_is_there_before_the_run_ends(store):
    recorder = RunRecorder(store, HEAD)
    recorder.position(1, "A1")
    recorder.measurement("gain", 1.0, position=1)
    with Store(store.where, read_only=True) as reader:
        run = load_run(reader)
        assert len(run.positions[0].measurements) == 1
        assert outcome(run)[0] is Verdict.ABORTED
        assert "unfinished" in outcome(run)[1]


def test_a_killed_program_leaves_its_records_and_an_unfinished_run(tmp_path):
    path = tmp_path / "s.sqlite"
    program = (
        "import sys\n"
        "from bench.results.store import Store\n"
        "from bench.results.recorder import RunRecorder\n"
        "from testcases.selftest.test_results_recorder import HEAD\n"
        "recorder = RunRecorder(Store(sys.argv[1]), HEAD)\n"
        "recorder.position(1, 'A1')\n"
        "for n in range(10): recorder.measurement('gain', n, position=1)\n"
        "with recorder.together():\n"
        "    recorder.measurement('lost', 1, position=1)\n"
        "    print('here', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": ROOT}
    with subprocess.Popen(command, **pipes) as child:
        try:
            assert child.stdout.readline() == b"here\n"
        finally:
            child.send_signal(signal.SIGKILL)
    with Store(path) as store:
        run = load_run(store)
        assert outcome(run)[0] is Verdict.ABORTED
        names = [measurement.name for measurement in run.measurements]
        assert names == ["gain"] * 10  # the open transaction is gone, whole


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (KeyboardInterrupt(), Verdict.ABORTED),
        (InterlockTripped("interlock open"), Verdict.ABORTED),
        (RuntimeError("bug"), Verdict.ERROR),
    ],
)
def test_an_exception_ends_the_run_and_keeps_what_was_recorded(store, error, verdict):
    with pytest.raises(type(error)), RunRecorder(store, HEAD) as recorder, recorder.together():  # noqa: PT012
        recorder.measurement("gain", 1.0)
        raise error
    run = load_run(store)
    assert outcome(run)[0] is verdict
    assert outcome(run)[1]
    assert len(run.measurements) == 1


def test_a_run_left_without_a_verdict_is_aborted(store):
    with RunRecorder(store, HEAD):
        pass
    assert outcome(load_run(store)) == (Verdict.ABORTED, "ended without a verdict")


def test_nothing_can_be_recorded_after_the_end(store):
    recorder = RunRecorder(store, HEAD)
    recorder.finish(Verdict.PASSED)
    for late in (
        lambda: recorder.measurement("gain", 1.0),
        lambda: recorder.position(1),
        lambda: recorder.finish(Verdict.PASSED),
    ):
        with pytest.raises(StoreError, match="has ended"):
            late()
    assert load_run(store).measurements == []


def test_bad_values_are_refused_before_anything_is_written(store):
    recorder = RunRecorder(store, HEAD)
    recorder.position(1, "A1")
    with pytest.raises(ValueError, match="position 2 is not in this run"):
        recorder.measurement("gain", 1.0, position=2)
    with pytest.raises(ValueError, match="pass None where there is no value"):
        recorder.measurement("gain", float("nan"), position=1)
    with pytest.raises(ValueError, match="upper limit = inf"):
        recorder.measurement("gain", 1.0, upper=float("inf"))
    with pytest.raises(ValueError, match="applied: cannot be stored as JSON"):
        recorder.reading(1, "Ib", applied={"u": float("nan")}, reference={}, registers={})
    with pytest.raises(ValueError, match="WGAIN = 5000: allowed are"):
        recorder.constant(1, REGISTERS["WGAIN"], 5000)
    with pytest.raises(ValueError, match="allowed are info, warning, error"):
        recorder.event("x", level="loud")
    run = load_run(store)
    assert (run.measurements, run.events, run.positions[0].constants) == ([], [], [])


def test_a_seed_that_no_database_holds_is_refused(store):
    with pytest.raises(ValueError, match="seed = 9223372036854775808: allowed are 0 to"):
        RunRecorder(store, dataclasses.replace(HEAD, seed=2**63))
    assert list_runs(store) == []


def test_the_same_attempt_twice_is_refused_and_another_attempt_is_kept(store):
    recorder = RunRecorder(store, HEAD)
    recorder.position(1, "A1")
    with pytest.raises(StoreError, match="recorded already"):
        recorder.position(1, "A1")
    recorder.decide(1, Verdict.FAILED, "first")
    recorder.position(1, "A1", attempt=2)
    recorder.decide(1, Verdict.PASSED)
    attempts = [(p.attempt, p.verdict) for p in load_run(store).positions]
    assert attempts == [(1, Verdict.FAILED), (2, Verdict.PASSED)]


def test_a_unit_is_known_once_over_runs(store):
    for _ in range(2):
        with RunRecorder(store, HEAD) as recorder:
            recorder.position(1, "A1")
            recorder.finish(Verdict.PASSED)
    serials = [run.positions[0].serial for run in list_runs(store)]
    assert serials == ["A1", "A1"]


def test_a_full_disk_says_so_and_loses_nothing_stored(store):
    recorder = RunRecorder(store, HEAD)
    recorder.measurement("before", 1.0)
    with store.engine.connect() as connection:  # the pool hands this connection out again
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="the disk is full: make room"), recorder.together():  # noqa: PT012
        for n in range(1000):
            recorder.measurement("after", n)
    run = load_run(store)
    assert [measurement.name for measurement in run.measurements] == ["before"]


def test_a_full_disk_does_not_hide_the_error_that_ends_a_run(store):
    with pytest.raises(RuntimeError, match="the real one"), RunRecorder(store, HEAD):  # noqa: PT012
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
        raise RuntimeError("the real one")
    assert load_run(store).finished is None


def test_threads_record_at_once_also_inside_a_load_point(store):
    recorder = RunRecorder(store, HEAD)
    numbers = range(1, 9)
    for number in numbers:
        recorder.position(number, f"A{number}")

    def work(number):
        for n in range(20):
            recorder.measurement("gain", n, position=number)

    with recorder.together():
        threads = [threading.Thread(target=work, args=(number,)) for number in numbers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    recorder.finish(Verdict.PASSED)
    run = load_run(store)
    for position in run.positions:
        assert [measurement.value for measurement in position.measurements] == list(range(20))
    sequences = [measurement.sequence for measurement in run.measurements]
    assert sequences == sorted(set(sequences))


def test_a_load_point_of_a_tray_is_one_commit(store):
    """32 positions, 4 measurements each: a commit is a flush to the disk, so it is what costs."""
    recorder = RunRecorder(store, HEAD)
    for number in range(1, 33):
        recorder.position(number, f"A{number}")
    commits = []
    event.listen(store.engine, "commit", commits.append)
    for point in range(3):
        with recorder.together():
            for number in range(1, 33):
                reading = recorder.reading(
                    number, f"p{point}", applied={"u": 220.0}, reference={}, registers={"A": 1}
                )
                for n in range(4):
                    recorder.measurement(
                        f"m{n}", 0.01, "%", position=number, lower=-1, upper=1, reading=reading
                    )
    assert len(commits) == 3
    recorder.finish(Verdict.PASSED)
    assert len(load_run(store).measurements) == 32 * 3 * 4


def test_finding_a_run(store):
    with pytest.raises(StoreError, match="it has no run yet"):
        load_run(store)
    for _ in range(2):
        RunRecorder(store, HEAD).finish(Verdict.PASSED)
    newest, oldest = list_runs(store)
    assert load_run(store).id == newest.id
    assert load_run(store, str(oldest.id)).id == oldest.id
    assert load_run(store, oldest.id.hex[:12]).id == oldest.id
    with pytest.raises(StoreError, match="no run begins with 'zz'"):
        load_run(store, "zz")
    with pytest.raises(StoreError, match="2 runs begin with ''"):
        load_run(store, "")


def test_a_time_without_zone_is_refused(store):
    with pytest.raises(StoreError, match="has no time zone"):
        RunRecorder(store, HEAD, now=lambda: datetime(2026, 1, 1))
