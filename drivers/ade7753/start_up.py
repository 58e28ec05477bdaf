"""Reset and self-check of an ADE7753 (data sheet Rev. C; reference 3.6)."""

from __future__ import annotations

from collections.abc import Callable

from drivers.ade7753.access import RegisterAccess
from drivers.ade7753.bits import Flag, Mode
from drivers.ade7753.flags import FlagKeeper
from drivers.ade7753.registers import REGISTERS
from drivers.clock import Clock
from drivers.errors import DeviceError, DeviceTimeout, LinkChecksum, WrongDevice

RESET_TIME = 200e-6
"""Time in s without SPI after a reset, on the bus and in the lab: at least 18 us are asked for."""
RESET_TIMEOUT = 0.05
"""Lab time in s within which the RESET flag must come."""
_ATTEMPTS = 4
"""A corrupted byte can keep the reset command from the chip."""
# Of no reset state and of no configuration in use are these all zeros, or all ones.
_PROBES = ("MODE", "CFDEN", "LINECYC", "SAGCYC", "ZXTOUT")


def start_up(
    access: RegisterAccess,
    flags: FlagKeeper,
    clock: Clock,
    hardware_reset: Callable[[], None] | None,
) -> None:
    """Reset the chip, wait for its RESET flag, check all reset values, clear the flags.

    `hardware_reset`: pulses the RESET pin (at least 1 ms low); without it the software reset is
    used. `DeviceError` with "no answer on SPI" when the lines are dead, `WrongDevice` with "wrong
    reset value" when a register is not what it should be, `DeviceTimeout` when no RESET flag comes,
    `LinkChecksum` when the chip cannot be read reliably.
    """
    try:
        require_answer(access)
        _reset(access, flags, clock, hardware_reset)
        _check_reset_values(access)
        access.assume_reset()
        flags.clear()
    except (LinkChecksum, DeviceTimeout):
        require_answer(access)
        raise


def require_answer(access: RegisterAccess) -> None:
    """`DeviceError` when the chip's lines are dead: nothing but zeros, or nothing but ones.

    Zeros pass the checksum, so this has to be looked for. The probes are registers that never are
    all zeros or all ones in a working chip.
    """
    empty = 0
    for _ in range(3):
        values = {name: access.read(name) for name in _PROBES}
        empty += not any(values.values()) or all(
            value == REGISTERS[name].mask for name, value in values.items()
        )
    if empty >= 2:
        level = "ones" if values["MODE"] else "zeros"
        raise DeviceError(
            f"{access.label}: no answer on SPI, only {level}: check the module in its socket, its "
            "supply and clock, chip select and MISO"
        )


def _reset(
    access: RegisterAccess,
    flags: FlagKeeper,
    clock: Clock,
    hardware_reset: Callable[[], None] | None,
) -> None:
    for _ in range(_ATTEMPTS):
        flags.clear()
        if hardware_reset is None:
            mode = REGISTERS["MODE"].reset | Mode.SWRST
            access.trigger("MODE", mode, rest_us=RESET_TIME * 1e6)
        else:
            hardware_reset()
        clock.sleep(RESET_TIME)
        end = clock.now() + RESET_TIMEOUT
        while clock.now() < end:
            if access.read_verified("STATUS") & Flag.RESET:
                return
            clock.sleep(RESET_TIMEOUT / 10)
    raise DeviceTimeout(
        f"{access.label}: no RESET flag after {_ATTEMPTS} resets: check the clock (CLKIN) and the "
        "supply of the chip"
    )


def _check_reset_values(access: RegisterAccess) -> None:
    rows = [row for row in REGISTERS.values() if row.writable and row.name != "TMODE"]
    found = access.read_raw(row.name for row in rows)
    for row in rows:
        if found[row.name] != row.reset:
            raise WrongDevice(
                f"{access.label}: wrong reset value: {row.name} reads {found[row.name]:#x}, an "
                f"ADE7753 has {row.reset:#x}: is it an ADE7753, and are its SPI lines sound?"
            )
