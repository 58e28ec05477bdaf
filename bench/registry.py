"""The driver names of bench descriptions, and how each driver is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bench.description.description import Description
from bench.description.instruments import (
    CounterTable,
    InstrumentTable,
    ReferenceTable,
    RelayTable,
    SourceTable,
)
from drivers.clock import Clock
from drivers.errors import DescriptionError
from drivers.safe import SafeSequence
from drivers.visa.fluke6105a import Fluke6105a
from drivers.visa.keysight34970a import Keysight34970a
from drivers.visa.keysight53230a import Keysight53230a
from drivers.visa.limits import SiteLimits
from drivers.visa.norma4000 import Norma4000

Opener = Callable[[Any, str, Clock], Any]


def _fluke6105a(table: SourceTable, resource: str, clock: Clock) -> Fluke6105a:
    return Fluke6105a(
        resource,
        clock,
        limits=SiteLimits(**table.limits.model_dump()),
        ramp=table.ramp,
        settle=table.settle,
        lagging_sign=table.lagging_sign,
        timeout=table.timeout,
    )


def _norma4000(table: ReferenceTable, resource: str, clock: Clock) -> Norma4000:
    return Norma4000(
        resource, clock, phases=table.phases, aperture=table.aperture, timeout=table.timeout
    )


def _keysight53230a(table: CounterTable, resource: str, clock: Clock) -> Keysight53230a:
    return Keysight53230a(resource, clock, level=table.level, timeout=table.timeout)


def _keysight34970a(table: RelayTable, resource: str, clock: Clock) -> Keysight34970a:
    return Keysight34970a(resource, clock, timeout=table.timeout)


DRIVERS: Mapping[str, Mapping[str, Opener]] = {
    "source": {"fluke6105a": _fluke6105a},
    "reference": {"norma4000": _norma4000},
    "counter": {"keysight53230a": _keysight53230a},
    "relays": {"keysight34970a": _keysight34970a},
}
"""By role, then by driver name."""

SAFE_SEQUENCES: Mapping[str, SafeSequence] = {"fluke6105a": Fluke6105a.SAFE_SEQUENCE}
"""By the driver name of a source: how it goes off without its driver."""

CHIP_DRIVERS = ("ade7753",)


def open_instrument(role: str, table: InstrumentTable, resource: str, clock: Clock) -> Any:
    """Open the driver that `table` names for `role` at the VISA resource `resource`."""
    return DRIVERS[role][table.driver](table, resource, clock)


def check_drivers(description: Description) -> None:
    """`DescriptionError` when a role or a position names a driver that does not exist."""
    for role, table in description.instruments.items():
        _check(f"{role}.driver", table.driver, DRIVERS[role])
    for position in description.positions:
        _check(f"position {position.number}: driver", position.driver, CHIP_DRIVERS)


def _check(key: str, name: str, known: Mapping[str, object] | tuple[str, ...]) -> None:
    if name not in known:
        raise DescriptionError(
            f"{key} = {name!r}: unknown driver; known are {', '.join(sorted(known))}"
        )
