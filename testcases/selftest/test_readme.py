"""The README's examples are true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from bench.cli import app
from bench.description.positions import PositionTable
from bench.description.ranges import expand

README = Path(__file__).parents[2] / "README.md"


def test_the_description_of_real_positions_is_valid() -> None:
    text = README.read_text()
    block = re.search(r"((?:    .*\n|\n)*?    \[\[positions\]\]\n(?:    .*\n|\n)+)", text)
    assert block is not None
    table = tomllib.loads(re.sub(r"^    ", "", block[1], flags=re.MULTILINE))
    (row,) = table["positions"]
    positions = [PositionTable.model_validate(one) for one in expand(row)]
    assert [(p.number, p.serial, p.spi.setting) for p in positions][::7] == [
        (1, "A0001", 0),
        (8, "A0008", 7),
    ]


def test_every_command_is_listed() -> None:
    listed = set(re.findall(r"^\| `bench (\w+)", README.read_text(), re.MULTILINE))
    assert listed == {
        command.name or command.callback.__name__ for command in app.registered_commands
    }
