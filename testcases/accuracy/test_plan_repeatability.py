"""Repeatability: the standard deviation of repeated errors."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.procedures.walk import Finding, ItemResult
from fixtures.measure import Measure


@pytest.mark.requirement("MOD-1", "BEN-3")
@pytest.mark.plan_items("repeatability")
def test_repeatability(
    item_result: ItemResult, findings: Sequence[Finding], measure: Measure
) -> None:
    """The errors of repeated readings scatter less than the limit."""
    for finding in findings:
        measure.finding(finding, item_result.load_point)
