"""The basic error: percentage error of active energy over the load points of the plan."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.procedures.walk import Finding, ItemResult
from fixtures.measure import Measure


@pytest.mark.requirement("MOD-1", "MOD-3", "EQ-4", "BEN-2", "BEN-3")
@pytest.mark.plan_items("basic error")
def test_basic_error(
    item_result: ItemResult, findings: Sequence[Finding], measure: Measure
) -> None:
    """The mean error is within the limit of its range of current and power factor."""
    for finding in findings:
        measure.finding(finding, item_result.load_point)
