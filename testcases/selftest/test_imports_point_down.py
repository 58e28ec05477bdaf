"""Walks all imports: arrows point down the floors, twins know drivers' facts only, no cycles."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FLOORS = {"drivers": 1, "bench": 2, "reports": 3, "fixtures": 4, "testcases": 5, "conftest": 5}

FACTS = {
    "drivers.errors",
    "drivers.clock",
    "drivers.roles",
    "drivers.ade7753.registers",
    "drivers.ade7753.bits",
    "drivers.spi.bus",
    "drivers.spi.kernel",
    "drivers.spi.socket_protocol",
}
"""What a twin may know of the drivers: tables, types, codecs, and the kernel's own numbers."""

IO_PACKAGES = {
    *("socket", "selectors", "select", "fcntl", "mmap", "subprocess", "asyncio", "threading"),
    *("serial", "pyvisa", "spidev", "pyftdi", "gpiod", "usb", "pymodbus", "mfusepy", "filelock"),
}

STARTS_TWINS = ("bench.twins", "bench.cli", "bench.commands")
"""Who in bench/ may load the virtual side: itself, and the command that starts it."""


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources() -> Mapping[str, ast.Module]:
    files = [ROOT / "conftest.py"]
    for floor in FLOORS:
        files += (ROOT / floor).rglob("*.py")
    return {
        module_of(path): ast.parse(path.read_text()) for path in sorted(files) if path.is_file()
    }


SOURCES = sources()


def for_typing(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imports(
    module: str, tree: ast.AST, known: Mapping[str, ast.Module], *, at_load: bool = False
) -> Iterator[str]:
    """Modules that `module` imports; `at_load`: only those that are needed to load it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".")[: -node.level]
                base = ".".join([*package, *([node.module] if node.module else [])])
            for alias in node.names:
                name = f"{base}.{alias.name}"
                yield name if name in known else base
        elif at_load and (
            for_typing(node) or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ):
            continue
        else:
            yield from imports(module, node, known, at_load=at_load)


def upwards(module: str, imported: str) -> bool:
    own, other = (FLOORS.get(name.partition(".")[0], 0) for name in (module, imported))
    return other > own


def knows_too_much(module: str, imported: str) -> bool:
    """Whether a twin imports more of the drivers than facts."""
    twin = module.startswith("bench.twins")
    return twin and imported.startswith("drivers") and imported not in FACTS


def knows_the_twins(module: str, imported: str) -> bool:
    """Whether a part of the bench that must not tell real from virtual loads the virtual side."""
    inside = module.startswith("bench") and not module.startswith(STARTS_TWINS)
    return inside and imported.startswith("bench.twins")


def arrows(sources: Mapping[str, ast.Module] = SOURCES) -> Iterator[tuple[str, str]]:
    for module, tree in sources.items():
        for imported in sorted(set(imports(module, tree, sources))):
            if imported.partition(".")[0] in FLOORS:
                yield module, imported


def cycles(sources: Mapping[str, ast.Module]) -> list[str]:
    """Circles of modules that need each other to load."""
    edges = {
        module: sorted(set(imports(module, tree, sources, at_load=True)) & sources.keys())
        for module, tree in sources.items()
    }
    done: set[str] = set()
    found: list[str] = []

    def visit(module: str, path: list[str]) -> None:
        if module in path:
            found.append(" -> ".join([*path[path.index(module) :], module]))
            return
        if module in done:
            return
        for imported in edges[module]:
            visit(imported, [*path, module])
        done.add(module)

    for module in edges:
        visit(module, [])
    return found


def test_the_walk_finds_all_floors():
    assert {module.partition(".")[0] for module in SOURCES} == set(FLOORS)


def test_no_arrow_points_up():
    assert [f"{a} -> {b}" for a, b in arrows() if upwards(a, b)] == []


def test_twins_know_only_facts_of_the_drivers():
    assert [f"{a} -> {b}" for a, b in arrows() if knows_too_much(a, b)] == []


def test_facts_do_no_input_or_output():
    roots = {
        fact: {name.partition(".")[0] for name in imports(fact, SOURCES[fact], SOURCES)}
        for fact in FACTS & SOURCES.keys()
    }
    assert {fact: found & IO_PACKAGES for fact, found in roots.items() if found & IO_PACKAGES} == {}
    below = {
        name
        for fact in FACTS & SOURCES.keys()
        for name in imports(fact, SOURCES[fact], SOURCES)
        if name.startswith("drivers.")
    }
    assert below <= FACTS


def test_the_bench_cannot_tell_twins_from_devices():
    assert [f"{a} -> {b}" for a, b in arrows() if knows_the_twins(a, b)] == []


def test_no_modules_need_each_other_to_load():
    assert cycles(SOURCES) == []


# the walk itself


@pytest.mark.parametrize(
    ("module", "line", "wrong"),
    [
        ("drivers.clock", "import bench.clock", upwards),
        ("drivers.clock", "from bench import clock", upwards),
        ("drivers.spi.bus", "from ...bench.twins import world", upwards),
        ("bench.station", "def f():\n    from reports import certificate", upwards),
        ("reports.page", "if TYPE_CHECKING:\n    from fixtures import station", upwards),
        ("bench.twins.scpi.norma4000", "from drivers.visa import norma4000", knows_too_much),
        ("bench.twins.world", "from drivers import spi", knows_too_much),
        ("bench.station", "from bench.twins.world import World", knows_the_twins),
    ],
)
def test_a_wrong_arrow_is_seen(module, line, wrong):
    known = dict.fromkeys(
        ["bench.clock", "bench.twins.world", "fixtures.station", "reports.certificate"],
        ast.parse(""),
    )
    (found,) = arrows({**known, module: ast.parse(line)})
    assert wrong(*found)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("bench.twins.world", "from drivers.roles import Harmonic"),
        ("bench.commands.twins", "from bench.twins.process import serve"),
        ("testcases.selftest.test_x", "from bench.twins.world import World"),
        ("reports.page", "import bench.results.store"),
    ],
)
def test_a_right_arrow_is_left_alone(module, line):
    for arrow in arrows({module: ast.parse(line)}):
        assert not any(wrong(*arrow) for wrong in (upwards, knows_too_much, knows_the_twins))


def test_a_circle_is_seen_unless_it_is_for_typing_or_late():
    a, b = ast.parse("import bench.b"), ast.parse("from bench import a")
    late = ast.parse("def f():\n    from bench import a")
    typing = ast.parse("if TYPE_CHECKING:\n    from bench import a")
    assert cycles({"bench.a": a, "bench.b": b}) == ["bench.a -> bench.b -> bench.a"]
    assert cycles({"bench.a": a, "bench.b": late}) == []
    assert cycles({"bench.a": a, "bench.b": typing}) == []
