"""Opens what a bench description describes, and closes it again whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any

from bench.clock import CountingClock, TwinClock, WallClock
from bench.control import Control, Endpoints
from bench.description.description import Description
from bench.description.instruments import InstrumentTable
from bench.description.positions import PositionTable
from bench.description.table import TWIN
from bench.guard.guard import Guard
from bench.guard.off import Source
from bench.position import Position
from bench.registry import SAFE_SEQUENCES, check_drivers, open_instrument
from bench.spi import SpiBuses
from bench.station import Station
from drivers.ade7753.driver import Ade7753
from drivers.errors import BenchError, CalibrationExpired, DescriptionError, StationFault
from drivers.interlock import InputInterlock
from drivers.roles import Interlock
from drivers.spi.trace import TracedBus


def check(description: Description) -> None:
    """`DescriptionError` for what can be known to be wrong before anything is opened."""
    check_drivers(description)
    for position in description.positions:
        decoder = position.spi.decoder
        if decoder is not None and decoder.kind == "relay" and description.relays is None:
            raise DescriptionError(
                f"position {position.number}: a relay decoder needs a [relays] unit"
            )


def expired(description: Description, today: date) -> list[str]:
    """The instruments past their due date on `today`, in words."""
    return [
        f"{role} ({row.driver}): certificate {row.certificate.number} was due on "
        f"{row.certificate.due}"
        for role, row in description.instruments.items()
        if row.certificate is not None and row.certificate.due < today
    ]


def make_clock(description: Description, control: Control | None) -> CountingClock:
    """The clock of a bench: the twins' where all is virtual, else the wall's."""
    if control is not None and description.is_virtual:
        return CountingClock(TwinClock(control))
    return CountingClock(WallClock())


def resource_of(role: str, table: InstrumentTable, endpoints: Endpoints | None) -> str:
    """The VISA resource of an instrument, that of its twin where a twin plays it."""
    if not table.is_twin:
        return table.address
    if endpoints is None or role not in endpoints.visa:
        raise StationFault(f"{role}: no twin runs for it: start the twins of this bench")
    return endpoints.visa[role]


def sources_of(description: Description, endpoints: Endpoints | None) -> list[Source]:
    """The bench's sources as the guard knows them; `StationFault` when no twin runs for one."""
    table = description.source
    resource = resource_of("source", table, endpoints)
    return [Source("source", resource, SAFE_SEQUENCES[table.driver], table.is_twin)]


@contextmanager
def open_station(
    description: Description,
    control: Control | None,
    *,
    allow_expired: bool = False,
    controller: int | None = None,
) -> Iterator[Station]:
    """Open instruments and positions; inside, the bench is ready, the source off and guarded.

    On the way out, however that comes, the source goes off and everything is closed; when this
    process or the process `controller` dies, the guard switches it off. Raises
    `CalibrationExpired` unless `allow_expired`, `StationFault` when an instrument cannot be opened
    and when fewer positions than the quorum answer. A position that does not answer drops out.
    """
    check(description)
    late = expired(description, date.today())
    if late and not allow_expired:
        raise CalibrationExpired(
            f"past their calibration date: {'; '.join(late)}: have them calibrated, or use "
            "--allow-expired for results that are not traceable"
        )
    endpoints = control.endpoints() if control is not None else None
    with ExitStack() as stack:
        clock = make_clock(description, control)
        guard = stack.enter_context(Guard(sources_of(description, endpoints), controller))
        devices = {
            role: _open(stack, role, table, resource_of(role, table, endpoints), clock)
            for role, table in description.instruments.items()
        }
        buses = SpiBuses(clock, devices.get("relays"), endpoints)
        stack.callback(buses.close)
        station = Station(
            description,
            clock,
            devices,
            [_position(row, buses, clock, description) for row in description.positions],
            guard,
            interlock_of(description, devices.get("relays")),
            clock_kind="twins" if control is not None and description.is_virtual else "wall",
            seed=int(control.ask("seed")) if control is not None else None,
            expired=late,
        )
        stack.callback(station.close)
        guard.arm()
        yield station


def interlock_of(description: Description, relays: Any) -> Interlock | None:
    """The interlock on the opened relay unit; None on a bench without one."""
    table = description.interlock
    if table is None:
        return None
    return InputInterlock(relays, table.channel, table.bit, closed_high=table.closed == "high")


def _open(
    stack: ExitStack, role: str, table: InstrumentTable, resource: str, clock: CountingClock
) -> Any:
    try:
        device = open_instrument(role, table, resource, clock)
    except (BenchError, ValueError) as error:
        raise StationFault(f"{role} ({table.driver} at {table.address}): {error}") from error
    stack.callback(device.close)
    return device


def _position(
    row: PositionTable, buses: SpiBuses, clock: CountingClock, description: Description
) -> Position:
    bus, chip = buses.open(row)
    traced = TracedBus(bus)
    label = f"position {row.number}"
    driver = Ade7753(traced, chip, clock, label=label, clkin=description.design.clkin)
    return Position(
        row.number,
        row.serial,
        driver,
        row.cf_channel,
        buses.address(row),
        row.phase_index,
        trace=traced,
    )


__all__ = [
    "TWIN",
    "check",
    "expired",
    "interlock_of",
    "make_clock",
    "open_station",
    "resource_of",
    "sources_of",
]
