"""The meter constant: the pulse output against the register."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.procedures.walk import Finding, ItemResult
from fixtures.measure import Measure


@pytest.mark.requirement("MOD-2")
@pytest.mark.plan_items("meter constant")
def test_meter_constant(
    item_result: ItemResult, findings: Sequence[Finding], measure: Measure
) -> None:
    """Pulses and register tell the same energy, to one pulse."""
    for finding in findings:
        measure.finding(finding, item_result.load_point)
