"""The values of an instrument's settings, and the commands that a `Setting` row stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bench.twins.scpi.command import Call, Command, Setting
from bench.twins.scpi.errors import ScpiError
from bench.twins.scpi.parameters import Choice, Number, Parameter, Value


class Limit(Choice):
    """MINimum, MAXimum or DEFault: a query for a limit instead of the value."""

    def __init__(self) -> None:
        super().__init__(("MINimum", "MAXimum", "DEFault"), optional=True)


class Settings:
    """Values by name and numeric suffixes."""

    def __init__(self, rows: Iterable[Setting], form: Callable[[Parameter, Value], str]) -> None:
        """`form` writes a value the way the instrument answers it."""
        self._rows = {row.name: row for row in rows}
        self._form = form
        self._values: dict[tuple[str, tuple[int, ...]], Value] = {}

    def commands(self) -> list[Command]:
        """The commands that set and read the settings."""
        return [self._command(row) for row in self._rows.values()]

    def get(self, name: str, *suffixes: int) -> Value:
        """The value of a setting."""
        return self._values.get((name, suffixes), self._rows[name].default)

    def number(self, name: str, *suffixes: int) -> float:
        """The value of a numeric setting."""
        value = self.get(name, *suffixes)
        assert isinstance(value, int | float)
        return float(value)

    def word(self, name: str, *suffixes: int) -> str:
        """The value of a setting that is a word or a string."""
        return str(self.get(name, *suffixes))

    def put(self, name: str, value: Value, *suffixes: int) -> None:
        """Set a value from inside the instrument, unjudged."""
        self._values[name, suffixes] = value

    def reset(self, *names: str) -> None:
        """Give the named settings their defaults, or all without a name."""
        for key in list(self._values):
            if not names or key[0] in names:
                del self._values[key]

    def saved(self) -> dict[tuple[str, tuple[int, ...]], Value]:
        """A copy of all values that were set."""
        return dict(self._values)

    def recall(self, values: dict[tuple[str, tuple[int, ...]], Value]) -> None:
        """Take back what `saved` gave."""
        self._values = dict(values)

    def _command(self, row: Setting) -> Command:
        def write(call: Call) -> None:
            key = (row.name, call.suffixes)
            before = self._values.get(key, row.default)
            self._values[key] = call.values[0]
            try:
                if row.changed:
                    row.changed(call)
            except ScpiError:
                self._values[key] = before
                raise

        def ask(call: Call) -> str:
            if call.given(0) and isinstance(row.kind, Number):
                return self._form(row.kind, row.kind.named(call.word(0)))
            return self._form(row.kind, self.get(row.name, *call.suffixes))

        limits = (Limit(),) if isinstance(row.kind, Number) else ()
        return Command(row.pattern, write, ask, takes=(row.kind,), asks=limits)
