"""The ADE7753 register table against numbers from the data sheet, and its documentation page."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ade7753.page import page
from drivers.ade7753.registers import BY_ADDRESS, REGISTERS, Coding, Register

# name, address, bits, signed, writable, reset value: the data sheet's register list, typed in again
# from the printed table so that one slip of the pen cannot be in both.
DATA_SHEET = """
WAVEFORM 01 24 S R 0;   AENERGY 02 24 S R 0;     RAENERGY 03 24 S R 0;   LAENERGY 04 24 S R 0
VAENERGY 05 24 U R 0;   RVAENERGY 06 24 U R 0;   LVAENERGY 07 24 U R 0;  LVARENERGY 08 24 S R 0
MODE 09 16 U W 000C;    IRQEN 0A 16 U W 0040;    STATUS 0B 16 U R 0;     RSTSTATUS 0C 16 U R 0
CH1OS 0D 8 M W 0;       CH2OS 0E 8 M W 0;        GAIN 0F 8 U W 0;        PHCAL 10 6 S W 0D
APOS 11 16 S W 0;       WGAIN 12 12 S W 0;       WDIV 13 8 U W 0;        CFNUM 14 12 U W 3F
CFDEN 15 12 U W 3F;     IRMS 16 24 U R 0;        VRMS 17 24 U R 0;       IRMSOS 18 12 S W 0
VRMSOS 19 12 S W 0;     VAGAIN 1A 12 S W 0;      VADIV 1B 8 U W 0;       LINECYC 1C 16 U W FFFF
ZXTOUT 1D 12 U W FFF;   SAGCYC 1E 8 U W FF;      SAGLVL 1F 8 U W 0;      IPKLVL 20 8 U W FF
VPKLVL 21 8 U W FF;     IPEAK 22 24 U R 0;       RSTIPEAK 23 24 U R 0;   VPEAK 24 24 U R 0
RSTVPEAK 25 24 U R 0;   TEMP 26 8 S R 0;         PERIOD 27 16 U R 0;     TMODE 3D 8 U W 0
CHKSUM 3E 6 U R 0;      DIEREV 3F 8 U R 0
"""
CODINGS = {"U": Coding.UNSIGNED, "S": Coding.SIGNED, "M": Coding.SIGN_MAGNITUDE}
ROWS = [row.split() for row in DATA_SHEET.replace("\n", ";").split(";") if row.strip()]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_the_table_is_the_data_sheets(row: list[str]) -> None:
    name, address, bits, coding, access, reset = row
    register = REGISTERS[name]
    assert register.address == int(address, 16)
    assert register.bits == int(bits)
    assert register.coding is CODINGS[coding]
    assert register.writable is (access == "W")
    assert register.reset == int(reset, 16)


def test_nothing_is_in_the_table_twice_or_too_much() -> None:
    assert set(REGISTERS) == {row[0] for row in ROWS}
    assert len(BY_ADDRESS) == len(REGISTERS)


@given(st.sampled_from(sorted(REGISTERS.values(), key=lambda row: row.address)), st.data())
def test_every_value_survives_encoding(register: Register, data: st.DataObject) -> None:
    value = data.draw(st.integers(register.minimum, register.maximum))
    assert register.decode(register.encode(value)) == value


@pytest.mark.parametrize(
    ("name", "value", "raw"),
    [  # data sheet: APOS -522 is FDF6h; CH1OS 21h is -1, 20h a second zero; PHCAL 0Dh is 13
        ("APOS", -522, 0xFDF6),
        ("CH1OS", -1, 0x21),
        ("CH1OS", 31, 0x1F),
        ("PHCAL", 13, 0x0D),
        ("PHCAL", -31, 0x21),
        ("WGAIN", -2048, 0x800),
        ("WGAIN", 480, 0x1E0),
    ],
)
def test_codes_from_the_data_sheet(name: str, value: int, raw: int) -> None:
    assert REGISTERS[name].encode(value) == raw
    assert REGISTERS[name].decode(raw) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [("WGAIN", 2048), ("WGAIN", -2049), ("CH1OS", 32), ("CFDEN", 4096), ("LINECYC", -1)],
)
def test_a_value_that_does_not_fit_is_refused(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=name):
        REGISTERS[name].encode(value)


def test_the_documentation_page_is_made_from_the_table() -> None:
    written = Path(__file__).parents[2] / "docs" / "ade7753-registers.md"
    assert written.read_text() == page(), "run python -m drivers.ade7753.page and commit it"
