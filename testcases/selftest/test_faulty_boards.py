"""Evidence 3: each faulty board fails with its own named reason, and the run goes on."""

from __future__ import annotations

from typing import Any

import pytest

from testcases.selftest.command import bench, describe, last_json

FAULTS = {
    # position: (fault, parameters, words of the reason)
    2: ("no_answer", {}, ["no answer on SPI"]),
    5: ("stuck_bit", {"address": 0x12, "bit": 3, "level": 1}, ["WGAIN", "reset value"]),
    9: ("gain", {"factor": 2.0}, ["WGAIN", "outside", "check burden"]),
    11: ("reversed_ct", {}, ["reversed", "current transformer"]),
    14: ("no_cf", {}, ["no pulses on CF"]),
    16: ("gain", {"factor": 0.0}, ["no energy is counted", "current loop"]),
    17: ("brown_out", {"delay": 30.0, "duration": 1.0}, ["reset", "supply"]),
    23: ("drift", {"percent_per_hour": 100.0}, ["left after watt gain", "does not repeat"]),
    29: ("saturated", {"span": 0.2}, ["percentage error at Imax PF 1"]),
}
RECOVERS = 20
"""The position whose bytes are corrupted at 1 %: it passes, at the price of retries."""


@pytest.fixture(scope="module")
def tray(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[int, dict[str, Any]], str]:
    """One run over the faulty tray: exit status, rows by position, and the error output."""
    folder = tmp_path_factory.mktemp("tray")
    text = ""
    for position, (kind, parameters, _) in FAULTS.items():
        values = ", ".join(f"{name} = {value}" for name, value in parameters.items())
        text += (
            f'\n[[faults]]\nposition = {position}\nkind = "{kind}"\nparameters = {{ {values} }}\n'
        )
    text += (
        f'\n[[faults]]\nposition = {RECOVERS}\nkind = "corrupted_bytes"\n'
        "parameters = { rate = 0.01 }\n"
    )
    done = bench("calibrate", "--json", f"--bench={describe(folder, text)}", cwd=folder)
    rows = {row["position"]: row for row in last_json(done.stdout)["positions"]}
    return done.returncode, rows, done.stderr


@pytest.mark.parametrize("position", FAULTS)
def test_a_faulty_board_fails_with_its_own_reason(tray: Any, position: int) -> None:
    _, rows, _ = tray
    _, _, words = FAULTS[position]
    assert rows[position]["verdict"] == "failed"
    for word in words:
        assert word in rows[position]["reason"]
    others = [row["reason"] for number, row in rows.items() if number != position]
    assert rows[position]["reason"] not in others, "each fault has a reason of its own"


def test_corrupted_bytes_are_recovered(tray: Any) -> None:
    _, rows, _ = tray
    assert rows[RECOVERS]["verdict"] == "passed", rows[RECOVERS]["reason"]


def test_all_other_boards_pass_and_the_run_says_that_some_failed(tray: Any) -> None:
    status, rows, _ = tray
    assert status == 1
    assert len(rows) == 32
    good = [number for number in rows if number not in FAULTS]
    assert [rows[number]["verdict"] for number in good] == ["passed"] * len(good)
    assert all(not rows[number]["reason"] for number in good)
