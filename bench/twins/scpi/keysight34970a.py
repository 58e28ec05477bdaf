"""Twin of the Keysight 34970A switch unit that routes pulse outputs (reference 2.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from bench.twins.faults import Fault
from bench.twins.pulses import PulseOutput
from bench.twins.scpi.command import Call, Command, Setting
from bench.twins.scpi.errors import ScpiError
from bench.twins.scpi.instrument import LINK_FAULTS, ScpiInstrument
from bench.twins.scpi.parameters import Channels, NumberChoice
from bench.twins.world import World
from drivers.roles import Identity

CARDS: Mapping[str, int] = {"34901A": 20, "34902A": 16, "34903A": 20, "34907A": 0}
"""Switch channels of each card."""
PORTS: Mapping[str, int] = {"34907A": 2}
"""Digital ports of each card: their channels are the first ones of its slot."""
PULLED_UP = 0xFF
"""An open input is pulled up (from memory)."""
DEFAULT_CARDS: Mapping[int, str] = {100: "34903A", 200: "34903A"}
SLOTS = (100.0, 200.0, 300.0)
LIST = (Channels(),)
SLOT_ERROR = (111, "Channel list: slot number out of range")
CHANNEL_ERROR = (112, "Channel list: channel number out of range")
"""Numbers and texts from memory."""


@dataclass(frozen=True, slots=True)
class Contact:
    """The interlock chain on line `bit` of input `channel`; `closed_high`: its level if closed."""

    channel: int
    bit: int
    closed_high: bool = False


class Keysight34970A(ScpiInstrument):
    """Latching relays: each closed channel connects its pulse output to the counter.

    CLOS? answers where the relays are; with a relay at fault, only if the fault is `reported`:
    the real unit senses its coil drivers, not the contacts.
    """

    IDENTITY: ClassVar[Identity] = Identity("HEWLETT-PACKARD", "34970A", "0", "13-2-2")
    MEMORIES: ClassVar[range] = range(6)
    FAULTS: ClassVar[tuple[Fault, ...]] = (
        *LINK_FAULTS,
        Fault(
            "stuck_open",
            "a relay does not close",
            {"channel": (101.0, 101.0, 320.0), "reported": (1.0, 0.0, 1.0)},
        ),
        Fault(
            "stuck_closed",
            "a relay does not open",
            {"channel": (101.0, 101.0, 320.0), "reported": (1.0, 0.0, 1.0)},
        ),
        Fault("interlock_open", "the interlock chain on its digital input is open"),
    )

    def __init__(
        self,
        world: World,
        outputs: Mapping[int, PulseOutput],
        cards: Mapping[int, str] = DEFAULT_CARDS,
        serial: str = "",
        interlock: Contact | None = None,
    ) -> None:
        """`outputs`: what hangs on each channel. `cards`: model by slot (100, 200, 300).

        `interlock`: where the chain of the jig is wired to, if there is one.
        """
        self._interlock = interlock
        self._outputs = dict(outputs)
        self._cards = dict(cards)
        self._channels = [
            slot + number
            for slot, card in sorted(self._cards.items())
            for number in range(1, CARDS[card] + 1)
        ]
        self._ports = [
            slot + number
            for slot, card in sorted(self._cards.items())
            for number in range(1, PORTS.get(card, 0) + 1)
        ]
        self._commanded: set[int] = set()
        super().__init__(world, serial)

    def rows(self) -> Iterable[Command | Setting]:
        """Reference table 2.7, as far as switching goes."""
        card = (NumberChoice(SLOTS),)
        return (
            Command("ROUTe:CLOSe", self._close, self._ask_closed, LIST, LIST),
            Command("ROUTe:CLOSe:EXCLusive", self._close_only, takes=LIST),
            Command("ROUTe:OPEN", self._open, self._ask_open, LIST, LIST),
            Command("ROUTe:DONE", ask=lambda _: "1"),
            Command("[SENSe:]DIGital:DATA[:BYTE]", ask=self._ask_port, asks=LIST),
            Command("SYSTem:CTYPe", ask=self._ask_card, asks=card),
            Command("SYSTem:CPON", self._reset_card, takes=card),
            Command("SYSTem:PRESet", lambda _: self.reset()),
        )

    def routed(self) -> Sequence[PulseOutput]:
        """The pulse outputs that are connected to the counter now."""
        connected = sorted(self._contacts())
        return [self._outputs[channel] for channel in connected if channel in self._outputs]

    def defaults(self) -> None:
        """All relays open."""
        self._commanded = set()

    def integer(self, value: int) -> str:
        """Integers have a sign: `+0`."""
        return f"{value:+d}"

    def _contacts(self) -> set[int]:
        """The channels whose contacts are closed."""
        closed = set(self._commanded)
        if stuck := self.fault("stuck_open"):
            closed.discard(int(stuck["channel"]))
        if stuck := self.fault("stuck_closed"):
            closed.add(int(stuck["channel"]))
        return closed

    def _known_closed(self) -> set[int]:
        """The channels that CLOS? tells as closed."""
        known, contacts = set(self._commanded), self._contacts()
        for kind in ("stuck_open", "stuck_closed"):
            stuck = self.fault(kind)
            if stuck and stuck["reported"]:
                channel = int(stuck["channel"])
                known = known | {channel} if channel in contacts else known - {channel}
        return known

    def _listed(self, call: Call) -> tuple[int, ...]:
        """The channels of a command, all of them there; else nothing is switched."""
        channels = call.channels(0)
        for channel in channels:
            if channel // 100 * 100 not in self._cards:
                raise ScpiError(SLOT_ERROR[0], text=SLOT_ERROR[1])
            if channel not in self._channels:
                raise ScpiError(CHANNEL_ERROR[0], text=CHANNEL_ERROR[1])
        return channels

    def _close(self, call: Call) -> None:
        self._commanded.update(self._listed(call))

    def _close_only(self, call: Call) -> None:
        self._commanded = set(self._listed(call))

    def _open(self, call: Call) -> None:
        self._commanded.difference_update(self._listed(call))

    def _ask_closed(self, call: Call) -> str:
        closed = self._known_closed()
        return ",".join("1" if channel in closed else "0" for channel in self._listed(call))

    def _ask_open(self, call: Call) -> str:
        closed = self._known_closed()
        return ",".join("0" if channel in closed else "1" for channel in self._listed(call))

    def _ask_port(self, call: Call) -> str:
        return ",".join(self.integer(self._level(port)) for port in self._listed_ports(call))

    def _listed_ports(self, call: Call) -> tuple[int, ...]:
        for channel in call.channels(0):
            if channel not in self._ports:
                raise ScpiError(CHANNEL_ERROR[0], text=CHANNEL_ERROR[1])
        return call.channels(0)

    def _level(self, port: int) -> int:
        """The byte at a port: what nothing pulls down is high."""
        wired = self._interlock
        if wired is None or wired.channel != port:
            return PULLED_UP
        high = wired.closed_high == (self.fault("interlock_open") is None)
        return PULLED_UP if high else PULLED_UP & ~(1 << wired.bit)

    def _ask_card(self, call: Call) -> str:
        card = self._cards.get(int(call.number(0)))
        return f"HEWLETT-PACKARD,{card},0,2.3" if card else "HEWLETT-PACKARD,0,0,0"

    def _reset_card(self, call: Call) -> None:
        slot = int(call.number(0))
        self._commanded = {c for c in self._commanded if c // 100 * 100 != slot}
