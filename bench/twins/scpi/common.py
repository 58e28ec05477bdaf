"""Commands that every instrument has: those of IEEE 488.2 and SCPI's SYSTem and STATus."""

from __future__ import annotations

from typing import Protocol

from bench.twins.scpi.command import Call, Command, Wait
from bench.twins.scpi.parameters import Number
from bench.twins.scpi.status import OPERATION_COMPLETE, EventRegister, Status

BYTE = Number(low=0, high=255, whole=True)
REGISTER = Number(low=0, high=65535, whole=True)
WITHOUT_MASTER = 0xBF
"""Bit 6 of the service request enable register is ignored (IEEE 488.2, 11.3.2.3)."""


class Owner(Protocol):
    """The instrument, as far as its common commands go."""

    status: Status
    message_available: bool

    def identity(self) -> str:
        """The answer to `*IDN?`."""
        ...

    def reset(self) -> None:
        """`*RST`."""
        ...

    def busy(self) -> bool:
        """Whether an overlapped operation goes on."""
        ...

    def self_test(self) -> int:
        """0 when good."""
        ...

    def trigger(self) -> None:
        """`*TRG`."""
        ...

    def save(self, memory: int) -> None:
        """`*SAV`."""
        ...

    def recall(self, memory: int) -> None:
        """`*RCL`."""
        ...

    def integer(self, value: int) -> str:
        """An integer the way the instrument writes it."""
        ...


class CommonCommands:
    """The mandatory commands of one instrument; `*OPC` is remembered until the operations end."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._completion_awaited = False

    def settle(self) -> None:
        """Set the operation complete bit when `*OPC` was given and all operations have ended."""
        if self._completion_awaited and not self._owner.busy():
            self._completion_awaited = False
            self._owner.status.events |= OPERATION_COMPLETE

    def rows(self) -> list[Command]:
        """The table rows, `*SAV` and `*RCL` included."""
        owner, status, integer = self._owner, self._owner.status, self._owner.integer
        return [
            Command("*IDN", ask=lambda _: owner.identity(), indefinite=True),
            Command("*RST", write=self._reset),
            Command("*CLS", write=self._clear),
            Command("*ESR", ask=lambda _: integer(status.take_events())),
            Command("*ESE", self._event_enable, lambda _: integer(status.event_enable), (BYTE,)),
            Command("*STB", ask=lambda _: integer(status.byte(owner.message_available))),
            Command(
                "*SRE", self._service_enable, lambda _: integer(status.service_enable), (BYTE,)
            ),
            Command("*OPC", self._operation_complete, self._operation_query),
            Command("*WAI", write=lambda _: Wait(lambda: not owner.busy(), lambda: None)),
            Command("*TST", ask=lambda _: integer(owner.self_test())),
            Command("*TRG", write=lambda _: owner.trigger()),
            Command(
                "*SAV",
                write=lambda call: owner.save(int(call.number(0))),
                takes=(Number(whole=True),),
            ),
            Command(
                "*RCL",
                write=lambda call: owner.recall(int(call.number(0))),
                takes=(Number(whole=True),),
            ),
            Command("SYSTem:ERRor[:NEXT]", ask=lambda _: self._next_error()),
            Command("SYSTem:ERRor:COUNt", ask=lambda _: integer(len(status.errors))),
            Command("SYSTem:VERSion", ask=lambda _: "1999.0"),
            Command("STATus:PRESet", write=lambda _: status.preset()),
            *self._register("QUEStionable", status.questionable),
            *self._register("OPERation", status.operation),
        ]

    def _register(self, name: str, register: EventRegister) -> list[Command]:
        integer = self._owner.integer

        def enable(call: Call) -> None:
            register.enable = int(call.number(0)) & 0x7FFF

        return [
            Command(f"STATus:{name}[:EVENt]", ask=lambda _: integer(register.take())),
            Command(f"STATus:{name}:CONDition", ask=lambda _: integer(register.condition)),
            Command(
                f"STATus:{name}:ENABle", enable, lambda _: integer(register.enable), (REGISTER,)
            ),
        ]

    def _reset(self, _: Call) -> None:
        self._completion_awaited = False
        self._owner.reset()

    def _clear(self, _: Call) -> None:
        self._completion_awaited = False
        self._owner.status.clear()

    def _event_enable(self, call: Call) -> None:
        self._owner.status.event_enable = int(call.number(0))

    def _service_enable(self, call: Call) -> None:
        self._owner.status.service_enable = int(call.number(0)) & WITHOUT_MASTER

    def _operation_complete(self, _: Call) -> None:
        self._completion_awaited = True
        self.settle()

    def _operation_query(self, _: Call) -> Wait:
        return Wait(lambda: not self._owner.busy(), lambda: "1")

    def _next_error(self) -> str:
        code, text = self._owner.status.errors.pop()
        return f'{self._owner.integer(code)},"{text}"'
