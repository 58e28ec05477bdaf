"""ADE7753 register access that holds on a bad wire: verified reads, read-back, restoring.

What a corrupted byte can do, and what is done about it:

==========================  =====================================================================
the data of a read          CHKSUM differs: read again
the command of a read       another register answers: two readings and a CHKSUM must agree
... turned into a write     it writes what was clocked out meanwhile: that is the register's own
                            value, so a flipped write bit changes nothing
the data of a write         the read-back differs: write again
the command of a write      the read-back differs, and another register may have been hit: all
                            registers are compared with what was written last, and put right
a write of no new value     is not sent: its read-back could not show that it went elsewhere
==========================  =====================================================================

What is left (two corrupted bytes that fit each other, or a read turned into a write to another
register) shows in `restore`, to be called after a measurement that counts.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from drivers.ade7753.agreement import Verifier, plain_name
from drivers.ade7753.bits import Flag, Mode
from drivers.ade7753.frames import CHKSUM, Timing, data_bytes, read_frame, received, write_frame
from drivers.ade7753.registers import REGISTERS, Register
from drivers.errors import DeviceError, LinkChecksum, ReadBackMismatch
from drivers.spi.bus import Segment, SpiBus

RETRIES = 8
"""With 1 % of bytes corrupted one verified read in ten fails; nine in a row, one in 10^9."""

CACHE_LIMIT = 64
"""Prepared reads kept per chip."""

_PASSING = {"MODE": int(Mode.SWRST | Mode.TEMPSEL)}
"""Bits that clear themselves: never kept, never compared."""


@dataclass(slots=True)
class LinkCounts:
    """How the wire behaved so far: verified reads, readings repeated, writes repeated, registers
    found changed and restored."""

    reads: int = 0
    retries: int = 0
    rewrites: int = 0
    restored: int = 0


class RegisterAccess:
    """The registers of one chip by name, with typed values.

    `bus`, `chip`: where the chip is; `label`: how messages call it; `retries` (0 or more,
    `ValueError` else): how often a failed access is repeated. Safe for several threads.
    """

    def __init__(
        self,
        bus: SpiBus,
        chip: int = 0,
        label: str = "",
        *,
        retries: int = RETRIES,
        timing: Timing | None = None,
    ) -> None:
        if retries < 0:
            raise ValueError(f"{retries} retries: the number must not be negative")
        self.label = label or f"chip {chip}"
        self.counts = LinkCounts()
        self._bus, self._chip, self._retries = bus, chip, retries
        self._timing = timing or Timing()
        self._lock = threading.RLock()
        self._shadow: dict[str, int] = {}
        self._flag_cleared = False
        self._reads: dict[tuple[str, ...], tuple[Segment, ...]] = {}

    @property
    def shadow(self) -> Mapping[str, int]:
        """Raw bits that each configuration register should hold, by name."""
        return dict(self._shadow)

    def assume_reset(self) -> None:
        """Take all configuration registers for reset, and the RESET flag for cleared.

        To be called after a reset of the chip; a RESET flag from then on is a surprise.
        """
        with self._lock:
            self._shadow = {name: row.reset for name, row in REGISTERS.items() if row.writable}
            del self._shadow["TMODE"]
            self._flag_cleared = True
            self._reads.clear()

    def read(self, name: str) -> int:
        """Value of register `name` after one plain read, which nothing verifies.

        `ValueError` on an unknown name, `LinkError` when the adapter fails.
        """
        register = _register(name)
        frame = read_frame(register, bytes(register.size), self._timing)
        miso = self._bus.transfer(self._chip, frame)
        return register.decode(int.from_bytes(received(miso, 0, register.size)[0], "big"))

    def read_verified(self, name: str) -> int:
        """Value of register `name`, verified; see `read_many` for errors."""
        return self.read_many((name,))[name]

    def read_many(self, names: Iterable[str]) -> dict[str, int]:
        """Values of registers `names`, verified, from one uninterrupted SPI transfer.

        Only those that fail their check are read again. `ValueError` on an unknown name or one
        that its read would clear; `LinkChecksum` when the retries are used up.
        """
        return {name: REGISTERS[name].decode(raw) for name, raw in self.read_raw(names).items()}

    def read_raw(self, names: Iterable[str]) -> dict[str, int]:
        """As `read_many`, but the register bits instead of values.

        `ValueError` on an unknown name or one that its read would clear; `LinkChecksum`.
        """
        names = tuple(names)
        found: dict[str, int] = {}
        missing = names
        verifiers = {name: Verifier(_register(name)) for name in names}
        failures = 0
        with self._lock:
            # A moving register may take a second pair without any failure.
            while failures <= self._retries:
                if failures > 1:
                    self._bus.refresh()
                last = self._read_once(missing, verifiers, found)
                missing = tuple(name for name in missing if name not in found)
                if not missing:
                    self.counts.reads += len(names)
                    return found
                failed = sum(verifiers[name].failed for name in missing)
                self.counts.retries += failed
                failures += bool(failed)
        raise LinkChecksum(
            f"{self.label}: {missing[0]}: {self._retries + 1} reads failed their check, the last "
            f"bytes were {last}: check wiring, supply and clock of the chip"
        )

    def take(self, name: str) -> int:
        """Read and clear by the read-with-reset register `name`; return the register's bits.

        Its plain twin is read first, verified, because a corrupted reading would be the only copy;
        nothing is cleared when that is 0. If the clearing read then says something else, news came
        or its command went astray (to a register whose CHKSUM fits just as well): only when the
        plain twin is seen to be cleared it counts as news, else the clear is repeated. Peaks and
        energies are those before the clear. `ValueError` when `name` is no read-with-reset
        register; `LinkChecksum`.
        """
        register = _register(name)
        if register.clears is None:
            raise ValueError(f"{name} is not cleared by reading it")
        plain = (plain_name(register),)
        flags = name == "RSTSTATUS"
        seen = 0
        with self._lock:
            pending = self.read_raw(plain)[plain[0]]
            for _ in range(self._retries + 1):
                if not pending:
                    return seen
                seen = seen | pending if flags else max(seen, pending)
                value = self._take_once(register)
                if value == pending:
                    return seen
                left = self.read_raw(plain)[plain[0]]
                if flags and not left & pending:
                    # Cleared, so `value` shows what came meanwhile, unless its bits are corrupted.
                    return (
                        seen | value if value is not None and value & pending == pending else seen
                    )
                if not flags and left < seen:
                    return seen
                self.counts.retries += 1
                pending = left
        raise LinkChecksum(
            f"{self.label}: {name}: {self._retries + 1} reads with reset failed their check: "
            "check the SPI wiring"
        )

    def write(self, name: str, value: int) -> None:
        """Write `value` to register `name` and read it back.

        `ValueError` before a byte is sent when the register is unknown, read-only, the factory
        test register, or `value` does not fit; `ReadBackMismatch` when it does not stick;
        `LinkChecksum` when the read-back cannot be verified.
        """
        self.write_raw(name, _register(name).encode(value))

    def write_raw(self, name: str, raw: int) -> None:
        """As `write`, with the register's bits `raw`: for bit fields, CH1OS with its integrator.

        `ValueError` when there are more bits than the register has; `ReadBackMismatch`,
        `LinkChecksum`; `DeviceError` when the chip turns out to have been reset.
        """
        register = _writable(name)
        if not 0 <= raw <= register.mask:
            raise ValueError(f"{name} = {raw:#x}: it has {register.bits} bits")
        raw &= ~_PASSING.get(name, 0)
        with self._lock:
            known = self._shadow.get(name) == raw
            back = self._compared(name) if known else None
            writes = 0
            while back != raw:
                if writes > self._retries:
                    raise self._mismatch(name, raw, back)
                self._send(register, raw)
                back = self._compared(name)
                writes += 1
            self._keep(name, raw)
            self.counts.rewrites += max(0, writes - 1)
            if writes > (0 if known else 1):
                self.restore(wrote_mode=name == "MODE")

    def trigger(self, name: str, raw: int, rest_us: float = 0.0) -> None:
        """Write the bits `raw`, some of which clear themselves (SWRST, TEMPSEL): no read-back.

        The bus rests for at least `rest_us` us afterwards. `ValueError` when the register is
        unknown or read-only; `LinkError` when the adapter fails.
        """
        timing = replace(self._timing, frame=max(self._timing.frame, rest_us))
        with self._lock:
            self._bus.transfer(self._chip, write_frame(_writable(name), raw, timing))

    def restore(self, *, wrote_mode: bool = False) -> tuple[str, ...]:
        """Compare all configuration registers with what was written last, and put them right.

        Returns the names of those that had changed; what was measured since the previous call is
        then doubtful. `DeviceError` when the chip was reset meanwhile: nothing is put right then.
        `wrote_mode`: MODE was written just now, where one flipped bit is a software reset; that is
        put right like the rest. `ReadBackMismatch` when a register does not take its value;
        `LinkChecksum`.
        """
        restored: dict[str, None] = {}
        with self._lock:
            for _ in range(self._retries + 1):
                changed = self.changed()
                if not changed:
                    self.counts.restored += len(restored)
                    return tuple(restored)
                if self._was_reset(changed):
                    if not wrote_mode:
                        raise self._reset_error(changed)
                    self.take("RSTSTATUS")
                for name in changed:
                    restored[name] = None
                    self._send(REGISTERS[name], self._shadow[name])
            name = changed[0]
            raise self._mismatch(name, self._shadow[name], self._compared(name))

    def changed(self) -> list[str]:
        """Names of configuration registers that no longer hold what was written last."""
        with self._lock:
            found = self.read_raw(tuple(self._shadow))
            return [
                name
                for name, raw in self._shadow.items()
                if found[name] & ~_PASSING.get(name, 0) != raw
            ]

    def _was_reset(self, changed: list[str]) -> bool:
        """A chip whose supply dipped comes back in its reset state, with the RESET flag set."""
        lost = {name for name, raw in self._shadow.items() if raw != REGISTERS[name].reset}
        flag = bool(self.read_raw(("STATUS",))["STATUS"] & Flag.RESET)
        return (flag and self._flag_cleared) or (len(lost) > 1 and lost == set(changed))

    def _compared(self, name: str) -> int:
        return self.read_raw((name,))[name] & ~_PASSING.get(name, 0)

    def _keep(self, name: str, raw: int) -> None:
        if self._shadow.get(name) != raw:
            self._shadow[name] = raw
            self._reads.clear()  # they clock out the old value

    def _send(self, register: Register, raw: int) -> None:
        self._bus.transfer(self._chip, write_frame(register, raw, self._timing))

    def _read_once(
        self, names: tuple[str, ...], verifiers: Mapping[str, Verifier], found: dict[str, int]
    ) -> str:
        """Read `names` once, add the verified ones to `found`; the last failed bytes in words."""
        segments = self._reads.get(names)
        if segments is None:
            segments = self._prepare(names)
            if len(self._reads) < CACHE_LIMIT:
                self._reads[names] = segments
        miso = self._bus.transfer(self._chip, segments)
        at, words = 0, ""
        for name in names:
            register = REGISTERS[name]
            first, at = received(miso, at, register.size)
            second, at = received(miso, at, register.size)
            count, at = received(miso, at, 1)
            raw = verifiers[name].add(first, second, count[0])
            if raw is None:
                words = f"{first.hex()}, {second.hex()}, CHKSUM {count.hex()}"
            else:
                found[name] = raw
        return words

    def _prepare(self, names: tuple[str, ...]) -> tuple[Segment, ...]:
        segments: list[Segment] = []
        for name in names:
            register = _register(name)
            if register.clears is not None:
                raise ValueError(f"{name} is cleared by reading it: use take")
            filler = data_bytes(register, self._shadow.get(name, 0))
            segments += read_frame(register, filler, self._timing) * 2
            segments += read_frame(CHKSUM, b"\0", self._timing)
        return tuple(segments)

    def _take_once(self, register: Register) -> int | None:
        frame = [
            *read_frame(register, bytes(register.size), self._timing),
            *read_frame(CHKSUM, b"\0", self._timing),
        ]
        miso = self._bus.transfer(self._chip, frame)
        data, at = received(miso, 0, register.size)
        value = int.from_bytes(data, "big")
        return value if value.bit_count() == received(miso, at, 1)[0][0] else None

    def _reset_error(self, changed: list[str]) -> DeviceError:
        return DeviceError(
            f"{self.label}: the chip was reset during operation, its configuration is lost "
            f"({', '.join(changed)}): check its supply for brown-outs, then configure it again"
        )

    def _mismatch(self, name: str, written: int, read: int | None) -> ReadBackMismatch:
        return ReadBackMismatch(
            f"{self.label}: {name}: wrote {written:#x}, read back {read or 0:#x}, "
            f"{self._retries + 1} times: the chip or its SPI lines are faulty"
        )


def _register(name: str) -> Register:
    try:
        return REGISTERS[name]
    except KeyError:
        raise ValueError(f"unknown register {name!r}: see drivers/ade7753/registers.py") from None


def _writable(name: str) -> Register:
    register = _register(name)
    if not register.writable:
        raise ValueError(f"{name} is read-only")
    if name == "TMODE":
        raise ValueError("TMODE is the factory test register: leave it alone")
    return register
