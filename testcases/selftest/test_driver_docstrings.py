"""Walks the public methods under drivers/: a docstring gives quantity, unit, range and errors.

What is checked, by the source alone: a float among parameters, fields or results needs a unit; an
integer parameter must be spoken of; a `ValueError` needs the range that it guards; every error of
the bench's tree that the method raises, itself or by a private helper of its module, must be
named, or one that it derives from.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers import errors

DRIVERS = Path(errors.__file__).parent

WORDS = (
    "degrees|seconds|microseconds|milliseconds|volts|amperes|bits?|bytes?|LSBs?|counts?|unit|units|"
    "ratio|cycles|periods|samples|per cent|imp/kWh|percent"
)
SYMBOLS = "ns|us|ms|s|mV|V|mA|A|kHz|MHz|Hz|kW|W|var|VA|Wh|J|deg|degC|ohm|%|ppm|LSB"
UNIT = re.compile(
    rf"(?<![A-Za-z])(?i:{WORDS})(?![A-Za-z])"
    rf"|(?:\b(?:in|of|or|and|to)\b|[0-9(,:`])\s*(?:{SYMBOLS})(?![A-Za-z])(?! [a-z]+ (?:is|of|that))"
)
RANGE = re.compile(
    r"[0-9]|\b(?:one of|empty|negative|positive|range|allowed|at least|at most|above|below|within|"
    r"unknown|not an?|no|none|number|outside|non-empty|known)\b"
)

ANCESTORS = {
    name: {base.__name__ for base in kind.__mro__[:-2]}
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.BenchError)
}
ANCESTORS["ValueError"] = {"ValueError"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Subject:
    """A public function or class, what may document it, and the helpers that it may call."""

    name: str
    node: Function | ast.ClassDef
    text: str
    helpers: dict[str, Function]


def subjects() -> Iterator[Subject]:
    for path in sorted(DRIVERS.rglob("*.py")):
        module = ".".join(path.relative_to(DRIVERS.parent).with_suffix("").parts)
        tree = ast.parse(path.read_text())
        private = {
            node.name: node
            for node in ast.walk(tree)
            if isinstance(node, Function) and node.name.startswith("_") and node.name[1:2] != "_"
        }
        for node in tree.body:
            if isinstance(node, Function) and public(node):
                yield Subject(f"{module}.{node.name}", node, documentation(node), private)
            if isinstance(node, ast.ClassDef) and public(node):
                about = documentation(node)
                yield Subject(f"{module}.{node.name}", node, about, private)
                for method in node.body:
                    if not isinstance(method, Function) or skipped(method):
                        continue
                    text = documentation(method)
                    if method.name == "__init__":
                        text = f"{about} {text}"
                    elif public(method) is False:
                        continue
                    yield Subject(f"{module}.{node.name}.{method.name}", method, text, private)


def public(node: Function | ast.ClassDef) -> bool:
    return not node.name.startswith("_")


def skipped(node: Function) -> bool:
    """Overloads are documented at their implementation, setters at their getter."""
    return any(re.search(r"overload$|\.setter$", ast.unparse(d)) for d in node.decorator_list)


def documentation(node: Function | ast.ClassDef) -> str:
    return re.sub(r"\s+", " ", ast.get_docstring(node) or "")


def annotated(node: Function) -> Iterator[tuple[str, str]]:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return ((arg.arg, ast.unparse(arg.annotation)) for arg in every if arg.annotation is not None)


def raised(node: ast.AST, helpers: dict[str, Function], seen: frozenset[str]) -> set[str]:
    """Names of the errors that a function raises, private helpers of its module included."""
    found: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Raise) and isinstance(inner.exc, ast.Call | ast.Name):
            kind = inner.exc.func if isinstance(inner.exc, ast.Call) else inner.exc
            found.add(ast.unparse(kind).rpartition(".")[2])
        if isinstance(inner, ast.Call):
            called = ast.unparse(inner.func).rpartition(".")[2]
            if called in helpers and called not in seen:
                found |= raised(helpers[called], helpers, seen | {called})
    return {name for name in found if name in ANCESTORS}


def complaints(subject: Subject) -> list[str]:
    node, text = subject.node, subject.text
    if not text:
        return ["has no docstring"]
    if isinstance(node, ast.ClassDef):
        fields = [
            ast.unparse(item.target)
            for item in node.body
            if isinstance(item, ast.AnnAssign)
            and re.search(r"\bfloat\b", ast.unparse(item.annotation))
        ]
        decorated = any("dataclass" in ast.unparse(d) for d in node.decorator_list)
        return (
            [f"unit of {fields} missing"] if decorated and fields and not UNIT.search(text) else []
        )
    found = []
    floats = [name for name, kind in annotated(node) if re.search(r"\bfloat\b", kind)]
    if node.returns is not None and re.search(r"\bfloat\b", ast.unparse(node.returns)):
        floats.append("the result")
    if floats and not UNIT.search(text):
        found.append(f"unit of {', '.join(floats)} missing")
    for name, kind in annotated(node):
        spoken = name.strip("_").replace("_", " ")
        if re.fullmatch(r"int( \| None)?", kind) and spoken not in text.replace("_", " ").lower():
            found.append(f"{name} is not spoken of")
    for error in sorted(raised(node, subject.helpers, frozenset())):
        if not any(f"`{ancestor}`" in text for ancestor in ANCESTORS[error]):
            found.append(f"{error} is not named")
        elif error == "ValueError" and not RANGE.search(text):
            found.append("the range that ValueError guards is missing")
    return found


SUBJECTS = {subject.name: subject for subject in subjects()}


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_docstring_gives_quantity_unit_range_and_errors(name):
    assert complaints(SUBJECTS[name]) == []


def test_the_walk_finds_the_drivers():
    for name in ("visa.fluke6105a.Fluke6105a.apply", "ade7753.driver.Ade7753", "roles.PowerSource"):
        assert f"drivers.{name}" in SUBJECTS


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("def f(x: float): ...", "no docstring"),
        ("def f(x: float):\n 'Set the level.'", "unit of x missing"),
        ("def f() -> float:\n 'A level.'", "unit of the result missing"),
        ("def f(channel: int):\n 'Close it.'", "channel is not spoken of"),
        ("def f():\n 'Do.'\n raise LinkClosed('')", "LinkClosed is not named"),
        ("def f():\n 'Do; `ValueError`.'\n raise ValueError('')", "range"),
        ("def f():\n 'Do.'\n _g()", "LinkTimeout is not named"),
    ],
)
def test_the_check_finds_what_is_missing(source, complaint):
    node = ast.parse(source).body[0]
    helper = ast.parse("def _g():\n raise LinkTimeout('')").body[0]
    assert isinstance(node, ast.FunctionDef)
    assert isinstance(helper, ast.FunctionDef)
    (found,) = complaints(Subject("f", node, documentation(node), {"_g": helper}))
    assert complaint in found


@pytest.mark.parametrize(
    "source",
    [
        "def f(x: float):\n 'Set the level to `x` V.'",
        "def f(x: float) -> float:\n 'Power in W after `x` s (0 to 5).'",
        "def f(channel: int):\n 'Close `channel`. Raises `LinkError`.'\n raise LinkClosed('')",
        "def f(x: float):\n 'Sleep `x` s (>= 0); `ValueError` below.'\n raise ValueError('')",
    ],
)
def test_the_check_is_content_with_what_is_there(source):
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert complaints(Subject("f", node, documentation(node), {})) == []
