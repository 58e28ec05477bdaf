"""Reads the plans that come with the bench, or a plan of your own from a file."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bench.metrology.plan import Plan
from drivers.errors import DescriptionError

DEFAULT_PLAN = "iec62053-21-class1"
_SHIPPED = resources.files("bench.metrology") / "standards"
_PARTS = _SHIPPED / "parts"
_SHARED = ("influence", "interruptions")
"""Tables that a part may hold."""


def plan_names() -> list[str]:
    """Names of the plans that come with the bench."""
    return _names(_SHIPPED)


def plans() -> list[Plan]:
    """All plans that come with the bench."""
    return [plan(name) for name in plan_names()]


def plan(name: str) -> Plan:
    """The plan called `name`, or in the file `name`; `DescriptionError` when bad or absent."""
    if name in plan_names():
        return parse_plan((_SHIPPED / f"{name}.toml").read_text(encoding="utf-8"), name)
    path = Path(name)
    try:
        return parse_plan(path.read_text(encoding="utf-8"), path.stem)
    except FileNotFoundError:
        raise DescriptionError(
            f"no plan {name!r}: give a file, or one of: {', '.join(plan_names())}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DescriptionError(f"plan {name}: cannot be read: {error}") from error


def parse_plan(text: str, name: str) -> Plan:
    """The plan in `text`, called `name`; `DescriptionError` says what is wrong with it."""
    data = _toml(text, f"plan {name}")
    if "name" in data:
        raise DescriptionError(f"plan {name}: a plan is called as its file: leave the key name out")
    for part in data.get("parts", ()):
        shared = _part(part, name)
        for table in _SHARED:
            data[table] = [*data.get(table, ()), *shared.get(table, ())]
    try:
        return Plan.model_validate({**data, "name": name})
    except ValidationError as error:
        raise DescriptionError(f"plan {name}: {_explain(error)}") from error


def _part(part: Any, name: str) -> dict[str, Any]:
    if part not in _names(_PARTS):
        raise DescriptionError(
            f"plan {name}: no part {part!r}: allowed are {', '.join(_names(_PARTS))}"
        )
    return _toml((_PARTS / f"{part}.toml").read_text(encoding="utf-8"), f"part {part}")


def _toml(text: str, what: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DescriptionError(f"{what}: not valid TOML: {error}") from error


def _names(folder: Any) -> list[str]:
    return sorted(
        e.name.removesuffix(".toml") for e in folder.iterdir() if e.name.endswith(".toml")
    )


def _explain(error: ValidationError) -> str:
    words = []
    for problem in error.errors(include_url=False):
        key = ".".join(str(p + 1) if isinstance(p, int) else str(p) for p in problem["loc"])
        value = problem["input"]
        shown = f" = {value!r}" if isinstance(value, str | int | float | bool) else ""
        words.append(f"{key}{shown}: {problem['msg'].removeprefix('Value error, ')}")
    return "; ".join(words)
