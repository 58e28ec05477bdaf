"""The bench description: what it accepts, and one clear message for what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.description import load, shipped
from bench.description.loader import parse, read
from bench.opening import check, expired
from drivers.errors import DescriptionError

VIRTUAL = read("virtual")


def test_the_default_bench_has_32_positions_and_only_twins() -> None:
    description = load("virtual")
    assert [position.number for position in description.positions] == list(range(1, 33))
    assert description.positions[31].cf_channel == 212
    assert description.is_virtual
    check(description)


def test_every_shipped_description_is_good() -> None:
    assert "virtual" in shipped()
    for name in shipped():
        check(load(name))


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("ramp = 2.0", "rampe = 2.0", ["source.rampe", "allowed here", "ramp"]),
        ("ramp = 2.0", 'ramp = "soft"', ["source.ramp", "'soft'", "number"]),
        ("frequency = 50.0", "frequency = 70.0", ["design.frequency", "70.0", "65"]),
        ("burden = 8.2", "", ["missing key design.current_transformer.burden"]),
        ('"21-32"', '"20-31"', ["duplicate position", "20"]),
        ('"TWIN{n:04d}"', '"TWIN"', ["duplicate position", "serial TWIN"]),
        ('"201-212"', '"201-211"', ["cf_channel", "11", "12"]),
        ('"21-32"', '"32-21"', ["number", "32-21"]),
        ('adapter = "twin"', 'adapter = "spi"', ["adapter", "'spidev'", "more like it"]),
        ("[twins]", "[twinz]", ["twinz", "twins"]),
        ("seed = 1", "seed = -1", ["twins.seed", "-1"]),
        ("seed = 1", "seed = ", ["TOML", "line"]),
        ("minimum_current = 0.2", "minimum_current = 20.0", ["minimum_current < basic_current"]),
        ("due = 2099-12-31", 'due = "soon"', ["certificate.due", "date"]),
    ],
)
def test_a_bad_description_gives_one_message(good: str, bad: str, words: list[str]) -> None:
    assert good in VIRTUAL
    with pytest.raises(DescriptionError) as caught:
        parse(VIRTUAL.replace(good, bad), "my-bench.toml")
    message = str(caught.value)
    assert message.startswith("my-bench.toml: ")
    for word in words:
        assert word in message
    assert len(message) < 400


def test_an_unknown_driver_is_named_with_the_known_ones() -> None:
    description = parse(VIRTUAL.replace('"norma4000"', '"wt310"'), "my-bench.toml")
    with pytest.raises(DescriptionError, match=r"reference.driver = 'wt310'.*norma4000"):
        check(description)


def test_a_missing_file_names_the_shipped_benches(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match="virtual"):
        load(str(tmp_path / "none.toml"))


def test_a_fault_needs_a_position_that_exists() -> None:
    text = VIRTUAL + '\n[[faults]]\nposition = 99\nkind = "no_cf"\n'
    with pytest.raises(DescriptionError, match="no position 99"):
        parse(text, "my-bench.toml")


def test_an_instrument_past_its_date_is_named() -> None:
    description = parse(
        VIRTUAL.replace(
            '"TWIN-REFERENCE", issued = 2026-01-01, due = 2099-12-31',
            '"R-17", issued = 2025-01-01, due = 2026-01-01',
        ),
        "my-bench.toml",
    )
    late = expired(description, description.reference.certificate.due.replace(month=2))
    assert len(late) == 1
    assert "R-17" in late[0]
    assert not expired(description, description.reference.certificate.due)
