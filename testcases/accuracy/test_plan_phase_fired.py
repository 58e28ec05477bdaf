"""A phase-fired current: odd harmonics up to high orders."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.procedures.walk import Finding, ItemResult
from fixtures.measure import Measure


@pytest.mark.requirement("MOD-1", "EQ-3", "BEN-3")
@pytest.mark.plan_items("phase-fired")
def test_phase_fired(
    item_result: ItemResult, findings: Sequence[Finding], measure: Measure
) -> None:
    """The variation of the error with a phase-fired current is within its limit."""
    for finding in findings:
        measure.finding(finding, item_result.load_point)
