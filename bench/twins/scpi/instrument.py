"""Base of the instrument twins: a command table, a status model, and one message executed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import ClassVar

from bench.twins.faults import Fault, Faulty
from bench.twins.scpi.command import Call, Command, Reply, Setting, Wait
from bench.twins.scpi.common import CommonCommands
from bench.twins.scpi.errors import ScpiError
from bench.twins.scpi.formats import quoted, scientific
from bench.twins.scpi.header import HeaderTable, check_typed, printable
from bench.twins.scpi.message import parameters, units
from bench.twins.scpi.parameters import (
    Boolean,
    Number,
    NumberChoice,
    Parameter,
    Text,
    Value,
    values,
)
from bench.twins.scpi.settings import Settings
from bench.twins.scpi.status import Status
from bench.twins.world import World
from drivers.roles import Identity

LINK_FAULTS = (
    Fault("silent", "commands are executed, but nothing is answered"),
    Fault(
        "late_reply",
        "every answer leaves late, by `delay` seconds of wall time",
        {"delay": (1.0, 0.0, 60.0)},
    ),
    Fault("self_test", "`*TST?` answers `code`", {"code": (1.0, 1.0, 255.0)}),
)
"""Faults that any instrument can have."""

OUTPUT_QUEUE = 65536
"""Longest reply to one message in bytes; a longer one is a deadlock (-430)."""

Execution = Generator[Callable[[], bool], None, bytes]
"""A message being executed: yields a condition to wait for, returns the reply without its LF."""


class ScpiInstrument(Faulty):
    """An instrument: subclasses give `rows`, `defaults`, and what their handlers do.

    Everything here is called with the world's lock held.
    """

    FAULTS: ClassVar[tuple[Fault, ...]] = LINK_FAULTS
    IDENTITY: ClassVar[Identity]
    MEMORIES: ClassVar[range] = range(10)
    """Numbers that `*SAV` and `*RCL` take."""
    SINGLE_SESSION: ClassVar[str] = ""
    """What a second client is told before it is hung up on; '' lets several in."""

    def __init__(self, world: World, serial: str = "") -> None:
        """`serial` replaces the serial number in the identity."""
        super().__init__()
        self.world = world
        self.serial = serial or self.IDENTITY.serial
        self.status = Status()
        self.message_available = False
        self.power_cycles = 0
        rows = list(self.rows())
        self.settings = Settings((row for row in rows if isinstance(row, Setting)), self.form)
        self._common = CommonCommands(self)
        commands = [row for row in rows if isinstance(row, Command)]
        commands += self.settings.commands()
        own = {row.pattern for row in commands}
        shared = [row for row in self._common.rows() if row.pattern not in own]
        self._starred = {row.pattern: row for row in commands + shared if row.pattern[0] == "*"}
        self._table = HeaderTable(
            (row.pattern, row) for row in commands + shared if row.pattern[0] != "*"
        )
        self._memories: dict[int, dict[tuple[str, tuple[int, ...]], Value]] = {}

    # what an instrument defines

    def rows(self) -> Iterable[Command | Setting]:
        """The command table."""
        raise NotImplementedError

    def defaults(self) -> None:
        """Bring all that is not a `Setting` to its default; part of `*RST` and of power on."""

    def busy(self) -> bool:
        """Whether an overlapped operation goes on; `*OPC?` and `*WAI` wait for its end."""
        return False

    def link_up(self) -> bool:
        """Whether the instrument's connections hold."""
        return True

    def trigger(self) -> None:
        """`*TRG`."""
        raise ScpiError(-211)

    # what they share

    def identity(self) -> str:
        """The answer to `*IDN?`."""
        kind = self.IDENTITY
        return f"{kind.maker},{kind.model},{self.serial},{kind.firmware}"

    def reset(self) -> None:
        """`*RST`: settings to defaults, outputs off; status and enables stay."""
        self.settings.reset()
        self.defaults()

    def power_cut(self) -> None:
        """The supply fails and comes back: connections drop, everything is as after power on."""
        self.reset()
        self.status.power_on()
        self.power_cycles += 1

    def self_test(self) -> int:
        """0 when good, else the number that `*TST?` answers."""
        fault = self.fault("self_test")
        return int(fault["code"]) if fault else 0

    def save(self, memory: int) -> None:
        """`*SAV`: keep the settings."""
        self._check_memory(memory)
        self._memories[memory] = self.settings.saved()

    def recall(self, memory: int) -> None:
        """`*RCL`: outputs off, then the settings that `*SAV` kept, defaults when it kept none."""
        self._check_memory(memory)
        self.reset()
        self.settings.recall(self._memories.get(memory, {}))

    def integer(self, value: int) -> str:
        """An integer in an answer."""
        return str(value)

    def number(self, value: float) -> str:
        """A number in an answer."""
        return scientific(value)

    def form(self, kind: Parameter, value: Value) -> str:
        """A setting's value in an answer."""
        if isinstance(kind, Boolean):
            return "1" if value else "0"
        if isinstance(kind, Text):
            return quoted(str(value))
        if isinstance(kind, Number | NumberChoice) and isinstance(value, int | float):
            whole = isinstance(kind, Number) and kind.whole
            return self.integer(int(value)) if whole else self.number(float(value))
        return str(value)

    def execute(self, message: str) -> Execution:
        """Execute one program message, without its LF."""
        replies: list[bytes] = []
        path: list[str] = []
        indefinite = False
        try:
            for header, text in units(message):
                try:
                    if indefinite and header.endswith("?"):
                        raise ScpiError(-440)
                    row, suffixes, path = self._resolve(header, path)
                    query = header.endswith("?")
                    handler = row.ask if query else row.write
                    if handler is None:
                        raise ScpiError(-113, printable(header))
                    wanted = row.asks if query else row.takes
                    call = Call(header, suffixes, values(parameters(text), wanted))
                    self.message_available = bool(replies)
                    self._common.settle()
                    reply: Reply = handler(call)
                    if isinstance(reply, Wait):
                        wait = reply
                        while not wait.ready():
                            yield wait.ready
                        reply = wait.then()
                    if reply is not None:
                        assert not isinstance(reply, Wait)
                        replies.append(reply.encode() if isinstance(reply, str) else reply)
                        indefinite = row.indefinite
                except ScpiError as error:
                    self.status.report(error)
        except ScpiError as error:
            self.status.report(error)
        reply_bytes = b";".join(replies)
        if len(reply_bytes) > OUTPUT_QUEUE:
            self.status.report(ScpiError(-430))
            return b""
        return reply_bytes

    def _resolve(self, header: str, path: list[str]) -> tuple[Command, tuple[int, ...], list[str]]:
        """The table row that a header means, its suffixes, and the path for the unit after it.

        Nodes that were left out do not count for the path (SCPI-99, volume 1, 6.2.4).
        """
        name = header.removesuffix("?")
        if name.startswith("*"):
            check_typed(name[1:])
            if name.upper() not in self._starred:
                raise ScpiError(-113, printable(header))
            return self._starred[name.upper()], (), path
        nodes = name.split(":")
        nodes = nodes[1:] if name.startswith(":") else path + nodes
        try:
            row, suffixes = self._table.find(":".join(nodes))
        except ScpiError as error:
            raise ScpiError(error.code, printable(header)) from None
        return row, suffixes, nodes[:-1]

    def _check_memory(self, memory: int) -> None:
        if memory not in self.MEMORIES:
            raise ScpiError(-222, str(memory))
