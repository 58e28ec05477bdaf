"""Verdicts: their order, their words, and how limits and uncertainty make one."""

from __future__ import annotations

import pytest

from bench.results.verdict import Verdict, judge, worst


def test_order_and_words():
    words = ["passed", "inconclusive", "failed", "aborted", "error"]
    assert [str(verdict) for verdict in sorted(Verdict)] == words
    assert [Verdict.parse(word) for word in words] == sorted(Verdict)
    with pytest.raises(ValueError, match="allowed are passed, inconclusive"):
        Verdict.parse("good")


def test_worst():
    assert worst([]) is Verdict.PASSED
    assert worst([None, Verdict.PASSED]) is Verdict.PASSED
    assert worst([Verdict.FAILED, Verdict.INCONCLUSIVE, None]) is Verdict.FAILED


@pytest.mark.parametrize(
    ("value", "uncertainty", "verdict"),
    [
        (0.1, None, Verdict.PASSED),  # at the limit without uncertainty
        (-0.1, None, Verdict.PASSED),
        (0.11, None, Verdict.FAILED),
        (-0.11, None, Verdict.FAILED),
        (None, None, Verdict.FAILED),
        (0.07, 0.02, Verdict.PASSED),
        (0.09, 0.02, Verdict.INCONCLUSIVE),
        (-0.11, 0.02, Verdict.INCONCLUSIVE),
        (0.13, 0.02, Verdict.FAILED),
    ],
)
def test_judge(value, uncertainty, verdict):
    assert judge(value, -0.1, 0.1, uncertainty) is verdict


def test_one_sided_and_no_limits():
    assert judge(5, lower=1) is Verdict.PASSED
    assert judge(0.5, lower=1) is Verdict.FAILED
    assert judge(5, upper=1) is Verdict.FAILED
    assert judge(5) is None
