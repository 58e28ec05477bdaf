"""Harmonics: the power of a fifth harmonic in voltage and current counts as well."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.procedures.walk import Finding, ItemResult
from fixtures.measure import Measure


@pytest.mark.requirement("MOD-1", "EQ-3", "BEN-3")
@pytest.mark.plan_items("harmonic")
def test_harmonics(item_result: ItemResult, findings: Sequence[Finding], measure: Measure) -> None:
    """The variation of the error with 10 % U and 40 % I of order five is within its limit."""
    for finding in findings:
        measure.finding(finding, item_result.load_point)
