"""Faults that a twin can be told to have: declared in a table, switched while running."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of a twin's fault table.

    `parameters`: name to (default, smallest, largest).
    """

    kind: str
    meaning: str
    parameters: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)


class Faulty:
    """Base of a twin that can have faults; a subclass fills `FAULTS` and looks at `fault(kind)`."""

    FAULTS: ClassVar[tuple[Fault, ...]] = ()

    def __init__(self) -> None:
        self._faults: dict[str, dict[str, float]] = {}

    def inject(self, kind: str, **parameters: float) -> None:
        """Switch a fault on; `ValueError` on an unknown kind, parameter or a value out of range."""
        table = {row.kind: row for row in self.FAULTS}
        if kind not in table:
            raise ValueError(f"unknown fault {kind!r}: known are {', '.join(sorted(table))}")
        row = table[kind]
        values = {name: default for name, (default, _, _) in row.parameters.items()}
        for name, value in parameters.items():
            if name not in row.parameters:
                raise ValueError(
                    f"fault {kind}: unknown parameter {name!r}: "
                    f"known are {', '.join(row.parameters) or 'none'}"
                )
            _, smallest, largest = row.parameters[name]
            if not smallest <= value <= largest:
                raise ValueError(
                    f"fault {kind}: {name} = {value}: allowed are {smallest} to {largest}"
                )
            values[name] = value
        self._faults[kind] = values
        self.faults_changed()

    def clear(self, kind: str | None = None) -> None:
        """Switch one fault off, or all."""
        if kind is None:
            self._faults.clear()
        else:
            self._faults.pop(kind, None)
        self.faults_changed()

    def fault(self, kind: str) -> Mapping[str, float] | None:
        """The parameters of an active fault, None when it is off."""
        return self._faults.get(kind)

    def faults_changed(self) -> None:
        """Called after every change; a subclass acts here on faults that are events."""
