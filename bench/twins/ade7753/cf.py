"""The CF pin of one board, as a counter sees it (`pulses.PulseOutput`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.twins.ade7753.model import Floats
from bench.twins.ade7753.pulses import MEMORY

if TYPE_CHECKING:
    from bench.twins.ade7753.bank import Bank

UNDIVIDED_CLOCKS = 16 * 4
"""CLKIN periods of a pulse with CFNUM and CFDEN both 0."""
LONGEST = 90e-3
"""s of a pulse at low frequency; else the duty is 50 %."""


class CfOutput:
    """The pulse output of one board."""

    def __init__(self, bank: Bank, index: int) -> None:
        self._bank = bank
        self._index = index

    def edges(self, start: float, stop: float) -> Floats:
        """Lab times (s) of the active edges in (`start`, `stop`]; none after lab time now.

        `ValueError` when `start` is more than an hour before now.
        """
        bank, index = self._bank, self._index
        with bank.world.lock:
            now = bank.world.now
            if start < now - MEMORY:
                raise ValueError(
                    f"pulses from {start} s on: at {now} s only the last {MEMORY:g} s are kept"
                )
            bank.catch_up(now)
            if bank.board_at(index).fault("no_cf") is not None:
                return np.zeros(0)
            period = float(bank.settings().period[index])
            return bank.history.edges(index, period, start, min(stop, now))

    def width(self, frequency: float) -> float:
        """Pulse width in s at an output frequency of `frequency` Hz (reference section 4.7)."""
        registers, index = self._bank.registers, self._index
        if registers.get(index, "CFNUM") == 0 and registers.get(index, "CFDEN") == 0:
            return UNDIVIDED_CLOCKS / 128.0 * float(self._bank.settings().period[index])
        return LONGEST if frequency <= 0.5 / LONGEST else 0.5 / frequency
