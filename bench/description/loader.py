"""Reads a bench description, and says in one message what is wrong with it."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from bench.description.description import Description
from drivers.errors import DescriptionError

_SHIPPED = resources.files("bench") / "descriptions"


def shipped() -> list[str]:
    """Names of the descriptions that come with the bench."""
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in _SHIPPED.iterdir()
        if entry.name.endswith(".toml")
    )


def load(name: str) -> Description:
    """The description called `name`, or in the file `name`; `DescriptionError` when it is bad."""
    return parse(read(name), name)


def read(name: str) -> str:
    """The text of a shipped description, or of a file."""
    if name in shipped():
        return (_SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
    path = Path(name)
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DescriptionError(
            f"no bench description {name!r}: give a file, or one of: {', '.join(shipped())}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DescriptionError(f"{name}: cannot be read: {error}") from error


def parse(text: str, name: str) -> Description:
    """The description in `text`; `name` is where it came from, for messages."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DescriptionError(f"{name}: not valid TOML: {error}") from error
    try:
        return Description.model_validate(data)
    except ValidationError as error:
        raise DescriptionError(f"{name}: {_explain_all(error)}") from error


def _explain_all(error: ValidationError) -> str:
    """Each problem once: a range of positions repeats its own, a table repeats its keys'."""
    problems = error.errors(include_url=False)
    causes = [
        problem
        for problem in problems
        if not any(
            other is not problem and other["loc"][: len(problem["loc"])] == problem["loc"]
            for other in problems
        )
    ]
    grouped: dict[Any, list[Any]] = {}
    for problem in causes:
        place = tuple("*" if isinstance(part, int) else part for part in problem["loc"])
        grouped.setdefault((place, problem["type"], repr(problem["input"])), []).append(problem)
    return "; ".join(
        _explain(group[0]) + (f" (and {len(group) - 1} more like it)" if len(group) > 1 else "")
        for group in grouped.values()
    )


def _explain(problem: Any) -> str:
    location = problem["loc"]
    key = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in location)
    match problem["type"]:
        case "extra_forbidden":
            allowed = ", ".join(_keys(location[:-1]))
            return f"unknown key {key} = {problem['input']!r}; allowed here: {allowed}"
        case "missing":
            return f"missing key {key}"
        case "value_error":
            text = str(problem["ctx"]["error"])
            return f"{key}: {text}" if key else text
        case _:
            message = problem["msg"][0].lower() + problem["msg"][1:]
            return f"{key} = {problem['input']!r}: {message}"


def _keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that the table at `location` may have."""
    model: Any = Description
    for part in location:
        if isinstance(part, int):
            continue
        model = _table_in(model.model_fields[part].annotation)
    return sorted(model.model_fields)


def _table_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(
        (found for inner in get_args(annotation) if (found := _table_in(inner)) is not None), None
    )
