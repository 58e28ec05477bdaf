"""The instrument twins of a bench, by the driver names of its description."""

from __future__ import annotations

from collections.abc import Mapping

from bench.description.description import Description
from bench.description.instruments import SourceTable
from bench.twins.pulses import PulseOutput
from bench.twins.scpi.fluke6105a import Fluke6105A
from bench.twins.scpi.instrument import ScpiInstrument
from bench.twins.scpi.keysight34970a import DEFAULT_CARDS, Contact, Keysight34970A
from bench.twins.scpi.keysight53230a import Keysight53230A
from bench.twins.scpi.norma4000 import Norma4000
from bench.twins.world import World


def instrument_twins(
    description: Description, world: World, outputs: Mapping[int, PulseOutput]
) -> dict[str, ScpiInstrument]:
    """The twin of each instrument whose address is a twin, by role.

    `outputs`: pulse outputs by relay channel. A counter twin sees what the relay unit's twin
    routes to it, and nothing without one.
    """
    twins: dict[str, ScpiInstrument] = {}
    source = description.source
    if source.is_twin:
        twins["source"] = _source(source, world)
    if description.reference.is_twin:
        twins["reference"] = Norma4000(world)
    relays: Keysight34970A | None = None
    if description.relays is not None and description.relays.is_twin:
        relays = twins["relays"] = _relays(description, world, outputs)
    if description.counter is not None and description.counter.is_twin:
        twins["counter"] = Keysight53230A(world, relays.routed if relays else lambda: ())
    return twins


def _source(table: SourceTable, world: World) -> Fluke6105A:
    return Fluke6105A(world, phases=table.phases, lagging_sign=table.lagging_sign)


def _relays(
    description: Description, world: World, outputs: Mapping[int, PulseOutput]
) -> Keysight34970A:
    """With a multifunction card for the interlock, where the bench has one."""
    table = description.interlock
    if table is None:
        return Keysight34970A(world, outputs)
    cards = {**DEFAULT_CARDS, table.slot: "34907A"}
    contact = Contact(table.channel, table.bit, table.closed == "high")
    return Keysight34970A(world, outputs, cards, interlock=contact)
