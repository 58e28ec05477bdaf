"""Every register of the table: reset values, round trips, what writes and resets do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ade7753.bits import Flag, Mode
from drivers.ade7753.registers import BY_ADDRESS, REGISTERS
from testcases.selftest.metering_chip import FULL_SCALE, Jig

WRITABLE = [row for row in BY_ADDRESS.values() if row.writable]
SHARED = Jig()


@pytest.mark.parametrize("name", [row.name for row in WRITABLE])
def test_reset_values(name: str) -> None:
    assert Jig().chip.raw(name) == REGISTERS[name].reset.to_bytes(REGISTERS[name].size, "big")


@given(st.data())
def test_every_writable_register_reads_back_what_was_written(data: st.DataObject) -> None:
    register = data.draw(st.sampled_from(WRITABLE))
    raw = data.draw(st.integers(0, (1 << 8 * register.size) - 1))
    if register.name == "MODE":
        raw &= ~Mode.SWRST
    SHARED.chip.put(register.name, raw)
    kept = int.from_bytes(SHARED.chip.raw(register.name), "big")
    assert kept == raw & register.mask
    assert SHARED.chip.read("CHKSUM") == kept.bit_count()


@pytest.mark.parametrize("name", [row.name for row in BY_ADDRESS.values() if not row.writable])
def test_results_cannot_be_written(name: str) -> None:
    jig = Jig()
    before = jig.chip.raw("STATUS"), jig.chip.raw("AENERGY"), jig.chip.raw("IPEAK")
    jig.chip.put(name, 0x15)
    assert (jig.chip.raw("STATUS"), jig.chip.raw("AENERGY"), jig.chip.raw("IPEAK")) == before


def test_a_software_reset_restores_everything_and_says_so() -> None:
    jig = Jig()
    jig.apply(*FULL_SCALE)
    jig.chip.write(WGAIN=77, LINECYC=12, CFDEN=489)
    jig.run(2.0)
    jig.chip.read("RSTSTATUS")
    jig.chip.put("MODE", 0x0040)
    assert {name: jig.chip.read(name) for name in ("WGAIN", "LINECYC", "CFDEN", "MODE")} == {
        "WGAIN": 0,
        "LINECYC": 0xFFFF,
        "CFDEN": 0x3F,
        "MODE": 0x000C,
    }
    assert jig.chip.read("AENERGY") == 0
    assert jig.chip.read("IPEAK") == 0
    assert jig.chip.read("RSTSTATUS") == Flag.RESET


def test_all_ones_in_mode_reset_the_chip() -> None:
    jig = Jig()
    jig.chip.put("MODE", 0xFFFF)
    assert jig.chip.read("MODE") == 0x000C


def test_the_reset_flag_cannot_pull_irq() -> None:
    jig = Jig()
    assert jig.chip.read("STATUS") == Flag.RESET
    assert jig.chip.read("IRQEN") == 0x0040
    assert jig.board.irq


def test_die_revision_is_what_the_doubts_say() -> None:
    assert Jig().chip.read("DIEREV") == 0x03
