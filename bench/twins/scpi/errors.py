"""SCPI error numbers, their texts, and the event status bit that each class of them sets."""

from __future__ import annotations

from collections.abc import Mapping

NO_ERROR = 0
QUEUE_OVERFLOW = -350

TEXTS: Mapping[int, str] = {
    0: "No error",
    -101: "Invalid character",
    -102: "Syntax error",
    -103: "Invalid separator",
    -104: "Data type error",
    -108: "Parameter not allowed",
    -109: "Missing parameter",
    -112: "Program mnemonic too long",
    -113: "Undefined header",
    -114: "Header suffix out of range",
    -120: "Numeric data error",
    -121: "Invalid character in number",
    -128: "Numeric data not allowed",
    -131: "Invalid suffix",
    -138: "Suffix not allowed",
    -141: "Invalid character data",
    -148: "Character data not allowed",
    -151: "Invalid string data",
    -158: "String data not allowed",
    -161: "Invalid block data",
    -168: "Block data not allowed",
    -171: "Invalid expression",
    -178: "Expression data not allowed",
    -200: "Execution error",
    -203: "Command protected",
    -211: "Trigger ignored",
    -213: "Init ignored",
    -220: "Parameter error",
    -221: "Settings conflict",
    -222: "Data out of range",
    -223: "Too much data",
    -224: "Illegal parameter value",
    -230: "Data corrupt or stale",
    -240: "Hardware error",
    -241: "Hardware missing",
    -310: "System error",
    -330: "Self-test failed",
    -350: "Queue overflow",
    -363: "Input buffer overrun",
    -410: "Query INTERRUPTED",
    -420: "Query UNTERMINATED",
    -430: "Query DEADLOCKED",
    -440: "Query UNTERMINATED after indefinite response",
}
"""SCPI-99, volume 2, 21.8."""

COMMAND, EXECUTION, DEVICE, QUERY = 1 << 5, 1 << 4, 1 << 3, 1 << 2
"""Bits of the standard event status register (IEEE 488.2, 11.5.1)."""


class ScpiError(Exception):
    """An error that goes into the instrument's queue.

    `code`: SCPI's number (negative) or the instrument's own (positive). `text` replaces SCPI's
    words, `detail` follows them after a semicolon.
    """

    def __init__(self, code: int, detail: str = "", *, text: str = "") -> None:
        self.code = code
        words = text or TEXTS[code]
        self.text = f"{words};{detail}" if detail else words
        super().__init__(f"{code},{self.text}")


def event_bit(code: int) -> int:
    """The standard event status bit of an error number; 0 for "no error"."""
    if code > 0 or -399 <= code <= -300:
        return DEVICE
    return {1: COMMAND, 2: EXECUTION, 4: QUERY}.get(-code // 100, 0)
