"""The register map as a documentation page: `python -m drivers.ade7753.page`."""

from __future__ import annotations

from drivers.ade7753.registers import REGISTERS, Register

_HEAD = """# ADE7753 register map

Made from `drivers/ade7753/registers.py`, the table that the driver and the twin share; do not edit.

| address | name | access | bits | bytes | coding | reset | unit | meaning |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""

_TAIL = """
Proof: `python -m drivers.ade7753.page | diff - docs/ade7753-registers.md`
"""


def page() -> str:
    """The whole page in Markdown."""
    return _HEAD + "".join(_row(register) for register in REGISTERS.values()) + _TAIL


def _row(row: Register) -> str:
    access = "R/W" if row.writable else "R, clears" if row.clears is not None else "R"
    cells = (
        f"0x{row.address:02X}",
        row.name,
        access,
        str(row.bits),
        str(row.size),
        row.coding.value,
        f"0x{row.reset:X}",
        row.unit,
        row.meaning,
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
