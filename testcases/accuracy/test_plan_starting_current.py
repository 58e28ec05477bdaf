"""Starting current: the smallest load that a meter must register."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.procedures.walk import Finding, ItemResult
from fixtures.measure import Measure


@pytest.mark.requirement("MOD-1", "BEN-3")
@pytest.mark.plan_items("starting current")
def test_starting_current(
    item_result: ItemResult, findings: Sequence[Finding], measure: Measure
) -> None:
    """The board starts in the time of the plan's rule, and goes on."""
    for finding in findings:
        measure.finding(finding, item_result.load_point)
