"""The commands of one channel of a Fluke 6105A (users manual 5-36, 5-37, 5-43)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bench.twins.scpi.command import Call, Command
from bench.twins.scpi.fluke6105a_channel import HIGHEST_ORDER, Channel
from bench.twins.scpi.formats import quoted, scientific
from bench.twins.scpi.parameters import Boolean, Choice, Number

ORDER = f"MHARmonics:HARMonic<0-{HIGHEST_ORDER},1>"
ITEM = Choice(("AMPLitude", "PANGle"), optional=True)
END = Choice(("LOW", "HIGH"), optional=True)
ANGLE = Number("DEG", -360, 360)
SILENT = (0.0, 0.0)


class ChannelCommands:
    """Rows for the voltage or the current of all phases; the suffixes are phase and order."""

    def __init__(
        self,
        channel: Callable[[Call], Channel],
        changed: Callable[[], None],
        range_changed: Callable[[Call], None],
    ) -> None:
        """`channel` finds the addressed one; the others are told after a change."""
        self._channel = channel
        self._changed = changed
        self._range_changed = range_changed

    def rows(self, at: str, unit: str, settable: bool) -> Iterable[Command]:
        """The rows below header `at`; `settable`: its composite amplitude can be set directly."""
        level, signed = Number(unit, 0), Number(unit)
        on_off, order, mhar = (Boolean(),), f"{at}:{ORDER}", f"{at}:MHARmonics"
        set_rms = self._scale if settable else None
        return [
            Command(f"{at}:STATe", self._switch, self._ask_on, on_off),
            Command(f"{at}:RANGe", self._set_range, self._ask_range, (level, level), (END,)),
            Command(f"{at}:AMPLitude", set_rms, self._ask_rms, (level,)),
            Command(f"{mhar}:STATe", self._switch_harmonics, self._ask_harmonics_on, on_off),
            Command(order, self._set_order, self._ask_order, (signed, ANGLE), (ITEM,)),
            Command(f"{order}:AMPLitude", ask=lambda call: self._order(call)[0]),
            Command(f"{order}:PANGle", ask=lambda call: self._order(call)[1]),
            Command(f"{mhar}:AMPLitude", self._scale, self._ask_rms, (level,)),
            Command(f"{mhar}:ALL", ask=self._ask_all, asks=(ITEM,)),
            Command(f"{mhar}:CLEar", self._clear),
        ]

    def _switch(self, call: Call) -> None:
        self._channel(call).on = call.flag()
        self._changed()

    def _ask_on(self, call: Call) -> str:
        return "1" if self._channel(call).on else "0"

    def _switch_harmonics(self, call: Call) -> None:
        self._channel(call).harmonics_on = call.flag()
        self._changed()

    def _ask_harmonics_on(self, call: Call) -> str:
        return "1" if self._channel(call).harmonics_on else "0"

    def _set_range(self, call: Call) -> None:
        channel = self._channel(call)
        before = channel.range_index
        channel.choose_range(call.number(0), call.number(1))
        if channel.range_index != before:
            self._range_changed(call)
            self._changed()

    def _ask_range(self, call: Call) -> str:
        low, high = (scientific(end) for end in self._channel(call).range)
        return {"LOW": low, "HIGH": high}.get(call.word(0), f"{low},{high}")

    def _scale(self, call: Call) -> None:
        self._channel(call).scale(call.number(0))
        self._changed()

    def _ask_rms(self, call: Call) -> str:
        return scientific(self._channel(call).rms)

    def _set_order(self, call: Call) -> None:
        self._channel(call).set_harmonic(call.suffixes[1], call.number(0), call.number(1))
        self._changed()

    def _order(self, call: Call) -> tuple[str, str]:
        amplitude, angle = self._channel(call).harmonics.get(call.suffixes[1], SILENT)
        return scientific(amplitude), scientific(angle)

    def _ask_order(self, call: Call) -> str:
        amplitude, angle = self._order(call)
        return {"AMPL": amplitude, "PANG": angle}.get(call.word(0), f"{amplitude},{angle}")

    def _ask_all(self, call: Call) -> str:
        """Orders 1 to the highest one that is set."""
        harmonics = self._channel(call).harmonics
        item = 1 if call.word(0) == "PANG" else 0
        shown = (harmonics.get(order, SILENT)[item] for order in range(1, max(harmonics) + 1))
        return quoted(",".join(scientific(value) for value in shown))

    def _clear(self, call: Call) -> None:
        self._channel(call).clear()
        self._changed()
