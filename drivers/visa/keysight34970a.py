"""Keysight 34970A, 34972A and 34980A switch units with relay cards and digital inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from drivers.clock import Clock
from drivers.errors import DeviceError, LinkFraming, ReadBackMismatch
from drivers.visa.link import MessageLink
from drivers.visa.scpi import ScpiInstrument

CARDS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "34901A": tuple(range(1, 21)),
        "34902A": tuple(range(1, 17)),
        "34903A": tuple(range(1, 21)),
        "34904A": tuple(10 * row + column for row in range(1, 5) for column in range(1, 9)),
    }
)
"""Relay cards and their channels within the slot: multiplexers, actuator, matrix (row, column)."""


INPUT_CARDS: Mapping[str, tuple[int, ...]] = MappingProxyType({"34907A": (1, 2)})
"""Cards with digital inputs and the channels of eight lines each (34970A user's guide, ch. 5)."""


class Keysight34970a(ScpiInstrument):
    """The relay unit role, and digital inputs where a 34907A is fitted.

    Channel numbers are slot x 100 + channel, such as 101.
    """

    MODELS = ("34970A", "34972A", "34980A")

    def __init__(
        self,
        resource: str,
        clock: Clock,
        *,
        slots: Sequence[int] = (1, 2, 3),
        settle: float = 0.02,
        timeout: float = 5.0,
        backend: str = "@py",
        link: MessageLink | None = None,
    ) -> None:
        """Open the unit and ask for the cards in `slots` (1 to 8); no relay moves.

        `settle`: bounce time of a relay in s of lab time (>= 0). Raises `ValueError`, `LinkError`,
        `WrongDevice`, `CommandRejected`, or `DeviceError` when no slot holds a relay card.
        """
        if not slots or any(slot not in range(1, 9) for slot in slots):
            raise ValueError(f"slots {tuple(slots)}: must be numbers from 1 to 8")
        if not settle >= 0:
            raise ValueError(f"settling time of {settle} s: it must not be negative")
        self._slots = tuple(slots)
        self._settle = settle
        self.channels: tuple[int, ...] = ()
        self.input_channels: tuple[int, ...] = ()
        super().__init__(resource, clock, timeout=timeout, backend=backend, link=link)

    def select(self, channel: int) -> None:
        """Close `channel` (slot x 100 + channel) alone: all others are opened first, then checked.

        Raises `ValueError` before a byte is sent when no card has that channel,
        `ReadBackMismatch` for a relay that does not follow, `LinkError`, `CommandRejected`.
        """
        self._check(channel)
        with self.link.lock:
            self.open_all()
            self.tell(f":ROUT:CLOS (@{channel})")
            self.clock.sleep(self._settle)
            self._verify({channel})

    def open_all(self) -> None:
        """Open every relay, then check.

        Raises `ReadBackMismatch` for a relay that sticks, `LinkError`, `CommandRejected`.
        """
        with self.link.lock:
            self.ensure_prepared()
            self.tell(f":ROUT:OPEN {self._list()}")
            self.clock.sleep(self._settle)
            self._verify(set())

    def closed(self, channel: int) -> bool:
        """Whether `channel` (slot x 100 + channel) is closed.

        Raises `ValueError` when no card has it, `LinkError`, `CommandRejected`.
        """
        self._check(channel)
        return self._states(f"(@{channel})", 1)[0]

    def inputs(self, channel: int) -> int:
        """The levels at input `channel` (slot x 100 + 1 or 2), 0 to 255; bit n is line n, 1 high.

        A port that somebody made an output answers what it puts out (34980A guide; not said of a
        34970A): after power on and `*RST` both ports are inputs. Raises `ValueError` before a byte
        is sent when no card has that channel, `LinkError`, `CommandRejected`.
        """
        if channel not in self.input_channels:
            raise ValueError(
                f"channel {channel}: {self.address} has the digital inputs "
                f"{_ranges(self.input_channels) or 'of no card'}, as slot x 100 + channel"
            )
        query = f":SENS:DIG:DATA:BYTE? (@{channel})"
        reply = self.ask(query)
        try:
            value = float(reply)  # FORM:READ can add an exponent
        except ValueError:
            value = -1.0
        if not (0 <= value <= 255 and value.is_integer()):
            self.resynchronise(f"{reply!r} is no byte")
            raise LinkFraming(f"{self.address}: {query} was answered {reply!r}, expected 0 to 255")
        return int(value)

    def _prepare(self) -> None:
        found: list[int] = []
        inputs: list[int] = []
        for slot in self._slots:
            card = self.ask(f":SYST:CTYP? {100 * slot}")
            fields = [field.strip().strip('"').upper() for field in card.split(",")]
            name = fields[1] if len(fields) > 1 else ""
            found += [100 * slot + channel for channel in CARDS.get(name, ())]
            inputs += [100 * slot + channel for channel in INPUT_CARDS.get(name, ())]
        if not found:
            raise DeviceError(
                f"{self.address}: no relay card in slots {', '.join(map(str, self._slots))}; "
                f"known are {', '.join(CARDS)}"
            )
        self.channels = tuple(found)
        self.input_channels = tuple(inputs)

    def _check(self, channel: int) -> None:
        if channel not in self.channels:
            raise ValueError(
                f"channel {channel}: {self.address} has {_ranges(self.channels)}, "
                "as slot x 100 + channel"
            )

    def _list(self) -> str:
        return f"(@{_ranges(self.channels)})"

    def _states(self, channels: str, count: int) -> list[bool]:
        query = f":ROUT:CLOS? {channels}"
        reply = self.ask(query)
        states = [field.strip() for field in reply.split(",")]
        if len(states) != count or any(state not in ("0", "1") for state in states):
            self.resynchronise(f"{reply!r} is no list of {count} states")
            raise LinkFraming(
                f"{self.address}: {query} was answered {reply!r}, expected {count} times 0 or 1"
            )
        return [state == "1" for state in states]

    def _verify(self, expected: set[int]) -> None:
        states = self._states(self._list(), len(self.channels))
        actual = {channel for channel, state in zip(self.channels, states, strict=True) if state}
        if actual != expected:
            raise ReadBackMismatch(
                f"{self.address}: closed are {sorted(actual) or 'none'}, expected "
                f"{sorted(expected) or 'none'}: a relay of {sorted(actual ^ expected)} does not "
                "follow; replace it or its card"
            )


def _ranges(channels: Sequence[int]) -> str:
    """Channels as a SCPI channel list, runs as first:last."""
    runs: list[list[int]] = []
    for channel in channels:
        if runs and channel == runs[-1][1] + 1:
            runs[-1][1] = channel
        else:
            runs.append([channel, channel])
    return ",".join(f"{low}:{high}" if high > low else f"{low}" for low, high in runs)
