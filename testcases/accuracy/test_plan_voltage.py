"""Voltage: the error varies little between low and high line voltage."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.procedures.walk import Finding, ItemResult
from fixtures.measure import Measure


@pytest.mark.requirement("MOD-1", "BEN-3")
@pytest.mark.plan_items("voltage")
def test_voltage(item_result: ItemResult, findings: Sequence[Finding], measure: Measure) -> None:
    """The variation of the error with voltage is within its limit."""
    for finding in findings:
        measure.finding(finding, item_result.load_point)
