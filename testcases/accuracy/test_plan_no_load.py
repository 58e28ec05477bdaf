"""No load: a meter without current must stand still."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.procedures.walk import Finding, ItemResult
from fixtures.measure import Measure


@pytest.mark.requirement("MOD-1", "BEN-3")
@pytest.mark.plan_items("no load")
def test_no_load(item_result: ItemResult, findings: Sequence[Finding], measure: Measure) -> None:
    """No more pulses come than the rule allows in its time."""
    for finding in findings:
        measure.finding(finding, item_result.load_point)
