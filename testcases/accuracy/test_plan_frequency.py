"""Frequency: the error varies little with the line frequency."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.procedures.walk import Finding, ItemResult
from fixtures.measure import Measure


@pytest.mark.requirement("MOD-1", "BEN-3")
@pytest.mark.plan_items("frequency")
def test_frequency(item_result: ItemResult, findings: Sequence[Finding], measure: Measure) -> None:
    """The variation of the error with frequency is within its limit."""
    for finding in findings:
        measure.finding(finding, item_result.load_point)
