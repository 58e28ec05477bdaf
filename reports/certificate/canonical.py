"""JSON in one fixed form, so that a certificate rebuilt from the store is the same to the byte."""

from __future__ import annotations

import hashlib
import json
from typing import Any

SIGNIFICANT_DIGITS = 9
"""Of every float: more than any measurement has, fewer than two machines could differ in."""


def canonical(record: Any) -> bytes:
    """UTF-8 JSON: sorted keys, two spaces, floats to nine significant digits, one end of line.

    `ValueError` for NaN and infinities, which JSON does not have.
    """
    text = json.dumps(_fixed(record), sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def digest(document: bytes) -> str:
    """SHA-256 of a canonical document, in hexadecimal."""
    return hashlib.sha256(document).hexdigest()


def _fixed(value: Any) -> Any:
    match value:
        case bool() | int() | str() | None:
            return value
        case float():
            fixed = float(f"{value:.{SIGNIFICANT_DIGITS}g}")
            return fixed or 0.0  # no negative zero
        case dict():
            return {str(key): _fixed(item) for key, item in value.items()}
        case list() | tuple():
            return [_fixed(item) for item in value]
        case _:
            raise ValueError(f"{value!r} has no form in a certificate")
