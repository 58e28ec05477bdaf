"""Many boards behind one chip select."""

from __future__ import annotations

import enum
import threading
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from drivers.errors import LinkClosed, LinkError
from drivers.spi.bus import Segment
from drivers.spi.decoder import DecodedBus, GpioDecoder, RelayDecoder


class Value(enum.Enum):
    INACTIVE = 0
    ACTIVE = 1


class FakeGpiod:
    """gpiod 2 as far as the decoder uses it; `levels` is what the lines carry."""

    line = SimpleNamespace(Value=Value, Direction=SimpleNamespace(OUTPUT="output"))

    def __init__(self) -> None:
        self.levels: dict[int, Value] = {}
        self.settings: dict[str, Any] = {}
        self.released = 0

    def LineSettings(self, **settings: Any) -> dict[str, Any]:  # noqa: N802
        return settings

    def request_lines(self, path: str, config: dict[Any, Any], consumer: str) -> FakeGpiod:
        if path != "/dev/gpiochip0":
            raise FileNotFoundError(2, "No such file or directory", path)
        ((lines, self.settings),) = config.items()
        self.levels = dict.fromkeys(lines, self.settings["output_value"])
        return self

    def set_values(self, levels: dict[int, Value]) -> None:
        self.levels.update(levels)

    def release(self) -> None:
        self.released += 1


class RecordingBus:
    def __init__(self, decoder: RecordingDecoder) -> None:
        self.decoder = decoder
        self.seen: list[tuple[int, bytes]] = []
        self.closed = False

    def transfer(self, chip: int, segments: Sequence[Segment]) -> list[bytes]:
        assert chip == 0
        assert self.decoder.setting is not None
        self.seen.append((self.decoder.setting, segments[0].data))
        return [segments[0].data]

    def refresh(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class RecordingDecoder:
    def __init__(self) -> None:
        self.setting: int | None = None
        self.switched = 0
        self.fails = False

    def select(self, setting: int) -> None:
        self.setting = None
        if self.fails:
            raise LinkError("relay unit does not answer")
        self.setting = setting
        self.switched += 1

    def close(self) -> None:
        pass


class CountingClock:
    def __init__(self) -> None:
        self.slept = 0.0

    def now(self) -> float:
        return self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


@pytest.fixture
def decoder() -> RecordingDecoder:
    return RecordingDecoder()


def test_gpio_lines_carry_the_setting_least_significant_first() -> None:
    gpiod = FakeGpiod()
    decoder = GpioDecoder("/dev/gpiochip0", (17, 27, 22), gpiod)
    assert gpiod.settings["direction"] == "output"
    decoder.select(6)
    assert gpiod.levels == {17: Value.INACTIVE, 27: Value.ACTIVE, 22: Value.ACTIVE}
    with pytest.raises(ValueError, match="has 0 to 7"):
        decoder.select(8)
    decoder.close()
    decoder.close()
    assert gpiod.released == 1
    with pytest.raises(LinkClosed, match="closed"):
        decoder.select(1)


def test_the_fake_has_the_names_of_the_real_gpiod() -> None:
    gpiod = pytest.importorskip("gpiod")
    line = gpiod.line
    gpiod.LineSettings(direction=line.Direction.OUTPUT, output_value=line.Value.INACTIVE)
    assert {line.Value.ACTIVE, line.Value.INACTIVE}
    assert callable(gpiod.LineRequest.set_values)
    assert callable(gpiod.LineRequest.release)
    with pytest.raises(LinkError, match=r"gpiochip-nosuch: cannot have the GPIO lines \[1\]"):
        GpioDecoder("/dev/gpiochip-nosuch", (1,))


def test_a_missing_gpio_chip_or_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LinkError, match=r"/dev/gpiochip9: cannot have.*permission"):
        GpioDecoder("/dev/gpiochip9", (1,), FakeGpiod())
    with pytest.raises(ValueError, match="each once"):
        GpioDecoder("/dev/gpiochip0", (1, 1), FakeGpiod())
    monkeypatch.setitem(__import__("sys").modules, "gpiod", None)
    with pytest.raises(LinkError, match=r"meterbench\[gpio\]"):
        GpioDecoder("/dev/gpiochip0", (1,))


def test_a_relay_unit_can_decode() -> None:
    closed: list[int] = []
    relays = SimpleNamespace(select=closed.append)
    decoder = RelayDecoder(relays)  # type: ignore[arg-type]
    decoder.select(103)
    decoder.close()
    assert closed == [103]


def test_the_decoder_is_set_and_settles_before_the_transfer(decoder: RecordingDecoder) -> None:
    clock = CountingClock()
    bus = DecodedBus(RecordingBus(decoder), decoder, clock, settle=0.002)
    bus.transfer(5, [Segment(b"a")])
    bus.transfer(5, [Segment(b"b")])
    assert (decoder.switched, clock.slept) == (1, 0.002)
    bus.transfer(4, [Segment(b"c")])
    assert (decoder.switched, clock.slept) == (2, 0.004)
    bus.refresh()
    bus.transfer(4, [Segment(b"d")])
    assert decoder.switched == 3, "somebody may have switched it by hand"
    with pytest.raises(ValueError, match="negative"):
        DecodedBus(RecordingBus(decoder), decoder, clock, settle=-1)


def test_after_a_failed_switching_the_setting_is_unknown(decoder: RecordingDecoder) -> None:
    inner = RecordingBus(decoder)
    bus = DecodedBus(inner, decoder, CountingClock())
    bus.transfer(1, [Segment(b"a")])
    decoder.fails = True
    with pytest.raises(LinkError):
        bus.transfer(2, [Segment(b"b")])
    decoder.fails = False
    bus.transfer(1, [Segment(b"c")])
    assert inner.seen == [(1, b"a"), (1, b"c")]
    bus.close()
    assert inner.closed


def test_two_threads_never_mix_boards(decoder: RecordingDecoder) -> None:
    inner = RecordingBus(decoder)
    bus = DecodedBus(inner, decoder, CountingClock())

    def work(board: int) -> None:
        for _ in range(300):
            bus.transfer(board, [Segment(bytes([board]))])

    threads = [threading.Thread(target=work, args=(board,)) for board in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(inner.seen) == 1200
    assert all(setting == data[0] for setting, data in inner.seen)
