"""Short hand for many positions in one table: ranges, and `{n}` in texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_RANGE = re.compile(r"(\d+)-(\d+)")
_PARALLEL = ("cf_channel", "setting")


def expand(row: Any) -> Iterator[Any]:
    """One table per position.

    `number = "1-20"` makes twenty positions; `cf_channel` and `spi.setting` may be ranges of the
    same length that run along, and `{n}` (or `{n:04d}`) in any text becomes the position's number.
    A table without a range comes back as it is. Raises ValueError when lengths differ.
    """
    if not isinstance(row, dict) or not isinstance(row.get("number"), str):
        yield row
        return
    numbers = _numbers("number", row["number"])
    for index, n in enumerate(numbers):
        yield {**_fill(row, index, n, len(numbers)), "number": n}


def _fill(table: dict[str, Any], index: int, n: int, count: int) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            filled[key] = _fill(value, index, n, count)
        elif key in _PARALLEL and isinstance(value, str):
            run = _numbers(key, value)
            if len(run) != count:
                raise ValueError(f"{key} = {value!r} has {len(run)} members for {count} positions")
            filled[key] = run[index]
        elif isinstance(value, str) and key != "number" and "{n" in value:
            try:
                filled[key] = value.format(n=n)
            except (KeyError, ValueError, IndexError) as error:
                raise ValueError(f"{key} = {value!r}: use {{n}} or {{n:04d}} ({error})") from error
        else:
            filled[key] = value
    return filled


def _numbers(key: str, text: str) -> range:
    match = _RANGE.fullmatch(text.strip())
    if match is None or int(match[2]) < int(match[1]):
        raise ValueError(f'{key} = {text!r}: write a number, or a range such as "1-32"')
    return range(int(match[1]), int(match[2]) + 1)
