"""Looks at every device of a bench and says what to do about each problem."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from bench.clock import CountingClock
from bench.control import Control
from bench.description.description import Description
from bench.description.instruments import InstrumentTable
from bench.description.positions import PositionTable
from bench.opening import interlock_of, make_clock, resource_of
from bench.registry import open_instrument
from bench.spi import SpiBuses
from drivers.ade7753.driver import Ade7753
from drivers.errors import BenchError

SOON = 30
"""Days before its due date from which an instrument is reported."""
GOOD = "good"


@dataclass(frozen=True, slots=True)
class Finding:
    """One row: a device, what it said, and what to do (`advice` is '' when all is well)."""

    device: str
    address: str
    identity: str
    due: str
    check: str
    advice: str

    @property
    def is_good(self) -> bool:
        """Whether nothing needs doing."""
        return self.check == GOOD


def examine(description: Description, control: Control | None) -> list[Finding]:
    """Open every device of a bench, check it, and close all again; the source is left off."""
    clock = make_clock(description, control)
    endpoints = control.endpoints() if control is not None else None
    findings, opened = [], {}
    with ExitStack() as stack:
        for role, table in description.instruments.items():
            address = table.address
            try:
                address = resource_of(role, table, endpoints)
                opened[role] = open_instrument(role, table, address, clock)
                stack.callback(_close, opened[role])
                identity, complaint = str(opened[role].identify()), opened[role].self_check()
            except (BenchError, ValueError) as error:
                identity, complaint = "", str(error)
            findings.append(_finding(role, address, table, identity, complaint))
        if description.interlock is not None and "relays" in opened:
            findings.append(_interlock(description, opened["relays"]))
        # A relay unit may be what selects the boards, so it stays open for them.
        buses = SpiBuses(clock, opened.get("relays"), endpoints)
        stack.callback(buses.close)
        clkin = description.design.clkin
        findings += [_position(row, buses, clock, clkin) for row in description.positions]
    return findings


def virtual_nodes(control: Control | None) -> Finding | None:
    """How the twins' SPI nodes are served; None on a bench without twins."""
    if control is None:
        return None
    endpoints = control.endpoints()
    missing = control.ask("fuse")
    served = "device nodes" if any(map(os.path.isabs, endpoints.spi.values())) else "a socket"
    advice = f"{missing}; the bench works, other programs need the nodes" if missing else ""
    return Finding("virtual SPI", endpoints.control, f"served as {served}", "", GOOD, advice)


def _interlock(description: Description, relays: Any) -> Finding:
    table = description.interlock
    interlock = interlock_of(description, relays)
    assert table is not None
    assert interlock is not None
    address = f"input {table.channel}, bit {table.bit}"
    try:
        closed = interlock.closed()
    except (BenchError, ValueError) as error:
        return Finding("interlock", address, "", "", "failed", str(error))
    if closed:
        return Finding("interlock", address, "closed", "", GOOD, "")
    return Finding("interlock", address, "open", "", "open", "close the cover, release the stop")


def _position(row: PositionTable, buses: SpiBuses, clock: CountingClock, clkin: float) -> Finding:
    name = f"position {row.number}"
    address: str = row.spi.adapter
    try:
        address = buses.address(row)
        bus, chip = buses.open(row)
        driver = Ade7753(bus, chip, clock, label=name, clkin=clkin)
        driver.probe()
        revision = driver.read("DIEREV")
    except BenchError as error:
        return Finding(name, address, row.serial, "", "failed", str(error))
    return Finding(name, address, f"{row.serial}, ADE7753 die {revision}", "", GOOD, "")


def _close(device: Any) -> None:
    with suppress(BenchError):
        device.close()


def _finding(
    role: str, address: str, table: InstrumentTable, identity: str, complaint: str
) -> Finding:
    certificate = table.certificate
    due, advice, check = "", complaint, "failed" if complaint else GOOD
    if certificate is not None:
        due = certificate.due.isoformat()
        days = (certificate.due - date.today()).days
        if days < 0:
            check = "expired" if check == GOOD else check
            advice = advice or f"calibration was due {-days} days ago: send it in"
        elif days <= SOON:
            advice = advice or f"calibration is due in {days} days: plan it"
    return Finding(role, address, identity, due, check, advice)
