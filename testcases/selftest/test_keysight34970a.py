"""The Keysight 34970A driver, message by message."""

from __future__ import annotations

import pytest

from drivers.errors import DeviceError, LinkFraming, ReadBackMismatch
from drivers.visa.keysight34970a import Keysight34970a
from testcases.selftest.visa_exchange import (
    CountingClock,
    Exchange,
    ExpectedExchange,
    opening,
    told,
)

CARDS: list[Exchange] = [
    (":SYST:CTYP? 100", "HEWLETT-PACKARD,34903A,0,2.0"),
    (":SYST:CTYP? 200", '"HEWLETT-PACKARD","34902A","0","2.0"'),
    (":SYST:CTYP? 300", "HEWLETT-PACKARD,0,0,0"),
]
LIST = "(@101:120,201:216)"


def relays(pairs: list[Exchange], **options: object) -> tuple[Keysight34970a, ExpectedExchange]:
    link = ExpectedExchange([*opening("34970A"), *CARDS])
    unit = Keysight34970a("", CountingClock(), link=link, **options)  # type: ignore[arg-type]
    link.expect(pairs)
    return unit, link


def states(*closed: int) -> Exchange:
    channels = [*range(101, 121), *range(201, 217)]
    return (f":ROUT:CLOS? {LIST}", ",".join("1" if c in closed else "0" for c in channels))


def test_cards_are_asked_for_and_no_relay_moves():
    unit, link = relays([])
    assert unit.channels == (*range(101, 121), *range(201, 217))
    assert link.left == []


def test_a_matrix_card_has_rows_and_columns():
    link = ExpectedExchange(
        [*opening("34980A"), (":SYST:CTYP? 200", "HEWLETT-PACKARD,34904A,0,2.0")]
    )
    unit = Keysight34970a("", CountingClock(), slots=(2,), link=link)
    assert len(unit.channels) == 32
    assert unit.channels[:2] + unit.channels[-1:] == (211, 212, 248)


def test_selecting_opens_all_others_first_and_checks_both():
    unit, link = relays(
        [*told(f":ROUT:OPEN {LIST}"), states(), *told(":ROUT:CLOS (@205)"), states(205)]
    )
    unit.select(205)
    assert link.left == []
    assert unit.clock.slept == [0.02, 0.02]


def test_a_relay_that_sticks_closed_is_named():
    unit, _ = relays([*told(f":ROUT:OPEN {LIST}"), states(103)])
    with pytest.raises(ReadBackMismatch, match=r"\[103\].*does not follow"):
        unit.select(205)


def test_a_relay_that_does_not_close_is_named():
    unit, _ = relays([*told(f":ROUT:OPEN {LIST}"), states(), *told(":ROUT:CLOS (@205)"), states()])
    with pytest.raises(ReadBackMismatch, match=r"\[205\]"):
        unit.select(205)


@pytest.mark.parametrize(("answer", "value"), [("1", True), ("0", False)])
def test_closed(answer, value):
    unit, _ = relays([(":ROUT:CLOS? (@116)", answer)])
    assert unit.closed(116) is value


@pytest.mark.parametrize("channel", [0, 1, 100, 121, 217, 301, -101])
def test_a_channel_that_no_card_has_sends_nothing(channel):
    unit, _ = relays([])
    with pytest.raises(ValueError, match="101:120,201:216"):
        unit.select(channel)
    with pytest.raises(ValueError, match="101:120,201:216"):
        unit.closed(channel)


@pytest.mark.parametrize("reply", ["", "1,0", "2", "ON"])
def test_a_state_of_the_wrong_shape_is_a_framing_error(reply):
    unit, _ = relays([(":ROUT:CLOS? (@101)", reply)])
    with pytest.raises(LinkFraming, match="expected 1 times"):
        unit.closed(101)


def test_no_relay_card_at_all_is_told():
    link = ExpectedExchange(
        [*opening("34970A"), (":SYST:CTYP? 100", "HEWLETT-PACKARD,34907A,0,1.0")]
    )
    with pytest.raises(DeviceError, match="no relay card"):
        Keysight34970a("", CountingClock(), slots=(1,), link=link)
    assert link.closed


@pytest.mark.parametrize("options", [{"slots": ()}, {"slots": (0,)}, {"settle": -1.0}])
def test_options_out_of_range_open_nothing(options):
    with pytest.raises(ValueError, match="must"):
        Keysight34970a("", CountingClock(), link=ExpectedExchange([]), **options)
